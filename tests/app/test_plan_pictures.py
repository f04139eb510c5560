"""Pictures of the plan screens in each state, at the two sizes that they are made for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.trajectory.store import Store
from eog_tui.screens.plan import PlanScreen
from eog_tui.screens.plan_panes import TablesPane, ToolsPane, VersionsPane
from eog_tui.screens.plan_review import PlanReviewScreen
from eog_tui.screens.plan_uplift import UpliftScreen
from eog_tui.screens.plans import PlansScreen
from tests.app.launching import app_on, fixed_now, settled, stop_clocks
from tests.app.launching import lines as drawn
from tests.app.planning import add_paired_runs, add_pairs_of_long_names, add_plans, subject
from tests.app.tape import START, Tape

SIZES = {"80x24": (80, 24), "160x48": (160, 48)}

Compare = Callable[..., bool]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LOGNAME", "kim")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    stop_clocks(monkeypatch)
    for place in ("plans", "plan_panes", "plan_editing"):
        monkeypatch.setattr(f"eog_tui.screens.{place}.now", fixed_now)
    monkeypatch.setattr("eog_tui.plans.drafts.now", lambda: START)
    with Store.open(tmp_path / "store.db") as store:
        yield store


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return SIZES[request.param]


def after(*keys: str, beside: type[Any] | None = None) -> Callable[[Any], Any]:
    """Press keys, then wait until everything is there; ``beside`` is the pane to go to before."""

    async def run(pilot: Any) -> None:
        await settled(pilot)
        if beside is not None:
            await pilot.press("escape")
            pilot.app.screen._go_to(pilot.app.screen.query_one(beside))
            await settled(pilot)
        for key in keys:
            await pilot.press(key)
        before, drawn = None, ""
        while drawn != before:  # what is read in threads may come late on a busy machine
            before = drawn
            await settled(pilot)
            await pilot.pause(0.3)
            drawn = pilot.app.export_screenshot(title="")

    return run


def test_library(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    add_plans(store)
    assert snap_compare(app_on(store, screen=PlansScreen), terminal_size=size, run_before=after())


def test_library_empty(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(store, screen=PlansScreen), terminal_size=size, run_before=after())


def test_library_import(store: Store, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "printer.md").write_text("x")
    monkeypatch.chdir(tmp_path / "files")
    add_plans(store)

    async def ask(pilot: Any) -> None:
        await settled(pilot)
        pilot.app.screen.action_import()
        await settled(pilot)
        await pilot.press("down")
        await settled(pilot)

    assert snap_compare(app_on(store, screen=PlansScreen), terminal_size=SIZES["80x24"], run_before=ask)


def test_new_plan(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    app = app_on(store, screen=lambda: PlanScreen(subject=subject()))
    assert snap_compare(app, terminal_size=size, run_before=after())


def test_completing(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    keys = (*"# Raise it", "enter", *"Call update_incidnt, then `find_sla", "down")
    app = app_on(store, screen=lambda: PlanScreen(subject=subject()))
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))


def test_commands(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    plan = add_plans(store)
    app = app_on(store, screen=lambda: PlanScreen(plan))
    assert snap_compare(app, terminal_size=size, run_before=after("escape"))


def test_tools(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    plan = add_plans(store)
    app = app_on(store, screen=lambda: PlanScreen(plan))
    assert snap_compare(app, terminal_size=size, run_before=after("j", "j", beside=ToolsPane))


def test_tables(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    plan = add_plans(store)
    app = app_on(store, screen=lambda: PlanScreen(plan))
    assert snap_compare(app, terminal_size=size, run_before=after(beside=TablesPane))


def test_rows_of_a_table(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    plan = add_plans(store)
    app = app_on(store, screen=lambda: PlanScreen(plan))
    assert snap_compare(app, terminal_size=size, run_before=after("j", "enter", beside=TablesPane))


def test_versions(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    plan = add_plans(store)
    app = app_on(store, screen=lambda: PlanScreen(plan))
    assert snap_compare(app, terminal_size=size, run_before=after("j", beside=VersionsPane))


def test_leaving_unsaved(store: Store, snap_compare: Compare) -> None:
    plan = add_plans(store)
    app = app_on(store, screen=lambda: PlanScreen(plan))
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=after("x", "escape", "escape"))


def test_unsaved_text_of_last_time(store: Store, snap_compare: Compare) -> None:
    from eog_tui.plans.drafts import DraftFile

    plan = add_plans(store)
    DraftFile(str(store.database), plan).keep("", "kim", "One more thing.\nAnd another.", "written", 1)
    app = app_on(store, screen=lambda: PlanScreen(plan))
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=after())


def test_policy(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    """Its paragraphs fill the pane, its items hang, its tables keep their lines."""
    app = app_on(store, screen=lambda: PlanScreen(add_plans(store)))
    assert snap_compare(app, terminal_size=size, run_before=after("escape", *["tab"] * 3, "pagedown"))


def test_task_that_is_nowhere(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    plan = store.plans.create("gone", "hr", "A plan whose task went away", "kim", "1. Wait.")
    app = app_on(store, screen=lambda: PlanScreen(plan))
    assert snap_compare(app, terminal_size=size, run_before=after(beside=TablesPane))


def test_review(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    tape = Tape(store, "INC-000003 printer impact", "Raise the impact.", agent="planner_react").start()
    tape.plan("1. find_incident\n2. update_incidnt to impact high\n3. Answer.", waits=True)
    app = app_on(store, screen=lambda: PlanReviewScreen(tape.run_id))
    assert snap_compare(app, terminal_size=size, run_before=after())


def test_uplift(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    add_paired_runs(store)
    assert snap_compare(app_on(store, screen=UpliftScreen), terminal_size=size, run_before=after())


def test_uplift_of_names_that_are_cut(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    add_pairs_of_long_names(store)
    assert snap_compare(app_on(store, screen=UpliftScreen), terminal_size=size, run_before=after("down"))


async def test_no_two_rows_of_the_uplift_look_alike(store: Store) -> None:
    add_pairs_of_long_names(store)
    app = app_on(store, screen=UpliftScreen)
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await settled(pilot)
        rows = [line for line in drawn(pilot) if line.rstrip().endswith("▲ 100")]
        assert len(rows) == 6
        assert len(set(rows)) == 6
        assert "csm/escalate-the-outage-of-the-northern-clinic-1" in "\n".join(drawn(pilot)), "the selected one in full"


def test_uplift_empty(store: Store, snap_compare: Compare) -> None:
    assert snap_compare(app_on(store, screen=UpliftScreen), terminal_size=SIZES["80x24"], run_before=after())
