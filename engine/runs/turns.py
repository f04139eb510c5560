"""Who acts: the agent, or a person in its place, in turns, until one of them gives an answer."""

from __future__ import annotations

import asyncio

from engine.agents.environment import Agent
from engine.agents.human import Human
from engine.runs.calls import Calls
from engine.runs.control import Control, Interrupted
from engine.runs.environment import RunEnvironment
from engine.runs.journal import Journal
from engine.runs.orders import Answer, Call, Come, Go, HandBack, Pause, Request, Resume, Supervise, WriteNote
from engine.trajectory.events import Note

HUMAN_MOVES_ON = "You paused; go on first."


async def take_turns(env: RunEnvironment, agent: Agent, control: Control) -> tuple[str, bool]:
    """Let the agent act, and a person whenever one takes over.

    Returns:
        The answer, and whether a person refused the task with it.

    Raises:
        AgentError: the agent could not go on.
        CancelledError: the run was stopped.
    """
    while True:
        work = asyncio.ensure_future(_work(agent, env))
        try:
            answer = await work
        except asyncio.CancelledError:
            if control.stopped or control.wants_turn is None:
                raise
        except Interrupted as interrupted:
            if interrupted.answer is not None:
                return interrupted.answer.text, interrupted.answer.refused
        else:
            # Whoever spoke while the model gave its last answer is heard, and the model asked again.
            if env.journal.hear() and env.asks_left > 0:
                continue
            return answer, False
        finally:
            control.thinking = None
        last = await _person_acts(env.journal, env.calls, control, alone=isinstance(agent, Human))
        if last is not None:
            return last.text, last.refused


async def _work(agent: Agent, env: RunEnvironment) -> str:
    await env.ready()
    return await agent.act(env)


async def _person_acts(journal: Journal, calls: Calls, control: Control, *, alone: bool) -> Answer | None:
    """Carry out what a person orders until they answer, or (None) hand back to the agent.

    ``alone``: whether there is no agent to hand back to.
    """
    took_over, control.wants_turn = control.wants_turn, None
    if took_over is not None:
        journal.cut_off("take_over", took_over.order.by)
        journal.attended("came", took_over.order.by)
    journal.waits("person")
    if took_over is not None:
        took_over.carried_out()
    turn = _Turn(journal, calls, control, alone=alone)
    while True:
        request = await control.request()
        try:
            done = await turn.carry_out(request)
        except BaseException:
            request.refuse("The run ended while this was under way.")
            raise
        if not done:
            request.carried_out()
            continue
        if isinstance(request.order, Answer):
            control.end()
        journal.waits("nobody")
        request.carried_out()
        return request.order if isinstance(request.order, Answer) else None


class _Turn:
    """A person at work."""

    def __init__(self, journal: Journal, calls: Calls, control: Control, *, alone: bool) -> None:
        self._journal = journal
        self._calls = calls
        self._control = control
        self._alone = alone
        control.rests = False

    async def carry_out(self, request: Request) -> bool:
        """Do what is asked, or refuse the request; whether the turn is over."""
        journal, order = self._journal, request.order
        match order:
            case Call(tool=tool, arguments=arguments):
                if self._control.rests:
                    request.refuse(HUMAN_MOVES_ON)
                else:
                    await self._calls.make(tool, arguments, by=order.by)
            case WriteNote(text=text):
                journal.record(Note(by=order.by, text=text))
            case Pause() if not self._control.rests:
                self._rest(order.by, rests=True)
            case Resume() if self._control.rests:
                self._rest(order.by, rests=False)
            case Come() | Go():
                # Neither who comes nor who leaves goes on pausing.
                self._control.rests = False
                journal.attended("came" if isinstance(order, Come) else "left", order.by)
                journal.show("waiting")
            case Answer():
                journal.answered(order)
                return True
            case HandBack() if not self._alone:
                self._control.rests = False
                journal.attended("left", order.by)
                journal.intervened("hand_back", order.by)
                return True
            case HandBack():
                request.refuse("No agent is there to hand back to: the run is yours.")
            case Supervise() if not self._alone:
                self._control.supervise(order)
                journal.record_orders()
            case Pause() | Resume():
                pass  # so it is already
            case _:
                request.refuse("That is for agents; you act yourself.")
        return False

    def _rest(self, by: str, *, rests: bool) -> None:
        self._control.rests = rests
        self._journal.intervened("pause" if rests else "resume", by)
        self._journal.show("paused" if rests else "waiting")
