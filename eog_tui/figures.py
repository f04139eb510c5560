"""Numbers and times as people read them in a glance: short, and of one width where they stand in columns."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.trajectory.reading import RunRow

NOTHING = "–"
"""Stands for a number that is not known."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in at most four cells: ``now``, ``5m``, ``3h``, ``12d``, ``24w``, ``3y``."""
    seconds = (now - then).total_seconds()
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f}m"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f}h"
    days = seconds // _DAY
    if days < 100:
        return f"{days:.0f}d"
    return f"{days // 7:.0f}w" if days < 700 else f"{days // 365:.0f}y"


def duration(seconds: float | None) -> str:
    """How long: ``0.4s``, ``41s``, ``2m05``, ``3h07``, ``12d``."""
    if seconds is None:
        return NOTHING
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02}"
    if whole < 100 * _HOUR:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02}"
    return f"{whole // _DAY}d"


def money(dollars: float | None) -> str:
    """US dollars in cents; what is above nothing and below a cent says so."""
    if dollars is None:
        return NOTHING
    return "<$0.01" if 0 < dollars < 0.005 else f"${dollars:,.2f}"


def amount(number: int) -> str:
    """A count in at most five cells: ``812``, ``12.4k``, ``1.2M``; nothing is ``–``."""
    if not number:
        return NOTHING
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        # Rounding must not make four digits: 999,960 is 1.0M.
        if number >= size * 0.9995:
            value = number / size
            return f"{value:.1f}{unit}" if value < 99.95 else f"{value:.0f}{unit}"
    return str(number)


def acts_blind(run: RunRow) -> bool:
    """Whether a person acts in a run that goes on: what its verifiers say is not told, because they may see it, too."""
    return run.alive and run.agent == "human"


def passing(run: RunRow) -> int | None:
    """How many verifiers pass; None when none were asked, or when it is not to be told."""
    return None if acts_blind(run) else run.verifiers_passed


def verified(run: RunRow) -> str:
    """How many verifiers pass: ``2/3``."""
    passed = passing(run)
    return NOTHING if passed is None else f"{passed}/{run.verifiers_total}"
