"""Every id and value that a run has shown so far, and which of them fit a field.

Fed with what the person may see: results, the task's prompts and, where reading the database is allowed, row changes.
Feeding costs what is new; asking costs the candidates of one field, which are gathered once per field until something
new is seen. Methods may be called from any thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, NamedTuple

from engine.trajectory.changes import Change
from eog_tui.workbench.matching import Wanted
from eog_tui.workbench.result_rows import Row, Scalar, noun_of, row_of, rows_in, singular, tool_noun, words_of

MOST_PROPOSED = 500
"""Proposals for one field before anything is typed; what was seen last is among them."""
_LONGEST = 400
"""Characters of a value that is worth proposing."""
_MOST_KEPT = 20_000
"""Values kept for one key."""
# Texts are hostile: nothing is given back once it is taken (the ++), and no run of letters is begun on twice.
_IN_TEXT = re.compile(
    r"(?P<email>(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++)"
    r"|(?P<uuid>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)"
    r"|(?P<id>\b[A-Z]{2,}+(?:[_-][A-Z]++){0,9}+[_-]?\d{2,}+\b)"
    r"|(?P<date>\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?\b)"
)
_AROUND = 24
_TELLING = (["number"], ["email"])
"""Last words of keys whose values stand for their row."""


class Proposal(NamedTuple):
    """A value for a field."""

    value: Scalar
    label: str
    """What it is: the name or title of the row that it came from, or the words around it."""
    step: int
    """The step at which it was last seen; 0 is the task."""
    why: str
    """Why it is proposed, in a few words."""


class Thing(NamedTuple):
    """Something that has an id."""

    noun: str
    value: Scalar
    label: str
    step: int


class _Sighting(NamedTuple):
    value: Scalar
    label: str
    step: int


_Candidate = tuple[int, str, str, Proposal]
"""Its place among all of a field, the text of its value, its label, and itself."""


class Seen:
    """The memory of one run."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._things: dict[tuple[str, Scalar], Thing] = {}  # what was seen last stands last
        self._nouns: dict[str, dict[Scalar, Thing]] = {}
        self._of_id: dict[Scalar, str] = {}
        self._by_key: dict[str, dict[Scalar, _Sighting]] = {}
        self._in_text: dict[str, dict[str, _Sighting]] = {}
        self._gathered: dict[tuple[str, str], list[_Candidate]] = {}
        self._narrowed: tuple[tuple[str, str], Wanted, list[_Candidate]] = (("", ""), Wanted(""), [])

    # What was seen.

    def take_result(self, step: int, tool: str, result_text: str) -> None:
        """Remember what a tool's result tells: JSON, an MCP result around JSON, or plain text."""
        rows = rows_in(result_text, tool)
        if rows is None:
            self.take_text(step, result_text)
        else:
            self._take(step, rows)

    def take_changes(self, step: int, changes: Iterable[Change]) -> None:
        """Remember the rows that a call changed; only for a person who may read the database."""
        self._take(
            step,
            (row_of(noun_of(change.table), {**change.key, **(change.after or change.before or {})})
             for change in changes),
        )  # fmt: skip

    def take_text(self, step: int, text: str) -> None:
        """Remember ids, e-mail addresses, dates and numbers such as INC0000003 in a text."""
        with self._lock:
            self._gathered.clear()
            for match in _IN_TEXT.finditer(text):
                if len(match[0]) > _LONGEST:
                    continue
                before = text[max(match.start() - _AROUND, 0) : match.start()].split("\n")[-1]
                after = text[match.end() : match.end() + _AROUND].split("\n")[0]
                label = f"…{before}{match[0]}{after}…"
                _renew(self._in_text.setdefault(str(match.lastgroup), {}), match[0], _Sighting(match[0], label, step))

    def _take(self, step: int, rows: Iterable[Row]) -> None:
        with self._lock:
            self._gathered.clear()
            for row in rows:
                own = row.id
                if own is not None and row.noun:
                    self._take_thing(row, own, step)
                for key, value in row.fields.items():
                    for each in value if isinstance(value, list) else (value,):
                        if _is_worth(each):
                            label = row.label if key == row.id_key or words_of(key)[-1:] in _TELLING else ""
                            _renew(self._by_key.setdefault(_plain(key), {}), each, _Sighting(each, label, step))

    def _take_thing(self, row: Row, own: Scalar, step: int) -> None:
        known = self._things.get((row.noun, own))
        thing = Thing(row.noun, own, row.label or (known.label if known else ""), step)
        _renew(self._things, (row.noun, own), thing)
        _renew(self._nouns.setdefault(row.noun, {}), own, thing)
        if isinstance(own, str):
            self._of_id[own] = row.noun

    # What is known.

    def things(self) -> list[Thing]:
        """All that has an id, what was seen last first."""
        with self._lock:
            return list(reversed(self._things.values()))

    def proposals(self, field: str, schema: Mapping[str, Any], typed: str, tool: str = "") -> list[Proposal]:
        """Values for a field, the best first.

        Values seen under the field's name and the ids of rows that it refers to come first, then others of the same
        type and form. What is typed is looked for in the value, then in its label.

        Args:
            field: the argument's name.
            schema: what the tool's schema says of it.
            typed: what stands in the field.
            tool: the tool's name; ``id`` means another thing in each.
        """
        with self._lock:
            place = (tool if noun_of(field) == "" else "", f"{field} {schema.get('type')} {schema.get('format')}")
            if place not in self._gathered:
                self._gathered[place] = [
                    (order, str(each.value), each.label, each)
                    for order, each in enumerate(self._gather(field, schema, tool))
                ]
                self._narrowed = (place, Wanted(""), self._gathered[place])
            gathered, wanted = self._gathered[place], Wanted(typed)
            before, earlier, narrowed = self._narrowed
            if before == place and wanted.narrows(earlier):
                gathered = narrowed
            if not wanted:
                return [candidate[3] for candidate in gathered]
            ranked = []
            for candidate in gathered:
                rank = wanted.fits(candidate[1])
                if rank is None and candidate[2] and (in_label := wanted.fits(candidate[2])) is not None:
                    rank = in_label + 2
                if rank is not None:
                    ranked.append((rank, candidate))
            self._narrowed = (place, wanted, [candidate for _, candidate in ranked])
        return [candidate[3] for _, candidate in sorted(ranked)]

    def _gather(self, field: str, schema: Mapping[str, Any], tool: str) -> list[Proposal]:
        found: dict[Scalar, Proposal] = {}

        def offer(values: Iterable[_Sighting | Thing], why: str) -> None:
            for each in values:
                if len(found) < MOST_PROPOSED and each.value not in found and _has_type(each.value, schema):
                    found[each.value] = Proposal(each.value, each.label or self._label(each.value), each.step, why)

        same = self._by_key.get(_plain(field), {})
        nouns = self._referred(field, schema, tool, same)
        for noun in nouns:
            offer(reversed(self._nouns.get(noun, {}).values()), f"{noun.replace('_', ' ')} id")
        if noun_of(field) or not nouns:
            offer(reversed(same.values()), f"seen as {field}")
        if refers := bool(nouns) or _is_reference(field, schema):
            forms = {_form(value) for value in list(found)[:20]}
            forms |= {_form(match[0]) for match in _IN_TEXT.finditer(str(schema.get("description", ""))[:_LONGEST])}
            texts = self._in_text.get("id", {}) | self._in_text.get("uuid", {})
            fitting = [each for each in reversed(texts.values()) if not forms or _form(each.value) in forms]
            offer(fitting, "in a text")
        if schema.get("format") == "email" or "email" in words_of(field):
            offer(reversed(self._in_text.get("email", {}).values()), "in a text")
        if schema.get("format") in ("date", "date-time"):
            offer(reversed(self._in_text.get("date", {}).values()), "in a text")
        if refers and not nouns:
            others = reversed(self._things.values())
            offer([each for each in others if not forms or _form(each.value) in forms], "another id")
        return list(found.values())

    def _referred(
        self, field: str, schema: Mapping[str, Any], tool: str, same: Mapping[Scalar, _Sighting]
    ) -> list[str]:
        """The nouns of the things that a field refers to, the surest first."""
        nouns = []
        name = noun_of(field)
        if name in self._nouns:
            nouns.append(name)
        if not name and tool_noun(tool) in self._nouns:
            nouns.append(tool_noun(tool))
        # Learned: what stood under this name before was the id of such a thing.
        nouns += [self._of_id[value] for value in list(same)[:20] if value in self._of_id]
        said = [singular(word) for word in words_of(str(schema.get("description", "")))[:30]]
        if "id" in said:
            told = {noun for noun in self._nouns if set(noun.split("_")) <= set(said)}
            nouns += sorted(told, key=lambda noun: said.index(noun.split("_")[0]))
        return list(dict.fromkeys(nouns))

    def _label(self, value: Scalar) -> str:
        thing = self._nouns.get(self._of_id.get(value, ""), {}).get(value)
        return thing.label if thing else ""


def _renew(kept: dict[Any, Any], key: Any, value: Any) -> None:
    """Put last what was seen last, and forget what was seen first when there is too much."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]


def _is_worth(value: Any) -> bool:
    if isinstance(value, bool) or value is None or value == "":
        return False
    return isinstance(value, int | float) or (isinstance(value, str) and len(value) <= _LONGEST)


def _plain(key: str) -> str:
    return "_".join(words_of(key))


def _form(value: Scalar) -> str:
    """The form of an id: INC_003 and INC_017 have the same."""
    return re.sub(r"\d+", "9", value) if isinstance(value, str) else type(value).__name__


def _is_reference(field: str, schema: Mapping[str, Any]) -> bool:
    """Whether a field wants the id or number of something, rather than words or an amount."""
    words = words_of(field)
    if words and words[-1] in ("id", "ids", "number", "sys"):
        return True
    said = words_of(str(schema.get("description", "")))[:30]
    return "id" in said or "identifier" in said


_TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float)}


def _has_type(value: Scalar, schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), None)
    if kind == "array":
        return _has_type(value, schema["items"]) if isinstance(schema.get("items"), Mapping) else True
    return isinstance(value, _TYPES[kind]) if kind in _TYPES else kind not in ("boolean", "object")
