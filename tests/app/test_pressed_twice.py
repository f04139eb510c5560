"""Keys that come while an earlier one is still being done: one wish is one run and one question."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from engine.runs.engine import Engine
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.approve import ApproveScreen
from eog_tui.screens.fork import ForkScreen
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.launch_choices import Choices
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.plan_review import PlanReviewScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.runs import RunsScreen
from tests.agents.openai_server import Hang, OpenAIServer, Say
from tests.app.forks import failed_run
from tests.app.launching import app_on, settled, until
from tests.app.supervising import launched, model, supervising
from tests.app.test_plan_review import MADE, waiting_run

SOURCE = "builtin:itsm/printer-impact-and-sla"


def slowed(call: Callable[..., Any], seconds: float) -> Callable[..., Any]:
    def slow(*arguments: Any, **named: Any) -> Any:
        time.sleep(seconds)
        return call(*arguments, **named)

    return slow


def type_at_once(app: EogApp, *keys: str) -> None:
    """Keys that are there together, before the first is done."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


def top(app: EogApp) -> list[type[Screen[Any]]]:
    return [type(screen) for screen in app.screen_stack]


# Launch and Fork look at their fields before they start.


@asynccontextmanager
async def launch_that_looks(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> AsyncIterator[tuple[EogApp, Pilot[Any]]]:
    """Launch over Runs, whose looks take a while from now on."""
    from eog_tui.screens import launch

    app = app_on(store, engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await app.push_screen(LaunchScreen(Choices(source=SOURCE)))
        await settled(pilot)
        monkeypatch.setattr(launch, "check", slowed(launch.check, seconds))
        yield app, pilot


async def test_a_field_that_changes_while_launch_starts_changes_nothing(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with launch_that_looks(store, engine, monkeypatch, 0.6) as (app, pilot):
        await pilot.press("enter")
        await asyncio.sleep(0.1)
        await pilot.press("m")
        await until(pilot, lambda: top(app) == [RunsScreen])
        assert [run.agent for run in store.runs()] == ["scripted"], "what stood there when Enter was pressed"


async def test_launch_is_left_while_it_looks(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async with launch_that_looks(store, engine, monkeypatch, 0.4) as (app, pilot):
        await pilot.press("enter", "escape")
        await pilot.pause(0.6)
        assert top(app) == [RunsScreen]
        assert store.count() == 0


async def test_what_is_typed_while_launch_finds_a_problem_is_looked_at_after(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eog_tui.screens import launch

    screen = LaunchScreen(Choices(source=SOURCE, left_out=frozenset({SOURCE.rpartition("/")[2]})))
    app = app_on(store, engine, lambda: screen)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        monkeypatch.setattr(launch, "check", slowed(launch.check, 0.4))
        await pilot.press("enter")
        await asyncio.sleep(0.1)
        await pilot.press("m")
        await until(pilot, lambda: screen.copyable() is not None)
        assert store.count() == 0


@pytest.mark.parametrize("then", ["left", "escape"])
async def test_a_key_while_fork_looks_ends_nothing(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    from eog_tui.screens import fork

    run_id = failed_run(engine)
    app = app_on(store, engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await app.push_screen(ForkScreen(run_id, store.steps(run_id, 2)[0]))
        await settled(pilot)
        monkeypatch.setattr(fork, "check", slowed(fork.check, 0.5))
        type_at_once(app, "ctrl+j", then)
        await until(pilot, lambda: top(app) == [RunsScreen])
        await pilot.pause(0.6)
        assert store.count() == (2 if then == "left" else 1)


# Runs and Replay begin runs with one key.


@pytest.mark.parametrize("key", ["a", "D"])
async def test_a_run_is_begun_once_however_long_it_takes(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    failed_run(engine)
    monkeypatch.setattr(engine, "launch", slowed(engine.launch, 0.5))
    app = app_on(store, engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press(key)
        await asyncio.sleep(0.2)
        await pilot.press(key)
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.pause(0.8)
        assert store.count() == 2
        assert len(app.screen_stack) == 2


async def test_a_fork_by_hand_is_begun_once(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = failed_run(engine)
    monkeypatch.setattr(engine, "launch", slowed(engine.launch, 0.5))
    app = app_on(store, engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await app.push_screen(ReplayScreen(run_id, 2))
        await settled(pilot)
        await pilot.press("a")
        await asyncio.sleep(0.2)
        await pilot.press("a")
        await until(pilot, lambda: len(app.screen_stack) == 3)
        await pilot.pause(0.8)
        assert store.count() == 2


# A word is asked for once.


async def test_a_call_is_asked_about_once(store: Store, engine: Engine, tmp_path: Path) -> None:
    update = Say(calls=[("update_incident", {"incident_id": "INC_021", "impact": "low"})])
    with model(tmp_path, [update, Hang(20)]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.pilot.pause(0.4)
            for _ in range(2):
                type_at_once(who.app, "W", "W")
                await who.asked()
                assert top(who.app) == [LiveScreen, ApproveScreen]
                await who.press("escape")
                await who.sees(LiveScreen)
                await who.pilot.pause(0.4)


async def test_a_plan_is_reviewed_once(store: Store, engine: Engine, tmp_path: Path) -> None:
    with OpenAIServer([Say(MADE), Say("Done.")]) as server:
        run_id = waiting_run(engine, server, tmp_path)
        async with supervising(store, engine, run_id) as who:
            await who.until(lambda: "· W answers · plan by" in who.said("now"), 30)
            assert "W answer" in who.drawn("KeyFooter")
            type_at_once(who.app, "W", "W")
            await who.sees(PlanReviewScreen)
            await who.pilot.pause(0.2)
            assert top(who.app) == [LiveScreen, PlanReviewScreen]
