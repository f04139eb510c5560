"""Runs whose process is gone: which they are, and the last event that their process could not write."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, exists, func, insert, select, update

from engine.trajectory.bodies import pack
from engine.trajectory.clocks import lasted_s
from engine.trajectory.events import RunEnded
from engine.trajectory.owners import Owner
from engine.trajectory.tables import Process, Run, StoredEvent


def gone(connection: Connection) -> list[int]:
    """Processes with runs that have not ended, which nobody will go on with."""
    with_runs = select(Process).where(exists().where(Run.process_id == Process.id, Run.ended_at.is_(None)))
    owners = connection.execute(with_runs).all()
    return [row.id for row in owners if Owner(row.host, row.pid, row.started).is_gone(row.seen_at)]


def interrupt(connection: Connection, run: Any) -> None:
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
