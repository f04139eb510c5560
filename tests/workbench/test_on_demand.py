"""Completions that nobody looks at are never made."""

from __future__ import annotations

from eog_tui.workbench.completing import Completer
from eog_tui.workbench.on_demand import OnDemand
from eog_tui.workbench.tool_search import ToolSearch

from .material import seen, tools


def test_only_what_is_looked_at_is_made() -> None:
    made: list[int] = []

    def make(number: int) -> str:
        made.append(number)
        return str(number)

    found = OnDemand(range(500), make)
    assert len(found) == 500
    assert (found[:3], found[-1]) == (["0", "1", "2"], "499")
    assert made == [0, 1, 2, 499]


def test_ways_to_go_on_with_a_line_are_made_on_demand() -> None:
    completer = Completer(ToolSearch(tuple(tools().values())), seen())
    for typed in ("get_", "update_incident ", "update_incident caller_id="):
        assert isinstance(completer.ways_on(typed, len(typed)), OnDemand)
