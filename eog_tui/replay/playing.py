"""How fast a replay goes by itself."""

from __future__ import annotations

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Steps a second."""


def other_speed(speed: float, by: int) -> float:
    """The next faster (``by`` 1) or slower (-1) speed; the fastest and the slowest stay as they are."""
    return SPEEDS[max(0, min(SPEEDS.index(speed) + by, len(SPEEDS) - 1))]


def speed_word(speed: float) -> str:
    """``0.5x``, ``2x``."""
    return f"{speed:g}x"
