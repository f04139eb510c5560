"""Time and chance of a gym: the wall clock, or one that repeats exactly."""

from __future__ import annotations

import random
import secrets
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a gym gets the time and its random tokens from."""

    def now(self) -> datetime:
        """Return the time as naive UTC, to the microsecond."""
        ...

    def token(self, length: int) -> str:
        """Return `length` hexadecimal digits that nobody could guess (or that repeat, if the clock is frozen)."""
        ...

    @property
    def state(self) -> str | None:
        """Where the clock stands, as ``FrozenClock.at`` takes it; None when it cannot be brought back."""
        ...


class WallClock:
    """The real time and real chance."""

    state = None

    def now(self) -> datetime:
        """Return the current time as naive UTC."""
        return datetime.now(UTC).replace(tzinfo=None)

    def token(self, length: int) -> str:
        """Return `length` hexadecimal digits from the system's source of chance."""
        return secrets.token_hex((length + 1) // 2)[:length]


class FrozenClock:
    """A clock that starts at `start` and moves on by a second each time it is read.

    Two frozen clocks made alike give the same times and tokens, so the same calls leave the same database.
    """

    def __init__(self, start: str = "2026-01-01T00:00:00") -> None:
        self._start = datetime.fromisoformat(start)
        self._times = 0
        self._tokens = 0

    @classmethod
    def at(cls, state: str) -> FrozenClock:
        """A clock that goes on exactly where the one with this `state` stood. Raises ValueError."""
        clock = cls()
        clock.go_to(state)
        return clock

    def go_to(self, state: str) -> None:
        """Stand where a clock with this `state` stood. Raises ValueError."""
        start, times, tokens = state.split(" ")
        self._start, self._times, self._tokens = datetime.fromisoformat(start), int(times), int(tokens)
        try:
            self._time()
        except OverflowError as error:
            raise ValueError(f"{state!r} lies beyond the end of the calendar") from error

    @property
    def state(self) -> str:
        """Its start, and how many times and tokens it has given: ``2026-01-01T00:00:00 7 3``."""
        return f"{self._start.isoformat()} {self._times} {self._tokens}"

    def now(self) -> datetime:
        """Return the next time of the row: `start`, a second later, two seconds later, ..."""
        now = self._time()
        self._times += 1
        return now

    def token(self, length: int) -> str:
        """Return the next `length` hexadecimal digits of the row."""
        # Chance of its own for each token: where the row stands is then a number, whatever the lengths were.
        chance = random.Random(f"{self._start.isoformat()} {self._tokens}")  # noqa: S311 - it has to repeat
        self._tokens += 1
        return f"{chance.getrandbits(4 * length):0{length}x}"

    def _time(self) -> datetime:
        return self._start + timedelta(seconds=self._times)
