"""Lets a person write a text in the editor of their choice, outside the app, and loses nothing that they wrote."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eog_tui.commands.output import fail, say
from eog_tui.pager import NoPagerError, editor_command


@contextmanager
def edited(text: str, name: str) -> Iterator[str]:
    """Open a text in ``$VISUAL``, ``$EDITOR``, nano or vi, and give it as it was saved; the block keeps it.

    Ends the command when no editor can be run, when it fails, and when what it left is no text. If the block does not
    come to its end, what the person wrote stays in its file, which is named.

    Args:
        text: what to begin with.
        name: the file's name, by which the editor knows the language.
    """
    try:
        command = editor_command()
    except NoPagerError as error:
        fail(str(error))
    path = Path(tempfile.mkdtemp(prefix="eog-plan-"), name)
    kept = False
    try:
        path.write_text(text, encoding="utf-8")
        yield _saved(command, path)
        kept = True
    finally:
        if kept or not path.is_file() or path.read_bytes() == text.encode():
            shutil.rmtree(path.parent, ignore_errors=True)
        else:
            say(f"what you wrote is in {path}", err=True)


def _saved(command: list[str], path: Path) -> str:
    # Ctrl+C belongs to the editor; this process shares its terminal and gets it too. A handler that does nothing,
    # unlike SIG_IGN, is not handed down to it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        ended = subprocess.run([*command, str(path)]).returncode  # noqa: S603 - the person's own editor
        saved = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{command[0]}: {getattr(error, 'strerror', None) or error}")
    finally:
        signal.signal(signal.SIGINT, before)
    if ended != 0:
        fail(f"{command[0]} ended with code {ended}; nothing was saved")
    return saved
