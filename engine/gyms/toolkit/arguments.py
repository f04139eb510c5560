"""From a tool's signature to its input schema and to a check of the arguments.

A parameter's type says everything: `str`, `int`, `Literal[...]`, `list[...]`, a `TypedDict`, pydantic's `Field` limits
and validators, and a plain string inside `Annotated` for the description. Keyword parameters may be grouped in a
TypedDict (`**changes: Unpack[IncidentChanges]`); the tool then sees only those that the caller gave.

An optional argument that is null was not given, unless it is `Clearable`; `T | None` only says so in the schema.

=============================  =======================================
parameter                      in the schema
=============================  =======================================
`x: T`                         required
`x: T = default`               type and default
`x: T | None = None`           type or null
`x: Maybe[T] = None`           type
TypedDict key `x: T`           type
TypedDict key `T | None`       type or null
TypedDict key `Clearable[T]`   type; null reaches the tool
=============================  =======================================
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired, TypeVar, cast, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, Field, GetJsonSchemaHandler, TypeAdapter, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from typing_extensions import TypedDict

T = TypeVar("T")


@dataclass(frozen=True)
class _UnofferedNull:
    """Leaves null out of the schema of a type that takes it."""

    clears: bool

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema: JsonSchemaValue = _without_null(handler(core))
        return schema


Maybe = Annotated[T | None, _UnofferedNull(clears=False)]
"""An optional parameter whose null the schema does not offer; when it comes all the same, it means "not given"."""

Clearable = Annotated[T | None, _UnofferedNull(clears=True)]
"""The same, but its null reaches the tool: it means "make it empty"."""

PLAIN = WithJsonSchema({"type": "string"})
"""Marks a type that the schema shows as any string; values of a `Literal` are listed in the description instead."""


def shown(default: object, **keywords: object) -> Any:
    """Show a default and other schema keywords without using them: what they mean is the tool's business."""
    return Field(json_schema_extra={"default": default, **keywords})  # type: ignore[dict-item]


class Arguments:
    """The arguments that one tool takes."""

    def __init__(
        self, function: Callable[..., object], *, closed: bool, any_of: tuple[str, ...], absent: tuple[object, ...]
    ) -> None:
        self._absent = absent
        hints: dict[str, Any] = {}
        self.required: list[str] = []
        resolved = get_type_hints(function, include_extras=True)
        for parameter in list(inspect.signature(function).parameters.values())[1:]:
            if parameter.kind is parameter.VAR_KEYWORD:
                group = get_args(resolved[parameter.name])[0]
                grouped = get_type_hints(group, include_extras=True)
                hints |= grouped
                self.required += sorted(group.__required_keys__)
                continue
            hint, default = resolved[parameter.name], parameter.default
            if default is parameter.empty:
                self.required.append(parameter.name)
            elif default is not None:
                hint = Annotated[hint, shown(default)]
            hints[parameter.name] = hint
        self._kept = {name for name, hint in hints.items() if name in self.required or _clears(hint)}
        fields = {
            name: _described(hint) if name in self.required else NotRequired[_described(hint)]
            for name, hint in sorted(hints.items())
        }
        shape = cast("Any", TypedDict)(function.__name__, fields)
        shape.__pydantic_config__ = ConfigDict(extra="forbid" if closed else "ignore")
        self._adapter: TypeAdapter[dict[str, Any]] = TypeAdapter(shape)
        self.schema = self._schema(closed, any_of)

    def check(self, arguments: Mapping[str, object]) -> dict[str, Any]:
        """Return the arguments as the tool takes them; raise pydantic's ValidationError with every fault."""
        given = {name: value for name, value in arguments.items() if name in self._kept or value not in self._absent}
        return self._adapter.validate_python(given)

    def _schema(self, closed: bool, any_of: tuple[str, ...]) -> dict[str, Any]:
        raw = self._adapter.json_schema()
        definitions = raw.get("$defs", {})
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: _flat(spec, definitions) for name, spec in raw.get("properties", {}).items()},
            "required": self.required,
        }
        if closed:
            schema["additionalProperties"] = False
        if any_of:
            schema["anyOf"] = [{"required": [name]} for name in any_of]
        return schema


def _clears(hint: Any) -> bool:
    return any(isinstance(extra, _UnofferedNull) and extra.clears for extra in getattr(hint, "__metadata__", ()))


def _described(hint: Any) -> Any:
    """Turn the description strings inside a type into what pydantic puts into the schema."""
    words = _words(hint)
    return Annotated[hint, Field(description=words)] if words else hint


def _words(hint: Any) -> str:
    if get_origin(hint) is not Annotated:
        return next((words for part in get_args(hint) if get_origin(part) is Annotated and (words := _words(part))), "")
    inner, *metadata = get_args(hint)
    words = next((m for m in reversed(metadata) if isinstance(m, str)), "") or _words(inner)
    if PLAIN in metadata and get_origin(inner) is Literal:
        words = f"{words} One of: {', '.join(get_args(inner))}.".strip()
    return words


def _without_null(schema: Any) -> Any:
    (kind,) = [option for option in schema["anyOf"] if option != {"type": "null"}]
    return kind


def _flat(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Write pydantic's JSON schema as the gyms do: no titles, no references, `type: [x, "null"]` for nullable."""
    if "$ref" in schema:
        target = definitions[schema["$ref"].rsplit("/", 1)[1]]
        schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
    if "anyOf" in schema:
        kind = _flat(_without_null(schema), definitions)
        schema = {**kind, **{k: v for k, v in schema.items() if k != "anyOf"}, "type": [kind["type"], "null"]}
    flat = {k: v for k, v in schema.items() if k != "title" and (k, v) != ("additionalProperties", True)}
    if "properties" in flat:
        flat["properties"] = {k: _flat(v, definitions) for k, v in flat["properties"].items()}
    if "items" in flat:
        flat["items"] = _flat(flat["items"], definitions)
    return flat
