"""A launch while it is recorded: orders come to its runs, and none is left behind when it fails half-way."""

from __future__ import annotations

import getpass
import os
import threading
from collections.abc import Callable

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import ORDER, Stop
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.store import NewRun, Store, StoreError
from engine.who import me
from tests.runs.material import call
from tests.runs.people import until

WriteTask = Callable[..., str]

READ = call("find_incident_by_id", incident_id="INC_001")


@pytest.mark.parametrize("begun", [False, True], ids=["first", "beside others"])
def test_a_launch_that_fails_half_way_leaves_no_run_queued(
    engine: Engine, store: Store, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    source, create = write_task([READ]), Store.create_run
    if begun:
        engine.launch(Launch(sources=(source,), seed_root=builtin_root())).done.result(timeout=60)
    before = store.count()

    def full(store: Store, new: NewRun) -> int:
        if store.count() == before + 3:
            raise StoreError("There is no room left for the store.")
        return create(store, new)

    monkeypatch.setattr(Store, "create_run", full)
    with pytest.raises(StoreError, match="no room left"):
        engine.launch(Launch(sources=(source,), seed_root=builtin_root(), repeat=6))

    rows = [row for row in store.runs() if row.id > before]
    assert [(row.status, row.error) for row in rows] == [("stopped", "stopped before it started")] * 3
    assert engine.alive() == []


def test_an_order_of_another_process_comes_to_a_run_whose_launch_is_still_being_recorded(
    engine: Engine, store: Store, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, create, settled = write_task([READ]), Store.create_run, threading.Event()
    engine.launch(Launch(sources=(source,), seed_root=builtin_root(), pause_s=300))  # orders are taken for it

    def slow(store: Store, new: NewRun) -> int:
        if store.count() == 3:  # the second of the launch
            assert settled.wait(60)
        return create(store, new)

    monkeypatch.setattr(Store, "create_run", slow)
    launch = Launch(sources=(source,), seed_root=builtin_root(), repeat=3)
    launching = threading.Thread(target=engine.launch, args=(launch,))
    launching.start()
    until(lambda: store.count() == 3)
    order = store.put_order(2, ORDER.dump_json(Stop(by="bob")).decode())
    state = until(lambda: (now := store.order_state(order)).done and now)
    settled.set()
    launching.join()

    assert not state.refusal
    until(lambda: not engine.owns(2))
    assert (store.run(2).status, store.run(2).error) == ("stopped", "stopped by bob before it started")


def test_an_order_that_cannot_be_answered_does_not_take_the_next_ones_along(
    engine: Engine, store: Store, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, refused = Store.settle_order, []

    def busy_for_once(store: Store, number: int, refusal: str) -> None:
        if not refused:
            refused.append(refusal)
            raise StoreError("The store is busy.")
        settle(store, number, refusal)

    monkeypatch.setattr(Store, "settle_order", busy_for_once)
    launch = Launch(sources=(write_task([READ]),), seed_root=builtin_root(), pause_s=300)
    [run_id] = engine.launch(launch).run_ids
    for body in ('{"kind": "dance", "by": "bob"}', ORDER.dump_json(Stop(by="bob")).decode()):
        store.put_order(run_id, body)

    until(lambda: not engine.owns(run_id))
    assert "knows no such order" in refused[0]
    assert store.run(run_id).error.startswith("stopped by bob")


def test_who_stops_a_run_before_anything_is_recorded_is_named(
    engine: Engine, store: Store, write_task: WriteTask
) -> None:
    source = write_task([READ])
    launch = Launch(sources=(source,), seed_root=builtin_root(), pause_s=300, repeat=2, concurrency=1)
    _, second = engine.launch(launch).run_ids
    engine.order(second, Stop(by="ada"))
    until(lambda: not engine.owns(second))
    assert store.run(second).error == "stopped by ada before it started"


def test_the_command_of_a_launch_names_whole_numbers_as_such() -> None:
    launch = Launch(sources=("tasks",), max_steps=2_000_000, repeat=1_234_567, pause_s=0.125)
    assert launch.command() == ("eog-tui run tasks --agent scripted --pause 0.125 --repeat 1234567 --max-steps 2000000")


def test_a_person_without_a_name_on_this_system_is_named_by_their_number(
    store: Store, write_task: WriteTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(getpass, "getuser", nameless)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert me() == "uid 12345"

    with Engine(store) as engine:
        launch = Launch(sources=(write_task([READ]),), seed_root=builtin_root(), pause_s=300, repeat=2, concurrency=1)
        engine.launch(launch)
        until(lambda: store.run(1).steps > 1)
    assert [row.error for row in store.runs()] == ["stopped by uid 12345 before it started", "stopped by uid 12345"]
