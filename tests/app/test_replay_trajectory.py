"""What Replay knows about a run, before any screen."""

from __future__ import annotations

import pytest

from engine.trajectory.changes import Change
from engine.trajectory.store import Store
from eog_tui.replay.trajectory import Trajectory
from eog_tui.widgets.change_groups import net_changes
from tests.app.recorded import record_hostile, record_long, record_story
from tests.app.tape import GYM, Check, Tape, updated


def test_an_outline_says_where_each_verifier_turned(store: Store) -> None:
    outline = Trajectory(store, record_story(store).failed).outline()

    assert [outline.story(check.index) for check in outline.checks] == [
        ("kept", "dim"),
        ("broken at 8", "fail"),
        ("done at 6", "pass"),
    ]
    assert [check.kept for check in outline.checks] == [True, True, False]
    assert outline.outcomes[5] == ("pass", "pass", "fail")
    assert outline.outcomes[7] == ("pass", "pass", "pass")
    assert outline.outcomes[8] == ("pass", "fail", "pass")
    assert outline.checks[1].verdict is not None
    assert outline.checks[1].verdict.actual == "scheduled"


def test_the_story_of_a_verifier_keeps_its_latest_turns(store: Store) -> None:
    tape = Tape(store, "t", "p", [Check("kept", "q", 1, "pass"), Check("done", "q", 1, "fail")]).start()
    for outcomes in ("fp", "pp", "fe"):
        tape.call("write", {}, "ok", verifiers=outcomes)
    outline = Trajectory(store, tape.run_id).outline()

    assert outline.story(0)[0] == "… restored at 3, broken at 4"
    assert outline.story(1)[0] == "done at 2, cannot run at 4"


def test_a_verifier_that_never_passed_is_not_done_yet_while_the_run_lives(store: Store) -> None:
    tape = Tape(store, "t", "p", [Check("done", "q", 1, "fail")]).start().say("hm")
    trajectory = Trajectory(store, tape.run_id)
    assert trajectory.outline().story(0)[0] == "not done yet"

    tape.verdicts("f").end("failed")
    assert trajectory.outline().story(0)[0] == "never done"


def test_writes_and_verdict_changes_are_found_in_both_directions(store: Store) -> None:
    outline = Trajectory(store, record_story(store).failed).outline()

    assert [outline.next_write(step, 1) for step in (0, 6, 8, 10)] == [6, 8, 10, None]
    assert [outline.next_write(step, -1) for step in (11, 10, 8, 6)] == [10, 8, 6, None]
    assert [outline.next_turn(step, 1) for step in (0, 6, 8)] == [6, 8, None]
    assert [outline.next_turn(step, -1) for step in (11, 8, 6)] == [8, 6, None]


def test_changes_so_far_are_the_same_wherever_one_comes_from(store: Store) -> None:
    trajectory = Trajectory(store, record_story(store).failed)
    forward = {step: trajectory.changes_so_far(step) for step in range(12)}
    backward = {step: trajectory.changes_so_far(step) for step in reversed(range(12))}

    assert forward == backward
    assert forward[5] == []
    [change, notification] = forward[11]
    assert change.key_text == "CHG_004"
    assert change.before == {"assignment_group": None, "updated_on": "2026-02-20 11:40:00", "status": "new"}
    assert change.after is not None
    assert change.after["status"] == "scheduled"
    assert change.after["updated_on"] == "2026-03-02 09:10:14"
    assert (notification.table, notification.op) == ("notification", "insert")


def test_a_live_run_is_followed_step_by_step(store: Store) -> None:
    tape = Tape(store, "t", "p", [Check("done", "q", 1, "fail")]).start()
    trajectory = Trajectory(store, tape.run_id)
    assert trajectory.outline().last == 1
    assert trajectory.changes_so_far(1) == []

    tape.call("write", {"a": 1}, unanswered=True)
    assert trajectory.outline().heads[2].ok is None
    assert len(trajectory.events(2)) == 2
    assert trajectory.changes_so_far(2) == []

    tape.answer("ok", changes=[updated("incident", "id", "I1", impact=("low", "high"))], verifiers="p")
    outline = trajectory.outline()
    assert outline.heads[2].ok
    assert outline.outcomes[2] == ("pass",)
    assert [event.kind for event in trajectory.events(2)] == ["message", "tool_call", "tool_result"]
    assert [change.key_text for change in trajectory.changes_so_far(2)] == ["I1"]

    tape.verdicts("p").end("passed", "done")
    outline = trajectory.outline()
    assert outline.run.status == "passed"
    assert outline.checks[0].verdict is not None
    assert [event.kind for event in trajectory.events(2)][-2:] == ["verdicts", "run_ended"]


def test_opening_reads_no_body_and_walking_reads_a_step_at_a_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = record_long(store, 200)
    read: list[int] = []
    events = store.events
    monkeypatch.setattr(store, "events", lambda run, step: read.append(step) or events(run, step))
    trajectory = Trajectory(store, run_id)

    assert trajectory.outline().last == 199
    assert read == []
    for step in (5, 6, 5, 6):
        assert trajectory.events(step)[0].step == step
    assert read == [5, 6]
    for step in range(50, 150):
        trajectory.events(step)
    trajectory.events(5)
    assert read.count(5) == 2, "old bodies are let go"


def test_a_run_that_never_began_has_checks_without_outcomes(store: Store) -> None:
    tape = Tape(store, "t", "p", [Check("done", "q", 1, "fail")])
    outline = Trajectory(store, tape.run_id).outline()

    assert (outline.last, outline.started) == (-1, None)
    assert outline.story(0)[0] == "not checked"


def test_hostile_names_do_not_stop_an_outline(store: Store) -> None:
    trajectory = Trajectory(store, record_hostile(store))
    outline = trajectory.outline()
    assert [len(trajectory.events(step)) > 0 for step in range(outline.last + 1)]
    assert trajectory.changes_so_far(outline.last)


def row(op: str, before: dict[str, object] | None, after: dict[str, object] | None, key: str = "1") -> Change:
    return Change.model_validate(
        {"gym": GYM, "table": "t", "op": op, "key": {"id": key}, "before": before, "after": after}
    )


@pytest.mark.parametrize(
    ("changes", "net"),
    [
        pytest.param([("update", {"a": 1}, {"a": 2}), ("update", {"a": 2, "b": 0}, {"a": 3, "b": 1})],
                     [("update", {"a": 1, "b": 0}, {"a": 3, "b": 1})], id="updates add up"),
        pytest.param([("update", {"a": 1}, {"a": 2}), ("update", {"a": 2}, {"a": 1})], [], id="and back"),
        pytest.param([("insert", None, {"a": 1, "b": 1}), ("update", {"a": 1}, {"a": 2})],
                     [("insert", None, {"a": 2, "b": 1})], id="a new row in its latest form"),
        pytest.param([("insert", None, {"a": 1}), ("delete", {"a": 1}, None)], [], id="new and gone"),
        pytest.param([("update", {"a": 1}, {"a": 2}), ("delete", {"a": 2, "b": 1}, None)],
                     [("delete", {"a": 1, "b": 1}, None)], id="deleted as the seed had it"),
        pytest.param([("delete", {"a": 1, "b": 1}, None), ("insert", None, {"a": 2, "b": 1})],
                     [("update", {"a": 1}, {"a": 2})], id="replaced"),
        pytest.param([("delete", {"a": 1}, None), ("insert", None, {"a": 1})], [], id="put back"),
    ],
)  # fmt: skip
def test_changes_of_a_row_add_up(changes: list[tuple[str, dict, dict]], net: list[tuple[str, dict, dict]]) -> None:
    found = net_changes(row(*change) for change in changes)
    assert [(change.op, change.before, change.after) for change in found] == net
