"""What plans are worth: the same tasks with and without one, paired."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import func, select

from engine.trajectory.store import RunQuery, Store
from engine.trajectory.tables import Run

RESAMPLES = 2_000
"""How often the tasks are drawn again for an interval."""

ENOUGH_TASKS = 6
"""Fewer may all go one way by chance: five do so in 1 of 16 cases, six in 1 of 32, which is below 5 %."""


@dataclass(frozen=True, slots=True)
class Side:
    """Runs of one kind: those with a plan, or those without."""

    runs: int
    success: float
    """Share of them that passed, 0 to 1."""
    verifiers: float
    """Mean share of its verifiers that a run passed, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One task, worked on by the same agent and model with and without a plan."""

    task: str
    domain: str
    agent: str
    model: str | None
    without: Side
    planned: Side


@dataclass(frozen=True, slots=True)
class Gain:
    """How much higher a rate is with plans: a mean over tasks, -1 to 1, and where it lies with 95 % confidence."""

    mean: float
    low: float | None
    """None, as ``high``, for a single task, which says nothing about others."""
    high: float | None


@dataclass(frozen=True, slots=True)
class Uplift:
    """The whole report."""

    pairs: tuple[Pair, ...]
    """By domain, task, agent and model."""
    tasks: int
    """How many tasks were run with and without a plan."""
    without: Side
    """Number of runs, and means over tasks; so is ``planned``."""
    planned: Side
    success: Gain
    verifiers: Gain
    unpaired: int
    """Runs of which there is no counterpart, so that they say nothing here."""
    sentence: str
    """What it comes to, in words."""


def uplift(store: Store, query: RunQuery | None = None, *, intervened: bool = False, seed: int = 0) -> Uplift:
    """Compare runs with and without a plan.

    Counted are runs that passed or failed and are no forks; a pair is the runs of one task by one agent with one
    model that had a plan, against those that had none. With ``s(k)`` the mean of a rate over the runs of side ``k``,
    a pair's difference is ``s(planned) - s(without)``; a task's is the mean over its pairs, and the gain is the mean
    over tasks. So each task counts the same, however often it was run.

    The interval is the percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter
    13) of that mean: tasks are drawn with replacement ``RESAMPLES`` times, and 2.5 % of the means lie below and above
    it. Tasks are drawn, not runs, since runs of one task are not independent of each other.

    Args:
        store: has the runs.
        query: which of its runs to count; all without one.
        intervened: whether to count runs that a person reached into, too.
        seed: of the random numbers, so that the same runs give the same interval.
    """
    pairs, unpaired = _pairs(_sides(store, query or RunQuery(), intervened))
    by_task: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        by_task.setdefault((pair.domain, pair.task), []).append(pair)
    without, planned = (_together(by_task.values(), name) for name in ("without", "planned"))
    gains = [
        (
            fmean(pair.planned.success - pair.without.success for pair in those),
            fmean(pair.planned.verifiers - pair.without.verifiers for pair in those),
        )
        for those in by_task.values()
    ]
    success, verifiers = _estimated(gains, random.Random(seed))  # noqa: S311 - draws tasks, guards nothing
    sentence = _in_words(success, len(gains))
    return Uplift(tuple(pairs), len(gains), without, planned, success, verifiers, unpaired, sentence)


_Key = tuple[str, str, str, str | None]
"""Domain, task, agent and model."""


def _sides(store: Store, query: RunQuery, intervened: bool) -> dict[_Key, dict[bool, Side]]:
    key = (Run.domain, Run.task, Run.agent, Run.model)
    has_plan = Run.plan.is_not(None)
    rate = func.coalesce(Run.verifiers_passed, 0) * 1.0 / func.nullif(Run.verifiers_total, 0)
    rows = (
        select(
            *key,
            has_plan.label("planned"),
            func.count().label("runs"),
            func.count().filter(Run.status == "passed").label("passed"),
            func.coalesce(func.avg(rate), 0.0).label("verifiers"),
        )
        .where(Run.status.in_(("passed", "failed")), Run.parent_id.is_(None), *query.conditions())
        .group_by(*key, has_plan)
        .order_by(*key)
    )
    if not intervened:
        rows = rows.where(Run.interventions == 0)
    sides: dict[_Key, dict[bool, Side]] = {}
    with store.database.read() as connection:
        for row in connection.execute(rows):
            side = Side(row.runs, row.passed / row.runs, float(row.verifiers))
            sides.setdefault((row.domain, row.task, row.agent, row.model), {})[bool(row.planned)] = side
    return sides


def _pairs(sides: Mapping[_Key, Mapping[bool, Side]]) -> tuple[list[Pair], int]:
    """Those with both sides, and how many runs the others have."""
    pairs, unpaired = [], 0
    for (domain, task, agent, model), those in sides.items():
        if len(those) == 2:
            pairs.append(Pair(task, domain, agent, model, without=those[False], planned=those[True]))
        else:
            unpaired += sum(side.runs for side in those.values())
    return pairs, unpaired


def _together(tasks: Iterable[Sequence[Pair]], name: str) -> Side:
    """One side of all pairs: each task counts the same."""
    sides: list[list[Side]] = [[getattr(pair, name) for pair in pairs] for pairs in tasks]
    if not sides:
        return Side(0, 0.0, 0.0)
    return Side(
        sum(side.runs for those in sides for side in those),
        fmean(fmean(side.success for side in those) for those in sides),
        fmean(fmean(side.verifiers for side in those) for those in sides),
    )


def _estimated(gains: Sequence[tuple[float, float]], chance: random.Random) -> tuple[Gain, Gain]:
    """Mean and interval of both rates; the same draws serve both."""
    if not gains:
        return Gain(0.0, None, None), Gain(0.0, None, None)
    means = [fmean(column) for column in zip(*gains, strict=True)]
    if len(gains) == 1:
        return Gain(means[0], None, None), Gain(means[1], None, None)
    drawn: tuple[list[float], list[float]] = ([], [])
    for _ in range(RESAMPLES):
        sample = chance.choices(gains, k=len(gains))
        drawn[0].append(sum([gain[0] for gain in sample]) / len(gains))
        drawn[1].append(sum([gain[1] for gain in sample]) / len(gains))
    tail = round(RESAMPLES * 0.025)
    success, verifiers = (
        Gain(mean, low=sorted(column)[tail], high=sorted(column)[-tail - 1])
        for mean, column in zip(means, drawn, strict=True)
    )
    return success, verifiers


def _in_words(gain: Gain, tasks: int) -> str:
    if tasks == 0:
        return "No task was run both with and without a plan by the same agent and model."
    counted = "1 task" if tasks == 1 else f"{tasks} tasks"
    change = f"{gain.mean * 100:+.1f} points of success over {counted}"
    if tasks < ENOUGH_TASKS or gain.low is None or gain.high is None:
        return f"With plans: {change}. That is too few to tell it from noise; {ENOUGH_TASKS} tasks are the least."
    interval = f"95 % interval {gain.low * 100:+.1f} to {gain.high * 100:+.1f}"
    if gain.low <= 0 <= gain.high:
        return f"With plans: {change}, {interval}: this can be noise."
    return f"With plans: {change}, {interval}: plans {'help' if gain.mean > 0 else 'harm'}, beyond noise."
