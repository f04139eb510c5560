"""A run from its first prompt to its verdicts, on the built-in gym, as it ends up in the store."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.agents.environment import Environment
from engine.agents.scripted import Scripted
from engine.gyms.database import Database, QueryResult
from engine.gyms.session import EmbeddedGym
from engine.runs.engine import Engine
from engine.runs.orders import Pause, Resume, Stop
from engine.runs.spec import Launch
from engine.tasks import TaskError, builtin_root
from engine.trajectory.events import Event, Intervention, Message, RunEnded, ToolCall, ToolResult, Usage
from engine.trajectory.store import RunRecorder, RunRow, Store, StoreError
from tests.runs.material import call, count_check

Run = Callable[..., RunRow]
WriteTask = Callable[..., str]

RAISE = call("update_incident", incident_id="INC_001", impact="high", worknotes="Seen by a test")
READ = call("find_incident_by_id", incident_id="INC_001")


def test_a_run_is_recorded_step_by_step(run: Run, store: Store, write_task: WriteTask) -> None:
    checks = [count_check("noted", "worknotes = 'Seen by a test'"), count_check("still_there", "1 = 1")]
    row = run(write_task([READ, RAISE], checks))

    assert (row.status, row.verifiers_passed, row.verifiers_total, row.answer) == ("passed", 2, 2, "Done.")
    kinds = [(head.number, head.kind, head.tool) for head in store.steps(row.id)]
    assert kinds == [
        (0, "system", None),
        (1, "user", None),
        (2, "call", "find_incident_by_id"),
        (3, "call", "update_incident"),
        (4, "say", None),
    ]
    [(step, change)] = [(step, change) for step, change in store.changes(row.id) if change.table == "incident"]
    assert (step, change.op, dict(change.key)) == (3, "update", {"incident_id": "INC_001"})
    assert change.after is not None
    assert change.after["worknotes"] == "Seen by a test"
    assert store.steps(row.id)[3].verifiers == ("pass", "pass")
    done, kept = store.verdicts(row.id)
    assert (done.kept, kept.kept) == (False, True)


@pytest.mark.parametrize(
    ("table", "again"),
    [
        ("incident", True),
        ('"Incident"', True),
        ("main.incident, users", True),
        ("incident_sla WHERE incident_id = 'INC_001'", False),
        ("child_incident", False),
    ],
)
def test_after_a_write_only_verifiers_that_name_a_changed_table_are_asked(
    run: Run, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch, table: str, again: bool
) -> None:
    monkeypatch.setattr("engine.runs.run.LIVE_CHECK_SECONDS", 60)
    asked: list[Sequence[str]] = []
    answers = EmbeddedGym.query_all

    async def noting(gym: EmbeddedGym, queries: Sequence[str]) -> Any:
        asked.append(queries)
        return await answers(gym, queries)

    monkeypatch.setattr(EmbeddedGym, "query_all", noting)
    query = f"SELECT COUNT(*) FROM {table}"
    check = {"query": query, "expected_value": -1, "comparison_type": "greater_than"}
    row = run(write_task([READ, RAISE], [{"verifier_type": "database_state", "validation_config": check}]))

    assert row.status == "passed"
    assert asked == [[query]] * (3 if again else 2)


def test_a_wrong_run_fails_and_says_what_was_found(run: Run, store: Store, write_task: WriteTask) -> None:
    row = run(write_task([READ], [count_check("noted", "worknotes = 'Seen by a test'")]))

    assert row.status == "failed"
    [verdict] = store.verdicts(row.id)
    assert (verdict.outcome, verdict.expected, verdict.actual) == ("fail", 1, 0)


@pytest.mark.parametrize(
    ("verifiers", "words"),
    [
        ([], "no verifier"),
        ([count_check("typo", "colour = 'red'")], "colour"),
        ([count_check("elsewhere", "1 = 1", gym_name="gym-moon")], "gym-moon"),
    ],
)
def test_what_nothing_could_judge_is_never_passed(run: Run, write_task: WriteTask, verifiers: Any, words: str) -> None:
    row = run(write_task([READ], verifiers))

    assert row.status == "errored"
    assert words in (row.error or "")


def test_tools_that_are_unknown_or_not_selected_are_errors_for_the_agent(
    run: Run, store: Store, write_task: WriteTask
) -> None:
    calls = [call("make_coffee"), call("delete_notifications", notification_id="NOTIF_001"), RAISE]
    row = run(
        write_task(calls, [count_check("kept", "1 = 1")], selected_tools=["update_incident"], restricted_tools=None)
    )

    assert row.status == "passed"
    results = [event for n in (2, 3) for event in store.events(row.id, n) if isinstance(event, ToolResult)]
    assert [(result.is_error, result.gym) for result in results] == [(True, None), (True, None)]
    assert all("Unknown tool" in (result.error or "") for result in results)


def test_runs_of_one_launch_do_not_see_each_other(engine: Engine, store: Store, write_task: WriteTask) -> None:
    create = call(
        "create_incident", caller_id="USER_001", category="software", short_description="Each starts from the seed"
    )
    source = write_task([create, create], [count_check("kept", "1 = 1")])

    launched = engine.launch(Launch(sources=(source,), seed_root=builtin_root(), repeat=6, concurrency=3))

    assert set(launched.done.result(timeout=60).values()) == {"passed"}
    ids = {
        tuple(change.key["incident_id"] for _, change in store.changes(run_id) if change.table == "incident")
        for run_id in launched.run_ids
    }
    assert len(ids) == 1


def test_a_frozen_clock_repeats_a_run_exactly(run: Run, store: Store, write_task: WriteTask) -> None:
    source = write_task([RAISE])

    first, second = (run(source, frozen_clock=True) for _ in range(2))

    assert store.changes(first.id) == store.changes(second.id)


def test_pause_holds_the_next_call_and_resume_lets_it_go(engine: Engine, store: Store, write_task: WriteTask) -> None:
    launched = engine.launch(Launch(sources=(write_task([READ] * 6),), seed_root=builtin_root(), pause_s=0.05))
    [run_id] = launched.run_ids
    engine.order(run_id, Pause(by="ada"))
    _until(lambda: store.run(run_id).status == "paused")
    steps = len(store.steps(run_id))
    time.sleep(0.3)
    assert len(store.steps(run_id)) == steps

    engine.order(run_id, Resume(by="ada"))

    launched.done.result(timeout=60)
    said = [e for head in store.steps(run_id) for e in store.events(run_id, head.number) if isinstance(e, Intervention)]
    assert [(event.action, event.by) for event in said] == [("pause", "ada"), ("resume", "ada")]


def test_a_stopped_run_keeps_its_steps_and_its_verdicts(engine: Engine, store: Store, write_task: WriteTask) -> None:
    source = write_task([RAISE, *[READ] * 500])
    launched = engine.launch(Launch(sources=(source,), seed_root=builtin_root(), pause_s=0.05))
    [run_id] = launched.run_ids
    _until(lambda: len(store.steps(run_id)) > 4)

    engine.order(run_id, Stop(by="ada"))

    assert launched.done.result(timeout=60) == {run_id: "stopped"}
    row = store.run(run_id)
    assert (row.status, row.error) == ("stopped", "stopped by ada")
    assert store.verdicts(run_id)
    assert not engine.alive()


@pytest.mark.parametrize("slow", ["on the seed", "after the write"])
def test_a_run_that_is_stopped_during_a_slow_check_is_stopped(
    engine: Engine, store: Store, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    query, asked = Database.query, threading.Event()

    def noted(database: Database, sql: str, **how: Any) -> QueryResult:
        if "stopped" in how:  # it is slow, so a thread asks it
            asked.set()
        return query(database, sql, **{"seconds": 2.0, **how})

    monkeypatch.setattr(Database, "query", noted)
    ends = "(SELECT impact FROM incident WHERE incident_id = 'INC_001') != 'high'" if slow == "after the write" else "0"
    endless = f"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT 1 FROM c WHERE NOT {ends}) SELECT count(*) FROM c"
    check = {"query": endless, "expected_value": 1, "comparison_type": "equals"}
    verifier = {"verifier_type": "database_state", "name": "endless", "validation_config": check}
    launched = engine.launch(Launch(sources=(write_task([RAISE], [verifier]),), seed_root=builtin_root()))
    [run_id] = launched.run_ids
    assert asked.wait(30)

    engine.order(run_id, Stop(by="ada"))

    assert launched.done.result(timeout=60) == {run_id: "stopped"}
    changed = {"incident"} if slow == "after the write" else set()
    assert {change.table for _, change in store.changes(run_id)} == changed


def test_queued_runs_can_be_stopped_before_they_start(engine: Engine, store: Store, write_task: WriteTask) -> None:
    source = write_task([READ] * 500)
    launched = engine.launch(Launch(sources=(source,), seed_root=builtin_root(), pause_s=0.05, repeat=3, concurrency=1))
    for run_id in reversed(launched.run_ids):
        engine.order(run_id, Stop(by="ada"))

    assert set(launched.done.result(timeout=60).values()) == {"stopped"}
    assert {store.run(run_id).status for run_id in launched.run_ids} == {"stopped"}


def test_closing_the_engine_stops_what_still_runs(store: Store, write_task: WriteTask) -> None:
    with Engine(store) as engine:
        launched = engine.launch(Launch(sources=(write_task([READ] * 500),), seed_root=builtin_root(), pause_s=0.05))
        [run_id] = launched.run_ids
        _until(lambda: len(store.steps(run_id)) > 3)

    assert store.run(run_id).status == "stopped"


def test_runs_whose_records_cannot_be_ended_do_not_hold_up_the_others(
    engine: Engine, store: Store, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = RunRecorder.append

    def full(recorder: RunRecorder, event: Event) -> None:
        if recorder.run_id == 1 and event.step > 1:
            raise StoreError("There is no room left for the store.")
        append(recorder, event)

    monkeypatch.setattr(RunRecorder, "append", full)
    launched = engine.launch(Launch(sources=(write_task([READ, RAISE]),), seed_root=builtin_root(), repeat=3))

    with pytest.raises(StoreError, match="no room left"):
        launched.done.result(timeout=60)
    assert [store.run(run_id).status for run_id in launched.run_ids] == ["running", "passed", "passed"]
    assert len(store.steps(1)) == 2
    assert not engine.alive()


def test_numbers_that_no_store_can_hold_end_the_run_with_the_reason(
    run: Run, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def boast(_agent: Scripted, env: Environment) -> str:
        await env.say("Hello.", usage=Usage(tokens_in=10**30, tokens_out=1))
        return ""

    monkeypatch.setattr(Scripted, "act", boast)
    row = run(write_task([]))

    assert (row.status, row.steps) == ("errored", 3)
    assert "cannot hold so large a number" in (row.error or "")


def test_a_closed_engine_leaves_no_open_file(store: Store, write_task: WriteTask) -> None:
    source, counts = write_task([READ]), []
    for _ in range(3):
        with Engine(store) as engine:
            engine.launch(Launch(sources=(source,), seed_root=builtin_root())).done.result(timeout=60)
        counts.append(len(list(Path("/dev/fd").iterdir())))

    assert counts[0] == counts[-1]


def test_a_seed_that_does_not_fit_ends_the_run_with_its_reason(run: Run, write_task: WriteTask, tmp_path: Any) -> None:
    (tmp_path / "bad.sql").write_text("INSERT INTO incident (incident_id, colour) VALUES ('INC_001', 'red');")
    gym = {"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": "", "seed_database_file": "bad.sql"}

    row = run(write_task([READ], gym_servers_config=[gym]), seed_root=tmp_path)

    assert row.status == "errored"
    assert "colour" in (row.error or "")
    assert "bad.sql" in (row.error or "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"gym_servers_config": [{"mcp_server_name": "moon", "mcp_server_url": "", "seed_database_file": "x"}]},
            "moon",
        ),
        ({"gym_servers_config": [{"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": ""}]}, "seed_database_file"),
    ],
)
def test_a_launch_that_cannot_work_is_refused_before_anything_is_recorded(
    engine: Engine, store: Store, write_task: WriteTask, changes: Any, words: str
) -> None:
    with pytest.raises(TaskError, match=words):
        engine.launch(Launch(sources=(write_task([READ], **changes),), seed_root=builtin_root()))

    assert store.count() == 0


def test_a_folder_is_played_as_far_as_it_has_call_lists(
    engine: Engine, store: Store, write_task: WriteTask, tmp_path: Path
) -> None:
    played, silent = (Path(write_task([READ])) for _ in range(2))
    silent.with_suffix(".gold.json").unlink()

    launched = engine.launch(Launch(sources=(str(tmp_path),), seed_root=builtin_root()))

    assert launched.skipped == (silent.stem,)
    assert [store.run(run_id).task for run_id in launched.run_ids] == [played.stem]
    with pytest.raises(TaskError, match="no call list beside the task"):
        engine.launch(Launch(sources=(str(silent),), seed_root=builtin_root()))
    played.with_suffix(".gold.json").unlink()
    with pytest.raises(TaskError, match="no task has a call list"):
        engine.launch(Launch(sources=(str(tmp_path),), seed_root=builtin_root()))


def test_the_command_of_a_launch_starts_the_same_launch() -> None:
    launch = Launch(sources=("builtin:itsm/a b",), agent="scripted", repeat=2, pause_s=0.5, frozen_clock=True)

    assert launch.command() == "eog-tui run 'builtin:itsm/a b' --agent scripted --pause 0.5 --repeat 2 --frozen-clock"


def test_events_are_all_there_and_in_order(run: Run, store: Store, write_task: WriteTask) -> None:
    row = run(write_task([READ]))

    events = [event for head in store.steps(row.id) for event in store.events(row.id, head.number)]
    shapes = [type(event) for event in events]
    assert shapes.index(Message) < shapes.index(ToolCall) < shapes.index(ToolResult) < shapes.index(RunEnded)
    assert json.loads(events[-1].model_dump_json())["status"] == row.status


def _until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
