"""A tool call as one line, ``tool arg=value arg2="two words"``: reading it, writing it, and how to go on with it.

A value is a bare word, or stands in quotes: ``"…"`` is text with JSON's escapes; ``'…'`` is taken as it stands, which
suits objects and lists (``'{"a": 1}'``), and knows one escape, ``\'``. Bare words are typed by the tool's schema.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from engine.gyms.session import ToolSpec
from eog_tui.literal import line as one_line
from eog_tui.workbench.fields import UNSET, FieldSpec, fields_of
from eog_tui.workbench.validating import whole_problems
from eog_tui.workbench.values import Problem, as_text, check, doubt, judge

_BARE = re.compile(r"[^\s\"'\[{=][^\s\"']*")
_NAME = re.compile(r"[^\s=\"']+")
_PIECE = re.compile(
    r"""(?P<double>"(?:[^"\\]|\\.)*+(?P<double_end>")?)"""
    r"""|(?P<single>'(?:[^'\\]|\\'|\\)*+(?P<single_end>')?)"""
    r"""|(?P<bare>\S+)""",
    re.DOTALL,
)


class LineProblem(NamedTuple):
    """Something wrong in a line."""

    start: int
    """Where it begins, in characters from 0."""
    end: int
    words: str


@dataclass(frozen=True)
class CallLine:
    """What a line says."""

    tool: ToolSpec | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Those that could be read."""
    problems: tuple[LineProblem, ...] = ()
    """In the order of the line; empty when the call can be sent."""

    @property
    def doubts(self) -> list[str]:
        """Why the tool may refuse the call all the same, in words."""
        specs = specs_of(self.tool) if self.tool is not None else ()
        found = ((spec.name, doubt(spec, self.arguments.get(spec.name))) for spec in specs)
        return [f"{name}: {words}" for name, words in found if words]


class Token(NamedTuple):
    """A word of the line: the tool's name or ``name=value``."""

    start: int
    end: int
    name: str
    value: str | None
    """What stands behind the first ``=``, without its quotes; None when there is no ``=``."""
    quote: str
    """The value's quote: ``"``, ``'`` or nothing."""
    value_start: int
    problem: str = ""


def parse(text: str, tools: Mapping[str, ToolSpec]) -> CallLine:
    """Read a line.

    Args:
        text: the line.
        tools: by name.
    """
    words = tokens(text)
    if not words:
        return CallLine()
    first, problems = words[0], []
    tool = tools.get(first.name) if first.value is None else None
    if tool is None:
        return CallLine(None, {}, (LineProblem(first.start, first.end, _unknown("tool", first.name, tools)),))
    specs = {spec.name: spec for spec in specs_of(tool)}
    arguments: dict[str, Any] = {}
    for word in words[1:]:
        value = _value_of(word, specs, arguments)
        if isinstance(value, Problem):
            start = word.start if word.value is None or word.name not in specs else word.value_start
            problems.append(LineProblem(start, word.end, str(value)))
        elif value is not UNSET:
            arguments[word.name] = value
    refused = {word.name for word in words[1:]}
    for name, words_ in whole_problems(tool.input_schema, arguments).items():
        if name not in refused:
            said = f"{name}: {words_}" if name else words_
            problems.append(LineProblem(len(text), len(text), said))
    return CallLine(tool, arguments, tuple(sorted(problems)))


def as_line(tool: ToolSpec | str, arguments: Mapping[str, Any]) -> str:
    """The line that says this call; what controls a terminal is escaped."""
    specs = {} if isinstance(tool, str) else {spec.name: spec for spec in specs_of(tool)}
    name = tool if isinstance(tool, str) else tool.name
    return " ".join([name, *(f"{key}={value_text(specs.get(key), value)}" for key, value in arguments.items())])


def value_text(spec: FieldSpec | None, value: Any) -> str:
    """A value as it stands in a line, in quotes where it needs them."""
    if isinstance(value, str):
        bare = _BARE.fullmatch(value) and one_line(value) == value
        if bare and (spec is None or as_text(spec, value) == value):
            return value
        return _json(value)
    text = _json(value)
    return "'" + text.replace("'", r"\'") + "'" if isinstance(value, list | dict) else text


def tokens(text: str) -> list[Token]:
    """Split a line at blanks outside quotes; a quote that is not closed reaches to the end, and says so."""
    found: list[Token] = []
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at >= len(text):
            return found
        token = _token(text, at)
        found.append(token)
        at = token.end


def _token(text: str, start: int) -> Token:
    name = _NAME.match(text, start)
    after = name.end() if name else start
    if name is None or text[after : after + 1] != "=":
        end = after
        while end < len(text) and not text[end].isspace():
            end += 1
        return Token(start, end, text[start:end], None, "", end)
    begin = after + 1
    piece = _PIECE.match(text, begin)
    if piece is None:
        return Token(start, begin, name[0], "", "", begin)
    end, raw, quote = piece.end(), piece[0], "" if piece["bare"] else piece[0][0]
    if not quote:
        return Token(start, end, name[0], raw, "", begin)
    closed = piece["double_end"] or piece["single_end"]
    if not closed:
        return Token(start, end, name[0], raw[1:], quote, begin, f"the {quote} is not closed")
    if end < len(text) and not text[end].isspace():
        return Token(start, end, name[0], raw[1:-1], quote, begin, f"a blank is missing after the closing {quote}")
    if quote == "'":
        return Token(start, end, name[0], raw[1:-1].replace(r"\'", "'"), quote, begin)
    try:
        return Token(start, end, name[0], json.loads(raw, strict=False), quote, begin)
    except ValueError:
        return Token(start, end, name[0], raw[1:-1], quote, begin, "a backslash is followed by no escape of JSON's")


def _value_of(word: Token, specs: Mapping[str, FieldSpec], before: Mapping[str, Any]) -> Any:
    if word.value is None:
        return Problem(f"{one_line(word.name)}: name=value is expected")
    if word.name not in specs:
        return Problem(_unknown("argument", word.name, specs))
    if word.name in before:
        return Problem(f"{word.name} is given twice")
    if word.problem:
        return Problem(f"{word.name}: {word.problem}")
    spec = specs[word.name]
    # In quotes a value is text, where the field can hold text at all; it is not read as null or as a number.
    texts = ("text", "choice", "date", "any") if word.quote == '"' else ("text", "choice", "date")
    if word.quote and spec.kind in texts:
        value = judge(spec, word.value)
    elif not word.value.strip():
        value = Problem("a value is missing")
    else:
        value = check(spec, word.value)
    return Problem(f"{word.name}: {value}") if isinstance(value, Problem) else value


def specs_of(tool: ToolSpec) -> Sequence[FieldSpec]:
    """A tool's fields; made once a tool."""
    return _specs(tool.name, json.dumps(tool.input_schema, sort_keys=False, default=str))


@lru_cache(maxsize=256)
def _specs(name: str, schema_text: str) -> Sequence[FieldSpec]:
    return tuple(fields_of(json.loads(schema_text)))


def _unknown(what: str, name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if not near:
        near = [each for each in known if name and name.casefold() in each.casefold()][:3]
    said = f"no {what} is called {one_line(name)}"
    if near:
        return f"{said}; near: {', '.join(near)}"
    return said if known else f"{said}: it takes none"


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if one_line(text) == text else json.dumps(value)
