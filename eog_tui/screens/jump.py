"""Jump mode: a letter on each pane, and the key of that letter goes there."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from eog_tui.actions import bindings
from eog_tui.literal import content

LETTERS = "asdfjklghqwertyuiopzxcvbnm"


class JumpScreen(ModalScreen[Widget | None]):
    """Shows the letters over the screen below and returns the chosen widget."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    JumpScreen { background: transparent; }
    JumpScreen > Static {
        position: absolute;
        width: 3;
        height: 1;
        background: $primary;
        color: $background;
        text-style: bold;
    }
    JumpScreen:nocolor > Static { text-style: bold reverse; }
    JumpScreen:ansi > Static { text-style: bold reverse; }
    """

    def __init__(self, targets: Sequence[Widget]) -> None:
        super().__init__()
        self._targets = dict(zip(LETTERS, targets, strict=False))

    def compose(self) -> ComposeResult:
        """A letter at each target's corner."""
        for letter, widget in self._targets.items():
            sign = Static(content(f" {letter} "))
            sign.styles.offset = widget.region.offset
            yield sign

    def on_key(self, event: events.Key) -> None:
        """Choose; any other key leaves."""
        if event.key != "escape":
            event.stop()
            self.dismiss(self._targets.get(event.key))

    def action_cancel(self) -> None:
        """Stay where the focus was."""
        self.dismiss(None)
