"""Ways to go on with a call line at its cursor: names of tools and arguments, choices, values seen so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.gyms.session import ToolSpec
from eog_tui.workbench.call_line import Token, specs_of, tokens, value_text
from eog_tui.workbench.fields import FieldSpec, shown
from eog_tui.workbench.matching import Wanted
from eog_tui.workbench.on_demand import OnDemand
from eog_tui.workbench.seen import Proposal, Seen
from eog_tui.workbench.tool_search import ToolSearch, first_sentence


class Value(NamedTuple):
    """A value that a field may get."""

    value: object
    label: str
    """What it means."""
    note: str
    """Where it comes from."""


class WayOn(NamedTuple):
    """One way to go on."""

    text: str
    """The whole line after it was taken."""
    cursor: int
    """Where the cursor stands then."""
    word: str
    """What is put at the cursor."""
    label: str = ""
    """What it means."""
    note: str = ""
    """Where it comes from: ``required``, ``writes``, ``step 3``."""
    goes_on: bool = False
    """Whether something has to follow at once: a value behind ``name=``."""


class Completer:
    """Completes lines for one set of tools."""

    def __init__(self, search: ToolSearch, seen: Seen) -> None:
        self._search, self._seen = search, seen
        self._tools: Mapping[str, ToolSpec] = {tool.name: tool for tool in search.tools}

    def ways_on(self, text: str, cursor: int) -> Sequence[WayOn]:
        """How ``text`` can go on at ``cursor``, the best first."""
        before = tokens(text[:cursor])
        inside = bool(before) and before[-1].end == cursor and not (before[-1].quote and not before[-1].problem)
        word = before[-1] if inside else Token(cursor, cursor, "", None, "", cursor)
        earlier = before[:-1] if inside else before
        if not earlier:
            return self._tool_names(text, word, cursor)
        tool = self._tools.get(earlier[0].name)
        if tool is None:
            return []
        specs = {spec.name: spec for spec in specs_of(tool)}
        if word.value is None:
            behind = {each.name for each in tokens(text[cursor:]) if each.value is not None}
            used = {each.name for each in earlier} | behind
            return self._argument_names(text, word, cursor, [spec for name, spec in specs.items() if name not in used])
        return self._values(text, word, cursor, specs[word.name], tool) if word.name in specs else []

    def _tool_names(self, text: str, word: Token, cursor: int) -> Sequence[WayOn]:
        def way(tool: ToolSpec) -> WayOn:
            label, note = first_sentence(tool.description), "writes" if tool.writes else "reads"
            return _put(text, word.start, cursor, tool.name, " ", label, note, goes_on=True)

        return OnDemand(self._search.find(word.name), way)

    def _argument_names(self, text: str, word: Token, cursor: int, specs: list[FieldSpec]) -> Sequence[WayOn]:
        def way(spec: FieldSpec) -> WayOn:
            note = "required" if spec.required else spec.type_words
            label = first_sentence(spec.description)
            return _put(text, word.start, cursor, f"{spec.name}=", "", label, note, goes_on=True)

        return OnDemand(Wanted(word.name).best_first(specs, lambda spec: spec.name), way)

    def _values(self, text: str, word: Token, cursor: int, spec: FieldSpec, tool: ToolSpec) -> Sequence[WayOn]:
        def way(value: Value) -> WayOn:
            written = value_text(spec, value.value)
            return _put(text, word.value_start, cursor, written, " ", value.label, value.note)

        return OnDemand(values_for(spec, word.value or "", self._seen, tool.name), way)


def values_for(spec: FieldSpec, typed: str, seen: Seen, tool: str) -> Sequence[Value]:
    """Values that a field may get: its choices, or what was seen."""
    wanted = Wanted(typed)
    if spec.choices:
        choices = wanted.best_first([*spec.choices, *([None] if spec.nullable else [])], shown)
        return [Value(choice, "", "default" if choice == spec.default else "") for choice in choices]
    found: list[Value | Proposal] = [Value(name, "", "named") for name in wanted.best_first(spec.named, str)]
    schema = {**spec.schema, "format": spec.date_format} if spec.date_format else spec.schema
    found += [each for each in seen.proposals(spec.name, schema, typed, tool) if each.value not in spec.named]
    if spec.nullable and wanted.fits("null") is not None:
        found.insert(0 if typed.strip().startswith("nu") else len(found), Value(None, "no value, sent on purpose", ""))
    return OnDemand(found, _value)


def _value(found: Value | Proposal) -> Value:
    if isinstance(found, Value):
        return found
    return Value(found.value, found.label, f"step {found.step}" if found.step else "task")


def _put(
    text: str, start: int, cursor: int, word: str, after: str, label: str, note: str, *, goes_on: bool = False
) -> WayOn:
    rest = text[cursor:]
    if after and rest[:1].isspace():
        after = ""
    head = text[:start] + word + after
    return WayOn(head + rest, len(head), word, label, note, goes_on)
