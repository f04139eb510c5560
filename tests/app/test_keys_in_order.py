"""Keys that come together do what they would do one by one: what leads to a field, and then what is typed there."""

from __future__ import annotations

import time

import pytest
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Input, TextArea

from engine.runs.engine import Engine
from engine.trajectory.store import Store
from eog_tui.plans.outset import Outset
from eog_tui.screens.help import HelpScreen
from eog_tui.screens.plan import PlanScreen
from eog_tui.screens.workbench import WorkbenchScreen
from eog_tui.screens.workbench_dialogs import ToolScreen, WordsScreen
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.row_table import RowTable
from tests.app.gallery import ListScreen, app, records
from tests.app.launching import until
from tests.app.sitting import Person, at_runs, at_workbench, begin
from tests.app.test_pressed_twice import type_at_once


def typed(person: Person) -> str:
    field = person.app.focused
    if isinstance(field, Input):
        return field.value
    return field.text if isinstance(field, TextArea) else ""


async def test_a_word_behind_the_key_that_leads_to_a_field_is_typed_there_whole(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        for key, opens in (("t", ToolScreen), ("w", WordsScreen), ("d", WordsScreen)):
            type_at_once(person.app, key, *"dFtw")  # all of them would be commands
            await person.until(lambda: typed(person) == "dFtw")
            assert [type(each) for each in person.app.screen_stack[2:]] == [opens]
            await person.press(*["escape"] * (1 if opens is ToolScreen else 2))
            await person.until(lambda: isinstance(person.screen, WorkbenchScreen))
        type_at_once(person.app, "semicolon", *"dFtw")
        await person.until(lambda: typed(person) == "dFtw")
        assert person.line.value == "dFtw"
        assert isinstance(person.screen, WorkbenchScreen)


async def test_keys_behind_the_one_that_leaves_a_field_are_commands_again(store: Store, engine: Engine) -> None:
    async with at_runs(store, engine) as person:
        await person.until(lambda: person.app.focused is not None)
        type_at_once(person.app, "slash", *"xyz", "enter", "question_mark", *"sort")
        await person.until(lambda: isinstance(person.screen, HelpScreen) and typed(person) == "sort")
        assert person.app.screen_stack[0].query_one(FilterBar).value == "xyz"


async def test_what_is_typed_behind_the_key_of_a_plan_stands_in_the_plan(store: Store, engine: Engine) -> None:
    begin(engine)
    async with at_runs(store, engine) as person:
        await person.until(lambda: person.screen.selected_run)
        type_at_once(person.app, "p", *"aDrx")  # in Runs each of them begins something
        await person.until(lambda: isinstance(person.screen, PlanScreen) and person.screen.subject is not None)
        await person.until(lambda: typed(person) == "aDrx")
        assert len(person.app.screen_stack) == 2


async def test_what_is_typed_before_a_plan_is_read_stands_at_its_start(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = store.plans.create("silent-planner-on-hold", "itsm", "The way", "ann", "Find it.", "written")
    read = PlanScreen.read

    def slow(screen: PlanScreen) -> Outset:
        time.sleep(0.4)
        return read(screen)

    monkeypatch.setattr(PlanScreen, "read", slow)
    async with at_runs(store, engine) as person:
        person.app.push_screen(PlanScreen(plan))
        type_at_once(person.app, *"Do")
        await person.until(lambda: isinstance(person.screen, PlanScreen) and person.screen.subject is not None)
        type_at_once(person.app, *"wn")
        await person.until(lambda: typed(person) == "DownFind it.")


async def test_a_list_is_not_drawn_once_a_key_while_one_is_held_down(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0
    paint = RowTable.render_lines

    def counted(table: RowTable, crop: Region) -> list[Strip]:
        nonlocal drawn
        drawn += 1
        return paint(table, crop)

    monkeypatch.setattr(RowTable, "render_lines", counted)
    async with app(lambda: ListScreen(records(60))).run_test(size=(160, 48)) as pilot:
        table = pilot.app.screen.query_one(RowTable)
        await until(pilot, lambda: table.has_focus and table.count == 60)
        drawn = 0
        type_at_once(pilot.app, *["down"] * 40)
        await until(pilot, lambda: table.cursor == 40)
        assert drawn < 20
