"""How a run begins: at its seeds, at a step of another run, or where its person left it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import anyio.to_thread

from engine.gyms.session import EmbeddedGym, GymSession
from engine.runs.environment import Past, RunEnvironment
from engine.runs.opening import EMBEDDED, FROZEN_START, open_gym
from engine.runs.rebuild import Rebuilder
from engine.runs.seeds import Seeds, seed_text
from engine.runs.spec import Fork, PlannedRun
from engine.trajectory.events import (
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

PROMPTS = 2
"""Every run begins with the system's and the user's prompt, steps 0 and 1."""


@dataclass(frozen=True)
class Beginning:
    """Open gyms, and what is recorded before anybody acts."""

    gyms: Mapping[str, GymSession]
    """By server name, in the task's order."""
    used: tuple[GymUsed, ...]
    open: Callable[[RunEnvironment], Awaitable[None]]
    """Records what comes before the agent."""
    untouched: tuple[Outcome, ...] | None = None
    """What the verifiers say on the untouched seeds; None where the gyms are still as seeded."""
    called: tuple[str, ...] = ()
    """Tools that ran already."""


async def seeded(
    stack: AsyncExitStack, store: Store, planned: PlannedRun, seeds: Seeds, report: Callable[[str], None]
) -> Beginning:
    """Begin at the task's seeds and prompts."""
    gyms: dict[str, GymSession] = {}
    used = []
    for config, place in zip(planned.task.gym_servers_config, planned.places, strict=True):
        opened = open_gym(config, place, seeds, planned.seed_root, frozen=planned.frozen, report=report)
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

    async def open_(env: RunEnvironment) -> None:
        env.open()

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
    past = Past(store.history(parent, last) if last >= 0 else (), last + 1, state.called)

    async def open_(env: RunEnvironment) -> None:
        if fork is None:
            env.go_on(past)
        else:
            await _open_fork(env, recorder, fork, past, _replaced(fork, store), clock=any(gym.clock for gym in used))

    return Beginning(gyms, used, open_, began.untouched, state.called)


def last_kept(fork: Fork) -> int:
    """The last step of the parent that a fork has as it was; -1 when its prompts are not the same."""
    if not fork.edits:
        return max(fork.step, PROMPTS - 1)
    return fork.step - 1 if fork.step >= PROMPTS else -1


async def _open_fork(
    env: RunEnvironment,
    recorder: RunRecorder,
    fork: Fork,
    past: Past,
    replaced: Message | ToolCall | Proposal | None,
    *,
    clock: bool,
) -> None:
    match replaced:
        case Message(content=before):
            edited: dict[str, Any] = {"edited": "message", "before": before, "after": fork.message}
        case ToolCall() | Proposal():
            edited = {"edited": "arguments", "before": dict(replaced.arguments), "after": dict(fork.arguments or {})}
        case None:
            edited = {}
    if past.steps:
        recorder.inherit(fork.run_id, past.steps - 1, sum(map(is_intervention, past.events)))
        env.go_on(past)
    elif isinstance(replaced, Message):
        env.open(**{replaced.role: fork.message})
    restored = ("conversation", "tables", "id counters", *(["clock"] if clock else []))
    kept = max(past.steps - 1, 0)
    env.record(
        Forked.model_validate(
            {"parent": fork.run_id, "parent_step": kept, "by": fork.by, "restored": restored} | edited
        )
    )
    match replaced:
        case Message() if past.steps:
            env.record(Message(role=replaced.role, content=fork.message or "", by=fork.by))
        case ToolCall() | Proposal():
            await env.call_by(fork.by, replaced.tool, fork.arguments or {})


def _replaced(fork: Fork, store: Store) -> Message | ToolCall | Proposal | None:
    """What the fork begins with in another way."""
    if not fork.edits:
        return None
    kinds = Message if fork.message is not None else ToolCall | Proposal
    return next(event for event in store.events(fork.run_id, fork.step) if isinstance(event, kinds))


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
