"""Reading the store: lists and timelines from their outlines, bodies only where someone looks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, func, or_, select, true

from engine.tasks.models import Task
from engine.trajectory.bodies import unpack, unpacked
from engine.trajectory.changes import Change
from engine.trajectory.clocks import so_far_s
from engine.trajectory.copying import head
from engine.trajectory.database import Database, StoreError
from engine.trajectory.events import ALIVE, Event, RunStarted, RunStatus, Verdict, Verdicts, now
from engine.trajectory.query import STATUSES, RunQuery
from engine.trajectory.searching import steps_with
from engine.trajectory.steps import StepHead
from engine.trajectory.tables import Run, Step, StoredChange, StoredEvent, StoredText


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as lists show it."""

    id: int
    task: str
    domain: str
    agent: str
    model: str | None
    gyms: str
    """Where its gyms are: ``embedded``, ``remote``, ``docker``, or several joined with ``+``."""
    status: RunStatus
    verifiers_passed: int | None
    """On the latest state that was checked; None before any check."""
    verifiers_total: int
    steps: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    """US dollars; None when no price is known."""
    duration_s: float | None
    """Seconds since the start while it lives, from start to end afterwards; None before the start.

    Of a person's own run, once they came: what they worked on it, without pauses and absences.
    """
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    """When its latest event happened; of one without events, when it was created."""
    ended_at: datetime | None
    answer: str
    error: str | None
    experiment_id: int | None
    parent_id: int | None = None
    """The run that it was forked from; it may be deleted by now."""
    parent_step: int | None = None
    """The last step that it has from there."""
    interventions: int = 0
    """How often a person changed what happened."""
    plan: str | None = None
    """The plan that it was launched with, as ``12 v3`` or a file's name."""

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.status in ALIVE


_RUN_COLUMNS = tuple(getattr(Run, field.name) for field in fields(RunRow))
_STEP_COLUMNS = tuple(getattr(Step, field.name) for field in fields(StepHead))
_EVENT_COLUMNS = (
    StoredEvent.seq,
    StoredEvent.kind,
    StoredEvent.step,
    StoredEvent.at,
    StoredEvent.body,
    StoredEvent.text,
    StoredText.body.label("shared"),
    StoredText.packed,
)


class Reader:
    """The half of the store that reads. Any thread may call it; all times are UTC."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def revision(self) -> int:
        """A number that grows whenever any process has committed something; cheap enough to ask many times a second."""
        return self.database.revision()

    def run(self, run_id: int) -> RunRow:
        """One run.

        Raises:
            StoreError: there is no such run.
        """
        with self.database.read() as connection:
            rows = _run_rows(connection, select(*_RUN_COLUMNS).where(Run.id == run_id))
        if not rows:
            raise StoreError(f"There is no run {run_id} in {self.database}.")
        return rows[0]

    def runs(self, query: RunQuery | None = None, offset: int = 0, limit: int = 100) -> list[RunRow]:
        """A window of the runs that a query asks for, newest first unless it says otherwise."""
        query = query or RunQuery()
        # The window is found in an index first, so that skipped runs are not read.
        window = (
            select(Run.id).where(*query.conditions()).order_by(*query.ordering()).offset(offset).limit(limit).subquery()
        )
        rows = select(*_RUN_COLUMNS).join(window, Run.id == window.c.id).order_by(*query.ordering())
        with self.database.read() as connection:
            return _run_rows(connection, rows)

    def count(self, query: RunQuery | None = None) -> int:
        """How many runs a query asks for."""
        rows = select(func.count()).select_from(Run).where(*(query or RunQuery()).conditions())
        with self.database.read() as connection:
            return connection.scalar(rows) or 0

    def place(self, run_id: int, query: RunQuery | None = None) -> int | None:
        """How many of the runs that a query asks for stand before one of them; None when it is not among them."""
        query = query or RunQuery()
        sorted_by = select(getattr(Run, query.sort)).where(Run.id == run_id, *query.conditions())
        with self.database.read() as connection:
            if (found := connection.execute(sorted_by).first()) is None:
                return None
            before = query.before(found[0], run_id)
            return connection.scalar(select(func.count()).select_from(Run).where(*query.conditions(), before))

    def counts(self) -> dict[RunStatus, int]:
        """How many runs there are of each status, zeros included."""
        with self.database.read() as connection:
            rows = connection.execute(select(Run.status, func.count()).group_by(Run.status)).all()
        found = {row[0]: row[1] for row in rows}
        return {status: found.get(status, 0) for status in STATUSES}

    def spent(self) -> float | None:
        """What all runs cost together, US dollars; None when no price is known."""
        with self.database.read() as connection:
            return connection.scalar(select(func.sum(Run.cost_usd)))

    def steps(self, run_id: int, since: int = 0) -> list[StepHead]:
        """The outline of a run's steps from number ``since`` on, without a single body."""
        rows = select(*_STEP_COLUMNS).where(Step.run_id == run_id, Step.number >= since).order_by(Step.number)
        with self.database.read() as connection:
            return [head(row) for row in connection.execute(rows)]

    def events(self, run_id: int, step: int) -> list[Event]:
        """Everything that happened in one step, in order."""
        return self._events(run_id, StoredEvent.step == step)

    def history(self, run_id: int, last: int | None = None) -> list[Event]:
        """Everything that happened up to and in step ``last`` (to the end without it), in order, bodies included."""
        return self._events(run_id, StoredEvent.step <= last if last is not None else true())

    def interventions(self, run_id: int) -> list[Event]:
        """What people did to a run, in order."""
        return self._events(run_id, StoredEvent.kind == "intervention")

    def family(self, run_id: int) -> list[RunRow]:
        """The run, what it was forked from, and all that was forked from any of these; oldest first."""
        known = select(Run.id, Run.parent_id).where(Run.id == run_id).cte("relative", recursive=True)
        relatives = known.union(
            select(Run.id, Run.parent_id).join(known, or_(Run.parent_id == known.c.id, Run.id == known.c.parent_id))
        )
        rows = select(*_RUN_COLUMNS).where(Run.id.in_(select(relatives.c.id))).order_by(Run.id)
        with self.database.read() as connection:
            return _run_rows(connection, rows)

    def fork_counts(self, run_ids: Sequence[int]) -> dict[int, int]:
        """How many runs were forked from each, forks of forks included; those without any are left out."""
        own = select(Run.id.label("root"), Run.id.label("id")).where(Run.id.in_(run_ids)).cte("fork", recursive=True)
        forks = own.union_all(select(own.c.root, Run.id).join(own, Run.parent_id == own.c.id))
        rows = select(forks.c.root, func.count() - 1).group_by(forks.c.root).having(func.count() > 1)
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(rows)}

    def changes(self, run_id: int, first: int = 0, last: int | None = None) -> list[tuple[int, Change]]:
        """Row changes of steps ``first`` to ``last`` (included; to the end without it), each with its step's number."""
        rows = (
            select(StoredChange)
            .where(StoredChange.run_id == run_id, StoredChange.step >= first)
            .order_by(StoredChange.seq, StoredChange.ord)
        )
        if last is not None:
            rows = rows.where(StoredChange.step <= last)
        with self.database.read() as connection:
            return [(row.step, _change(row)) for row in connection.execute(rows)]

    def verdicts(self, run_id: int) -> tuple[Verdict, ...]:
        """What the verifiers found in the end; empty when they never ran."""
        for event in self._events(run_id, StoredEvent.kind == "verdicts", only="latest"):
            if isinstance(event, Verdicts):
                return event.verdicts
        return ()

    def started(self, run_id: int) -> RunStarted | None:
        """How a run began: its gyms, seeds and offered tools; None when it has not."""
        for event in self._events(run_id, StoredEvent.kind == "run_started", only="first"):
            if isinstance(event, RunStarted):
                return event
        return None

    def task(self, run_id: int) -> Task:
        """The task as it was when the run began."""
        wanted = select(Run.task, Run.task_source, Run.task_hash).where(Run.id == run_id)
        with self.database.read() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise StoreError(f"There is no run {run_id} in {self.database}.")
        # Validated again rather than copied: a store may come from a stranger.
        return Task.model_validate(json.loads(self.text(row.task_hash)) | {"name": row.task, "source": row.task_source})

    def settings(self, run_id: int) -> dict[str, Any]:
        """What the run was launched with, secrets hidden."""
        with self.database.read() as connection:
            digest = connection.scalar(select(Run.settings_hash).where(Run.id == run_id))
        if digest is None:
            raise StoreError(f"There is no run {run_id} in {self.database}.")
        settings: dict[str, Any] = json.loads(self.text(digest))
        return settings

    def text(self, digest: str) -> str:
        """A shared text by its hash.

        Raises:
            StoreError: the store does not have it.
        """
        with self.database.read() as connection:
            row = connection.execute(
                select(StoredText.body, StoredText.packed).where(StoredText.hash == digest)
            ).first()
        if row is None:
            raise StoreError(f"There is no text {digest} in {self.database}.")
        return unpacked(row.body, row.packed)

    def search(self, run_id: int, text: str) -> list[int]:
        """Numbers of the steps in whose texts or title a phrase occurs, in any case, taken literally.

        Looked through are prompts, messages, arguments, results and errors; inside JSON results also phrases that
        JSON writes with escapes.

        Raises:
            StoreError: the phrase is longer than ``searching.LONGEST_NEEDLE`` characters.
        """
        with self.database.read() as connection:
            return steps_with(connection, run_id, text)

    def _events(self, run_id: int, condition: Any, *, only: Literal["first", "latest"] | None = None) -> list[Event]:
        rows = (
            select(*_EVENT_COLUMNS)
            .outerjoin(StoredText, StoredText.hash == StoredEvent.text_hash)
            .where(StoredEvent.run_id == run_id, condition)
            .order_by(StoredEvent.seq.desc() if only == "latest" else StoredEvent.seq)
        )
        with self.database.read() as connection:
            found = connection.execute(rows.limit(1) if only else rows).all()
            results = [row.seq for row in found if row.kind == "tool_result"]
            changed = (
                select(StoredChange)
                .where(StoredChange.run_id == run_id, StoredChange.seq.in_(results))
                .order_by(StoredChange.seq, StoredChange.ord)
            )
            changes: dict[int, list[Change]] = {}
            for change in connection.execute(changed) if results else ():
                changes.setdefault(change.seq, []).append(_change(change))
        return [_event(row, changes.get(row.seq, ())) for row in found]


def _event(row: Any, changes: Iterable[Change]) -> Event:
    text = row.text if row.shared is None else unpacked(row.shared, row.packed)
    return unpack(row.kind, row.step, row.at, row.body, text, tuple(changes))


def _change(row: Any) -> Change:
    return Change(
        gym=row.gym,
        table=row.table_name,
        op=row.op,
        key=json.loads(row.key),
        before=row.before and json.loads(row.before),
        after=row.after and json.loads(row.after),
    )


def _run_rows(connection: Connection, query: Select[Any]) -> list[RunRow]:
    """The runs that a query finds, with the time that those take so far which are open."""
    rows = connection.execute(query).all()
    going = [row for row in rows if row.started_at is not None and row.ended_at is None]
    at = now()
    so_far = {row.id: (at - row.started_at).total_seconds() for row in going}
    if by_hand := [row.id for row in going if row.agent == "human"]:
        so_far |= so_far_s(connection, by_hand)
    return [RunRow(**row._asdict() | ({"duration_s": so_far[row.id]} if row.id in so_far else {})) for row in rows]
