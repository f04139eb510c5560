"""What a person changed of a call, a plan or the rules: old and new beside each other, as lines of a diff."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

_MOST_LINES = 2_000
"""Lines of a text up to which unchanged ones are told from changed ones; finding them takes its time."""


class Edit(NamedTuple):
    """A line of a diff. Its text is as hostile as its source, and has no line break of its own making."""

    sign: Literal["-", "+", " "]
    text: str


def edits(before: Any, after: Any) -> Iterator[Edit]:
    """What became of what: names with their values for arguments and rules, lines for texts."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            if name in before and name in after and before[name] == after[name]:
                continue
            if name in before:
                yield Edit("-", f"{name}: {value_of(before[name])}")
            if name in after:
                yield Edit("+", f"{name}: {value_of(after[name])}")
    elif isinstance(before, str) and isinstance(after, str):
        yield from _lines(before.splitlines(), after.splitlines())
    else:
        yield Edit("-", value_of(before))
        yield Edit("+", value_of(after))


def value_of(value: Any) -> str:
    """A value as people read it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _lines(before: list[str], after: list[str]) -> Iterator[Edit]:
    if len(before) + len(after) > _MOST_LINES:
        yield from (Edit("-", text) for text in before)
        yield from (Edit("+", text) for text in after)
        return
    for tag, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            yield from _kept(before[old_from:old_to])
            continue
        yield from (Edit("-", text) for text in before[old_from:old_to])
        yield from (Edit("+", text) for text in after[new_from:new_to])


def _kept(lines: list[str]) -> Iterator[Edit]:
    """Lines that stayed: the first and the last of them, which stand beside a change."""
    left_out = len(lines) - 2
    yield from (Edit(" ", text) for text in (lines if left_out <= 1 else lines[:1]))
    if left_out > 1:
        yield Edit(" ", f"… {left_out:,} lines stay")
        yield Edit(" ", lines[-1])
