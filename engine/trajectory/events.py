"""What can happen in a run: one typed event each, and nothing else is the truth of a trajectory.

Events are numbered by the recorder. ``step`` says which step of the trajectory an event belongs to:

- step 0 is the system prompt, step 1 the user's prompt;
- an assistant message that has text is a step of its own; one that only calls tools shares the step of its
  first call;
- a tool call and its result are one step, and so are the question whether it may run and a person's answer;
- an error, a reached limit, a plan, a note, a fork or an intervention between calls is a step of its own;
- retries belong to the step that they delayed, attendance, verdicts and the end to the last step, databases
  elsewhere to the first and the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from engine.trajectory.changes import Change

Outcome = Literal["pass", "fail", "error"]
"""What a verifier says. ``error`` means that it could not run, and never counts as a pass."""

RunStatus = Literal["queued", "running", "waiting", "paused", "passed", "failed", "errored", "stopped", "interrupted"]

ALIVE: frozenset[str] = frozenset({"queued", "running", "waiting", "paused"})
"""The states of a run that has not ended."""


PROMPTS = 2
"""Steps that a run has before anybody acts in it: the system's prompt and the user's."""


def now() -> datetime:
    """The wall clock in UTC."""
    return datetime.now(UTC)


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime = Field(default_factory=now)
    """When it happened, UTC."""
    step: int = 0
    """Number of the step it belongs to, from 0."""


class RequestedCall(BaseModel):
    """A tool call as a model asked for it, before anything ran."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    tool: str
    arguments: Mapping[str, Any]
    malformed: str | None = None
    """The arguments as written, when they are no JSON object or lie too deep; ``arguments`` is empty then."""


class Usage(BaseModel):
    """What one model call took."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    """US dollars; None when the model's price is unknown."""


class GymUsed(BaseModel):
    """A gym of a run and the seed its database started from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """The server's name in the task."""
    domain: str
    where: str
    """``embedded``, or the address of a server elsewhere."""
    seed: str
    """Content hash of the seed's SQL in the store (``Store.text``)."""
    clock: str | None = None
    """First instant of a frozen clock (ISO, UTC); None for the wall clock."""


DatabaseAction = Literal["made", "deleted"]


class Database(_Event):
    """A database of this run on a server elsewhere: about to be made, or known to be deleted.

    It is noted before it is made, so that it can be found and deleted however the program ends. That somebody deleted
    it later (``eog-tui gym clean``) is the one thing that is added to a run after its end.
    """

    kind: Literal["database"] = "database"
    action: DatabaseAction
    gym: str
    """The server's name in the task."""
    where: str
    """The server's address, without secrets."""
    database_id: str


class RunStarted(_Event):
    """The gyms are seeded and the agent is about to act."""

    kind: Literal["run_started"] = "run_started"
    gyms: tuple[GymUsed, ...]
    tools: str
    """Content hash of the offered tools: JSON list of ``{name, description, inputSchema, gym}``."""
    tool_count: int
    untouched: tuple[Outcome, ...]
    """Outcome of every verifier on the untouched seeds, in the task's order."""
    max_steps: int
    peek: bool | None = None
    """Whether a person who acts may read the databases beside the tools; None when nobody was meant to act."""


class Message(_Event):
    """Something was said: a prompt, a model's answer, or the last word of an agent."""

    kind: Literal["message"] = "message"
    role: Literal["system", "user", "assistant"]
    content: str
    calls: tuple[RequestedCall, ...] = ()
    """Tool calls that an assistant message asks for."""
    model: str | None = None
    duration_s: float | None = None
    """Seconds the model took, retries left out."""
    usage: Usage | None = None
    by: str | None = None
    """The person who said it, where that is neither the task nor the agent's model."""


class Plan(_Event):
    """A text that tells the agent how; from here on its model is told the latest one together with the task."""

    kind: Literal["plan"] = "plan"
    text: str
    plan_id: int | None = None
    """Number in the store's library, if it is from there."""
    version: int | None = None
    by: str | None = None
    """The person who wrote it; None when a model did."""
    before: str | None = None
    """What the plan said before a person changed it in this run."""
    waits: bool = False
    """Whether the run waits for a person to accept or change it."""
    model: str | None = None
    duration_s: float | None = None
    usage: Usage | None = None


class Proposal(_Event):
    """A call waits for a person's word; nothing ran yet."""

    kind: Literal["proposal"] = "proposal"
    call_id: str
    tool: str
    arguments: Mapping[str, Any]
    gym: str | None
    writes: bool


class ToolCall(_Event):
    """A tool is about to run."""

    kind: Literal["tool_call"] = "tool_call"
    call_id: str
    tool: str
    arguments: Mapping[str, Any]
    gym: str | None
    """Server name of the gym that has the tool; None when no gym of the task offers it."""
    by: str | None = None
    """The person who made the call; None when the run's agent did."""


class ToolResult(_Event):
    """A tool ran, or could not."""

    kind: Literal["tool_result"] = "tool_result"
    call_id: str
    tool: str
    gym: str | None
    is_error: bool
    result: Mapping[str, Any] | None
    """The MCP result object: ``content`` (a list of blocks), ``isError``. None when the gym gave none."""
    error: str | None = None
    """Why there is no result: transport failure, unknown tool, tool not offered."""
    duration_s: float
    capture_s: float = 0.0
    """Seconds that reading a remote gym's tables took to find the changes; not part of ``duration_s``."""
    changes: tuple[Change, ...] = ()
    verifiers: tuple[Outcome, ...] | None = None
    """Outcome of every verifier right after this call, in the task's order; None when nothing was written."""
    clock: str | None = None
    """Where the gym's frozen clock stands after the call (``FrozenClock.state``); None for the wall clock."""


class Retry(_Event):
    """A model call failed and is tried again."""

    kind: Literal["retry"] = "retry"
    attempt: int
    """Number of the attempt that failed, from 1."""
    reason: str
    wait_s: float


InterventionAction = Literal[
    "pause", "resume", "step", "stop", "supervise", "approve", "edit", "reject", "answer", "take_over", "hand_back"
]
"""What a person can do to a run: ``edit`` approves with other arguments, ``answer`` ends it in the agent's place."""


class Intervention(_Event):
    """A person (or the program that they closed) reached into the run."""

    kind: Literal["intervention"] = "intervention"
    action: InterventionAction
    by: str
    call_id: str | None = None
    """The proposed call that it is about."""
    text: str = ""
    """What was said with it, such as the reason of a rejection."""
    before: Any = None
    """What it changed, as it was: the arguments that the agent proposed, the rules that held."""
    after: Any = None


class Note(_Event):
    """A person wrote something down; no model is ever told."""

    kind: Literal["note"] = "note"
    by: str
    text: str


class Attendance(_Event):
    """A person who acts came to the run, or left it. What lies between is the time that they worked on it.

    A pause between the two (``Intervention``) is no work either.
    """

    kind: Literal["attendance"] = "attendance"
    action: Literal["came", "left"]
    by: str


class Forked(_Event):
    """The run goes on from a step of another run; everything before this event was copied from there."""

    kind: Literal["forked"] = "forked"
    parent: int
    """Number of the other run."""
    parent_step: int
    """The last of its steps that was kept."""
    by: str
    restored: tuple[str, ...]
    """What was restored, in words: conversation, tables, id counters, clock."""
    edited: Literal["message", "arguments"] | None = None
    """What the fork begins with instead of what followed in the parent."""
    before: Any = None
    after: Any = None


class Limit(_Event):
    """A limit ended the agent's loop."""

    kind: Literal["limit"] = "limit"
    name: str
    value: float


class Failure(_Event):
    """Something outside the agent's power failed: the model's service, a gym, the program."""

    kind: Literal["failure"] = "failure"
    where: str
    message: str


class Verdict(BaseModel):
    """What one verifier found in the end."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    """Position in the task's list, from 0; names may repeat, positions do not."""
    name: str
    type: str
    description: str = ""
    gym: str | None = None
    outcome: Outcome
    untouched: Outcome | None = None
    """Its outcome on the untouched seed. ``pass`` means: it only guards what must be *kept*."""
    query: str | None = None
    comparison: str | None = None
    expected: Any = None
    actual: Any = None
    reason: str = ""
    """Why it failed or could not run, in words."""

    @property
    def kept(self) -> bool:
        """Whether it passes with nothing done."""
        return self.untouched == "pass"


class Verdicts(_Event):
    """All verifiers ran on the final state."""

    kind: Literal["verdicts"] = "verdicts"
    verdicts: tuple[Verdict, ...]


class RunEnded(_Event):
    """The run is over; nothing follows but word of databases that were deleted later (``Database``)."""

    kind: Literal["run_ended"] = "run_ended"
    status: RunStatus
    answer: str = ""
    error: str | None = None
    refused: bool = False
    """Whether a person refused the task; ``answer`` is the reason."""


Event = Annotated[
    Database
    | RunStarted
    | Message
    | Plan
    | Proposal
    | ToolCall
    | ToolResult
    | Retry
    | Intervention
    | Note
    | Attendance
    | Forked
    | Limit
    | Failure
    | Verdicts
    | RunEnded,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
"""Validates and serialises any event."""


def is_intervention(event: Event) -> bool:
    """Whether a person changed what happens in the run, beyond watching, allowing, pausing and stopping it."""
    match event:
        case Intervention(action=action):
            return action in ("edit", "reject", "answer", "take_over")
        case Message(role="user", by=by):
            return by is not None
        case Plan(before=before):
            return before is not None
        case Forked(edited=edited):
            return edited is not None
    return False
