"""The terminal that the app would run in: what it can do, and whether it can at all."""

from __future__ import annotations

import os
import shutil
import sys


def describe() -> dict[str, str]:
    """What a bug report should say about the terminal."""
    size = shutil.get_terminal_size()
    program = " ".join(filter(None, (os.environ.get("TERM_PROGRAM"), os.environ.get("TERM_PROGRAM_VERSION"))))
    return {
        "TERM": os.environ.get("TERM", "not set"),
        "COLORTERM": os.environ.get("COLORTERM", "not set"),
        "NO_COLOR": "set" if "NO_COLOR" in os.environ else "not set",
        "program": program or "unknown",
        "size": f"{size.columns}x{size.lines}",
        "inside": _inside(),
        "encoding": getattr(sys.stdout, "encoding", None) or "unknown",
    }


def refusal() -> str | None:
    """Why the app cannot run here, and what works instead; None when it can."""
    instead = "Plain commands work here: eog-tui runs, eog-tui show RUN, eog-tui demo --headless."
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return f"The app needs a terminal, and this is none.\n{instead}"
    if os.environ.get("TERM", "").lower() in ("dumb", "unknown"):
        return f"TERM={os.environ['TERM']} says that this terminal cannot place text.\n{instead}"
    return None


def _inside() -> str:
    found = [
        name
        for name, variable in (("tmux", "TMUX"), ("screen", "STY"), ("ssh", "SSH_CONNECTION"))
        if os.environ.get(variable)
    ]
    return ", ".join(found) or "nothing that we know"
