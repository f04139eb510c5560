"""A line on standard error that says what a command waits for, and goes away: only where a person looks on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def meanwhile(words: str) -> Iterator[Callable[[str], None]]:
    """Say what is waited for until the end of the ``with``; gives what says something else instead."""
    from rich.console import Console
    from rich.text import Text

    from eog_tui.literal import literal

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(Text(literal(words))) as status:
        yield lambda other: status.update(Text(literal(other)))
