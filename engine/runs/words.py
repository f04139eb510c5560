"""A person's word about what an agent is about to do: the call that it proposes, the plan that it made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.agents.conversation import rejection
from engine.gyms.session import CallOutcome
from engine.runs.control import Control, Interrupted
from engine.runs.journal import Journal
from engine.runs.orders import AcceptPlan, Answer, ApproveCall, Reject, Request, Supervise, TakeOver
from engine.tasks.files import same_json
from engine.tasks.plan_files import usable
from engine.trajectory.events import Plan, Proposal


async def about_call(proposal: Proposal, journal: Journal, control: Control) -> Mapping[str, Any] | CallOutcome:
    """Propose a call and wait: the arguments to make it with, or what the model is told instead.

    Raises:
        Interrupted: a person takes the agent's place, or answers in it.
    """
    journal.append(proposal)
    with journal.waiting("word", proposal.call_id):
        while True:
            request = await _next(journal, control)
            match request.order:
                case Supervise(by=by):
                    if not control.rules.asks(proposal.tool, proposal.writes):
                        journal.intervened("approve", by)
                        request.carried_out()
                        return proposal.arguments
                    request.carried_out()
                case ApproveCall(call_id=proposal.call_id, by=by, arguments=other):
                    if other is None or same_json(other, proposal.arguments):
                        journal.intervened("approve", by)
                    else:
                        journal.intervened("edit", by, before=dict(proposal.arguments), after=other)
                    request.carried_out()
                    return proposal.arguments if other is None else other
                case Reject(call_id=proposal.call_id, by=by, reason=reason):
                    journal.intervened("reject", by, text=reason)
                    request.carried_out()
                    return CallOutcome.refused(rejection(reason))
                case _:
                    request.refuse("The run waits for a word about another call.")


async def about_plan(text: str, journal: Journal, control: Control) -> None:
    """Wait until a person accepts the plan that the latest step made; they may change it first.

    Raises:
        Interrupted: a person takes the agent's place, or answers in it.
    """
    step = journal.step
    with journal.waiting("plan"):
        while True:
            request = await _next(journal, control)
            match request.order:
                case AcceptPlan(by=by, text=None):
                    other = text
                case AcceptPlan(by=by, text=str() as changed):
                    try:
                        other = usable(changed)  # lines that a person did not touch stay as they were
                    except ValueError as error:
                        request.refuse(f"This plan cannot be used: {error}.")
                        continue
                case Supervise():
                    request.carried_out()
                    continue
                case _:
                    request.refuse("The run waits for a word about its plan.")
                    continue
            if other in (text, text.strip()):
                journal.intervened("approve", by)
            else:
                journal.append(Plan(step=step, text=other, by=by, before=text))
            request.carried_out()
            return


async def _next(journal: Journal, control: Control) -> Request:
    """What a person says to that which waits, unless they act or answer instead; other orders are recorded."""
    request = await control.request()
    while control.steer(request.order):
        journal.record_orders()
        if isinstance(request.order, Supervise):
            return request
        request.carried_out()
        request = await control.request()
    match request.order:
        case Answer() as answer:
            journal.answered(answer)
            request.carried_out()
            raise Interrupted(answer)
        case TakeOver():
            control.wants_turn = request
            raise Interrupted
    return request
