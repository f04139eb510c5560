"""Proposals are taken by hand: by the mouse, however long its button is down, and by an Enter that only takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from engine.runs.engine import Engine
from engine.trajectory.events import ToolCall
from engine.trajectory.store import Store
from eog_tui.screens.launch import REMEMBERED
from eog_tui.screens.plan import PlanScreen
from eog_tui.screens.plan_text import PlanText
from eog_tui.settings import remember
from eog_tui.widgets.proposing_field import ProposingField
from tests.app.launching import app_on, handled, lines, settled, shows, until
from tests.app.planning import opened, subject
from tests.app.sitting import Person, at_workbench, begin

GHOST_TAGS = "builtin:csm/ghost-tags-in-the-rain"
"""Offers ``update_knowledge``, whose state and visibility (the last field) are chosen from lists."""


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


async def click(pilot: Pilot[Any], words: str, row: int | None = None, after: int = 0) -> None:
    """Press the mouse as a hand does, with a while before it is let go; on words, or so many cells ``after`` them."""
    await shows(pilot, words)
    await handled(pilot)
    shown = lines(pilot)
    y = next(n for n, line in enumerate(shown) if words in line) if row is None else row
    at = (shown[y].index(words) + (len(words) + after if after else 0), y)
    for kind in (events.MouseDown, events.MouseUp):
        # As a terminal's come: by way of the app, which makes the click of them where both are for the same widget.
        pilot.app.post_message(kind(None, *at, 0, 0, 1, False, False, False, screen_x=at[0], screen_y=at[1]))
        await pilot.pause(0.15)  # so long the button is down
        await handled(pilot)


def row_of(pilot: Pilot[Any], words: str) -> int:
    return next(n for n, line in enumerate(lines(pilot)) if words in line)


async def updating_knowledge(person: Person) -> None:
    await person.choose("update_knowledge")
    await person.pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 48)], ids=["80x24", "100x30", "160x48"])
async def test_a_click_takes_a_value_that_the_form_proposes(
    store: Store, engine: Engine, size: tuple[int, int]
) -> None:
    async with at_workbench(store, engine, begin(engine, GHOST_TAGS), size) as person:
        await updating_knowledge(person)
        await person.fill({"state": "p"})
        await person.until(lambda: person.form._editor.proposing)
        await click(person.pilot, "published", row_of(person.pilot, " state ") + 1)
        await person.until(lambda: person.form.arguments.get("state") == "published")
        assert person.form.field.name == "state"
        assert person.form.has_focus_within, "letters go on into the field"
        assert not person.form._editor.proposing


async def test_the_mouse_alone_chooses_a_value(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine, GHOST_TAGS)) as person:
        await updating_knowledge(person)
        state = row_of(person.pilot, " state ")
        await click(person.pilot, "draft", state)
        await person.until(lambda: person.form._editor.proposing)  # the choices were clicked, to be chosen from
        assert person.form.field.name == "state"
        await click(person.pilot, "retired", state + 3)
        await person.until(lambda: person.form.arguments.get("state") == "retired")
        await click(person.pilot, "retired", state, after=1)
        await person.until(lambda: person.form._editor.proposing)  # a click behind the value lists all of them again
        await click(person.pilot, "draft", state + 1)
        await person.until(lambda: person.form.arguments.get("state") == "draft")
        await click(person.pilot, "draft", state)
        assert not person.form._editor.proposing, "a click on the text puts the cursor there"


async def test_an_enter_that_takes_a_value_in_the_last_field_sends_nothing(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine, GHOST_TAGS)) as person:
        await updating_knowledge(person)
        form = person.form
        assert form.filling.fields[-1].name == "visibility"
        await person.fill({"knowledge_id": "KB_none", "visibility": "e"})
        await person.until(lambda: form._editor.proposing)
        await person.press("enter")
        await person.until(lambda: len(form.filling.text("visibility")) > 1)
        assert form.filling.text("visibility").startswith("e")
        assert form.has_focus_within
        assert person.events(ToolCall) == []
        assert "Not sent" not in str([toast.title for toast in person.app._notifications])
        await person.press("enter")
        await person.until(lambda: person.toasts or person.events(ToolCall))


async def test_a_click_takes_a_tools_name_into_a_plan(store: Store) -> None:
    async with opened(store, PlanScreen(subject=subject())) as (app, pilot):
        editor = app.screen.query_one(PlanText)
        await pilot.press(*"`find_sla")
        await until(pilot, lambda: editor.naming)
        await click(pilot, "find_sla_definitions")
        await until(pilot, lambda: editor.text == "`find_sla_definitions`")
        assert editor.writing
        await pilot.press(*" first")
        assert editor.text == "`find_sla_definitions` first"


async def test_the_mouse_alone_chooses_launchs_tasks(
    engine: Engine, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tasks").mkdir()
    remember(REMEMBERED, {"source": "tasks"})
    app = app_on(store, engine)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("r")
        await settled(pilot)
        field = app.screen.query_one("#source", ProposingField)
        row = field.region.y
        await click(pilot, "tasks  ", row, after=20)
        await until(pilot, lambda: field.proposing)
        await click(pilot, "tasks/", row + 1)
        await until(pilot, lambda: field.value == "tasks/")
        assert app.focused in field.query("*")
