"""Row changes, by gym, table and row, with each column before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from engine.trajectory.changes import Change
from eog_tui.literal import line
from eog_tui.widgets.flow_view import FlowView
from eog_tui.widgets.line_view import Piece, fit
from eog_tui.widgets.wrapping import breaks

LONGEST_VALUE = 600
"""Characters of a value that are shown; the rest is counted."""
_NAME_WIDTH = 26
_WORDS = {"insert": "new", "update": "changed", "delete": "deleted"}


class ChangeRow(NamedTuple):
    """A row on screen."""

    pieces: tuple[Piece, ...]
    gone: bool = False
    """Whether it tells of what no longer is."""


def value_text(value: Any) -> str:
    """A database value as one literal line; what is too long is counted."""
    if value is None:
        return "null"
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    rest = len(text) - LONGEST_VALUE
    shown = line(text[:LONGEST_VALUE] if rest > 0 else text) or '""'
    return f"{shown}… +{rest:,} chars" if rest > 0 else shown


class ChangeView(FlowView[ChangeRow]):
    """A list of changes to read; a deleted row is struck and says so."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"change--gone"}
    DEFAULT_CSS = """
    ChangeView { padding: 0 1; }
    ChangeView > .change--gone { text-style: strike; color: $dim; }
    """

    def __init__(
        self,
        *,
        empty: str = "Nothing changed.",
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.empty = empty
        self._changes: Sequence[Change] = ()
        self._used = 0

    def show(self, changes: Sequence[Change]) -> None:
        """Show these changes, in their order within a table."""
        self._changes = sorted(changes, key=lambda change: (change.gym, change.table))
        self.reflow()

    def copyable(self) -> str:
        """All changes as text."""
        width = self.cells
        return "\n".join("".join(text for text, _ in row.pieces).rstrip() for row in self.make_rows(width))

    def used_up(self) -> float:
        """Share of the changes in the rows made so far."""
        return self._used / max(len(self._changes), 1)

    def make_rows(self, width: int) -> Iterator[ChangeRow]:
        """One head a change, then a row or more for each column."""
        self._used = 0
        if not self._changes:
            yield from (ChangeRow(((text, "dim"),)) for text in ["", *self.empty.split("\n")])
        several_gyms = len({change.gym for change in self._changes}) > 1
        gym = ""
        for change in self._changes:
            self._used += 1
            if several_gyms and change.gym != gym:
                gym = change.gym
                name = f"─ {line(gym)} "
                yield ChangeRow(((name + "─" * max(0, width - len(name)), "dim"),))
            yield ChangeRow(self.head_of(change))
            yield from self.columns_of(change, width)

    @staticmethod
    def head_of(change: Change) -> tuple[Piece, ...]:
        """Table, key and what became of the row."""
        return (
            (f"{line(change.table)} ", ""),
            (line(change.key_text), "strong"),
            (f" · {_WORDS[change.op]}", "" if change.op == "update" else "accent"),
        )

    @staticmethod
    def columns_of(change: Change, width: int) -> Iterator[ChangeRow]:
        """Each column that the change tells of, before and after."""
        before, after = change.before or {}, change.after or {}
        values = before if change.op == "delete" else after
        names = [name for name in values if change.op == "update" or values[name] is not None]
        name_width = min(max((len(name) for name in names), default=0), _NAME_WIDTH, max(width // 3, 4))
        indent = name_width + 4
        for name in names:
            label: Piece = (f"  {fit(line(name), name_width)}  ", "dim")
            if change.op != "update":
                gone = change.op == "delete"
                yield from wrapped(label, [(value_text(values[name]), "")], width, indent, gone)
                continue
            old, new = value_text(before.get(name)), value_text(after.get(name))
            yield from wrapped(label, [(old, "dim"), (" → ", "accent"), (new, "strong")], width, indent)

    def draw_row(self, place: int, row: ChangeRow, width: int) -> Strip:
        """Draw a row."""
        base = self.rich_style
        if not row.gone:
            return self.strip(row.pieces, width, base)
        (label, tone), *values = row.pieces
        gone = self.part("change--gone", base)
        segments = [Segment(label, self.tone(tone, base)), *(Segment(text, gone) for text, _ in values)]
        return Strip(segments).adjust_cell_length(width, base)


def wrapped(label: Piece, pieces: Sequence[Piece], width: int, indent: int, gone: bool = False) -> Iterator[ChangeRow]:
    """Break a column's values into rows under one another, behind the column's name."""
    text = "".join(piece for piece, _ in pieces)
    for nth, (start, end) in enumerate(breaks(text, width - indent)):
        head: Piece = label if nth == 0 else (" " * indent, "")
        # A row ends with the blank at which it was broken, for which there may be no room.
        end = start + len(text[start:end].rstrip())
        yield ChangeRow((head, *_cut(pieces, start, end)), gone)


def _cut(pieces: Sequence[Piece], start: int, end: int) -> Iterator[Piece]:
    at = 0
    for text, tone in pieces:
        part = text[max(start - at, 0) : max(end - at, 0)]
        if part:
            yield part, tone
        at += len(text)
