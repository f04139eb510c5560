"""The verifiers of a run in full, as of one step and in the end; and the tools that its agent was offered."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from eog_tui.glyphs import OUTCOME
from eog_tui.replay.document import BLANK, Line, indented, paragraphs, pieces
from eog_tui.replay.trajectory import Check, Outline

_SOURCE_BREAK = re.compile(r"(?<=[^\s:])\r?\n(?=\w[^\W\d]|[(\"'`])")


def check_lines(outline: Outline, step: int) -> Iterator[Line]:
    """Every verifier: its outcome as of ``step``, what it is for, its SQL, what it wants and what it found."""
    if not outline.checks:
        yield pieces(("The task has no verifiers, so no run of it can pass.", "dim"))
    outcomes = outline.outcomes[step] if 0 <= step <= outline.last else ()
    for check in outline.checks:
        if check.index:
            yield BLANK
        outcome = outcomes[check.index] if check.index < len(outcomes) else None
        sign = OUTCOME[outcome] if outcome else None
        shown = (f"{sign} ", sign.tone) if sign else ("· not checked ", "dim")
        yield pieces((f"v{check.index + 1} ", "dim"), shown, (check.name, "strong"), hang=3)
        yield _course(outline, check)
        if check.description and check.description != check.name:
            yield from indented(paragraphs(check.description), by=3)
        yield from _terms(check)


def _course(outline: Outline, check: Check) -> Line:
    mark = "kept (passes with nothing done)" if check.kept else "done (fails with nothing done)"
    parts = [mark] if check.untouched in ("pass", "fail") else []
    story, _ = outline.story(check.index)
    if story != "kept":
        parts.append(story)
    if check.verdict is None:
        return pieces(("   " + " · ".join([*parts, "no verdict yet" if outline.run.alive else "no verdict"]), "dim"))
    final = OUTCOME[check.verdict.outcome]
    return pieces(("   " + " · ".join([*parts, "in the end "]), "dim"), (str(final), final.tone), hang=3)


def _terms(check: Check) -> Iterator[Line]:
    if check.query:
        yield from indented(paragraphs(check.query.strip()), "sql", by=3)
    elif check.type != "database_state":
        yield pieces((f"   {check.type}", "dim"))
    comparison = f" ({check.comparison})" if check.comparison else ""
    yield pieces((f"   expected{comparison} ", "dim"), (_value(check.expected), ""), hang=5)
    if check.verdict is not None:
        found = OUTCOME[check.verdict.outcome]
        if check.verdict.outcome != "error":
            yield pieces(("   actual in the end ", "dim"), (_value(check.verdict.actual), found.tone), hang=5)
        if check.verdict.reason:
            yield pieces((f"   {found.glyph} ", found.tone), (check.verdict.reason, ""), hang=5)


def tool_lines(tools: str, called: Counter[str]) -> Iterator[Line]:
    """The offered tools, those that were called first.

    Args:
        tools: JSON list of ``{name, description, inputSchema, gym}``, as the store has it; empty before the start.
        called: how often the run called each.
    """
    if not tools:
        yield pieces(("The run has not begun, so no tools are offered yet.", "dim"))
        return
    listed = [tool for tool in json.loads(tools) if isinstance(tool, Mapping)]
    for tool in sorted(listed, key=lambda tool: not called[str(tool.get("name"))]):
        name = str(tool.get("name"))
        times = f" · called {called[name]:,}×" if called[name] else ""
        yield pieces((name, "strong" if times else ""), (times, "accent"))
        yield from (Line(f"  {line}", hang=2) for line in paragraphs(_flowing(str(tool.get("description") or ""))))
        yield from _parameters(tool.get("inputSchema"))


def _flowing(text: str) -> str:
    """A description without the line breaks of its source code; lists and indented lines keep theirs."""
    return _SOURCE_BREAK.sub(" ", text)


def _parameters(schema: Any) -> Iterator[Line]:
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    required = schema.get("required") or () if isinstance(schema, Mapping) else ()
    for name, wanted in properties.items() if isinstance(properties, Mapping) else ():
        must = ", required" if name in required else ""
        yield pieces((f"    {name} ", "accent"), (f"{_kind(wanted)}{must}", "dim"), hang=6)


def _kind(wanted: Any) -> str:
    """What a parameter takes, in words: ``string or null``, ``one of low, medium, high``."""
    if not isinstance(wanted, Mapping):
        return "any"
    if isinstance(values := wanted.get("enum"), list):
        return f"one of {', '.join(map(str, values))}"
    kind = wanted.get("type", "any")
    return " or ".join(map(str, kind)) if isinstance(kind, list) else str(kind)


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
