"""Opens a run that has just begun: its person sits down at the Workbench, everybody else looks on in Live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App


def open_begun(app: App[Any], run_id: int, *, by_hand: bool) -> None:
    """Open it over the current screen; ``by_hand``: whether a person acts in it."""
    if by_hand:
        from eog_tui.screens.workbench import WorkbenchScreen

        app.push_screen(WorkbenchScreen(run_id))
    else:
        from eog_tui.screens.live import LiveScreen

        app.push_screen(LiveScreen(run_id))
