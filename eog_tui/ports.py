"""What the app asks of the store and the engine: nothing else of them is known here."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engine.runs.engine import Launched
    from engine.runs.orders import Order
    from engine.runs.spec import Launch
    from engine.tasks.models import Task
    from engine.trajectory.changes import Change
    from engine.trajectory.database import Database
    from engine.trajectory.events import Event, Outcome, RunStarted, RunStatus, Verdict
    from engine.trajectory.plans import PlanLibrary
    from engine.trajectory.query import RunQuery
    from engine.trajectory.reading import RunRow
    from engine.trajectory.steps import StepHead


class StorePort(Protocol):
    """The store, from any thread; see ``engine.trajectory.store.Store``."""

    @property
    def plans(self) -> PlanLibrary: ...  # noqa: D102
    @property
    def database(self) -> Database: ...  # noqa: D102
    def revision(self) -> int: ...  # noqa: D102
    def run(self, run_id: int) -> RunRow: ...  # noqa: D102
    def runs(self, query: RunQuery | None = None, offset: int = 0, limit: int = 100) -> list[RunRow]: ...  # noqa: D102
    def count(self, query: RunQuery | None = None) -> int: ...  # noqa: D102
    def place(self, run_id: int, query: RunQuery | None = None) -> int | None: ...  # noqa: D102
    def counts(self) -> dict[RunStatus, int]: ...  # noqa: D102
    def spent(self) -> float | None: ...  # noqa: D102
    def steps(self, run_id: int, since: int = 0) -> list[StepHead]: ...  # noqa: D102
    def events(self, run_id: int, step: int) -> list[Event]: ...  # noqa: D102
    def history(self, run_id: int, last: int | None = None) -> list[Event]: ...  # noqa: D102
    def family(self, run_id: int) -> list[RunRow]: ...  # noqa: D102
    def fork_counts(self, run_ids: Sequence[int]) -> dict[int, int]: ...  # noqa: D102
    def changes(self, run_id: int, first: int = 0, last: int | None = None) -> list[tuple[int, Change]]: ...  # noqa: D102
    def verdicts(self, run_id: int) -> tuple[Verdict, ...]: ...  # noqa: D102
    def untouched(self, run_id: int) -> tuple[Outcome, ...]: ...  # noqa: D102
    def started(self, run_id: int) -> RunStarted | None: ...  # noqa: D102
    def task(self, run_id: int) -> Task: ...  # noqa: D102
    def delete_run(self, run_id: int) -> None: ...  # noqa: D102
    def settings(self, run_id: int) -> dict[str, Any]: ...  # noqa: D102
    def text(self, digest: str) -> str: ...  # noqa: D102
    def search(self, run_id: int, text: str) -> list[int]: ...  # noqa: D102


class EnginePort(Protocol):
    """Starting and steering the runs of this process; see ``engine.runs.engine.Engine``."""

    def launch(self, launch: Launch) -> Launched: ...  # noqa: D102
    def alive(self) -> Sequence[int]: ...  # noqa: D102
    def going(self) -> Sequence[int]: ...  # noqa: D102
    def owns(self, run_id: int) -> bool: ...  # noqa: D102
    def order(self, run_id: int, order: Order) -> Future[None]: ...  # noqa: D102
    def reopen(self, run_id: int) -> None: ...  # noqa: D102
    def paused(self, run_id: int) -> bool: ...  # noqa: D102
