"""The time that all seeds share."""

from __future__ import annotations

from datetime import datetime

NOW = datetime(2026, 11, 20, 9, 0)
"""The Friday morning at which the seeds stand still."""


def text(moment: datetime) -> str:
    """A time as the benchmark's seeds write it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
