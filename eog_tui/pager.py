"""Opens text in $PAGER or $EDITOR while the app's event loop goes on."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
        NoPagerError: neither $PAGER, less, more nor $EDITOR can be run, or one of the variables is no command.
    """
    return _first_of("$PAGER", "less", "more", "$EDITOR", advice="no pager can be run: name one in PAGER")


def editor_command() -> list[str]:
    """The program to write with, as words.

    Raises:
        NoPagerError: neither $VISUAL, $EDITOR nor, in a terminal, nano or vi can be run, or one of the variables is no
            command.
    """
    # Without a terminal these two would wait for ever.
    known = ("nano", "vi") if sys.stdin.isatty() else ()
    return _first_of("$VISUAL", "$EDITOR", *known, advice="no editor can be run: name one in EDITOR")


def _first_of(*choices: str, advice: str) -> list[str]:
    """The first command that can be run, as words; ``$NAME`` is what stands in that variable."""
    missing = []
    for choice in choices:
        command = os.environ.get(choice[1:], "") if choice.startswith("$") else choice
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise NoPagerError(f"{choice[1:]} is no command ({error}): {command}") from error
        if words and shutil.which(words[0]):
            return words
        if words and choice.startswith("$"):
            missing.append(f"{choice[1:]} names {words[0]}, which is not there")
    raise NoPagerError("; ".join([advice, *missing]))


async def open_in_pager(app: App[Any], text: str, suffix: str = ".txt") -> None:
    """Suspend the app, show ``text`` (made literal) from a private file, and come back when the pager ends.

    Runs go on and messages are handled meanwhile; only drawing rests, because the terminal is lent.

    Raises:
        NoPagerError: there is no pager.
        textual.app.SuspendNotSupported: the app runs where it cannot be suspended, such as in a browser.
        OSError: the file cannot be written or the program not be started.
    """
    with _private_file(text, suffix) as path:
        await _lend(app, pager_command(), path)


async def edit_outside(app: App[Any], text: str, suffix: str = ".txt") -> str:
    """Suspend the app, let ``text`` (made literal) be changed in the editor, and return what it was saved as.

    Raises:
        NoPagerError: there is no editor.
        textual.app.SuspendNotSupported: the app runs where it cannot be suspended, such as in a browser.
        OSError: the file cannot be written or read, or the program not be started.
        UnicodeDecodeError: the editor saved something that is not UTF-8.
    """
    with _private_file(text, suffix) as path:
        await _lend(app, editor_command(), path)
        return path.read_text(encoding="utf-8")


@contextmanager
def _private_file(text: str, suffix: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="eog-tui-") as folder:
        path = Path(folder) / f"text{suffix}"
        path.write_text(literal(text), encoding="utf-8")
        yield path


async def _lend(app: App[Any], words: list[str], path: Path) -> None:
    """Lend the terminal to a program that gets a file, until it has ended."""
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
    app.refresh(layout=True)
