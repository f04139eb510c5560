"""One agent on one task, once: seed the gyms, let the agent act, verify, and leave nothing behind."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple

from engine.agents.environment import AgentError
from engine.gyms.database import QueryError, QueryResult, SeedError
from engine.gyms.session import GymError, GymSession, ToolSpec
from engine.runs.beginning import Beginning, restored, seeded
from engine.runs.calls import Calls
from engine.runs.control import Control
from engine.runs.environment import RunEnvironment
from engine.runs.journal import Journal
from engine.runs.preparing import PlannedRun
from engine.runs.rebuild import RebuildError
from engine.runs.seeds import Seeds
from engine.runs.turns import take_turns
from engine.tasks.files import TaskError
from engine.tasks.models import Task
from engine.trajectory.events import (
    Database,
    DatabaseAction,
    Failure,
    Outcome,
    RunEnded,
    RunStarted,
    RunStatus,
    Verdict,
    Verdicts,
)
from engine.trajectory.store import RunRecorder, Store, StoreError
from engine.verify import Queryable, decide, outcomes, verify

log = logging.getLogger(__name__)

LIVE_CHECK_SECONDS = 1.0
"""A task whose verifiers keep its gyms busy for longer than this on the seed is verified at the end only, not after
each write. A model takes longer for its next call; and among many runs, a server's answer waits until it is read."""


class _Ending(NamedTuple):
    """What the last event of a run says."""

    status: RunStatus
    answer: str = ""
    error: str | None = None
    refused: bool = False


class _LeftOpen(Exception):  # noqa: N818 - no failure
    """The person who acts goes on another time."""


async def run_task(store: Store, run_id: int, planned: PlannedRun, seeds: Seeds, control: Control) -> RunStatus:
    """Run a task and record it; whatever goes wrong ends up in the record, not in an exception.

    Returns:
        passed, failed, errored or stopped; waiting when a person left it open.

    Raises:
        StoreError: the store takes nothing any more, so the record stays without an end.
    """
    recorder = store.reopen(run_id) if planned.again else store.recorder(run_id)
    databases = _Databases(recorder)
    left_behind = databases.left_behind
    try:
        ending = await _seeded(store, recorder, planned, seeds, control, databases)
        return _end(recorder, ending, left_behind)
    except _LeftOpen:
        return "waiting"
    except asyncio.CancelledError:
        if not recorder.begun:
            raise
        # Stopped while its gyms were being seeded, or the state of a step brought back.
        control.caught()
        control.task = None
        if control.left and planned.again:
            return "waiting"
        return _end(recorder, _Ending("stopped", error=_stopped_by(control)), left_behind)
    except (TaskError, SeedError, GymError, RebuildError) as error:
        return _broken(recorder, "gym", str(error), left_behind)
    except StoreError as error:
        return _broken(recorder, "store", str(error), left_behind)
    except Exception as error:  # the one place where a bug of ours becomes a recorded end instead of a lost run
        log.exception("run %d failed", run_id)
        return _broken(recorder, "eog-tui", f"{type(error).__name__}: {error}", left_behind)


class _Timed:
    """A gym, and how long it takes to answer.

    What other runs do meanwhile on the same loop is not counted for a built-in gym, which lets nobody in before it is
    done, unless it is slow.
    """

    def __init__(self, gym: Queryable) -> None:
        self.seconds = 0.0
        self._gym = gym

    async def query_all(self, queries: Sequence[str]) -> Sequence[QueryResult | QueryError]:
        started = time.perf_counter()
        found = await self._gym.query_all(queries)
        self.seconds += time.perf_counter() - started
        return found


class _Databases:
    """The databases that a run has elsewhere, as its record tells of them."""

    def __init__(self, recorder: RunRecorder) -> None:
        self.left_behind: list[str] = []
        self._recorder = recorder

    def note(self, action: DatabaseAction, gym: str, where: str, database_id: str) -> None:
        step = max(self._recorder.last_step, 0)
        self._recorder.append(Database(step=step, action=action, gym=gym, where=where, database_id=database_id))

    def left(self, message: str) -> None:
        self.left_behind.append(message)


async def _seeded(
    store: Store, recorder: RunRecorder, planned: PlannedRun, seeds: Seeds, control: Control, databases: _Databases
) -> _Ending:
    """Everything between the seeds and the verdicts; when it returns, the gyms are closed."""
    task = planned.task
    async with AsyncExitStack() as stack:
        if planned.fork or planned.again:
            began = await restored(stack, store, recorder, planned, seeds)
        else:
            began = await seeded(stack, store, planned, seeds, databases)
        tools = await offered_tools(task, began.gyms)
        asked = {name: _Timed(gym) for name, gym in began.gyms.items()}
        now = await outcomes(task.verifiers, asked, began.called)
        quick = sum(gym.seconds for gym in asked.values()) < LIVE_CHECK_SECONDS
        untouched = began.untouched if began.untouched is not None else now
        if not planned.again:
            recorder.append(
                RunStarted(
                    gyms=began.used,
                    tools=store.put_text(json.dumps([tool_as_json(tool) for tool in tools], ensure_ascii=False)),
                    tool_count=len(tools),
                    untouched=untouched,
                    max_steps=planned.max_steps,
                    peek=planned.peek,
                )
            )
        journal = Journal(recorder, control)
        calls = Calls(
            journal,
            began.gyms,
            tools,
            made=began.called,
            verifiers=task.verifiers,
            outcomes_so_far=now if quick and task.verifiers else None,
        )
        env = RunEnvironment(task, journal, calls, control, max_steps=planned.max_steps)
        return await _acted(env, recorder, planned, began, control, untouched)


async def _acted(
    env: RunEnvironment,
    recorder: RunRecorder,
    planned: PlannedRun,
    began: Beginning,
    control: Control,
    untouched: tuple[Outcome, ...],
) -> _Ending:
    task, journal, calls = planned.task, env.journal, env.calls
    answer, error, refused = "", None, False
    status: RunStatus | None = None
    try:
        await began.open(journal, calls)
        answer, refused = await take_turns(env, planned.agent, control)
    except AgentError as failure:
        status, error = "errored", str(failure)
        journal.record(Failure(where="agent", message=error))
    except asyncio.CancelledError:
        control.caught()
        if control.left:
            journal.leave_open(control.by)
            raise _LeftOpen from None
        status, error = "stopped", _stopped_by(control)
        journal.cut_off("stop", control.by)
    finally:
        control.task = None  # from here on a stop comes too late
        control.end()
    journal.record_orders()  # whatever the agent did not come to any more
    journal.hear()
    verdicts = await verify(task.verifiers, began.gyms, calls.made, untouched)
    recorder.append(Verdicts(step=journal.step, verdicts=verdicts))
    if status is None:
        status = decide(verdicts)
        if status == "errored":
            error = _why_nothing_was_decided(verdicts)
    return _Ending(status, answer, error, refused)


def _stopped_by(control: Control) -> str:
    return f"stopped by {control.by}" if control.by else "stopped"


def _why_nothing_was_decided(verdicts: Sequence[Verdict]) -> str:
    """What broke the verifiers. A server that is gone breaks them all in the same way, which is said once."""
    names: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.outcome == "error":
            names.setdefault(verdict.reason, []).append(verdict.name)
    broken = [f"{', '.join(those)}: {reason}" for reason, those in names.items()]
    return "; ".join(broken) or "the task has no verifier, so nothing says whether it was done"


def end_unstarted(store: Store, run_id: int, by: str = "") -> RunStatus:
    """Record the end of a run that came to nothing: somebody stopped it, or its launch failed."""
    error = " ".join(filter(None, ["stopped", f"by {by}" if by else "", "before it started"]))
    store.recorder(run_id).append(RunEnded(status="stopped", error=error))
    return "stopped"


def _broken(recorder: RunRecorder, where: str, message: str, left_behind: Sequence[str]) -> RunStatus:
    recorder.append(Failure(step=recorder.last_step + 1, where=where, message=message))
    return _end(recorder, _Ending("errored", error=message), left_behind)


def _end(recorder: RunRecorder, ending: _Ending, left_behind: Sequence[str]) -> RunStatus:
    """Record what the gyms left behind, which changes no verdict, and the end."""
    for message in left_behind:
        recorder.append(Failure(step=recorder.last_step + 1, where="gym", message=message))
    recorder.append(RunEnded(step=max(recorder.last_step, 0), **ending._asdict()))
    return ending.status


async def offered_tools(task: Task, gyms: Mapping[str, GymSession]) -> list[ToolSpec]:
    """The tools that a task offers: selected ones less restricted ones; the first gym wins a shared name."""
    tools: dict[str, ToolSpec] = {}
    for gym in gyms.values():
        for tool in await gym.tools():
            tools.setdefault(tool.name, tool)
    selected = tools.keys() if task.selected_tools is None else task.selected_tools
    restricted = task.restricted_tools or ()
    return [tools[name] for name in dict.fromkeys(selected) if name in tools and name not in restricted]


def tool_as_json(tool: ToolSpec) -> dict[str, object]:
    """A tool as it is kept with a trajectory."""
    return {"name": tool.name, "description": tool.description, "inputSchema": tool.input_schema, "gym": tool.gym}
