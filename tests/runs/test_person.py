"""A person as the agent: what they order is carried out, recorded, and can be left and gone on with."""

from __future__ import annotations

import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import Answer, ApproveCall, Come, Go, HandBack, Pause, Resume, Say, Step, Stop, WriteNote
from engine.runs.rebuild import Rebuilder
from engine.runs.seeds import Seeds
from engine.trajectory.events import Attendance, Intervention, Message, Note, RunEnded, RunStarted, ToolResult
from engine.trajectory.store import Store, StoreError
from tests.runs.material import call, count_check
from tests.runs.people import ADA, LOOK, NOTED, Bench, act, until

WriteTask = Callable[..., str]
PROJECT = str(Path(__file__).resolve().parents[2])


@pytest.fixture
def source(write_task: WriteTask) -> str:
    return write_task([call("unused")], [count_check("noted", "worknotes = 'noted'")])


def test_a_person_who_does_the_task_passes_it(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human", peek=True)
    until(lambda: bench.store.run(run_id).status == "waiting")

    bench.give(run_id, Come(by=ADA), act(LOOK), act(NOTED), Answer(by=ADA, text="Noted it."))

    row = bench.ended(run_id)
    assert (row.status, row.answer, row.verifiers_passed, row.interventions) == ("passed", "Noted it.", 1, 0)
    assert bench.ran(run_id) == [("find_incident_by_id", ADA), ("update_incident", ADA)]
    assert bench.steps(run_id) == [
        ("call", "find_incident_by_id", True),
        ("call", "update_incident", True),
        ("say", None, True),
    ]
    [started] = bench.events(run_id, RunStarted)
    assert started.peek is True
    [answer] = [event for event in bench.events(run_id, Message) if event.role == "assistant"]
    assert (answer.by, answer.content) == (ADA, "Noted it.")


def test_orders_given_before_the_turn_begins_are_carried_out_in_order(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human")
    bench.give(run_id, Come(by=ADA), act(NOTED, worknotes="first"), act(NOTED), Answer(by=ADA, text="Done."))

    assert bench.ended(run_id).status == "passed"
    notes = [
        change.after["worknotes"]
        for _, change in bench.store.changes(run_id)
        if change.table == "incident" and change.after
    ]
    assert notes == ["first", "noted"]


def test_who_pauses_calls_nothing_until_they_go_on_and_both_are_recorded(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human")
    bench.give(run_id, Come(by=ADA), Pause(by=ADA), Pause(by=ADA))
    assert bench.store.run(run_id).status == "paused"
    assert bench.engine.paused(run_id)

    assert "paused" in bench.refusal(run_id, act(LOOK))
    bench.give(run_id, WriteNote(by=ADA, text="Coffee."), Resume(by=ADA), Resume(by=ADA), act(LOOK), Go(by=ADA))

    assert bench.store.run(run_id).status == "waiting"
    assert bench.ran(run_id) == [("find_incident_by_id", ADA)]
    assert [event.action for event in bench.events(run_id, Intervention)] == ["pause", "resume"]
    assert [event.action for event in bench.events(run_id, Attendance)] == ["came", "left"]
    assert [(event.by, event.text) for event in bench.events(run_id, Note)] == [(ADA, "Coffee.")]


def test_a_pause_by_somebody_else_holds_a_person_too(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human")
    bench.give(run_id, Pause(by="bob"))
    assert bench.store.run(run_id).status == "paused"
    assert "paused" in bench.refusal(run_id, act(LOOK))
    bench.give(run_id, Resume(by="bob"), act(LOOK), Answer(by=ADA, text=""))
    bench.ended(run_id)
    assert [(event.action, event.by) for event in bench.events(run_id, Intervention)] == [
        ("pause", "bob"),
        ("resume", "bob"),
    ]


def test_a_task_can_be_refused_with_a_reason(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human")
    bench.give(run_id, Answer(by=ADA, text="The policy forbids it.", refused=True))

    assert bench.ended(run_id).answer == "The policy forbids it."
    [end] = bench.events(run_id, RunEnded)
    assert end.refused


def test_an_answer_may_be_empty(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human")
    bench.give(run_id, act(NOTED), Answer(by=ADA, text=""))
    row = bench.ended(run_id)
    assert (row.status, row.answer) == ("passed", "")
    assert bench.steps(run_id)[-1] == ("say", None, True)
    assert bench.store.steps(run_id)[-1].title == "(empty)"


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (act(("make_coffee", {})), "Unknown tool"),
        (act(LOOK, incident_id=5), ""),
        (act(LOOK, incident_id="\ud800\0 half a character"), ""),
        (act(("find_incident_by_id", {})), ""),
    ],
)
def test_what_a_person_calls_wrongly_is_a_result_and_no_crash(
    bench: Bench, source: str, order: Any, words: str
) -> None:
    run_id = bench.launch(source, agent="human")
    bench.give(run_id, order, act(NOTED), Answer(by=ADA, text="Done."))

    assert bench.ended(run_id).status == "passed"
    wrong, right = bench.events(run_id, ToolResult)
    assert (wrong.is_error, right.is_error) == (True, False)
    assert words in (wrong.error or "")
    head = bench.store.steps(run_id, 2)[0]
    assert (head.kind, head.ok) == ("call", False)
    assert head.shape.startswith("error")


@pytest.mark.parametrize("arguments", [{"x": float("nan")}, {"x": object()}])
def test_arguments_that_json_does_not_have_are_no_order(arguments: Any) -> None:
    with pytest.raises(ValueError, match="JSON"):
        act(("find_incident_by_id", arguments))


def test_arguments_that_lie_too_deep_are_no_order() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(ValueError, match="too deep"):
        act(("find_incident_by_id", {"x": deep}))


@pytest.mark.parametrize(
    "order",
    [Step(by=ADA), HandBack(by=ADA), Say(by=ADA, text="Hello?"), ApproveCall(by=ADA, call_id="c")],
    ids=lambda order: order.kind,
)
def test_what_makes_no_sense_without_an_agent_is_refused_with_words(bench: Bench, source: str, order: Any) -> None:
    run_id = bench.launch(source, agent="human")
    assert bench.refusal(run_id, order).endswith(".")
    bench.give(run_id, act(NOTED), Answer(by=ADA, text="Done."))
    assert bench.ended(run_id).status == "passed"


def test_orders_to_a_run_that_has_ended_are_refused(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human")
    answer = bench.engine.order(run_id, Answer(by=ADA, text="Done."))
    late = bench.engine.order(run_id, act(NOTED))
    answer.result(timeout=20)
    assert "has ended" in str(late.exception(timeout=20))
    bench.ended(run_id)
    assert "has ended" in bench.refusal(run_id, act(LOOK))
    assert "no run 99" in bench.refusal(99, act(LOOK))
    assert bench.ran(run_id) == []


def test_a_person_can_be_stopped(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human")
    bench.give(run_id, Come(by=ADA), act(LOOK))
    bench.give(run_id, Stop(by="bob"))
    row = bench.ended(run_id)
    assert (row.status, row.error) == ("stopped", "stopped by bob")
    assert bench.store.verdicts(run_id)


def test_people_wait_for_no_place(bench: Bench, source: str) -> None:
    from engine.runs.spec import Launch
    from engine.tasks import builtin_root

    launch = Launch(sources=(source,), agent="human", repeat=5, concurrency=1, seed_root=builtin_root())
    run_ids = bench.engine.launch(launch).run_ids
    for run_id in reversed(run_ids):
        bench.give(run_id, act(NOTED), Answer(by=ADA, text="Done."))
    assert {bench.ended(run_id).status for run_id in run_ids} == {"passed"}


# Left and gone on with.


def hashes(store: Store, run_id: int) -> dict[str, str]:
    """The state after the last step."""
    with Rebuilder(store, Seeds()).at(run_id, store.run(run_id).steps - 1) as state:
        return state.hashes()


def test_a_run_that_is_left_goes_on_where_it_was(store: Store, source: str) -> None:
    with Engine(store) as engine:
        bench = Bench(engine, store)
        run_id = bench.launch(source, agent="human")
        bench.give(run_id, Come(by=ADA), act(NOTED, worknotes="first"), Pause(by=ADA))
    before, state = store.history(run_id), hashes(store, run_id)
    assert store.run(run_id).status == "waiting"
    assert store.mark_interrupted() == []
    assert isinstance(before[-1], Attendance)
    assert before[-1].action == "left"

    with Engine(store) as engine:
        bench = Bench(engine, store)
        engine.reopen(run_id)
        engine.reopen(run_id)  # has it already
        bench.give(run_id, Come(by=ADA), act(LOOK))
        after = store.history(run_id)
        assert after[: len(before)] == before
        [look] = [event for event in after[len(before) :] if isinstance(event, ToolResult)]
        assert "first" in str(look.result)
        assert hashes(store, run_id) == state
        bench.give(run_id, act(NOTED), Answer(by=ADA, text="Done."))
        assert bench.ended(run_id).status == "passed"
    heads = store.steps(run_id)
    assert [head.number for head in heads] == list(range(len(heads)))


def test_leaving_in_the_middle_of_nothing_records_no_one_who_left(store: Store, source: str) -> None:
    with Engine(store) as engine:
        run_id = Bench(engine, store).launch(source, agent="human")
        until(lambda: store.run(run_id).status == "waiting")
    assert not [event for event in store.history(run_id) if isinstance(event, Attendance)]


def test_a_run_that_has_ended_or_never_began_cannot_be_gone_on_with(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human")
    bench.give(run_id, Answer(by=ADA, text="Done."))
    bench.ended(run_id)
    with pytest.raises(StoreError, match="has ended"):
        bench.engine.reopen(run_id)
    with pytest.raises(StoreError, match="no run 99"):
        bench.engine.reopen(99)


def test_a_model_cannot_be_gone_on_with(bench: Bench, write_task: WriteTask) -> None:
    run_id = bench.launch(write_task([call(*LOOK[:1])] * 500), pause_s=0.05)
    other = Store.open(str(bench.store.database))
    with other, Engine(other) as engine, pytest.raises(StoreError, match="no person's run"):
        engine.reopen(run_id)
    bench.give(run_id, Stop(by=ADA))
    bench.ended(run_id)


KILLED = """
import sys, threading, time
from engine.runs.engine import Engine
from engine.runs.orders import Answer, Call, Come, Pause
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.store import Store

path, source, moment = sys.argv[1:]
if moment == "call":
    from engine.gyms.session import EmbeddedGym
    plain = EmbeddedGym.call
    async def slow(gym, name, arguments):
        if arguments.get("worknotes") == "lost":
            print("calling", flush=True)
            time.sleep(60)
        return await plain(gym, name, arguments)
    EmbeddedGym.call = slow
store = Store.open(path)
engine = Engine(store)
launch = Launch(sources=(source,), agent="human", seed_root=builtin_root(), frozen_clock=True)
[run_id] = engine.launch(launch).run_ids
def give(order):
    return engine.order(run_id, order)
def note(text):
    return give(Call(by="ada", tool="update_incident", arguments={"incident_id": "INC_001", "worknotes": text}))
give(Come(by="ada")).result()
note("first").result()
if moment == "call":
    note("lost")
else:
    print("waiting", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("moment", ["between", "call"])
def test_a_run_whose_process_was_killed_goes_on_where_it_was(
    store: Store, source: str, tmp_path: Path, moment: str
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "store.db"), source, moment],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    assert child.stdout is not None
    assert child.stdout.readline()
    [row] = store.runs()
    run_id = row.id
    elsewhere = rf"open in another eog-tui, process {child.pid} on {platform.node()}\. Leave it there"
    with Engine(store) as engine, pytest.raises(StoreError, match=elsewhere):
        engine.reopen(run_id)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert store.mark_interrupted() == []
    before = store.history(run_id)

    with Engine(store) as engine:
        bench = Bench(engine, store)
        engine.reopen(run_id)
        bench.give(run_id, Come(by=ADA), act(LOOK))
        history = store.history(run_id)
        assert history[: len(before)] == before
        results = [event for event in history if isinstance(event, ToolResult)]
        assert "first" in str(results[-1].result)
        if moment == "call":
            assert [event.is_error for event in results] == [False, True, False]
            assert "program ended" in (results[1].error or "")
            assert bench.steps(run_id)[1] == ("call", "update_incident", False)
        bench.give(run_id, act(NOTED), Answer(by=ADA, text="Done."))
        assert bench.ended(run_id).status == "passed"
    assert [event.kind for event in store.history(run_id)][-2:] == ["verdicts", "run_ended"]


def test_orders_left_while_nobody_had_the_run_open_do_not_wait_for_it(store: Store, source: str) -> None:
    with Engine(store) as engine:
        run_id = Bench(engine, store).launch(source, agent="human")
        until(lambda: store.run(run_id).status == "waiting")
    with Engine(store) as engine:
        bench = Bench(engine, store)
        engine.order(run_id, Stop(by="bob")).result(timeout=5)
        engine.reopen(run_id)
        time.sleep(0.6)
        assert store.run(run_id).status == "waiting"
        assert store.order_state(1).refusal
        bench.give(run_id, act(NOTED), Answer(by=ADA, text="Done."))
        assert bench.ended(run_id).status == "passed"


def test_who_leaves_while_the_state_is_brought_back_leaves_it_open(store: Store, source: str) -> None:
    with Engine(store) as engine:
        bench = Bench(engine, store)
        run_id = bench.launch(source, agent="human")
        bench.give(run_id, act(NOTED))
    for _ in range(3):
        with Engine(store) as engine:
            engine.reopen(run_id)
        assert store.run(run_id).status == "waiting"
    with Engine(store) as engine:
        engine.reopen(run_id)
        Bench(engine, store).give(run_id, Answer(by=ADA, text="Done."))
    assert store.run(run_id).status == "passed"


def test_the_words_of_a_person_are_found(bench: Bench, source: str) -> None:
    run_id = bench.launch(source, agent="human")
    bench.give(run_id, WriteNote(by=ADA, text="The toner is empty."), act(NOTED), Answer(by=ADA, text="Ordered ink."))
    bench.ended(run_id)
    assert bench.store.search(run_id, "toner") == [2]
    assert bench.store.search(run_id, "noted")[0] == 3
    assert bench.store.search(run_id, "ordered ink") == [4]
    assert [head.title for head in bench.store.steps(run_id, 2)][::2] == ["The toner is empty.", "Ordered ink."]


def test_a_run_that_is_asked_for_twice_at_once_is_gone_on_with_once(store: Store, source: str) -> None:
    with Engine(store) as engine:
        run_id = Bench(engine, store).launch(source, agent="human")
        until(lambda: store.run(run_id).status == "waiting")
    with Engine(store) as engine, ThreadPoolExecutor(4) as people:
        list(people.map(engine.reopen, [run_id] * 4))
        bench = Bench(engine, store)
        bench.give(run_id, act(NOTED), Answer(by=ADA, text="Done."))
        assert bench.ended(run_id).status == "passed"
    assert [event.kind for event in store.history(run_id)].count("run_ended") == 1
