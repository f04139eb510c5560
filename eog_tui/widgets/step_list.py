"""The steps of a run, one or two lines each; a step more costs the same at any length."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from eog_tui.actions import bindings
from eog_tui.call_words import NEVER_RAN, kept_back, of_call
from eog_tui.glyphs import Tone
from eog_tui.literal import line
from eog_tui.widgets.line_view import LineView, Piece, fit

if TYPE_CHECKING:
    from engine.trajectory.steps import StepHead

KIND_TONES: dict[str, Tone] = {
    "call": "accent",
    "plan": "accent",
    "note": "waiting",
    "error": "error",
    "limit": "error",
    "control": "waiting",
}
KIND_WORDS = {"control": "person"}
"""What a kind is called where its own name would not say it, or not fit."""
_KIND_WIDTH = 7


WAITS: Piece = ("◌ waits for your word", "waiting")


def result_pieces(head: StepHead, *, waits: bool = False, over: bool = False) -> list[Piece]:
    """The second line of a call: what came back and what it wrote; that it is under way, or waits for a word.

    ``over``: whether the run has ended, so that what is not done never will be.
    """
    if waits:
        return [WAITS]
    if head.ok is None and over:
        return [(str(NEVER_RAN), NEVER_RAN.tone)]
    if head.ok is None:
        where = f" for {line(head.gym)}" if head.gym else ""
        return [("…", "running"), (f"    waiting{where}", "dim")]
    sign, said = of_call(head)
    # "ok" is what nearly all calls are: its sign would only be noise.
    pieces: list[Piece] = [(sign.word if head.ok else str(sign), sign.tone)]
    if head.change_line:
        return [*pieces, (" ● ", "accent"), (line(head.change_line), "")]
    if kept_back(head):
        return [*pieces, (" · ", "dim"), (line(said), "")]
    return [*pieces, ("   " if head.ok else " ", ""), (line(said), "dim")]


class StepList(LineView):
    """A list of step heads with one selected; it follows the end only while the last step is selected."""

    BINDINGS = bindings("list")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"steps--new"}
    DEFAULT_CSS = """
    StepList > .steps--new { background: $primary; color: $background; text-style: bold; }
    StepList:ansi > .steps--new { text-style: reverse bold; }
    StepList:nocolor > .steps--new { text-style: reverse bold; }
    """

    @dataclass
    class Selected(Message):
        """Another step is selected, by a person or because the list follows."""

        steps: StepList
        number: int

        @property
        def control(self) -> StepList:
            """The list."""
            return self.steps

    @dataclass
    class Opened(Message):
        """Enter or a double click on a step."""

        steps: StepList
        number: int

        @property
        def control(self) -> StepList:
            """The list."""
            return self.steps

    def __init__(
        self,
        *,
        empty: str = "No step yet.",
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.empty = empty
        self._heads: list[StepHead] = []
        self._starts: list[int] = []
        """First line of each step."""
        self._places: dict[int, int] = {}
        self._height = 0
        self._cursor = 0
        self._unseen = 0
        self._waits: int | None = None
        self._over = False
        self._strips: LRUCache[tuple[int, int, bool], Strip] = LRUCache(256)

    # What the owner uses.

    @property
    def heads(self) -> list[StepHead]:
        """All steps, oldest first."""
        return self._heads

    @property
    def following(self) -> bool:
        """Whether the last step is selected."""
        return self._cursor >= len(self._heads) - 1

    @property
    def selected(self) -> StepHead | None:
        """The selected step."""
        return self._heads[self._cursor] if self._heads else None

    def show(self, heads: Iterable[StepHead], *, select: int | None = None) -> None:
        """Show other steps; ``select`` is a step's number, by default the last one's."""
        self._heads, self._starts, self._places = [], [], {}
        self._height = self._unseen = 0
        self._strips.clear()
        for head in heads:
            self._append(head)
        self._cursor = self._places.get(-1 if select is None else select, max(len(self._heads) - 1, 0))
        self._grown()
        self._show_cursor()
        self.refresh()

    def add(self, heads: Iterable[StepHead]) -> None:
        """Append new steps, and take new values of known ones."""
        follow, fresh, height = self.following, 0, self._height
        for head in heads:
            place = self._places.get(head.number)
            if place is None:
                self._append(head)
                fresh += 1
            else:
                self._replace(place, head)
        self._grown()
        if follow and self._height > height:
            self._move_to(len(self._heads) - 1)
        elif fresh:
            self._unseen += fresh
            self.refresh()

    @property
    def waits(self) -> int | None:
        """Number of the step that waits for a person's word."""
        return self._waits

    @waits.setter
    def waits(self, number: int | None) -> None:
        before, self._waits = self._waits, number
        if before != number:
            for place in (self._places.get(each) for each in (before, number) if each is not None):
                if place is not None:
                    self._repaint_step(place)

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self._over

    @over.setter
    def over(self, over: bool) -> None:
        before, self._over = self._over, over
        if before != over and self._heads:
            self._repaint_step(len(self._heads) - 1)

    def select(self, number: int) -> None:
        """Select a step by its number."""
        if number in self._places:
            self._move_to(self._places[number])

    def copyable(self) -> str:
        """The selected step: its title, what came back and what it wrote."""
        head = self.selected
        return "\n".join(filter(None, (head.title, head.shape, head.change_line))) if head else ""

    # Content.

    @staticmethod
    def _lines_of(head: StepHead) -> int:
        return 2 if head.kind == "call" else 1

    def _append(self, head: StepHead) -> None:
        self._places[head.number] = len(self._heads)
        self._heads.append(head)
        self._starts.append(self._height)
        self._height += self._lines_of(head)

    def _replace(self, place: int, head: StepHead) -> None:
        grown = self._lines_of(head) - self._lines_of(self._heads[place])
        self._heads[place] = head
        if grown:
            self._starts[place + 1 :] = [start + grown for start in self._starts[place + 1 :]]
            self._height += grown
            self._strips.clear()
        self._repaint_step(place)

    def _grown(self) -> None:
        size = Size(self.cells, self._height)
        if size != self.virtual_size:
            self.virtual_size = size

    # Moving.

    def _move_to(self, place: int) -> None:
        place = max(0, min(place, len(self._heads) - 1))
        if place == self._cursor or not self._heads:
            self._show_cursor()
            return
        before, self._cursor = self._cursor, place
        if self.following:
            self._unseen = 0
        self._repaint_step(before)
        self._repaint_step(place)
        self._show_cursor()
        self.post_message(self.Selected(self, self._heads[place].number))

    def _repaint_step(self, place: int) -> None:
        if place >= len(self._heads):
            return
        first, count = self._starts[place], self._lines_of(self._heads[place])
        for at in range(first, first + count):
            for current in (True, False):
                self._strips.discard((at, self.cells, current))
        self.refresh_lines(first, count)

    def _show_cursor(self) -> None:
        if self._heads:
            region = Region(0, self._starts[self._cursor], 1, self._lines_of(self._heads[self._cursor]))
            self.scroll_to_region(region, animate=False, force=True, immediate=True, x_axis=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a step there is none to open, and Enter means what it means to the screen."""
        return action != "open" or bool(self._heads)

    def action_move(self, steps: int) -> None:
        """Move the selection."""
        self._move_to(self._cursor + steps)

    def action_page(self, pages: int) -> None:
        """Move the selection by what fits on the screen."""
        line_wanted = self._starts[self._cursor] + pages * max(1, self.size.height - 2) if self._heads else 0
        self._move_to(bisect_right(self._starts, max(line_wanted, 0)) - 1)

    def action_first(self) -> None:
        """Select the first step."""
        self._move_to(0)

    def action_last(self) -> None:
        """Select the last step, and follow."""
        self._move_to(len(self._heads) - 1)

    def action_open(self) -> None:
        """Open the selected step."""
        self.post_message(self.Opened(self, self._heads[self._cursor].number))

    def on_click(self, event: events.Click) -> None:
        """Select a step, open it on the second click; the chip goes to the end."""
        offset = event.get_content_offset(self)
        if offset is None or not self._heads:
            return
        if self._unseen and offset.y == self.size.height - 1 and offset.x >= self.cells - len(self._chip()):
            self.action_last()
            return
        at = self.scroll_offset.y + offset.y
        if at < self._height:
            self._move_to(bisect_right(self._starts, at) - 1)
            if event.chain == 2:
                self.action_open()

    # Drawing.

    def on_resize(self) -> None:
        """Keep the selected step in sight."""
        self._grown()
        self._show_cursor()

    def notify_style_update(self) -> None:
        """Forget drawn lines when styles change."""
        super().notify_style_update()
        self._strips.clear()

    def on_focus(self) -> None:
        """Draw the selection strongly."""
        self._repaint_step(self._cursor)

    def on_blur(self) -> None:
        """Draw the selection faintly."""
        self._repaint_step(self._cursor)

    def _chip(self) -> str:
        return f" {self._unseen:,} new ↓ "

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        width = self.cells
        if not self._heads:
            return self.strip([(f"  {line(self.empty)}" if y == 1 else "", "dim")], width, self.rich_style)
        at = self.scroll_offset.y + y
        if at >= self._height:
            return Strip.blank(width, self.rich_style)
        place = bisect_right(self._starts, at) - 1
        key = (at, width, place == self._cursor)
        drawn = self._strips.get(key)
        if drawn is None:
            drawn = self._strips[key] = self._draw(place, at - self._starts[place], width)
        if self._unseen and y == self.size.height - 1:
            chip = self.strip([(self._chip(), "")], len(self._chip()), self.part("steps--new", self.rich_style))
            return Strip.join([drawn.crop(0, width - len(self._chip())), chip])
        return drawn

    def _draw(self, place: int, nth: int, width: int) -> Strip:
        head = self._heads[place]
        base = self.rich_style
        if place == self._cursor:
            base = self.part("line--cursor" if self.has_focus else "line--cursor-blurred", base)
        digits = max(2, len(str(self._heads[-1].number)))
        if nth:
            return self.strip([(" " * (digits + 2), ""), ("└ ", "dim"), *self._second(head)], width, base)
        tone: Tone = "fail" if head.ok is False and head.kind != "call" else KIND_TONES.get(head.kind, "dim")
        retried = f" ({head.retries} {'retry' if head.retries == 1 else 'retries'})" if head.retries else ""
        pieces: list[Piece] = [
            (f" {head.number:>{digits}} ", "dim"),
            (fit(KIND_WORDS.get(head.kind, head.kind), _KIND_WIDTH), tone),
            (line(head.title), ""),
            (retried, "waiting"),
        ]
        if head.number == self._waits and head.kind != "call":
            pieces += [("  ", ""), WAITS]
        return self.strip(pieces, width, base)

    def _second(self, head: StepHead) -> list[Piece]:
        return result_pieces(head, waits=head.number == self._waits, over=self._over)
