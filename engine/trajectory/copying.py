"""Copying the first steps of a run into another, inside the database: a fork's past, complete and its own."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, and_, func, insert, literal, select

from engine.trajectory.steps import StepHead
from engine.trajectory.tables import Base, Step, StoredChange, StoredEvent

_OUTCOMES = {"p": "pass", "f": "fail", "e": "error"}
_STEP_COLUMNS = tuple(getattr(Step, field.name) for field in fields(StepHead))
_NOT_COPIED = ("database", "run_started", "verdicts", "run_ended", "attendance")
"""What belongs to the run that had it, whatever step it stands in."""


def copy_steps(connection: Connection, parent: int, child: int, last: int) -> int:
    """Copy events, changes and outline up to and in step ``last``; returns the highest position of an event."""
    kept = and_(StoredEvent.run_id == parent, StoredEvent.step <= last, StoredEvent.kind.not_in(_NOT_COPIED))
    _copy(connection, StoredEvent, child, kept)
    _copy(connection, StoredChange, child, and_(StoredChange.run_id == parent, StoredChange.step <= last))
    _copy(connection, Step, child, and_(Step.run_id == parent, Step.number <= last))
    return connection.scalar(select(func.max(StoredEvent.seq)).where(StoredEvent.run_id == child)) or 0


def read_heads(connection: Connection, run_id: int) -> list[StepHead]:
    """The outline of a run's steps."""
    rows = connection.execute(select(*_STEP_COLUMNS).where(Step.run_id == run_id).order_by(Step.number))
    return [head(row) for row in rows]


def head(row: Any) -> StepHead:
    """A step's outline as its row has it."""
    values = row._asdict()
    if row.verifiers is not None:
        values["verifiers"] = tuple(_OUTCOMES[letter] for letter in row.verifiers)
    return StepHead(**values)


def _copy(connection: Connection, table: type[Base], child: int, kept: Any) -> None:
    columns = table.__table__.columns
    values = [literal(child) if column.name == "run_id" else column for column in columns]
    rows = select(*values).where(kept)
    connection.execute(insert(table).from_select([column.name for column in columns], rows))
