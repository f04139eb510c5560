"""Lets a person write a text in the editor of their choice, outside the app."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from eog_tui.commands.output import fail
from eog_tui.pager import NoPagerError, editor_command


def edited(text: str, name: str) -> str:
    """Open a text in ``$VISUAL``, ``$EDITOR``, nano or vi; returns it as it was saved.

    Ends the command when no editor can be run, when it fails, and when what it left is no text.

    Args:
        text: what to begin with.
        name: the file's name, by which the editor knows the language.
    """
    try:
        command = editor_command()
    except NoPagerError as error:
        fail(str(error))
    with tempfile.TemporaryDirectory(prefix="eog-plan-") as folder:
        path = Path(folder, name)
        path.write_text(text, encoding="utf-8")
        try:
            ended = subprocess.run([*command, str(path)]).returncode  # noqa: S603 - the person's own editor
            saved = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            fail(f"{command[0]}: {getattr(error, 'strerror', None) or error}")
    if ended != 0:
        fail(f"{command[0]} ended with code {ended}; nothing was saved")
    return saved
