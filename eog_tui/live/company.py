"""The runs that are watched beside each other: those that live, and those that lived while someone looked."""

from __future__ import annotations

from threading import Lock

from engine.trajectory.events import ALIVE
from engine.trajectory.reading import RunRow
from engine.trajectory.store import RunQuery, Store

MOST = 200
"""Runs of each living status that are listed; Runs has them all."""


class Company:
    """Looks for living runs again and again; one that has ended stays, so that nobody misses how."""

    def __init__(self, store: Store, run_id: int) -> None:
        self._store = store
        self._known: dict[int, RunRow] = {}
        self._first = run_id
        self._lock = Lock()

    def look(self) -> list[RunRow]:
        """The runs as they are now, in the order in which they were launched.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._lock:
            if not self._known:
                self._meet()
            alive = {row.id: row for status in ALIVE for row in self._of("status", status)}
            # Who is missing has ended just now; who had ended before stays as it was.
            missing = [row.id for row in self._known.values() if row.alive and row.id not in alive]
            ended = {run_id: self._store.run(run_id) for run_id in missing}
            self._known |= alive | ended
            return [self._known[run_id] for run_id in sorted(self._known)]

    def _meet(self) -> None:
        """Begin with the run that is opened and those that were launched with it."""
        first = self._store.run(self._first)
        self._known[first.id] = first
        if first.experiment_id is not None:
            self._known |= {row.id: row for row in self._of("experiment", str(first.experiment_id))}

    def _of(self, name: str, value: str) -> list[RunRow]:
        return self._store.runs(RunQuery(filters={name: value}), limit=MOST)
