"""Opens text in $PAGER or $EDITOR while the app's event loop goes on."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eog_tui.literal import literal

if TYPE_CHECKING:
    from textual.app import App


class NoPagerError(Exception):
    """There is no way to open text outside; the message says what to set."""


def pager_command() -> list[str]:
    """The program to read with, as words.

    Raises:
        NoPagerError: neither $PAGER, less, more nor $EDITOR can be run.
    """
    for choice in (os.environ.get("PAGER"), "less", "more", os.environ.get("EDITOR")):
        words = shlex.split(choice) if choice else []
        if words and shutil.which(words[0]):
            return words
    raise NoPagerError("no pager found: set PAGER, for example to less")


def editor_command() -> list[str]:
    """The program to write with, as words.

    Raises:
        NoPagerError: neither $VISUAL, $EDITOR, nano nor vi can be run.
    """
    for choice in (os.environ.get("VISUAL"), os.environ.get("EDITOR"), "nano", "vi"):
        words = shlex.split(choice) if choice else []
        if words and shutil.which(words[0]):
            return words
    raise NoPagerError("no editor found: set EDITOR, for example to nano")


async def open_in_pager(app: App[Any], text: str, suffix: str = ".txt") -> None:
    """Suspend the app, show ``text`` (made literal) from a private file, and come back when the pager ends.

    Runs go on and messages are handled meanwhile; only drawing rests, because the terminal is lent.

    Raises:
        NoPagerError: there is no pager.
        textual.app.SuspendNotSupported: the app runs where it cannot be suspended, such as in a browser.
        OSError: the file cannot be written or the program not be started.
    """
    await _lend(app, pager_command(), text, suffix)


async def edit_outside(app: App[Any], text: str, suffix: str = ".txt") -> str:
    """Suspend the app, let ``text`` (made literal) be changed in the editor, and return what it was saved as.

    Raises:
        NoPagerError: there is no editor.
        textual.app.SuspendNotSupported: the app runs where it cannot be suspended, such as in a browser.
        OSError: the file cannot be written or read, or the program not be started.
        UnicodeDecodeError: the editor saved something that is not UTF-8.
    """
    return await _lend(app, editor_command(), text, suffix)


async def _lend(app: App[Any], words: list[str], text: str, suffix: str) -> str:
    """Lend the terminal to a program that gets the text as a file; returns what the file says when it has ended."""
    with tempfile.TemporaryDirectory(prefix="eog-tui-") as folder:
        path = Path(folder) / f"text{suffix}"
        path.write_text(literal(text), encoding="utf-8")
        # Ctrl+C belongs to the program; this process shares its terminal and gets it too. A handler that does nothing,
        # unlike SIG_IGN, is not handed down to it.
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            # Whatever is drawn while suspended would go to a queue that nobody empties, and block the loop.
            with app.batch_update(), app.suspend():
                process = await asyncio.create_subprocess_exec(*words, str(path))
                await process.wait()
        finally:
            signal.signal(signal.SIGINT, before)
        said = path.read_text(encoding="utf-8")
    app.refresh(layout=True)
    return said
