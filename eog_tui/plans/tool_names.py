"""Tool names in a plan's text: which one is being typed, and which are none that the task offers.

Checked at every key, so a line is looked at once: what was found in it is kept by the line's text.
"""

from __future__ import annotations

import difflib
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.gyms.session import ToolSpec
from eog_tui.plans.subject import Subject
from eog_tui.workbench.matching import START, Wanted

_NAME = re.compile(r"(?<![\w.$/:-])[A-Za-z][a-z0-9]*(?:_[A-Za-z0-9]+)+(?![\w/-])")
_TYPED = re.compile(r"[A-Za-z][A-Za-z0-9_]*$")

_MOST_LINES_KEPT = 20_000
_MOST_IN_LINE = 50
"""Names that are looked at in one line; a line may be the whole text."""
_SHORTEST = 3
"""Letters of a plain word that are completed; of what is written like a name, two are enough."""
MOST_WARNINGS = 200


class Warned(NamedTuple):
    """A name that looks like a tool's and is none that is offered."""

    line: int
    """Number of the line, from 1."""
    name: str
    known: bool
    """Whether the gym has this tool, and only the task does not offer it."""
    instead: str
    """An offered tool with nearly this name; empty when there is none."""

    def __str__(self) -> str:
        what = "is a tool that this task does not offer" if self.known else "is not offered"
        return f"line {self.line}: {self.name} {what}" + (f"; {self.instead}?" if self.instead else "")


class Typed(NamedTuple):
    """What is being typed at the cursor, and the tools that it may become."""

    start: int
    """Column where the word begins."""
    tools: Sequence[ToolSpec]
    as_name: bool
    """Whether it is written like a tool's name already (in backticks, or with a ``_``), so that it can hardly be
    meant as a word."""


class ToolNames:
    """The names that one task's plans may hold."""

    def __init__(self, subject: Subject) -> None:
        self._tools = subject.tools
        self._offered = {tool.name for tool in subject.tools}
        self._known = subject.known
        self._words = subject.vocabulary
        self._verbs = {name.partition("_")[0] for name in self._offered | self._known if "_" in name}
        self._lines: OrderedDict[str, tuple[tuple[str, bool, str], ...]] = OrderedDict()
        self._names: dict[tuple[str, bool], tuple[str, bool, str] | None] = {}

    def warnings(self, lines: Iterable[str]) -> list[Warned]:
        """The names that are no offered tools, in the text's order; none where no tool is known at all."""
        if not self._offered:
            return []
        found: list[Warned] = []
        for number, text in enumerate(lines, 1):
            if "_" in text:
                found += [Warned(number, *each) for each in self._in_line(text)]
                if len(found) >= MOST_WARNINGS:
                    break
        return found[:MOST_WARNINGS]

    def typed(self, before: str) -> Typed | None:
        """The tools that go on with what stands before the cursor in its line; None when none does."""
        match = _TYPED.search(before[-80:])
        if match is None or not self._tools:
            return None
        word = match[0]
        start = len(before) - len(word)
        as_name = "_" in word or before[:start].endswith("`")
        if len(word) < (2 if as_name else _SHORTEST):
            return None
        wanted = Wanted(word)
        if as_name:
            tools = wanted.best_first(self._tools, lambda tool: tool.name)
        else:
            tools = [tool for tool in self._tools if (rank := wanted.fits(tool.name)) is not None and rank <= START]
        if not tools or [tool.name for tool in tools] == [word]:
            return None
        return Typed(start, tools, as_name)

    def _in_line(self, text: str) -> tuple[tuple[str, bool, str], ...]:
        known = self._lines.get(text)
        if known is None:
            names = []
            for match in _NAME.finditer(text):
                quoted = text[: match.start()].endswith("`") and text.startswith("`", match.end())
                if (warned := self._judged(match[0], quoted=quoted)) is not None:
                    names.append(warned)
                if len(names) == _MOST_IN_LINE:
                    break
            known = self._lines[text] = tuple(names)
            if len(self._lines) > _MOST_LINES_KEPT:
                self._lines.popitem(last=False)
        return known

    def _judged(self, name: str, *, quoted: bool) -> tuple[str, bool, str] | None:
        if (name, quoted) not in self._names:
            if len(self._names) > _MOST_LINES_KEPT:
                self._names.clear()
            self._names[name, quoted] = self._judge(name, quoted)
        return self._names[name, quoted]

    def _judge(self, name: str, quoted: bool) -> tuple[str, bool, str] | None:
        """Columns, values and ids are written like tools: in plain text only what begins or looks like a tool is taken
        for one, in backticks all that is neither in the tools' schemas nor in the seeds, and no id."""
        if name in self._offered or name in self._words or len(name) > 100:
            return None
        like = difflib.get_close_matches(name.casefold(), self._offered, 1, 0.8)
        known = name in self._known
        meant = quoted and not any(part.isdigit() for part in name.split("_"))
        if not (known or like or meant or name.partition("_")[0].casefold() in self._verbs):
            return None
        return name, known, like[0] if like else ""
