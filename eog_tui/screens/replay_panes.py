"""Replay's parts: the lines about the run, and the view of the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from engine.trajectory.reading import RunRow
from eog_tui.figures import duration, verified
from eog_tui.glyphs import STATUS
from eog_tui.literal import line
from eog_tui.replay.document_view import DocumentView
from eog_tui.replay.family import inherited, origin
from eog_tui.replay.trajectory import Outline
from eog_tui.screens.run_rows import EMBEDDED, gyms
from eog_tui.widgets.line_view import LineView, Piece

_GAP = 2
"""Cells between what is said of the run and of the place in it."""


class ReplayHeader(LineView, can_focus=False):
    """Which run this is, how it ended, and where in it we are; who acted and where, in a second line if need be."""

    DEFAULT_CSS = """
    ReplayHeader {
        height: auto; overflow: hidden hidden; scrollbar-gutter: auto; padding: 0 1; background: $surface;
    }
    """

    outline: reactive[Outline | None] = reactive(None, layout=True)
    position: reactive[int] = reactive(0)
    playing: reactive[str] = reactive("")
    """Speed of the autoplay, such as ``2x``; empty when it rests."""
    family: reactive[Sequence[RunRow]] = reactive((), layout=True)
    """The run and those that it is related to by forks."""

    class FamilyAsked(Message):
        """A click on what is said about the family."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Two lines where one does not hold all, at whichever step."""
        if (outline := self.outline) is None:
            return 1
        widest = max(_width(self._place(outline, step)) for step in (inherited(outline.run) - 1, outline.last))
        return 1 if _width(self._told(outline, 1)[0]) + _GAP + widest <= width else 2

    def render_line(self, y: int) -> Strip:
        """Draw it: the left half gives way when there is no room for both."""
        width, base = self.size.width, self.rich_style
        if self.outline is None:
            return self.strip([("replay", "dim")], width, base)
        left = self._told(self.outline, self.size.height)[y]
        if y:
            return self.strip(left, width, base)
        right = self._place(self.outline, self.position)
        room = max(width - _width(right) - _GAP, 0)
        return Strip.join([self.strip(left, room, base), self.strip([(" " * _GAP, ""), *right], width - room, base)])

    def _told(self, outline: Outline, lines: int) -> list[list[Piece]]:
        """What is said of the run, in one line or two."""
        run, related, about = outline.run, self._related(outline.run), self._about(outline)
        sign = STATUS[run.status]
        name: list[Piece] = [(f"{sign} ", sign.tone), (f"#{run.id} ", "dim")]
        task: Piece = (line(run.task), "strong")
        family: list[Piece] = [(f"{related} ", "accent")] if related else []
        if lines == 1:
            return [[*name, *family, task, (f" · {about}", "dim")]]
        return [[*name, task], [*family, (f"· {about}" if family else about, "dim")]]

    def _about(self, outline: Outline) -> str:
        """Who acted, and where the gyms live if not in this process."""
        run = outline.run
        elsewhere = "" if run.gyms == EMBEDDED else gyms(run, outline.started)
        worked = f"{duration(run.duration_s)} at work" if run.agent == "human" and run.duration_s is not None else ""
        return " · ".join(line(part) for part in (run.agent, run.model, elsewhere, worked) if part)

    def _place(self, outline: Outline, position: int) -> list[Piece]:
        run, last = outline.run, outline.last
        where: list[Piece] = [("step ", "dim"), (str(max(position, 0)), "strong"), (f" of 0–{last}", "dim")]
        return [
            (f"▶ {self.playing}  " if self.playing else "", "running"),
            *(where if last >= 0 else [("no step", "dim")]),
            (f" of #{run.parent_id}" if position < inherited(run) else "", "dim"),
            *([("  verif ", "dim"), (verified(run), "strong")] if run.verifiers_total else ()),
        ]

    def _related(self, run: RunRow) -> str:
        """Where the run is from, and how many were forked from it."""
        forks = sum(each.parent_id == run.id for each in self.family)
        told = [f"{forks} {'fork' if forks == 1 else 'forks'}"] if forks else []
        if run.parent_id is not None:
            gone = "" if any(each.id == run.parent_id for each in self.family) else " (deleted)"
            told.insert(0, origin(run) + gone)
        return " · ".join(told)

    def on_click(self, event: events.Click) -> None:
        """Ask for the family where it is told."""
        if self.outline is not None and (related := self._related(self.outline.run)):
            one = self.size.height == 1
            before = cell_len(f"{STATUS[self.outline.run.status]} #{self.outline.run.id} ") if one else 0
            offset = event.get_content_offset(self)
            if offset is not None and offset.y == (not one) and 0 <= offset.x - before < cell_len(related):
                self.post_message(self.FamilyAsked())


def _width(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


class StepView(DocumentView):
    """The step in full; past its last match the search goes on in another step."""

    @dataclass
    class Exhausted(Message):
        """There is no further match in this step, forwards (``by`` 1) or backwards (-1)."""

        by: int

    def action_match(self, by: int) -> None:
        """Go to the next or previous match, here or in another step."""
        if 0 <= self._match + by < len(self._matches):
            super().action_match(by)
        else:
            self.post_message(self.Exhausted(by))

    def show_last_match(self) -> None:
        """Go to the last match in this step: the search came from behind."""
        self._go_to_match(len(self._matches) - 1)
