"""The recorder: commits each event of a run, with its outline, before the next thing may start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Update, bindparam, insert, update

from engine.trajectory.bodies import Body, pack, row_json, storable
from engine.trajectory.clocks import lasted_s
from engine.trajectory.copying import copy_steps, read_heads
from engine.trajectory.database import StoreError
from engine.trajectory.events import (
    Event,
    Message,
    Outcome,
    Plan,
    RunEnded,
    RunStarted,
    RunStatus,
    ToolResult,
    Verdicts,
    is_intervention,
)
from engine.trajectory.steps import StepHead, advance
from engine.trajectory.tables import Run, Step, StoredChange, StoredEvent

if TYPE_CHECKING:
    from engine.trajectory.store import Store


_INSERT_EVENT = insert(StoredEvent)
_INSERT_CHANGE = insert(StoredChange)
_INSERT_STEP = insert(Step)
_UPDATE_STEP = update(Step).where(Step.run_id == bindparam("this_run"), Step.number == bindparam("this"))
_STEP_COLUMNS = tuple(field.name for field in fields(StepHead) if field.name not in ("run_id", "number"))


@cache
def _run_update(columns: tuple[str, ...]) -> Update:
    """The statement that sets some columns of an open run; the same object each time, so that it compiles once."""
    open_run = (Run.id == bindparam("this_run"), Run.ended_at.is_(None))
    return update(Run).where(*open_run).values({name: bindparam(name) for name in columns})


@dataclass(frozen=True, slots=True)
class Totals:
    """What the run's row sums up."""

    started_at: datetime | None = None
    steps: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    verifiers_passed: int | None = None
    interventions: int = 0


_TOTALS = tuple(field.name for field in fields(Totals))


class RunRecorder:
    """Writes one run, from its first event to its last. Made by ``Store.recorder``; one a run."""

    def __init__(
        self, store: Store, run_id: int, *, seq: int = 0, totals: Totals | None = None, heads: Sequence[StepHead] = ()
    ) -> None:
        """Begin a run, or go on with one that was left: then say what it has."""
        self.run_id = run_id
        self._store = store
        self._seq = seq
        self._ended = False
        self._totals = totals or Totals()
        self._heads = {head.number: head for head in heads}

    @property
    def begun(self) -> bool:
        """Whether anything is recorded."""
        return self._seq > 0

    @property
    def last_step(self) -> int:
        """Number of the latest step; -1 before the first."""
        return self._totals.steps - 1

    def append(self, event: Event) -> None:
        """Commit an event; when this returns, no crash of the program can undo it.

        Raises:
            ValueError: the run has ended, or the event leaves out a step.
            StoreError: it could not be written, or the run was deleted or ended from elsewhere.
        """
        if self._ended:
            raise ValueError(f"run {self.run_id} has ended; nothing follows, and so no {event.kind}")
        body = pack(event)
        known = self._heads.get(event.step)
        head = advance(known, event, self.run_id, body.size)
        if head is not None and head.number > self._totals.steps:
            raise ValueError(f"step {head.number} of run {self.run_id} comes before step {self._totals.steps}")
        totals = _added(self._totals, event, head)
        text_hash = self._store.put_text(body.text or "") if _is_shared(event) else None
        self._write(event, body, text_hash, totals, head, known)
        self._seq += 1
        self._totals = totals
        self._ended = isinstance(event, RunEnded)
        if head is not None:
            self._heads[head.number] = head

    def inherit(self, parent: int, last: int, interventions: int) -> None:
        """Take over what happened in another run up to and in step ``last``; tokens and money stay its own.

        Raises:
            ValueError: something other than the run's start was recorded already.
            StoreError: it could not be written.
        """
        if self._totals.steps or self._seq > 1:
            raise ValueError(f"run {self.run_id} has steps of its own already")
        with self._store.database.write() as connection:
            self._seq = 1 + copy_steps(connection, parent, self.run_id, last)
            heads = read_heads(connection, self.run_id)
            self._heads = {head.number: head for head in heads}
            checked = [head.verifiers for head in heads if head.verifiers is not None]
            passed = _passed(checked[-1]) if checked else self._totals.verifiers_passed
            before, self._totals = (
                self._totals,
                replace(self._totals, steps=len(heads), verifiers_passed=passed, interventions=interventions),
            )
            moved = _moved(before, self._totals)
            connection.execute(_run_update(tuple(moved)), moved | {"this_run": self.run_id})

    def set_status(self, status: RunStatus) -> None:
        """Note that the run goes on, waits or is paused."""
        self._store.set_status(self.run_id, status)

    def _write(
        self,
        event: Event,
        body: Body,
        text_hash: str | None,
        totals: Totals,
        head: StepHead | None,
        known: StepHead | None,
    ) -> None:
        moved = _moved(self._totals, totals) | _status(event) | {"updated_at": event.at}
        with self._store.database.write() as connection:
            if isinstance(event, RunEnded):
                moved["duration_s"] = lasted_s(connection, self.run_id, event.at)
            # The run's row first: no other process may end or delete it from here on.
            if not connection.execute(_run_update(tuple(moved)), moved | {"this_run": self.run_id}).rowcount:
                raise StoreError(f"Run {self.run_id} is no longer open: it was deleted, or ended by another process.")
            connection.execute(
                _INSERT_EVENT,
                {
                    "run_id": self.run_id,
                    "seq": self._seq,
                    "step": event.step,
                    "kind": event.kind,
                    "at": event.at,
                    "text_hash": text_hash,
                    "body": body.json,
                    "text": body.text if text_hash is None else None,
                },
            )
            if isinstance(event, ToolResult) and event.changes:
                connection.execute(_INSERT_CHANGE, _change_rows(self.run_id, self._seq, event))
            if head is not None:
                place = {"run_id": head.run_id, "number": head.number}
                if known is None:
                    connection.execute(_INSERT_STEP, _step_row(head) | place)
                else:
                    connection.execute(_UPDATE_STEP, _step_row(head) | {"this_run": head.run_id, "this": head.number})


def _added(totals: Totals, event: Event, head: StepHead | None) -> Totals:
    if head is not None and head.number == totals.steps:
        totals = replace(totals, steps=totals.steps + 1)
    if is_intervention(event):
        totals = replace(totals, interventions=totals.interventions + 1)
    match event:
        case RunStarted():
            return replace(totals, started_at=event.at, verifiers_passed=_passed(event.untouched))
        case Message(usage=usage) | Plan(usage=usage) if usage is not None:
            costs = [cost for cost in (totals.cost_usd, usage.cost_usd) if cost is not None]
            return replace(
                totals,
                tokens_in=totals.tokens_in + usage.tokens_in,
                tokens_out=totals.tokens_out + usage.tokens_out,
                cost_usd=sum(costs) if costs else None,
            )
        case ToolResult(verifiers=outcomes) if outcomes is not None:
            return replace(totals, verifiers_passed=_passed(outcomes))
        case Verdicts(verdicts=verdicts):
            return replace(totals, verifiers_passed=_passed(tuple(verdict.outcome for verdict in verdicts)))
    return totals


def _passed(outcomes: tuple[Outcome, ...]) -> int:
    return outcomes.count("pass")


def _moved(before: Totals, after: Totals) -> dict[str, Any]:
    """What to write: only what moved, since nearly every column here has an index to keep up."""
    if before == after:
        return {}
    return {name: new for name in _TOTALS if (new := getattr(after, name)) != getattr(before, name)}


def _status(event: Event) -> dict[str, Any]:
    match event:
        case RunStarted():
            return {"status": "running"}
        case RunEnded():
            return {
                "status": event.status,
                "answer": storable(event.answer),
                "error": storable(event.error),
                "ended_at": event.at,
            }
    return {}


def _is_shared(event: Event) -> bool:
    """Whether other runs of the task say the very same: its prompts."""
    return isinstance(event, Message) and event.role != "assistant"


def _step_row(head: StepHead) -> dict[str, Any]:
    row = {name: getattr(head, name) for name in _STEP_COLUMNS}
    # The true words are in the events; here half characters, as some models send them, would be refused.
    row |= {name: storable(value) for name, value in row.items() if isinstance(value, str)}
    row["verifiers"] = None if head.verifiers is None else "".join(outcome[0] for outcome in head.verifiers)
    return row


def _change_rows(run_id: int, seq: int, event: ToolResult) -> list[dict[str, Any]]:
    return [
        {
            "run_id": run_id,
            "seq": seq,
            "ord": position,
            "step": event.step,
            "gym": change.gym,
            "table_name": change.table,
            "op": change.op,
            "key": row_json(row["key"]),
            "before": row_json(row["before"]),
            "after": row_json(row["after"]),
        }
        for position, change in enumerate(event.changes)
        for row in (change.model_dump(include={"key", "before", "after"}),)
    ]
