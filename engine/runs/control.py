"""A person's hold on a run: pause, step, stop, speak, approve, act."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
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

WaitsFor = Literal["nobody", "word", "plan", "person"]
"""What a run waits for: a word about a call or a plan, or whatever the person who acts does next."""


@dataclass(frozen=True)
class NewRules:
    """Other rules hold from here on."""

    by: str
    before: Rules
    after: Rules


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
        self.to_record: list[NewRules | WriteNote] = []
        """What was carried out at once and is not recorded yet."""
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
        elif self._waits_for == "person":
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
            case Pause():
                self.pause(order.by)
            case Resume():
                self.resume(order.by)
            case Step():
                self.step(order.by)
            case Supervise():
                self.supervise(order)
            case WriteNote():
                self.to_record.append(order)
            case Come() | Go():
                pass  # who only looks on is not at work
            case TakeOver() if self._waits_for == "nobody":
                self._give_turn(request)
                return
            case Call():
                request.refuse("The agent acts; take over first.")
            case _ if self._waits_for == "nobody":
                request.refuse("The run does not wait for that.")
            case _:
                self._requests.put_nowait(request)
                return
        request.carried_out()

    def _give_turn(self, request: Request) -> None:
        if self.wants_turn is not None:
            request.refuse("Somebody is taking over already.")
            return
        self.wants_turn = request
        self.stepping = False
        self._may_go.set()
        if self.thinking is not None:
            self.thinking.cancel()

    @property
    def paused(self) -> bool:
        """Whether the run is to wait before its next call."""
        return not self._may_go.is_set()

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
        self.by = by
        self.stepping = False
        self._may_go.clear()

    def resume(self, by: str) -> None:
        """Let a paused run go on."""
        self.by = by
        self.stepping = False
        self._may_go.set()

    def step(self, by: str) -> None:
        """Let a paused run make one call; let another one wait before its next."""
        self.by = by
        if self.paused:
            self.stepping = True
            self._may_go.set()
        elif not self.stepping:
            self._may_go.clear()

    def hold(self) -> None:
        """Wait again after a single step."""
        self.stepping = False
        self._may_go.clear()

    def supervise(self, order: Supervise) -> None:
        """Ask about other calls from here on."""
        before = self.rules
        allow = before.allow if order.allow is None else order.allow
        self.rules = Rules(approve=order.approve or before.approve, allow=tuple(dict.fromkeys([*allow, *order.also])))
        self.to_record.append(NewRules(order.by, before, self.rules))

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

    async def resumed(self) -> None:
        """Wait until the run may go on."""
        while self.paused:  # once more if somebody paused it again before it went on
            await self._may_go.wait()

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
