"""The outline of a step, and how each event moves it on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from engine.trajectory.events import (
    Attendance,
    Database,
    Event,
    Failure,
    Forked,
    Intervention,
    Limit,
    Message,
    Note,
    Outcome,
    Plan,
    Proposal,
    Retry,
    RunEnded,
    RunStarted,
    ToolCall,
    ToolResult,
    Verdicts,
)
from engine.trajectory.headline import change_line, shape, title

StepKind = Literal["system", "user", "plan", "say", "call", "note", "error", "limit", "control"]


@dataclass(frozen=True, slots=True)
class StepHead:
    """What a list or timeline shows of a step. All texts are single lines, literal, and as hostile as their source."""

    run_id: int
    number: int
    """Position in the run, from 0."""
    kind: StepKind
    title: str
    started_at: datetime
    """When its first event happened, UTC."""
    tool: str | None = None
    gym: str | None = None
    """Server name of the gym that was called."""
    shape: str = ""
    """What came back from a call, or which word of a person kept it from running."""
    change_line: str = ""
    """What a call wrote; empty when it wrote nothing."""
    ok: bool | None = None
    """None while it is under way."""
    writes: int = 0
    """Rows inserted, updated or deleted."""
    retries: int = 0
    """Model calls that failed before this step came about."""
    duration_s: float | None = None
    """Seconds that model and tool took together."""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    """US dollars, where the price is known."""
    size: int = 0
    """Bytes of text in all its events."""
    verifiers: tuple[Outcome, ...] | None = None
    """Outcome of every verifier after this step, in the task's order; None when nothing was written."""


def advance(head: StepHead | None, event: Event, run_id: int, size: int) -> StepHead | None:
    """The step after one more event.

    Args:
        head: the step so far; None when this is its first event.
        event: what happened.
        run_id: the run it happened in.
        size: bytes of text in the event.

    Returns:
        None when the event makes no step, such as the end of the run.
    """
    # Of a result, which may be long, the title is told only where no call was.
    line = head.title if head and isinstance(event, ToolResult) else title(event)
    base = head or StepHead(run_id, event.step, "error", line, event.at)
    base = replace(base, size=base.size + size)
    match event:
        case Database() | RunStarted() | RunEnded() | Attendance():
            return None
        case Message():
            return _said(base, event, line)
        case Plan():
            return _planned(base, event, line)
        case ToolCall() | Proposal():
            return replace(base, kind="call", tool=event.tool, gym=event.gym, title=line, ok=None)
        case ToolResult():
            word = f" · {base.shape}" if base.shape else ""
            wrote = change_line(event.changes, event.tool)
            return replace(
                base,
                ok=not event.is_error,
                shape=shape(event) + word,
                change_line=wrote and wrote + word,
                writes=base.writes + len(event.changes),
                duration_s=(base.duration_s or 0.0) + event.duration_s,
                verifiers=event.verifiers,
            )
        case Retry():
            # Seen alone, the step is a model call in trouble; what it delays takes the place over.
            return replace(base, title=line if base.kind == "error" else base.title, retries=base.retries + 1)
        case Intervention():
            return _reached_into(base, event, line)
        case Forked():
            return replace(base, kind="control", title=line, ok=True)
        case Note() if base.kind in ("call", "plan") and base.ok is None:
            return base  # written while the call or plan waits
        case Note():
            return replace(base, kind="note", title=line, ok=True)
        case Limit():
            return replace(base, kind="limit", title=line, ok=False)
        case Failure():
            return replace(base, kind="error", title=line, ok=False)
        case Verdicts():
            return head and replace(head, verifiers=tuple(verdict.outcome for verdict in event.verdicts))
    assert_never(event)


def _said(base: StepHead, event: Message, line: str) -> StepHead:
    silent = event.role == "assistant" and bool(event.calls) and not event.content.strip()
    usage = event.usage
    return replace(
        base,
        kind="call" if silent else "say" if event.role == "assistant" else event.role,
        tool=event.calls[0].tool if silent else None,
        title=line,
        ok=None if silent else True,
        duration_s=event.duration_s,
        tokens_in=base.tokens_in + (usage.tokens_in if usage else 0),
        tokens_out=base.tokens_out + (usage.tokens_out if usage else 0),
        cost_usd=usage.cost_usd if usage else base.cost_usd,
    )


def _planned(base: StepHead, event: Plan, line: str) -> StepHead:
    usage = event.usage
    return replace(
        base,
        kind="plan",
        title=line,
        ok=None if event.waits else True,
        # A person who changes a plan does so in its step, and keeps what it took to make.
        duration_s=base.duration_s if event.duration_s is None else event.duration_s,
        tokens_in=base.tokens_in + (usage.tokens_in if usage else 0),
        tokens_out=base.tokens_out + (usage.tokens_out if usage else 0),
        cost_usd=usage.cost_usd if usage else base.cost_usd,
    )


def _reached_into(base: StepHead, event: Intervention, line: str) -> StepHead:
    """A step of its own, or a person's word about the call or plan that the step is."""
    steers = event.action in ("pause", "resume", "step", "supervise")
    if steers and (base.kind == "plan" or event.call_id is not None):
        return base  # ordered while it waits
    if base.kind == "plan":
        return replace(base, shape=line, ok=event.action == "approve")
    if event.call_id is None:
        return replace(base, kind="control", title=line, tool=None, ok=True)
    if event.action == "approve":
        return base  # the call follows
    if event.action == "edit":
        return replace(base, shape=line)
    return replace(base, shape=line, ok=False)
