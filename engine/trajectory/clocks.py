"""How long runs took, asked of the store: of a person's own run only the time that they worked on it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from engine.trajectory.attendance import TELLING, Attended, after
from engine.trajectory.bodies import unpack
from engine.trajectory.events import now
from engine.trajectory.owners import Owner
from engine.trajectory.tables import Process, Run, StoredEvent


def lasted_s(connection: Connection, run_id: int, ended_at: datetime) -> float | None:
    """Seconds that a run took which ends now: from start to end, or what its person worked on it.

    None when it never started, or is there no more.
    """
    run = connection.execute(select(Run.agent, Run.started_at).where(Run.id == run_id)).first()
    if run is None or run.started_at is None:
        return None
    clock = _clocks(connection, [run_id]).get(run_id) if run.agent == "human" else None
    return clock.seconds(ended_at) if clock else (ended_at - run.started_at).total_seconds()


def so_far_s(connection: Connection, run_ids: Sequence[int]) -> dict[int, float]:
    """Seconds that people worked so far on runs of theirs that are open; those that nobody came to are left out.

    Where the program died while somebody was there, the time counts up to the last thing that was recorded.
    """
    clocks = _clocks(connection, run_ids)
    until: dict[int, datetime] = {}
    if going := [run_id for run_id, clock in clocks.items() if clock.since is not None]:
        runs = connection.execute(select(Run.id, Run.process_id, Run.updated_at).where(Run.id.in_(going))).all()
        owners = connection.execute(select(Process).where(Process.id.in_({run.process_id for run in runs})))
        gone = {row.id for row in owners if Owner(row.host, row.pid, row.started).is_gone(row.seen_at)}
        until = {run.id: run.updated_at for run in runs if run.process_id in gone}
    at = now()
    return {run_id: clock.seconds(until.get(run_id, at)) for run_id, clock in clocks.items()}


def _clocks(connection: Connection, run_ids: Sequence[int]) -> dict[int, Attended]:
    """The clocks of the runs that somebody came to."""
    telling = (
        select(StoredEvent)
        .where(StoredEvent.run_id.in_(run_ids), StoredEvent.kind.in_(TELLING))
        .order_by(StoredEvent.run_id, StoredEvent.seq)
    )
    clocks: dict[int, Attended] = {}
    for row in connection.execute(telling).all():
        clock = clocks.get(row.run_id)
        if row.kind == "forked":  # what it has from its parent is not its own
            clocks.pop(row.run_id, None)
            continue
        if clock is None and row.kind != "attendance":
            continue
        last = None
        if clock is not None and clock.since is not None and row.kind == "attendance":
            before = (StoredEvent.run_id == row.run_id, StoredEvent.seq == row.seq - 1)
            last = connection.scalar(select(StoredEvent.at).where(*before))
        event = unpack(row.kind, row.step, row.at, row.body, row.text)
        clocks[row.run_id] = after(clock or Attended(), event, last)
    return clocks
