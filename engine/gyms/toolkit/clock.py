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


class WallClock:
    """The real time and real chance."""

    def now(self) -> datetime:
        """Return the current time as naive UTC."""
        return datetime.now(UTC).replace(tzinfo=None)

    def token(self, length: int) -> str:
        """Return `length` hexadecimal digits from the system's source of chance."""
        return secrets.token_hex((length + 1) // 2)[:length]


class FrozenClock:
    """A clock that starts at `start` and moves on by `tick` each time it is read.

    Two frozen clocks made alike give the same times and tokens, so the same calls leave the same database.
    """

    def __init__(self, start: str = "2026-01-01T00:00:00", tick: timedelta = timedelta(seconds=1)) -> None:
        self._next = datetime.fromisoformat(start)
        self._tick = tick
        self._chance = random.Random(start)  # noqa: S311 - it has to repeat

    def now(self) -> datetime:
        """Return the next time of the row: `start`, `start + tick`, ..."""
        now, self._next = self._next, self._next + self._tick
        return now

    def token(self, length: int) -> str:
        """Return the next `length` hexadecimal digits of the row."""
        return f"{self._chance.getrandbits(4 * length):0{length}x}"
