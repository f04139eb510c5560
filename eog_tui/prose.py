"""Joins lines that were broken to fit some other page, for display: what is recorded and sent stays as it is.

Policies and prompts are often wrapped at about 100 characters. In a narrower pane each of their lines is wrapped once
more, and every second row holds a single word. Lines are joined where Markdown sees one paragraph, and only if they
are all so long that they look wrapped: short lines, and a sentence a line, are somebody's wish. Headings, tables,
quotes, code, JSON and dated lines stand for themselves. All words stay, in their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

NARROWEST, WIDEST = 60, 130
"""Characters between which a wrapped line ends."""
_RAGGED = 0.8
"""Which share of the longest line a line reaches at least, with the word that no longer fitted."""
_LONGEST = 4_000
"""Characters from which on nothing more is joined to a line; a view may cut longer ones."""
_CODE = 4
"""Blanks before a line of code."""

_ITEM = re.compile(r"(?:[-*+•–·▪]|\(?\d{1,3}[.)]|\(?[A-Za-z][.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_FENCE = re.compile(r"```|~~~")
_ALONE = re.compile(
    r"""[#>|<{}\[\]]|"[^"]*"\s*(?::|,?\s*$)|\d{4}-\d\d-\d\d|[=_*~ \t-]+$|.*\s\|\s""",
)
"""How a line begins that stands for itself: heading, quote, table, markup, JSON, date, rule."""


class ProseLine(NamedTuple):
    """A line as it is to be shown, still to be wrapped."""

    text: str
    used: int
    """Characters of the original up to its end, the line break included."""
    hang: int
    """Blanks before its second row, so that it stands under an item's text."""


class _Line(NamedTuple):
    """A line of the original."""

    text: str
    used: int
    indent: int = 0
    hang: int = 0
    """Where its text begins: behind the indent, and behind the mark of an item."""
    opens: bool = False
    """Whether the next line may go on with it."""
    follows: bool = False
    """Whether it may go on with the line before it."""

    @property
    def said(self) -> str:
        return self.text.rstrip()


def prose_lines(text: str) -> Iterator[ProseLine]:
    """The lines of a text, those joined that were only wrapped."""
    for paragraph in _paragraphs(text):
        first, last = paragraph[0], paragraph[-1]
        if _was_wrapped(paragraph):
            whole = " ".join([first.said, *(line.text.strip() for line in paragraph[1:])])
            yield ProseLine(whole, last.used, first.hang)
        else:
            yield from (ProseLine(line.text, line.used, line.hang) for line in paragraph)


def unwrapped(text: str) -> str:
    """The whole text with the lines joined that were only wrapped."""
    return "\n".join(line.text for line in prose_lines(text))


def _was_wrapped(paragraph: Sequence[_Line]) -> bool:
    full = paragraph[:-1]
    if not full or any(not NARROWEST <= len(line.said) <= WIDEST for line in full):
        return False
    longest = max(len(line.said) for line in paragraph)
    for line, after in zip(full, paragraph[1:], strict=True):
        if len(line.said) + 1 + len(after.text.split(None, 1)[0]) < _RAGGED * longest:
            return False
    under_mark = paragraph[0].hang > paragraph[0].indent and all(line.indent for line in paragraph[1:])
    return under_mark or any(not line.said.endswith((".", ";", "!", "?")) for line in full)


def _paragraphs(text: str) -> Iterator[Sequence[_Line]]:
    """Lines that are one paragraph, or one item of a list, as far as their place tells."""
    paragraph: list[_Line] = []
    size = 0
    for line in _lines(text):
        if paragraph and not (_goes_on(paragraph[0], paragraph[-1], line) and size < _LONGEST):
            yield paragraph
            paragraph, size = [], 0
        paragraph.append(line)
        size += len(line.text)
    yield paragraph


def _goes_on(first: _Line, before: _Line, line: _Line) -> bool:
    if not (first.opens and line.follows) or before.text.endswith(("  ", "\\")):
        return False
    if before.said.endswith(":") and not line.indent:
        return False
    return first.indent <= line.indent <= first.hang


def _lines(text: str) -> Iterator[_Line]:
    start, fenced = 0, False
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].removesuffix("\r")
        start = end + 1
        fence = _FENCE.match(line.lstrip()) is not None
        yield _Line(line, start) if fence or fenced else _read(line, start)
        fenced ^= fence


def _read(line: str, used: int) -> _Line:
    said = line.lstrip()
    indent = len(line[: len(line) - len(said)].expandtabs(_CODE))
    if item := _ITEM.match(said):
        return _Line(line, used, indent, indent + item.end(), opens=True)
    if not said or _ALONE.match(said):
        return _Line(line, used, indent, indent)
    return _Line(line, used, indent, indent, opens=indent < _CODE, follows=True)
