"""A step in full, as lines: what was asked, what came back, what it did. Shape first, then rows, then JSON.

Preparing parses what has to be parsed and may run in any thread; the lines are made as far as someone reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from engine.trajectory.events import (
    Attendance,
    Database,
    Event,
    Failure,
    Forked,
    GymUsed,
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
from engine.trajectory.headline import change_line, result_text, shape
from engine.trajectory.steps import StepHead
from eog_tui.call_words import of_result
from eog_tui.figures import amount, duration, money
from eog_tui.glyphs import OUTCOME, STATUS
from eog_tui.literal import line as literal_line
from eog_tui.replay.document import BLANK, UNFOLD, Line, indented, paragraphs, pieces, said_lines
from eog_tui.replay.person_text import person_lines
from eog_tui.widgets.change_view import value_text
from eog_tui.widgets.line_view import fit
from eog_tui.widgets.result_view import columns_for, rows_in
from eog_tui.widgets.rows import layout
from eog_tui.widgets.step_list import KIND_WORDS
from eog_tui.widgets.wrapping import json_lines

FOLDED_VALUE = 400
"""Characters of an argument that a folded step shows."""
FOLDED_ROWS = 12
"""Rows of a result that a folded step shows as a table."""
_FOLDED_CHANGES = 6
_PARSED = 5_000_000
"""Characters up to which a result is looked through for rows."""


@dataclass(frozen=True)
class Turn:
    """A verifier whose outcome became another one."""

    number: int
    """From 1, as the timeline counts them."""
    name: str
    before: Outcome | None
    after: Outcome


class StepText:
    """One step to read."""

    def __init__(self, head: StepHead, events: Sequence[Event], turns: Sequence[Turn] = ()) -> None:
        self.head = head
        self.events = events
        self._turns = turns
        self._results = {
            event.call_id: _rows_of(result_text(event)) for event in events if isinstance(event, ToolResult)
        }

    @property
    def size(self) -> int:
        """About how many characters all lines have."""
        return self.head.size + 1_000

    def copyable(self) -> str:
        """The texts of the step as they came."""
        texts = []
        for event in self.events:
            match event:
                case Message(content=text) if text:
                    texts.append(text)
                case Plan(text=text) | Note(text=text):
                    texts.append(text)
                case Proposal() | ToolCall():
                    arguments = json.dumps(dict(event.arguments), ensure_ascii=False, indent=2, default=str)
                    texts.append(f"{event.tool} {arguments}")
                case ToolResult():
                    texts.append(result_text(event))
                case Failure(message=text) | Retry(reason=text):
                    texts.append(text)
                case Intervention(text=text) if text:
                    texts.append(text)
                case RunEnded(error=str(text)):
                    texts.append(text)
        # A call that was proposed and then ran as it was is one text.
        return "\n\n".join(dict.fromkeys(texts))

    def lines(self, width: int, *, folded: bool) -> Iterator[Line]:
        """All lines, for a width in cells."""
        yield self._heading()
        yield self._facts()
        said = [event.content.strip() for event in self.events if isinstance(event, Message)]
        told: Proposal | None = None
        for event in self.events:
            match event:
                case RunStarted():
                    yield from (_gym(gym) for gym in event.gyms)
                case Message():
                    yield from _message(event, folded)
                case Retry():
                    waited = f"attempt {event.attempt} failed, next in {event.wait_s:.3g} s: "
                    yield pieces(("↻ retry ", "waiting"), (waited, "dim"), (event.reason, ""), hang=2)
                case ToolCall() if told is not None and told.call_id == event.call_id:
                    pass  # the proposal showed it, and an edit what became of it
                case Proposal() | ToolCall():
                    told = event if isinstance(event, Proposal) else None
                    yield BLANK
                    yield from _arguments(event.arguments, folded)
                    if self.head.ok is None and not any(isinstance(each, ToolCall) for each in self.events):
                        over = any(isinstance(each, RunEnded) for each in self.events)
                        yield pieces(("■ never ran" if over else "◌ waits for a person's word", "waiting"))
                case ToolResult():
                    yield from self._result(event, width, folded)
                case Failure():
                    yield BLANK
                    yield pieces(("! error ", "error"), (f"in {event.where}", "dim"))
                    yield from indented(paragraphs(event.message))
                case Limit():
                    yield BLANK
                    yield pieces(("! limit ", "error"), (f"{event.name} of {event.value:g} reached", ""))
                case Plan() | Intervention() | Note() | Attendance() | Forked():
                    yield from person_lines(event, folded=folded)
                case Database(action="made"):
                    yield pieces(("database ", "dim"), (event.database_id, ""), (f" · {event.where}", "dim"), hang=2)
                case Database():
                    pass  # that it is gone is as it should be
                case Verdicts():
                    yield from _verdicts(event)
                case RunEnded():
                    yield from _ended(event, said)
                case _:
                    assert_never(event)

    def _heading(self) -> Line:
        head = self.head
        if head.kind != "call":
            return pieces((f"{head.number} {KIND_WORDS.get(head.kind, head.kind)}", "strong"))
        where = f" · {head.gym}" if head.gym else ""
        return pieces((f"{head.number} ", "strong"), (head.tool or "", "strong"), (where, "dim"))

    def _facts(self) -> Line:
        head = self.head
        model = next((event.model for event in self.events if isinstance(event, Message) and event.model), None)
        facts = [f"{head.started_at:%H:%M:%S}"]
        if head.duration_s is not None:
            facts.append(_took(head.duration_s))
        if model:
            facts.append(model)
        if by := next((event.by for event in self.events if isinstance(event, ToolCall) and event.by), None):
            facts.append(f"by {by}")
        if head.tokens_in or head.tokens_out:
            facts.append(f"{amount(head.tokens_in)} in, {amount(head.tokens_out)} out")
        if head.cost_usd is not None:
            facts.append(money(head.cost_usd))
        return pieces((" · ".join(facts), "dim"))

    def _result(self, event: ToolResult, width: int, folded: bool) -> Iterator[Line]:
        yield BLANK
        took = f" · {_took(event.duration_s)}"
        sign, said = of_result(shape(event), ok=not event.is_error and event.result is not None)
        yield pieces((f"{sign} ", sign.tone), (said, ""), (took, "dim"), hang=2)
        shown = event.changes[:_FOLDED_CHANGES] if folded else event.changes
        for change in shown:
            yield pieces(("● ", "accent"), (change_line([change], event.tool), ""), hang=2)
        if len(shown) < len(event.changes):
            yield pieces((f"  … +{len(event.changes) - len(shown):,} changes · {UNFOLD}", "dim"))
        for turn in self._turns:
            before, after = turn.before and OUTCOME[turn.before], OUTCOME[turn.after]
            was = (f"{before} ", before.tone) if before else ("", "")
            yield pieces((f"v{turn.number} ", "dim"), was, ("→ ", "dim"), (f"{after} ", after.tone), (turn.name, ""),
                         hang=3)  # fmt: skip
        text = result_text(event)
        rows = self._results[event.call_id]
        if len(rows) > 1:
            yield BLANK
            yield from _table(rows, width, folded)
        if text:
            yield BLANK
            is_json = text[:1] in ("{", "[")
            yield from indented(_laid_out(text) if is_json else paragraphs(text), "json" if is_json else "text")


def _gym(gym: GymUsed) -> Line:
    return pieces(("gym ", "dim"), (gym.name, ""), (f" · {gym.where}", "dim"), hang=2)


def _message(event: Message, folded: bool) -> Iterator[Line]:
    if event.content.strip():
        yield BLANK
        if event.by:
            yield pieces((f"by {event.by}", "waiting"))
        yield from said_lines(event.content, folded=folded, prose=event.role != "assistant")
    for call in event.calls if event.content.strip() else ():
        yield BLANK
        yield pieces(("asks for ", "dim"), (call.tool, "accent"))
    for call in event.calls:
        if call.malformed is not None:
            yield pieces(("! the arguments are not a JSON object: ", "error"), (call.malformed, ""), hang=2)


def _arguments(arguments: Mapping[str, Any], folded: bool) -> Iterator[Line]:
    if not arguments:
        yield pieces(("  no arguments", "dim"))
        return
    shown = _folded(arguments) if folded else dict(arguments)
    yield from indented(_laid_out(json.dumps(shown, ensure_ascii=False, default=str)), "json", by=0)
    if folded and (hidden := _hidden(arguments)):
        yield pieces((f"… +{hidden:,} chars · {UNFOLD}", "dim"))


def _folded(value: Any) -> Any:
    match value:
        case str() if len(value) > FOLDED_VALUE:
            return value[:FOLDED_VALUE] + "…"
        case Mapping():
            return {name: _folded(item) for name, item in value.items()}
        case list() | tuple():
            return [_folded(item) for item in value]
    return value


def _hidden(value: Any) -> int:
    """Characters that folding hides."""
    match value:
        case str():
            return max(len(value) - FOLDED_VALUE, 0)
        case Mapping():
            return sum(_hidden(item) for item in value.values())
        case list() | tuple():
            return sum(_hidden(item) for item in value)
    return 0


def _table(rows: Sequence[Mapping[str, Any]], width: int, folded: bool) -> Iterator[Line]:
    columns = layout(columns_for(rows), max(width - 2, 10))
    heads = [fit(literal_line(column.label), wide, right=column.right) for _, column, wide in columns]
    yield pieces(("  " + " ".join(heads), "dim"), wraps=False)
    for row in rows[:FOLDED_ROWS] if folded else rows:
        cells = [fit(value_text(row.get(column.key)), wide, right=column.right) for _, column, wide in columns]
        yield Line("  " + " ".join(cells), wraps=False)
    if folded and len(rows) > FOLDED_ROWS:
        yield pieces((f"  … +{len(rows) - FOLDED_ROWS:,} rows · {UNFOLD}", "dim"))


def _verdicts(event: Verdicts) -> Iterator[Line]:
    passed = sum(verdict.outcome == "pass" for verdict in event.verdicts)
    yield BLANK
    yield pieces((f"── verdicts · {passed} of {len(event.verdicts)} passed ──", "dim"))
    for verdict in event.verdicts:
        sign = OUTCOME[verdict.outcome]
        kept = " · to be kept" if verdict.kept else ""
        yield pieces((f"v{verdict.index + 1} ", "dim"), (f"{sign} ", sign.tone), (verdict.name, ""), (kept, "dim"),
                     hang=3)  # fmt: skip
        if verdict.reason:
            yield Line(f"   {literal_line(verdict.reason)}", hang=3)


def _ended(event: RunEnded, said: Sequence[str]) -> Iterator[Line]:
    sign = STATUS[event.status]
    yield BLANK
    yield pieces(("── the run ended ", "dim"), (str(sign), sign.tone), (f" {event.at:%H:%M:%S} ──", "dim"))
    if event.error:
        yield pieces(("! ", "error"), (event.error, ""), hang=2)
    if event.answer.strip() in said:
        yield pieces(("the answer is what was said above", "dim"))
    elif event.answer:
        yield pieces(("answer", "dim"))
        yield from indented(paragraphs(event.answer))


def _rows_of(text: str) -> Sequence[Mapping[str, Any]]:
    if text[:1] not in ("{", "[") or len(text) > _PARSED:
        return []
    try:
        return rows_in(json.loads(text))
    except (ValueError, RecursionError):
        return []


def _laid_out(text: str) -> Iterator[str]:
    return (laid for laid, _ in json_lines(text))


def _took(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 0.95 else duration(seconds)
