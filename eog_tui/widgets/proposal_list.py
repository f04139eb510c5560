"""The list of proposals under a field: what to take, what it means, where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import Reactive, reactive
from textual.strip import Strip

from eog_tui.literal import line
from eog_tui.widgets.line_view import LineView, Piece, fit

MOST_LINES = 8
"""Proposals that can be seen at once."""


class Offer(NamedTuple):
    """A proposal that says more than its text."""

    text: str
    """What stands in the field once it is taken."""
    word: str = ""
    """What is listed for it; the text itself when empty."""
    label: str = ""
    """What it means."""
    note: str = ""
    """Where it comes from; stands at the right."""
    cursor: int | None = None
    """Where the cursor stands once it is taken; None is the end."""
    goes_on: bool = False
    """Whether something has to follow, so that the next proposals are asked for at once."""


class ProposalList(LineView, can_focus=False):
    """Lies over what is below its field; the keys stay with the field, which moves ``highlighted``.

    A press of the mouse leaves the focus with the field, too: without it the field would close the list before the
    button is up, and the click would land on what lies below.

    Who lists something sets ``display``; a class of its field would restyle all that is in the field.
    """

    DEFAULT_CSS = """
    ProposalList {
        overlay: screen;
        constrain: none inside;
        width: 100%;
        height: 1;
        background: $panel;
        scrollbar-gutter: auto;
        & > .line--cursor { background: $cursor; text-style: bold; }
    }
    ProposalList:nocolor > .line--cursor { text-style: reverse; }
    """

    FOCUS_ON_CLICK = False

    virtual_size = Reactive(Size(0, 0))
    """As every widget has it, but how long the list is changes nothing of the screen; its height does."""

    highlighted: reactive[int | None] = reactive(None, init=False)
    """The place of the proposal that Enter takes; None before one is chosen."""

    @dataclass
    class Clicked(Message):
        """A click on a proposal."""

        place: int

    def __init__(self) -> None:
        super().__init__()
        self.display = False
        self.offers: Sequence[Offer] = ()
        self._more = 0
        self._columns = (0, 0)

    @property
    def focusable(self) -> bool:
        """Said to the mouse only, which asks the panes around for the focus when this is not; keys never come here.

        A list that went out of sight together with its field is no heir to the field's focus.
        """
        return self.display and self.is_on_screen

    def show(self, offers: Sequence[Offer], more: int) -> None:
        """List ``offers``; ``more`` is how many there are beside them."""
        self.offers, self._more = offers, more
        words = max((cell_len(line(offer.word or offer.text)) for offer in offers), default=0)
        self._columns = words, max((cell_len(line(offer.note)) for offer in offers), default=0)
        self.set_reactive(ProposalList.highlighted, None)
        lines = len(offers) + (1 if more else 0)
        # A height that stays spares a new layout of the whole screen for each key.
        self.styles.height = min(lines, MOST_LINES)
        self.virtual_size = Size(0, lines)
        self.show_bar(lines, MOST_LINES)
        self.scroll_to(0, 0, animate=False, immediate=True)
        self.refresh()

    def move(self, by: int) -> None:
        """Highlight the next or previous proposal, around the ends."""
        if self.offers:
            at = self.highlighted
            self.highlighted = (0 if by > 0 else -1) % len(self.offers) if at is None else (at + by) % len(self.offers)

    def watch_highlighted(self, place: int | None) -> None:
        """Show it."""
        if place is not None:
            self.scroll_to_region(Region(0, place, 1, 1), animate=False, immediate=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw a proposal, or how many more there are."""
        base, place = self.rich_style, y + round(self.scroll_y)
        if place >= len(self.offers):
            words = f"… {self._more} more: type on" if self._more and place == len(self.offers) else ""
            return self.strip([(words, "dim")], self.size.width, base)
        if place == self.highlighted:
            base = self.part("line--cursor", base)
        return self.strip(self._pieces(self.offers[place]), self.cells, base)

    def _pieces(self, offer: Offer) -> list[Piece]:
        word, (words, notes), cells = line(offer.word or offer.text), self._columns, self.cells
        if not (offer.label or notes):
            return [(fit(word, cells), "")]
        left = min(words, (cells - notes) * 2 // 3)
        middle = max(cells - left - notes - 3, 0)
        return [
            (fit(word, left), ""),
            ("  ", ""),
            (fit(line(offer.label), middle), "dim"),
            (" ", ""),
            (fit(line(offer.note), notes), "dim"),
        ]

    def on_click(self, event: events.Click) -> None:
        """Take what was clicked."""
        event.stop()
        place = event.y + round(self.scroll_y)
        if place < len(self.offers):
            self.post_message(self.Clicked(place))
