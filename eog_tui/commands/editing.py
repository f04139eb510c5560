"""Lets a person write a text in the editor of their choice, outside the app."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from eog_tui.commands.output import fail


def edited(text: str, name: str) -> str:
    """Open a text in ``$VISUAL``, ``$EDITOR``, nano or vi; returns it as it was saved.

    Ends the command when no editor can be run, when it fails, and when what it left is no text.

    Args:
        text: what to begin with.
        name: the file's name, by which the editor knows the language.
    """
    wanted = [os.environ.get("VISUAL"), os.environ.get("EDITOR")]
    if sys.stdin.isatty():  # without a terminal these would wait for ever
        wanted += ["nano", "vi"]
    editors = (shlex.split(choice) for choice in wanted if choice)
    command = next((words for words in editors if words and shutil.which(words[0])), None)
    if command is None:
        fail("no editor can be run: name one in EDITOR, or give a FILE")
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
