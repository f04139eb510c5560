"""Which runs to list, in which order; and the words a person types for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, get_args

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from engine.trajectory.events import RunStatus
from engine.trajectory.plans import plan_label, plan_number
from engine.trajectory.tables import SORTS, Run

STATUSES: tuple[RunStatus, ...] = get_args(RunStatus)

FILTERS = ("status", "domain", "agent", "model", "task", "experiment", "gyms", "intervened", "fork", "plan")
"""What runs can be filtered by: a status or what it begins with, a word in task, model or gyms, the others in full.

``intervened``, ``fork`` and ``plan`` take ``yes`` or ``no``; ``fork`` also the number of the run forked from, ``plan``
also a plan's number (``12``, ``12.3``) or what the name of its file begins with.
"""

_WORD = re.compile(r'(?P<name>[^\s":]+):(?:"(?P<phrase>[^"]*)"?|(?P<value>\S*))|"(?P<quoted>[^"]*)"?|(?P<word>\S+)')


class RunQueryError(ValueError):
    """A query asks for what runs do not have; the message says what they do have."""


@dataclass(frozen=True)
class RunQuery:
    """Runs whose task, agent and model contain every word of ``text``, and that pass every filter.

    Raises:
        RunQueryError: unknown filter, status or sort.
    """

    text: str = ""
    """Words, in any order and case."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Name in ``FILTERS`` to value; an empty value filters nothing."""
    sort: str = "id"
    """Name in ``SORTS``; equal values are sorted by id."""
    descending: bool = True
    folded: bool = False
    """Whether forks are left out whose parent is there."""

    def __post_init__(self) -> None:
        for name, value in self.filters.items():
            if name not in FILTERS:
                known = ", ".join(f"{each}:" for each in FILTERS)
                raise RunQueryError(f'no such filter: {name}: (there are {known} or put "{name}:{value}" in quotes)')
        if self.sort not in SORTS:
            raise RunQueryError(f"cannot sort by {self.sort}; there are {', '.join(SORTS)}")
        if "status" in self.filters and not self._statuses():
            raise RunQueryError(f"no such status: {self.filters['status']} (there are {', '.join(STATUSES)})")
        if not (self.filters.get("experiment") or "0").isdecimal():
            raise RunQueryError(f"experiment: needs a number, not {self.filters['experiment']}")
        if self.filters.get("intervened", "") not in ("", "yes", "no"):
            raise RunQueryError(f"intervened: needs yes or no, not {self.filters['intervened']}")
        fork = self.filters.get("fork", "")
        if fork not in ("", "yes", "no") and not fork.isdecimal():
            raise RunQueryError(f"fork: needs yes, no or a run's number, not {fork}")

    @classmethod
    def parse(cls, typed: str, sort: str = "id", descending: bool = True) -> Self:
        """Read what a person typed: ``domain:itsm status:failed task:"link an SLA" "INC:3"``.

        A filter without a value is one that is still being typed, and filters nothing.

        Raises:
            RunQueryError: unknown filter or status.
        """
        words, filters = [], {}
        for match in _WORD.finditer(typed):
            if match["name"]:
                filters[match["name"]] = match["phrase"] or match["value"] or ""
            else:
                words.append(match["quoted"] or match["word"] or "")
        return cls(" ".join(words), filters, sort, descending)

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a row of ``run`` must fulfil."""
        places = (Run.task, Run.agent, Run.model)
        words = (or_(*(place.icontains(word, autoescape=True) for place in places)) for word in self.text.split())
        folded = [Run.id.not_in(_forks())] if self.folded else []
        return [*words, *folded, *(self._condition(name, value) for name, value in self.filters.items() if value)]

    def ordering(self) -> list[ColumnElement[Any]]:
        """How rows of ``run`` are sorted: without a value is least, which not every database thinks by itself."""
        columns = [getattr(Run, self.sort), *([Run.id] if self.sort != "id" else [])]
        return [column.desc().nulls_last() if self.descending else column.asc().nulls_first() for column in columns]

    def before(self, value: Any, run_id: int) -> ColumnElement[bool]:
        """What rows fulfil that stand before run ``run_id``, whose column ``sort`` holds ``value``.

        Rows without a value are taken for the smallest, as ``ordering`` sorts them.
        """
        column = getattr(Run, self.sort)
        nearer = Run.id > run_id if self.descending else Run.id < run_id
        if self.sort == "id":
            return nearer
        if value is None:
            tie = and_(column.is_(None), nearer)
            return or_(column.is_not(None), tie) if self.descending else tie
        tie = and_(column == value, nearer)
        return or_(column > value, tie) if self.descending else or_(column < value, column.is_(None), tie)

    def _condition(self, name: str, value: str) -> ColumnElement[bool]:
        match name:
            case "status":
                return Run.status.in_(self._statuses())
            case "experiment":
                return Run.experiment_id == int(value)
            case "task":
                return Run.task.icontains(value, autoescape=True)
            case "model":
                return Run.model.icontains(value, autoescape=True)
            case "gyms":
                return Run.gyms.icontains(value, autoescape=True)
            case "domain":
                return Run.domain == value
            case "intervened":
                return Run.interventions > 0 if value == "yes" else Run.interventions == 0
            case "fork":
                return Run.parent_id == int(value) if value.isdecimal() else _given(Run.parent_id, value)
            case "plan":
                return _given(Run.plan, value) if value in ("yes", "no") else _planned(value)
            case _:
                return Run.agent == value

    def _statuses(self) -> list[RunStatus]:
        return [status for status in STATUSES if status.startswith(self.filters["status"].lower())]


def _forks() -> Any:
    """Ids of the forks whose parent is there: gathered once a query from an index, so rows need not be read for it."""
    parent = aliased(Run)
    return select(Run.id).where(Run.parent_id.is_not(None)).join(parent, parent.id == Run.parent_id).correlate(None)


def _given(column: InstrumentedAttribute[Any], value: str) -> ColumnElement[bool]:
    return column.is_not(None) if value == "yes" else column.is_(None)


def _planned(name: str) -> ColumnElement[bool]:
    match plan_number(name):
        case plan_id, None:
            return Run.plan.startswith(plan_label(plan_id, 0)[:-1])  # whichever version
        case plan_id, version:
            return Run.plan == plan_label(plan_id, version)
    return Run.plan.startswith(name, autoescape=True)
