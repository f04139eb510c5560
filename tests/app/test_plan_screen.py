"""Writing a plan under real keys: names complete and are checked, versions, unsaved text, the editor outside."""

from __future__ import annotations

import json
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from engine.runs.engine import Engine
from engine.trajectory.events import Plan
from engine.trajectory.plans import PlanVersion
from engine.trajectory.store import Store
from eog_tui.plans.drafts import DraftFile
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.launch import REMEMBERED, LaunchScreen
from eog_tui.screens.plan import PlanScreen
from eog_tui.screens.plan_panes import VersionsPane
from eog_tui.screens.plan_text import PlanText
from eog_tui.screens.runs import RunsScreen
from eog_tui.settings import remember
from eog_tui.widgets.text_view import TextView
from tests.agents.openai_server import OpenAIServer, Say
from tests.app.launching import app_on, lines, picture, sees, settled, shows, toasts, until
from tests.app.planning import FIRST, SECOND, TASK, add_plans, llm_config, opened, subject
from tests.app.recorded import HOSTILE


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("USER", "kim")
    monkeypatch.setenv("LOGNAME", "kim")


def editor(pilot: Pilot[Any]) -> PlanText:
    return pilot.app.screen.query_one(PlanText)


async def test_a_plan_is_written_and_a_model_is_told_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From Launch with keys alone: p on the task, the text with completed names, ctrl+j, r, and the run has it."""
    with OpenAIServer([Say("All is done.")]) as server, Engine(store) as engine:
        monkeypatch.chdir(tmp_path)
        remember(REMEMBERED, {"source": f"builtin:itsm/{TASK}", "llm": llm_config(tmp_path, server).name})
        app = app_on(store, engine)
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("p")
            await settled(pilot)
            assert isinstance(app.screen, PlanScreen)
            assert "new " + TASK in lines(pilot)[0]

            await pilot.press(*"# Raise it", "enter", *"Look with `fibynum")
            await until(pilot, lambda: editor(pilot).naming and "find_incident_by_number" in picture(pilot))
            await pilot.press("tab", *", then upd")
            assert editor(pilot).text.endswith("`find_incident_by_number`, then upd"), "a name in backticks is closed"
            await pilot.press("enter", *"Done")
            assert editor(pilot).text.endswith("then upd\nDone"), "Enter makes lines while words are written"
            await pilot.press("ctrl+j")
            await says(pilot, "v1 saved.")
            await until(pilot, lambda: "#1 " + TASK in lines(pilot)[0])
            [plan] = store.plans.list()
            assert (plan.task, plan.domain, plan.title, plan.author) == (TASK, "itsm", "Raise it", "kim")

            await pilot.press("escape", "r")
            await settled(pilot)
            assert isinstance(app.screen, LaunchScreen)
            assert f"run builtin:itsm/{TASK} --agent react" in picture(pilot)
            assert "--plan 1" in picture(pilot)
            await pilot.press("ctrl+j")
            await until(pilot, lambda: store.runs() and not store.runs()[0].alive)
        [run] = store.runs()
        asked = server.requests[0].body["messages"]
        assert "find_incident_by_number`, then upd\nDone" in json.dumps(asked[1]["content"]).encode().decode(
            "unicode_escape"
        )
        assert run.plan == "1 v1"
        assert [event.text for event in store.history(run.id) if isinstance(event, Plan)] == [plan_text(store)]


async def test_what_is_typed_before_the_plan_is_read_is_text(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, read, may_read = add_plans(store), store.plans.history, threading.Event()

    def slowly(plan_id: int) -> list[PlanVersion]:
        may_read.wait(20)
        return read(plan_id)

    monkeypatch.setattr(store.plans, "history", slowly)
    app = app_on(store, screen=lambda: PlanScreen(plan))
    async with app.run_test(size=(100, 30)) as pilot:
        try:
            await pilot.press(*"u? ")
            assert picture(pilot).count("u?") == 1
        finally:
            may_read.set()
        await settled(pilot)
        assert editor(pilot).text == f"u? {SECOND.strip()}"
        assert app.screen.query_one("#title", Input).value == "Look first, then raise"
        assert "● not saved" in lines(pilot)[0]


async def says(pilot: Pilot[Any], words: str) -> None:
    await until(pilot, lambda: words in toasts(pilot))


def plan_text(store: Store) -> str:
    return store.plans.version(1).text


async def test_names_that_are_not_offered_are_named_at_once(store: Store) -> None:
    async with opened(store, PlanScreen(subject=subject())) as (_, pilot):
        await pilot.press(*"update_incidnt sets the incident_id.", "escape")
        await shows(pilot, "! line 1: update_incidnt is not offered; update_incident?")
        assert "incident_id is" not in picture(pilot), "an argument is no tool"
        await pilot.press("enter", "enter", *"create_change it. find_nothing it.", "escape")
        await shows(pilot, "line 2: create_change is a tool that this task does not offer")
        assert "+1 more" in picture(pilot)
        await pilot.press("enter", *["backspace"] * 40)
        await until(pilot, lambda: "line 2" not in picture(pilot))


async def test_the_list_of_names_is_chosen_from_with_the_arrows(store: Store) -> None:
    async with opened(store, PlanScreen(subject=subject())) as (_, pilot):
        await pilot.press(*"`find_sla")
        await until(pilot, lambda: editor(pilot).naming)
        await pilot.press("down", "enter")
        assert editor(pilot).text == "`find_sla_definitions`"
        assert not editor(pilot).naming
        await pilot.press(*" and `find_", "escape")
        assert not editor(pilot).naming
        assert editor(pilot).writing, "Esc closed the list and nothing else"
        await pilot.press("escape")
        assert not editor(pilot).writing
        await pilot.press("enter", "x")
        assert editor(pilot).text.endswith("`find_x")


async def test_versions_are_compared_and_brought_back(store: Store) -> None:
    plan = add_plans(store)
    async with opened(store, PlanScreen(plan)) as (app, pilot):
        assert "v2" in lines(pilot)[0]
        await pilot.press("ctrl+j")
        await says(pilot, "Nothing changed: v2 says the same.")
        app.screen._go_to(app.screen.query_one(VersionsPane))
        await until(pilot, lambda: app.screen.query_one(VersionsPane).has_focus_within)
        await pilot.press("j")
        await shows(pilot, "v1 → now")
        shown = picture(pilot)
        assert "v1 → now · +3 −1 lines" in shown
        assert "- 3. `update_incident`: impact and the reason." in shown
        assert "+ 5. `send_notification` to the caller." in shown
        await pilot.press("u")
        await says(pilot, "v3 saved.")
        assert store.plans.version(plan).text == FIRST.strip()
        await until(pilot, lambda: editor(pilot).text.strip() == FIRST.strip())
        assert [version.author for version in store.plans.history(plan)] == ["kim", "ines", "kim"]


async def test_the_title_can_be_changed(store: Store) -> None:
    plan = add_plans(store)
    async with opened(store, PlanScreen(plan)) as (app, pilot):
        app.screen.query_one("#title").focus()
        await pilot.press("end", *" at once")
        assert "● not saved" in lines(pilot)[0]
        await pilot.press("ctrl+j")
        await says(pilot, "The title is changed.")
    assert store.plans.get(plan).title == "Look first, then raise at once"
    assert store.plans.get(plan).versions == 2


async def test_leaving_asks_for_unsaved_text(store: Store) -> None:
    plan = add_plans(store)
    async with opened(store, PlanScreen(plan)) as (app, pilot):
        await pilot.press(*"Mind: ", "escape", "escape")
        await sees(pilot, ConfirmScreen)
        await pilot.press("escape")
        await sees(pilot, PlanScreen)  # stay
        await pilot.press("escape")
        await sees(pilot, ConfirmScreen)
        await pilot.press("s")
        await sees(pilot, RunsScreen)
        assert store.plans.version(plan).text.startswith("Mind: # What")
        await app.push_screen(PlanScreen(plan))
        await settled(pilot)
        await pilot.press(*"No. ", "escape", "escape")
        await sees(pilot, ConfirmScreen)
        await pilot.press("t")
        await sees(pilot, RunsScreen)
        await app.push_screen(PlanScreen(plan))
        await settled(pilot)
        assert isinstance(app.screen, PlanScreen), "what was thrown away is not offered again"
    assert store.plans.get(plan).versions == 3


async def test_a_crash_loses_nothing(store: Store) -> None:
    """The app ends in the middle of a word; the next one offers the text, and the offer can be put off."""
    plan = add_plans(store)
    async with opened(store, PlanScreen(plan)) as (app, pilot):
        await pilot.press(*"Half a sente")
        app.exit()
    async with opened(store, PlanScreen(plan)) as (app, pilot):
        assert "There is unsaved text of this plan." in picture(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, RunsScreen), "not now"
        await app.push_screen(PlanScreen(plan))
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        assert editor(pilot).text.startswith("Half a sente# What")
        await pilot.press("ctrl+z")
        assert editor(pilot).text.strip() == SECOND.strip()
        await pilot.press("ctrl+y", "ctrl+j")
        await says(pilot, "v3 saved.")
        await settled(pilot)
    assert DraftFile(str(store.database), plan).read() is None


async def test_text_is_kept_while_the_app_lives_too(store: Store) -> None:
    """A power cut: nobody can write anything down when it comes."""
    async with opened(store, PlanScreen(subject=subject())) as (_, pilot):
        await pilot.press(*"Think first.")
        await until(pilot, lambda: DraftFile(str(store.database), "itsm", TASK).read() is not None)
        kept = DraftFile(str(store.database), "itsm", TASK).read()
        assert kept is not None
        assert kept.text == "Think first."


async def test_what_stands_beside_the_text(store: Store) -> None:
    async with opened(store, PlanScreen(subject=subject()), size=(160, 40)) as (app, pilot):
        assert "Yard label printer 1" in picture(pilot)
        assert "Policy · Tools 16" in picture(pilot)
        await pilot.press("escape", "slash", *"send_n", "enter")
        await settled(pilot)
        assert "send_notification" in picture(pilot)
        assert "1 of 16" in picture(pilot)
        await pilot.press("enter")
        assert editor(pilot).text == "`send_notification`"
        assert editor(pilot).writing
        await pilot.press("escape")
        app.screen._go_to(app.screen.query_one("#tables-pane"))
        await settled(pilot)
        await pilot.press("j", "enter")
        await settled(pilot)
        assert "change_request_mapping · 2 rows" in picture(pilot)
        assert "CRM_001" in picture(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert "CRM_001" not in picture(pilot)


async def test_the_policy_fills_its_pane_and_is_copied_as_it_is(store: Store) -> None:
    told = subject()
    assert told.task is not None
    policy = told.task.system_prompt
    line = "  priority and channel. Add service, service offering and configuration item when they are known."
    assert line in policy.splitlines()
    async with opened(store, PlanScreen(subject=told), size=(80, 24)) as (app, pilot):
        view = app.screen.query_one("#policy", TextView)
        assert view.copyable() == policy
        await pilot.press("escape", "tab", "tab", "tab")
        view.search("urgency, priority and")
        await shows(pilot, "  characters, category, impact, urgency, priority and channel. Add service,")


async def test_the_text_goes_through_the_editor_outside(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "edit.sh"
    script.write_text('#!/bin/sh\nprintf "and \\033[31mmore\\n" >> "$1"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.delenv("VISUAL", raising=False)
    async with opened(store, PlanScreen(subject=subject())) as (app, pilot):
        monkeypatch.setattr(type(app), "suspend", lambda self: _lent())
        await pilot.press(*"one", "enter", "escape", "o")
        await until(pilot, lambda: "more" in editor(pilot).text)
        assert editor(pilot).text == "one\nand ␛[31mmore"


class _lent:  # noqa: N801 - stands for App.suspend
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


async def test_a_long_plan_does_not_lag(store: Store) -> None:
    """200 kB: what a key costs beyond Pilot's own 1.4 ms of CPU stays within a frame."""
    text = "\n".join(
        f"{number}. `update_incident` sets impact of INC_{number:04} as find_x says" for number in range(3_200)
    )
    async with opened(store, PlanScreen(subject=subject(), text=text[:199_000])) as (_, pilot):
        await pilot.press("x")
        began = time.process_time()
        for _ in range(20):
            await pilot.press("y")
        assert (time.process_time() - began) / 20 < 0.06
        assert editor(pilot).text.startswith("xyyyy")


async def test_hostile_text_is_readable_and_does_nothing(store: Store) -> None:
    plan = store.plans.create(TASK, "itsm", "[@click=app.quit]x[/]", "[/]", HOSTILE)
    async with opened(store, PlanScreen(plan)) as (app, pilot):
        assert "␛]52;c;" in picture(pilot)
        assert "\x1b" not in editor(pilot).query_one(TextArea).text
        assert editor(pilot).text == HOSTILE.strip(), "which saves what it was"
        assert "● not saved" not in lines(pilot)[0]
        assert app.screen.query_one("#task", TextView).text
        assert not toasts(pilot)
