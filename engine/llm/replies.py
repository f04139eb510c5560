"""A model's answer made plain: whatever a service sends, it can be recorded, and goes back in the next request."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from engine.tasks.files import too_deep
from engine.trajectory.events import RequestedCall


def call_ids(messages: Iterable[Mapping[str, Any]]) -> set[str]:
    """Ids of all calls that a conversation asks for."""
    return {call["id"] for message in messages for call in message.get("tool_calls") or ()}


def plain(message: Any, taken: set[str]) -> dict[str, Any]:
    """LiteLLM's message as a plain one that every provider takes back.

    Args:
        message: what LiteLLM made of the answer.
        taken: ids of the calls so far. A call without an id, or with one of these, gets a new one, so that an id
            stands for one call of a run: people name the call by it that they approve.
    """
    said: dict[str, Any] = {"content": None} | _encodable(message.model_dump(exclude_none=True))
    fields = said.pop("provider_specific_fields", None) or {}
    # OpenAI's models that will not do something say so here, and nothing in the content.
    said["content"] = said["content"] or fields.pop("refusal", None) or said["content"]
    if known := {name: value for name, value in fields.items() if value is not None}:
        said["provider_specific_fields"] = known
    taken = taken | {""}
    for call in said.get("tool_calls", ()):
        call["id"] = str(call.get("id", ""))
        if call["id"] in taken:
            call["id"] = f"call_{uuid.uuid4().hex}"
        taken.add(call["id"])
    return said


def calls(said: Mapping[str, Any]) -> tuple[RequestedCall, ...]:
    """The calls of a plain message. Malformed arguments become ``{}`` in it: some providers parse them."""
    found = []
    for call in said.get("tool_calls", ()):
        function = call["function"]
        raw = function.get("arguments") or "{}"
        arguments, malformed = _arguments(raw), None
        if arguments is None:
            arguments, malformed, function["arguments"] = {}, raw, "{}"
        tool = function.get("name") or ""
        found.append(RequestedCall(id=call["id"], tool=tool, arguments=arguments, malformed=malformed))
    return tuple(found)


def _arguments(raw: str) -> dict[str, Any] | None:
    """The object that a text is, or None: no JSON, no object, nested too deep, or with numbers that JSON has not."""
    try:
        parsed = json.loads(raw)
        json.dumps(parsed, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, dict) or too_deep(parsed):
        return None
    arguments: dict[str, Any] = _encodable(parsed) if "\\u" in raw else parsed
    return arguments


def _encodable(value: Any) -> Any:
    """A value as JSON in UTF-8 can hold it.

    Services spell lone surrogates, which become ``?``, and numbers without an end, which become null.
    """
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return json.loads(text, parse_constant=lambda _: None)
