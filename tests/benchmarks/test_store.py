"""What recording and reading cost, and that it does not grow with what is already there. CPU time, in seconds."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from engine.tasks.models import Task
from engine.trajectory.changes import Change
from engine.trajectory.events import Message, RunStarted, ToolCall, ToolResult
from engine.trajectory.store import NewRun, RunQuery, RunRecorder, Store
from engine.trajectory.tables import Run

pytestmark = pytest.mark.benchmark(timer=time.process_time, warmup=False)

TASK = Task.model_validate(
    {
        "name": "bench",
        "system_prompt": "policy " * 4_000,
        "user_prompt": "Raise the impact of INC_003.",
        "gym_servers_config": [{"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": "http://localhost"}],
    }
)
CHANGE = Change(
    gym="gym-itsm-mcp",
    table="incident",
    op="update",
    key={"incident_id": "INC_003"},
    before={"impact": "medium", "updated_at": "2026-01-01 00:00:00"},
    after={"impact": "high", "updated_at": "2026-01-01 00:00:01"},
)
INCIDENT = json.dumps({"incident_id": "INC_003"} | {f"field_{number}": f"value {number}" for number in range(28)})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        yield store


def begin(store: Store) -> RunRecorder:
    recorder = store.recorder(store.create_run(NewRun(TASK, "bench", "itsm", "react", "gpt-5-mini")))
    recorder.append(RunStarted(gyms=(), tools="", tool_count=93, untouched=("fail",), max_steps=50))
    recorder.append(Message(step=0, role="system", content=TASK.system_prompt))
    recorder.append(Message(step=1, role="user", content=TASK.user_prompt))
    return recorder


def call(recorder: RunRecorder, text: str = INCIDENT) -> None:
    step, arguments = recorder.last_step + 1, {"incident_id": "INC_003", "impact": "high"}
    gym = "gym-itsm-mcp"
    recorder.append(ToolCall(step=step, call_id="c", tool="update_incident", arguments=arguments, gym=gym))
    recorder.append(
        ToolResult(
            step=step,
            call_id="c",
            tool="update_incident",
            gym=gym,
            is_error=False,
            result={"meta": None, "content": [{"type": "text", "text": text}], "isError": False},
            duration_s=0.01,
            changes=(CHANGE,),
            verifiers=("pass",),
        )
    )


def fill(store: Store, runs: int) -> None:
    """Copy one run many times over, with values that differ."""
    begin(store)
    with store.database.write() as connection:
        first = dict(connection.execute(select(Run.__table__)).mappings().one())
        rows = (
            first
            | {
                "id": number + 2,
                "task": f"Task {number % 500} printer",
                "status": ("passed", "failed", "errored")[number % 3],
                "steps": number % 47,
                "cost_usd": (number * 7919 % 10_007) / 10_007,
                "started_at": first["created_at"] - timedelta(seconds=number),
                "answer": "The impact is high now. " * 10,
            }
            for number in range(runs - 1)
        )
        while batch := list(itertools.islice(rows, 10_000)):
            connection.execute(insert(Run), batch)


@pytest.mark.parametrize("steps", [20, 2_000])
def test_append_a_call_and_its_result(store, benchmark, steps):
    recorder = begin(store)
    while recorder.last_step < steps:
        call(recorder)
    benchmark.pedantic(call, (recorder,), rounds=20, iterations=10)
    assert benchmark.stats.stats.median < 0.0016  # aim: 0.8 ms on an idle machine


@pytest.mark.parametrize("steps", [20, 2_000])
def test_follow_a_live_run(store, benchmark, steps):
    recorder = begin(store)
    while recorder.last_step < steps:
        call(recorder)
    heads = benchmark.pedantic(store.steps, (recorder.run_id, steps), rounds=20, iterations=10)
    assert [head.number for head in heads] == [steps]
    assert benchmark.stats.stats.median < 0.002


@pytest.mark.parametrize("runs", [100, 100_000])
@pytest.mark.parametrize("sort", ["id", "task", "cost_usd"])
def test_open_a_page_of_runs(store, benchmark, runs, sort):
    fill(store, runs)

    def page() -> tuple[int, int]:
        return len(store.runs(RunQuery(sort=sort), limit=50)), store.count()

    assert benchmark.pedantic(page, rounds=20, iterations=5) == (50, runs)
    assert benchmark.stats.stats.median < 0.006


@pytest.mark.parametrize("runs", [100, 100_000])
@pytest.mark.parametrize("read", ["counts", "filtered"])
def test_count_runs(store, benchmark, runs, read):
    fill(store, runs)
    counts: dict[str, Callable[[], object]] = {
        "counts": store.counts,
        "filtered": lambda: store.count(RunQuery.parse("status:failed printer")),
    }
    benchmark.pedantic(counts[read], rounds=10, iterations=2)
    assert benchmark.stats.stats.median < 0.15


@pytest.mark.parametrize("tokens", [90_000, 900_000])
@pytest.mark.parametrize("read", ["heads", "one step", "search"])
def test_open_a_replay_of_34_steps(store, benchmark, tokens, read):
    recorder = begin(store)
    text = json.dumps([{"incident_id": f"INC_{n:03}", "note": "four"} for n in range(tokens // 32 // 12)])
    while recorder.last_step < 33:
        call(recorder, text)
    reads: dict[str, Callable[[], list[object]]] = {
        "heads": lambda: [*store.steps(recorder.run_id)],
        "one step": lambda: [*store.events(recorder.run_id, 20)],
        "search": lambda: [*store.search(recorder.run_id, "nowhere to be found")],
    }
    found = benchmark.pedantic(reads[read], rounds=20, iterations=5)
    assert len(found) == {"heads": 34, "one step": 2, "search": 0}[read]
    assert benchmark.stats.stats.median < (0.06 if read == "search" else 0.005)
