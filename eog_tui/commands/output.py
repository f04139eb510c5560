"""What commands print. Text from runs and files is made literal here, so no escape code reaches the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from eog_tui.literal import literal

if TYPE_CHECKING:
    from engine.trajectory.store import Store


NEVER_CUT = 12
"""Columns up to this width are shown whole, however narrow the terminal is."""


def say(text: str = "", *, err: bool = False) -> None:
    """Print text of any origin."""
    typer.echo(literal(text), err=err)


def say_json(data: Any) -> None:
    """Print JSON; control characters are escaped by the format itself, times are ISO 8601 as in events."""
    typer.echo(json.dumps(data, indent=2, ensure_ascii=True, default=_as_text))


def _as_text(value: object) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


def fail(message: str, code: int = 2) -> NoReturn:
    """End the command with a reason on standard error."""
    typer.echo(f"eog-tui: {literal(message)}", err=True)
    raise typer.Exit(code)


def say_table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; ``columns`` are (title, ``left`` or ``right``). Cells are cut only when a person looks on."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    for index, (title, side) in enumerate(columns):
        widest = max([len(title), *(len(row[index]) for row in rows)])
        table.add_column(
            title,
            justify="right" if side == "right" else "left",
            min_width=min(widest, NEVER_CUT),
            no_wrap=widest <= NEVER_CUT,  # Rich narrows the others first
        )
    for row in rows:
        table.add_row(*(Text(literal(cell).replace("\n", " "), no_wrap=True, overflow="ellipsis") for cell in row))
    if not sys.stdout.isatty():
        unbounded = console.options.update(max_width=sys.maxsize)
        console.width = console.measure(table, options=unbounded).maximum
    console.print(table)


@contextmanager
def reported() -> Iterator[None]:
    """Turn the engine's own errors into a message and exit code 2."""
    from engine.gyms.database import SeedError
    from engine.llm.config import ConfigError
    from engine.tasks.files import TaskError
    from engine.trajectory.store import StoreError

    try:
        yield
    except (TaskError, ConfigError, SeedError, StoreError) as error:
        fail(str(error))


@contextmanager
def opened_store(location: str | None) -> Iterator[Store]:
    """The store that a command works on; a bad one ends the command."""
    from engine.trajectory.store import Store

    with reported():
        store = Store.open(location)
        try:
            yield store
        finally:
            store.close()
