"""Lines of a text with more than one look: what a step, the verifiers and the tools are told in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from eog_tui.glyphs import Tone
from eog_tui.literal import line as literal_line
from eog_tui.prose import prose_lines

Look = Literal["text", "json", "sql"]


class Line(NamedTuple):
    """One line, still to be wrapped."""

    text: str
    look: Look = "text"
    tones: tuple[tuple[int, int, Tone], ...] = ()
    """Pieces of ``text``, which must be literal then: start, end, meaning."""
    hang: int = 0
    """Blanks before the second row of a wrapped line."""
    wraps: bool = True
    """A line that does not wrap is cut at the edge."""


BLANK = Line("")

FOLDED_TEXT = 6_000
"""Characters of a text that is folded."""
UNFOLD = "⏎ unfolds"

_SQL = re.compile(
    r"(?P<mark>--[^\n]*|/\*.*?(?:\*/|$))|(?P<string>'(?:[^']|'')*'?|\"[^\"]*\"?)|(?P<number>\b\d[\d.]*\b)"
    r"|(?P<key>\b(?:select|distinct|from|where|and|or|not|in|is|null|exists|like|between|case|when|then|else|end|as|on"
    r"|join|left|inner|outer|cross|group|by|having|order|asc|desc|limit|offset|union|intersect|except|all|with|values"
    r"|count|sum|min|max|avg|coalesce|concat|json_extract|json_each|lower|upper|cast)\b)",
    re.IGNORECASE,
)


def pieces(*parts: tuple[str, Tone], hang: int = 0, wraps: bool = True) -> Line:
    """A line of pieces, each with a meaning; what they say is made literal."""
    text, tones = "", []
    for part, tone in parts:
        shown = literal_line(part)
        if tone:
            tones.append((len(text), len(text) + len(shown), tone))
        text += shown
    return Line(text, tones=tuple(tones), hang=hang, wraps=wraps)


def indented(lines: Iterable[str], look: Look = "text", by: int = 2) -> Iterator[Line]:
    """Lines of one look, moved to the right."""
    for text in lines:
        yield Line(" " * by + text, look, hang=by)


def paragraphs(text: str) -> Iterator[str]:
    """The lines of a text, one after the other, however long it is."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end].removesuffix("\r")
        start = end + 1
    if start < len(text) or not text:
        yield text[start:]


def said_lines(text: str, *, folded: bool, prose: bool = False) -> Iterator[Line]:
    """A text that somebody said, cut and counted where it is long and folded; paragraphs of prose fill the width."""
    rest = len(text) - FOLDED_TEXT if folded else 0
    shown = text[:FOLDED_TEXT] if rest > 0 else text
    if prose:
        yield from (Line(part.text, hang=part.hang) for part in prose_lines(shown))
    else:
        yield from (Line(part) for part in paragraphs(shown))
    if rest > 0:
        yield pieces((f"… +{rest:,} chars · {UNFOLD}", "dim"))


def sql_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """What to colour in a line of SQL: start, end, and ``key``, ``string``, ``number`` or ``mark``."""
    for match in _SQL.finditer(text):
        yield match.start(), match.end(), str(match.lastgroup)
