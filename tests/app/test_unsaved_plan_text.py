"""Text of a plan that was kept unsaved: nothing is written over it before somebody says what shall become of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.plans.drafts import DraftFile
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.plan import PlanScreen
from eog_tui.screens.plan_panes import VersionsPane
from eog_tui.screens.plan_text import PlanText
from eog_tui.screens.runs import RunsScreen
from eog_tui.widgets.panes import Pane
from tests.app.launching import app_on, settled, until
from tests.app.planning import add_plans, opened

KEPT = "An hour of work\nthat nobody saved."


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def plan(store: Store) -> int:
    """A plan of the library with unsaved text."""
    plan = add_plans(store)
    DraftFile(str(store.database), plan).keep("t", "kim", KEPT, "written", 2)
    return plan


def kept(store: Store, plan: int) -> str | None:
    draft = DraftFile(str(store.database), plan).read()
    return draft.text if draft else None


def shown_text(pilot: Pilot[Any]) -> str:
    return pilot.app.screen.query_one(PlanText).text


async def ask(pilot: Pilot[Any], store: Store, plan: int) -> None:
    """Open the plan, with a letter that comes before the question and changes the text."""
    screen = PlanScreen(plan)
    begin = screen.begin

    def slowly(outset: Any) -> None:
        begin(outset)
        screen.editor.insert("x")

    screen.begin = slowly  # type: ignore[method-assign]
    await pilot.app.push_screen(screen)
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
    await pilot.pause(0.9)
    assert kept(store, plan) == KEPT, "it was not written over while the question stands"


@asynccontextmanager
async def asked(store: Store, plan: int) -> AsyncIterator[tuple[EogApp, Pilot[Any]]]:
    """The app in which the question stands."""
    app = app_on(store)
    async with app.run_test(size=(120, 30)) as pilot:
        await ask(pilot, store, plan)
        yield app, pilot


async def test_leaving_the_question_leaves_the_text(store: Store, plan: int) -> None:
    async with asked(store, plan) as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        await pilot.pause(0.7)
    assert kept(store, plan) == KEPT


async def test_an_app_that_goes_while_it_asks_leaves_the_text(store: Store, plan: int) -> None:
    async with asked(store, plan):
        pass
    assert kept(store, plan) == KEPT


async def test_what_is_taken_is_kept_from_then_on(store: Store, plan: int) -> None:
    async with asked(store, plan) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen))
        assert shown_text(pilot) == KEPT
        await pilot.press(*"and")
        await until(pilot, lambda: "and" in (kept(store, plan) or ""))


async def test_what_was_typed_before_the_question_is_kept_when_the_other_is_thrown_away(
    store: Store, plan: int
) -> None:
    async with asked(store, plan) as (app, pilot):
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen))
        written = shown_text(pilot)
        assert "x" in written
        await until(pilot, lambda: kept(store, plan) == written)


async def test_the_difference_follows_the_text_where_it_stands_beside(store: Store) -> None:
    async with opened(store, PlanScreen(add_plans(store)), size=(160, 48)) as (app, pilot):
        title = app.screen.query_one("#difference-pane", Pane)
        screen = app.screen
        assert isinstance(screen, PlanScreen)
        next(command.run for command in screen.commands() if command.title.startswith("show Versions"))()
        await until(pilot, lambda: title.title == "v2 is what stands here")
        await until(pilot, lambda: screen.query_one(VersionsPane).region)
        screen.action_write()
        await settled(pilot)
        await pilot.press(*"Mind.", "enter")
        await until(pilot, lambda: title.title.startswith("v2 → now · "), 3)
