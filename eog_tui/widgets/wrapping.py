"""Breaking a line into rows of cells, and layouting JSON, both as lazily as a reader reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.cells import cell_len, get_character_cell_size

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_COLOURED = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=:))|(?P<string>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<word>\b(?:true|false|null)\b)|(?P<mark>[{}\[\],:]+)"
)

DEEPEST = 24
"""Levels of JSON that are indented; what is nested deeper stands below one another."""

T = TypeVar("T")


def breaks(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where to break ``text``, at blanks where there are any: start and end of each row of ``width`` cells."""
    width = max(width, 1)
    start, length = 0, len(text)
    narrow = text.isascii()
    while True:
        end = start + width if narrow else _reach(text, start, width)
        if end >= length:
            yield start, length
            return
        blank = text.rfind(" ", start + width // 3, end + 1)
        end = blank + 1 if blank > start else end
        yield start, end
        start = end


def _reach(text: str, start: int, width: int) -> int:
    """The first character that no longer fits; at least one does, with what combines with it."""
    if cell_len(text[start : start + width]) == width:
        return start + width
    cells, end = 0, start
    while end < len(text):
        cells += get_character_cell_size(text[end])
        if cells > width and end > start:
            break
        end += 1
    return end


def json_lines(text: str) -> Iterator[tuple[str, int]]:
    """Lay out JSON text, a value a line, without parsing it: broken and cut JSON comes out readable too.

    Yields:
        A line, and how many characters of ``text`` it and those before took.
    """
    depth, line = 0, ""
    # Deeper than a reader follows: blanks before each of thousands of brackets would be the square of the text.
    indent = ["  " * level for level in range(DEEPEST + 1)]
    previous = ""
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word in "}]":
            depth = max(depth - 1, 0)
            if previous not in ("{", "["):
                yield line, match.start()
                line = indent[min(depth, DEEPEST)]
        elif previous in ("{", "[", ","):
            yield line, match.start()
            line = indent[min(depth, DEEPEST)]
        line += word
        if word == ":":
            line += " "
        elif word in "{[":
            depth += 1
        previous = word
    if line:
        yield line, len(text)


def overlapping(spans: Iterable[tuple[int, int, T]], first: int, last: int) -> Iterator[tuple[int, int, T]]:
    """Those of some spans (start, end, what it is; in order of their starts) that hold anything between two places."""
    for start, end, what in spans:
        if start >= last:
            return
        if end > first:
            yield start, end, what


def json_spans(line: str) -> Iterator[tuple[int, int, str]]:
    """What to colour in one line of JSON: start, end, and ``key``, ``string``, ``number``, ``word`` or ``mark``."""
    for match in _COLOURED.finditer(line):
        yield match.start(), match.end(), str(match.lastgroup)
