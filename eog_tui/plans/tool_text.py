"""A tool as text for someone who writes a plan: what it does and what it takes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.gyms.session import ToolSpec
from eog_tui.replay.document import BLANK, Line, pieces
from eog_tui.workbench.fields import UNSET, fields_of, shown


def about_tool(tool: ToolSpec) -> Iterator[Line]:
    """Its name, its description, then an argument each with kind, limits and description."""
    kind = "● writes" if tool.writes else "○ reads"
    yield pieces((tool.name, "strong"), ("  ", ""), (kind, "waiting" if tool.writes else "dim"))
    for text in tool.description.strip().splitlines():
        yield Line(text.strip())
    for spec in fields_of(tool.input_schema):
        yield BLANK
        needed = "required" if spec.required else "optional"
        default = f"default {shown(spec.default)}" if spec.default is not UNSET else ""
        said = " · ".join(part for part in (spec.type_words, needed, spec.limits, default) if part)
        yield pieces((spec.name, "accent"), (f"  {said}", "dim"), hang=2)
        if spec.choices and spec.kind == "choice":
            yield pieces((f"  {', '.join(map(shown, spec.choices))}", ""), hang=2)
        if spec.description:
            yield Line(f"  {' '.join(spec.description.split())}", hang=2)
