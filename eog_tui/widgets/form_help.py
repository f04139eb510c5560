"""What a form says about its tool and about the field that has the cursor."""

from __future__ import annotations

from textual.content import Content

from engine.gyms.session import ToolSpec
from eog_tui.literal import line
from eog_tui.widgets.form_rows import is_in_line, is_switch
from eog_tui.workbench.fields import UNSET, FieldSpec, shown
from eog_tui.workbench.filling import Filling
from eog_tui.workbench.tool_search import first_sentence


def kind_words(tool: ToolSpec) -> str:
    """Whether a tool writes, as sign and word."""
    return "● writes" if tool.writes else "○ reads"


def about_tool(filling: Filling) -> Content:
    """The tool: name, whether it writes, how many fields, its first sentence."""
    tool, fields = filling.tool, len(filling.fields)
    count = f"{fields} field{'' if fields == 1 else 's'}" if fields else "no fields: it can be sent as it is"
    return Content.assemble(
        (line(tool.name), "bold"),
        "  ",
        (kind_words(tool), "$warning" if tool.writes else "$dim"),
        "  ",
        (count, "$dim"),
        "\n",
        (line(first_sentence(tool.description)), "$dim"),
    )


def about_field(filling: Filling, spec: FieldSpec, offered: int) -> Content:
    """The field: what is wrong, what it takes, what the schema's author says of it.

    ``offered`` is how many values its list has.
    """
    said = ["required" if spec.required else "optional", spec.type_words, line(spec.limits)]
    if spec.default is not UNSET:
        said.append(f"default {line(shown(spec.default))}")
    if spec.nullable and spec.kind != "switch":
        said.append("null can be sent: type null")
    said.append(_keys(filling, spec, offered))
    parts: list[Content | tuple[str, str] | str] = [" · ".join(part for part in said if part)]
    if problem := filling.problem(spec.name):
        parts = [(f"✗ {line(problem)}", "bold $error"), "\n", *parts]
    elif unsure := filling.doubt(spec.name):
        parts = [(f"! {line(unsure)}; the tool may refuse it", "bold $warning"), "\n", *parts]
    if spec.description:
        parts += ["\n", (line(" ".join(spec.description.split())), "$foreground")]
    return Content.assemble(*parts)


def _keys(filling: Filling, spec: FieldSpec, offered: int) -> str:
    if is_switch(filling, spec):
        return "← → turn it"
    if spec.kind == "json" or not is_in_line(filling, spec):
        return "⏎ opens the editor"
    said = [f"↓ lists {offered}"] if offered else []
    return " · ".join([*said, *(["commas between", "F2 opens the editor"] if spec.kind == "list" else [])])
