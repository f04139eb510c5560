"""How a run begins: at its seeds, at a step of another run, or where its person left it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from engine.gyms.session import EmbeddedGym, GymSession
from engine.runs.calls import Calls
from engine.runs.journal import Journal, Past
from engine.runs.opening import EMBEDDED, FROZEN_START, Ledger, open_gym
from engine.runs.plan_choice import GivenPlan
from engine.runs.rebuild import Rebuilder
from engine.runs.seeds import Seeds, seed_text
from engine.runs.spec import Fork
from engine.tasks.models import Task
from engine.trajectory.events import (
    PROMPTS,
    Forked,
    GymUsed,
    Message,
    Outcome,
    Proposal,
    ToolCall,
    ToolResult,
    is_intervention,
)
from engine.trajectory.store import RunRecorder, Store

if TYPE_CHECKING:
    from engine.runs.preparing import PlannedRun


@dataclass(frozen=True)
class Beginning:
    """Open gyms, and what is recorded before anybody acts."""

    gyms: Mapping[str, GymSession]
    """By server name, in the task's order."""
    used: tuple[GymUsed, ...]
    open: Callable[[Journal, Calls], Awaitable[None]]
    """Records what comes before the agent."""
    untouched: tuple[Outcome, ...] | None = None
    """What the verifiers say on the untouched seeds; None where the gyms are still as seeded."""
    called: tuple[str, ...] = ()
    """Tools that ran already."""


async def seeded(stack: AsyncExitStack, store: Store, planned: PlannedRun, seeds: Seeds, ledger: Ledger) -> Beginning:
    """Begin at the task's seeds and prompts."""
    gyms: dict[str, GymSession] = {}
    used = []
    for config, place in zip(planned.task.gym_servers_config, planned.places, strict=True):
        opened = open_gym(config, place, seeds, planned.seed_root, frozen=planned.frozen, ledger=ledger)
        gym, where = await stack.enter_async_context(opened)
        gyms[gym.name] = gym
        used.append(
            GymUsed(
                name=gym.name,
                domain=gym.domain,
                where=where,
                seed=store.put_text(seed_text(config, planned.seed_root)),
                clock=FROZEN_START if planned.frozen and where == EMBEDDED else None,
            )
        )

    async def open_(journal: Journal, _calls: Calls) -> None:
        journal.open(planned.task.system_prompt, planned.task.user_prompt)
        if planned.plan is not None:
            journal.record(planned.plan.event())

    return Beginning(gyms, tuple(used), open_)


async def restored(
    stack: AsyncExitStack, store: Store, recorder: RunRecorder, planned: PlannedRun, seeds: Seeds
) -> Beginning:
    """Begin with the state and conversation of a recorded step.

    Raises:
        RebuildError: the state cannot be brought back.
    """
    fork = planned.fork
    if fork is None:
        _close_call(recorder, store)
    parent, last = (fork.run_id, last_kept(fork)) if fork else (recorder.run_id, recorder.last_step)
    state = await anyio.to_thread.run_sync(Rebuilder(store, seeds).at, parent, max(last, 0))
    gyms: dict[str, GymSession] = {}
    try:
        for config in planned.task.gym_servers_config:
            rebuilt = state.gyms[config.mcp_server_name]
            opened = EmbeddedGym.open(config, rebuilt.database, rebuilt.domain, rebuilt.clock)
            gyms[config.mcp_server_name] = await stack.enter_async_context(opened)
    finally:
        state.close()
    began = store.started(parent)
    assert began is not None  # or there would be nothing to rebuild
    used = tuple(gym.model_copy(update={"where": EMBEDDED}) for gym in began.gyms)
    past = Past(store.history(parent, last) if last >= 0 else (), last + 1)

    async def open_(journal: Journal, calls: Calls) -> None:
        if fork is None:
            journal.go_on(past)
        else:
            frozen = any(gym.clock for gym in used)
            prompts = _prompts(fork, store, planned.task)
            begins = _Fork(fork, past, replaced(fork, store), prompts, planned.plan, frozen)
            await begins.open(journal, calls, recorder)

    return Beginning(gyms, used, open_, began.untouched, state.called)


def last_kept(fork: Fork) -> int:
    """The last step of the parent that a fork has as it was; -1 when its prompts are not the same."""
    if not fork.edits:
        return max(fork.step, PROMPTS - 1)
    return fork.step - 1 if fork.step >= PROMPTS else -1


@dataclass(frozen=True)
class _Fork:
    """What is recorded of a fork before anybody acts in it."""

    fork: Fork
    past: Past
    replaced: Message | ToolCall | Proposal | None
    """What happens differently from the start."""
    prompts: Mapping[str, str]
    """What the parent was told, by role; a fork of a fork may have been told something else than the task says."""
    plan: GivenPlan | None
    """What it is to work by from here on, if that is new."""
    frozen: bool
    """Whether a clock is restored, too."""

    async def open(self, journal: Journal, calls: Calls, recorder: RunRecorder) -> None:
        fork, past, replaced = self.fork, self.past, self.replaced
        if past.steps:
            recorder.inherit(fork.run_id, past.steps - 1, sum(map(is_intervention, past.events)))
            journal.go_on(past)
        elif isinstance(replaced, Message):
            journal.open(**{**self.prompts, replaced.role: fork.message or ""})
        journal.record(self._forked())
        if self.plan is not None:
            journal.record(self.plan.event())
        match replaced:
            case Message() if past.steps:
                journal.record(Message(role=replaced.role, content=fork.message or "", by=fork.by))
            case ToolCall() | Proposal():
                call_id = replaced.call_id if self._is_asked_for(replaced.call_id) else None
                await calls.make(replaced.tool, fork.arguments or {}, call_id=call_id, by=fork.by)

    def _forked(self) -> Forked:
        match self.replaced:
            case Message(content=before):
                edited: dict[str, Any] = {"edited": "message", "before": before, "after": self.fork.message}
            case ToolCall(arguments=before) | Proposal(arguments=before):
                edited = {"edited": "arguments", "before": dict(before), "after": dict(self.fork.arguments or {})}
            case None:
                edited = {}
        conversation = ("conversation",) if self.past.steps else ()
        clock = ("clock",) if self.frozen else ()
        return Forked.model_validate(
            {
                "parent": self.fork.run_id,
                "parent_step": max(self.past.steps - 1, 0),
                "by": self.fork.by,
                "restored": (*conversation, "tables", "id counters", *clock),
                **edited,
            }
        )

    def _is_asked_for(self, call_id: str) -> bool:
        """Whether a message that is kept asks for the call, so that the model is told its result in that place."""
        asked = (call for event in self.past.events if isinstance(event, Message) for call in event.calls)
        return any(call.id == call_id and call.malformed is None for call in asked)


def _prompts(fork: Fork, store: Store, task: Task) -> dict[str, str]:
    prompts: dict[str, str] = {"system": task.system_prompt, "user": task.user_prompt}
    said = (event for event in store.history(fork.run_id, PROMPTS - 1) if isinstance(event, Message))
    return prompts | {event.role: event.content for event in said if event.role != "assistant"}


def replaced(fork: Fork, store: Store) -> Message | ToolCall | Proposal | None:
    """What the fork begins with in another way."""
    if not fork.edits:
        return None
    kinds = Message if fork.message is not None else ToolCall | Proposal
    # The last: a call that was approved with other arguments stands behind its proposal.
    return [event for event in store.events(fork.run_id, fork.step) if isinstance(event, kinds)][-1]


def _close_call(recorder: RunRecorder, store: Store) -> None:
    """Record that a call came to nothing because the program ended while it ran."""
    calls = [
        event for event in store.events(recorder.run_id, recorder.last_step) if isinstance(event, ToolCall | ToolResult)
    ]
    if calls and isinstance(call := calls[-1], ToolCall):
        recorder.append(
            ToolResult(
                step=call.step,
                call_id=call.call_id,
                tool=call.tool,
                gym=call.gym,
                is_error=True,
                result=None,
                error="the program ended while this call was running; nothing of it was kept",
                duration_s=0.0,
            )
        )
