"""Says in plain words what is wrong with data that a stranger wrote: the field, what is wrong, and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, RootModel, ValidationError

_MUST_BE = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "an object with names and values",
    "model": "an object with names and values",
    "timezone": "a time with its zone, such as 2026-01-02T03:04:05Z",
    "datetime": "a time with its zone, such as 2026-01-02T03:04:05Z",
}
"""What a field has to hold, by how pydantic's name for the problem begins."""


def refusals(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line a problem, such as ``gyms.0.url: is missing``; without a field where the whole is wrong."""
    return [_refusal(problem, model) for problem in error.errors(include_url=False, include_input=False)]


def _refusal(problem: Mapping[str, Any], model: type[BaseModel]) -> str:
    field = ".".join(map(str, problem["loc"]))
    words = _words(problem, model)
    return f"{field}: {words}" if field else words


def _words(problem: Mapping[str, Any], model: type[BaseModel]) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    match kind:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return f"unknown field; known are {', '.join(_fields(model, problem['loc'][:-1]))}"
        case "literal_error" | "enum":
            return f"must be {context['expected'].replace(chr(39), '')}"
        case "value_error" | "assertion_error":
            return str(context["error"])
        case "string_too_short" | "too_short" if context["min_length"] == 1:
            return "is empty"
        case "string_too_long":
            return f"can have at most {context['max_length']:,} characters"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "greater_than":
            return f"must be more than {context['gt']:g}"
        case "less_than_equal":
            return f"must be at most {context['le']:g}"
        case "finite_number":
            return "must be a finite number"
        case "int_from_float":
            return f"must be {_MUST_BE['int']}"
    if kind.endswith(("_type", "_parsing", "_aware", "_invalid")) and (must := _MUST_BE.get(kind.partition("_")[0])):
        return f"must be {must}"
    return str(problem["msg"])


def _fields(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """What can be written at a place of the data, in the order of the model."""
    models = [model]
    for part in place:  # the number of a list's entry, or a name of one's own choice, leads to no other model
        models = [found for each in models for found in _behind(each, part)] or models
    return [name for each in models for name, field in each.model_fields.items() if not field.exclude]


def _behind(model: type[BaseModel], part: int | str) -> Iterator[type[BaseModel]]:
    field = model.model_fields.get("root" if issubclass(model, RootModel) else str(part))
    yield from _models(field.annotation) if field is not None else ()


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field's type speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
