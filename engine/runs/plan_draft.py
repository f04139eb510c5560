"""A plan drafted from a recorded run: what worked in it, as steps for somebody who finds the ids themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.tasks.files import TaskError
from engine.trajectory.events import Event, Message, Note, RunEnded, ToolCall, ToolResult
from engine.trajectory.store import Store

_LABELS = ("name", "title", "short_description", "subject", "number", "email", "label")
"""Columns that tell a person which row is meant, best first."""

_LONGEST_LABEL = 60


def draft(store: Store, run_id: int) -> str:
    """Write the Markdown of a plan from a run's successful calls.

    Reading calls of one tool in a row become one step; a writing call is a step with its arguments. An id that an
    earlier result brought and the task does not name is described by where it was found.

    Raises:
        StoreError: there is no such run.
        TaskError: it has no successful call and no answer, so there is nothing to learn from it.
    """
    run = store.run(run_id)
    history = store.history(run_id)
    steps, closing = _steps(history)
    if not steps and not run.answer.strip():
        raise TaskError(f"run {run_id} has no successful call and no answer, so no plan can be drafted from it")
    given = "\n".join(event.content for event in history if isinstance(event, Message) and event.role != "assistant")
    lines, found = [], _Found(given)
    for number, step in enumerate(steps, 1):
        lines += _written(number, step, found)
        for result in step.results:
            found.learn(number, result)
    if run.answer.strip():
        verb = "Refuse the task" if _refused(history) else "Answer"
        lines += _item(len(steps) + 1, "\n".join([f"{verb}: {run.answer.strip()}", *_noted(closing)]))
    return "\n".join(lines)


@dataclass
class _Step:
    """A writing call, or reading calls of one tool in a row."""

    tool: str
    writes: bool
    arguments: list[Mapping[str, Any]] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was noted before it."""


def _steps(history: Sequence[Event]) -> tuple[list[_Step], list[str]]:
    """The steps, and what was noted behind the last, before the answer."""
    calls: dict[str, ToolCall] = {}
    steps: list[_Step] = []
    notes: list[str] = []
    seen: set[str] = set()
    for event in history:
        match event:
            case Note(text=text):
                notes.append(text.strip())
            case ToolCall():
                calls[event.call_id] = event
            case ToolResult(is_error=False) if event.call_id in calls:
                arguments, writes = calls[event.call_id].arguments, bool(event.changes)
                same = json.dumps([event.tool, arguments], sort_keys=True)
                if writes:
                    seen.clear()  # what is read again after a write may say something new
                elif same in seen:
                    continue
                seen.add(same)
                last = steps[-1] if steps else None
                if last is None or writes or last.writes or last.tool != event.tool or notes:
                    steps.append(last := _Step(event.tool, writes, notes=notes))
                    notes = []
                last.arguments.append(arguments)
                last.results.append(_content(event))
    return steps, notes


def _refused(history: Sequence[Event]) -> bool:
    return any(isinstance(event, RunEnded) and event.refused for event in history)


def _content(event: ToolResult) -> list[Any]:
    """What a call brought, as far as it is JSON."""
    found = []
    for block in (event.result or {}).get("content") or ():
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            found.append(json.loads(block["text"]))
    return found


def _written(number: int, step: _Step, found: _Found) -> list[str]:
    phrases = [
        [f"{name} = {found.phrase(name, value)}" for name, value in arguments.items()] for arguments in step.arguments
    ]
    head = f"{'Call' if step.writes else 'Look up with'} `{step.tool}`"
    details = _noted(step.notes)
    if step.writes:
        details += [f"- {phrase}" for phrase in phrases[0]]
    elif len(phrases) > 1:
        details += [f"- {', '.join(each) or 'everything'}" for each in phrases]
    elif phrases[0]:
        head += f": {', '.join(phrases[0])}"
    return _item(number, "\n".join([head, *details]))


def _noted(notes: Sequence[str]) -> list[str]:
    return [f"Note: {note}" for note in notes]


def _item(number: int, text: str) -> list[str]:
    """An item of a numbered list; what follows its first line is set in below it."""
    mark = f"{number}. "
    first, *more = text.split("\n")
    return [mark + first, *(" " * len(mark) + line if line else "" for line in more)]


class _Place(NamedTuple):
    """Where a value was found first."""

    step: int
    column: str
    label: str
    """What tells its row from others to a person; empty when nothing does."""


class _Found:
    """Values that earlier steps brought."""

    def __init__(self, given: str) -> None:
        self._given = given
        """What the agent was told from the start: a value in there needs no finding."""
        self._places: dict[str, list[_Place]] = {}

    def learn(self, step: int, result: Any) -> None:
        """Take in what a call of a step brought."""
        for column, value, label in _values(result):
            self._places.setdefault(str(value), []).append(_Place(step, column, label))

    def phrase(self, argument: str, value: Any) -> str:
        """An argument's value: as it is, or where it was found."""
        if isinstance(value, list) and value:
            return ", ".join(self.phrase(argument, each) for each in value)
        place = self._place(argument, value)
        if place is None:
            return json.dumps(value, ensure_ascii=False)
        return f"the {place.column} found in step {place.step}" + (f" ({place.label})" if place.label else "")

    def _place(self, argument: str, value: Any) -> _Place | None:
        if not _is_found(value):
            return None
        places = self._places.get(str(value), [])
        same = [place for place in places if place.column == argument]
        if isinstance(value, int):  # another table's row can have the same number, and so can a sentence
            ends = [place for place in places if place.column.endswith("id") and argument.endswith(place.column)]
            return next(iter(same or ends), None)
        if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", self._given):
            return None
        return next(iter(same or places), None)


def _is_found(value: Any) -> bool:
    """Whether a value can only be known by looking it up: an id, a number in a register, an address; not a word."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    return isinstance(value, str) and re.fullmatch(r"\S*[\d@]\S*", value) is not None


def _values(result: Any) -> Iterator[tuple[str, Any, str]]:
    """Every such value in a result, with the column that it stands in and the label of its row."""
    waiting = [result]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            label = next((part[name] for name in _LABELS if isinstance(part.get(name), str) and part[name]), "")
            for column, value in part.items():
                if isinstance(value, list | dict):
                    waiting.append(value)
                elif _is_found(value):
                    # An id does not name itself.
                    shown = "" if value == label else " ".join(label.split())[:_LONGEST_LABEL]
                    yield column, value, shown
