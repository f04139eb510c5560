"""A run as plain text: what ``show`` prints, and the demo without a screen. Lines come back unescaped."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engine.trajectory.changes import Change
from engine.trajectory.events import (
    Event,
    Failure,
    Intervention,
    Limit,
    Message,
    Retry,
    ToolCall,
    ToolResult,
    Verdict,
)

if TYPE_CHECKING:
    from engine.trajectory.store import StepHead

FOLD_LINES = 6
"""Lines of a text that a folded transcript shows."""

MARKS = {"pass": "✓", "fail": "✗", "error": "!"}


def step_lines(head: StepHead, events: Sequence[Event], *, fold: bool) -> Iterator[str]:
    """The lines of one step."""
    for event in events:
        match event:
            case Message(role="assistant") if not event.content.strip():
                continue
            case Message():
                yield f"{head.number:>3} {'say' if event.role == 'assistant' else event.role}"
                yield from _block(event.content, fold)
            case ToolCall():
                yield f"{head.number:>3} call {event.tool}"
                for name, value in event.arguments.items():
                    yield from _block(f"{name}: {_value(value)}", fold)
            case ToolResult():
                mark, word = ("✗", "error") if event.is_error else ("✓", "ok")
                yield f"    {mark} {word} · {head.shape or ''} · {event.duration_s * 1000:.0f} ms"
                if event.error:
                    yield from _block(event.error, fold)
                elif event.is_error or not fold:
                    yield from _block(result_text(event.result), fold)
                for change in event.changes:
                    yield from change_lines(change, fold=fold)
            case Retry():
                yield f"    ↻ attempt {event.attempt} failed, next in {event.wait_s:.1f} s: {event.reason}"
            case Limit():
                yield f"{head.number:>3} limit {event.name} of {event.value:g} reached"
            case Failure():
                yield f"{head.number:>3} error in {event.where}: {event.message}"
            case Intervention():
                yield f"{head.number:>3} {event.action} by {event.by}"
            case _:
                continue


def result_text(result: Any) -> str:
    """The text of an MCP result object, as the tool wrote it."""
    blocks = (result or {}).get("content") or []
    return "\n".join(str(block.get("text", json.dumps(block))) for block in blocks if isinstance(block, dict))


def change_lines(change: Change, *, fold: bool) -> Iterator[str]:
    """One line for the row, then one a column that changed; folded, a new or deleted row shows its first columns."""
    yield f"    ● {change.op} {change.table} {change.key_text}"
    if change.op == "update":
        before, after = change.before or {}, change.after or {}
        columns = [f"{column}: {_value(before.get(column))} → {_value(value)}" for column, value in after.items()]
    else:
        row = change.after or change.before or {}
        known = {column: value for column, value in row.items() if value is not None and column not in change.key}
        columns = [f"{column}: {_value(value)}" for column, value in known.items()]
    shown = columns[:FOLD_LINES] if fold and change.op != "update" and len(columns) > FOLD_LINES + 1 else columns
    for column in shown:
        yield f"        {column}"
    if len(shown) < len(columns):
        yield f"        … +{len(columns) - len(shown)} columns"


def verdict_lines(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """One line a verifier, and why it failed."""
    for verdict in verdicts:
        kept = " (kept: passes untouched too)" if verdict.kept else ""
        yield f"{MARKS[verdict.outcome]} {verdict.outcome} {verdict.name}{kept}"
        if verdict.reason:
            yield f"    {verdict.reason}"


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _block(text: str, fold: bool) -> Iterator[str]:
    lines = [part for line in text.splitlines() or [""] for part in textwrap.wrap(line, 110) or [""]]
    shown = lines[:FOLD_LINES] if fold and len(lines) > FOLD_LINES + 1 else lines
    for line in shown:
        yield f"    {line}"
    if len(shown) < len(lines):
        hidden = len(text) - len("\n".join(shown))
        yield f"    … +{max(hidden, 1):,} characters"
