"""What a text typed into a field comes to, and the text that a value is shown as.

A text is read by the field's kind. Left empty, the field is unset and its argument is not sent. ``null`` typed into a
field that may be null sends null. A text in double quotes is taken as JSON reads it, which is how an empty text
(``""``), the word null (``"null"``) and blanks at the ends are sent. ``as_text`` is the way back.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from eog_tui.workbench.fields import DATES, UNSET, FieldSpec, field_of, shown
from eog_tui.workbench.plain_words import in_words, path_text
from eog_tui.workbench.validating import errors_of

_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_MOST_DIGITS = 400


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a typed text is no value of a field, in words."""

    words: str

    def __str__(self) -> str:
        return self.words


def check(spec: FieldSpec, typed: str) -> Any:
    """The value that ``typed`` stands for: a JSON value, ``UNSET``, or the ``Problem`` with it."""
    text = typed.strip()
    if not text:
        return Problem("required") if spec.required else UNSET
    if text == "null" and spec.nullable:
        return None
    value = _read(spec, text)
    return value if isinstance(value, Problem) else judge(spec, value)


def judge(spec: FieldSpec, value: Any) -> Any:
    """The value itself when the schema allows it, or else the ``Problem`` with it."""
    if spec.validator is None:
        return value
    for error in errors_of(spec.validator, value):
        where = path_text(error.absolute_path)
        return Problem(f"{where}: {in_words(error)}" if where else in_words(error))
    return value


def doubt(spec: FieldSpec, value: Any) -> str:
    """Why the tool may refuse a value that the schema allows, in words; empty where nothing speaks against it."""
    if spec.kind != "text" or not spec.date_format or not isinstance(value, str) or not value:
        return ""
    read = _read_date(spec.date_format, value.strip())
    return read.words if isinstance(read, Problem) else ""


def as_text(spec: FieldSpec, value: Any) -> str:
    """The text that ``check`` reads as ``value``."""
    if not isinstance(value, str):
        return shown(value)
    plain = bool(value) and value == value.strip() and not (value == "null" and spec.nullable)
    return value if plain and _read(spec, value) == value else json.dumps(value, ensure_ascii=False)


def _read(spec: FieldSpec, text: str) -> Any:
    """A value of the field's kind, not yet held against its limits."""
    match spec.kind:
        case "text":
            return _quoted(text)
        case "choice":
            unquoted = _quoted(text)
            for choice in spec.choices:
                if choice == unquoted or (not isinstance(choice, str) and text == shown(choice)):
                    return choice
            return Problem(f"one of {', '.join(shown(choice) for choice in spec.choices[:8])}"
                           + (f" and {len(spec.choices) - 8} more" if len(spec.choices) > 8 else ""))  # fmt: skip
        case "switch":
            return {"true": True, "false": False}.get(text.casefold(), Problem("needs true or false"))
        case "integer":
            return (
                int(text) if _WHOLE.fullmatch(text) and len(text) <= _MOST_DIGITS else Problem("needs a whole number")
            )
        case "number":
            if len(text) > _MOST_DIGITS or not _DECIMAL.fullmatch(text) or not math.isfinite(float(text)):
                return Problem("needs a number")
            return int(text) if _WHOLE.fullmatch(text) else float(text)
        case "date":
            return _read_date(spec.date_format, _quoted(text))
        case "list":
            return _read_list(spec, text)
        case "json":
            return _read_json(text)
    value = _read_json(text)
    return text if isinstance(value, Problem) else value


def _quoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, str) else text
    return text


def _read_date(name: str, text: str) -> str | Problem:
    read, form = DATES[name]
    try:
        read(text)
    except ValueError:
        what = "time of day" if name == "time" else "date"
        return Problem(f"not a {what}: use {form}")
    return text


def _read_list(spec: FieldSpec, text: str) -> Any:
    if text.startswith("["):
        return _read_json(text)
    entry = field_of("entry", spec.schema["items"], {}, None)
    values = []
    for nth, part in enumerate(text.removesuffix(",").split(",")):
        value = _read(entry, part.strip())
        if isinstance(value, Problem):
            return Problem(f"[{nth}]: {value}")
        values.append(value)
    return values


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return Problem(f"not JSON: {_json_words(error)}")
    except (ValueError, RecursionError) as error:
        return Problem(f"not JSON: {error}")


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _json_words(error: json.JSONDecodeError) -> str:
    words = error.msg[:1].lower() + error.msg[1:]
    return f"{words} at line {error.lineno}, column {error.colno}"
