"""A form made from a tool's JSON schema: a line a field, checked while typing, completed from what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from engine.gyms.session import ToolSpec
from eog_tui.actions import bindings
from eog_tui.literal import content
from eog_tui.widgets.form_editor import FieldEditor
from eog_tui.widgets.form_help import about_field, about_tool
from eog_tui.widgets.form_line import FieldLine
from eog_tui.widgets.form_rows import FormRows, is_in_line, is_switch, states
from eog_tui.workbench.fields import UNSET, FieldSpec
from eog_tui.workbench.filling import Filling
from eog_tui.workbench.seen import Seen

_PAGE = 8


class ToolForm(Vertical):
    """Fills in one tool. ↓ lists what a field can get, Tab and Enter go on, F2 opens the large editor.

    ``seen`` is asked for values on the event loop, each time a key is pressed.
    """

    BINDINGS = bindings("form")
    DEFAULT_CSS = """
    ToolForm {
        height: 1fr;
        & > .form--head { height: auto; max-height: 3; padding: 0 0 0 2; }
        & > .form--body { height: 1fr; layers: rows editor; }
        & > .form--help { height: 4; padding: 0 2; color: $dim; background: $surface; }
    }
    """

    @dataclass
    class Changed(Message):
        """A field holds something else."""

        form: ToolForm

        @property
        def control(self) -> ToolForm:
            """The form."""
            return self.form

    @dataclass
    class Submitted(Message):
        """Enter in the last field: the person is through. What is wrong, if anything, stands in ``form.problems``."""

        form: ToolForm

        @property
        def control(self) -> ToolForm:
            """The form."""
            return self.form

    def __init__(self, seen: Seen, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.seen = seen
        self.filling: Filling | None = None
        self._at = 0
        self._said = Content("")
        self._rows = FormRows()
        self._editor = FieldLine(seen, self.use_key, self._typed)

    def compose(self) -> ComposeResult:
        """The tool, its fields, help for the one that has the cursor."""
        yield Static(content("No tool is chosen."), classes="form--head")
        with Container(classes="form--body"):
            yield self._rows
            yield self._editor
        yield Static("", classes="form--help")

    # What the owner uses.

    def show(
        self, tool: ToolSpec, arguments: Mapping[str, Any] | None = None, *, typed: Mapping[str, str] | None = None
    ) -> None:
        """Show another tool, filled in with the arguments of an earlier call or with a draft (``typed()``)."""
        self.filling = filling = Filling(tool, arguments, typed)
        self._at = self._rows.cursor = 0  # showing may scroll, which places the editor
        self._rows.show(filling)
        self.query_one(".form--head", Static).update(about_tool(filling))
        empty = [place for place, spec in enumerate(filling.fields) if spec in filling.missing]
        had_focus = self.has_focus_within
        self._go(empty[0] if empty else 0)
        if had_focus:
            self.focus()
        self.post_message(self.Changed(self))

    @property
    def tool(self) -> ToolSpec | None:
        """The tool that is shown."""
        return self.filling.tool if self.filling else None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that the fields come to; those with problems and the unset ones are not among them."""
        self._keep()
        return self.filling.arguments if self.filling else {}

    @property
    def problems(self) -> dict[str, str]:
        """What keeps the call from being sent, in words, by field; ``""`` for what belongs to no single one."""
        self._keep()
        return self.filling.problems if self.filling else {}

    def typed(self) -> dict[str, str]:
        """The texts of all fields that are not empty: a draft to come back to."""
        self._keep()
        return self.filling.typed() if self.filling else {}

    @property
    def field(self) -> FieldSpec:
        """The field that has the cursor. Raises IndexError when there is none."""
        return (self.filling.fields if self.filling else [])[self._at]

    def put(self, name: str, value: Any) -> None:
        """Put a value into a field; ``UNSET`` empties it. Raises KeyError when the tool has no such field."""
        assert self.filling is not None
        if self.filling.put_value(name, value):
            self._show_change()

    def go_to(self, name: str) -> None:
        """Move to a field, such as the first one with a problem."""
        for place, spec in enumerate(self.filling.fields if self.filling else ()):
            if spec.name == name:
                self._keep()
                self._go(place)
                self.focus()

    def focus(self, scroll_visible: bool = True) -> ToolForm:
        """Focus the field that has the cursor."""
        if self.filling and self.filling.fields:
            (self._editor if self._editor.display else self._rows).focus(scroll_visible)
        return self

    # Moving.

    def move(self, by: int) -> bool:
        """Go to another field; returns whether there was one to go to."""
        last = len(self.filling.fields) - 1 if self.filling else -1
        goal = min(max(self._at + by, 0), last)
        if goal == self._at or last < 0:
            return False
        self._keep()
        self._go(goal)
        self.focus()
        return True

    def _go(self, place: int) -> None:
        assert self.filling is not None
        self._at = self._rows.cursor = place
        if self.filling.fields:
            self._rows.reveal(place)
            self._editor.show(self.filling, self.field)
        self._place()
        self._rows.refresh()
        self._say()

    def _place(self) -> None:
        """Lay the editor over the value of the field that has the cursor."""
        filling = self.filling
        has_line = bool(filling and filling.fields and is_in_line(filling, self.field))
        had_focus = self.has_focus_within
        self._rows.can_focus = not has_line and bool(filling and filling.fields)
        self._editor.display = has_line
        if has_line:
            region = self._rows.value_region(self._at)
            self._editor.styles.offset = (region.x, region.y)
            self._editor.styles.width = region.width
        # Who has it already is left alone: the focus may be about to go elsewhere.
        if had_focus and not (self._editor if has_line else self._rows).has_focus_within:
            self.focus()

    def on_mount(self) -> None:
        """Keep the editor in its place."""
        self.watch(self._rows, "scroll_y", lambda: self._place(), init=False)

    def on_resize(self) -> None:
        """Fields move when the width changes."""
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        if self.filling and self.filling.fields:
            self._rows.reveal(self._at)
        self._place()
        self._say()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self._rows.active = self.has_focus_within
        self._rows.refresh()

    # Keys.

    def use_key(self, key: str) -> bool:
        """Move between fields, turn a switch; returns whether the key meant anything."""
        if self.filling is None or not self.filling.fields:
            return False
        moves = {"down": 1, "up": -1, "tab": 1, "shift+tab": -1, "pagedown": _PAGE, "pageup": -_PAGE}
        if key in moves:
            # At an end, Tab goes on to the next pane.
            return self.move(moves[key]) or "tab" not in key
        if key == "enter":
            self._enter()
        else:
            return is_switch(self.filling, self.field) and self._turn(key)
        return True

    def on_key(self, event: events.Key) -> None:
        """The keys of a field that is not edited in its line; letters that mean nothing there are no commands."""
        if self._rows.has_focus and (self.use_key(event.key) or event.is_printable):
            event.stop()
            event.prevent_default()

    def _enter(self) -> None:
        assert self.filling is not None
        if self.field.kind == "json" or (not is_in_line(self.filling, self.field) and self.field.kind != "switch"):
            self._open()
        elif not self.move(1):
            self.post_message(self.Submitted(self))

    def _turn(self, key: str) -> bool:
        assert self.filling is not None
        each = states(self.field)
        value = self.filling.value(self.field.name)
        at = each.index(value) if value in each else -1
        letters = {"t": True, "f": False, "backspace": UNSET, "delete": UNSET}
        if key in ("right", "space"):
            state = each[(at + 1) % len(each)]
        elif key == "left":
            state = each[(at - 1) % len(each)] if at >= 0 else each[-1]
        elif key in letters and letters[key] in each:
            state = letters[key]
        else:
            return False
        self.put(self.field.name, state)
        return True

    @on(FormRows.Pointed)
    def _pointed(self, event: FormRows.Pointed) -> None:
        event.stop()
        self._keep()
        self._go(event.place)
        self.focus()
        if event.state is not None:
            self.put(self.field.name, None if event.state == "null" else event.state)
        elif event.on_value and self._editor.display:
            # The choices that stood there as words are gone now that the field is edited.
            self._editor.list_choices()

    # The large editor.

    def action_editor(self) -> None:
        """Write the field that has the cursor in the large editor."""
        if self.filling and self.filling.fields:
            self._open()

    def _open(self) -> None:
        assert self.filling is not None
        self._keep()
        spec, filling = self.field, self.filling

        def save(text: str | None) -> None:
            if text is not None and filling is self.filling and filling.put(spec.name, text):
                self._show_change()
            self.focus()

        if spec.kind != "switch":
            self._editor.close()
            self.app.push_screen(FieldEditor(spec, filling.text(spec.name)), save)

    # What is typed.

    def _typed(self) -> None:
        if self.filling and self.filling.fields:
            self._keep()
            self._show_change()

    def _keep(self) -> None:
        """Take over what stands in the editor. Keys may be ahead of the messages that tell of it."""
        if self.filling and self.filling.fields and self._editor.display:
            self.filling.put(self.field.name, self._editor.value)

    def _show_change(self) -> None:
        assert self.filling is not None
        text = self.filling.text(self.field.name)
        if self._editor.value != text:
            self._editor.value = text
        self._place()
        self._rows.refresh_field(self._at)
        self._say()
        self.post_message(self.Changed(self))

    def _say(self) -> None:
        if self.filling is not None:
            words = about_field(self.filling, self.field, self._editor.offered) if self.filling.fields else Content("")
            if words != self._said:
                self._said = words
                self.query_one(".form--help", Static).update(words, layout=False)
