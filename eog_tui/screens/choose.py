"""A short list to choose one thing from, over the screen that asks."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from eog_tui.actions import bindings
from eog_tui.literal import content
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand

Choice = tuple[str, str]
"""What is returned, and the words for it."""


class ChooseScreen(ModalScreen[str | None]):
    """Shows choices with one of them selected; returns the key of the one that is opened, or None."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    ChooseScreen { align: center middle; background: $background 60%; }
    ChooseScreen > Vertical {
        width: 44;
        max-width: 90%;
        height: auto;
        max-height: 80%;
        background: $surface;
        border: round $line;
        border-title-color: $primary;
        padding: 0 1;
    }
    ChooseScreen RowTable { background: $surface; }
    ChooseScreen:ansi { background: transparent; }
    """

    def __init__(self, title: str, choices: Sequence[Choice], selected: str) -> None:
        super().__init__()
        self._title, self._choices, self._selected = title, choices, selected

    def compose(self) -> ComposeResult:
        """The list in a box."""
        with Vertical() as box:
            box.border_title = content(self._title)  # a str would be read as markup
            table = RowTable[Choice](
                [Column("words", "⏎ takes it, Esc leaves", 30, grows=True, sorts=False)],
                lambda choice: [Cell(choice[1])],
                lambda choice: choice[0],
            )
            table.styles.height = len(self._choices) + 1
            yield table

    def on_mount(self) -> None:
        """Begin at what holds now."""
        table = self.query_one(RowTable)
        table.select(self._selected)
        table.show(RowsAtHand(self._choices, lambda choice: choice[0]))
        table.focus()

    @on(RowTable.Opened)
    def _take(self, event: RowTable.Opened) -> None:
        assert isinstance(event.row, tuple)
        self.dismiss(event.row[0])

    def action_cancel(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)
