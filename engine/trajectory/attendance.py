"""How long a person worked on a run: from when they came to when they left, less the pauses they took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.trajectory.events import Attendance, Event, Forked, Intervention, RunEnded

TELLING = ("attendance", "intervention", "forked", "run_ended")
"""Kinds of the events that the clock follows."""


@dataclass(frozen=True)
class Attended:
    """A person's time so far, as a clock needs it."""

    settled_s: float = 0.0
    """Seconds of the stretches that are over."""
    since: datetime | None = None
    """When the stretch that goes on began, UTC; None while the clock stands."""
    present: bool = False
    """Whether they came and did not leave; they may pause."""
    paused: bool = False

    def seconds(self, until: datetime) -> float:
        """Seconds worked up to a moment."""
        return self.settled_s + (max((until - self.since).total_seconds(), 0.0) if self.since else 0.0)


def attended(events: Iterable[Event]) -> Attended:
    """Whether somebody is at work, and since when.

    Args:
        events: all of a run, in order. What a fork has from its parent is not its own work. When the program ended
            without a word, nobody left: whoever comes again worked until the last thing that was recorded before.
    """
    now = Attended()
    last: datetime | None = None
    for event in events:
        now = after(now, event, last)
        last = event.at
    return now


def worked_s(events: Iterable[Event], until: datetime) -> float:
    """Seconds that a person worked on a run up to a moment; ``events`` as for ``attended``."""
    return attended(events).seconds(until)


def after(now: Attended, event: Event, last: datetime | None) -> Attended:
    """The clock after an event.

    ``last`` is when the event before it happened, of any kind; it tells where a stretch ended that nobody closed.
    """
    match event:
        case Forked():
            return Attended()
        case Attendance(action="came"):
            # Who comes to a pause has ended it.
            return Attended(now.seconds(last) if last else now.settled_s, since=event.at, present=True)
        case Attendance() | RunEnded():
            return Attended(now.seconds(event.at))
        case Intervention(action="pause") if now.present and not now.paused:
            return Attended(now.seconds(event.at), present=True, paused=True)
        case Intervention(action="resume") if now.present and now.paused:
            return Attended(now.settled_s, since=event.at, present=True)
    return now
