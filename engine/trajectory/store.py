"""The store: every run, with every step it took and what that did, in one database.

Any number of processes may have it open. The one that runs an agent writes; whoever looks on reads, and asks
``revision`` whether there is anything new.
"""

from __future__ import annotations

import hashlib
import json
import threading
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    Boolean,
    Connection,
    CursorResult,
    LargeBinary,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from engine.tasks.models import Task
from engine.trajectory.bodies import pack, storable, to_json
from engine.trajectory.clocks import lasted_s
from engine.trajectory.copying import read_heads
from engine.trajectory.database import Database, StoreError
from engine.trajectory.events import ALIVE, PROMPTS, RunEnded, RunStatus, now
from engine.trajectory.owners import Owner
from engine.trajectory.plans import PlanLibrary
from engine.trajectory.query import RunQuery, RunQueryError
from engine.trajectory.reading import Reader, RunRow
from engine.trajectory.recorder import RunRecorder, Totals
from engine.trajectory.redaction import redacted, without_secrets
from engine.trajectory.steps import StepHead
from engine.trajectory.tables import Experiment, Process, Run, StoredEvent, StoredOrder, StoredText

__all__ = [
    "NewRun",
    "OpenElsewhereError",
    "RunQuery",
    "RunQueryError",
    "RunRecorder",
    "RunRow",
    "StepHead",
    "Store",
    "StoreError",
]

_PACKED_FROM = 512
"""Bytes from which compressing a text is worth it."""


@dataclass(frozen=True)
class NewRun:
    """A run that is about to be queued."""

    task: Task
    task_name: str
    domain: str
    agent: str
    model: str | None = None
    gyms: str = "embedded"
    experiment_id: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What it is launched with, JSON-like; secrets in it are hidden before they reach the store."""
    parent_id: int | None = None
    """The run that it is forked from."""
    parent_step: int | None = None
    """The last step that it has from there."""
    plan: str | None = None
    """What the plan that it is given is called."""
    plan_text: str | None = None


class OrderState(NamedTuple):
    """What became of an order to a run of another process."""

    taken: bool
    """Whether the run's process has it."""
    done: bool
    """Whether it is carried out."""
    refusal: str | None
    """Why it is not, when it is refused."""


class OpenElsewhereError(StoreError):
    """A process that lives has the run open; it takes orders for it."""

    def __init__(self, run_id: int, owner: Owner) -> None:
        super().__init__(
            f"Run {run_id} is open in another eog-tui, {owner}. Leave it there (Esc or q) or end that process; "
            "then it can be gone on with here."
        )


class Store(Reader):
    """Reads and writes the store. Every method may be called from any thread."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._process_id: int | None = None
        self._joining = threading.Lock()
        self._known_texts: set[str] = set()

    @property
    def plans(self) -> PlanLibrary:
        """The plans that people wrote."""
        return PlanLibrary(self)

    @classmethod
    def open(cls, location: str | Path | None = None) -> Self:
        """Open a store, making or upgrading its tables where needed.

        Args:
            location: path of a SQLite file, or a database URL as SQLAlchemy writes it; by default ``EOG_STORE``,
                or else a file in the user's data directory.

        Raises:
            StoreError: it cannot be opened, is not a store, or is of a newer version.
        """
        return cls(Database(location))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up all connections."""
        self.database.close()

    def create_experiment(self, name: str, settings: Mapping[str, Any]) -> int:
        """Note that runs are launched together; returns the experiment's id."""
        row = {"name": storable(name), "settings": _settings(settings), "created_at": now()}
        with self.database.write() as connection:
            return _new_id(connection.execute(insert(Experiment), row))

    def create_run(self, new: NewRun) -> int:
        """Queue a run of this process; returns its id."""
        at = now()
        row = {
            "experiment_id": new.experiment_id,
            "process_id": self._process(),
            "task": storable(new.task_name),
            "task_source": storable(new.task.source),
            "task_hash": self.put_text(to_json(without_secrets(new.task).model_dump(exclude_unset=True))),
            "domain": new.domain,
            "agent": storable(new.agent),
            "model": storable(new.model),
            "gyms": new.gyms,
            "status": "queued",
            "verifiers_total": len(new.task.verifiers),
            "steps": 0,
            "tokens_in": 0,
            "tokens_out": 0,
            "created_at": at,
            "updated_at": at,
            "settings_hash": self.put_text(_settings(new.settings)),
            "answer": "",
            "parent_id": new.parent_id,
            "parent_step": new.parent_step,
            "interventions": 0,
            "plan": storable(new.plan),
            "plan_hash": None if new.plan_text is None else self.put_text(new.plan_text),
        }
        with self.database.write() as connection:
            return _new_id(connection.execute(insert(Run), row))

    def recorder(self, run_id: int) -> RunRecorder:
        """What writes a run's events. A run is recorded once, from its beginning.

        Raises:
            StoreError: there is no such run, or it was recorded before.
        """
        ended = self.run(run_id).ended_at is not None
        with self.database.read() as connection:
            begun = connection.scalar(select(exists().where(StoredEvent.run_id == run_id)))
        if ended or begun:
            raise StoreError(f"Run {run_id} was recorded before; a new attempt is a new run.")
        return RunRecorder(self, run_id)

    def reopen(self, run_id: int) -> RunRecorder:
        """Take over a run that a person left, to go on with it in this process; returns what writes its events.

        Raises:
            OpenElsewhereError: another process has it open.
            StoreError: there is no such run, it has ended or never began.
        """
        mine = self._process()
        with self.database.write() as connection:
            run = connection.execute(select(Run).where(Run.id == run_id)).first()
            if run is None:
                raise StoreError(f"There is no run {run_id} in {self.database}.")
            if run.ended_at is not None:
                raise StoreError(f"Run {run_id} has ended; fork it to go on from one of its steps.")
            if run.agent != "human" or run.gyms != "embedded":
                raise StoreError(f"Run {run_id} is no person's run in a built-in gym; only those can be gone on with.")
            if run.steps < PROMPTS:
                raise StoreError(f"Run {run_id} has not begun.")
            row = connection.execute(select(Process).where(Process.id == run.process_id)).one()
            owner = Owner(row.host, row.pid, row.started)
            if row.id != mine and not owner.is_gone(row.seen_at):
                raise OpenElsewhereError(run_id, owner)
            connection.execute(update(Run).where(Run.id == run_id).values(process_id=mine))
            # What was asked while nobody had it open was not meant for today.
            late = (StoredOrder.run_id == run_id, StoredOrder.taken_at.is_(None))
            connection.execute(update(StoredOrder).where(*late).values(taken_at=now(), refusal="Nobody had it open."))
            last = connection.scalar(select(func.max(StoredEvent.seq)).where(StoredEvent.run_id == run_id))
            heads = read_heads(connection, run_id)
        totals = Totals(**{each.name: getattr(run, each.name) for each in fields(Totals)})
        return RunRecorder(self, run_id, seq=(last or 0) + 1, totals=totals, heads=heads)

    def put_order(self, run_id: int, body: str) -> int:
        """Leave an order (JSON) for the process that has a run; returns the order's number.

        Raises:
            StoreError: there is no such run, or it has ended.
        """
        if not self.run(run_id).alive:
            raise StoreError(f"Run {run_id} has ended.")
        with self.database.write() as connection:
            return _new_id(connection.execute(insert(StoredOrder), {"run_id": run_id, "at": now(), "body": body}))

    def take_orders(self) -> list[tuple[int, int, str]]:
        """Orders that wait for runs of this process, oldest first: number, run and body. Each is given out once."""
        if self._process_id is None:
            return []
        mine = select(Run.id).where(Run.process_id == self._process_id, Run.ended_at.is_(None))
        waiting = (StoredOrder.taken_at.is_(None), StoredOrder.run_id.in_(mine))
        with self.database.read() as connection:
            if not connection.scalar(select(exists().where(*waiting))):
                return []
        with self.database.write() as connection:
            rows = connection.execute(select(StoredOrder).where(*waiting).order_by(StoredOrder.id)).all()
            connection.execute(update(StoredOrder).where(*waiting).values(taken_at=now()))
        return [(row.id, row.run_id, row.body) for row in rows]

    def settle_order(self, order_id: int, refusal: str) -> None:
        """Say what became of an order that was taken: why it is refused, or nothing when it is carried out."""
        with self.database.write() as connection:
            connection.execute(update(StoredOrder).where(StoredOrder.id == order_id).values(refusal=storable(refusal)))

    def order_state(self, order_id: int) -> OrderState:
        """What became of an order so far.

        Raises:
            StoreError: there is no such order, or its run was deleted.
        """
        with self.database.read() as connection:
            row = connection.execute(select(StoredOrder).where(StoredOrder.id == order_id)).first()
        if row is None:
            raise StoreError(f"There is no order {order_id} in {self.database}.")
        return OrderState(row.taken_at is not None, row.refusal == "", row.refusal or None)

    def orders(self, run_id: int, kind: str) -> list[str]:
        """Orders to a run of one kind, such as ``say``, as JSON and oldest first; not those that were refused."""
        of_kind = StoredOrder.body.contains(f'"kind":"{kind}"', autoescape=True)
        standing = or_(StoredOrder.refusal.is_(None), StoredOrder.refusal == "")
        query = select(StoredOrder.body).where(StoredOrder.run_id == run_id, of_kind, standing)
        with self.database.read() as connection:
            return list(connection.scalars(query.order_by(StoredOrder.id)))

    def withdraw_order(self, order_id: int) -> bool:
        """Take an order back; False when the run's process has it already."""
        waits = and_(StoredOrder.id == order_id, StoredOrder.taken_at.is_(None))
        with self.database.write() as connection:
            return connection.execute(delete(StoredOrder).where(waits)).rowcount > 0

    def set_status(self, run_id: int, status: RunStatus) -> None:
        """Note that a run goes on, waits or is paused; one that has ended stays as it is.

        Raises:
            ValueError: the status is an end, which only the event ``run_ended`` brings.
        """
        if status not in ALIVE:
            raise ValueError(f"a run becomes {status} by its last event, not by a change of status")
        with self.database.write() as connection:
            connection.execute(update(Run).where(Run.id == run_id, Run.ended_at.is_(None)).values(status=status))

    def put_text(self, text: str) -> str:
        """Keep a text that runs share; returns the hash by which ``text`` gives it back."""
        # "surrogatepass": half characters, which UTF-8 does not know, come back as they were.
        raw = text.encode(errors="surrogatepass")
        digest = hashlib.sha256(raw).hexdigest()
        if digest in self._known_texts:
            return digest
        packed = len(raw) >= _PACKED_FROM
        row = {"new": digest, "packed": packed, "body": zlib.compress(raw) if packed else raw}
        with self.database.write() as connection:
            connection.execute(_INSERT_TEXT, row)
        self._known_texts.add(digest)
        return digest

    def heartbeat(self) -> None:
        """Show other hosts that this process lives; due every minute or so while it runs agents."""
        with self.database.write() as connection:
            connection.execute(update(Process).where(Process.id == self._process_id).values(seen_at=now()))

    def mark_interrupted(self) -> list[int]:
        """End the runs whose process is gone, keeping all they had recorded; returns their ids.

        A person's own run stays open: they can go on where they left it (``reopen``).
        """
        with self.database.read() as connection:
            if not _gone(connection):
                return []
        with self.database.write() as connection:
            gone = _gone(connection)  # asked again where nobody can begin a run meanwhile
            resumable = and_(Run.agent == "human", Run.gyms == "embedded", Run.steps >= PROMPTS)
            open_runs = select(Run.id, Run.updated_at, Run.steps).where(
                Run.process_id.in_(gone), Run.ended_at.is_(None), not_(resumable)
            )
            runs = connection.execute(open_runs.order_by(Run.id)).all()
            for run in runs:
                _interrupt(connection, run)
        return [run.id for run in runs]

    def delete_run(self, run_id: int) -> None:
        """Remove a run and all that it recorded; texts that runs share stay.

        Raises:
            StoreError: there is no such run, or it has not ended.
        """
        if self.run(run_id).alive:
            raise StoreError(f"Run {run_id} has not ended; stop it first.")
        with self.database.write() as connection:
            connection.execute(delete(Run).where(Run.id == run_id))

    def _process(self) -> int:
        """This process, which from now on is seen to live: it may have had no runs, and so no heartbeat, for hours."""
        with self._joining:
            if self._process_id is not None:
                self.heartbeat()
                return self._process_id
            row = asdict(Owner.current()) | {"seen_at": now()}
            with self.database.write() as connection:
                process = _new_id(connection.execute(insert(Process), row))
            self._process_id = process
            return process


_INSERT_TEXT = insert(StoredText).from_select(
    ["hash", "packed", "body"],
    select(
        bindparam("new", type_=String), bindparam("packed", type_=Boolean), bindparam("body", type_=LargeBinary)
    ).where(~exists().where(StoredText.hash == bindparam("new"))),
)


def _gone(connection: Connection) -> list[int]:
    """Processes with runs that have not ended, which nobody will go on with."""
    with_runs = select(Process).where(exists().where(Run.process_id == Process.id, Run.ended_at.is_(None)))
    owners = connection.execute(with_runs).all()
    return [row.id for row in owners if Owner(row.host, row.pid, row.started).is_gone(row.seen_at)]


def _interrupt(connection: Connection, run: Any) -> None:
    """Write the last event of a run whose process could not."""
    event = RunEnded(
        at=run.updated_at, step=max(run.steps - 1, 0), status="interrupted", error="the program that ran it was ended"
    )
    body = pack(event)
    last = connection.scalar(select(func.max(StoredEvent.seq)).where(StoredEvent.run_id == run.id))
    connection.execute(
        insert(StoredEvent),
        {
            "run_id": run.id,
            "seq": 0 if last is None else last + 1,
            "step": event.step,
            "kind": event.kind,
            "at": event.at,
            "body": body.json,
            "text": body.text,
        },
    )
    connection.execute(
        update(Run).where(Run.id == run.id),
        {
            "status": event.status,
            "error": event.error,
            "ended_at": event.at,
            "duration_s": lasted_s(connection, run.id, event.at),
        },
    )


def _settings(settings: Mapping[str, Any]) -> str:
    return json.dumps(redacted(settings), sort_keys=True, default=str)


def _new_id(result: CursorResult[Any]) -> int:
    row = result.inserted_primary_key
    assert row is not None
    return int(row[0])
