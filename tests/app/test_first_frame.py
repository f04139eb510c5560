"""What a screen shows first stays where it is: who clicks at once hits what is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.geometry import Region
from textual.screen import Screen

from engine.runs.engine import Engine
from engine.trajectory.store import Store
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.widgets.panes import Panes
from tests.app.launching import app_on, settled
from tests.app.recorded import record_story


def at_each_layout(patch: pytest.MonkeyPatch, look: Callable[[Screen[Any]], object]) -> None:
    """Look at a screen whenever it was laid out."""
    lay_out = Screen._refresh_layout

    def lay_out_and_look(screen: Screen[Any], *args: Any, **named: Any) -> None:
        lay_out(screen, *args, **named)
        look(screen)

    patch.setattr(Screen, "_refresh_layout", lay_out_and_look)


async def opened(store: Store, engine: Engine, screen: Screen[Any]) -> None:
    app = app_on(store, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await app.push_screen(screen)
        await settled(pilot)


async def test_the_fields_of_launch_stay_where_they_are_first_shown(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: set[tuple[Region, ...]] = set()

    def look(screen: Screen[Any]) -> None:
        if isinstance(screen, LaunchScreen) and screen.query("#tasks"):
            places.add(tuple(screen.query_one(f"#{name}").region for name in ("agent", "approve", "gyms", "repeat")))

    at_each_layout(monkeypatch, look)
    await opened(store, engine, LaunchScreen())
    shown = [place for place in places if all(place)]
    assert len(shown) == 1


@pytest.mark.parametrize(
    "screen", [LaunchScreen, lambda: LiveScreen(1), lambda: ReplayScreen(1)], ids=["Launch", "Live", "Replay"]
)
async def test_where_there_is_no_room_panes_are_tabs_from_the_first_frame_on(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch, screen: Callable[[], Screen[Any]]
) -> None:
    record_story(store)
    beside: list[int] = []

    def look(screen: Screen[Any]) -> None:
        beside.extend(sum(bool(pane.region) for pane in panes.panes) for panes in screen.query(Panes))

    at_each_layout(monkeypatch, look)
    await opened(store, engine, screen())
    assert max(beside) == 1
