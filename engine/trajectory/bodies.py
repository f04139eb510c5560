"""How an event lies in its row: the text that a person reads and searches apart, the rest as JSON.

Apart means: not escaped, so that SQL can look into it. JSON keeps what a database's text cannot hold, such as
NUL and the half characters that some models send; then the row has both, the true one and a readable copy.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.trajectory.changes import Change
from engine.trajectory.events import EVENT, Event, ToolResult
from engine.trajectory.headline import result_text


@dataclass(frozen=True, slots=True)
class Body:
    """An event without what stands in columns of its own."""

    json: str
    text: str | None
    """None when the event has nothing to read."""

    @property
    def size(self) -> int:
        """Bytes of text."""
        return len(self.text.encode()) if self.text else 0


def pack(event: Event) -> Body:
    """Split an event."""
    fields = event.model_dump(exclude={"at", "step", "kind", "changes"})
    text = result_text(event) if isinstance(event, ToolResult) else None
    place = _place(event.kind, fields)
    if place is None:
        return Body(to_json(fields), storable(text) or None)
    parent, name = place
    true = to_json(parent[name]) if name == "arguments" else parent[name]
    if true is None:
        return Body(to_json(fields), None)
    shown = storable(true if text is None else text)
    if shown == true:
        parent[name] = None
    return Body(to_json(fields), shown)


def unpack(kind: str, step: int, at: datetime, body: str, text: str | None, changes: tuple[Change, ...] = ()) -> Event:
    """Put an event together again."""
    fields = json.loads(body)
    place = _place(kind, fields)
    if place is not None and text is not None:
        parent, name = place
        if parent[name] is None:
            parent[name] = json.loads(text) if name == "arguments" else text
    if kind == "tool_result":
        fields["changes"] = changes
    return EVENT.validate_python(fields | {"kind": kind, "step": step, "at": at})


def to_json(value: Any) -> str:
    """Compact JSON that any database can keep as text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if storable(text) == text else json.dumps(value, separators=(",", ":"))


def row_json(row: Mapping[str, Any] | None) -> str | None:
    """A changed row's columns as JSON."""
    return None if row is None else to_json(row)


def unpacked(body: bytes, packed: bool) -> str:
    """A shared text as it lies in its row (``StoredText``)."""
    return (zlib.decompress(body) if packed else body).decode(errors="surrogatepass")


def _place(kind: str, fields: dict[str, Any]) -> tuple[Any, str] | None:
    """Where in an event of a kind its text is: the object that holds it, and the name it has there."""
    match kind:
        case "message":
            return fields, "content"
        case "tool_call" | "proposal":
            return fields, "arguments"
        case "plan" | "note" | "intervention" if fields.get("text") != "":
            return fields, "text"
        case "retry":
            return fields, "reason"
        case "failure":
            return fields, "message"
        case "tool_result":
            match fields["result"]:
                case None:
                    return fields, "error"
                case {"content": [{"text": _} as block, *_]}:
                    return block, "text"
    return None


def storable(text: str | None) -> str | None:
    """The text as a database can hold it."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
