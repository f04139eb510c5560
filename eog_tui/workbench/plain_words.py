"""Turns what ``jsonschema`` finds wrong with a value into words for the person who typed it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import ValidationError

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_FORMATS = {
    "email": "not an e-mail address",
    "date": "not a date: use YYYY-MM-DD",
    "date-time": "not a time: use YYYY-MM-DDTHH:MM:SS",
    "time": "not a time of day: use HH:MM:SS",
    "uuid": "not a UUID",
    "uri": "not an address: use https://…",
}


def path_text(path: Iterable[str | int]) -> str:
    """A place inside a value as people write it: ``items[2].email``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def type_words(types: str | Iterable[str]) -> str:
    """The names of JSON types in words: ``text or null``."""
    names = [types] if isinstance(types, str) else list(types)
    return " or ".join(_TYPES.get(name, name) for name in names)


def in_words(error: ValidationError) -> str:
    """What is wrong, without where."""
    rule, wanted, value = str(error.validator), error.validator_value, error.instance
    if rule in ("anyOf", "oneOf") and error.context:
        from jsonschema.exceptions import best_match

        closest = best_match(iter(error.context))
        if closest is not None:
            return in_words(closest)
    if rule in ("minLength", "minItems", "minProperties"):
        return f"needs at least {_count(wanted, rule)}" + (f", has {len(value)}" if wanted > 1 else "")
    if rule in ("maxLength", "maxItems", "maxProperties"):
        return f"at most {_count(wanted, rule)}, has {len(value)}"
    if rule == "additionalProperties" and isinstance(value, dict):
        known = set(error.schema.get("properties", ())) if isinstance(error.schema, dict) else set()
        return f"knows no {', '.join(sorted(set(value) - known))}"
    return _PLAIN[rule](wanted, value) if rule in _PLAIN else f"does not keep to the schema's {rule!r}"


def _missing(wanted: list[str], value: dict[str, Any]) -> str:
    return "needs " + ", ".join(name for name in wanted if name not in value)


_PLAIN: dict[str, Callable[[Any, Any], str]] = {
    "type": lambda wanted, value: f"needs {type_words(wanted)}",
    "enum": lambda wanted, value: f"one of {_few(wanted)}",
    "const": lambda wanted, value: f"has to be {json.dumps(wanted)}",
    "pattern": lambda wanted, value: f"does not have the form {wanted}",
    "minimum": lambda wanted, value: f"at least {wanted}",
    "maximum": lambda wanted, value: f"at most {wanted}",
    "exclusiveMinimum": lambda wanted, value: f"more than {wanted}",
    "exclusiveMaximum": lambda wanted, value: f"less than {wanted}",
    "multipleOf": lambda wanted, value: f"a multiple of {wanted}",
    "uniqueItems": lambda wanted, value: "no value twice",
    "required": _missing,
    "format": lambda wanted, value: _FORMATS.get(str(wanted), f"not a valid {wanted}"),
    "anyOf": lambda wanted, value: "fits none of the forms that it may have",
    "oneOf": lambda wanted, value: "has to fit exactly one of the forms that it may have",
    "not": lambda wanted, value: "is just what it may not be",
    "dependentRequired": lambda wanted, value: _dependent(wanted, value),
}


def _dependent(wanted: dict[str, list[str]], value: dict[str, Any]) -> str:
    for name, others in wanted.items():
        lacking = [other for other in others if other not in value]
        if name in value and lacking:
            return f"{name} needs {', '.join(lacking)} too"
    return "lacks what belongs together"


def _count(number: int, rule: str) -> str:
    what = {"Length": "character", "Items": "entry", "Properties": "member"}[rule[3:]]
    plural = what.removesuffix("y") + "ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"


def _few(values: list[Any], most: int = 8) -> str:
    words = [value if isinstance(value, str) else json.dumps(value) for value in values[:most]]
    return ", ".join(words) + (f" and {len(values) - most} more" if len(values) > most else "")
