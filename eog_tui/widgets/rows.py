"""Where a table's rows come from: anything that can count, give a page and find a row by id."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from eog_tui.glyphs import Tone

Row = TypeVar("Row")
RowT_co = TypeVar("RowT_co", covariant=True)


class Cell(NamedTuple):
    """What stands in a cell. The text need not be literal yet."""

    text: str
    tone: Tone = ""


class Column(NamedTuple):
    """A column of a table."""

    key: str
    """What the source sorts by."""
    label: str
    width: int
    """Cells that its values need."""
    at_least: int = 4
    """Cells that it can shrink to."""
    grows: bool = False
    """Whether it takes what is left over."""
    right: bool = False
    """Numbers stand right."""
    keep: int = 0
    """The higher, the longer it stays when there is no room; the columns with the lowest go first."""
    sorts: bool = True


class RowSource(Protocol[RowT_co]):
    """Rows in an order. Methods are called off the event loop unless ``at_hand`` is true."""

    at_hand: bool
    """Whether answers cost nothing, so that they may be asked for on the event loop."""

    def count(self) -> int:
        """How many rows there are."""
        ...

    def rows(self, offset: int, limit: int) -> Sequence[RowT_co]:
        """One page of rows; fewer at the end."""
        ...

    def find(self, row_id: Hashable) -> int | None:
        """The place of a row, from 0; None when it is not there."""
        ...


class RowsAtHand(Generic[Row]):
    """A source over a list in memory."""

    at_hand = True

    def __init__(self, rows: Sequence[Row], row_id: Callable[[Row], Hashable]) -> None:
        self._rows = rows
        self._row_id = row_id
        self._places: dict[Hashable, int] | None = None

    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def rows(self, offset: int, limit: int) -> Sequence[Row]:
        """One page of rows."""
        return self._rows[offset : offset + limit]

    def find(self, row_id: Hashable) -> int | None:
        """The place of a row."""
        if self._places is None:
            self._places = {self._row_id(row): place for place, row in enumerate(self._rows)}
        return self._places.get(row_id)


def layout(columns: Sequence[Column], width: int) -> list[tuple[int, Column, int]]:
    """Fit columns into ``width`` cells: shrink first, then leave out those with the lowest ``keep``.

    Returns:
        Index into ``columns``, the column, its width; one blank goes between two columns.
    """
    kept = list(enumerate(columns))
    while len(kept) > 1 and sum(column.at_least for _, column in kept) + len(kept) - 1 > width:
        kept.remove(min(kept, key=lambda item: (item[1].keep, -item[0])))
    widths = [column.width for _, column in kept]
    excess = sum(widths) + len(kept) - 1 - width
    # The growing columns give way first, then those that matter least.
    for place in sorted(range(len(kept)), key=lambda place: (not kept[place][1].grows, kept[place][1].keep)):
        give = min(max(excess, 0), widths[place] - kept[place][1].at_least)
        widths[place] -= give
        excess -= give
    growing = [place for place, (_, column) in enumerate(kept) if column.grows]
    for nth, place in enumerate(growing):
        share = -excess // (len(growing) - nth) if excess < 0 else 0
        widths[place] += share
        excess += share
    return [(index, column, max(widths[place], 1)) for place, (index, column) in enumerate(kept)]
