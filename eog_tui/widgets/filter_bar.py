"""The line behind ``/``: filters a list or searches a text, and says how much is left or found."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from eog_tui.actions import bindings
from eog_tui.literal import content
from eog_tui.widgets.line_input import LineInput


class _Field(LineInput):
    """The input itself; Enter and Esc are the bar's."""

    BINDINGS = bindings("filter")

    def edited(self) -> None:
        """Tell of what is typed."""
        self.query_ancestor(FilterBar).tell()

    def action_accept(self) -> None:
        """Take the suggestion's place, or go on to what is filtered."""
        self.query_ancestor(FilterBar).accept()

    def action_cancel(self) -> None:
        """Drop the suggestion, or else leave the field."""
        if self._suggestion:
            self._suggestion = ""
        else:
            self.query_ancestor(FilterBar).accept()


class FilterBar(Horizontal):
    """A field of one line. Hidden while it is empty and has no focus, unless ``stays`` is set."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        display: none;
        padding: 0 1;
        background: $surface;
        &.-open { display: block; }
        & > .filter--sign { width: 2; color: $primary; text-style: bold; }
        & > Input { width: 1fr; border: none; height: 1; padding: 0; background: $surface; color: $foreground; }
        & > Input:focus { border: none; }
        & > .filter--note { width: auto; max-width: 60%; color: $dim; padding-left: 2; }
    }
    """

    @dataclass
    class Changed(Message):
        """The text in the field is another one."""

        bar: FilterBar
        value: str

        @property
        def control(self) -> FilterBar:
            """The bar."""
            return self.bar

    @dataclass
    class Left(Message):
        """The person is done with the field; focus should go to what it filters."""

        bar: FilterBar
        value: str

        @property
        def control(self) -> FilterBar:
            """The bar."""
            return self.bar

    def __init__(
        self,
        placeholder: str = "",
        *,
        suggester: Suggester | None = None,
        stays: bool = False,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(name=name, id=id, classes="-open" if stays else None)
        self._stays = stays
        self._field = _Field(placeholder=placeholder, suggester=suggester, compact=True)
        self._note = Static("", classes="filter--note")

    def compose(self) -> ComposeResult:
        """A sign, the field, a note."""
        yield Static("/", classes="filter--sign")
        yield self._field
        yield self._note

    @property
    def value(self) -> str:
        """What is typed."""
        return self._field.value

    @value.setter
    def value(self, value: str) -> None:
        self._field.value = value
        self.set_class(self._stays or bool(value) or self._field.has_focus, "-open")

    @property
    def note(self) -> str:
        """What stands at the right, such as ``12 of 128`` or what is wrong with the filter."""
        return str(self._note.content)

    @note.setter
    def note(self, note: str) -> None:
        if note != self.note:
            # Only a note of another width moves the field's end: laying the screen out costs more than a letter.
            self._note.update(content(note), layout=cell_len(note) != cell_len(self.note))

    def say_found(self, words: str) -> None:
        """Note where in a text the search stands; ``words`` are those of ``TextView.Found``, empty for nowhere."""
        self.note = words or ("not found" if self.value else "")

    def open(self) -> None:
        """Show the field and type into it."""
        self.add_class("-open")
        self._field.focus()

    def accept(self) -> None:
        """Leave the field and keep what it says."""
        self.set_class(self._stays or bool(self.value), "-open")
        self.post_message(self.Left(self, self.value))

    def step_out(self) -> bool:
        """Clear the field; returns whether there was anything to clear."""
        had = bool(self.value)
        self.value = ""
        return had

    def tell(self) -> None:
        """Tell what is in the field now."""
        self.post_message(self.Changed(self, self.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell of a text that nobody typed."""
        event.stop()
        self.tell()
