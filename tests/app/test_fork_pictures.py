"""How forks look: the Fork screen, Replay of one, the family, and Runs with forks folded and unfolded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.fork import ForkScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.runs import RunsScreen
from tests.app.forks import tell_forks
from tests.app.launching import app_on, settled, stop_clocks
from tests.app.pty_corpus import picture, screen_bytes, violations

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])

SnapCompare = Callable[..., bool]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    stop_clocks(monkeypatch)
    with Store.open(tmp_path / "store.db") as store:
        yield store


def after(*keys: str) -> Callable[[Any], Any]:
    """Press keys, each when everything is there, and wait until it is again."""

    async def run(pilot: Any) -> None:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            if isinstance(pilot.app.screen, ForkScreen):
                await pilot.pause(0.3)
            await settled(pilot)

    return run


def replay_of(store: Store, which: str, step: int) -> EogApp:
    runs = tell_forks(store)
    return app_on(store, screen=lambda: ReplayScreen(runs[which], step))


@SIZES
@pytest.mark.parametrize("keys", [(), ("right", "right")], ids=["of the parent", "its own"])
def test_replay_of_a_fork(store: Store, snap_compare: SnapCompare, size: tuple[int, int], keys: tuple[str, ...]):
    assert snap_compare(replay_of(store, "other", 5), terminal_size=size, run_before=after(*keys))


@SIZES
def test_the_family(store: Store, snap_compare: SnapCompare, size: tuple[int, int]):
    assert snap_compare(replay_of(store, "other", 5), terminal_size=size, run_before=after("T"))


@SIZES
@pytest.mark.parametrize(
    ("step", "keys"),
    [
        (4, ("f",)),
        (4, ("f", "right", "tab", "tab", "tab", "enter")),
        (1, ("f", "tab", "right", "tab", "tab")),
        (4, ("f", "left", "left")),
        (4, ("f", "left", "tab", "tab", "tab", "enter")),
    ],
    ids=["by hand", "more", "another message", "no model", "planning"],
)
def test_the_fork_screen(
    store: Store, snap_compare: SnapCompare, size: tuple[int, int], step: int, keys: tuple[str, ...]
):
    assert snap_compare(replay_of(store, "failed", step), terminal_size=size, run_before=after(*keys))


@SIZES
@pytest.mark.parametrize("keys", [(), ("T",)], ids=["folded", "unfolded"])
def test_runs_with_forks(store: Store, snap_compare: SnapCompare, size: tuple[int, int], keys: tuple[str, ...]):
    tell_forks(store)
    assert snap_compare(app_on(store, screen=RunsScreen), terminal_size=size, run_before=after("j", "j", "j", *keys))


@pytest.mark.parametrize(
    ("opened", "keys"),
    [
        ("hostile_replay", ["f", "\t", "\x1b[C", "\x1b[D", "\x1b", "\x1b[D", "f", "\t", "\x1b[C", "\t", "\t"]),
        ("hostile_replay", ["T", "j", "\r", "k"]),
        ("hostile_runs", ["T", "j", "T"]),
    ],
    ids=["fork", "family", "runs"],
)
def test_nothing_hostile_reaches_the_terminal(opened: str, keys: list[str]):
    output = screen_bytes(f"tests.app.forks:{opened}", keys=keys)
    assert violations(output) == []
    assert "␛" in "\n".join(picture(output))
