"""Screens with one of the workbench's widgets each. Look at one: ``python -m tests.workbench.gallery form``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from engine.gyms.session import ToolSpec
from eog_tui.app import EogApp
from eog_tui.screens.base import EogScreen
from eog_tui.widgets.call_line import CallLine
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.tool_form import ToolForm
from eog_tui.widgets.tool_palette import ToolPalette
from eog_tui.workbench.seen import Seen
from tests.app.gallery import app as app_with

from .material import every_kind, seen, tools


class OneScreen(EogScreen[None]):
    """One widget; keeps what it says."""

    def __init__(self, widget: Callable[[], Widget], ready: Callable[[Any], object]) -> None:
        super().__init__()
        self._make, self._ready = widget, ready
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        self.widget = self._make()
        yield self.widget
        yield KeyFooter()

    def on_mount(self) -> None:
        super().on_mount()
        self._ready(self.widget)
        self.call_after_refresh(self.widget.focus)

    def on_tool_form_submitted(self, event: ToolForm.Submitted) -> None:
        self.said.append(event)

    def on_tool_palette_chosen(self, event: ToolPalette.Chosen) -> None:
        self.said.append(event)

    def on_call_line_submitted(self, event: CallLine.Submitted) -> None:
        self.said.append(event)


def app(start: Callable[[], OneScreen]) -> EogApp:
    """An app that rings for no run."""
    return app_with(start, bell=False)


def form_app(tool: ToolSpec, memory: Seen | None = None, **shown: Any) -> EogApp:
    return app(lambda: OneScreen(lambda: ToolForm(memory or seen()), lambda form: form.show(tool, **shown)))


def palette_app(offered: Iterable[ToolSpec], used: dict[str, int] | None = None) -> EogApp:
    return app(lambda: OneScreen(ToolPalette, lambda palette: palette.show(list(offered), used)))


def line_app(offered: Sequence[ToolSpec], memory: Seen | None = None, line: str = "") -> EogApp:
    def ready(widget: CallLine) -> None:
        widget.value = line

    return app(lambda: OneScreen(lambda: CallLine(offered, memory or seen()), ready))


def form() -> EogApp:
    return form_app(tools()["create_change"])


def filled() -> EogApp:
    arguments = {"change_id": "CHG_019", "problem_id": "PRB_009", "status": "scheduled", "cab_required": True}
    return form_app(tools()["update_change"], arguments=arguments)


def kinds() -> EogApp:
    arguments = {
        "title": "Two\nlines",
        "attendees": [{"email": "ann@corp.example"}],
        "severities": ["high", "low"],
        "hours": None,
        "invented": 1,
    }
    return form_app(every_kind(), arguments=arguments)


def palette() -> EogApp:
    return palette_app(tools().values(), {"list_incidents": 3, "create_change": 1})


def line() -> EogApp:
    return line_app(list(tools().values()))


def hostile_tools() -> list[ToolSpec]:
    from tests.app.pty_corpus import HOSTILE

    schema = {
        "type": "object",
        "properties": {
            HOSTILE: {"type": "string", "description": HOSTILE, "default": HOSTILE, "pattern": HOSTILE},
            "choice": {"enum": [HOSTILE, "plain"], "description": HOSTILE},
            "incident_id": {"type": "string", "description": HOSTILE},
            "json": {"type": "object", "description": HOSTILE},
        },
        "required": ["choice", "incident_id"],
    }
    named = replace(tools()["create_change"], description=f"{HOSTILE}\n{HOSTILE}", input_schema=schema)
    return [named, *(replace(named, name=f"{HOSTILE}{n}") for n in range(3))]


def hostile_seen() -> Seen:
    from tests.app.pty_corpus import HOSTILE

    memory = Seen()
    rows = [{"incident_id": f"{n}{HOSTILE}", "short_description": HOSTILE} for n in range(5)]
    memory.take_result(1, "list_incidents", json.dumps(rows))
    memory.take_text(0, f"{HOSTILE} INC0000003 {HOSTILE}")
    return memory


def hostile_form() -> EogApp:
    from tests.app.pty_corpus import HOSTILE

    arguments = {"choice": "plain", HOSTILE: HOSTILE, "json": {HOSTILE: HOSTILE}, "unknown": HOSTILE}
    return form_app(hostile_tools()[0], hostile_seen(), arguments=arguments)


def hostile_palette() -> EogApp:
    return palette_app(hostile_tools())


def hostile_line() -> EogApp:
    return line_app(hostile_tools(), hostile_seen())


if __name__ == "__main__":
    globals()[sys.argv[1] if sys.argv[1:] else "form"]().run()
