"""How long it takes to stand at a step of a recorded run again, and to try a call there; by hand, with -n 0."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from engine.runs.rebuild import Rebuilder, State
from engine.runs.seeds import Seeds
from engine.tasks.models import Task
from engine.trajectory.store import Store
from tests.benchmarks.test_databases import best_of
from tests.gyms.builtin import GYM_DBS
from tests.runs.stepping import Call, Stepped, step_through, task_at

STEPS = (10, 100, 1000)
TASK = task_at(GYM_DBS / "csm/tasks/agent-leaves.json", selected_tools=None)
"""On the seed of 10,304 rows, with ten verifiers."""

REBUILD_MS = 250
"""Step 1,000 may take this long."""

TRIAL_MS = 16
"""A trial is to be there in the frame after the keypress."""


def calls() -> Iterator[Call]:
    """Half of them change a case, a quarter adds a row, a quarter reads."""
    for number in range(STEPS[-1]):
        case = {"case_id": number % 1200 + 1}
        match number % 4:
            case 0 | 2:
                yield "update_case", {**case, "short_description": f"The story as of call {number}"}
            case 1:
                yield "send_notification", {**case, "email": "gemma.rudd@alderway.example", "type": "update"}
            case 3:
                yield "find_case_slas", case


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("rebuild") / "store.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def run(store: Store, seeds: Seeds) -> Stepped:
    stepped = asyncio.run(step_through(store, seeds, TASK, calls(), frozen=True, looking=False))
    assert not any(outcome.is_error for _, outcome in stepped.calls.values())
    return stepped


@pytest.mark.parametrize("step", STEPS)
def test_rebuild(benchmark: Any, store: Store, seeds: Seeds, run: Stepped, step: int) -> None:
    """The state after a step: the time grows with the events up to there, beside a part that the seed costs."""
    rebuilder = Rebuilder(store, seeds)

    def rebuild() -> None:
        rebuilder.at(run.run_id, step + 1).close()

    took = best_of(5, rebuild) * 1e3
    benchmark.pedantic(rebuild, rounds=5)
    print(f"\nstep {step:,}: {took:.1f} ms, {len(store.changes(run.run_id, 0, step + 1))} changes")
    assert took < REBUILD_MS


@pytest.mark.parametrize("tool", ["update_case", "find_case_slas"])
def test_trial(benchmark: Any, store: Store, seeds: Seeds, run: Stepped, tool: str) -> None:
    """A call on a copy of 10,000 rows, and the verifiers that it may turn; again and again as someone types."""
    arguments = {"case_id": 5} | ({"short_description": "typed"} if tool == "update_case" else {})
    with Rebuilder(store, seeds).at(run.run_id, 1001) as state:
        took = best_of(30, lambda: tried(state, TASK, tool, arguments)) * 1e3
        benchmark(tried, state, TASK, tool, arguments)
    print(f"\n{tool}: {took:.1f} ms")
    assert took < TRIAL_MS


def tried(state: State, task: Task, tool: str, arguments: dict[str, Any]) -> None:
    assert not state.try_call(task, tool, arguments).is_error
