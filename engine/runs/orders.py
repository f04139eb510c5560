"""What a person can ask of a run that lives: one typed order each, the same from the app, a script or another process.

An order names who gives it. What it changes is recorded by the run itself, as events, when it is carried out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from engine.runs.rules import Approve
from engine.tasks.files import too_deep


class OrderError(Exception):
    """An order cannot be carried out; the text says why."""


def _sendable(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    if too_deep(arguments):
        raise ValueError("lists and objects lie too deep in each other")
    try:
        json.dumps(arguments, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"that cannot be sent as JSON: {error}") from None
    return arguments


Arguments = Annotated[Mapping[str, Any], AfterValidator(_sendable)]
"""What a tool is called with: names to values that JSON has."""


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str = Field(min_length=1)
    """Who gives it."""


class Pause(_Order):
    """Wait before the next model or tool call."""

    kind: Literal["pause"] = "pause"


class Resume(_Order):
    """Go on after a pause."""

    kind: Literal["resume"] = "resume"


class Step(_Order):
    """Make one model or tool call and wait again; a run that is not paused waits before its next."""

    kind: Literal["step"] = "step"


class Stop(_Order):
    """End now; what the run is waiting for is given up."""

    kind: Literal["stop"] = "stop"


class Say(_Order):
    """Tell the model something, as the user, before it is asked again."""

    kind: Literal["say"] = "say"
    text: str = Field(min_length=1)


class Supervise(_Order):
    """Ask a person about other calls than so far; None leaves a rule as it is."""

    kind: Literal["supervise"] = "supervise"
    approve: Approve | None = None
    allow: tuple[str, ...] | None = None
    also: tuple[str, ...] = ()
    """Patterns that are allowed beside those that are allowed anyway."""


class ApproveCall(_Order):
    """Let the proposed call run, with other arguments if they are given."""

    kind: Literal["approve"] = "approve"
    call_id: str
    arguments: Arguments | None = None


class Reject(_Order):
    """Do not let the proposed call run; the model is told why."""

    kind: Literal["reject"] = "reject"
    call_id: str
    reason: str = ""


class Answer(_Order):
    """End the run with an answer: one's own work, or in place of the model whose call waits."""

    kind: Literal["answer"] = "answer"
    text: str
    refused: bool = False
    """Whether the task is refused, and the text says why."""


class TakeOver(_Order):
    """Let a person act from here on; what the model is thinking about is given up."""

    kind: Literal["take_over"] = "take_over"


class HandBack(_Order):
    """Let the agent go on after a person has acted."""

    kind: Literal["hand_back"] = "hand_back"


class Call(_Order):
    """Call a tool, as the person who acts."""

    kind: Literal["call"] = "call"
    tool: str
    arguments: Arguments


class WriteNote(_Order):
    """Record a note; no model is told."""

    kind: Literal["note"] = "note"
    text: str = Field(min_length=1)


class Come(_Order):
    """Somebody sits down to act: their clock runs."""

    kind: Literal["come"] = "come"


class Go(_Order):
    """They leave the run open and get up: their clock stands."""

    kind: Literal["go"] = "go"


class AcceptPlan(_Order):
    """Let the agent work by the plan that waits, or by another one."""

    kind: Literal["accept_plan"] = "accept_plan"
    text: str | None = None


Order = Annotated[
    Pause
    | Resume
    | Step
    | Stop
    | Say
    | Supervise
    | ApproveCall
    | Reject
    | Answer
    | TakeOver
    | HandBack
    | Call
    | WriteNote
    | Come
    | Go
    | AcceptPlan,
    Field(discriminator="kind"),
]

ORDER: TypeAdapter[Order] = TypeAdapter(Order)
"""Validates and serialises any order."""


def _future() -> Future[None]:
    future: Future[None] = Future()
    future.set_running_or_notify_cancel()  # whoever stops waiting for an order does not take it back
    return future


@dataclass(frozen=True)
class Request:
    """An order on its way, and what tells the one who gave it how it went."""

    order: Order
    done: Future[None] = field(default_factory=_future)

    def carried_out(self) -> None:
        """Say that it is done, and recorded where it changed something."""
        if not self.done.done():
            self.done.set_result(None)

    def refuse(self, why: str) -> None:
        """Say that it is not done."""
        if not self.done.done():
            self.done.set_exception(OrderError(why))
