"""Several processes, and what is left when one of them is killed."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from engine.trajectory import database
from engine.trajectory.events import Message, RunEnded
from engine.trajectory.store import NewRun, OpenElsewhereError, Store, StoreError
from engine.trajectory.tables import Process

from .conftest import Recording, make_task

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

PROLOGUE = """
import sys
from engine.tasks.models import Task
from engine.trajectory.events import Message, RunEnded, RunStarted
from engine.trajectory.store import NewRun, Store

store = Store.open(sys.argv[1])
gym = {"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": "http://localhost"}
task = Task(name="t", system_prompt="s", user_prompt="u", gym_servers_config=[gym])
run_id = store.create_run(NewRun(task, "t", "itsm", "react"))
recorder = store.recorder(run_id)
recorder.append(RunStarted(gyms=(), tools="", tool_count=0, untouched=(), max_steps=5))
"""


def spawn(where: Path | str, program: str) -> subprocess.Popen[str]:
    source = PROLOGUE + textwrap.dedent(program)
    return subprocess.Popen([sys.executable, "-c", source, str(where)], stdout=subprocess.PIPE, text=True)


def test_a_killed_process_leaves_every_step_it_committed(where):
    child = spawn(
        where,
        """
        for step in range(1_000_000):
            recorder.append(Message(step=step, role="assistant", content=f"step {step}"))
            print(step, flush=True)
        """,
    )
    for line in child.stdout:
        if int(line) == 40:
            break
    with Store.open(where) as store:
        assert store.mark_interrupted() == []
        child.send_signal(signal.SIGKILL)
        printed = [40, *map(int, child.stdout.read().split())]
        child.wait()
        run_id = store.runs()[0].id
        assert store.mark_interrupted() == [run_id]
        run = store.run(run_id)
        heads = store.steps(run_id)
        assert run.status == "interrupted"
        assert run.steps == len(heads) >= printed[-1] + 1
        assert store.events(run_id, printed[-1])[0].content == f"step {printed[-1]}"
        assert store.events(run_id, heads[-1].number)[-1].status == "interrupted"
        assert run.ended_at is not None
        assert run.duration_s is not None
        assert store.mark_interrupted() == []
    if isinstance(where, Path):
        assert sqlite3.connect(where).execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_two_processes_make_and_write_one_store_at_once(where):
    children = [
        spawn(
            where,
            """
            for step in range(200):
                recorder.append(Message(step=step, role="assistant", content="x" * 1000))
            recorder.append(RunEnded(step=199, status="passed"))
            """,
        )
        for _ in range(2)
    ]
    assert [child.wait(timeout=60) for child in children] == [0, 0]
    with Store.open(where) as store:
        assert [(row.steps, row.status) for row in store.runs()] == [(200, "passed")] * 2


def test_a_store_that_another_process_keeps_is_an_error_and_works_again_afterwards(where, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with Store.open(where) as store, Store.open(where) as other:
        run = Recording(store).start()
        with other.database.write():
            assert len(store.steps(run.run_id)) == 2
            with pytest.raises(StoreError, match="Another process kept the store"):
                run.append(Message(step=2, role="assistant", content="one"))
        run.append(Message(step=2, role="assistant", content="two"))
        assert [head.title for head in store.steps(run.run_id, since=2)] == ["two"]


@pytest.mark.parametrize(("silent_since", "interrupted"), [(LONG_AGO, True), (None, False)])
def test_a_process_of_another_host_is_given_up_after_a_long_silence(store, record, silent_since, interrupted):
    run = record().start()
    with store.database.write() as connection:
        connection.execute(
            update(Process).values(host="elsewhere", **({"seen_at": silent_since} if silent_since else {}))
        )
    assert store.mark_interrupted() == ([run.run_id] if interrupted else [])


def test_a_heartbeat_keeps_a_process_of_another_host_alive(store, record):
    record().start()
    with store.database.write() as connection:
        connection.execute(update(Process).values(host="elsewhere", seen_at=LONG_AGO))
    store.heartbeat()
    assert store.mark_interrupted() == []


def test_a_run_that_begins_after_hours_without_any_is_not_taken_for_dead(store, where, record):
    record().start().append(RunEnded(step=1, status="passed"))
    with store.database.write() as connection:
        connection.execute(update(Process).values(host="elsewhere", seen_at=LONG_AGO))
    run = record().start()
    with Store.open(where) as colleague:
        assert colleague.mark_interrupted() == []
    run.append(Message(step=2, role="assistant", content="still here"))


def test_a_run_that_is_gone_on_with_after_hours_is_not_taken_away(store, where, record):
    run = record(agent="human").start()
    with store.database.write() as connection:
        connection.execute(update(Process).values(host="elsewhere", seen_at=LONG_AGO))
    store.reopen(run.run_id)
    with Store.open(where) as colleague, pytest.raises(OpenElsewhereError):
        colleague.reopen(run.run_id)


def test_threads_that_begin_their_first_runs_at_once_are_one_process(store):
    task, together = make_task(), threading.Barrier(8)
    run_ids = []

    def begin():
        together.wait()
        run_ids.append(store.create_run(NewRun(task, task.name, "itsm", "react")))

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run_id in run_ids:
        store.put_order(run_id, "{}")
    assert sorted(run_id for _, run_id, _ in store.take_orders()) == sorted(run_ids)


def test_a_process_id_that_came_back_is_another_process(store, record):
    run = record()
    with store.database.write() as connection:
        connection.execute(update(Process).values(started="long ago"))
    assert store.mark_interrupted() == [run.run_id]
    assert store.run(run.run_id).duration_s is None


def test_runs_of_this_process_are_not_interrupted(store, record):
    record().start()
    assert store.mark_interrupted() == []


def test_a_new_run_needs_only_a_task(store, record):
    task = store.task(record().run_id)
    row = store.run(store.create_run(NewRun(task, task.name, "itsm", "human")))
    assert (row.model, row.gyms, row.experiment_id, row.started_at) == (None, "embedded", None, None)
