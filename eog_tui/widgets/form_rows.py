"""The fields of a tool's form, drawn a line each: sign, name, value, and the type or what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from eog_tui.literal import line
from eog_tui.widgets.line_view import LineView, Piece, fit
from eog_tui.workbench.fields import UNSET, FieldSpec, shown
from eog_tui.workbench.filling import Filling

_SIGN = 2
"""Cells before the name."""
_NAME_LEAST, _NAME_MOST = 10, 28
_WORDS = 16
"""Cells of the column that says the type."""
_WIDE = 64
"""Cells from which there is such a column."""
_GAP = 2
LONGEST_IN_LINE = 2_000
"""Characters up to which a value is edited in its line."""
SWITCH_WORDS = {True: "true", False: "false", UNSET: "unset", None: "null"}


def is_in_line(filling: Filling, spec: FieldSpec) -> bool:
    """Whether a field is edited in its line: not a switch, nor a text of several lines or with control characters."""
    text = filling.text(spec.name)
    return not is_switch(filling, spec) and line(text) == text and len(text) <= LONGEST_IN_LINE


def is_switch(filling: Filling, spec: FieldSpec) -> bool:
    """Whether a field shows its states; a recorded call may hold what is none of them."""
    return spec.kind == "switch" and not filling.problem(spec.name)


def states(spec: FieldSpec) -> list[object]:
    """The states of a switch."""
    return [*([] if spec.required else [UNSET]), True, False, *([None] if spec.nullable else [])]


class FormRows(LineView):
    """Draws the fields; the form says which one has the cursor. Has the focus only while a switch has the cursor."""

    takes_letters = True
    """For the footer: here letters are no commands."""

    DEFAULT_CSS = """
    FormRows { layer: rows; }
    FormRows > .line--cursor, FormRows > .line--cursor-blurred { text-style: none; }
    """

    @dataclass
    class Pointed(Message):
        """A click on a field."""

        place: int
        """The field's place in the form."""
        on_value: bool
        """Whether it was the field's value, not its name."""
        state: object | None
        """The state of the switch that was clicked; None when it was none (the state null comes as "null")."""

    def __init__(self) -> None:
        super().__init__()
        self.can_focus = False
        self.filling: Filling | None = None
        self.cursor = 0
        self.active = False
        self._lines: list[int | str] = []
        self._name_cells = _NAME_LEAST
        self._drawn: object = None

    def show(self, filling: Filling) -> None:
        """Show another form."""
        self.filling = filling
        required = [place for place, spec in enumerate(filling.fields) if spec.required]
        optional = [place for place, spec in enumerate(filling.fields) if not spec.required]
        self._lines = [*(["required"] if required else []), *required, *(["optional"] if optional else []), *optional]
        longest = max((len(spec.name) for spec in filling.fields), default=0)
        self._name_cells = min(max(longest, _NAME_LEAST), _NAME_MOST)
        self.virtual_size = Size(0, len(self._lines))
        self.scroll_to(0, 0, animate=False, immediate=True)
        self.refresh()

    def value_region(self, place: int) -> Region:
        """Where a field's value stands, in the cells of this widget; may lie out of sight."""
        assert self.filling is not None
        x = _SIGN + self._names() + 2
        spec = self.filling.fields[place]
        return Region(x, self._lines.index(place) - round(self.scroll_y), max(self._value_cells(spec), 4), 1)

    def reveal(self, place: int) -> None:
        """Scroll so that a field can be seen, with the heading above it if it is the first below."""
        y = self._lines.index(place)
        if y and isinstance(self._lines[y - 1], str):
            self.scroll_to_region(Region(0, y - 1, 1, 1), animate=False, immediate=True)
        self.scroll_to_region(Region(0, y, 1, 1), animate=False, immediate=True)

    def refresh_field(self, place: int) -> None:
        """Draw a field again, and the heading that counts what is to be filled, when they look different now.

        The value itself is not looked at: while it is typed, the editor lies over it.
        """
        assert self.filling is not None
        name = self.filling.fields[place].name
        looks = (name, self._remark(name), bool(self.filling.text(name)), len(self.filling.missing))
        if looks == self._drawn and not self.can_focus:
            return
        self._drawn = looks
        self.refresh_line(self._lines.index(place))
        if isinstance(self._lines[0], str):
            self.refresh_line(0)

    # Cells.

    def _names(self) -> int:
        return min(self._name_cells, max(self.cells * 2 // 5, _NAME_LEAST))

    def _words_cells(self, spec: FieldSpec) -> int:
        assert self.filling is not None
        words = _WORDS if self.cells >= _WIDE else 0
        if remark := self._remark(spec.name)[0]:
            room = self.cells - _SIGN - self._names() - 2
            words = max(words, min(len(remark), room * 3 // 5))
        return words

    def _value_cells(self, spec: FieldSpec) -> int:
        words = self._words_cells(spec)
        return self.cells - _SIGN - self._names() - 2 - (words + 1 if words else 0)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Draw a heading or a field."""
        base, place = self.rich_style, y + round(self.scroll_y)
        if self.filling is None or place >= len(self._lines):
            return Strip.blank(self.size.width, base)
        row = self._lines[place]
        if isinstance(row, str):
            words = f"─ {self._heading(row)} "
            return self.strip([(words + "─" * (self.cells - len(words)), "dim")], self.size.width, base)
        if row == self.cursor:
            base = self.part("line--cursor" if self.active else "line--cursor-blurred", base)
        return self.strip(self._pieces(self.filling.fields[row]), self.size.width, base)

    def _heading(self, row: str) -> str:
        assert self.filling is not None
        left = len(self.filling.missing)
        return f"required · {left} to fill" if row == "required" and left else row

    def _pieces(self, spec: FieldSpec) -> list[Piece]:
        assert self.filling is not None
        value, (remark, tone) = self.filling.text(spec.name), self._remark(spec.name)
        pieces: list[Piece] = [
            (f"{remark[0]} ", tone) if remark else self._sign(spec, value),
            (fit(line(spec.name), self._names()), "strong" if spec.required else ""),
            ("  ", ""),
        ]
        cells, words = self._value_cells(spec), self._words_cells(spec)
        inner: list[Piece]
        if is_switch(self.filling, spec):
            inner = self._switch(spec)
        elif value:
            inner = [(line(value), "")]
        else:
            inner = [(line(_hint(spec)), "dim")]
        pieces += _cut(inner, cells)
        if remark:
            pieces += [(" ", ""), (fit(remark, words), tone)]
        elif words:
            pieces += [(" ", ""), (fit(spec.type_words, words), "dim")]
        return pieces

    def _remark(self, name: str) -> Piece:
        """What is wrong with a field, or may be; empty where nothing is."""
        assert self.filling is not None
        if problem := self.filling.problem(name):
            return (f"✗ {line(problem)}", "fail")
        unsure = self.filling.doubt(name)
        return (f"! {line(unsure)}", "waiting") if unsure else ("", "")

    def _sign(self, spec: FieldSpec, value: str) -> Piece:
        if value:
            return ("✓ ", "pass")
        return ("● ", "waiting") if spec.required else ("· ", "dim")

    def _switch(self, spec: FieldSpec) -> list[Piece]:
        assert self.filling is not None
        value, pieces = self.filling.value(spec.name), list[Piece]()
        for state in states(spec):
            holds = value is state
            pieces += [(" " * _GAP, "")] if pieces else []
            pieces += [("● " if holds else "○ ", "accent" if holds else "dim")]
            pieces += [(SWITCH_WORDS[state], "strong" if holds else "dim")]
        if spec.default is not UNSET and value is UNSET:
            pieces += [(f"   default {shown(spec.default)}", "dim")]
        return pieces

    # The mouse.

    def on_click(self, event: events.Click) -> None:
        """Tell which field, and which state of a switch, was clicked."""
        at = event.y + round(self.scroll_y)
        row = self._lines[at] if at < len(self._lines) else ""
        if self.filling is None or isinstance(row, str):
            return
        spec, state = self.filling.fields[row], None
        x = event.x - (_SIGN + self._names() + 2)
        on_value = x >= 0
        if is_switch(self.filling, spec) and on_value:
            for each in states(spec):
                cells = len(SWITCH_WORDS[each]) + 2
                if 0 <= x < cells:
                    state = "null" if each is None else each
                x -= cells + _GAP
        self.post_message(self.Pointed(row, on_value, state))


def _hint(spec: FieldSpec) -> str:
    """What stands in an empty field: what the tool then takes, or what can be chosen."""
    if spec.default is not UNSET:
        return f"default {shown(spec.default)}"
    return " · ".join(shown(choice) for choice in (spec.choices or spec.named)[:12])


def _cut(pieces: list[Piece], cells: int) -> list[Piece]:
    """Pieces of exactly ``cells`` cells."""
    from rich.cells import cell_len

    out: list[Piece] = []
    for text, tone in pieces:
        if cell_len(text) > cells:
            return [*out, (fit(text, cells), tone)]
        out.append((text, tone))
        cells -= cell_len(text)
    return [*out, (" " * cells, "")]
