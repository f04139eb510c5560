"""How a gym's tool is described to a model.

Providers refuse ``anyOf``, ``oneOf`` and ``allOf`` at the top of a tool's parameters. Dropping such a schema
would hide every argument from the model, so only the combinator goes: all properties stay, and what it
demanded is said in the description. Whether a call satisfies it is for the gym to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.gyms.session import ToolSpec

_DEMANDS = {"anyOf": "At least one of", "oneOf": "Exactly one of"}


def function(tool: ToolSpec) -> dict[str, Any]:
    """The tool as OpenAI's protocol wants it: ``{"type": "function", "function": {...}}``."""
    parameters, demands = _flat(tool.input_schema)
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": "\n\n".join(filter(None, [tool.description, " ".join(demands)])),
            "parameters": parameters,
        },
    }


def _flat(schema: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The schema without combinators at its top, and a sentence for each that is lost.

    Where a server says something there that a schema cannot say, such as a list of properties, it is passed over.
    """
    flat = {key: value for key, value in schema.items() if key not in (*_DEMANDS, "allOf")}
    flat["type"] = "object"
    flat["properties"] = _properties(schema)
    demands = []
    for keyword, words in _DEMANDS.items():
        branches = _branches(schema, keyword)
        for branch in branches:
            flat["properties"] = _properties(branch) | flat["properties"]
        if branches and all(map(_required, branches)):
            demands.append(f"{words}: {_listed(map(_required, branches))} is required.")
    for branch in _branches(schema, "allOf"):
        part, lost = _flat(branch)
        flat["properties"] = part["properties"] | flat["properties"]
        flat["required"] = list(dict.fromkeys([*_required(flat), *_required(part)]))
        demands += lost
    return flat, demands


def _properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties")
    return dict(properties) if isinstance(properties, Mapping) else {}


def _branches(schema: Mapping[str, Any], keyword: str) -> list[Mapping[str, Any]]:
    """The schemas behind a combinator. ``true`` is one, too, and demands nothing."""
    branches = schema.get(keyword)
    if not isinstance(branches, list):
        return []
    return [branch if isinstance(branch, Mapping) else {} for branch in branches]


def _required(schema: Mapping[str, Any]) -> list[str]:
    required = schema.get("required")
    return [name for name in required if isinstance(name, str)] if isinstance(required, list) else []


def _listed(groups: Iterable[Iterable[str]]) -> str:
    return ", ".join(" and ".join(names) for names in groups)
