"""The base of views whose rows depend on the width: they are made as far as someone has looked, and no further."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from time import monotonic
from typing import Generic, TypeVar

from textual import events
from textual.cache import LRUCache
from textual.geometry import Size
from textual.strip import Strip

from eog_tui.actions import bindings
from eog_tui.widgets.line_view import LineView

RowT = TypeVar("RowT")

_SLICE_S = 0.02
"""Seconds that making rows may hold the event loop."""


class FlowView(LineView, Generic[RowT]):
    """Scrolls through rows that a generator makes.

    How many there will be is estimated from what is used up, until the end was reached; so opening costs the same
    for any length.
    """

    BINDINGS = bindings("text")

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._rows: list[RowT] = []
        self._flow: Iterator[RowT] | None = None
        self._target = 0
        self._chasing = False
        self._strips: LRUCache[int, Strip] = LRUCache(256)
        self._made_for = 0

    @abstractmethod
    def make_rows(self, width: int) -> Iterator[RowT]:
        """Make the rows for a width, one after the other."""

    @abstractmethod
    def draw_row(self, place: int, row: RowT, width: int) -> Strip:
        """Draw one row."""

    @abstractmethod
    def used_up(self) -> float:
        """Which share of the content the rows made so far hold, above 0 and up to 1."""

    def reflow(self, *, keep_place: bool = False) -> None:
        """Make the rows anew: the content or the width is another one."""
        top = self.scroll_offset.y if keep_place else 0
        self._made_for = self.cells
        self._rows = []
        self._strips.clear()
        self._flow = self.make_rows(self._made_for) if self._made_for > 0 else None
        self._target = 0
        self.reach(top + self.size.height)
        self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self.refresh()

    def reach(self, place: int) -> bool:
        """Make rows up to ``place``, now if that is quick, else bit by bit; returns whether they are there."""
        self._target = max(self._target, place)
        until = monotonic() + _SLICE_S
        flow, rows = self._flow, self._rows
        while flow is not None and len(rows) <= self._target:
            for _ in range(64):
                row = next(flow, None)
                if row is None:
                    flow = self._flow = None
                    break
                rows.append(row)
            if monotonic() > until:
                break
        self._measure()
        there = self._flow is None or len(rows) > self._target
        if not there and not self._chasing:
            self._chasing = True
            self.set_timer(0.001, self._chase)
        return there

    def _chase(self) -> None:
        self._chasing = False
        if self.reach(self._target):
            self.reached()
        self.refresh()

    def reached(self) -> None:
        """Called when rows that could not be made at once are there."""
        if self._target >= len(self._rows):
            self.scroll_end(animate=False, force=True, immediate=True, x_axis=False)

    def _measure(self) -> None:
        made = len(self._rows)
        height = made if self._flow is None else max(made + 1, round(made / max(self.used_up(), 1e-6)))
        if height != self.virtual_size.height or self.cells != self.virtual_size.width:
            self.virtual_size = Size(self.cells, height)

    # Moving.

    def action_move(self, rows: int) -> None:
        """Scroll by rows."""
        self._scroll_rows(rows)

    def action_page(self, pages: int) -> None:
        """Scroll by what fits on the screen."""
        self._scroll_rows(pages * max(1, self.size.height - 1))

    def _scroll_rows(self, rows: int) -> None:
        top = self.scroll_offset.y + rows
        self.reach(top + self.size.height)
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def action_first(self) -> None:
        """Go to the top."""
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def action_last(self) -> None:
        """Go to the end, as soon as it is made."""
        if self.reach(1 << 40):
            self.scroll_end(animate=False, force=True, immediate=True, x_axis=False)

    # Drawing.

    def on_resize(self, event: events.Resize) -> None:
        """Make rows for the new width."""
        if self._made_for != self.cells:
            self.reflow(keep_place=True)
        else:
            self.reach(self.scroll_offset.y + self.size.height)

    def notify_style_update(self) -> None:
        """Forget drawn rows when styles change."""
        super().notify_style_update()
        self._strips.clear()

    def repaint(self) -> None:
        """Draw again what is on screen."""
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        width = self.cells
        place = self.scroll_offset.y + y
        if place >= len(self._rows):
            if self._flow is not None:
                self.call_later(self.reach, place + self.size.height)
                return self.strip([("…", "dim")] if y == 0 else [], width, self.rich_style)
            return Strip.blank(width, self.rich_style)
        drawn = self._strips.get(place)
        if drawn is None:
            drawn = self.draw_row(place, self._rows[place], width)
            self._strips[place] = drawn
        return drawn
