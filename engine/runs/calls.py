"""Calls as they are carried out, each in its gym, and recorded with what it changed and what verifiers say then."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.gyms.session import CallOutcome, CallStopped, GymSession, ToolSpec
from engine.runs.journal import Journal
from engine.tasks.models import Verifier
from engine.trajectory.changes import Change
from engine.trajectory.events import Outcome, ToolCall, ToolResult
from engine.verify import affected, outcomes


def new_call_id() -> str:
    """An id for a call that no model gave one."""
    return uuid.uuid4().hex[:12]


class Calls:
    """Makes the calls of one run, whoever wants them made."""

    def __init__(
        self,
        journal: Journal,
        gyms: Mapping[str, GymSession],
        tools: Sequence[ToolSpec],
        *,
        made: Iterable[str],
        verifiers: Sequence[Verifier],
        outcomes_so_far: Sequence[Outcome] | None,
    ) -> None:
        """Begin.

        Args:
            journal: where calls and results are recorded.
            gyms: by server name.
            tools: the offered ones.
            made: tools that ran before, one entry a call.
            verifiers: those of the task.
            outcomes_so_far: what each of them says now; None when they are not to be asked after each write.
        """
        self._journal = journal
        self._gyms = gyms
        self._verifiers = verifiers
        self._outcomes = None if outcomes_so_far is None else list(outcomes_so_far)
        """What every verifier said last."""
        self.tools = {tool.name: tool for tool in tools}
        """The offered tools by name."""
        self.made = list(made)
        """Tools that ran in a gym, one entry a call."""

    async def make(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        *,
        step: int | None = None,
        call_id: str | None = None,
        malformed: str | None = None,
        by: str | None = None,
    ) -> CallOutcome:
        """Run a tool in its gym; what is wrong with the call comes back as an error to read.

        Args:
            tool: name of any tool, offered or not.
            arguments: what it is called with.
            step: the step that has begun with it; by default a new one.
            call_id: its id as the model gave it; by default a new one.
            malformed: why the arguments that a model wrote cannot be used.
            by: the person who makes it; None for the run's agent.
        """
        spec = self.tools.get(tool)
        call = ToolCall(
            step=self._journal.begin_step() if step is None else step,
            call_id=call_id or new_call_id(),
            tool=tool,
            arguments=arguments,
            gym=spec.gym if spec else None,
            by=by,
        )
        self._journal.append(call)
        started = time.perf_counter()
        try:
            outcome = await self._run(spec, tool, arguments, malformed)
        except CallStopped as stop:
            self._record(call, stop.outcome)
            raise asyncio.CancelledError from None
        except asyncio.CancelledError:
            lost = CallOutcome.refused("the run was stopped while this call was running")
            self._record(call, replace(lost, duration_s=time.perf_counter() - started))
            raise
        checks = None
        try:
            if outcome.changes and self._outcomes is not None:
                checks = await self._check(self._outcomes, outcome.changes)
        finally:  # what the call wrote is written, even if the run is stopped here
            self._record(call, outcome, checks)
        return outcome

    async def _run(
        self, spec: ToolSpec | None, tool: str, arguments: Mapping[str, Any], malformed: str | None
    ) -> CallOutcome:
        if spec is None:
            return CallOutcome.refused(f"Unknown tool: {tool}. It is not among the tools offered for this task.")
        if malformed is not None:
            return CallOutcome.refused(f"The arguments of {tool} are not a usable JSON object: {malformed[:500]}")
        self.made.append(tool)
        return await self._gyms[spec.gym].call(tool, dict(arguments))

    async def _check(self, said: list[Outcome], changes: Sequence[Change]) -> tuple[Outcome, ...]:
        """What every verifier says now; one that these changes cannot have turned says what it ``said`` before."""
        asked = affected(self._verifiers, changes)
        found = await outcomes([self._verifiers[index] for index in asked], self._gyms, self.made)
        for index, outcome in zip(asked, found, strict=True):
            said[index] = outcome
        return tuple(said)

    def _record(self, call: ToolCall, outcome: CallOutcome, checks: tuple[Outcome, ...] | None = None) -> None:
        self._journal.append(
            ToolResult(
                step=call.step,
                call_id=call.call_id,
                tool=call.tool,
                gym=call.gym,
                is_error=outcome.is_error,
                result=outcome.result,
                error=outcome.error,
                duration_s=outcome.duration_s,
                capture_s=outcome.capture_s,
                changes=outcome.changes,
                verifiers=checks,
                clock=outcome.clock,
            )
        )
