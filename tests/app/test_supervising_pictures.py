"""How the approval, a waiting run and Launch's rules look; and that nothing hostile gets through them to a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.trajectory.store import Store
from eog_tui.screens.approve import ApproveScreen
from eog_tui.screens.launch import LaunchScreen
from eog_tui.widgets.tool_form import ToolForm
from tests.app import approve_gallery
from tests.app.launching import app_on, settled, until
from tests.app.live_gallery import MOMENT
from tests.app.pty_corpus import picture, screen_bytes, violations

SMALL, LARGE = (80, 24), (160, 48)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])

SnapCompare = Callable[..., bool]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr("eog_tui.screens.live.now", lambda: MOMENT)
    with Store.open(tmp_path / "store.db") as store:
        yield store


async def asked(pilot: Pilot[Any]) -> None:
    """Wait until the question is there, may be answered, and its call was tried."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ApproveScreen) and pilot.app.focused is not None)
    await settled(pilot)


def then(*keys: str) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        await asked(pilot)
        await pilot.press(*keys)
        await pilot.pause(0.3)
        await settled(pilot)

    return press


async def edited(pilot: Pilot[Any]) -> None:
    """Change the status in the form, and go back to the answers."""
    await then("e")(pilot)
    form = pilot.app.screen.query_one(ToolForm)
    form.go_to("status")
    await pilot.press(*["backspace"] * 9, *"canceled")
    await then("escape")(pilot)


@SIZES
@pytest.mark.parametrize("state", ["plain", "turned", "error", "untried"])
def test_approve(state: str, size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    with approve_gallery.tried(state):
        assert snap_compare(approve_gallery.waiting(store), terminal_size=size, run_before=asked)


@SIZES
def test_approve_edited(size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    with approve_gallery.tried("plain"):
        assert snap_compare(approve_gallery.waiting(store), terminal_size=size, run_before=edited)


@SIZES
def test_approve_while_editing(size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    with approve_gallery.tried("plain"):
        assert snap_compare(approve_gallery.waiting(store), terminal_size=size, run_before=then("e"))


def test_approve_always(store: Store, snap_compare: SnapCompare) -> None:
    with approve_gallery.tried("plain"):
        assert snap_compare(approve_gallery.waiting(store), terminal_size=SMALL, run_before=then("A"))


def test_without_peek_no_verifier_is_told(store: Store, snap_compare: SnapCompare) -> None:
    with approve_gallery.tried("turned"):
        app = approve_gallery.waiting(store, peek=False)
        assert snap_compare(app, terminal_size=SMALL, run_before=asked)


@SIZES
def test_live_while_a_call_waits(size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    with approve_gallery.tried("plain"):
        assert snap_compare(approve_gallery.waiting(store), terminal_size=size, run_before=then("escape"))


@SIZES
def test_help_over_the_question(size: tuple[int, int], store: Store, snap_compare: SnapCompare) -> None:
    with approve_gallery.tried("plain"):
        assert snap_compare(approve_gallery.waiting(store), terminal_size=size, run_before=then("question_mark"))


def test_the_rules_of_a_run(store: Store, snap_compare: SnapCompare) -> None:
    with approve_gallery.tried("plain"):
        assert snap_compare(approve_gallery.waiting(store), terminal_size=SMALL, run_before=then("escape", "R"))


@SIZES
@pytest.mark.parametrize("agent", ["scripted", "human"])
def test_launch(
    agent: str, size: tuple[int, int], store: Store, snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = {"agent": agent, "approve": "writing", "allow": "find_* list_*"}
    monkeypatch.setattr("eog_tui.screens.launch.recall", lambda _name: choices)
    assert snap_compare(app_on(store, screen=LaunchScreen), terminal_size=size, run_before=settled)


@SIZES
def test_nothing_hostile_reaches_the_terminal(size: tuple[int, int]) -> None:
    keys = ["j", "\r", "\t", "j", "e", "\t", "\x1b", "A", "\x1b", "n", "x", "\x1b", "\x1b", "\x1b"]
    output = screen_bytes("tests.app.approve_gallery:hostile", keys=keys, size=size)
    assert violations(output) == []
    assert "waits for your word" in "\n".join(picture(output, size))
