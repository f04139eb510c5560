"""How Replay looks in each state; and that nothing hostile gets through it to a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.trajectory.store import Store
from eog_tui.screens.replay import ReplayScreen
from tests.app.pty_corpus import picture, screen_bytes, violations
from tests.app.recorded import record_long, record_story
from tests.app.replay_gallery import replaying
from tests.app.tape import Tape

SMALL, LARGE = (80, 24), (160, 48)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])

SnapCompare = Callable[..., bool]


def pressing(*keys: str) -> Callable[[Pilot[Any]], Any]:
    """Wait until the step is there, press keys, and wait again."""

    async def then(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, ReplayScreen)
        while screen.shown_step is None:
            await pilot.pause(0.02)
        await pilot.press(*keys)
        await screen.workers.wait_for_complete()
        await pilot.pause(0.1)
        while screen.shown_step != screen.position:
            await pilot.pause(0.02)
        await pilot.pause(0.1)

    return then


@SIZES
@pytest.mark.parametrize("step", [0, 5, 8, 9, 11], ids=["policy", "refused", "wrote", "rows", "end"])
def test_steps(step: int, size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    app = replaying(store, record_story(store).failed, step)
    assert snap_compare(app, terminal_size=size, run_before=pressing())


@SIZES
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("changes", ["tab"]),
        ("so far", ["tab", "tab"]),
        ("verifiers", ["tab", "tab", "tab"]),
        ("tools", ["shift+tab", "shift+tab"]),
        ("raw", ["shift+tab"]),
        ("search", ["slash", *"status", "enter", "n"]),
        ("nothing found", ["slash", *"zebra"]),
        ("zoom", ["z"]),
    ],
)
def test_panes(name: str, keys: list[str], size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    app = replaying(store, record_story(store).failed, 8)
    assert snap_compare(app, terminal_size=size, run_before=pressing(*keys))


@SIZES
@pytest.mark.parametrize("run", ["passed", "errored", "interrupted", "running"])
def test_other_ends(run: str, size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    app = replaying(store, getattr(record_story(store), run), 100)
    assert snap_compare(app, terminal_size=size, run_before=pressing())


@SIZES
def test_a_long_run(size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    assert snap_compare(replaying(store, record_long(store, 500), 170), terminal_size=size, run_before=pressing())


def test_a_run_that_has_not_begun(store: Store, snap_compare: SnapCompare) -> None:
    async def told(pilot: Pilot[Any]) -> None:
        await pilot.app.screen.workers.wait_for_complete()
        await pilot.pause(0.1)

    assert snap_compare(replaying(store, Tape(store, "t", "p").run_id), terminal_size=SMALL, run_before=told)


@SIZES
def test_nothing_hostile_reaches_the_terminal(size: tuple[int, int]) -> None:
    enter, escape, tab, right, left = "\r", "\x1b", "\t", "\x1b[C", "\x1b[D"
    keys = [
        enter,
        tab,
        tab,
        tab,
        right,
        left,
        tab,
        tab,
        right,
        "z",
        "z",
        "/",
        "evil",
        enter,
        "n",
        "N",
        escape,
        ":",
        escape,
    ]
    output = screen_bytes("tests.app.replay_gallery:hostile", keys=keys, size=size)
    assert violations(output) == []
    assert "␛]52;c;" in "\n".join(picture(output, size))
