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
    """The schema without combinators at its top, and a sentence for each that is lost."""
    flat = {key: value for key, value in schema.items() if key not in (*_DEMANDS, "allOf")}
    flat["type"] = "object"
    flat["properties"] = dict(schema.get("properties") or {})
    demands = []
    for keyword, words in _DEMANDS.items():
        branches = schema.get(keyword) or []
        for branch in branches:
            flat["properties"] = (branch.get("properties") or {}) | flat["properties"]
        if branches and all(branch.get("required") for branch in branches):
            demands.append(f"{words}: {_listed(branch['required'] for branch in branches)} is required.")
    for branch in schema.get("allOf") or []:
        part, lost = _flat(branch)
        flat["properties"] = part["properties"] | flat["properties"]
        flat["required"] = list(dict.fromkeys([*(flat.get("required") or []), *part.get("required", [])]))
        demands += lost
    return flat, demands


def _listed(groups: Iterable[Iterable[str]]) -> str:
    return ", ".join(" and ".join(names) for names in groups)
