"""The arguments of a tool as fields: what its JSON schema says of each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from eog_tui.workbench.validating import validator_of

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Kind = Literal["text", "choice", "switch", "integer", "number", "date", "list", "json", "any"]
"""``list``: plain values, typed with commas between them or as JSON; ``any``: JSON, or else text."""


class _Unset(Enum):
    UNSET = "unset"


UNSET: Final = _Unset.UNSET
"""What an argument is that is not sent."""

DATES = {
    "date": (date.fromisoformat, "YYYY-MM-DD"),
    "date-time": (datetime.fromisoformat, "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS"),
    "time": (time.fromisoformat, "HH:MM:SS"),
}
"""By the schema's format: what reads a text, and the form to tell people."""
_SCALARS = {"string", "integer", "number", "boolean"}
_MOST_REFERENCES = 20
_NAMING = re.compile(
    r"(?:one of|(?:valid|allowed|possible|accepted) values)(?: are)?:?\s+([^.;)\n]{3,400})", re.IGNORECASE
)
_TOLD_TIME = re.compile(r"YYYY-MM-DD(?P<time>[ T]HH)?|\b(?P<iso>ISO[ -]?8601|RFC ?3339|ISO timestamp)\b", re.IGNORECASE)
_TIME_NAME = re.compile(r"(?:^|_)(?:at|on|after|before|date|time|timestamp|datetime)$", re.IGNORECASE)
_TIME_WORD = re.compile(r"\b(?:time|timestamp|date|day)\b", re.IGNORECASE)
_BETWEEN = re.compile(r",\s*(?:or\s+)?|\s+or\s+")
_WORD = re.compile(r"[\w-]{1,40}(?: [\w-]{1,20}){0,2}")


@dataclass(frozen=True)
class FieldSpec:
    """One argument of a tool."""

    name: str
    kind: Kind
    schema: Mapping[str, Any]
    """What the schema says, with references and the alternative of null taken away."""
    required: bool
    nullable: bool
    validator: Validator | None
    """Checks a value; None when the tool's schema is itself wrong, so that only the gym can judge."""
    known: bool = True
    """Whether the schema names it; a recorded call may have arguments that it does not."""

    @property
    def description(self) -> str:
        """What the schema's author says of it; text of a stranger."""
        return str(self.schema.get("description", ""))

    @property
    def default(self) -> Any:
        """What the tool takes when nothing is sent; ``UNSET`` when the schema does not say, or says null."""
        found = self.schema.get("default", UNSET)
        return UNSET if found is None else found

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values that it may have, without null; empty when they are not counted."""
        if self.kind == "switch":
            return (True, False)
        return tuple(value for value in _listed(self.schema) if value is not None)

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Values that only the description names, as in "One of: high, low."; the schema allows others too."""
        found = _NAMING.search(self.description) if self.kind == "text" else None
        words = [word.strip(" '\"`") for word in _BETWEEN.split(found[1])] if found else []
        return tuple(words) if len(words) > 1 and all(_WORD.fullmatch(word) for word in words) else ()

    @cached_property
    def date_format(self) -> str:
        """Name in ``DATES`` of what it holds: as the schema says it, or else as name and description do; else empty.

        Many gyms, ours too, say of a date only that it is text.
        """
        if self.kind != "text":
            return self.schema["format"] if self.kind == "date" else ""
        if "format" in self.schema or "pattern" in self.schema:
            return ""
        if told := _TOLD_TIME.search(self.description):
            return "date-time" if told["time"] or told["iso"] else "date"
        named = _TIME_NAME.search(self.name) and _TIME_WORD.search(self.description)
        return "date-time" if named else ""

    @property
    def type_words(self) -> str:
        """Its type in a word or two."""
        items, is_array = self.schema.get("items"), self.schema.get("type") == "array"
        dates = {"date": "date", "time": "time of day", "date-time": "date and time"}
        words = {
            "text": dates.get(self.date_format) or {"email": "e-mail"}.get(str(self.schema.get("format")), "text"),
            "choice": f"one of {len(self.choices)}",
            "switch": "switch",
            "integer": "whole number",
            "number": "number",
            "date": dates.get(self.date_format, "date and time"),
            "list": "list",
            "json": "list of objects" if isinstance(items, Mapping) else "list" if is_array else "object",
            "any": "any value",
        }
        return words[self.kind] if self.known else "unknown"

    @property
    def limits(self) -> str:
        """What a value has to keep to, in words."""
        schema, said = self.schema, []
        for low, high, what in (("minLength", "maxLength", " characters"), ("minItems", "maxItems", " entries"),
                                ("minimum", "maximum", "")):  # fmt: skip
            if low in schema and high in schema:
                said.append(f"{schema[low]} to {schema[high]}{what}")
            elif schema.get(low):
                said.append(f"at least {_counted(schema[low], what)}")
            elif high in schema:
                said.append(f"at most {_counted(schema[high], what)}")
        if "pattern" in schema:
            said.append(f"of the form {schema['pattern']}")
        if self.date_format:
            said.append(DATES[self.date_format][1])
        if self.kind == "list" and isinstance(items := schema.get("items"), Mapping) and _listed(items):
            said.append(f"of {', '.join(shown(value) for value in _listed(items))}")
        if needed := self.keys[0]:
            said.append(f"needs {', '.join(needed)}")
        return " · ".join(said)

    @property
    def keys(self) -> tuple[list[str], list[str]]:
        """What an object, or each of a list of objects, needs to have and may have besides, by name."""
        inner = self.schema.get("items") if self.schema.get("type") == "array" else self.schema
        properties = inner.get("properties") if isinstance(inner, Mapping) and self.kind == "json" else None
        if not isinstance(inner, Mapping) or not isinstance(properties, Mapping):
            return [], []
        required = inner.get("required")
        needed = [name for name in properties if isinstance(required, list) and name in required]
        return needed, [name for name in properties if name not in needed]


def shown(value: Any) -> str:
    """A JSON value as people read it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def fields_of(schema: Mapping[str, Any]) -> list[FieldSpec]:
    """The arguments of a tool, the required ones first, else in the schema's order."""
    properties = schema.get("properties")
    required = schema.get("required")
    validator = validator_of(schema)
    properties = properties if isinstance(properties, Mapping) else {}
    names = [name for name in properties if isinstance(name, str)]
    needed = set(required) if isinstance(required, list) else set()
    specs = [field_of(name, properties[name], schema, validator, required=name in needed) for name in names]
    return sorted(specs, key=lambda spec: not spec.required)


def field_of(
    name: str, said: Any, root: Mapping[str, Any], validator: Validator | None, *, required: bool = False
) -> FieldSpec:
    """One argument of which the schema says ``said``; ``root`` is the tool's whole schema."""
    schema, nullable = _plain(said if isinstance(said, Mapping) else {}, root)
    own = validator.evolve(schema=said) if validator is not None and isinstance(said, Mapping) else None
    return FieldSpec(name, _kind(schema), schema, required, nullable, own)


def unknown_field(name: str) -> FieldSpec:
    """An argument that the schema does not name."""
    return FieldSpec(name, "any", {}, required=False, nullable=True, validator=None, known=False)


def _plain(said: Mapping[str, Any], root: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """A schema without references and without null as an alternative, and whether null is one."""
    schema, beside_null = dict(said), False
    for _ in range(_MOST_REFERENCES):
        if isinstance(schema.get("$ref"), str):
            schema = {**_referred(schema["$ref"], root), **{key: each for key, each in schema.items() if key != "$ref"}}
            continue
        word, only = _only_branch(schema)
        if only is None:
            break
        beside_null |= len(schema[word]) > 1
        schema = {**only, **{key: each for key, each in schema.items() if key != word}}
    types = schema.get("type")
    names = types if isinstance(types, list) else [types] if types else []
    nullable = "null" in names
    if nullable:
        rest = [name for name in names if name != "null"]
        schema["type"] = rest[0] if len(rest) == 1 else rest
    if listed := _listed(schema):
        nullable = None in listed and (nullable or not names)
    return schema, nullable or beside_null


def _only_branch(schema: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    """The one alternative beside null, and the keyword that it stands under."""
    for word in ("anyOf", "oneOf", "allOf"):
        branches = schema.get(word)
        if isinstance(branches, list) and all(isinstance(branch, Mapping) for branch in branches):
            others = [branch for branch in branches if branch.get("type") != "null"]
            if len(others) == 1:
                return word, others[0]
    return "", None


def _referred(reference: str, root: Mapping[str, Any]) -> dict[str, Any]:
    place: Any = root
    for step in reference.removeprefix("#/").split("/"):
        place = place.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(place, Mapping) else None
    return dict(place) if isinstance(place, Mapping) else {}


def _listed(schema: Mapping[str, Any]) -> list[Any]:
    if "const" in schema:
        return [schema["const"]]
    return schema["enum"] if isinstance(schema.get("enum"), list) else []


def _kind(schema: Mapping[str, Any]) -> Kind:
    kind: Any = schema.get("type")
    if any(value is not None for value in _listed(schema)):
        return "choice"
    match kind:
        case "boolean":
            return "switch"
        case "integer":
            return "integer"
        case "number":
            return "number"
        case "string":
            return "date" if schema.get("format") in DATES else "text"
        case "array":
            items = schema.get("items")
            return "list" if isinstance(items, Mapping) and items.get("type") in _SCALARS else "json"
        case "object":
            return "json"
    return "any"


def _counted(number: Any, what: str) -> str:
    return f"{number}{what.replace('ies', 'y').removesuffix('s') if number == 1 else what}"
