"""A person's hold on a run: pause, step, stop, speak, approve, act."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from engine.runs.orders import (
    Answer,
    Call,
    Come,
    Go,
    Order,
    Pause,
    Request,
    Resume,
    Say,
    Step,
    Stop,
    Supervise,
    TakeOver,
    WriteNote,
)
from engine.runs.rules import Rules
from engine.trajectory.events import Intervention, Note

WaitsFor = Literal["nobody", "word", "plan", "person"]
"""What a run waits for: a word about a call or a plan, or whatever the person who acts does next."""


class Interrupted(BaseException):
    """A person takes the agent's place, or answers in it."""

    def __init__(self, answer: Answer | None = None) -> None:
        super().__init__()
        self.answer = answer
        """None when the person acts from here on."""


class Control:
    """What was asked of one run. Belongs to the engine's loop; other threads go through the engine."""

    def __init__(
        self, rules: Rules | None = None, *, human: bool = False, resumable: bool = False, listens: bool = True
    ) -> None:
        self._may_go = asyncio.Event()
        self._may_go.set()
        self._steered = asyncio.Event()
        """Set whenever something was ordered that the agent's next call may depend on."""
        self._requests: asyncio.Queue[Request] = asyncio.Queue()
        self.rules = rules or Rules()
        self.resumable = resumable
        """Whether the run can be left open and gone on with later."""
        self._listens = listens
        """Whether the run has a model to speak to."""
        self.by = ""
        """Who asked last."""
        self.stopped = False
        self.left = False
        """Whether the run is to be left open instead of ended."""
        self.stepping = False
        """Whether the next call is the only one that may go."""
        self.rests = False
        """Whether the person who acts has paused."""
        self.said: list[Say] = []
        """What the model is to be told before it is asked again."""
        self.to_record: list[Intervention | Note] = []
        """What was carried out at once and is not recorded yet, with the time when it was ordered; in no step yet."""
        self.wants_turn: Request | None = None
        """Who wants to act in the agent's place."""
        self._waits_for: WaitsFor = "person" if human else "nobody"
        self.thinking: asyncio.Future[object] | None = None
        """The agent at work, while it is between two calls; what ``TakeOver`` cancels."""
        self.task: asyncio.Task[object] | None = None
        """What ``stop`` cancels; None before the run has a task and once its agent is done."""
        self.over = False

    def take(self, request: Request) -> None:
        """Carry an order out, or hand it to the one who waits for it."""
        order = request.order
        if self.over:
            request.refuse("The run is left open." if self.left else "The run has ended.")
        elif isinstance(order, Stop):
            self.stop(order.by)
            request.carried_out()
        elif isinstance(order, Say):
            self._hear(request, order)
        elif self._waits_for == "person" or (self.asks and not isinstance(order, Come | Go | Call)):
            self._requests.put_nowait(request)
        else:
            self._take_beside_agent(request, order)

    def _hear(self, request: Request, order: Say) -> None:
        if self._listens:
            self.said.append(order)
            request.carried_out()
        else:
            request.refuse("No model is at work in this run, so nobody would hear it; write a note instead.")

    def _take_beside_agent(self, request: Request, order: Order) -> None:
        match order:
            case _ if self.steer(order):
                request.carried_out()
            case Come() | Go():
                request.carried_out()  # who only looks on is not at work
            case TakeOver():
                self._give_turn(request)
            case Call():
                request.refuse("The agent acts; take over first.")
            case _:
                request.refuse("The run does not wait for that.")

    def steer(self, order: Order) -> bool:
        """Carry out what changes how an agent goes on, to be recorded soon; whether the order is one of these."""
        match order:
            case Pause():
                self.pause(order.by)
            case Resume():
                self.resume(order.by)
            case Step():
                self.step(order.by)
            case Supervise():
                self.supervise(order)
            case WriteNote():
                self.to_record.append(Note(by=order.by, text=order.text))
            case _:
                return False
        self._steered.set()
        return True

    def _give_turn(self, request: Request) -> None:
        if self.wants_turn is not None:
            request.refuse("Somebody is taking over already.")
            return
        self.wants_turn = request
        self.stepping = False
        self._may_go.set()
        self._steered.set()
        if self.thinking is not None:
            self.thinking.cancel()

    @property
    def paused(self) -> bool:
        """Whether the run is to wait before its next call."""
        return not self._may_go.is_set()

    @property
    def asks(self) -> bool:
        """Whether something that the agent is about to do waits for a word."""
        return self._waits_for in ("word", "plan")

    @property
    def waits_for(self) -> WaitsFor:
        """What the run waits for."""
        return self._waits_for

    @waits_for.setter
    def waits_for(self, what: WaitsFor) -> None:
        self._waits_for = what
        # What came for the one who waited before is for somebody else now, or too late.
        for request in self._unheard():
            self.take(request)

    def pause(self, by: str) -> None:
        """Let the run wait before its next model or tool call."""
        if not self.paused:
            self.to_record.append(Intervention(action="pause", by=by))
        self.by = by
        self.stepping = False
        self._may_go.clear()

    def resume(self, by: str) -> None:
        """Let a paused run go on."""
        if self.paused or self.stepping:
            self.to_record.append(Intervention(action="resume", by=by))
        self.by = by
        self.stepping = False
        self._may_go.set()

    def step(self, by: str) -> None:
        """Let a paused run make one call; let another one wait before its next."""
        self.by = by
        if self.paused:
            self.to_record.append(Intervention(action="step", by=by))
            self.stepping = True
            self._may_go.set()
        elif not self.stepping:
            self.pause(by)

    def hold(self) -> None:
        """Wait again after a single step."""
        self.stepping = False
        self._may_go.clear()

    def supervise(self, order: Supervise) -> None:
        """Ask about other calls from here on."""
        before = self.rules
        allow = before.allow if order.allow is None else order.allow
        self.rules = Rules(approve=order.approve or before.approve, allow=tuple(dict.fromkeys([*allow, *order.also])))
        was, now = (rules.model_dump(mode="json") for rules in (before, self.rules))
        self.to_record.append(Intervention(action="supervise", by=order.by, before=was, after=now))

    def stop(self, by: str) -> None:
        """End the run now; what it is waiting for is given up. Asking twice is asking once."""
        if not self.stopped:
            self.by = by
            self.stopped = True
            if self.task is not None:
                self.task.cancel()

    def leave(self, by: str) -> None:
        """Leave the run open, for its person to go on with later."""
        self.left = not (self.stopped or self.over)
        self.stop(by)

    async def resumed(self, record: Callable[[], None]) -> None:
        """Wait until the run may go on; ``record`` is called for whatever is ordered meanwhile."""
        while self.paused:  # once more if somebody paused it again before it went on
            await self._steered.wait()
            self._steered.clear()
            record()

    async def request(self) -> Request:
        """Wait for the next order that the run itself has to carry out."""
        return await self._requests.get()

    def caught(self) -> None:
        """Say that the run took note of the stop and now ends in its own way: verify, record, clean up."""
        if self.task is not None:
            self.task.uncancel()

    def end(self) -> None:
        """Refuse what nobody will carry out any more."""
        self.over = True
        for request in [*self._unheard(), *([self.wants_turn] if self.wants_turn else [])]:
            self.take(request)

    def _unheard(self) -> list[Request]:
        return [self._requests.get_nowait() for _ in range(self._requests.qsize())]
