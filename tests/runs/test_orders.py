"""Orders on their way: from any thread and process, in any sequence, each is answered and no run hangs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.runs.engine import Engine
from engine.runs.orders import (
    ORDER,
    AcceptPlan,
    Answer,
    ApproveCall,
    Call,
    Come,
    Go,
    HandBack,
    Order,
    OrderError,
    Pause,
    Reject,
    Resume,
    Say,
    Step,
    Stop,
    Supervise,
    TakeOver,
    WriteNote,
)
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.events import Intervention, Message, Note, Proposal
from engine.trajectory.store import Store, StoreError
from tests.runs.material import call, count_check
from tests.runs.people import ADA, LOOK, NOTED, Bench, act, until

WriteTask = Callable[..., str]
PROJECT = str(Path(__file__).resolve().parents[2])

EVERY_ORDER: list[Order] = [
    Pause(by=ADA),
    Resume(by=ADA),
    Step(by=ADA),
    Stop(by=ADA),
    Say(by=ADA, text="Hm."),
    Supervise(by=ADA, approve="every", allow=("find_*",)),
    ApproveCall(by=ADA, call_id="c", arguments={"x": 1}),
    Reject(by=ADA, call_id="c", reason="no"),
    Answer(by=ADA, text="", refused=True),
    TakeOver(by=ADA),
    HandBack(by=ADA),
    act(LOOK),
    WriteNote(by=ADA, text="n"),
    Come(by=ADA),
    Go(by=ADA),
    AcceptPlan(by=ADA, text="p"),
]


@pytest.mark.parametrize("order", EVERY_ORDER, ids=lambda order: order.kind)
def test_every_order_survives_the_way_to_another_process(order: Order) -> None:
    assert ORDER.validate_json(ORDER.dump_json(order)) == order


@pytest.mark.parametrize("body", [{"kind": "pause"}, {"kind": "pause", "by": ""}, {"kind": "dance", "by": "ada"}])
def test_what_is_no_order_is_refused(body: Any) -> None:
    with pytest.raises(ValidationError):
        ORDER.validate_python(body)


def test_who_stops_waiting_for_an_order_does_not_take_it_back(bench: Bench, write_task: WriteTask) -> None:
    run_id = bench.launch(write_task([call("unused")]), agent="human")
    done = bench.engine.order(run_id, act(LOOK))
    assert not done.cancel()
    done.result(timeout=60)
    bench.give(run_id, Stop(by=ADA))
    bench.ended(run_id)


# Any sequence.

_ORDERS = st.one_of(
    st.sampled_from([*EVERY_ORDER[:3], *EVERY_ORDER[4:]]),
    st.just("approve"),
    st.just("reject"),
    st.just("wait"),
    st.builds(
        Call,
        by=st.just(ADA),
        tool=st.sampled_from(["find_incident_by_id", "update_incident", "make_coffee"]),
        arguments=st.dictionaries(
            st.sampled_from(["incident_id", "worknotes", "impact", "", "\0"]),
            st.one_of(st.none(), st.integers(), st.text(max_size=5), st.just("INC_001"), st.lists(st.none())),
            max_size=3,
        ),
    ),
)


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder) / "store.db") as store,
        Engine(store) as engine,
    ):
        yield Bench(engine, store)


@pytest.mark.parametrize("agent", ["scripted", "human"])
@given(orders=st.lists(_ORDERS, max_size=14))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_sequence_of_orders_hangs_a_run_or_loses_an_order(
    world: Bench, write_task: WriteTask, agent: str, orders: list[Any]
) -> None:
    source = write_task([call(NOTED[0], **NOTED[1])] * 3, [count_check("kept", "1 = 1")])
    run_id = world.launch(source, agent=agent, approve="every")
    given_: list[Future[None]] = []
    for order in orders:
        if order == "wait":
            time.sleep(0.02)
            continue
        if order in ("approve", "reject"):
            proposals = world.events(run_id, Proposal)
            call_id = proposals[-1].call_id if proposals else "none"
            order = ApproveCall(by=ADA, call_id=call_id) if order == "approve" else Reject(by=ADA, call_id=call_id)
        given_.append(world.engine.order(run_id, order))
    given_.append(world.engine.order(run_id, Stop(by=ADA)))

    row = world.ended(run_id)

    assert row.status in ("stopped", "passed")
    for done in given_:
        assert isinstance(done.exception(timeout=60), OrderError | None)
    heads = world.store.steps(run_id)
    assert [head.number for head in heads] == list(range(len(heads)))
    assert [head for head in heads if head.ok is None] == []
    assert row.steps == len(heads)


# Other processes.

CHILD = """
import sys, time
from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.store import Store

path, source, agent = sys.argv[1:]
with Store.open(path) as store, Engine(store) as engine:
    launch = Launch(sources=(source,), agent=agent, approve="every", seed_root=builtin_root())
    engine.launch(launch).done.result(timeout=60)
"""


@pytest.fixture
def elsewhere(tmp_path: Path, store: Store) -> Iterator[Callable[[str, str], int]]:
    """Start a run in another process; returns its number once it waits."""
    children = []

    def start(source: str, agent: str) -> int:
        words = [sys.executable, "-c", CHILD, str(tmp_path / "store.db"), source, agent]
        children.append(subprocess.Popen(words, cwd=PROJECT))
        return int(until(lambda: [row.id for row in store.runs() if row.status == "waiting"], 60)[0])

    yield start
    for child in children:
        child.kill()
        child.wait()


def carried_out(store: Store, run_id: int, order: Order) -> str | None:
    """Leave an order for another process and wait for what became of it: None, or why it is refused."""
    number = store.put_order(run_id, ORDER.dump_json(order).decode())
    state = until(lambda: (state := store.order_state(number)) and (state.done or state.refusal) and state, 60)
    assert state.taken
    refusal: str | None = state.refusal
    return refusal


def words(store: Store, run_id: int) -> list[tuple[str, str, str]]:
    """What people did, as it is recorded, without times and ids."""
    found = []
    for event in store.history(run_id):
        match event:
            case Intervention():
                found.append((event.action, event.by, event.text))
            case Note():
                found.append(("note", event.by, event.text))
            case Message(by=str() as by):
                found.append(("said", by, event.content))
    return found


def test_orders_from_another_process_leave_the_same_records(
    store: Store, engine: Engine, write_task: WriteTask, elsewhere: Callable[[str, str], int]
) -> None:
    source = write_task([call(NOTED[0], **NOTED[1])] * 3, [count_check("noted", "worknotes = 'noted'")])
    here = Bench(engine, store)

    def orders(run_id: int) -> Iterator[Order]:
        here.waiting(run_id)
        yield WriteNote(by=ADA, text="Watching.")
        yield Supervise(by=ADA, allow=("find_*",))
        yield ApproveCall(by=ADA, call_id=here.waiting(run_id).call_id)
        yield Reject(by=ADA, call_id=here.waiting(run_id).call_id, reason="Once is enough.")
        here.waiting(run_id)
        yield TakeOver(by=ADA)
        yield act(LOOK)
        yield Answer(by=ADA, text="Enough.")

    there = elsewhere(source, "scripted")
    for order in orders(there):
        assert carried_out(store, there, order) is None
    until(lambda: not store.run(there).alive)
    run_id = here.launch(source, approve="every")
    for order in orders(run_id):
        here.give(run_id, order)
    here.ended(run_id)

    assert words(store, there) == words(store, run_id)
    assert here.steps(there) == here.steps(run_id)
    assert (store.run(there).status, store.run(there).interventions) == ("passed", 2)
    assert store.run(run_id).interventions == 2


def test_an_order_that_another_process_refuses_says_why(
    store: Store, engine: Engine, write_task: WriteTask, elsewhere: Callable[[str, str], int]
) -> None:
    run_id = elsewhere(write_task([call("unused")]), "human")
    assert "hand back" in (carried_out(store, run_id, HandBack(by=ADA)) or "")
    number = store.put_order(run_id, '{"kind": "dance", "by": "ada"}')
    refusal = until(lambda: store.order_state(number).refusal, 60)
    assert "knows no such order" in refusal
    engine.order(run_id, Stop(by=ADA)).result(timeout=5)
    until(lambda: not store.run(run_id).alive, 60)
    with pytest.raises(StoreError, match="has ended"):
        store.put_order(run_id, ORDER.dump_json(Pause(by=ADA)).decode())
    assert isinstance(engine.order(run_id, Pause(by=ADA)).exception(timeout=5), OrderError)


def test_an_order_that_nobody_took_can_be_taken_back(store: Store, write_task: WriteTask) -> None:
    with Engine(store) as engine:
        run_id = Bench(engine, store).launch(write_task([call("unused")]), agent="human")
        until(lambda: store.run(run_id).status == "waiting")
    number = store.put_order(run_id, ORDER.dump_json(Stop(by=ADA)).decode())
    assert store.order_state(number) == (False, False, None)
    assert store.withdraw_order(number)
    assert not store.withdraw_order(number)
    with pytest.raises(StoreError, match="no order"):
        store.order_state(number)


def test_a_closing_engine_leaves_no_order_without_an_answer(store: Store, write_task: WriteTask) -> None:
    source = write_task([call("unused")])
    for _ in range(5):
        engine = Engine(store)
        launch = Launch(sources=(source,), agent="human", seed_root=builtin_root(), repeat=3)
        run_ids = engine.launch(launch).run_ids
        done = [engine.order(run_id, act(LOOK)) for run_id in run_ids for _ in range(3)]
        engine.close()
        done += [engine.order(run_id, Pause(by=ADA)) for run_id in run_ids]
        for each in done:
            assert isinstance(each.exception(timeout=60), OrderError | None)
