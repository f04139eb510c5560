"""Where the statements of an SQL script begin and end.

Seeds and verifier queries come from strangers, with ``;`` and ``--`` inside their texts. Splitting them is
needed for line numbers, for "one statement only" and for the runner's LIMIT rule; it is never what keeps a
statement harmless: that is the authorizer's job, whatever the text looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Doubled quotes inside a literal need no rule of their own: 'it''s' reads as two literals side by side. What
# is left open runs to the end of the script, as in SQLite's own tokenizer.
_LITERAL = r"""'[^']*(?:'|\Z)|"[^"]*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]]*(?:\]|\Z)"""
_SPACE = r" \t\n\f\r\ufeff"  # SQLite skips byte order marks too, which editors leave at the start of files
_COMMENT = r"--[^\n]*|/\*.*?(?:\*/|\Z)"
_WORD = r"[A-Za-z_\u0080-\ufefe\uff00-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]*"

_END = re.compile(rf"{_LITERAL}|{_COMMENT}|(?P<end>;)", re.DOTALL)
_BLANK = re.compile(rf"(?:[{_SPACE};]+|{_COMMENT})*", re.DOTALL)
_TOKEN = re.compile(rf"{_COMMENT}|(?P<code>{_LITERAL}|{_WORD}|[^{_SPACE}])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, from its first character that means something up to its semicolon (left out)."""

    text: str
    start: int
    """Offset of ``text`` in the script, in characters."""

    @property
    def keyword(self) -> str:
        """Its first word in upper case, such as ``INSERT``; empty when it does not begin with a word."""
        word = re.match(_WORD, self.text)
        return word[0].upper() if word else ""

    @property
    def code(self) -> str:
        """Its text without the blanks and comments at the end."""
        ends = [match.end() for match in _TOKEN.finditer(self.text) if match["code"] is not None]
        return self.text[: ends[-1]]

    def outline(self) -> Iterator[re.Match[str]]:
        """Its tokens outside parentheses, comments left out; each opening parenthesis stands for its group."""
        depth = 0
        for match in _TOKEN.finditer(self.text):
            text = match["code"]
            if text == ")":
                depth -= 1
            elif text is not None:
                if depth == 0:
                    yield match
                if text == "(":
                    depth += 1


def split(script: str) -> Iterator[Statement]:
    """Yield the statements of a script; empty ones (stray semicolons, comments alone) are skipped."""
    position = 0
    while (start := _blank_end(script, position)) < len(script):
        for match in _END.finditer(script, start):
            if match["end"]:
                position = match.start()
                break
        else:
            position = len(script)
        yield Statement(script[start:position], start)


def _blank_end(script: str, position: int) -> int:
    match = _BLANK.match(script, position)
    assert match is not None
    return match.end()


def line_of(script: str, offset: int) -> int:
    """The line, from 1, that holds the character at ``offset``."""
    return script.count("\n", 0, offset) + 1
