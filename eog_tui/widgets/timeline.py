"""A run at a glance: a cell a step, the current one in brackets, and a row for each verifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from eog_tui.call_words import NO_RESULT, kept_back, of_call
from eog_tui.glyphs import OUTCOME, Tone
from eog_tui.literal import line
from eog_tui.widgets.line_view import LineView, Piece, fit

if TYPE_CHECKING:
    from engine.trajectory.steps import StepHead

LEGEND: tuple[tuple[str, str, Tone], ...] = (
    ("·", "message", "dim"),
    ("○", "read", ""),
    ("●", "wrote", "accent"),
    ("✗", "error", "fail"),
    ("!", "failed", "error"),
    ("◆", "plan", "accent"),
    ("◇", "person", "waiting"),
    ("▶", "running", "running"),
)
"""Glyph, word and tone of each kind of cell."""

_GLYPHS = {word: (glyph, tone) for glyph, word, tone in LEGEND}
_ALWAYS = ("message", "read", "wrote", "error")
"""What the legend explains even where a run has none of it."""
_FORK: Piece = ("└", "strong")
_BRACKETS = 2
_GAP = "   "
_LEAST_NAME = 8
"""Cells of a verifier's name that stay, however long what is said about it."""
_WIDE = 108
"""Cells from which on there is room for words beside a long strip."""
_NAMES_WIDTH = 48
_NAMES_WIDTH_NARROW = 32


def cell_word(head: StepHead) -> str:
    """Which word of the legend a step is."""
    if head.kind in ("control", "note") or kept_back(head):
        return "person"
    if head.kind == "call" and head.ok is False:
        return "failed" if of_call(head)[0] is NO_RESULT else "error"
    if head.kind in ("error", "limit") or head.ok is False:
        return "failed"
    if head.kind == "plan":
        return "plan"
    if head.kind != "call":
        return "message"
    return "running" if head.ok is None else "wrote" if head.writes else "read"


class Timeline(LineView):
    """The strip of steps. Long runs show a window around the current step, under an overview of the whole."""

    DEFAULT_CSS = """
    Timeline { height: auto; overflow: hidden hidden; scrollbar-gutter: auto; padding: 0 1; }
    """

    max_verifiers: reactive[int] = reactive(4, layout=True, init=False)
    """Lines for verifiers; when there are more, the last line counts those that are left out."""
    position: reactive[int] = reactive(0, init=False)
    """Place of the current step among the steps, from 0."""

    @dataclass
    class Jumped(Message):
        """A click on a step's cell; its place among the steps."""

        timeline: Timeline
        position: int

        @property
        def control(self) -> Timeline:
            """The timeline."""
            return self.timeline

    def __init__(
        self,
        *,
        max_verifiers: int = 4,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._heads: Sequence[StepHead] = ()
        self._names: Sequence[str] = ()
        self._notes: Sequence[Piece] = ()
        self._told: set[str] = set()
        """Words of the legend that are told."""
        self._outcomes: list[list[str]] = []
        self._inherited = 0
        self.set_reactive(Timeline.max_verifiers, max_verifiers)

    # What the owner uses.

    def show(
        self,
        heads: Sequence[StepHead],
        verifiers: Sequence[str] = (),
        untouched: Sequence[str] = (),
        notes: Sequence[Piece] = (),
        *,
        inherited: int = 0,
    ) -> None:
        """Show steps.

        Args:
            heads: oldest first.
            verifiers: names, in the task's order.
            untouched: outcome of each verifier before the first step.
            notes: what is said about each verifier behind its name.
            inherited: how many of the first steps are those of the run that this one was forked from.
        """
        self._inherited = inherited
        self._heads, self._names, self._notes = heads, verifiers, notes
        self._outcomes = _outcome_rows(heads, len(verifiers), untouched)
        own = (head for head in heads if not inherited or head.number != inherited)
        self._told = {*_ALWAYS, *map(cell_word, own)} - {"running"}
        self.refresh(layout=True)

    def watch_position(self) -> None:
        """Draw the brackets elsewhere."""
        self.refresh()

    # Geometry.

    @property
    def _label_width(self) -> int:
        return len(f"v{len(self._names)} ") if self._names else 0

    @property
    def _room(self) -> int:
        return self._room_in(self.cells)

    def _room_in(self, width: int) -> int:
        """How many cells of steps fit into ``width``; names keep a part of it."""
        names = (_NAMES_WIDTH if width >= _WIDE else _NAMES_WIDTH_NARROW) if self._names else 0
        return max(width - self._label_width - _BRACKETS - names, 1)

    @property
    def _is_long(self) -> bool:
        return len(self._heads) > self._room

    def _window(self) -> tuple[int, int]:
        """First and last+1 step that are shown; the current one stays near the middle."""
        room = self._room
        first = max(0, min(self.position - room // 2, len(self._heads) - room))
        return first, min(len(self._heads), first + room)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line for the steps, one for the overview of a long run, one for each verifier that has room."""
        long = len(self._heads) > self._room_in(width)
        return 1 + long + min(len(self._names), self.max_verifiers)

    def on_click(self, event: events.Click) -> None:
        """Jump to a step, in the strip or in the overview."""
        offset = event.get_content_offset(self)
        if offset is None or not self._heads:
            return
        x = offset.x - self._label_width
        first, last = self._window()
        if self._is_long and offset.y == 1:
            place = round(x / max(self._room - 1, 1) * (len(self._heads) - 1))
        else:
            at = self.position - first
            place = first + (x if x < at else max(at, x - (1 if x <= at + 2 else _BRACKETS)))
            place = self.position if at <= x <= at + _BRACKETS else place
            if place >= last:
                return
        self.post_message(self.Jumped(self, max(0, min(place, len(self._heads) - 1))))

    # Drawing.

    def on_resize(self) -> None:
        """A wider strip may need no overview."""
        self.refresh(layout=True)

    def render_line(self, y: int) -> Strip:
        """Draw the strip, the overview or a verifier's row."""
        width, base = self.cells, self.rich_style
        blank: Piece = (" " * self._label_width, "")
        if not self._heads:
            return Strip.blank(width, base)
        if y == 0:
            cells = [self._cell(place) for place in range(*self._window())]
            pieces = [blank, *self._bracketed(cells, "[", "]")]
            if not self._is_long and (not self._names or width >= _WIDE):
                pieces += self._legend()
            return self.strip(pieces, width, base)
        if self._is_long and y == 1:
            return self.strip([blank, *self._overview()], width, base)
        line_of = y - 1 - self._is_long
        rows = self._rows()
        if line_of >= len(rows):
            left_out = len(self._names) - len(rows)
            more = f"+{left_out} more verifiers" if left_out else ""
            return self.strip([blank, (more, "dim")], width, base)
        nth = rows[line_of]
        row = self._outcomes[nth]
        cells = [_verdict_cell(row[place]) for place in range(*self._window())]
        label: Piece = (f"v{nth + 1:<{self._label_width - 2}} ", "dim")
        pieces = [label, *self._bracketed(cells, " ", " ")]
        return self.strip([*pieces, *self._about(nth, width - self._label_width - len(cells) - _BRACKETS)], width, base)

    def _rows(self) -> list[int]:
        """Which verifiers are shown: those that are in trouble before the others."""
        every = list(range(len(self._names)))
        if len(every) <= self.max_verifiers:
            return every
        bad = [nth < len(self._notes) and self._notes[nth][1] in ("fail", "error") for nth in every]
        return sorted(sorted(every, key=lambda nth: not bad[nth])[: self.max_verifiers - 1])

    def _about(self, nth: int, room: int) -> list[Piece]:
        """A verifier's name and what is said about it; the name gives way."""
        note, tone = self._notes[nth] if nth < len(self._notes) else ("", "")
        said: list[Piece] = [(" · ", "dim"), (line(note), tone)] if note else []
        name, left = line(self._names[nth]), room - len(_GAP) - sum(cell_len(text) for text, _ in said)
        return [(_GAP, ""), (name if cell_len(name) <= left else fit(name, max(left, _LEAST_NAME)), "dim"), *said]

    def _bracketed(self, cells: Sequence[tuple[str, Tone]], left: str, right: str) -> list[Piece]:
        at = self.position - self._window()[0]
        pieces: list[Piece] = []
        for place, cell in enumerate(cells):
            pieces += [(left, "strong"), cell, (right, "strong")] if place == at else [cell]
        return pieces

    def _overview(self) -> list[Piece]:
        """The whole run in one line: where it wrote, where the window is."""
        room, total = self._room, len(self._heads)
        first, last = self._window()
        pieces: list[Piece] = []
        for cell in range(room):
            start, end = cell * total // room, max((cell + 1) * total // room, cell * total // room + 1)
            inside = first < end and start < last
            pieces.append(("━", "accent") if inside else ("─", "dim"))
        return pieces

    def _cell(self, place: int) -> Piece:
        """A step's sign; those of the other run are faint, and end at the fork."""
        if self._inherited and place == self._inherited:
            return _FORK
        glyph, tone = _GLYPHS[cell_word(self._heads[place])]
        return glyph, "dim" if place < self._inherited else tone

    def _legend(self) -> list[Piece]:
        fork: list[Piece] = [("└ fork  ", "dim")] if self._inherited else []
        told: list[Piece] = [(f"{glyph} {word}  ", "dim") for glyph, word, _ in LEGEND if word in self._told]
        return [("   ", ""), *told, *fork]


def _outcome_rows(heads: Sequence[StepHead], count: int, untouched: Sequence[str]) -> list[list[str]]:
    """What stands in each verifier's row: an outcome, "" while unknown, "yet" while it has never passed."""
    now = [*untouched[:count], *[""] * (count - len(untouched))]
    passed = [outcome == "pass" for outcome in now]
    rows: list[list[str]] = [[] for _ in range(count)]
    for head in heads:
        if head.verifiers is not None:
            now = [*head.verifiers[:count], *now[len(head.verifiers) :]]
            passed = [before or outcome == "pass" for before, outcome in zip(passed, now, strict=True)]
        is_last = head is heads[-1]
        for row, outcome, ever in zip(rows, now, passed, strict=True):
            row.append("yet" if outcome == "fail" and not ever and not is_last else outcome)
    return rows


def _verdict_cell(outcome: str) -> tuple[str, Tone]:
    """A verifier that has not passed yet is a line; one that is broken, or fails in the end, is a cross."""
    if outcome not in OUTCOME:
        return ("─", "dim") if outcome else (" ", "")
    return OUTCOME[outcome].glyph, OUTCOME[outcome].tone
