"""Replay's parts: the line about the run, and the view of the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
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


class ReplayHeader(LineView, can_focus=False):
    """Which run this is, how it ended, and where in it we are."""

    DEFAULT_CSS = """
    ReplayHeader { height: 1; overflow: hidden hidden; scrollbar-gutter: auto; padding: 0 1; background: $surface; }
    """

    outline: reactive[Outline | None] = reactive(None)
    position: reactive[int] = reactive(0)
    playing: reactive[str] = reactive("")
    """Speed of the autoplay, such as ``2x``; empty when it rests."""
    family: reactive[Sequence[RunRow]] = reactive(())
    """The run and those that it is related to by forks."""

    class FamilyAsked(Message):
        """A click on what is said about the family."""

    def render_line(self, y: int) -> Strip:
        """Draw it: the left half gives way when there is no room for both."""
        width, base = self.size.width, self.rich_style
        if self.outline is None:
            return self.strip([("replay", "dim")], width, base)
        run = self.outline.run
        sign = STATUS[run.status]
        last = self.outline.last
        where: list[Piece] = [("step ", "dim"), (str(max(self.position, 0)), "strong"), (f" of 0–{last}", "dim")]
        right: list[Piece] = [
            (f"▶ {self.playing}  " if self.playing else "", "running"),
            *(where if last >= 0 else [("no step", "dim")]),
            (f" of #{run.parent_id}" if self.position < inherited(run) else "", "dim"),
        ]
        if run.verifiers_total:
            right += [("  verif ", "dim"), (verified(run), "strong")]
        room = width - sum(cell_len(text) for text, _ in right) - 2
        elsewhere = "" if run.gyms == EMBEDDED else gyms(run, self.outline.started)
        worked = f"{duration(run.duration_s)} at work" if run.agent == "human" and run.duration_s is not None else ""
        about = " · ".join(line(part) for part in (run.agent, run.model, elsewhere, worked) if part)
        left: list[Piece] = [(f"{sign} ", sign.tone), (f"#{run.id} ", "dim"), (line(run.task), "strong"),
                             (f" · {about}", "dim")]  # fmt: skip
        if related := self._related(run):
            left.insert(2, (f"{related} ", "accent"))
        strips = [self.strip(left, max(room, 0), base), self.strip([("  ", ""), *right], width - max(room, 0), base)]
        return Strip.join(strips)

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
            before = f"{STATUS[self.outline.run.status]} #{self.outline.run.id} "
            offset = event.get_content_offset(self)
            if offset is not None and 0 <= offset.x - cell_len(before) < cell_len(related):
                self.post_message(self.FamilyAsked())


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
