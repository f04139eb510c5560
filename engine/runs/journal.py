"""The record of a run while it is made: what happened, and the number of the step that it happened in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from engine.agents.conversation import Conversation
from engine.runs.control import Control, WaitsFor
from engine.runs.orders import Answer
from engine.trajectory.events import Attendance, Event, Intervention, InterventionAction, Message, RunStatus


class Recorder(Protocol):
    """Where events go."""

    def append(self, event: Event) -> None:
        """Commit an event before returning."""

    def set_status(self, status: RunStatus) -> None:
        """Note that the run goes on, waits or is paused."""


@dataclass(frozen=True)
class Past:
    """What a run has behind it when it does not begin at its task's prompts."""

    events: Sequence[Event]
    """Everything that happened up to its last step."""
    steps: int
    """How many steps these are."""


class Journal:
    """Records each thing that happens in one run before anything follows from it, and tells the model's side of it."""

    def __init__(self, recorder: Recorder, control: Control) -> None:
        self._recorder = recorder
        self._control = control
        self.conversation = Conversation()
        """What the agent's model is told of all this."""
        self.next_step = 0
        """Number of the step that comes next; a message without text has begun it already."""
        self._silent = False
        """Whether the last message had no text."""
        self._waiting: tuple[int, str | None] | None = None
        """Step and id of the call that waits for a person's word; no id where a plan does."""
        self._present = False
        """Whether a person who acts came, and did not leave yet."""

    # Steps and events.

    @property
    def step(self) -> int:
        """Number of the latest step; -1 before the first."""
        return self.next_step if self._silent else self.next_step - 1

    def begin_step(self, *, silent: bool = False) -> int:
        """Begin a step and return its number; a ``silent`` message shares it with the call that follows."""
        number = self.next_step
        self._silent = silent
        if not silent:
            self.next_step = number + 1
        return number

    def append(self, event: Event, raw: Mapping[str, Any] | None = None) -> None:
        """Record an event of a step that has begun; ``raw`` is as for ``Conversation.take``."""
        self._recorder.append(event)
        self.conversation.take(event, raw)

    def record(self, event: Event) -> None:
        """Record an event as a step of its own."""
        self.append(event.model_copy(update={"step": self.begin_step()}))

    def open(self, system: str, user: str) -> None:
        """Record the two prompts that every trajectory starts with."""
        self.record(Message(role="system", content=system))
        self.record(Message(role="user", content=user))

    def go_on(self, past: Past) -> None:
        """Go on after steps that are recorded already."""
        self.next_step = past.steps
        for event in past.events:
            self.conversation.take(event)

    # What people do.

    def hear(self) -> bool:
        """Record what people said to the model; whether there was anything."""
        said, self._control.said = self._control.said, []
        for order in said:
            self.record(Message(role="user", content=order.text, by=order.by))
        return bool(said)

    def record_orders(self) -> None:
        """Record what was carried out while nobody could record it, with the time when it was ordered.

        It belongs to the same steps as what ``intervened`` records, and leaves a call or plan that waits waiting.
        """
        done, self._control.to_record = self._control.to_record, []
        for each in done:
            step, call_id = self._place()
            known = {"step": step} | ({"call_id": call_id} if isinstance(each, Intervention) else {})
            self.append(each.model_copy(update=known))

    def intervened(
        self, action: InterventionAction, by: str, *, text: str = "", before: Any = None, after: Any = None
    ) -> None:
        """Record that a person reached in.

        It belongs to the step that waits for their word, or to the one that a message without text has begun, or else
        is a step of its own.
        """
        step, call_id = self._place()
        self._waiting = None
        self.append(
            Intervention(step=step, action=action, by=by, call_id=call_id, text=text, before=before, after=after)
        )

    def _place(self) -> tuple[int, str | None]:
        """The step that a person's order belongs to, and the call of it that waits."""
        return self._waiting or (self.step if self._silent else self.begin_step(), None)

    def cut_off(self, action: InterventionAction, by: str) -> None:
        """Record that a person took the agent's place, or stopped the run, whatever the agent was about to do."""
        self.intervened(action, by)
        if self._silent:  # a message whose calls come to nothing keeps its step
            self.begin_step()

    def answered(self, order: Answer) -> None:
        """Record a person's answer: their own, or in place of the model whose call waits."""
        if self._waiting is not None:
            self.intervened("answer", order.by)
        self.record(Message(role="assistant", content=order.text, by=order.by))

    def attended(self, action: Literal["came", "left"], by: str) -> None:
        """Record that a person who acts came or left."""
        self._present = action == "came"
        self.append(Attendance(step=self.step, action=action, by=by))

    # What the run waits for.

    @contextmanager
    def waiting(self, for_: WaitsFor, call_id: str | None = None) -> Iterator[None]:
        """Let the latest step wait for a person's word.

        Where the word never comes, since somebody takes over or ends the run, what they do is recorded in that step.
        """
        self._waiting = self.step, call_id
        self.waits(for_)
        try:
            yield
            self._waiting = None
        finally:
            self.waits("nobody")

    def waits(self, for_: WaitsFor) -> None:
        """Say who or what is waited for."""
        self._control.waits_for = for_
        self.show("running" if for_ == "nobody" else "waiting")

    def show(self, status: RunStatus) -> None:
        """Show how the run stands."""
        self._recorder.set_status(status)

    def leave_open(self, by: str) -> None:
        """Record that the run is left for another time."""
        if self._present:
            self.attended("left", by)
        self.waits("person")
