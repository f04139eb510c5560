"""One run as its agent sees it: every word and call goes through here, and is recorded before anything follows."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from engine.gyms.session import CallOutcome, GymSession, ToolSpec
from engine.runs.control import Control
from engine.tasks.models import Task
from engine.trajectory.changes import Change
from engine.trajectory.events import (
    Event,
    Failure,
    Intervention,
    Limit,
    Message,
    Outcome,
    RequestedCall,
    Retry,
    RunStatus,
    ToolCall,
    ToolResult,
    Usage,
)
from engine.verify import outcomes


class Recorder(Protocol):
    """Where events go."""

    def append(self, event: Event) -> None:
        """Commit an event before returning."""

    def set_status(self, status: RunStatus) -> None:
        """Note that the run goes on, waits or is paused."""


class RunEnvironment:
    """Implements ``engine.agents.environment.Environment`` for a recorded run."""

    def __init__(
        self,
        task: Task,
        gyms: Mapping[str, GymSession],
        tools: Sequence[ToolSpec],
        recorder: Recorder,
        control: Control,
        *,
        max_steps: int,
        check_writes: bool,
        untouched: Sequence[Outcome],
    ) -> None:
        self._task = task
        self._gyms = gyms
        self._tools = {tool.name: tool for tool in tools}
        self._recorder = recorder
        self._control = control
        self._check_writes = check_writes
        """Whether to run the verifiers after each call that wrote."""
        self._outcomes = list(untouched)
        """What every verifier said last."""
        self._step = 1
        self._silent = False
        """Whether the last message had no text: the next step has begun with it, and its first call belongs there."""
        self.max_steps = max_steps
        self.called: list[str] = []
        """Tools that ran in a gym, one entry a call."""

    @property
    def system_prompt(self) -> str:
        """The task's system prompt."""
        return self._task.system_prompt

    @property
    def user_prompt(self) -> str:
        """The task's user prompt."""
        return self._task.user_prompt

    @property
    def tools(self) -> Sequence[ToolSpec]:
        """The tools offered to the agent."""
        return tuple(self._tools.values())

    @property
    def step(self) -> int:
        """Number of the latest step."""
        return self._step + self._silent

    def open(self) -> None:
        """Record the two prompts that every trajectory starts with."""
        self._recorder.append(Message(step=0, role="system", content=self.system_prompt))
        self._recorder.append(Message(step=1, role="user", content=self.user_prompt))

    async def ready(self) -> None:
        """Wait while the run is paused."""
        if self._control.paused:
            self.intervened("pause")
            self._recorder.set_status("paused")
            await self._control.resumed()
            self.intervened("resume")
            self._recorder.set_status("running")

    async def say(
        self,
        content: str,
        *,
        calls: Sequence[RequestedCall] = (),
        model: str | None = None,
        usage: Usage | None = None,
        duration_s: float | None = None,
    ) -> None:
        """Record what the agent said; a message without text shares the step of its first call."""
        step = self._next()
        if calls and not content.strip():
            self._step, self._silent = step - 1, True
        self._recorder.append(
            Message(
                step=step,
                role="assistant",
                content=content,
                calls=tuple(calls),
                model=model,
                usage=usage,
                duration_s=duration_s,
            )
        )

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, call_id: str | None = None, malformed: str | None = None
    ) -> CallOutcome:
        """Run a tool in its gym; what the agent did wrong comes back as an error for it to read."""
        await self.ready()
        spec = self._tools.get(tool)
        gym = spec.gym if spec else None
        call_id = call_id or uuid.uuid4().hex[:12]
        step = self._next()
        self._recorder.append(ToolCall(step=step, call_id=call_id, tool=tool, arguments=arguments, gym=gym))
        started = time.perf_counter()
        try:
            outcome = await self._run(spec, tool, arguments, malformed)
        except asyncio.CancelledError:
            outcome = CallOutcome.refused("the run was stopped while this call was running")
            self._record(step, call_id, tool, gym, outcome, time.perf_counter() - started, None)
            raise
        checks = await self._checks(outcome.changes) if outcome.changes and self._check_writes else None
        self._record(step, call_id, tool, gym, outcome, outcome.duration_s, checks)
        return outcome

    async def retried(self, attempt: int, reason: str, wait_s: float) -> None:
        """Record a failed model call; it belongs to the step that it delays."""
        self._recorder.append(Retry(step=self._step + 1, attempt=attempt, reason=reason, wait_s=wait_s))

    async def limited(self, name: str, value: float) -> None:
        """Record that a limit ended the agent's loop."""
        self._recorder.append(Limit(step=self._next(), name=name, value=value))

    def failed(self, where: str, message: str) -> None:
        """Record that something outside the agent's power failed."""
        self._recorder.append(Failure(step=self._next(), where=where, message=message))

    def intervened(self, action: str) -> None:
        """Record that a person reached in; before the first call of a silent message, that is in its step."""
        step = self.step if self._silent else self._next()
        self._recorder.append(Intervention.model_validate({"step": step, "action": action, "by": self._control.by}))

    def _next(self) -> int:
        self._step += 1
        self._silent = False
        return self._step

    async def _run(
        self, spec: ToolSpec | None, tool: str, arguments: Mapping[str, Any], malformed: str | None
    ) -> CallOutcome:
        if spec is None:
            return CallOutcome.refused(f"Unknown tool: {tool}. It is not among the tools offered for this task.")
        if malformed is not None:
            return CallOutcome.refused(f"The arguments of {tool} are not a usable JSON object: {malformed[:500]}")
        self.called.append(tool)
        return await self._gyms[spec.gym].call(tool, dict(arguments))

    async def _checks(self, changes: Sequence[Change]) -> tuple[Outcome, ...]:
        """What every verifier says now. One whose query names none of the changed tables says what it said before.

        Gyms have no views, so a name in the text is the only way to a table.
        """
        tables = {change.table.lower() for change in changes}
        asked = [
            index
            for index, verifier in enumerate(self._task.verifiers)
            if "query" not in verifier.validation_config
            or any(_names(str(verifier.validation_config["query"]).lower(), table) for table in tables)
        ]
        found = await outcomes([self._task.verifiers[index] for index in asked], self._gyms, self.called)
        for index, outcome in zip(asked, found, strict=True):
            self._outcomes[index] = outcome
        return tuple(self._outcomes)

    def _record(
        self,
        step: int,
        call_id: str,
        tool: str,
        gym: str | None,
        outcome: CallOutcome,
        duration_s: float,
        checks: tuple[Outcome, ...] | None,
    ) -> None:
        self._recorder.append(
            ToolResult(
                step=step,
                call_id=call_id,
                tool=tool,
                gym=gym,
                is_error=outcome.is_error,
                result=outcome.result,
                error=outcome.error,
                duration_s=duration_s,
                capture_s=outcome.capture_s,
                changes=outcome.changes,
                verifiers=checks,
            )
        )


def _names(query: str, table: str) -> bool:
    """Whether a table's name stands in a query as a word: ``incident_id`` is none of table ``incident``."""
    return table in query and re.search(rf"(?<!\w){re.escape(table)}(?!\w)", query) is not None
