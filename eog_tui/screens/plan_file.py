"""Asks for a plan's file: which to import, or where to export to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from eog_tui.actions import bindings
from eog_tui.literal import content
from eog_tui.widgets.proposing_field import ProposingField


class PlanFileScreen(ModalScreen[str | None]):
    """A field for a path that proposes what exists; returns it, or None."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    PlanFileScreen { align: center top; padding-top: 4; background: $background 60%; }
    PlanFileScreen > Vertical {
        width: 90%; max-width: 90; height: auto; padding: 0 1;
        background: $surface; border: round $line; border-title-color: $primary;
    }
    PlanFileScreen ProposingField > _Typed { background: $panel; }
    PlanFileScreen Static { color: $dim; }
    PlanFileScreen:ansi { background: transparent; }
    """

    def __init__(self, title: str, takes: str, propose: Callable[[str], Sequence[str]], path: str = "") -> None:
        super().__init__()
        self._title, self._takes, self._propose, self._path = title, takes, propose, path

    def compose(self) -> ComposeResult:
        """The field, and what it takes."""
        with Vertical() as box:
            box.border_title = content(self._title)
            yield ProposingField(self._propose, self._path, placeholder=self._takes)
            yield Static(content("⏎ does it   ↓ lists what there is   Esc back"))

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(ProposingField).focus()

    @on(ProposingField.Submitted)
    def _submitted(self, event: ProposingField.Submitted) -> None:
        if event.field.value.strip():
            self.dismiss(event.field.value.strip())

    def action_cancel(self) -> None:
        """Leave it."""
        self.dismiss(None)
