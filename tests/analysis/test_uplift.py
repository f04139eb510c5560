"""What plans are worth: which runs are paired, what the figures are, and when they are more than noise."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.analysis.uplift import uplift
from engine.tasks.models import Task
from engine.trajectory.events import Intervention, RunEnded, RunStarted
from engine.trajectory.store import NewRun, RunQuery, Store

VERIFIERS = 4


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def record(store: Store) -> Callable[..., int]:
    """Record a run that passed some of its four verifiers; all four make a pass."""

    def one(task: str, passed: int, *, plan: str | None = None, reached_into: bool = False, **new: Any) -> int:
        check = {"verifier_type": "database_state", "name": "v", "validation_config": {"query": "SELECT 1"}}
        gym = {"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": "http://localhost:8006"}
        whole = Task.model_validate(
            {
                "system_prompt": "",
                "user_prompt": "",
                "gym_servers_config": [gym],
                "verifiers": [check] * VERIFIERS,
            }
        )
        status = new.pop("status", "passed" if passed == VERIFIERS else "failed")
        fields = {
            "task": whole,
            "task_name": task,
            "domain": "itsm",
            "agent": "react",
            "model": "m",
            "plan": plan,
        } | new
        run_id = store.create_run(NewRun(**fields))
        recorder = store.recorder(run_id)
        outcomes = ("pass",) * passed + ("fail",) * (VERIFIERS - passed)
        recorder.append(RunStarted(gyms=(), tools="", tool_count=1, untouched=outcomes, max_steps=9))
        if reached_into:
            recorder.append(Intervention(step=0, action="answer", by="ada"))
        recorder.append(RunEnded(status=status))
        return run_id

    return one


def test_rates_are_means_over_tasks_of_means_over_runs(store: Store, record: Callable[..., int]) -> None:
    record("a", 0)
    for passed in (4, 4, 4, 2):
        record("a", passed, plan="1 v1")
    record("b", 4)
    record("b", 2)
    record("b", 4, plan="2 v1")

    report = uplift(store)

    assert report.tasks == 2
    assert (report.without.runs, report.planned.runs, report.unpaired) == (3, 5, 0)
    a, b = report.pairs
    assert (a.task, a.without.success, a.planned.success) == ("a", 0.0, 0.75)
    assert (a.without.verifiers, a.planned.verifiers) == (0.0, 0.875)
    assert (b.without.success, b.planned.success) == (0.5, 1.0)
    assert report.without.success == 0.25
    assert report.planned.success == 0.875
    assert report.success.mean == pytest.approx(0.625)
    assert report.verifiers.mean == pytest.approx((0.875 + 0.25) / 2)
    assert report.success.mean == pytest.approx(report.planned.success - report.without.success)


def test_only_the_same_task_agent_and_model_are_paired(store: Store, record: Callable[..., int]) -> None:
    record("a", 0)
    record("a", 4, plan="1 v1", model="other")
    record("b", 4, plan="1 v1", agent="human", model=None)
    record("b", 0, agent="human", model=None)
    record("b", 0, agent="planner_react")
    record("c", 4, plan="1 v1", domain="csm")
    record("c", 4)

    report = uplift(store)

    assert [(pair.task, pair.agent, pair.model) for pair in report.pairs] == [("b", "human", None)]
    assert report.unpaired == 5


def test_forks_unended_broken_and_reached_into_runs_do_not_count(store: Store, record: Callable[..., int]) -> None:
    record("a", 0)
    record("a", 4, plan="1 v1")
    record("a", 4, parent_id=1)
    for status in ("errored", "stopped"):
        record("a", 4, status=status)
    record("a", 4, reached_into=True)

    assert uplift(store).without.runs == 1
    assert uplift(store).success.mean == 1.0
    with_people = uplift(store, intervened=True)
    assert (with_people.without.runs, with_people.success.mean) == (2, 0.5)


def test_filters_choose_the_runs(store: Store, record: Callable[..., int]) -> None:
    for task, domain in (("a", "itsm"), ("b", "csm")):
        record(task, 0, domain=domain)
        record(task, 4, plan="1 v1", domain=domain)

    assert [pair.task for pair in uplift(store, RunQuery.parse("domain:csm")).pairs] == ["b"]


def test_the_interval_is_that_of_the_mean_and_repeats_exactly(store: Store, record: Callable[..., int]) -> None:
    chance = random.Random(7)
    gains = []
    for number in range(40):
        before, after = chance.choice((0, 4)), chance.choice((0, 4, 4))
        record(f"t{number}", before)
        record(f"t{number}", after, plan="1 v1")
        gains.append((after - before) / 4)

    report = uplift(store)
    assert report == uplift(store)

    gain = report.success
    assert gain.low is not None
    assert gain.high is not None
    mean = sum(gains) / 40
    spread = (sum((each - mean) ** 2 for each in gains) / 39 / 40) ** 0.5
    assert gain.mean == pytest.approx(mean)
    # For 40 tasks the bootstrap and the normal approximation agree well.
    assert gain.low == pytest.approx(mean - 1.96 * spread, abs=0.05)
    assert gain.high == pytest.approx(mean + 1.96 * spread, abs=0.05)


def compared(store: Store, record: Callable[..., int], *sides: tuple[int, int]) -> str:
    for number, (before, after) in enumerate(sides):
        record(f"t{number}", before)
        record(f"t{number}", after, plan="1 v1")
    return uplift(store).sentence


def test_a_gain_in_every_task_is_beyond_noise(store: Store, record: Callable[..., int]) -> None:
    assert compared(store, record, *[(0, 4)] * 6) == (
        "With plans: +100.0 points of success over 6 tasks, 95 % interval +100.0 to +100.0: plans help, beyond noise."
    )


def test_a_loss_in_every_task_is_beyond_noise(store: Store, record: Callable[..., int]) -> None:
    assert compared(store, record, *[(4, 0)] * 8).endswith("plans harm, beyond noise.")


def test_gains_and_losses_together_can_be_noise(store: Store, record: Callable[..., int]) -> None:
    assert compared(store, record, *[(0, 4), (4, 0)] * 4).endswith("this can be noise.")


def test_few_tasks_say_nothing_whatever_they_show(store: Store, record: Callable[..., int]) -> None:
    assert "too few to tell it from noise" in compared(store, record, *[(0, 4)] * 5)


def test_a_single_task_has_no_interval(store: Store, record: Callable[..., int]) -> None:
    assert "over 1 task. That is too few" in compared(store, record, (0, 4))
    assert uplift(store).success.low is None


def test_an_empty_store_says_so(store: Store) -> None:
    report = uplift(store)

    assert (report.tasks, report.pairs) == (0, ())
    assert report.sentence.startswith("No task was run both")
