"""One line about an event: what was asked, what came back, what became of the database.

Lines are literal text for a person's eyes. Line breaks are folded; other control characters stay as they are, for
the one who shows the line to make visible.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
    Verdicts,
)

WIDTH = 200
"""Longest line, in characters."""
_VALUE_WIDTH = 48
_READABLE = 200_000
"""Longer results, in characters, are not parsed: the time would be felt."""

_DONE = {
    "pause": "paused",
    "resume": "resumed",
    "step": "one step",
    "stop": "stopped",
    "supervise": "other rules of approval",
    "approve": "approved",
    "edit": "approved with other arguments",
    "reject": "rejected",
    "answer": "answered in its place",
    "take_over": "taken over",
    "hand_back": "handed back",
}

_BREAKS = re.compile(r"[\r\n\v\f\x85\u2028\u2029]+")
_NOUN_ENDS = re.compile(r"(?:_(?:[a-z]+ed|sent))?_(?:by|for|using|with|of|from|to|in)(?:_.*)?$")
_TIMESTAMP = re.compile(r"(?:^|_)(?:updated|modified)(?:_|$)")


def title(event: Event) -> str:
    """What happened: ``update_incident INC_003 impact=high``, or the first line of what was said."""
    match event:
        case Message(content=content, calls=calls):
            said = _first_line(content)
            return said or (_call(calls[0].tool, calls[0].arguments) if calls else "(empty)")
        case ToolCall() | Proposal():
            return _call(event.tool, event.arguments)
        case ToolResult():
            return _folded(f"{event.tool} {shape(event)}")
        case Retry():
            return _folded(f"attempt {event.attempt} failed, next in {event.wait_s:.3g} s: {event.reason}")
        case Intervention():
            said = _first_line(event.text)
            return _folded(f"{_DONE[event.action]} by {event.by}" + (f": {said}" if said else ""))
        case Plan():
            whose = f"by {event.by}" if event.by else f"by {event.model or 'the planner'}"
            return _folded(f"plan {whose}: {_first_line(event.text)}")
        case Note():
            return _first_line(event.text)
        case Attendance():
            return _folded(f"{event.by} {event.action}")
        case Forked():
            other = {"message": ", with another message", "arguments": ", with other arguments"}.get(
                event.edited or "", ""
            )
            return _folded(f"forked from run {event.parent} after step {event.parent_step} by {event.by}{other}")
        case Limit():
            return _folded(f"limit reached: {event.name} {event.value:g}")
        case Failure():
            return _folded(f"{event.where}: {event.message}")
        case Database():
            return _folded(f"database {event.database_id} at {event.where} {event.action}")
        case RunStarted():
            return f"{event.tool_count} tools, {_counted(len(event.gyms), 'gyms')}"
        case Verdicts():
            passed = sum(verdict.outcome == "pass" for verdict in event.verdicts)
            return f"{passed} of {_counted(len(event.verdicts), 'verifiers')} passed"
        case RunEnded():
            return _folded(f"{event.status}: {event.error}" if event.error else event.status)


def result_text(result: ToolResult) -> str:
    """All text that a tool gave back, or the reason why it gave nothing."""
    if result.result is None:
        return result.error or ""
    blocks = result.result.get("content")
    if not isinstance(blocks, Sequence):
        return ""
    return "\n".join(
        block["text"] for block in blocks if isinstance(block, Mapping) and isinstance(block.get("text"), str)
    )


def shape(result: ToolResult) -> str:
    """What came back, and how much: ``14 incidents · 3.2 kB``, or ``error: NOT_FOUND User not found``.

    A result that never came is told as ``no result: …``.
    """
    text = result_text(result)
    data = _parsed(text)
    if result.is_error or result.result is None:
        word = "no result" if result.result is None and result.gym is not None else "error"
        return _folded(f"{word}: {_error(data) or _first_line(text) or 'without a reason'}")
    size = _size(len(text.encode(errors="replace")))
    match data:
        case list():
            return _folded(f"{_counted(len(data), _noun(data, result.tool))} · {size}")
        case dict():
            return _folded(f"{_object(data, result.tool)} · {size}")
        case None:
            return f"text · {size}" if text else "nothing"
    return _folded(f"{_value(data)} · {size}")


def change_line(changes: Sequence[Change], tool: str = "") -> str:
    """What was written: ``incident INC_003 · impact medium → high``; ``+2`` more when other rows changed too."""
    if not changes:
        return ""
    # The row that the call was about comes first: its table is named in the tool's name, or it stands first.
    first = max(changes, key=lambda change: len(change.table) if change.table in tool else 0)
    match first.op:
        case "insert":
            what = "new"
        case "delete":
            what = "deleted"
        case "update":
            before, after = first.before or {}, first.after or {}
            columns = sorted(after, key=lambda name: bool(_TIMESTAMP.search(name)))
            telling = [name for name in columns if not _TIMESTAMP.search(name)] or columns
            what = ", ".join(f"{name} {_value(before.get(name))} → {_value(after[name])}" for name in telling)
    more = f" +{len(changes) - 1} more" if len(changes) > 1 else ""
    return _folded(f"{first.table} {first.key_text} · {what}", WIDTH - len(more)) + more


def _call(tool: str, arguments: Mapping[str, Any]) -> str:
    main = min(arguments, key=lambda name: _rank(name, tool), default=None)
    words = [tool]
    if main is not None and _rank(main, tool) < 2:
        words.append(_value(arguments[main]))
    else:
        main = None
    words += (f"{name}={_value(value)}" for name, value in arguments.items() if name != main)
    return _folded(" ".join(words))


def _rank(argument: str, tool: str) -> int:
    """0 for the argument that names the thing a tool is about, 1 for what it is found by, 2 for the others."""
    words = f"_{tool}_"
    stem = re.sub(r"_(?:id|number)$", "", argument)
    if argument == "id" or (stem != argument and f"_{stem}_" in words):
        return 0
    return 1 if f"_by_{argument}_" in words or f"_by_{stem}_" in words else 2


def _value(value: Any) -> str:
    if isinstance(value, str):
        shown = _BREAKS.sub(" ", value[: _VALUE_WIDTH * 4])
        quoted = f'"{shown}"' if not shown or " " in shown else shown
    elif isinstance(value, bytes):
        quoted = f"{len(value)} bytes"
    else:
        quoted = json.dumps(value, ensure_ascii=False, default=str)
    return _folded(quoted, _VALUE_WIDTH)


def _object(fields: Mapping[str, Any], tool: str) -> str:
    lists = {name: value for name, value in fields.items() if isinstance(value, list)}
    if len(lists) == 1:
        [(name, rows)] = lists.items()
        total = fields.get("total_count")
        if isinstance(total, int) and total > len(rows):
            return f"{len(rows)} of {_counted(total, name.replace('_', ' '))}"
        return _counted(len(rows), name.replace("_", " "))
    name, value = next(iter(fields.items()), ("", None))
    if name == "id" or name.endswith("_id"):
        return f"{_counted(1, _noun([fields], tool))} · {_value(value)}"
    if len(fields) == 1 and isinstance(value, Mapping):
        fields = value
    elif len(fields) == 1 and isinstance(value, str):
        return value
    return ", ".join(f"{name} {_value(value)}" for name, value in fields.items()) or "empty"


def _noun(rows: Sequence[Any], tool: str) -> str:
    """What rows are called, in the plural: by the id they carry first, or else by the tool."""
    first = next(iter(rows[0]), "") if rows and isinstance(rows[0], Mapping) else ""
    if first.endswith("_id"):
        return _plural(first.removesuffix("_id").replace("_", " "))
    _, _, thing = _NOUN_ENDS.sub("", tool).partition("_")
    return _plural(thing.replace("_", " ") or "row")


def _counted(number: int, plural: str) -> str:
    if number != 1:
        return f"{number:,} {plural}"
    return f"1 {plural[:-3]}y" if plural.endswith("ies") else f"1 {plural.removesuffix('s')}"


def _plural(word: str) -> str:
    if word.endswith("s"):
        return word
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"


def _error(data: Any) -> str:
    """The code and message of an error body: the gyms' own envelope, or FastAPI's list of refused fields."""
    detail = data.get("detail", data) if isinstance(data, dict) else None
    match detail:
        case {"message": str(message), **rest}:
            reasons = [item.get("message", "") for item in _mappings(rest.get("details"))]
            reasons = [reason for reason in reasons if reason != message]
            return " ".join(str(word) for word in (rest.get("error_code", ""), message, *reasons[:1]) if word)
        case [{"msg": str(message), **rest}, *_]:
            context = rest.get("ctx")
            code = context.get("error_code", "") if isinstance(context, dict) else ""
            loc = rest.get("loc")
            place = ".".join(str(part) for part in loc) if isinstance(loc, list) else ""
            return " ".join(str(word) for word in (code, f"{place}:" if place else "", message) if word)
        case str():
            return detail
    return ""


def _mappings(value: Any) -> Iterable[Mapping[str, Any]]:
    return (item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


def _parsed(text: str) -> Any:
    if len(text) > _READABLE or text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _size(count: int) -> str:
    for unit, bound in (("B", 1), ("kB", 1_000), ("MB", 1_000_000)):
        if count < bound * 1_000 or unit == "MB":
            return f"{count / bound:.1f} {unit}" if bound > 1 else f"{count} {unit}"
    raise AssertionError


def _first_line(text: str) -> str:
    start = text[: WIDTH * 8].lstrip()
    return _folded(_BREAKS.split(start, maxsplit=1)[0])


def _folded(text: str, width: int = WIDTH) -> str:
    line = _BREAKS.sub(" ", text[: width * 4]).strip()
    return line if len(line) <= width and len(text) <= width * 4 else f"{line[: width - 1].rstrip()}…"
