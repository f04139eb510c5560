"""A question before something that cannot be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from eog_tui.actions import bindings
from eog_tui.answers import Answer
from eog_tui.literal import content


class _Choice(Static, can_focus=True):
    """One answer: a key and words."""

    @dataclass
    class Chosen(Message):
        """Enter, Space or a click on it; None is Cancel."""

        letter: str | None

    def __init__(self, key: str, words: str, letter: str | None) -> None:
        super().__init__(content(f" {key}  {words} "))
        self.letter = letter

    def on_key(self, event: events.Key) -> None:
        """Enter and Space choose."""
        if event.key in ("enter", "space"):
            event.stop()
            self.post_message(self.Chosen(self.letter))

    def on_click(self) -> None:
        """So does a click."""
        self.post_message(self.Chosen(self.letter))


class ConfirmScreen(ModalScreen[str | None]):
    """Asks; returns the chosen letter, or None for Cancel.

    Cancel has the focus, so neither Enter nor Space does harm; a choice is made by its letter, a click, or by going
    to it.
    """

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    ConfirmScreen { align: center middle; background: $background 60%; }
    ConfirmScreen > Vertical {
        width: auto;
        max-width: 76;
        min-width: 40;
        height: auto;
        padding: 1 2;
        background: $surface;
        border: round $line;
    }
    ConfirmScreen .confirm--question { text-style: bold; width: auto; }
    ConfirmScreen .confirm--detail { color: $dim; width: auto; max-width: 70; margin-top: 1; }
    ConfirmScreen Horizontal { width: auto; height: 1; margin-top: 1; }
    ConfirmScreen _Choice { width: auto; margin-right: 2; background: $panel; color: $foreground; }
    ConfirmScreen _Choice:focus { background: $primary; color: $background; text-style: bold; }
    ConfirmScreen:nocolor _Choice:focus { text-style: bold reverse; }
    ConfirmScreen:ansi { background: transparent; }
    ConfirmScreen:ansi _Choice:focus { text-style: bold reverse; }
    """

    def __init__(self, question: str, choices: Sequence[Answer], *, detail: str = "", cancel: str = "cancel") -> None:
        """Ask.

        Args:
            question: one line.
            choices: what can be done.
            detail: more about it; may have several lines.
            cancel: words for doing nothing.
        """
        super().__init__()
        self._question, self._detail = question, detail
        self._choices, self._cancel = choices, cancel

    def compose(self) -> ComposeResult:
        """Question, detail, a button a choice; Cancel comes first."""
        with Vertical():
            yield Static(content(self._question), classes="confirm--question")
            if self._detail:
                yield Static(content(self._detail), classes="confirm--detail")
            with Horizontal():
                yield _Choice("Esc", self._cancel, None)
                for choice in self._choices:
                    yield _Choice(choice.sign, choice.words, choice.key)

    def on_mount(self) -> None:
        """Begin at Cancel."""
        self.query(_Choice).first().focus()

    def on_key(self, event: events.Key) -> None:
        """Choose by letter, move between the buttons."""
        if event.key in ("left", "right"):
            event.stop()
            self.focus_next() if event.key == "right" else self.focus_previous()
        elif event.character in [choice.key for choice in self._choices]:
            event.stop()
            self.dismiss(event.character)

    @on(_Choice.Chosen)
    def _choose(self, event: _Choice.Chosen) -> None:
        self.dismiss(event.letter)

    def action_cancel(self) -> None:
        """Do nothing."""
        self.dismiss(None)
