"""What the runs of a command wait for: a person's word, and how to give it; or a gym elsewhere that takes its time."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.trajectory.store import Store

PATIENCE_SECONDS = 3.0
"""A gym that opens within this is not worth a line."""

LOOK_SECONDS = 1.0


class Asking:
    """Tells of every wait once."""

    def __init__(self, store: Store, run_ids: Collection[int]) -> None:
        self._store = store
        self._mine = frozenset(run_ids)
        self._experiments = {store.run(run_id).experiment_id for run_id in run_ids}
        """Others may use the store, and more of their runs may wait than anyone would read."""
        self._revision = -1
        self._told: set[tuple[int, int]] = set()
        """Run and step of what was told."""

    def news(self) -> Iterator[str]:
        """A line for each wait that has begun since the last time."""
        from engine.trajectory.store import RunQuery
        from eog_tui.live.waiting import awaited, waits_for

        revision = self._store.revision()
        if revision == self._revision:
            return
        self._revision = revision
        for experiment in self._experiments:
            query = RunQuery(filters={"experiment": str(experiment), "status": "waiting"})
            for row in self._store.runs(query, 0, self._store.count(query)):
                if row.id not in self._mine or (asked := awaited(self._store, row)) is None:
                    continue
                if (row.id, asked.step) not in self._told:
                    self._told.add((row.id, asked.step))
                    how = f"eog-tui ctl {row.id} approve, or open the app: eog-tui"
                    yield f"run {row.id} {waits_for(row, asked)}   {how}"


class SlowGyms:
    """Tells of every server that takes its time to make a database, and of Docker, once."""

    def __init__(self, store: Store, run_ids: Collection[int]) -> None:
        self._store = store
        self._mine = frozenset(run_ids)
        self._look_at = time.monotonic() + PATIENCE_SECONDS
        self._told: set[str] = set()

    def news(self) -> Iterator[str]:
        """A line for each that runs have begun to wait for since the last time."""
        from engine.gyms.contract import SEED_SECONDS
        from engine.trajectory.databases import being_seeded
        from engine.trajectory.events import now

        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_SECONDS
        asked = being_seeded(self._store, self._mine)
        minutes = f"{SEED_SECONDS / 60:.0f} minutes"
        for run_id, database in asked.items():
            if database.where not in self._told and (now() - database.at).total_seconds() >= PATIENCE_SECONDS:
                self._told.add(database.where)
                yield f"run {run_id}: {database.where} makes its database; that may take {minutes}"
        first = self._store.run(min(self._mine))
        if "docker" in first.gyms and first.status == "queued" and first.id not in asked and "docker" not in self._told:
            self._told.add("docker")
            yield f"run {first.id}: its container starts; an image that is not here is pulled first, for some minutes"
