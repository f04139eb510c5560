"""Which runs of a command wait for a person's word, and how to give it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.trajectory.store import Store


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
