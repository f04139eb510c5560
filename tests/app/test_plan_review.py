"""A model's plan waits for a person: read, changed, accepted, or left for later, under real keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.trajectory.events import Plan
from engine.trajectory.store import Store
from eog_tui.screens.plan_review import PlanReviewScreen
from eog_tui.screens.plan_text import PlanText
from eog_tui.screens.runs import RunsScreen
from tests.agents.openai_server import OpenAIServer, Say
from tests.app.launching import lines, picture, settled, shows, toasts, until
from tests.app.planning import TASK, llm_config, opened

MADE = "1. Look.\n2. Call update_incidnt."


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOGNAME", "kim")


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer([Say(MADE), Say("All is done.")]) as server:
        yield server


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        yield engine


def waiting_run(engine: Engine, server: OpenAIServer, folder: Path) -> int:
    launch = Launch(
        sources=(f"builtin:itsm/{TASK}",), agent="planner_react", llm=llm_config(folder, server), review_plan=True
    )
    return engine.launch(launch).run_ids[0]


async def test_a_changed_plan_is_what_the_model_is_told(engine: Engine, server: OpenAIServer, tmp_path: Path) -> None:
    store = engine._store
    run_id = waiting_run(engine, server, tmp_path)
    async with opened(store, RunsScreen(), engine=engine) as (app, pilot):
        await until(pilot, lambda: store.run(run_id).status == "waiting")
        await app.push_screen(PlanReviewScreen(run_id))
        await settled(pilot)
        assert f"run {run_id} waits · {TASK}" in lines(pilot)[0]
        assert "as the model wrote it" in lines(pilot)[0]
        await shows(pilot, "line 2: update_incidnt is not offered; update_incident?")

        await pilot.press(*"0. Mind the policy.", "enter", "escape", "escape")
        await settled(pilot)
        assert isinstance(app.screen, RunsScreen), "later"
        assert store.run(run_id).status == "waiting"

        await app.push_screen(PlanReviewScreen(run_id))
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        assert app.screen.query_one(PlanText).text == f"0. Mind the policy.\n{MADE}"
        assert "● changed by you" in lines(pilot)[0]
        await pilot.press("ctrl+j")
        await until(pilot, lambda: not store.run(run_id).alive)
        await settled(pilot)
        assert isinstance(app.screen, RunsScreen)
        assert "The agent works by your text." in toasts(pilot)
    assert "0. Mind the policy.\\n1. Look." in json.dumps(server.requests[1].body["messages"])
    last = [event for event in store.history(run_id) if isinstance(event, Plan)][-1]
    assert (last.by, last.before) == ("kim", MADE)


async def test_a_plan_can_be_accepted_as_it_is(engine: Engine, server: OpenAIServer, tmp_path: Path) -> None:
    store = engine._store
    run_id = waiting_run(engine, server, tmp_path)
    async with opened(store, RunsScreen(), engine=engine) as (app, pilot):
        await until(pilot, lambda: store.run(run_id).status == "waiting")
        await app.push_screen(PlanReviewScreen(run_id))
        await settled(pilot)
        await pilot.press("x", "escape", "u")
        await settled(pilot)
        assert app.screen.query_one(PlanText).text == MADE, "u brings back what the model wrote"
        await pilot.press("ctrl+j")
        await until(pilot, lambda: "The agent works by its plan." in toasts(pilot))
        await until(pilot, lambda: not store.run(run_id).alive)
        await app.push_screen(PlanReviewScreen(run_id))
        await settled(pilot)
        await pilot.press("ctrl+j")
        await until(pilot, lambda: any(note.title == "Not accepted" for note in app._notifications))
        assert "Look." in picture(pilot)


async def test_lines_that_nobody_touched_stay_byte_for_byte(engine: Engine, tmp_path: Path) -> None:
    odd = "1. Look \x1b[31mred\x1b[0m.\r\n2. Bell\x07 \u202eand\u2066 more.\n3. One\rtwo."
    store = engine._store
    with OpenAIServer([Say(odd), Say("Done.")]) as server:
        run_id = waiting_run(engine, server, tmp_path)
        async with opened(store, RunsScreen(), engine=engine) as (app, pilot):
            await until(pilot, lambda: store.run(run_id).status == "waiting")
            await app.push_screen(PlanReviewScreen(run_id))
            await settled(pilot)
            assert "1. Look ␛[31mred␛[0m." in picture(pilot)
            assert "as the model wrote it" in lines(pilot)[0]
            await pilot.press("down", "end", *" Mind it.", "enter", *"New.")
            await pilot.press("ctrl+j")
            await until(pilot, lambda: not store.run(run_id).alive)
    last = [event for event in store.history(run_id) if isinstance(event, Plan)][-1]
    kept, untouched = odd.split("\n")[0], odd.split("\n")[2]
    assert last.text == f"{kept}\n2. Bell␇ �and� more. Mind it.\nNew.\n{untouched}"
    assert last.before == odd
    assert json.dumps(last.text)[1:-1].encode() in json.dumps(server.requests[1].body["messages"]).encode()
