"""One run as its agent sees it: every word and call goes through here, and is recorded before anything follows."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.agents.conversation import Conversation, rejection
from engine.gyms.session import CallOutcome, GymSession, ToolSpec
from engine.runs.control import Control, NewRules, WaitsFor
from engine.runs.orders import AcceptPlan, Answer, ApproveCall, Reject, Request, TakeOver
from engine.tasks.models import Task
from engine.tasks.plan_files import tidy
from engine.trajectory.changes import Change
from engine.trajectory.events import (
    Attendance,
    Event,
    Failure,
    Intervention,
    InterventionAction,
    Limit,
    Message,
    Note,
    Outcome,
    Plan,
    Proposal,
    RequestedCall,
    Retry,
    RunStatus,
    ToolCall,
    ToolResult,
    Usage,
)
from engine.verify import affected, outcomes


class Recorder(Protocol):
    """Where events go."""

    def append(self, event: Event) -> None:
        """Commit an event before returning."""

    def set_status(self, status: RunStatus) -> None:
        """Note that the run goes on, waits or is paused."""


class Interrupted(BaseException):
    """A person takes the agent's place, or answers in it."""

    def __init__(self, answer: Answer | None = None) -> None:
        super().__init__()
        self.answer = answer
        """None when the person acts from here on."""


@dataclass(frozen=True)
class Past:
    """What a run has behind it when it does not begin at its task's prompts."""

    events: Sequence[Event]
    """Everything that happened up to its last step."""
    steps: int
    """How many steps these are."""
    called: tuple[str, ...]
    """Tools that ran in a gym, one entry a call."""


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
        outcomes_so_far: Sequence[Outcome],
    ) -> None:
        self._task = task
        self._gyms = gyms
        self._tools = {tool.name: tool for tool in tools}
        self._recorder = recorder
        self._control = control
        self._check_writes = check_writes
        """Whether to run the verifiers after each call that wrote."""
        self._outcomes = list(outcomes_so_far)
        """What every verifier said last."""
        self._conversation = Conversation()
        self._step = -1
        self._silent = False
        """Whether the last message had no text: the next step has begun with it, and its first call belongs there."""
        self._held = False
        """Whether the run is recorded as paused."""
        self._pending: tuple[int, str | None] | None = None
        """Step and id of the call that waits for a person's word; no id where a plan does."""
        self._present = False
        """Whether a person who acts came, and did not leave yet."""
        self._asked = 0
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

    @property
    def asks_left(self) -> int:
        """How many times the agent may still ask its model."""
        return self.max_steps - self._asked

    @property
    def plan(self) -> str:
        """The plan that the model is told; empty when there is none."""
        return self._conversation.plan

    def messages(self) -> list[dict[str, Any]]:
        """The conversation so far."""
        return self._conversation.messages()

    # Beginning.

    def open(self, system: str | None = None, user: str | None = None) -> None:
        """Record the two prompts that every trajectory starts with: the task's, or others in their place."""
        prompts = (self.system_prompt if system is None else system, self.user_prompt if user is None else user)
        self._append(Message(step=self._next(), role="system", content=prompts[0]))
        self._append(Message(step=self._next(), role="user", content=prompts[1]))

    def go_on(self, past: Past) -> None:
        """Go on after steps that are recorded already."""
        self._step = past.steps - 1
        self.called = list(past.called)
        for event in past.events:
            self._conversation.take(event)

    def record(self, event: Event) -> None:
        """Record what begins a fork, or a plan, as a step of its own."""
        self._append(event.model_copy(update={"step": self._next()}))

    # What agents do.

    async def ready(self) -> None:
        """Wait while the run is paused, and hear what people have to say."""
        await self._gate()
        self.hear()
        self._control.thinking = asyncio.current_task()

    def hear(self) -> bool:
        """Record what people said to the model; whether there was anything."""
        said, self._control.said = self._control.said, []
        for order in said:
            self._append(Message(step=self._next(), role="user", content=order.text, by=order.by))
        return bool(said)

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
        step = self._next()
        if calls and not content.strip():
            self._step, self._silent = step - 1, True
        message = Message(
            step=step,
            role="assistant",
            content=content,
            calls=tuple(calls),
            model=model,
            usage=usage,
            duration_s=duration_s,
        )
        self._append(message, raw)

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, call_id: str | None = None, malformed: str | None = None
    ) -> CallOutcome:
        """Run a tool in its gym; what the agent did wrong comes back as an error for it to read."""
        self._control.thinking = None
        await self._gate()
        outcome = await self._call(tool, arguments, call_id or uuid.uuid4().hex[:12], malformed)
        self._control.thinking = asyncio.current_task()
        return outcome

    async def _call(self, tool: str, arguments: Mapping[str, Any], call_id: str, malformed: str | None) -> CallOutcome:
        spec = self._tools.get(tool)
        step = self._next()
        if spec and malformed is None and self._control.rules.asks(tool, spec.writes):
            word = await self._ask(step, call_id, spec, arguments)
            if isinstance(word, CallOutcome):
                return word
            arguments = word
        return await self._carry_out(step, call_id, tool, arguments, malformed=malformed)

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
        step = self._next()
        self._append(Plan(step=step, text=text, waits=review, model=model, usage=usage, duration_s=duration_s))
        if review:
            await self._review(step, text)
        return self.plan

    async def hand_over(self) -> str:
        """Let a person act until they are done."""
        raise Interrupted

    async def retried(self, attempt: int, reason: str, wait_s: float) -> None:
        """Record a failed model call; it belongs to the step that it delays."""
        self._append(Retry(step=self._step + 1, attempt=attempt, reason=reason, wait_s=wait_s))

    async def limited(self, name: str, value: float) -> None:
        """Record that a limit ended the agent's loop."""
        self._append(Limit(step=self._next(), name=name, value=value))

    # What people do.

    async def call_by(
        self, person: str, tool: str, arguments: Mapping[str, Any], *, call_id: str | None = None
    ) -> CallOutcome:
        """Run a tool for the person who acts; ``call_id`` names a model's call that they make in another way."""
        return await self._carry_out(self._next(), call_id or uuid.uuid4().hex[:12], tool, arguments, by=person)

    def answered(self, order: Answer) -> None:
        """Record a person's answer: their own, or in place of the model whose call waits."""
        if self._pending is not None:
            self.ended_wait("answer", order.by)
        self._append(Message(step=self._next(), role="assistant", content=order.text, by=order.by))

    def ended_wait(self, action: InterventionAction, by: str) -> None:
        """Record that a person took the agent's place, or stopped the run, instead of letting its next call run."""
        if self._pending is not None:
            step, call_id = self._pending
            self.intervened(action, by, step=step, call_id=call_id)
            self._pending = None
        else:
            self.intervened(action, by)
        # A message whose calls come to nothing keeps its step.
        self._step, self._silent = self.step, False

    def noted(self, by: str, text: str) -> None:
        """Record a note."""
        self._append(Note(step=self._next(), by=by, text=text))

    def attended(self, action: str, by: str) -> None:
        """Record that a person who acts came or left."""
        self._present = action == "came"
        self._append(Attendance.model_validate({"step": self.step, "action": action, "by": by}))

    def left_open(self, by: str) -> None:
        """Record that the run is left for another time."""
        if self._present:
            self.attended("left", by)
        self.waits("person")

    def record_unheard(self) -> None:
        """Record what people said and wrote and the run did not come to any more."""
        self.record_orders()
        self.hear()

    def intervened(
        self,
        action: InterventionAction,
        by: str,
        *,
        step: int | None = None,
        call_id: str | None = None,
        text: str = "",
        before: Any = None,
        after: Any = None,
    ) -> None:
        """Record that a person reached in; before the first call of a silent message, that is in its step."""
        if step is None:
            step = self.step if self._silent else self._next()
        self._append(
            Intervention(step=step, action=action, by=by, call_id=call_id, text=text, before=before, after=after)
        )

    def failed(self, where: str, message: str) -> None:
        """Record that something outside the agent's power failed."""
        self._append(Failure(step=self._next(), where=where, message=message))

    def waits(self, for_: WaitsFor) -> None:
        """Say who or what is waited for."""
        self._control.waits_for = for_
        self._recorder.set_status("running" if for_ == "nobody" else "waiting")

    def show_paused(self, paused: bool) -> None:
        """Show that the person who acts rests, or is back."""
        self._recorder.set_status("paused" if paused else "waiting")

    # Within.

    def _append(self, event: Event, raw: Mapping[str, Any] | None = None) -> None:
        self._recorder.append(event)
        self._conversation.take(event, raw)

    def _next(self) -> int:
        self._step += 1
        self._silent = False
        return self._step

    async def _gate(self) -> None:
        """Wait while the run is paused; give way to a person who takes over."""
        control = self._control
        self.record_orders()
        self._give_way()
        if control.paused:
            if not self._held:
                self.intervened("pause", control.by)
            self._held = True
            self._recorder.set_status("paused")
            await control.resumed()
            self._give_way()
            self.intervened("step" if control.stepping else "resume", control.by)
            self._held = control.stepping
            self._recorder.set_status("running")
            self.record_orders()
        if control.stepping:
            control.hold()

    def _give_way(self) -> None:
        if self._control.wants_turn is not None:
            self._held = False
            raise Interrupted

    def record_orders(self) -> None:
        """Record what was carried out while nobody could record it."""
        done, self._control.to_record = self._control.to_record, []
        for each in done:
            if isinstance(each, NewRules):
                before, after = (rules.model_dump(mode="json") for rules in (each.before, each.after))
                self.intervened("supervise", each.by, before=before, after=after)
            else:
                self.noted(each.by, each.text)

    async def _ask(
        self, step: int, call_id: str, spec: ToolSpec, arguments: Mapping[str, Any]
    ) -> Mapping[str, Any] | CallOutcome:
        """Wait for a person's word about a call: the arguments to run it with, or what the model is told instead."""
        self._append(
            Proposal(step=step, call_id=call_id, tool=spec.name, arguments=arguments, gym=spec.gym, writes=spec.writes)
        )
        self._pending = step, call_id
        self.waits("word")
        try:
            while True:
                request = await self._word()
                match request.order:
                    case ApproveCall(call_id=about, by=by, arguments=other) if about == call_id:
                        self._pending = None
                        changed = other is not None and dict(other) != dict(arguments)
                        self.intervened(
                            "edit" if changed else "approve",
                            by,
                            step=step,
                            call_id=call_id,
                            before=dict(arguments) if changed else None,
                            after=other if changed else None,
                        )
                        request.carried_out()
                        return arguments if other is None else other
                    case Reject(call_id=about, by=by, reason=reason) if about == call_id:
                        self._pending = None
                        self.intervened("reject", by, step=step, call_id=call_id, text=reason)
                        request.carried_out()
                        return CallOutcome.refused(rejection(reason))
                    case _:
                        request.refuse("The run waits for a word about another call.")
        finally:
            self.waits("nobody")

    async def _review(self, step: int, text: str) -> None:
        """Wait until a person accepts the plan, which they may change first."""
        self._pending = step, None
        self.waits("plan")
        try:
            while True:
                request = await self._word()
                match request.order:
                    case AcceptPlan(by=by, text=None):
                        other = text
                    case AcceptPlan(by=by, text=str() as changed):
                        try:
                            other = tidy(changed)
                        except ValueError as error:
                            request.refuse(f"This plan cannot be used: {error}.")
                            continue
                    case _:
                        request.refuse("The run waits for a word about its plan.")
                        continue
                self._pending = None
                if other in (text, text.strip()):
                    self.intervened("approve", by, step=step)
                else:
                    self._append(Plan(step=step, text=other, by=by, before=text))
                request.carried_out()
                return
        finally:
            self.waits("nobody")

    async def _word(self) -> Request:
        """What a person says to that which waits, unless they act or answer instead."""
        request = await self._control.request()
        match request.order:
            case Answer() as answer:
                self.answered(answer)
                request.carried_out()
                raise Interrupted(answer)
            case TakeOver():
                self._control.wants_turn = request
                raise Interrupted
        return request

    async def _carry_out(
        self,
        step: int,
        call_id: str,
        tool: str,
        arguments: Mapping[str, Any],
        *,
        malformed: str | None = None,
        by: str | None = None,
    ) -> CallOutcome:
        spec = self._tools.get(tool)
        gym = spec.gym if spec else None
        self._append(ToolCall(step=step, call_id=call_id, tool=tool, arguments=arguments, gym=gym, by=by))
        started = time.perf_counter()
        try:
            outcome = await self._run(spec, tool, arguments, malformed)
        except asyncio.CancelledError:
            outcome = CallOutcome.refused("the run was stopped while this call was running")
            self._record(step, call_id, tool, gym, outcome, time.perf_counter() - started, None)
            raise
        checks = None
        try:
            if outcome.changes and self._check_writes:
                checks = await self._checks(outcome.changes)
        finally:  # what the call wrote is written, even if the run is stopped here
            self._record(step, call_id, tool, gym, outcome, outcome.duration_s, checks)
        return outcome

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
        """What every verifier says now; one that these changes cannot have turned says what it said before."""
        asked = affected(self._task.verifiers, changes)
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
        self._append(
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
                clock=outcome.clock,
            )
        )
