"""An editor over the form for what does not fit one line: objects, lists, texts of several lines."""

from __future__ import annotations

import json
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from eog_tui.actions import bindings
from eog_tui.literal import content
from eog_tui.workbench.fields import FieldSpec
from eog_tui.workbench.values import Problem, as_text, check

_JSON_KINDS = ("json", "list", "any")


class _Text(TextArea):
    """The text; Esc is the editor's."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.prevent_default()  # TextArea would go to another widget
        else:
            await super()._on_key(event)


class FieldEditor(ModalScreen[str | None]):
    """Edits one field; returns the field's new text, or None when nothing is to change.

    What does not keep to the field's schema is not saved: the line below the text says why. Esc leaves; with changes,
    a second Esc drops them.
    """

    BINDINGS = bindings("dialog", "editor")
    DEFAULT_CSS = """
    FieldEditor { align: center middle; background: $background 60%; }
    FieldEditor > Vertical {
        width: 90%;
        max-width: 100;
        height: 80%;
        padding: 1 2;
        background: $surface;
        border: round $line;
    }
    FieldEditor .editor--title { text-style: bold; height: 1; }
    FieldEditor .editor--detail { color: $dim; height: auto; max-height: 4; }
    FieldEditor TextArea {
        height: 1fr;
        border: none;
        padding: 0;
        margin: 1 0;
        background: $background;
        color: $foreground;
        &:focus { border: none; }
        & .text-area--cursor-line { background: $cursor-blurred; }
        & .text-area--gutter { color: $dim; }
    }
    FieldEditor .editor--problem { height: 2; color: $success; }
    FieldEditor .editor--problem.-bad { color: $error; }
    FieldEditor .editor--keys { color: $dim; height: 1; }
    FieldEditor:nocolor .editor--problem.-bad { text-style: bold; }
    FieldEditor:ansi { background: transparent; }
    """

    def __init__(self, spec: FieldSpec, text: str) -> None:
        """Edit the ``text`` of a field."""
        super().__init__()
        self._spec = spec
        self._before = _opened(spec, text)
        self._leaving = False

    def compose(self) -> ComposeResult:
        """Name, description, the text, what is wrong with it, keys."""
        spec = self._spec
        more = f"may have {', '.join(spec.keys[1])}" if spec.keys[1] else ""
        detail = " · ".join(part for part in (" ".join(spec.description.split()), spec.limits, more) if part)
        with Vertical():
            yield Static(content(f"{spec.name} · {spec.type_words}"), classes="editor--title")
            yield Static(content(detail), classes="editor--detail")
            yield _Text(self._before, theme="css", show_line_numbers=spec.kind in _JSON_KINDS, tab_behavior="indent")
            yield Static("", classes="editor--problem")
            yield Static(content("ctrl+j save   Esc leave"), classes="editor--keys")

    def on_mount(self) -> None:
        """Type at once."""
        text = self.query_one(TextArea)
        text.focus()
        text.move_cursor(text.document.end)

    def action_save(self) -> None:
        """Close when the text is a value of the field."""
        value = self._value()
        if isinstance(value, Problem):
            self._judge(value)
        else:
            self.dismiss(value)

    def action_cancel(self) -> None:
        """Leave; changes are dropped at the second time only."""
        if self._leaving or self.query_one(TextArea).text == self._before:
            self.dismiss(None)
            return
        self._leaving = True
        self.query_one(".editor--problem", Static).update(
            content("! Esc again drops what you changed; ctrl+j saves it.")
        )
        self.query_one(".editor--problem").add_class("-bad")

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._leaving = False
        value = self._value()
        self._judge(value if isinstance(value, Problem) else None)

    def _judge(self, problem: Problem | None) -> None:
        line = self.query_one(".editor--problem", Static)
        line.set_class(problem is not None, "-bad")
        line.update(content(f"✗ {problem}" if problem else "✓ can be saved"))

    def _value(self) -> str | Problem:
        """The field's text for what is in the editor."""
        text, spec = self.query_one(TextArea).text, self._spec
        if spec.kind not in _JSON_KINDS:
            value = check(spec, json.dumps(text, ensure_ascii=False)) if text.strip() else check(spec, "")
        else:
            value = check(spec, text)
        if isinstance(value, Problem):
            return value
        return as_text(spec, value) if text.strip() else ""


def _opened(spec: FieldSpec, text: str) -> str:
    """What the editor shows of a field's text: JSON in lines, text without its quotes."""
    value: Any = check(spec, text) if text.strip() else Problem("")
    if isinstance(value, Problem):
        return text
    if isinstance(value, str) and spec.kind not in ("list", "json"):
        return value if spec.kind != "any" else text
    return json.dumps(value, indent=2, ensure_ascii=False)
