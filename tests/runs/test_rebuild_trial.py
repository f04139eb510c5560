"""A call tried on a copy of a rebuilt state: which rows it would change, which verifiers it would turn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.runs.rebuild import Rebuilder, State
from engine.runs.seeds import Seeds
from engine.tasks.models import Task
from tests.gyms.builtin import GYM_DBS
from tests.runs.material import count_check
from tests.runs.stepping import Call, look, step_through, task_at, touched


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds()


@pytest.fixture
def rebuilder(store, seeds) -> Rebuilder:
    return Rebuilder(store, seeds)


RAISE: Call = ("update_incident", {"incident_id": "INC_001", "impact": "high", "worknotes": "Seen."})


@pytest.fixture
def tried(store, seeds, rebuilder, write_task) -> Iterator[tuple[State, Task]]:
    checks = [count_check("raised", "impact = 'high'"), count_check("kept", "caller_id IS NOT NULL")]
    called = {"tool_execution": {"selected_tools": ["update_incident"], "minimum_tool_calls": 2}}
    checks += [{"verifier_type": kind, "validation_config": config} for kind, config in called.items()]
    task = task_at(Path(write_task([], checks, restricted_tools=["create_incident"])))
    find = ("find_incident_by_id", {"incident_id": "INC_001"})
    stepped = asyncio.run(step_through(store, seeds, task, [find], frozen=True))
    with rebuilder.at(stepped.run_id, 2) as state:
        yield state, task


def test_it_names_the_rows_and_the_verifiers_that_would_turn(tried):
    state, task = tried
    trial = state.try_call(task, *RAISE)
    assert touched(trial.changes) == [("update", "incident", "INC_001")]
    assert json.loads(trial.text)["impact"] == "high"
    assert (trial.before, trial.after) == (("fail", "pass", "fail"), ("pass", "pass", "pass"))
    assert trial.turned == (0, 2)


def test_it_leaves_the_state_as_it_is_and_can_be_had_again(tried):
    state, task = tried
    before = look(state)
    first, other, again = (
        state.try_call(task, tool, {**arguments, "impact": impact})
        for impact, (tool, arguments) in zip(["high", "medium", "high"], [RAISE] * 3, strict=True)
    )
    assert look(state) == before
    assert (first.text, first.changes, first.after) == (again.text, again.changes, again.after)
    assert other.after == ("fail", "pass", "pass")


def test_a_call_that_would_fail_says_how_and_turns_no_row(tried):
    state, task = tried
    trial = state.try_call(task, "update_incident", {"incident_id": "INC_999"})
    assert (trial.is_error, trial.changes, trial.turned) == (True, (), (2,))
    assert "INC_999" in trial.text


@pytest.mark.parametrize("tool", ["create_incident", "format_disk"])
def test_a_tool_that_is_not_offered_would_not_run(tried, tool):
    state, task = tried
    trial = state.try_call(task, tool, {})
    assert trial.is_error
    assert trial.text.startswith(f"Unknown tool: {tool}")
    assert (trial.changes, trial.turned) == ((), ())


def test_several_threads_may_try_at_once(tried):
    state, task = tried
    with ThreadPoolExecutor(8) as pool:
        trials = list(pool.map(lambda _: state.try_call(task, *RAISE), range(40)))
    assert {trial.text for trial in trials} == {trials[0].text}


def test_it_acts_in_the_name_of_whoever_the_task_says(store, seeds, rebuilder):
    task = task_at(GYM_DBS / "csm/tasks/agent-leaves.json", selected_tools=None)
    stepped = asyncio.run(step_through(store, seeds, task, [], frozen=True))
    with rebuilder.at(stepped.run_id, 1) as state:
        assert not state.try_call(task, "find_location", {"name": "Alderway London"}).is_error
        (gym,) = state.gyms.values()
        assert gym.headers == {"x-user-email": "raymond.castillo@alderway.example"}
