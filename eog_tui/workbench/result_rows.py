"""Finds the things that a tool's result tells of: which row has which id, and what it is called."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Scalar = str | int | float | bool

_NAMES = (
    "name", "display_name", "displayName", "full_name", "title", "summary", "subject", "short_description", "number",
    "label", "email", "description",
)  # fmt: skip
_ENVELOPES = {"result", "results", "data", "items", "rows", "content", "records", "response", "value", "values", "list"}
_VERBS = {
    "get", "find", "list", "search", "create", "update", "delete", "add", "remove", "link", "new", "read", "fetch",
    "lookup", "query", "insert", "count", "send", "set", "all", "a", "the",
}  # fmt: skip
_LABEL_MOST = 60
_DEEPEST = 40


class Row(NamedTuple):
    """An object in a result."""

    noun: str
    """What it is, such as ``incident``; empty when nothing tells."""
    id_key: str
    """The key of its own id; empty when it has none."""
    label: str
    """What it is called, in one line; empty when nothing tells."""
    fields: Mapping[str, Any]

    @property
    def id(self) -> Scalar | None:
        """Its own id."""
        return self.fields[self.id_key] if self.id_key else None


def words_of(name: str) -> list[str]:
    """The words of a name in any case style: ``incidentId`` and ``incident_id`` are ``incident``, ``id``."""
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return [part for part in re.split(r"[^A-Za-z0-9]+", parts.casefold()) if part]


def singular(word: str) -> str:
    """``stories`` is ``story``, ``incidents`` is ``incident``, ``status`` stays."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def noun_of(name: str) -> str:
    """What a table, list or id key is named after: ``incidents`` and ``incident_id`` are ``incident``."""
    words = words_of(name)
    while words and words[-1] in ("id", "ids", "sys"):
        words.pop()
    return "_".join([*words[:-1], singular(words[-1])]) if words else ""


def tool_noun(tool: str) -> str:
    """What a tool is about: ``find_incident_by_number`` is ``incident``, as is ``get_incidents_assigned_to``."""
    words: list[str] = []
    for word in words_of(tool):
        if word in ("by", "using", "for", "with", "to", "of", "from", "in"):
            if words and (words[-1].endswith("ed") or words[-1] == "sent"):
                words.pop()
            break
        if word not in _VERBS:
            words.append(word)
    return noun_of("_".join(words))


def rows_in(text: str, tool: str = "") -> list[Row] | None:
    """Every object in a result's JSON text, the outer ones first; None when it is no JSON.

    The text may be an MCP result whose blocks hold JSON texts of their own.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return list(_walk(value, tool_noun(tool), 0)) if isinstance(value, dict | list) else None


def row_of(noun: str, fields: Mapping[str, Any]) -> Row:
    """An object as a row: finds its own id and what it is called."""
    return Row(noun or noun_of(_id_key("", fields)), _id_key(noun, fields), _label(fields), fields)


def _walk(value: Any, noun: str, depth: int) -> Iterator[Row]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, noun, depth + 1)
    elif isinstance(value, dict):
        if value.get("type") == "text" and isinstance(value.get("text"), str) and value["text"][:1] in ("{", "["):
            for row in rows_in(value["text"]) or ():
                yield row if row.noun else row._replace(noun=noun)
            return
        if any(not isinstance(item, dict | list) for item in value.values()):
            yield row_of(noun, value)
        for key, item in value.items():
            if isinstance(item, dict | list):
                inner = noun if key.casefold() in _ENVELOPES else noun_of(key)
                yield from _walk(item, inner, depth + 1)


def _id_key(noun: str, fields: Mapping[str, Any]) -> str:
    """The key of a row's own id: named after the row, or plainly an id, or the first that is named like one."""
    ids = [key for key, value in fields.items() if words_of(key)[-1:] == ["id"] and _is_id(value)]
    for key in ids:
        if noun_of(key) in ("", noun):
            return key
    # In a row without a name of its own, only the very first key tells what the row is.
    return ids[0] if ids and ids[0] == next(iter(fields)) else ""


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _label(fields: Mapping[str, Any]) -> str:
    first, last = fields.get("first_name"), fields.get("last_name")
    if isinstance(first, str) and isinstance(last, str):
        return f"{first} {last}"[:_LABEL_MOST]
    named: Sequence[str] = [name for name in _NAMES if isinstance(fields.get(name), str) and fields[name].strip()]
    if not named:
        named = [key for key, value in fields.items() if words_of(key)[-1:] == ["name"] and isinstance(value, str)]
    return " ".join(fields[named[0]][: 4 * _LABEL_MOST].split())[:_LABEL_MOST] if named else ""
