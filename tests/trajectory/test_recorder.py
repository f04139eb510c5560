"""What was appended is what is read back: events, outlines and sums."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from engine.trajectory.changes import Change
from engine.trajectory.events import (
    Attendance,
    Database,
    Event,
    Failure,
    Forked,
    GymUsed,
    Intervention,
    InterventionAction,
    Limit,
    Message,
    Note,
    Plan,
    Proposal,
    RequestedCall,
    Retry,
    RunEnded,
    RunStarted,
    ToolCall,
    ToolResult,
    Usage,
    Verdict,
    Verdicts,
)
from engine.trajectory.store import Store, StoreError

TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from('\0\x1b\ud83d\udc00\n"\\é'), max_size=60)
"""Any characters; often control characters, NUL, and the halves of surrogate pairs that some models send."""
PLAIN = st.text("abc_", min_size=1, max_size=8)
WHEN = st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, datetime.now().astimezone().tzinfo])
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
ARGUMENTS = st.dictionaries(TEXT, JSON, max_size=4)
OUTCOMES = st.lists(st.sampled_from(["pass", "fail", "error"]), max_size=4).map(tuple)
ROW = st.dictionaries(
    PLAIN, st.none() | st.integers() | st.floats(allow_nan=False) | TEXT | st.binary(max_size=9), min_size=1, max_size=4
)
CHANGES = st.lists(
    st.builds(
        Change,
        gym=PLAIN,
        table=PLAIN,
        op=st.sampled_from(["insert", "update", "delete"]),
        key=ROW,
        before=st.none() | ROW,
        after=st.none() | ROW,
    ),
    max_size=3,
).map(tuple)
BLOCK = st.fixed_dictionaries({"type": st.just("text"), "text": TEXT | st.none()}) | st.just({"type": "image"})
RESULT = (
    st.none() | st.fixed_dictionaries({"content": st.lists(BLOCK, max_size=3), "isError": st.booleans()}) | ARGUMENTS
)
SECONDS = st.floats(0, 1e6)
USAGE = st.builds(
    Usage, tokens_in=st.integers(0, 10**9), tokens_out=st.integers(0, 10**9), cost_usd=st.none() | SECONDS
)
CALLS = st.lists(st.builds(RequestedCall, id=PLAIN, tool=TEXT, arguments=ARGUMENTS), max_size=2).map(tuple)
FIELDS: dict[type[Any], dict[str, st.SearchStrategy[Any]]] = {
    RunStarted: {
        "gyms": st.lists(st.builds(GymUsed, name=PLAIN, domain=PLAIN, where=PLAIN, seed=PLAIN), max_size=2).map(tuple),
        "tools": PLAIN,
        "tool_count": st.integers(0, 99),
        "untouched": OUTCOMES,
        "max_steps": st.integers(1, 99),
    },
    Message: {
        "role": st.sampled_from(["system", "user", "assistant"]),
        "content": TEXT,
        "calls": CALLS,
        "model": st.none() | PLAIN,
        "duration_s": st.none() | SECONDS,
        "usage": st.none() | USAGE,
    },
    Plan: {
        "text": TEXT,
        "plan_id": st.none() | st.integers(1, 99),
        "version": st.none() | st.integers(1, 99),
        "by": st.none() | TEXT,
        "before": st.none() | TEXT,
        "waits": st.booleans(),
        "model": st.none() | PLAIN,
        "duration_s": st.none() | SECONDS,
        "usage": st.none() | USAGE,
    },
    Proposal: {
        "call_id": PLAIN,
        "tool": TEXT,
        "arguments": ARGUMENTS,
        "gym": st.none() | PLAIN,
        "writes": st.booleans(),
    },
    ToolCall: {
        "call_id": PLAIN,
        "tool": TEXT,
        "arguments": ARGUMENTS,
        "gym": st.none() | PLAIN,
        "by": st.none() | TEXT,
    },
    ToolResult: {
        "call_id": PLAIN,
        "tool": TEXT,
        "gym": st.none() | PLAIN,
        "is_error": st.booleans(),
        "result": RESULT,
        "error": st.none() | TEXT,
        "duration_s": SECONDS,
        "changes": CHANGES,
        "verifiers": st.none() | OUTCOMES,
    },
    Retry: {"attempt": st.integers(1, 9), "reason": TEXT, "wait_s": SECONDS},
    Intervention: {
        "action": st.sampled_from(get_args(InterventionAction)),
        "by": TEXT,
        "text": TEXT,
        "call_id": st.none() | PLAIN,
        "before": JSON,
        "after": JSON,
    },
    Note: {"by": TEXT, "text": TEXT},
    Attendance: {"action": st.sampled_from(["came", "left"]), "by": TEXT},
    Forked: {
        "parent": st.integers(1, 99),
        "parent_step": st.integers(0, 99),
        "by": TEXT,
        "restored": st.lists(PLAIN, max_size=3).map(tuple),
        "edited": st.sampled_from([None, "message", "arguments"]),
        "before": JSON,
        "after": JSON,
    },
    Database: {"action": st.sampled_from(["made", "deleted"]), "gym": PLAIN, "where": TEXT, "database_id": PLAIN},
    Limit: {"name": PLAIN, "value": SECONDS},
    Failure: {"where": TEXT, "message": TEXT},
    Verdicts: {
        "verdicts": st.lists(
            st.builds(
                Verdict,
                index=st.integers(0, 9),
                name=TEXT,
                type=PLAIN,
                outcome=st.sampled_from(["pass", "fail", "error"]),
                expected=JSON,
                actual=JSON,
                reason=TEXT,
            ),
            max_size=2,
        ).map(tuple)
    },
    RunEnded: {"status": st.sampled_from(["passed", "stopped"]), "answer": TEXT, "error": st.none() | TEXT},
}
EVENTS: st.SearchStrategy[Event] = st.one_of(
    *(st.builds(kind, at=WHEN, step=st.just(0), **fields) for kind, fields in FIELDS.items())
)


def test_any_events_are_of_every_kind():
    kinds, _ = get_args(Event)
    assert set(FIELDS) == set(get_args(kinds))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVENTS.filter(lambda event: event.kind != "run_ended"), max_size=5), EVENTS)
def test_any_events_come_back_as_they_were(store, record, events, last):
    run = record()
    for event in [*events, last]:
        run.append(event)
    assert store.events(run.run_id, 0) == [*events, last]
    assert len(store.steps(run.run_id)) <= 1


def test_a_call_step_tells_what_was_asked_what_came_and_what_changed(store, record, impact):
    run = record().start()
    text = json.dumps({"incident_id": "INC_003", "impact": "high"})
    run.call(
        "update_incident",
        {"impact": "high", "incident_id": "INC_003"},
        text,
        changes=(impact,),
        verifiers=("pass", "pass"),
    )
    head = store.steps(run.run_id)[-1]
    assert (head.number, head.kind, head.tool, head.gym) == (2, "call", "update_incident", "gym-itsm-mcp")
    assert head.title == "update_incident INC_003 impact=high"
    assert head.shape == f"1 incident · INC_003 · {len(text)} B"
    assert head.change_line == "incident INC_003 · impact medium → high"
    assert (head.ok, head.writes, head.duration_s, head.verifiers) == (True, 1, 0.25, ("pass", "pass"))
    assert head.size == len(text) + len('{"impact":"high","incident_id":"INC_003"}')
    assert store.changes(run.run_id) == [(2, impact)]


def test_a_call_is_under_way_until_its_result_is_there(store, record):
    run = record().start()
    run.append(ToolCall(step=2, call_id="c", tool="list_incidents", arguments={}, gym="gym-itsm-mcp"))
    assert store.steps(run.run_id, since=2)[0].ok is None


def test_a_silent_message_shares_the_step_of_its_first_call(store, record):
    run = record().start()
    calls = (RequestedCall(id="c", tool="get_user", arguments={"user_id": "USER_001"}),)
    run.append(
        Message(
            step=2,
            role="assistant",
            content="",
            calls=calls,
            duration_s=1.5,
            usage=Usage(tokens_in=100, tokens_out=20, cost_usd=0.01),
        )
    )
    assert [(head.kind, head.title, head.ok) for head in store.steps(run.run_id, 2)] == [
        ("call", "get_user USER_001", None)
    ]
    run.append(ToolCall(step=2, call_id="c", tool="get_user", arguments={"user_id": "USER_001"}, gym="g"))
    run.append(
        ToolResult(
            step=2, call_id="c", tool="get_user", gym="g", is_error=True, result=None, error="gone", duration_s=0.5
        )
    )
    [head] = store.steps(run.run_id, 2)
    assert (head.ok, head.shape, head.duration_s) == (False, "no result: gone", 2.0)
    assert (head.tokens_in, head.tokens_out, head.cost_usd) == (100, 20, 0.01)


def test_retries_belong_to_the_step_they_delayed(store, record):
    run = record().start()
    run.append(Retry(step=2, attempt=1, reason="rate limit", wait_s=4))
    [head] = store.steps(run.run_id, 2)
    assert (head.kind, head.ok) == ("error", None)
    assert head.title == "attempt 1 failed, next in 4 s: rate limit"
    run.append(Message(step=2, role="assistant", content="All done."))
    [head] = store.steps(run.run_id, 2)
    assert (head.kind, head.title, head.retries, head.ok) == ("say", "All done.", 1, True)


def test_a_pause_between_a_silent_message_and_its_call_is_a_step_of_its_own(store, record):
    run = record().start()
    calls = (RequestedCall(id="c", tool="get_user", arguments={}),)
    run.append(Message(step=2, role="assistant", content="", calls=calls))
    run.append(Intervention(step=2, action="pause", by="anna"))
    run.append(Intervention(step=3, action="resume", by="anna"))
    assert [(head.kind, head.title) for head in store.steps(run.run_id, 2)] == [
        ("control", "paused by anna"),
        ("control", "resumed by anna"),
    ]


def test_the_run_sums_up_its_steps(store, record, impact):
    run = record()
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    assert store.run(run.run_id).status == "queued"
    run.append(RunStarted(at=begin, gyms=(), tools="", tool_count=1, untouched=("fail", "pass"), max_steps=5))
    row = store.run(run.run_id)
    assert (row.status, row.verifiers_passed, row.verifiers_total) == ("running", 1, 2)
    for step, cost in enumerate((0.25, None, 0.5)):
        usage = Usage(tokens_in=10, tokens_out=3, cost_usd=cost)
        run.append(Message(step=step, role="assistant", content="hm", usage=usage))
    run.call("update_incident", {}, "{}", changes=(impact,), verifiers=("pass", "pass"))
    assert store.run(run.run_id).verifiers_passed == 2
    verdict = Verdict(index=0, name="impact", type="database_state", outcome="fail")
    run.append(Verdicts(step=3, verdicts=(verdict,)))
    run.append(RunEnded(at=begin + timedelta(seconds=90), step=3, status="failed", answer="bye", error=None))
    row = store.run(run.run_id)
    assert (row.status, row.steps, row.tokens_in, row.tokens_out, row.cost_usd) == ("failed", 4, 30, 9, 0.75)
    assert (row.verifiers_passed, row.duration_s, row.answer, row.alive) == (0, 90.0, "bye", False)
    assert store.steps(run.run_id)[-1].verifiers == ("fail",)
    assert store.verdicts(run.run_id) == (verdict,)
    started = store.started(run.run_id)
    assert started is not None
    assert started.untouched == ("fail", "pass")


def test_nothing_follows_the_end(store, record):
    run = record().start()
    run.append(RunEnded(step=1, status="stopped"))
    with pytest.raises(ValueError, match="nothing follows"):
        run.append(Message(step=2, role="assistant", content="wait"))
    with pytest.raises(StoreError, match="recorded before"):
        store.recorder(run.run_id)


def test_no_step_is_left_out(record):
    run = record().start()
    with pytest.raises(ValueError, match="step 3 of run 1 comes before step 2"):
        run.append(Message(step=3, role="assistant", content="too early"))


def test_a_refused_event_leaves_the_recorder_as_it_was(store, record):
    run = record().start()
    with pytest.raises(ValueError, match="comes before"):
        run.append(Message(step=9, role="assistant", content="x"))
    run.append(Message(step=2, role="assistant", content="y"))
    assert [head.number for head in store.steps(run.run_id)] == [0, 1, 2]


def test_a_run_that_another_process_deleted_takes_no_more_events(store, where, record):
    run = record().start()
    with Store.open(where) as other:
        with other.database.write() as connection:
            connection.execute(text("UPDATE run SET ended_at = updated_at, status = 'stopped'"))
        other.delete_run(run.run_id)
    with pytest.raises(StoreError, match="no longer open"):
        run.append(Message(step=2, role="assistant", content="anyone?"))


def test_only_an_event_ends_a_run(store, record):
    run = record().start()
    run.recorder.set_status("paused")
    assert store.run(run.run_id).status == "paused"
    with pytest.raises(ValueError, match="last event"):
        store.set_status(run.run_id, "passed")
