"""Acting as the agent, key by key, on real runs: from the first glance at the task to the verdict."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Static, TextArea

from engine.runs.engine import Engine
from engine.runs.orders import Supervise, TakeOver
from engine.runs.spec import Launch
from engine.trajectory.attendance import worked_s
from engine.trajectory.events import Attendance, Intervention, Message, Note, RunEnded, ToolCall, now
from engine.trajectory.store import Store
from eog_tui.figures import duration
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.runs import RunsScreen
from eog_tui.screens.workbench import WorkbenchScreen
from eog_tui.screens.workbench_database import DatabasePane
from eog_tui.screens.workbench_dialogs import EndedScreen, ToolScreen, WordsScreen
from eog_tui.screens.workbench_panes import CallPane, History
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.text_view import TextView
from tests.app.pty_corpus import picture, screen_bytes, violations
from tests.app.sitting import LEAVER, SILENT, at_runs, at_workbench, begin, begun


async def test_someone_solves_a_task_by_hand_with_keys_alone(store: Store, engine: Engine) -> None:
    async with at_runs(store, engine) as person:
        await person.press("r")
        await person.until(lambda: isinstance(person.screen, LaunchScreen) and person.screen.query_one(RowTable).count)
        await person.press("slash")
        await person.type("silent")
        await person.press("enter")
        table = person.screen.query_one(RowTable)
        await person.until(lambda: table.selected and table.selected.name == "silent-planner-on-hold")
        await person.press("a")
        await person.seated()
        assert "you are the agent" in person.said()
        assert "blind" in person.said()
        assert "INC_022" not in person.drawn
        # The first calls by forms; what earlier results have shown is completed into fields.
        await person.call("get_incidents_assigned_to", assigned_to="USER_008")
        assert "INC_022" in person.result
        await person.choose("update_incident")
        await person.type("manif")
        await person.until(lambda: person.form._editor.proposing)
        await person.press("down", "enter")
        assert person.form.arguments["incident_id"] == "INC_022"
        await person.fill({"status": "on_hold"})
        await person.press("enter")
        await person.fill({"on_hold_reason": "Awaiting Caller"})
        await person.send()
        await person.call("find_incident_slas", incident_id="INC_022")
        assert "TSLA_020" in person.result
        # And the rest by lines, which is faster for who knows the names.
        await person.call_by_line("update_incident_sla_details incident_sla_id=TSLA_020 stage=paused")
        await person.call_by_line(
            "send_notification incident_id=INC_022 email=matteo.ricci@harborline.example type=reminder "
            'subject="Your file" message="the original, please"'
        )
        assert len(person.history) == 5
        await person.write("d", "On hold; reminded.")
        await person.until(lambda: isinstance(person.screen, EndedScreen))
        await person.until(lambda: "of 5 verifiers" in person.drawn)
        assert "✓ pass  5 of 5 verifiers" in person.drawn
        assert store.run(person.bench.run_id).status == "passed"
        assert person.events(RunEnded)[0].answer.startswith("On hold")
        run_id = person.bench.run_id
        await person.press("enter")
        await person.until(lambda: isinstance(person.screen, ReplayScreen))
        await person.press("escape")
        await person.until(lambda: isinstance(person.screen, RunsScreen))
        assert store.run(run_id).agent == "human"
        assert worked_s(store.history(run_id), store.history(run_id)[-1].at) > 0


async def test_a_call_is_sent_again_with_changes(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.call("get_incidents_assigned_to", assigned_to="USER_00")
        assert person.form.has_focus_within is False
        # From the shown result.
        await person.press("e")
        assert person.form.arguments == {"assigned_to": "USER_00"}
        await person.until(lambda: person.form.has_focus_within)
        await person.fill({"assigned_to": "8"})
        await person.send()
        assert "INC_022" in person.result
        # From the history.
        await person.press("escape", "escape", "shift+tab")
        await person.until(lambda: person.screen.focused is person.bench.query_one(History))
        await person.press("g", "e")
        assert person.form.arguments == {"assigned_to": "USER_00"}
        calls = [call.arguments for call in person.events(ToolCall)]
        assert calls == [{"assigned_to": "USER_00"}, {"assigned_to": "USER_008"}]


@pytest.mark.parametrize("size", [(100, 30), (160, 48)], ids=["100x30", "160x48"])
async def test_the_focus_goes_to_what_came_back(store: Store, engine: Engine, size: tuple[int, int]) -> None:
    async with at_workbench(store, engine, begin(engine, peek=True), size) as person:
        await person.call("get_incidents_assigned_to", assigned_to="nobody")
        await person.until(lambda: person.bench.query_one("#result-pane").has_focus_within)
        await person.press("escape")
        await person.until(lambda: person.form.has_focus_within)
        await person.press("escape")
        await person.until(lambda: person.screen.focused is person.bench.query_one(CallPane))


async def test_enter_in_the_history_shows_that_call_and_its_result(store: Store, engine: Engine) -> None:
    run_id = begun(store, engine, ("get_user", {"user_id": "USER_014"}), ("get_user", {"user_id": "USER_008"}))
    async with at_workbench(store, engine, run_id) as person:
        await person.press("shift+tab", "shift+tab", "tab", "tab")
        while person.screen.focused is not person.bench.query_one(History):
            await person.press("tab")
        await person.press("g", "enter")
        await person.until(lambda: "USER_014" in person.result)
        assert person.bench.query_one(CallPane).has_focus_within
        assert "2 get_user USER_014" in str(person.bench.query_one("#result-pane").border_title)


async def test_what_is_missing_or_wrong_is_not_sent(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.press("ctrl+j")
        assert "t chooses a tool" in person.toasts
        await person.choose("update_incident")
        await person.fill({"status": "frozen"})
        await person.press("ctrl+j")
        await person.until(lambda: person.form.field.name == "incident_id")
        assert "incident_id: required" in person.toasts
        await person.press("escape", "semicolon")
        await person.until(lambda: person.line.has_focus_within)
        await person.type("get_user user=1")
        await person.press("ctrl+j")
        assert "no argument is called user" in person.toasts
        assert person.events(ToolCall) == []


async def test_one_line_after_another_is_typed_without_leaving_the_line(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.press("semicolon")
        await person.until(lambda: person.line.has_focus_within)
        for user in ("USER_014", "USER_010"):
            await person.type(f"get_user user_id={user}")
            await person.press("enter")
            await person.until(lambda user=user: bool(person.history) and person.history[-1][1] == f"get_user {user}")
        assert [event.arguments["user_id"] for event in person.events(ToolCall)] == ["USER_014", "USER_010"]


async def test_on_a_low_screen_who_types_lines_sees_what_comes_back(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine), (80, 24)) as person:
        await person.choose("update_incident")
        await person.press("escape", "semicolon")
        await person.until(lambda: person.line.has_focus_within)
        await person.type("get_user user_id=USER_014")
        await person.press("enter")
        await person.until(lambda: '"user_id": "USER_014"' in person.drawn)
        assert not person.form.is_on_screen
        await person.press("escape", "enter")
        await person.until(lambda: person.form.has_focus_within)
        assert person.form.region.height > 5


async def test_on_a_switch_letters_are_no_commands(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.choose("find_sla_definitions")
        places = [spec.kind for spec in person.form.filling.fields]
        await person.press(*["tab"] * places.index("switch"))
        assert person.form.field.kind == "switch"
        assert "t tools" not in person.drawn
        await person.press("d", "w", "t")
        await person.pilot.pause()
        assert person.screen is person.bench
        assert person.form.arguments == {"active": True}
        await person.press("escape", "t")
        await person.until(lambda: isinstance(person.screen, ToolScreen))


async def test_a_line_that_cannot_be_sent_now_stays_and_only_the_latest_reason_is_told(
    store: Store, engine: Engine
) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.press("semicolon")
        await person.until(lambda: person.line.has_focus_within)
        await person.type("get_user user_id=")
        await person.press("ctrl+j")
        await person.press("backspace", "ctrl+j")
        assert len(person.app._notifications) == 1
        await person.press("equals_sign")
        await person.type("USER_014")
        person.bench._awaited = 99  # a call that takes its time
        await person.press("enter")
        assert "still under way" in person.toasts
        assert person.line.value == "get_user user_id=USER_014"
        person.bench._awaited = None
        await person.press("ctrl+j")
        await person.until(lambda: "Ivo" in person.result or "USER_014" in person.result)
        assert person.line.value == ""


async def test_a_pause_stops_the_clock_and_the_form(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.choose("get_user")
        await person.press("escape", "space")
        await person.until(lambda: "you paused" in person.said())
        assert "Space goes on" in person.said("rest")
        assert person.form.disabled
        assert store.run(person.bench.run_id).status == "paused"
        before = person.said()[-6:]
        await person.press("ctrl+j", "t", "enter")
        assert person.screen is person.bench
        assert person.events(ToolCall) == []
        await person.pilot.pause(1.2)
        assert person.said()[-6:] == before
        await person.press("space")
        await person.until(lambda: "you are the agent" in person.said())
        assert not person.form.disabled
        assert [event.action for event in person.events(Intervention)] == ["pause", "resume"]


async def test_notes_are_recorded_and_shown_and_never_sent(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.press("w")
        await person.until(lambda: isinstance(person.screen, WordsScreen))
        await person.press("ctrl+j")
        assert "no words" in person.drawn
        await person.type("ask Matteo")
        await person.press("escape")
        assert "Esc again" in person.drawn
        await person.press("ctrl+j")
        await person.until(lambda: person.events(Note))
        await person.until(lambda: "ask Matteo" in person.bench.query_one("#notes", TextView).text)
        assert not any("ask Matteo" in event.content for event in person.events(Message))


async def test_a_task_that_must_not_be_done_is_refused_with_a_reason(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine, LEAVER)) as person:
        await person.press("F")
        await person.until(lambda: isinstance(person.screen.focused, TextArea))
        assert "calls" in person.drawn
        await person.press("ctrl+j")
        assert "a refusal needs a reason" in person.drawn
        await person.type("Jerome's account is inactive; tickets go to active members only.")
        await person.press("ctrl+j")
        await person.until(lambda: isinstance(person.screen, EndedScreen))
        ended = person.events(RunEnded)[0]
        assert (ended.refused, ended.status) == (True, "passed")
        assert "inactive" in ended.answer
        await person.press("escape")
        await person.until(lambda: isinstance(person.screen, RunsScreen))


async def test_leaving_lets_the_run_wait_and_enter_goes_on(store: Store, engine: Engine) -> None:
    run_id = begin(engine)
    async with at_workbench(store, engine, run_id) as person:
        await person.call("get_user", user_id="USER_014")
        await person.press("escape", "escape", "escape")
        await person.until(lambda: isinstance(person.screen, RunsScreen))
        await person.until(lambda: store.run(run_id).status == "waiting" and person_left(store, run_id))
        await person.until(lambda: "◌ waiting" in person.drawn)
        await person.press("enter")
        await person.seated()
        assert [cells[0] for cells in person.history] == ["2"]
        await person.press("escape", "escape")
        await person.until(lambda: isinstance(person.screen, RunsScreen))
        await person.press("a")
        await person.seated()


async def test_runs_and_replay_tell_the_time_that_was_worked_and_it_stands_while_nobody_works(
    store: Store, engine: Engine
) -> None:
    run_id = begin(engine)
    async with at_runs(store, engine) as person:
        await person.until(lambda: person.screen.selected_run)
        await person.press("a")
        await person.seated()
        while not isinstance(person.screen, RunsScreen):
            await person.press("escape")
        await person.until(lambda: person_left(store, run_id))
        worked = duration(worked_s(store.history(run_id), now()))
        await person.until(lambda: f"{worked} at work" in person.drawn)
        await person.pilot.pause(1.3)
        assert f"{worked} at work" in person.drawn
        assert person.drawn.count(worked) == 2, "in its line, too"
        await person.app.push_screen(ReplayScreen(run_id))
        await person.until(lambda: f"{worked} at work" in person.drawn)


async def test_quitting_leaves_the_run_open_unasked_and_it_resumes_with_everything(store: Store) -> None:
    with Engine(store) as engine:
        run_id = begin(engine)
        async with at_workbench(store, engine, run_id) as person:
            await person.call("get_incidents_assigned_to", assigned_to="USER_008")
            await person.write("w", "look at the clock")
            await person.until(lambda: person.events(Note))
            await person.until(lambda: isinstance(person.screen, WorkbenchScreen))
            while person.screen.focused is not person.bench.query_one(CallPane):
                await person.press("escape")
            await person.press("q")
            await person.until(lambda: person.app._exit or isinstance(person.screen, ConfirmScreen))
            assert person.app._exit, "it asks although nothing would be stopped"
    assert store.run(run_id).status == "waiting"
    worked = worked_s(store.history(run_id), store.history(run_id)[-1].at)
    assert worked > 0
    with Engine(store) as engine:
        async with at_workbench(store, engine, run_id) as person:
            assert [cells[1] for cells in person.history][:2] == [
                "get_incidents_assigned_to assigned_to=USER_008",
                "note: look at the clock",
            ]
            assert "INC_022" in {thing.value for thing in person.form.seen.things()}
            await person.call("find_incident_slas", incident_id="INC_022")
            assert "TSLA_020" in person.result
            assert worked_s(store.history(run_id), store.history(run_id)[-1].at) > worked


KILLED = """
import os, sys
from tests.app.sitting import begun
from engine.runs.engine import Engine
from engine.trajectory.store import Store
store = Store.open(sys.argv[1])
print(begun(store, Engine(store), ("get_incidents_assigned_to", {"assigned_to": "USER_008"}), notes=("remember",)))
sys.stdout.flush()
sys.stdin.read()
"""


@pytest.fixture
def killed(tmp_path: Path) -> int:
    """A run whose program was killed while somebody was at work on it."""
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "store.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert child.stdout is not None
    run_id = int(child.stdout.readline())
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    return run_id


async def test_a_killed_program_loses_nothing(tmp_path: Path, killed: int) -> None:
    run_id = killed
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        assert store.mark_interrupted() == []
        before = worked_s(store.history(run_id), store.history(run_id)[-1].at)
        async with at_runs(store, engine) as person:
            await person.until(lambda: "◌ waiting" in person.drawn)
            await person.press("a")
            await person.seated()
            assert [cells[1] for cells in person.history] == [
                "get_incidents_assigned_to assigned_to=USER_008",
                "note: remember",
            ]
            assert "INC_022" in {thing.value for thing in person.form.seen.things()}
            assert "remember" in person.bench.query_one("#notes", TextView).text
            await person.call("find_incident_slas", incident_id="INC_022")
            assert "TSLA_020" in person.result
            assert worked_s(store.history(run_id), store.history(run_id)[-1].at) >= before


async def test_the_task_of_a_run_that_ended_is_done_anew(store: Store, engine: Engine) -> None:
    engine.launch(Launch(sources=(SILENT,))).done.result(30)
    async with at_runs(store, engine) as person:
        await person.until(lambda: "✓ pass" in person.drawn)
        await person.press("a")
        await person.seated()
        assert person.bench.run_id == 2
        assert store.run(2).agent == "human"
        assert person.history == []


async def test_blind_means_blind(store: Store, engine: Engine) -> None:
    run_id = begun(store, engine, ("update_incident", {"incident_id": "INC_022", "status": "on_hold"}))
    names = [verifier.name for verifier in store.task(run_id).verifiers]
    async with at_workbench(store, engine, run_id, (160, 48)) as person:
        assert "○ blind" in person.said()
        assert not person.bench.query(DatabasePane)
        # What changed is known to the store; the person sees what came back, and no more.
        assert store.steps(run_id, 2)[0].change_line
        assert person.history == [["2", "update_incident INC_022 status=on_hold", store.steps(run_id, 2)[0].shape]]
        for _ in range(10):
            await person.press("tab")
            assert not any(name in person.drawn for name in names)
            assert "Database" not in person.drawn
        await person.press("d")
        await person.until(lambda: isinstance(person.screen, WordsScreen))
        assert "rows" not in person.drawn
        await person.press("escape", "question_mark")
        assert not any(name in person.drawn for name in names)


async def test_peeking_shows_tables_rows_and_verifiers(store: Store, engine: Engine) -> None:
    run_id = begin(engine, peek=True, frozen_clock=True)
    async with at_workbench(store, engine, run_id, (160, 48)) as person:
        assert "● peek" in person.said()
        await person.until(lambda: person.bench.query(DatabasePane))
        pane = person.bench.query_one(DatabasePane)
        while not person.bench.focused or person.bench.focused.id != "tables":
            await person.press("tab")
        tables = pane.query_one("#tables", RowTable)
        await person.until(lambda: tables.count == 24)
        await person.until(lambda: "✗ fail" in person.drawn)
        await person.call("update_incident", incident_id="INC_022", worknotes="xyzzy was said")
        await person.until(lambda: "● incident INC_022" in person.said("wrote"))
        while person.bench.focused is not tables:
            await person.press("tab")
        await person.pilot.pause()
        while tables.selected.name != "incident":
            await person.press("down")
        await person.press("enter")
        await person.until(lambda: pane.filters and pane.query_one("#rows RowTable", RowTable).count > 5)
        await person.press("slash")
        await person.type("said xyzzy")
        await person.until(lambda: pane.query_one("#rows RowTable", RowTable).count == 1)
        await person.press("enter", "enter")
        await person.until(lambda: "xyzzy was said" in pane.query_one(TextView).text)
        for _ in range(3):
            await person.press("escape")
        await person.until(lambda: person.bench.focused is tables)


async def test_what_was_seen_is_put_into_the_field_that_has_the_cursor(store: Store, engine: Engine) -> None:
    run_id = begun(store, engine, ("get_incidents_assigned_to", {"assigned_to": "USER_008"}))
    async with at_workbench(store, engine, run_id) as person:
        await person.choose("update_incident")
        await person.press("escape")
        while not person.bench.focused or person.bench.focused.id != "things":
            await person.press("tab")
        await person.press("slash")
        await person.type("022")
        await person.press("enter")
        things = person.bench.query_one("#things", RowTable)
        await person.until(lambda: things.count == 1)
        await person.press("enter")
        await person.until(lambda: person.form.has_focus_within)
        assert person.form.arguments == {"incident_id": "INC_022"}


async def test_a_result_with_rows_turns_into_json_and_back(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.call("get_incidents_assigned_to", assigned_to="USER_008")
        assert isinstance(person.screen.focused, RowTable)
        assert '"incident_id"' not in person.drawn
        await person.press("v")
        await person.until(lambda: '"incident_id": "INC_022"' in person.drawn)
        assert isinstance(person.screen.focused, TextView)
        await person.press("v")
        await person.until(lambda: isinstance(person.screen.focused, RowTable))


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_what_came_back_is_searched_where_it_stands(store: Store, engine: Engine, size: tuple[int, int]) -> None:
    async with at_workbench(store, engine, begin(engine), size) as person:
        await person.call("get_incidents_assigned_to", assigned_to="USER_008")
        table = person.bench.query_one("#result-pane").query_one(RowTable)
        await person.until(lambda: table.has_focus)
        rows = table.count
        await person.press("slash")
        await person.type("manifest")
        await person.until(lambda: table.count == 1)
        assert f"1 of {rows}" in person.drawn
        await person.press("enter", "enter")
        await person.until(lambda: "short_description" in person.drawn)
        assert "INC_022" in person.drawn
        await person.press("escape", "escape")
        await person.until(lambda: table.count == rows)
        await person.press("v", "slash")
        await person.type("INC_022")
        await person.until(lambda: "1 of " in person.drawn)
        while person.screen.focused is not person.bench.query_one(CallPane):
            await person.press("escape")
        await person.press("slash")
        await person.type("file")
        assert "/ file" in person.drawn, "from anywhere else it is the task that is searched, where that is to be seen"


async def test_what_was_typed_for_a_tool_is_kept_while_another_is_used(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.choose("send_notification")
        await person.fill({"email": "matteo@"})
        await person.press("escape", "escape") if person.form._editor.proposing else await person.press("escape")
        await person.call("get_user", user_id="USER_014")
        await person.choose("send_notification")
        assert person.form.typed() == {"email": "matteo@"}


async def test_what_was_typed_is_there_again_for_who_left_and_comes_back(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.choose("get_user")
        await person.fill({"user_id": "USER_0"})
        while person.form.has_focus_within:
            await person.press("escape")
        await person.choose("send_notification")
        await person.fill({"email": "matteo@"})
        while person.form.has_focus_within:
            await person.press("escape")
        await person.press("semicolon")
        await person.until(lambda: person.line.has_focus_within)
        await person.type("get_user user_id=")
        while not isinstance(person.screen, RunsScreen):
            await person.press("escape")
        await person.press("enter")
        await person.seated()
        await person.until(lambda: person.line.value == "get_user user_id=")
        assert person.form.typed() == {"email": "matteo@"}
        await person.choose("get_user")
        assert person.form.typed() == {"user_id": "USER_0"}


async def test_a_call_that_was_sent_waits_in_no_form(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.call("get_user", user_id="USER_014")
        await person.call("find_incident_slas", incident_id="INC_022")
        await person.choose("get_user")
        assert person.form.typed() == {}
        while not isinstance(person.screen, RunsScreen):
            await person.press("escape")
        await person.press("enter")
        await person.seated()
        await person.pilot.pause()
        assert person.form.tool is None, "there is nothing to go on with"


async def test_the_gyms_refusal_is_shown_as_it_came(store: Store, engine: Engine) -> None:
    async with at_workbench(store, engine, begin(engine)) as person:
        await person.call("get_user", user_id="USER_999")
        assert person.history[-1][2].startswith("✗ error ")
        assert "USER_999" in person.result or "not found" in person.result.lower()


async def test_who_took_over_acts_here_and_hands_back(store: Store, engine: Engine) -> None:
    launched = engine.launch(Launch(sources=(SILENT,), approve="every"))
    [run_id] = launched.run_ids
    async with at_runs(store, engine) as person:
        await person.until(lambda: store.run(run_id).status == "waiting")
        await asyncio.wrap_future(engine.order(run_id, TakeOver(by="ann")))
        await person.app.push_screen(WorkbenchScreen(run_id))
        await person.seated()
        assert "you are the agent" in person.said()
        assert len([event for event in person.events(Attendance) if event.action == "came"]) == 1
        await person.call("get_user", user_id="USER_014")
        assert person.history[-1][1] == "get_user USER_014"
        while person.screen.focused is not person.bench.query_one(CallPane):
            await person.press("escape")
        await person.press("a")
        await person.until(lambda: isinstance(person.screen, ConfirmScreen))
        await person.press("h")
        await person.until(lambda: isinstance(person.screen, RunsScreen))
        await person.until(lambda: store.run(run_id).status == "waiting" and person_left(store, run_id))
        await asyncio.wrap_future(engine.order(run_id, Supervise(by="ann", approve="none")))
        await asyncio.to_thread(launched.done.result, 30)
    assert store.run(run_id).status == "passed"
    assert [event.action for event in store.history(run_id) if isinstance(event, Attendance)] == ["came", "left"]


async def test_a_run_that_cannot_start_says_why(store: Store, engine: Engine, tmp_path: Path) -> None:
    import json

    from engine.tasks.source import builtin_root

    task = json.loads((builtin_root() / "itsm/tasks/silent-planner-on-hold.json").read_text())
    (tmp_path / "broken.sql").write_text("CREATE GARBAGE")
    task["gym_servers_config"][0]["seed_database_file"] = "broken.sql"
    (tmp_path / "broken.json").write_text(json.dumps(task))
    run_id = begin(engine, str(tmp_path / "broken.json"), seed_root=tmp_path)
    async with at_runs(store, engine) as person:
        await person.app.push_screen(WorkbenchScreen(run_id))
        await person.until(lambda: isinstance(person.screen, EndedScreen))
        await person.until(lambda: "! error" in person.drawn and "broken.sql" in person.drawn)


async def test_a_run_that_does_not_exist_says_so(store: Store, engine: Engine) -> None:
    async with at_runs(store, engine) as person:
        await person.app.push_screen(WorkbenchScreen(7))
        problem = person.bench.query_one("#problem", Static)
        await person.until(lambda: problem.display)
        assert "There is no run 7" in str(problem.content)
        await person.press("escape", "escape")
        await person.until(lambda: isinstance(person.screen, RunsScreen))


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])
def test_nothing_hostile_reaches_the_terminal(size: tuple[int, int]) -> None:
    keys = [
        "\t",
        "\t",
        "\t",
        "g",
        "\r",
        "v",
        "e",
        "\x1b",
        "\x1b",
        "t",
        "inc",
        "\x1b",
        "w",
        "\x1b",
        "d",
        "\x1b",
        ";",
        "get_u",
    ]
    output = screen_bytes("tests.app.sitting:hostile", keys=keys, size=size)
    assert violations(output) == []
    assert "you are the agent" in "\n".join(picture(output, size))


def person_left(store: Store, run_id: int) -> bool:
    attendance = [event for event in store.history(run_id) if isinstance(event, Attendance)]
    return attendance[-1].action == "left"
