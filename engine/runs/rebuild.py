"""The gyms of a run as they stood after any of its steps, rebuilt from their seeds and the recorded changes."""

from __future__ import annotations

import asyncio
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Self

from pydantic import BaseModel, TypeAdapter

from engine.gyms.database import Database, QueryError, QueryResult, StateError
from engine.gyms.session import carry_out
from engine.gyms.toolkit import Clock, Domain, FrozenClock, WallClock
from engine.runs.opening import EMBEDDED
from engine.runs.seeds import Seeds
from engine.tasks.models import Task
from engine.trajectory.changes import Change
from engine.trajectory.events import Event, GymUsed, Message, Outcome, RunStarted, ToolCall, ToolResult
from engine.trajectory.reading import Reader
from engine.trajectory.store import StoreError
from engine.verify import affected, outcomes

_UNREADABLE = (StoreError, ValueError, LookupError, TypeError, zlib.error)
"""What reading a record raises that no recorder wrote."""


class RebuildError(Exception):
    """A state that cannot be rebuilt; the text names the run and the reason."""


@dataclass(frozen=True)
class RebuiltGym:
    """One gym as it stood, in this process."""

    name: str
    """The server's name in the task."""
    domain: Domain
    database: Database
    headers: Mapping[str, str]
    """What its requests carried: who acts."""
    clock: Clock
    """Goes on from where the gym's frozen clock stood; the wall clock where the gym had that."""
    where: str
    """Where the run's own gym was: ``embedded``, or the address of a server elsewhere."""

    @property
    def moved(self) -> bool:
        """Whether the run had its gym elsewhere, so that this one only stands for it."""
        return self.where != EMBEDDED

    def copy(self) -> RebuiltGym:
        """The same gym once more; what happens there does not happen here."""
        clock = self.clock if self.clock.state is None else FrozenClock.at(self.clock.state)
        return RebuiltGym(self.name, self.domain, self.database.clone(), self.headers, clock, self.where)


@dataclass(frozen=True)
class Trial:
    """What a call would do."""

    text: str
    """The result that the agent would read."""
    is_error: bool
    changes: tuple[Change, ...]
    before: tuple[Outcome, ...]
    """What every verifier says without the call, in the task's order."""
    after: tuple[Outcome, ...]
    """What it would say right after."""
    duration_s: float = 0.0
    """Seconds that the call took on the copy."""

    @property
    def turned(self) -> tuple[int, ...]:
        """Positions of the verifiers that would say something else."""
        pairs = enumerate(zip(self.before, self.after, strict=True))
        return tuple(index for index, (before, after) in pairs if before != after)


class State:
    """All gyms of a run after one step. Calls take a moment, so not in an event loop; any thread may make them."""

    def __init__(
        self, run_id: int, step: int, gyms: Mapping[str, RebuiltGym], tools: Mapping[str, str], called: tuple[str, ...]
    ) -> None:
        self.run_id = run_id
        self.step = step
        self.gyms = gyms
        """By server name, in the task's order."""
        self.called = called
        """Names of the tools that ran in a gym up to here, one entry a call."""
        self._tools = tools
        self._lock = threading.Lock()
        self._said: tuple[Task, tuple[Outcome, ...]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up the databases."""
        with self._lock:
            for gym in self.gyms.values():
                gym.database.close()

    def hashes(self) -> dict[str, str]:
        """``Database.hash()`` of each gym, by server name."""
        with self._lock:
            return {name: gym.database.hash() for name, gym in self.gyms.items()}

    def query(self, gym: str, sql: str) -> QueryResult:
        """Run one SELECT in a gym; raises QueryError, and KeyError where the run has no such gym."""
        with self._lock:
            return self.gyms[gym].database.query(sql)

    def outcomes(self, task: Task) -> tuple[Outcome, ...]:
        """What every verifier says, in the task's order."""
        with self._lock:
            if self._said is None or self._said[0] is not task:
                found = outcomes(task.verifiers, _readable(self.gyms), self.called)
                self._said = task, asyncio.run(found)
            return self._said[1]

    def try_call(self, task: Task, tool: str, arguments: Mapping[str, Any]) -> Trial:
        """Carry out a call on a copy of its gym: this state stays as it is, and the same call can be tried again."""
        before = self.outcomes(task)
        if tool not in self._tools:
            words = f"Unknown tool: {tool}. It is not among the tools offered for this task."
            return Trial(words, is_error=True, changes=(), before=before, after=before)
        with self._lock:
            gym = self.gyms[self._tools[tool]].copy()
        try:
            started = time.perf_counter()
            with gym.database.record() as recording:
                answer = carry_out(gym.domain, gym.database.connection, tool, arguments, gym.headers, gym.clock)
            took = time.perf_counter() - started
            after = list(before)
            asked = affected(task.verifiers, recording.changes)
            with self._lock:
                gyms = _readable({**self.gyms, gym.name: gym})
                found = outcomes([task.verifiers[index] for index in asked], gyms, [*self.called, tool])
                for index, outcome in zip(asked, asyncio.run(found), strict=True):
                    after[index] = outcome
        finally:
            gym.database.close()
        return Trial(answer.text, answer.is_error, recording.changes, before, tuple(after), took)


class _Readable:
    """A gym's database as verifiers ask it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def query_all(self, queries: Sequence[str]) -> list[QueryResult | QueryError]:
        return [self._answer(sql) for sql in queries]

    def _answer(self, sql: str) -> QueryResult | QueryError:
        try:
            return self._database.query(sql)
        except QueryError as error:
            return error


def _readable(gyms: Mapping[str, RebuiltGym]) -> dict[str, _Readable]:
    return {name: _Readable(gym.database) for name, gym in gyms.items()}


class _Offered(BaseModel):
    """What is needed of a tool as it is kept with a trajectory."""

    name: str
    gym: str


_OFFERED = TypeAdapter(list[_Offered])


class Rebuilder:
    """Rebuilds states of recorded runs. Any thread may ask."""

    def __init__(self, store: Reader, seeds: Seeds) -> None:
        self._store = store
        self._seeds = seeds

    def at(self, run_id: int, step: int) -> State:
        """The state right after a step; close it when it is no longer needed.

        Whoever wrote the store may be a stranger, so nothing in it is relied upon.

        Raises:
            RebuildError: there is no such run or step, the step is still under way, a gym is of no built-in domain,
                or seed and changes do not fit each other.
        """
        try:
            self._require_committed(run_id, step)
            task = self._store.task(run_id)
            events = self._store.history(run_id, step)
            started = next((event for event in events if isinstance(event, RunStarted)), None)
            if started is None:
                raise RebuildError(f"Run {run_id} has not started, so it has no state.")
            offered = _OFFERED.validate_json(self._store.text(started.tools))
        except _UNREADABLE as error:
            raise RebuildError(f"Run {run_id} cannot be rebuilt: {error}") from error
        headers = {config.mcp_server_name: config.headers for config in task.gym_servers_config}
        gyms: dict[str, RebuiltGym] = {}
        try:
            for used in started.gyms:
                gyms[used.name] = self._gym(run_id, used, headers.get(used.name, {}), events)
        except BaseException:
            for gym in gyms.values():
                gym.database.close()
            raise
        tools = {tool.name: tool.gym for tool in offered if tool.gym in gyms}
        return State(run_id, step, gyms, tools, _called(events))

    def _require_committed(self, run_id: int, step: int) -> None:
        count = self._store.run(run_id).steps
        if not 0 <= step < count:
            raise RebuildError(
                f"Run {run_id} has no step {step}; " + (f"its last is {count - 1}." if count else "none.")
            )
        if step == count - 1 and self._store.steps(run_id, step)[0].ok is None:
            raise RebuildError(f"Step {step} of run {run_id} did not come to its end, so it has no state of its own.")

    def _gym(self, run_id: int, used: GymUsed, headers: Mapping[str, str], events: list[Event]) -> RebuiltGym:
        def refuse(reason: object, cause: Exception) -> NoReturn:
            raise RebuildError(f"Run {run_id} cannot be rebuilt: {used.name}: {reason}") from cause

        try:
            seed = self._seeds.stored(used.domain, self._store.text(used.seed), "its seed")
            clock = _clock(used, events)
        except LookupError as error:
            refuse("only gyms of built-in domains can be rebuilt, this one lives elsewhere", error)
        except (StoreError, ValueError, zlib.error) as error:
            refuse(error, error)
        database = seed.template.clone(used.name)
        reached = 0

        def calls() -> Iterator[tuple[Change, ...]]:
            nonlocal reached
            for event in events:
                if isinstance(event, ToolResult) and event.changes and event.gym == used.name:
                    reached = event.step
                    yield event.changes

        try:
            database.restore(calls())
        except StateError as error:
            database.close()
            refuse(f"step {reached}: {error}", error)
        return RebuiltGym(used.name, seed.domain, database, headers, clock, used.where)


def _clock(used: GymUsed, events: list[Event]) -> Clock:
    """The gym's clock as its last call left it. Raises ValueError where the record makes no sense."""
    if used.clock is None:
        return WallClock()
    results = (event for event in reversed(events) if isinstance(event, ToolResult) and event.gym == used.name)
    state = next((result.clock for result in results if result.clock is not None), None)
    return FrozenClock(used.clock) if state is None else FrozenClock.at(state)


def _called(events: list[Event]) -> tuple[str, ...]:
    """The tools that ran in a gym; a call whose arguments nobody could read did not."""
    called: list[str] = []
    unreadable: set[str] = set()
    for event in events:
        if isinstance(event, Message):
            unreadable = {call.id for call in event.calls if call.malformed is not None}
        elif isinstance(event, ToolCall) and event.gym is not None and event.call_id not in unreadable:
            called.append(event.tool)
    return tuple(called)
