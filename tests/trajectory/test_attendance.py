"""How long a person worked: what counts is between coming and leaving, without the pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.trajectory.attendance import attended, worked_s
from engine.trajectory.events import Attendance, Event, Forked, Intervention, Note, RunEnded

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(second: int) -> datetime:
    return NINE + timedelta(seconds=second)


def told(*story: tuple[int, str]) -> list[Event]:
    """Events by second and word."""

    def event(word: str, **when: Any) -> Event:
        match word:
            case "came" | "left":
                return Attendance(action=word, by="ann", **when)
            case "pause" | "resume":
                return Intervention(action=word, by="ann", **when)
            case "ended":
                return RunEnded(status="passed", **when)
            case "forked":
                return Forked(parent=1, parent_step=4, by="ann", restored=("tables",), **when)
        return Note(by="ann", text=word, **when)

    return [event(word, at=at(second)) for second, word in story]


@pytest.mark.parametrize(
    ("story", "until", "seconds"),
    [
        ([], 50, 0),
        ([(5, "nobody is there")], 50, 0),
        ([(10, "came")], 50, 40),
        ([(10, "came"), (30, "left")], 50, 20),
        ([(10, "came"), (30, "left"), (40, "came"), (45, "left")], 50, 25),
        ([(10, "came"), (20, "pause"), (35, "resume"), (40, "left")], 50, 15),
        ([(10, "came"), (20, "pause")], 50, 10),
        ([(10, "came"), (20, "pause"), (30, "left"), (40, "came")], 50, 20),
        ([(10, "came"), (20, "pause"), (25, "pause"), (30, "resume"), (32, "resume")], 50, 30),
        ([(10, "came"), (30, "ended")], 50, 20),
        ([(5, "pause"), (10, "came")], 50, 40),
    ],
)
def test_the_clock_runs_from_coming_to_leaving_without_pauses(
    story: list[tuple[int, str]], until: int, seconds: float
) -> None:
    assert worked_s(told(*story), at(until)) == seconds


def test_after_a_crash_the_clock_ran_until_the_last_thing_recorded() -> None:
    assert worked_s(told((10, "came"), (25, "a note"), (900, "came"), (910, "left")), at(1000)) == 15 + 10


def test_the_parents_time_is_not_the_forks() -> None:
    assert worked_s(told((10, "came"), (90, "a note"), (200, "forked"), (210, "came"), (215, "left")), at(300)) == 5


def test_it_says_whether_somebody_is_there() -> None:
    assert not attended(told()).present
    assert attended(told((1, "came"))).present
    paused = attended(told((1, "came"), (5, "pause")))
    assert (paused.present, paused.paused, paused.since) == (True, True, None)
    assert not attended(told((1, "came"), (5, "pause"), (6, "left"))).present
