"""A field of one line with proposals below it, such as the paths that exist or the values that were seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from eog_tui.widgets.line_input import LineInput
from eog_tui.widgets.proposal_list import Offer, ProposalList


class _Typed(LineInput):
    """The field itself; keys that work on proposals go to them first."""

    def edited(self) -> None:
        """Propose."""
        self.query_ancestor(ProposingField).edited()

    async def _on_key(self, event: events.Key) -> None:
        if self.query_ancestor(ProposingField).use_key(event.key):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)

    def on_click(self, event: events.Click) -> None:
        """Behind the text, where there is nothing to put the cursor on: list what there is, or close the list."""
        field = self.query_ancestor(ProposingField)
        if event.chain > 1:
            return
        if field.proposing:
            field.close()
        elif event.x + round(self.scroll_x) >= cell_len(self.value):
            field.look_up_all()


class ProposingField(Vertical):
    """Proposes while someone types: down and up choose, Enter or Tab takes, Esc closes.

    A click behind the text lists, a click on a proposal takes it.
    """

    DEFAULT_CSS = """
    ProposingField {
        height: 1;
        & > _Typed { border: none; height: 1; padding: 0; background: $surface; color: $foreground; }
        & > _Typed:focus { border: none; background: $panel; }
    }
    """

    MOST_SHOWN: ClassVar[int] = 50
    """Proposals that are listed; how many more there are is said."""

    @dataclass
    class Changed(Message):
        """Another text stands in the field."""

        field: ProposingField
        value: str

        @property
        def control(self) -> ProposingField:
            """The field."""
            return self.field

    @dataclass
    class Submitted(Message):
        """Enter, with no proposal chosen."""

        field: ProposingField

        @property
        def control(self) -> ProposingField:
            """The field."""
            return self.field

    def __init__(
        self,
        propose: Callable[[str], Sequence[str | Offer]],
        value: str = "",
        *,
        placeholder: str = "",
        at_hand: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Make a field.

        Args:
            propose: ways to go on with what is typed. A plain text that ends with ``/`` is gone into.
            value: what stands in the field at first.
            placeholder: what an empty field means.
            at_hand: whether proposals cost nothing, so that they are asked for on the event loop, not in a thread.
            id: as for any widget.
        """
        super().__init__(id=id)
        self._propose = propose
        self._typed = _Typed(value, placeholder=placeholder, compact=True, select_on_focus=False)
        self._proposals = ProposalList()
        self._at_hand = at_hand

    def compose(self) -> ComposeResult:
        """The field, and below it the proposals, over whatever stands there."""
        yield self._typed
        yield self._proposals

    @property
    def value(self) -> str:
        """What stands in the field."""
        return self._typed.value

    @value.setter
    def value(self, value: str) -> None:
        with self.prevent(Input.Changed):
            self._typed.value = value
            self._typed.cursor_position = len(value)

    @property
    def cursor(self) -> int:
        """Where the cursor stands, in characters."""
        return self._typed.cursor_position

    @property
    def proposing(self) -> bool:
        """Whether proposals are shown."""
        return self._proposals.display

    def focus(self, scroll_visible: bool = True) -> ProposingField:
        """Focus the field itself."""
        self._typed.focus(scroll_visible)
        return self

    def use_key(self, key: str) -> bool:
        """Do what a key means for the proposals; returns whether it meant anything."""
        match key:
            case "down" | "up" if self.proposing:
                self._proposals.move(1 if key == "down" else -1)
            case "down":
                self.look_up_all()
            case "enter" | "tab" if self.proposing and self._proposals.highlighted is not None:
                self._take(self._proposals.highlighted)
            case "tab" if self.proposing and self.value and not self.value.endswith("/"):
                self._take(0)  # as a shell does with a name that is begun
            case "enter":
                self.close()
                self.post_message(self.Submitted(self))
            case "escape" if self.proposing:
                self.close()
            case _:
                return False
        return True

    def close(self) -> None:
        """Hide the proposals."""
        self.workers.cancel_group(self, "propose")
        self._proposals.display = False

    def look_up_all(self) -> None:
        """List what there is when nobody types."""
        self.look_up(self.value)

    def look_up(self, typed: str) -> None:
        """Ask for proposals and show them."""
        if self._at_hand:
            self._list(self._propose(typed), typed)
        else:
            self._ask(typed)

    @work(exclusive=True, group="propose")
    async def _ask(self, typed: str) -> None:
        self._list(await asyncio.to_thread(self._propose, typed), typed)

    def _list(self, found: Sequence[str | Offer], typed: str) -> None:
        shown = found[: self.MOST_SHOWN]
        offers = [Offer(each, goes_on=each.endswith("/")) if isinstance(each, str) else each for each in shown]
        proposes = bool(offers) and [offer.text for offer in offers] != [typed] and self._typed.has_focus
        if proposes:
            self._proposals.show(offers, len(found) - len(shown))
        self._proposals.display = proposes

    def _take(self, place: int) -> None:
        offer = self._proposals.offers[place]
        self.value = offer.text
        if offer.cursor is not None:
            self._typed.cursor_position = offer.cursor
        self.tell()
        if offer.goes_on:
            self.look_up(self.value)
        else:
            self.close()

    def tell(self) -> None:
        """Tell of another text."""
        self.post_message(self.Changed(self, self.value))

    def edited(self) -> None:
        """Tell of what was typed, and propose how to go on."""
        self.tell()
        if self._typed.has_focus:
            self.look_up(self.value)

    @on(Input.Changed)
    def _put(self, event: Input.Changed) -> None:
        event.stop()
        self.edited()

    @on(ProposalList.Clicked)
    def _clicked(self, event: ProposalList.Clicked) -> None:
        event.stop()
        self._take(event.place)
        self._typed.focus()

    @on(events.DescendantBlur)
    def _left(self) -> None:
        self.close()
