"""Asks for the number of a step."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.validation import Integer
from textual.widgets import Input, Static

from eog_tui.actions import bindings


class GoToStep(ModalScreen[int | None]):
    """A field for a number; returns it, or None when the person changed their mind."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    GoToStep { align: center middle; background: $background 60%; }
    GoToStep > Vertical { width: 40; height: auto; background: $surface; border: round $line; padding: 0 1; }
    GoToStep Input { border: none; height: 1; padding: 0 1; background: $panel; }
    GoToStep Static { color: $dim; }
    GoToStep:ansi { background: transparent; }
    """

    def __init__(self, last: int) -> None:
        super().__init__()
        self._last = last

    def compose(self) -> ComposeResult:
        """The field, and what it takes."""
        with Vertical() as box:
            box.border_title = "go to step"
            yield Input(type="integer", validators=[Integer(0, self._last)], compact=True)
            yield Static(f"0–{self._last}   ⏎ goes there   Esc back", markup=False)

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        if event.validation_result is not None and event.validation_result.is_valid:
            self.dismiss(int(event.value))

    def action_cancel(self) -> None:
        """Stay where we are."""
        self.dismiss(None)
