"""One run as its agent sees it: what it says and calls is recorded, and waits where a person pauses or is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from engine.gyms.session import CallOutcome
from engine.runs import words
from engine.runs.calls import Calls, new_call_id
from engine.runs.control import Control, Interrupted
from engine.runs.journal import Journal
from engine.tasks.models import Task
from engine.trajectory.events import Limit, Message, Plan, Proposal, RequestedCall, Retry, Usage


class RunEnvironment:
    """Implements ``engine.agents.environment.Environment`` for a recorded run."""

    def __init__(self, task: Task, journal: Journal, calls: Calls, control: Control, *, max_steps: int) -> None:
        self.system_prompt = task.system_prompt
        self.user_prompt = task.user_prompt
        self.tools = tuple(calls.tools.values())
        self.max_steps = max_steps
        self.journal = journal
        self.calls = calls
        self._control = control
        self._asked = 0

    @property
    def asks_left(self) -> int:
        """How many times the agent may still ask its model."""
        return self.max_steps - self._asked

    @property
    def plan(self) -> str:
        """The plan that the model is told; empty when there is none."""
        return self.journal.conversation.plan

    def messages(self) -> list[dict[str, Any]]:
        """The conversation so far."""
        return self.journal.conversation.messages()

    async def ready(self) -> None:
        """Wait while the run is paused, and hear what people have to say."""
        await self._gate()
        self.journal.hear()
        self._control.thinking = asyncio.current_task()

    async def say(
        self,
        content: str,
        *,
        calls: Sequence[RequestedCall] = (),
        model: str | None = None,
        usage: Usage | None = None,
        duration_s: float | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> None:
        """Record what the agent said; a message without text shares the step of its first call."""
        self._control.thinking = None
        self._asked += model is not None
        message = Message(
            step=self.journal.begin_step(silent=bool(calls) and not content.strip()),
            role="assistant",
            content=content,
            calls=tuple(calls),
            model=model,
            usage=usage,
            duration_s=duration_s,
        )
        self.journal.append(message, raw)

    async def planned(
        self,
        text: str,
        *,
        model: str | None = None,
        usage: Usage | None = None,
        duration_s: float | None = None,
        review: bool = False,
    ) -> str:
        """Record the agent's plan and, if a person wants to see it first, wait for their word."""
        self._control.thinking = None
        self.journal.record(Plan(text=text, waits=review, model=model, usage=usage, duration_s=duration_s))
        if review:
            await words.about_plan(text, self.journal, self._control)
        return self.plan

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, call_id: str | None = None, malformed: str | None = None
    ) -> CallOutcome:
        """Run a tool in its gym, with a person's consent where the rules ask for it."""
        self._control.thinking = None
        await self._gate()
        step, call_id = self.journal.begin_step(), call_id or new_call_id()
        spec = self.calls.tools.get(tool)
        word: Mapping[str, Any] | CallOutcome = arguments
        if spec and malformed is None and self._control.rules.asks(tool, spec.writes):
            proposal = Proposal(
                step=step, call_id=call_id, tool=tool, arguments=arguments, gym=spec.gym, writes=spec.writes
            )
            word = await words.about_call(proposal, self.journal, self._control)
        if isinstance(word, CallOutcome):
            outcome = word
        else:
            outcome = await self.calls.make(tool, word, step=step, call_id=call_id, malformed=malformed)
        self._control.thinking = asyncio.current_task()
        return outcome

    async def hand_over(self) -> str:
        """Let a person act until they are done."""
        raise Interrupted

    async def retried(self, attempt: int, reason: str, wait_s: float) -> None:
        """Record a failed model call; it belongs to the step that it delays."""
        self.journal.append(Retry(step=self.journal.next_step, attempt=attempt, reason=reason, wait_s=wait_s))

    async def limited(self, name: str, value: float) -> None:
        """Record that a limit ended the agent's loop."""
        self.journal.record(Limit(name=name, value=value))

    async def _gate(self) -> None:
        """Wait while the run is paused; give way to a person who takes over."""
        control, journal = self._control, self.journal
        journal.record_orders()
        self._give_way()
        if control.paused:
            journal.show("paused")
            await control.resumed(journal.record_orders)
            self._give_way()
            journal.show("running")
        if control.stepping:
            control.hold()

    def _give_way(self) -> None:
        if self._control.wants_turn is not None:
            raise Interrupted
