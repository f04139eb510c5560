"""A choice between a few words in one line: left and right change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from eog_tui.widgets.line_view import LineView, Piece

_GAP = 3


class OneOf(LineView):
    """Shows every choice, the one that holds with a full circle. The words are ours and literal."""

    DEFAULT_CSS = """
    OneOf { height: 1; width: auto; overflow: hidden hidden; scrollbar-gutter: auto; }
    OneOf:focus { background: $panel; }
    OneOf:nocolor:focus { text-style: underline; }
    """

    value: reactive[str] = reactive("", init=False)
    """The choice that holds."""

    @dataclass
    class Changed(Message):
        """Another choice holds."""

        one_of: OneOf
        value: str

        @property
        def control(self) -> OneOf:
            """The line."""
            return self.one_of

    def __init__(self, choices: Sequence[str], value: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.choices = tuple(choices)
        self.set_reactive(OneOf.value, value)

    def watch_value(self, value: str) -> None:
        """Show and tell."""
        self.refresh()
        self.post_message(self.Changed(self, value))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """A circle, a blank and the word for each, and the gaps."""
        return sum(len(choice) + 2 for choice in self.choices) + _GAP * (len(self.choices) - 1)

    def on_key(self, event: events.Key) -> None:
        """Choose the next or previous."""
        if event.key in ("left", "right"):
            event.stop()
            step = 1 if event.key == "right" else -1
            self.value = self.choices[(self.choices.index(self.value) + step) % len(self.choices)]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        x = event.x
        for choice in self.choices:
            if x < len(choice) + 2:
                self.value = choice
                return
            x -= len(choice) + 2 + _GAP

    def render_line(self, y: int) -> Strip:
        """Draw the choices."""
        pieces: list[Piece] = []
        for nth, choice in enumerate(self.choices):
            holds = choice == self.value
            pieces += [(" " * _GAP, "")] if nth else []
            pieces += [("● " if holds else "○ ", "accent" if holds else "dim"), (choice, "strong" if holds else "dim")]
        return self.strip(pieces, self.size.width, self.rich_style)
