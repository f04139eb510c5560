"""The plan library, the report on what plans are worth, and drafts from runs, under real keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.tasks.plan_files import read_plan
from engine.trajectory.store import Store
from eog_tui.screens.choose import ChooseScreen
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.plan import PlanScreen
from eog_tui.screens.plan_file import PlanFileScreen
from eog_tui.screens.plan_text import PlanText
from eog_tui.screens.plan_uplift import UpliftScreen
from eog_tui.screens.plans import PlansScreen
from eog_tui.screens.runs import RunsScreen
from eog_tui.widgets.row_table import RowTable
from tests.app.launching import app_on, from_palette, lines, picture, sees, settled, shows, toasts, until
from tests.app.planning import FIRST, TASK, add_paired_runs, add_plans, opened
from tests.app.recorded import record_story


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


async def test_the_palette_of_runs_opens_the_library(store: Store) -> None:
    add_plans(store)
    app = app_on(store)
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await from_palette(pilot, "plans")
        await sees(pilot, PlansScreen)
        await shows(pilot, "v2 of Look first, then raise")
        shown = picture(pilot)
        assert "Plans 3  4 versions · 2 tasks" in shown
        assert "v2 of Look first, then raise" in shown, "the text of the one that was written last"
        assert "impact, priority" in shown
        await pilot.press("j")
        await settled(pilot)
        assert "1. `get_user`" in picture(pilot)
        await pilot.press("slash", *"ines", "enter")
        await settled(pilot)
        assert "Plans 1 shown" in picture(pilot)
        assert "Ask who takes over." in picture(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, PlanScreen)
        assert "technician-leaves · itsm" in lines(pilot)[0]


async def test_a_deleted_plan_comes_back(store: Store) -> None:
    plan = add_plans(store)
    async with opened(store, PlansScreen()) as (_, pilot):
        await pilot.press("x")
        await sees(pilot, ConfirmScreen)
        await pilot.press("enter")
        await sees(pilot, PlansScreen)
        assert len(store.plans.list()) == 3, "Cancel has the focus"
        await pilot.press("x")
        await sees(pilot, ConfirmScreen)
        await pilot.press("d")
        await until(pilot, lambda: "deleted" in toasts(pilot))
        assert plan not in {row.id for row in store.plans.list()}
        await pilot.press("u")
        await until(pilot, lambda: "is back" in toasts(pilot))
        assert store.plans.version(plan, 1).text == FIRST.strip()
        table = pilot.app.screen.query_one(RowTable)
        await until(pilot, lambda: table.selected and table.selected.id == plan)


async def test_plans_go_to_files_and_come_back(store: Store, tmp_path: Path) -> None:
    add_plans(store)
    (tmp_path / "plans").mkdir()
    async with opened(store, PlansScreen()) as (_, pilot):
        await from_palette(pilot, "export")
        await sees(pilot, PlanFileScreen)
        await settled(pilot)
        for _ in range(60):
            await pilot.press("backspace")
        await pilot.press(*"plans", "enter")
        await until(pilot, lambda: "Written to plans/" in toasts(pilot))
        [path] = (tmp_path / "plans").iterdir()
        assert read_plan(path).title == "Look first, then raise"
        path.write_text(path.read_text().replace("Look first, then raise", "Another way") + "Mind the clock.\n")
        await from_palette(pilot, "import")
        await sees(pilot, PlanFileScreen)
        await settled(pilot)
        await pilot.press(*f"plans/{path.name}", "enter")
        await until(pilot, lambda: "is imported" in toasts(pilot))
        assert store.plans.list()[0].title == "Another way"
        await shows(pilot, "Mind the clock.")
        (tmp_path / "bare.md").write_text("Only a text.")
        await from_palette(pilot, "import")
        await sees(pilot, PlanFileScreen)
        await settled(pilot)
        await pilot.press(*"bare.md", "enter")
        await until(pilot, lambda: "task: missing from the front matter" in toasts(pilot))


async def test_r_launches_the_selected_plan(store: Store) -> None:
    plan = add_plans(store)
    async with opened(store, PlansScreen()) as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        assert isinstance(app.screen, LaunchScreen)
        assert f"{plan} v2" in picture(pilot)


async def test_p_on_a_run_opens_the_plan_of_its_task(store: Store) -> None:
    with Engine(store) as engine:
        engine.launch(Launch(sources=(f"builtin:itsm/{TASK}",))).done.result(timeout=60)
        app = app_on(store, engine)
        async with app.run_test(size=(120, 30)) as pilot:
            await settled(pilot)
            await pilot.press("p")
            await sees(pilot, PlanScreen)
            await until(pilot, lambda: f"new {TASK}" in lines(pilot)[0])
            while not isinstance(app.screen, RunsScreen):
                await pilot.press("escape")
            plan = add_plans(store)
            await pilot.press("p")
            await sees(pilot, ChooseScreen)  # two plans: which one?
            await pilot.press("enter")
            await sees(pilot, PlanScreen)
            assert app.screen.plan_id == plan


async def test_a_run_becomes_a_draft(store: Store) -> None:
    with Engine(store) as engine:
        [run] = engine.launch(Launch(sources=(f"builtin:itsm/{TASK}",))).run_ids
        app = app_on(store, engine)
        async with app.run_test(size=(120, 30)) as pilot:
            await shows(pilot, "✓ pass")
            await from_palette(pilot, "plan from")
            await sees(pilot, PlanScreen)
            await until(pilot, lambda: app.screen.query_one(PlanText).text)
            text = app.screen.query_one(PlanText).text
            assert "update_incident" in text
            assert "● not saved" in lines(pilot)[0]
            await pilot.press("ctrl+j")
            await until(pilot, lambda: "v1 saved." in toasts(pilot))
            await settled(pilot)
    [version] = store.plans.history(1)
    assert version.origin == f"run {run}"
    assert store.plans.get(1).title == f"As in run {run}"


async def test_uplift_says_what_plans_are_worth(store: Store) -> None:
    add_paired_runs(store)
    record_story(store)
    async with opened(store, PlansScreen(), size=(130, 30)) as (_, pilot):
        await from_palette(pilot, "uplift")
        await sees(pilot, UpliftScreen)
        await shows(pilot, "95 % interval")
        shown = picture(pilot)
        assert "Uplift of plans  8 tasks" in shown
        assert "+75.0 points" in shown
        assert "95 % interval" in shown
        assert "8 without, 16 with a plan" in shown
        rows = [line for line in lines(pilot) if "task-1" in line]
        assert "1 → 2" in rows[0]
        assert "0% → 100%" in rows[0]
        assert "▲ 100" in rows[0]
        assert "▼ 100" in next(line for line in lines(pilot) if "task-0" in line)
        await pilot.press("slash", *"task:task-0", "enter")
        await settled(pilot)
        assert "too few to tell it from noise" in picture(pilot)


async def test_empty_states_teach(store: Store) -> None:
    async with opened(store, PlansScreen()) as (app, pilot):
        assert "No plans yet: p on a run" in picture(pilot)
        await pilot.press("x", "u")
        await until(pilot, lambda: "No plan was deleted here." in toasts(pilot))
        app.screen.action_uplift()
        await settled(pilot)
        assert "No task was run both with and without a plan" in picture(pilot)
        await pilot.press("escape")
        await sees(pilot, PlansScreen)
        await pilot.press("escape")
        await sees(pilot, RunsScreen)
