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
from typing import Any, Self

from sqlalchemy import (
    Boolean,
    LargeBinary,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    not_,
    select,
    update,
)

from engine.tasks.models import Task
from engine.trajectory.bodies import storable, to_json
from engine.trajectory.copying import read_heads
from engine.trajectory.database import Database, StoreError, new_id
from engine.trajectory.events import ALIVE, PROMPTS, RunStatus, now
from engine.trajectory.interrupting import gone, interrupt
from engine.trajectory.orders import Orders, refuse_waiting
from engine.trajectory.owners import Owner
from engine.trajectory.plans import PlanLibrary
from engine.trajectory.query import RunQuery, RunQueryError
from engine.trajectory.reading import RunRow
from engine.trajectory.recorder import RunRecorder, Totals
from engine.trajectory.redaction import redacted, without_secrets
from engine.trajectory.steps import StepHead
from engine.trajectory.tables import Experiment, Process, Run, StoredEvent, StoredText

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


class OpenElsewhereError(StoreError):
    """A process that lives has the run open; it takes orders for it."""

    def __init__(self, run_id: int, owner: Owner) -> None:
        super().__init__(
            f"Run {run_id} is open in another eog-tui, {owner}. Leave it there (Esc or q) or end that process; "
            "then it can be gone on with here."
        )


class Store(Orders):
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
            return new_id(connection.execute(insert(Experiment), row))

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
            return new_id(connection.execute(insert(Run), row))

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
            refuse_waiting(connection, run_id, "Nobody had it open.")  # it was not meant for today
            last = connection.scalar(select(func.max(StoredEvent.seq)).where(StoredEvent.run_id == run_id))
            heads = read_heads(connection, run_id)
        totals = Totals(**{each.name: getattr(run, each.name) for each in fields(Totals)})
        return RunRecorder(self, run_id, seq=(last or 0) + 1, totals=totals, heads=heads)

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
            if not gone(connection):
                return []
        with self.database.write() as connection:
            left = gone(connection)  # asked again where nobody can begin a run meanwhile
            resumable = and_(Run.agent == "human", Run.gyms == "embedded", Run.steps >= PROMPTS)
            open_runs = select(Run.id, Run.updated_at, Run.steps).where(
                Run.process_id.in_(left), Run.ended_at.is_(None), not_(resumable)
            )
            runs = connection.execute(open_runs.order_by(Run.id)).all()
            for run in runs:
                interrupt(connection, run)
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
                process = new_id(connection.execute(insert(Process), row))
            self._process_id = process
            return process


_INSERT_TEXT = insert(StoredText).from_select(
    ["hash", "packed", "body"],
    select(
        bindparam("new", type_=String), bindparam("packed", type_=Boolean), bindparam("body", type_=LargeBinary)
    ).where(~exists().where(StoredText.hash == bindparam("new"))),
)


def _settings(settings: Mapping[str, Any]) -> str:
    return json.dumps(redacted(settings), sort_keys=True, default=str)
