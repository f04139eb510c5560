"""Holds values against JSON schemas with ``jsonschema``; schemas come from strangers and may be wrong themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from eog_tui.workbench.plain_words import in_words, path_text

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator


def whole_problems(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a whole call, by argument; under ``""`` what belongs to none of them."""
    validator = validator_of(schema)
    found: dict[str, str] = {}
    for error in errors_of(validator, dict(arguments)) if validator is not None else ():
        path = list(error.absolute_path)
        if not path and error.validator == "required":
            found.update({name: "required" for name in error.validator_value if name not in arguments})
            continue
        where = path_text(path[1:])
        words = f"{where.lstrip('.')}: {in_words(error)}" if where else in_words(error)
        found.setdefault(str(path[0]) if path else "", words)
    return found


def validator_of(schema: Mapping[str, Any]) -> Validator | None:
    """A validator for a tool's schema; None when the schema itself breaks the rules of JSON schema."""
    return _validator(json.dumps(schema, sort_keys=True, default=str))


@lru_cache(maxsize=256)
def _validator(schema_text: str) -> Validator | None:
    from jsonschema import Draft202012Validator, SchemaError  # here: starting up needs none of it

    schema = json.loads(schema_text)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError:
        return None
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def errors_of(validator: Validator, value: Any) -> list[ValidationError]:
    """What is wrong with a value, the outermost first; nothing when the schema itself refers to what is not there."""
    from referencing.exceptions import Unresolvable

    try:
        return sorted(validator.iter_errors(value), key=lambda error: (len(error.absolute_path), not error.context))
    except (Unresolvable, RecursionError):
        return []  # a reference that leads nowhere, or round and round: the gym has to judge
