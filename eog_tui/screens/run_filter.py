"""What the filter of the Runs screen proposes while someone types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from textual.suggester import Suggester

from engine.gyms.registry import DOMAINS
from engine.runs.places import GymKind
from engine.runs.spec import AgentKind
from engine.trajectory.query import FILTERS, STATUSES
from eog_tui.completion import filters

_VALUES = {"status": STATUSES, "agent": get_args(AgentKind), "domain": (*DOMAINS, "hybrid"), "gyms": get_args(GymKind)}
FILTER_VALUES: dict[str, Sequence[str]] = {name: _VALUES.get(name, ()) for name in FILTERS}
"""What a filter proposes: keys, and the values that are known beforehand."""


class FilterSuggester(Suggester):
    """Completes the last word of a filter: ``sta`` to ``status:``, ``status:pa`` to ``status:passed``."""

    def __init__(self) -> None:
        super().__init__(case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The most likely way to go on."""
        return next(iter(filters(value, FILTER_VALUES)), None)
