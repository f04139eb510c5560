"""How Live looks in each state; and that nothing hostile gets through it to a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.live import LiveScreen
from eog_tui.widgets.piece_lines import PieceLines
from tests.app import live_gallery
from tests.app.pty_corpus import picture, screen_bytes, violations

SMALL, LARGE = (80, 24), (160, 48)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])

SnapCompare = Callable[..., bool]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr("eog_tui.screens.live.now", lambda: live_gallery.MOMENT)
    with Store.open(tmp_path / "store.db") as store:
        yield store


async def shown(pilot: Pilot[Any]) -> None:
    """Wait until the first look is on the screen, and the runs beside it."""
    screen = pilot.app.screen
    assert isinstance(screen, LiveScreen)
    while not any(screen.query_one(f"#{each}", PieceLines).text for each in ("head", "ending")):
        await pilot.pause(0.02)
    await screen.workers.wait_for_complete()
    await pilot.pause()


def pressing(*keys: str) -> Callable[[Pilot[Any]], Any]:
    async def then(pilot: Pilot[Any]) -> None:
        await shown(pilot)
        await pilot.press(*keys)

    return then


@SIZES
@pytest.mark.parametrize("state", ["running", "paused", "said", "passed", "failed", "many"])
def test_states(state: str, size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    make: Callable[[Store], EogApp] = getattr(live_gallery, state)
    assert snap_compare(make(store), terminal_size=size, run_before=shown)


@pytest.mark.parametrize("state", ["queued", "retrying", "errored"])
def test_rarer_states(state: str, store: Store, snap_compare: SnapCompare) -> None:
    make: Callable[[Store], EogApp] = getattr(live_gallery, state)
    assert snap_compare(make(store), terminal_size=SMALL, run_before=shown)


@pytest.mark.parametrize(("name", "keys"), [("state", ["tab"]), ("runs", ["shift+tab"])])
def test_other_tabs_of_a_narrow_screen(name: str, keys: list[str], store: Store, snap_compare: SnapCompare) -> None:
    assert snap_compare(live_gallery.many(store), terminal_size=SMALL, run_before=pressing(*keys))


def test_at_the_width_where_panes_stand_side_by_side(store: Store, snap_compare: SnapCompare) -> None:
    assert snap_compare(live_gallery.many(store), terminal_size=(110, 30), run_before=shown)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
def test_nothing_hostile_reaches_the_terminal(size: tuple[int, int]) -> None:
    keys = ["k", "\t", "G", "\t", "\t", "j", "\r", "x", "\x1b", " ", "?", "\x1b", "\x10", "\x1b", "z"]
    output = screen_bytes("tests.app.live_gallery:hostile", keys=keys, size=size)
    assert violations(output) == []
    assert "paused by" in "\n".join(picture(output, size)), "the other run is on the screen in the end"
