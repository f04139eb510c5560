"""Databases that runs made on servers elsewhere and that are not known to be deleted."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, insert, select

from engine.trajectory.bodies import pack, unpack
from engine.trajectory.events import Database
from engine.trajectory.store import Store
from engine.trajectory.tables import Run, StoredEvent


class LeftDatabase(NamedTuple):
    """A database that may still be on its server."""

    run_id: int
    gym: str
    """The server's name in the task."""
    where: str
    """The server's address, without secrets."""
    database_id: str


def databases_left(store: Store, run_ids: Collection[int] | None = None) -> list[LeftDatabase]:
    """What some runs have on servers, alive or not; without ``run_ids`` what all runs left there that have ended."""
    wanted = (Run.ended_at.is_not(None), Run.gyms != "embedded") if run_ids is None else (Run.id.in_(run_ids),)
    rows = (
        select(StoredEvent)
        .join(Run, Run.id == StoredEvent.run_id)
        .where(StoredEvent.kind == "database", *wanted)
        .order_by(StoredEvent.run_id, StoredEvent.seq)
    )
    left: dict[tuple[str, str], LeftDatabase] = {}
    with store.database.read() as connection:
        for row in connection.execute(rows):
            event = unpack(row.kind, row.step, row.at, row.body, row.text)
            assert isinstance(event, Database)
            place = (event.where, event.database_id)
            if event.action == "made":
                left[place] = LeftDatabase(row.run_id, event.gym, event.where, event.database_id)
            else:
                left.pop(place, None)
    return list(left.values())


def being_seeded(store: Store, run_ids: Collection[int]) -> dict[int, Database]:
    """What runs that have not begun wait for, by run: the database that each asked a server for last."""
    if not run_ids:
        return {}
    rows = (
        select(StoredEvent)
        .join(Run, Run.id == StoredEvent.run_id)
        .where(StoredEvent.kind == "database", Run.status == "queued", Run.id.between(min(run_ids), max(run_ids)))
        .order_by(StoredEvent.seq)
    )
    found: dict[int, Database] = {}
    with store.database.read() as connection:
        for row in connection.execute(rows):
            event = unpack(row.kind, row.step, row.at, row.body, row.text)
            assert isinstance(event, Database)
            found[row.run_id] = event
    return {run_id: event for run_id, event in found.items() if event.action == "made" and run_id in run_ids}


def note_deleted(store: Store, database: LeftDatabase) -> None:
    """Add to a run that has ended that a database of it was deleted since."""
    run_id = database.run_id
    event = Database(
        step=max(store.run(run_id).steps - 1, 0),
        action="deleted",
        gym=database.gym,
        where=database.where,
        database_id=database.database_id,
    )
    body = pack(event)
    with store.database.write() as connection:
        last = connection.scalar(select(func.max(StoredEvent.seq)).where(StoredEvent.run_id == run_id))
        row = {"run_id": run_id, "seq": (last or 0) + 1, "step": event.step, "kind": event.kind, "at": event.at}
        connection.execute(insert(StoredEvent), row | {"body": body.json, "text": body.text})
