"""The part of a source's rows that is at hand: the pages that someone looked at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic

from eog_tui.widgets.rows import Row, RowSource

PAGE = 128
"""Rows that are fetched at once."""
_MOST_PAGES = 64
"""Pages that are kept; the one that came first goes first."""


class RowPages(Generic[Row]):
    """A source as it was when it was opened: how many rows it has, and those that were fetched.

    ``open`` and ``fetch`` ask the source and may run in any thread; all else belongs to the event loop.
    """

    def __init__(self, source: RowSource[Row]) -> None:
        self.source = source
        self.count = 0
        self._pages: dict[int, Sequence[Row]] = {}
        self._asked: set[int] = set()

    def open(self, wanted: Hashable | None, place: int, height: int) -> int:
        """Count the rows and fetch those around the wanted one.

        Args:
            wanted: id of a row; None when any will do.
            place: where to look when that row is not there.
            height: rows on a screen.

        Returns:
            The place of the wanted row, or ``place``.
        """
        self.count = self.source.count()
        found = self.source.find(wanted) if wanted is not None else None
        place = place if found is None else found
        top = max(0, min(place, self.count - 1) - height) // PAGE
        for page in (top, top + 1):
            if page * PAGE < self.count:
                self._pages[page] = self.fetch(page)
        return place

    def fetch(self, page: int) -> Sequence[Row]:
        """Ask the source for a page."""
        return self.source.rows(page * PAGE, PAGE)

    def keep(self, page: int, rows: Sequence[Row]) -> None:
        """Take a page that was fetched."""
        self._asked.discard(page)
        while len(self._pages) >= _MOST_PAGES:
            del self._pages[next(iter(self._pages))]
        self._pages[page] = rows

    def give_up(self, page: int) -> None:
        """Note that a page did not come; the next look at it asks again."""
        self._asked.discard(page)

    def row(self, place: int, fetch_later: Callable[[int], object]) -> Row | None:
        """The row at a place, or None when there is none or it is not at hand.

        Args:
            place: from 0.
            fetch_later: called, once, with the number of a page that is needed and cannot be had at once.
        """
        if not 0 <= place < self.count:
            return None
        page, nth = divmod(place, PAGE)
        if page not in self._pages and self.source.at_hand:
            self.keep(page, self.fetch(page))
        elif page not in self._pages and page not in self._asked:
            self._asked.add(page)
            fetch_later(page)
        rows = self._pages.get(page, ())
        return rows[nth] if nth < len(rows) else None

    def place_of(self, wanted: Hashable, row_id: Callable[[Row], Hashable]) -> int | None:
        """The place of a row, if that is known without waiting."""
        if self.source.at_hand:
            return self.source.find(wanted)
        for page, rows in self._pages.items():
            for nth, row in enumerate(rows):
                if row_id(row) == wanted:
                    return page * PAGE + nth
        return None
