"""Panes that are tabs have no line between them, in whatever order screens were opened."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from eog_tui.screens.base import EogScreen
from eog_tui.widgets.panes import MainPanes, Pane, Panes
from tests.app import gallery


class Several(EogScreen[None]):
    """As the Workbench has them."""

    def compose(self) -> ComposeResult:
        yield Panes(Pane("one", Static("1"), id="one"), Pane("two", Static("2"), id="two"))


class OneMain(EogScreen[None]):
    """As Replay has them."""

    def compose(self) -> ComposeResult:
        yield MainPanes(Pane("main", Static("1")), Pane("beside", Static("2")))


async def test_a_screen_that_was_opened_before_draws_no_line_at_the_left_of_a_tab() -> None:
    app = gallery.app(Several)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(OneMain())
        await pilot.pause()
        app.pop_screen()
        await app.push_screen(Several())
        await pilot.pause()
        for pane in app.screen.query(Pane):
            assert pane.styles.border_left[0] == "", pane.id
        await pilot.resize_terminal(160, 48)
        assert app.screen.query_one("#two").styles.border_left[0] == "solid"
