"""A table that holds any number of rows and costs what is on screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from textual import events, work
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from eog_tui.actions import bindings
from eog_tui.literal import line
from eog_tui.widgets.line_view import LineView
from eog_tui.widgets.row_pages import PAGE, RowPages
from eog_tui.widgets.row_painter import RowPainter
from eog_tui.widgets.rows import Cell, Column, Row, RowsAtHand, RowSource


@dataclass
class _OfTable(Message):
    """What a table says."""

    table: RowTable[Any]

    @property
    def control(self) -> RowTable[Any]:
        """The table."""
        return self.table


class RowTable(LineView, Generic[Row]):
    """Shows a ``RowSource``: fixed header, one selected row, marked rows.

    The selection belongs to a row's id, so it stays through sort, filter and refresh; when its row is gone it goes
    to the row that took the place. Old rows stay on screen until new ones are there.
    Rows that come above those on screen move nothing: a chip in the head counts them.
    """

    BINDINGS = bindings("list")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--header", "table--sorted", "table--mark", "table--new"}
    DEFAULT_CSS = """
    RowTable {
        & > .table--header { color: $dim; }
        & > .table--sorted { color: $foreground; text-style: bold; }
        & > .table--mark { color: $primary; text-style: bold; }
        & > .table--new { background: $primary; color: $background; text-style: bold; }
    }
    RowTable:ansi > .table--new { text-style: reverse bold; }
    RowTable:nocolor > .table--new { text-style: reverse bold; }
    """

    @dataclass
    class Selected(_OfTable):
        """Another row is selected, or the selected one has new values; None when there are no rows."""

        row: object | None

    @dataclass
    class Opened(_OfTable):
        """Enter or a double click on a row."""

        row: object

    @dataclass
    class Failed(_OfTable):
        """The source raised an error that was expected of it; the rows on screen stay."""

        error: Exception

    @dataclass
    class SortRequested(_OfTable):
        """A click on a column's head; the owner answers with ``show(source, sort=...)``."""

        column: str
        descending: bool

    def __init__(
        self,
        columns: Sequence[Column],
        cells: Callable[[Row], Sequence[Cell]],
        row_id: Callable[[Row], Hashable],
        *,
        empty: str = "Nothing here.",
        expects: tuple[type[Exception], ...] = (),
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """Make an empty table.

        Args:
            columns: from left to right.
            cells: gives a row's cells, one a column.
            row_id: gives what a row is known by.
            empty: what to say when there are no rows; may have several lines.
            expects: what a source may raise and the owner answers (``Failed``); anything else is a bug.
            name: as for any widget.
            id: as for any widget.
            classes: as for any widget.
        """
        super().__init__(name=name, id=id, classes=classes)
        self._painter: RowPainter[Row] = RowPainter(self, columns, cells)
        self.empty = empty
        self._expects = expects
        self._row_id = row_id
        self._pages: RowPages[Row] = RowPages(RowsAtHand([], row_id))
        self._asked: tuple[RowSource[Row], tuple[str, bool] | None] = (self._pages.source, None)
        self._loading = self._is_stale = False
        self._opening = self._pages
        self._cursor = 0
        self._unseen = 0
        """How many rows came above those on screen since the person was there."""
        self._selected_id: Hashable | None = None
        self._sort: tuple[str, bool] | None = None
        self._marked: frozenset[Hashable] = frozenset()
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(512)

    # What the owner uses.

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self._pages.count

    @property
    def selected(self) -> Row | None:
        """The selected row; None when there is none or it is still on its way."""
        return self._pages.row(self._cursor, self._fetch)

    @property
    def cursor(self) -> int:
        """The place of the selected row, from 0."""
        return self._cursor

    @property
    def marked(self) -> frozenset[Hashable]:
        """Ids of the marked rows."""
        return self._marked

    @marked.setter
    def marked(self, ids: Iterable[Hashable]) -> None:
        self._marked = frozenset(ids)
        self._repaint()

    def show(self, source: RowSource[Row], *, sort: tuple[str, bool] | None = None) -> None:
        """Show other rows, or the same in another order; ``sort`` is the column's key and whether it descends."""
        self._asked = (source, sort)
        self._opening = pages = RowPages(source)
        if source.at_hand:
            self._take(pages, sort, pages.open(self._selected_id, self._cursor, self.size.height))
        else:
            self._load(pages, sort)

    def reload(self) -> None:
        """Ask the source again, because what it reads has changed; one that is still answering is let finish first."""
        if self._loading:
            self._is_stale = True
        else:
            source, sort = self._asked
            self.show(source, sort=sort)

    def select(self, row_id: Hashable) -> None:
        """Select a row by its id, now or when it arrives with the next ``show``."""
        self._selected_id = row_id
        place = self._pages.place_of(row_id, self._row_id)
        if place is not None:
            self._move_to(place)

    def copyable(self) -> str | None:
        """The selected row, its cells separated by tabs."""
        row = self.selected
        return None if row is None else "\t".join(cell.text for cell in self._painter.cells(row))

    # Loading.

    @work(exclusive=True, group="show")
    async def _load(self, pages: RowPages[Row], sort: tuple[str, bool] | None) -> None:
        self._loading, self._is_stale = True, False
        wanted = self._selected_id
        try:
            place = await asyncio.to_thread(pages.open, wanted, self._cursor, self.size.height)
        except self._expects as error:
            self.post_message(self.Failed(self, error))
            return
        finally:
            if pages is self._opening:
                self._loading = False
        if pages is self._opening:
            if wanted != self._selected_id:
                # The person went on meanwhile; most likely not far.
                near = pages.place_of(self._selected_id, self._row_id)
                place = self._cursor if near is None else near
            self._take(pages, sort, place)
            if self._is_stale:
                self.reload()

    def _take(self, pages: RowPages[Row], sort: tuple[str, bool] | None, place: int) -> None:
        top = self.scroll_offset.y
        below_top = self._cursor - top
        again = pages.source is self._pages.source
        came = min(place - self._cursor, pages.count - self.count) if again else 0
        self._pages, self._sort = pages, sort
        moved = place != self._cursor
        self._cursor = max(0, min(place, pages.count - 1))
        self._strips.clear()
        self._measure()
        if moved and (top or self._cursor >= self.size.height - 1):
            # The selected row keeps its place on the screen, so the eye finds it again. Who is at the top sees what
            # comes there, as long as the selected row stays in sight.
            self.scroll_to(y=max(0, self._cursor - below_top), animate=False, force=True, immediate=True)
        self._unseen = self._unseen + max(came, 0) if again and self.scroll_offset.y else 0
        self._show_cursor()
        self._announce()
        self.refresh()

    @work(group="pages")
    async def _fetch(self, page: int) -> None:
        pages = self._pages
        try:
            rows = await asyncio.to_thread(pages.fetch, page)
        except self._expects as error:
            pages.give_up(page)
            self.post_message(self.Failed(self, error))
            return
        pages.keep(page, rows)
        if pages is self._pages:
            self._repaint()
            if self._cursor // PAGE == page:
                self._announce()

    # Moving.

    def _move_to(self, place: int) -> None:
        place = max(0, min(place, self.count - 1))
        if place != self._cursor:
            self._cursor = place
            self._repaint()
        self._show_cursor()
        self._announce()

    def _show_cursor(self) -> None:
        # The header covers one line at the top: a row is at home one line further down.
        self.scroll_to_region(Region(0, self._cursor, 1, 2), animate=False, force=True, immediate=True, x_axis=False)

    def _announce(self) -> None:
        row = self.selected
        if row is not None:
            self._selected_id = self._row_id(row)
        if row is not None or not self.count:
            self.post_message(self.Selected(self, row))

    def _measure(self) -> None:
        self.virtual_size = Size(self.cells, self.count + 1 if self.count else 0)

    def _repaint(self) -> None:
        self._strips.clear()
        self.refresh()

    def action_move(self, rows: int) -> None:
        """Move the selection."""
        self._move_to(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the selection by what fits on the screen."""
        self._move_to(self._cursor + pages * max(1, self.size.height - 2))

    def action_first(self) -> None:
        """Select the first row."""
        self._move_to(0)

    def action_last(self) -> None:
        """Select the last row."""
        self._move_to(self.count - 1)

    def action_open(self) -> None:
        """Open the selected row."""
        if (row := self.selected) is not None:
            self.post_message(self.Opened(self, row))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Whoever is at the top has seen what came."""
        super().watch_scroll_y(old_value, new_value)
        if self._unseen and not self.scroll_offset.y:
            self._unseen = 0
            self._repaint()

    @property
    def _chip(self) -> str:
        return f" {self._unseen:,} new ↑ " if self._unseen else ""

    # Mouse.

    def on_click(self, event: events.Click) -> None:
        """Select a row, open it on the second click, or sort by a column."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0 and self.count:
            if offset.x >= self.cells - len(self._chip):
                self.action_first()
            else:
                self._sort_by(offset.x)
            return
        place = self.scroll_offset.y + offset.y - 1
        if place < self.count:
            self._move_to(place)
            if event.chain == 2:
                self.action_open()

    def _sort_by(self, x: int) -> None:
        column = self._painter.column_at(x, self.cells)
        if column is not None and column.sorts:
            again = self._sort is not None and self._sort[0] == column.key
            descending = not self._sort[1] if again and self._sort else column.right
            self.post_message(self.SortRequested(self, column.key, descending))

    # Drawing.

    def notify_style_update(self) -> None:
        """Forget drawn lines when styles change."""
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self) -> None:
        """Keep the selected row in sight."""
        self._measure()
        self._strips.clear()
        self._show_cursor()

    def on_focus(self) -> None:
        """Draw the selection strongly."""
        self._repaint()

    def on_blur(self) -> None:
        """Draw the selection faintly."""
        self._repaint()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen: the header, a row, or nothing."""
        width = self.cells
        if not self.count:
            lines = self.empty.split("\n")
            text = line(lines[y - 1]) if 1 <= y <= len(lines) else ""
            return self.strip([(f"  {text}", "dim")], width, self.rich_style)
        place = -1 if y == 0 else self.scroll_offset.y + y - 1
        key = (place, width)
        drawn = self._strips.get(key)
        if drawn is None:
            drawn = self._draw(place, width)
            self._strips[key] = drawn
        return drawn

    def _draw(self, place: int, width: int) -> Strip:
        base = self.rich_style
        if place >= self.count:
            return Strip.blank(width, base)
        if place < 0:
            return self._painter.head(width, self._sort, self._chip)
        if place == self._cursor:
            base = self.part("line--cursor" if self.has_focus else "line--cursor-blurred", base)
        row = self._pages.row(place, self._fetch)
        if row is None:
            return self.strip([(" …", "dim")], width, base)
        return self._painter.row(row, width, base, marked=self._row_id(row) in self._marked)
