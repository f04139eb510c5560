"""Trying a call that waits on a copy of its run's database; nothing of it touches the run."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from engine.runs.rebuild import Rebuilder, RebuildError, State, Trial
from engine.tasks.models import Task
from engine.trajectory.events import Proposal

if TYPE_CHECKING:
    from engine.trajectory.store import Store


class Rehearsal:
    """The state before one proposed call, rebuilt at the first try and kept while the call waits.

    Methods take a moment: call them in threads. Tries wait for each other.
    """

    def __init__(self, store: Store, rebuilder: Rebuilder, run_id: int, proposal: Proposal) -> None:
        self._store, self._rebuilder = store, rebuilder
        self._run_id, self._proposal = run_id, proposal
        self._task: Task | None = None
        self._state: State | None = None
        self._closed = False
        self._lock = Lock()

    def try_call(self, arguments: Mapping[str, Any]) -> Trial:
        """What the call would do with these arguments.

        Raises:
            RebuildError: the state cannot be rebuilt; the text says why.
            StoreError: the store cannot be read.
        """
        with self._lock:
            if self._closed:
                raise RebuildError("The call no longer waits.")
            if self._task is None or self._state is None:
                self._task = self._store.task(self._run_id)
                # The step before the one that waits is committed.
                self._state = self._rebuilder.at(self._run_id, self._proposal.step - 1)
            return self._state.try_call(self._task, self._proposal.tool, arguments)

    @property
    def elsewhere(self) -> str:
        """Address of the run's own gym where this process only stands in for it; empty before the first try."""
        gym = self._state.gyms.get(self._proposal.gym or "") if self._state else None
        return gym.where if gym is not None and gym.moved else ""

    def close(self) -> None:
        """Give up the copies."""
        with self._lock:
            self._closed = True
            if self._state is not None:
                self._state.close()
