"""What can be done and with which keys: each sentence in full, in as many rows as it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from eog_tui.actions import bindings
from eog_tui.literal import line
from eog_tui.widgets.flow_view import FlowView
from eog_tui.widgets.line_view import Piece, fit
from eog_tui.widgets.wrapping import breaks

KEYS_WIDE = 13
"""Cells of the keys; sentences hang under one another right of them."""
_LEFT = f" {'':{KEYS_WIDE}}  "


class Helped(Protocol):
    """Something with keys, and the sentence that tells what they do."""

    @property
    def keys(self) -> str:
        """As people write them."""
        ...

    @property
    def help(self) -> str:
        """The sentence."""
        ...


HelpedT = TypeVar("HelpedT", bound=Helped)


class _Row(NamedTuple):
    place: int
    """Of what is told in it, from 0."""
    keys: str
    part: str


class HelpList(FlowView[_Row], Generic[HelpedT]):
    """Shows keys and sentences, one of them selected."""

    BINDINGS = bindings("list")

    @dataclass
    class Opened(Message):
        """Enter or a double click."""

        told: object
        """What was opened."""

    def __init__(self) -> None:
        super().__init__()
        self._told: Sequence[HelpedT] = ()
        self._made = 0
        self._cursor = 0

    @property
    def count(self) -> int:
        """How many are shown."""
        return len(self._told)

    def show(self, told: Sequence[HelpedT]) -> None:
        """Show these, the first selected."""
        self._told, self._cursor = told, 0
        self.reflow()

    def make_rows(self, width: int) -> Iterator[_Row]:
        """Break sentences; keys stand before their first row."""
        for place, each in enumerate(self._told):
            self._made = place
            keys, text = line(each.keys), line(each.help)
            for start, end in breaks(text, width - len(_LEFT) - 1):
                yield _Row(place, "" if start else keys, text[start:end].rstrip())

    def used_up(self) -> float:
        """By how many are told."""
        return (self._made + 1) / max(len(self._told), 1)

    def draw_row(self, place: int, row: _Row, width: int) -> Strip:
        """Draw the keys and a part of the sentence."""
        base = self.rich_style
        if row.place == self._cursor:
            base = self.part("line--cursor" if self.has_focus else "line--cursor-blurred", base)
        keys = fit(row.keys, KEYS_WIDE)
        # Blanks stay without the tone: it may be underlined or reversed.
        pad = keys[len(keys.rstrip(" ")) :]
        pieces: list[Piece] = [(" ", ""), (keys.rstrip(" "), "accent"), (pad, ""), ("  ", ""), (row.part, "")]
        return self.strip(pieces, width, base)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        if not self._told:
            return self.strip([("  No action has these words.", "dim")] if y == 1 else [], self.cells, self.rich_style)
        return super().render_line(y)

    # Moving.

    def _select(self, place: int) -> None:
        self._cursor = max(0, min(place, len(self._told) - 1))
        self.reach(1 << 40)
        rows = [number for number, row in enumerate(self._rows) if row.place == self._cursor]
        if rows:
            region = Region(0, rows[0], 1, len(rows))
            self.scroll_to_region(region, animate=False, force=True, immediate=True, x_axis=False)
        self.repaint()

    def action_move(self, rows: int) -> None:
        """Select another one."""
        self._select(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Go on by what fits on the screen."""
        self._select(self._cursor + pages * max(1, self.size.height - 2))

    def action_first(self) -> None:
        """Select the first."""
        self._select(0)

    def action_last(self) -> None:
        """Select the last."""
        self._select(len(self._told) - 1)

    def action_open(self) -> None:
        """Open the selected one."""
        if self._told:
            self.post_message(self.Opened(self._told[self._cursor]))

    def on_click(self, event: events.Click) -> None:
        """Select one, open it on the second click."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        number = self.scroll_offset.y + offset.y
        if number < len(self._rows):
            self._select(self._rows[number].place)
            if event.chain == 2:
                self.action_open()

    def on_focus(self) -> None:
        """Draw the selection strongly."""
        self.repaint()

    def on_blur(self) -> None:
        """Draw the selection faintly."""
        self.repaint()
