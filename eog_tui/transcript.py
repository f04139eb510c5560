"""A run as plain text: what ``show`` prints, and the demo without a screen. Lines come back unescaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, assert_never

from engine.trajectory.changes import Change
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
    Plan,
    Proposal,
    Retry,
    RunEnded,
    RunStarted,
    ToolCall,
    ToolResult,
    Verdict,
    Verdicts,
)
from engine.trajectory.headline import result_text, title
from eog_tui.call_words import of_result, of_word
from eog_tui.edits import edits, value_of
from eog_tui.widgets.wrapping import breaks

if TYPE_CHECKING:
    from engine.trajectory.store import RunRow, StepHead

FOLD_LINES = 6
"""Lines of a text that a folded transcript shows."""

WIDTH = 110
"""Cells after which a line of a text is broken; nothing is lost at a break."""

MARKS = {"pass": "✓", "fail": "✗", "error": "!"}


def step_lines(head: StepHead, events: Sequence[Event], *, fold: bool, alive: bool = True) -> Iterator[str]:
    """The lines of one step; ``alive``: whether its run goes on, so that what waits in it still may come."""
    asked: Proposal | None = None
    for event in events:
        match event:
            case Message(role="assistant") if event.calls and not event.content.strip():
                pass  # its calls follow
            case Message():
                role = "say" if event.role == "assistant" else event.role
                yield f"{head.number:>3} {role}" + (f" by {event.by}" if event.by else "")
                yield from _block(event.content, fold)
            case Plan():
                yield f"{head.number:>3} plan by {event.by or event.model or 'the planner'}"
                yield from _block(event.text, fold)
                if event.before is not None:
                    yield "    it said before:"
                    yield from _edits(event.before, event.text, fold)
                if event.waits and (alive or head.ok is not None):
                    yield "    ◌ waits for a person to accept or change it"
            case Proposal():
                asked = event
                yield from _call(head, event, fold)
            case ToolCall() if asked is not None and asked.call_id == event.call_id:
                pass  # the proposal told it, and an edit what became of it
            case ToolCall():
                yield from _call(head, event, fold)
            case ToolResult():
                yield from _result(head, event, fold)
            case Retry():
                yield f"    ↻ attempt {event.attempt} failed, next in {event.wait_s:.1f} s: {event.reason}"
            case Limit():
                yield f"{head.number:>3} limit {event.name} of {event.value:g} reached"
            case Failure():
                yield f"{head.number:>3} error in {event.where}: {event.message}"
            case Intervention():
                lead = "   " if event.call_id is not None else f"{head.number:>3}"
                sign, did = of_word(event)
                yield f"{lead} {sign} · {did}" if sign else f"{lead} {did}"
                yield from _block(event.text, fold) if event.text else ()
                yield from _edits(event.before, event.after, fold)
            case Note():
                yield f"{head.number:>3} note by {event.by}"
                yield from _block(event.text, fold)
            case Attendance():
                yield f"    {title(event)}"
            case Forked():
                yield f"{head.number:>3} {title(event)}"
                yield f"    restored: {', '.join(event.restored)}"
                yield from _edits(event.before, event.after, fold)
            case Database(action="made"):
                yield f"    database {event.database_id} at {event.where}"
            case Database() | RunStarted() | Verdicts() | RunEnded():
                pass  # these are told of the whole run
            case _:
                assert_never(event)
    if asked is not None and head.ok is None and not any(isinstance(event, ToolCall) for event in events):
        yield "    ◌ waits for a person's word" if alive else "    ■ never ran: nobody gave a word"


def _call(head: StepHead, event: ToolCall | Proposal, fold: bool) -> Iterator[str]:
    by = f" by {event.by}" if isinstance(event, ToolCall) and event.by else ""
    yield f"{head.number:>3} call {event.tool}{by}"
    for name, value in event.arguments.items():
        yield from _block(f"{name}: {value_of(value)}", fold)


def _result(head: StepHead, event: ToolResult, fold: bool) -> Iterator[str]:
    sign, said = of_result(head.shape, ok=not event.is_error)
    yield f"    {sign} · {said} · {event.duration_s * 1000:.0f} ms"
    if event.error:
        yield from _block(event.error, fold)
    elif event.is_error or not fold:
        yield from _block(result_text(event), fold)
    for change in event.changes:
        yield from change_lines(change, fold=fold)


def _edits(before: Any, after: Any, fold: bool) -> Iterator[str]:
    """What became of what, where something did."""
    if before is not None or after is not None:
        for edit in edits(before, after):
            yield from _block(f"{edit.sign} {edit.text}", fold)


def change_lines(change: Change, *, fold: bool) -> Iterator[str]:
    """One line for the row, then one a column that changed; folded, a new or deleted row shows its first columns."""
    yield f"    ● {change.op} {change.table} {change.key_text}"
    if change.op == "update":
        before, after = change.before or {}, change.after or {}
        columns = [f"{column}: {value_of(before.get(column))} → {value_of(value)}" for column, value in after.items()]
    else:
        row = change.after or change.before or {}
        known = {column: value for column, value in row.items() if value is not None and column not in change.key}
        columns = [f"{column}: {value_of(value)}" for column, value in known.items()]
    shown = columns[:FOLD_LINES] if fold and change.op != "update" and len(columns) > FOLD_LINES + 1 else columns
    for column in shown:
        yield f"        {column}"
    if len(shown) < len(columns):
        yield f"        … +{len(columns) - len(shown)} columns"


def end_lines(row: RunRow, ended: RunEnded | None) -> Iterator[str]:
    """How a run ended beside its verdicts: that a person refused its task, how often people reached in, what broke."""
    if ended is not None and ended.refused:
        yield "the task was refused" + (f": {ended.answer}" if ended.answer else "")
    if row.error:
        yield f"! {row.error}"


def interventions(row: RunRow) -> str:
    """How often people changed what happened in a run: ``2 interventions``; empty when they did not."""
    return f"{row.interventions} intervention{'s' * (row.interventions != 1)}" if row.interventions else ""


def verdict_lines(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """One line a verifier, and why it failed."""
    for verdict in verdicts:
        kept = " (kept: passes untouched too)" if verdict.kept else ""
        yield f"{MARKS[verdict.outcome]} {verdict.outcome} {verdict.name}{kept}"
        if verdict.reason:
            yield f"    {verdict.reason}"


def _block(text: str, fold: bool) -> Iterator[str]:
    lines = [
        line[start:end]
        for line in (each.removesuffix("\r") for each in text.removesuffix("\n").split("\n"))
        for start, end in breaks(line, WIDTH)
    ]
    shown = lines[:FOLD_LINES] if fold and len(lines) > FOLD_LINES + 1 else lines
    for line in shown:
        yield f"    {line}"
    if len(shown) < len(lines):
        hidden = len(text) - len("\n".join(shown))
        yield f"    … +{max(hidden, 1):,} characters"
