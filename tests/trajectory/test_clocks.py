"""How long runs took: of a person's own run only what they worked on it, wherever the store is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine.trajectory.events import Attendance, Forked, Intervention, Note, RunEnded, now
from engine.trajectory.query import RunQuery
from engine.trajectory.store import Store
from engine.trajectory.tables import Process

STORY = ((10, "came"), (25, "pause"), (100, "resume"), (130, "left"))
"""45 seconds of work."""


@pytest.fixture
def acted(record: Callable[..., Any]) -> Callable[..., Any]:
    """Records a run of a person: seconds after ``begun``, and what they did then."""

    def act(
        *story: tuple[int, str], begun: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), agent: str = "human"
    ) -> int:
        run = record(agent=agent, model=None).start()
        for second, word in story:
            at = begun + timedelta(seconds=second)
            match word:
                case "came" | "left":
                    run.append(Attendance(step=1, at=at, action=word, by="ann"))
                case "pause" | "resume":
                    run.append(Intervention(step=1, at=at, action=word, by="ann"))
                case "ended":
                    run.append(RunEnded(step=1, at=at, status="passed"))
                case "forked":
                    run.append(Forked(step=1, at=at, parent=1, parent_step=1, by="ann", restored=("tables",)))
                case _:
                    run.append(Note(step=1, at=at, by="ann", text=word))
        return int(run.run_id)

    return act


def lengths(store: Store, run_id: int) -> set[float | None]:
    """What each way to read the run says of it."""
    rows = (store.run(run_id), *store.runs(RunQuery()), *store.family(run_id))
    return {row.duration_s for row in rows if row.id == run_id}


def test_a_run_that_its_person_left_takes_no_more_time(store: Store, acted: Callable[..., int]) -> None:
    assert lengths(store, acted(*STORY)) == {45.0}


def test_an_ended_run_of_a_person_took_what_they_worked(store: Store, acted: Callable[..., int]) -> None:
    run_id = acted(*STORY, (500, "came"), (510, "ended"))
    assert lengths(store, run_id) == {55.0}
    shorter = acted((0, "came"), (50, "ended"))
    by_length = RunQuery(sort="duration_s", descending=True)
    assert [row.id for row in store.runs(by_length)] == [run_id, shorter]


def test_while_they_work_the_time_goes_on(store: Store, acted: Callable[..., int]) -> None:
    began = now() - timedelta(seconds=100)
    assert 98 < (store.run(acted((0, "came"), begun=began)).duration_s or 0) < 140
    assert store.run(acted((0, "came"), (30, "pause"), begun=began)).duration_s == 30


def test_when_the_program_died_the_time_counts_up_to_the_last_thing_recorded(
    store: Store, acted: Callable[..., int]
) -> None:
    left = acted((0, "came"), (40, "a note"))
    again = acted((0, "came"), (40, "a note"), (500, "came"), (510, "another"), (512, "left"))
    with store.database.write() as connection:
        connection.execute(update(Process).values(started="long ago"))
    assert lengths(store, left) == {40.0}
    assert lengths(store, again) == {52.0}


def test_what_a_fork_has_from_its_parent_is_not_its_own_time(store: Store, acted: Callable[..., int]) -> None:
    assert lengths(store, acted((0, "came"), (40, "left"), (60, "forked"), (70, "came"), (75, "left"))) == {5.0}


def test_other_runs_take_the_time_from_start_to_end_also_where_a_person_took_over(
    store: Store, acted: Callable[..., int]
) -> None:
    run_id = acted((0, "came"), (10, "left"), (3_000, "ended"), agent="react", begun=now())
    assert 2_999 < (store.run(run_id).duration_s or 0) < 3_030


def test_a_run_that_nobody_came_to_counts_from_its_start(store: Store, acted: Callable[..., int]) -> None:
    assert 0 <= (store.run(acted()).duration_s or -1) < 30
