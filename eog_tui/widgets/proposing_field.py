"""A field of one line with proposals below it, such as the paths that exist."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from eog_tui.literal import content

MOST_SHOWN = 50


class _Proposals(OptionList, can_focus=False):
    """The list under the field; keys stay with the field."""


class _Typed(Input):
    """The field itself; keys that work on proposals go to them first."""

    async def _on_key(self, event: events.Key) -> None:
        if self.query_ancestor(ProposingField).use_key(event.key):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)


class ProposingField(Vertical):
    """Proposes while someone types: down and up choose, Enter or Tab takes, Esc closes."""

    DEFAULT_CSS = """
    ProposingField {
        height: 1;
        & > _Typed { border: none; height: 1; padding: 0; background: $surface; color: $foreground; }
        & > _Typed:focus { border: none; background: $boost; }
        & > _Proposals {
            display: none;
            overlay: screen;
            constrain: none inside;
            width: 100%;
            height: auto;
            max-height: 8;
            border: none;
            padding: 0;
            background: $panel;
            color: $foreground;
            scrollbar-size-vertical: 1;
        }
        &.-proposing > _Proposals { display: block; }
        & > _Proposals > .option-list--option-highlighted { background: $cursor; text-style: bold; }
    }
    ProposingField:nocolor > _Proposals > .option-list--option-highlighted { text-style: reverse; }
    """

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
        propose: Callable[[str], Sequence[str]],
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Make a field.

        Args:
            propose: ways to go on with what is typed; called in a thread. One that ends with ``/`` is gone into.
            value: what stands in the field at first.
            placeholder: what an empty field means.
            id: as for any widget.
        """
        super().__init__(id=id)
        self._propose = propose
        self._typed = _Typed(value, placeholder=placeholder, compact=True, select_on_focus=False)
        self._proposals = _Proposals(markup=False, compact=True)
        self._words: list[str] = []

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
    def proposing(self) -> bool:
        """Whether proposals are shown."""
        return self.has_class("-proposing")

    def focus(self, scroll_visible: bool = True) -> ProposingField:
        """Focus the field itself."""
        self._typed.focus(scroll_visible)
        return self

    def use_key(self, key: str) -> bool:
        """Do what a key means for the proposals; returns whether it meant anything."""
        match key:
            case "down" | "up" if self.proposing:
                (self._proposals.action_cursor_down if key == "down" else self._proposals.action_cursor_up)()
            case "down":
                self.look_up(self.value)
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
        self.remove_class("-proposing")

    @work(exclusive=True, group="propose")
    async def look_up(self, typed: str) -> None:
        """Ask for proposals and show them."""
        words = await asyncio.to_thread(self._propose, typed)
        self._words = list(words[:MOST_SHOWN])
        options = [Option(content(word.replace("\n", " "))) for word in self._words]
        if len(words) > MOST_SHOWN:
            options.append(Option(content(f"… {len(words) - MOST_SHOWN} more: type on"), disabled=True))
        self._proposals.set_options(options)
        self.set_class(bool(words) and self._typed.has_focus, "-proposing")

    def _take(self, place: int) -> None:
        if place >= len(self._words):
            return
        self.value = self._words[place]
        self.post_message(self.Changed(self, self.value))
        if self.value.endswith("/"):
            self.look_up(self.value)
        else:
            self.close()

    @on(Input.Changed)
    def _typed_on(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.value))
        if self._typed.has_focus:
            self.look_up(event.value)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)
        self._typed.focus()

    @on(events.DescendantBlur)
    def _left(self) -> None:
        self.close()
