"""The two halves of Live's State: how each verifier stands, and which rows were written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.geometry import Size
from textual.strip import Strip

from eog_tui.glyphs import OUTCOME
from eog_tui.literal import line
from eog_tui.live.following import Standing, WrittenRow
from eog_tui.widgets.change_view import ChangeRow, ChangeView
from eog_tui.widgets.flow_view import FlowView
from eog_tui.widgets.line_view import Piece, fit
from eog_tui.widgets.wrapping import breaks

HIDDEN = "verifiers hidden: launched without peek"

_WORD_WIDTH = 8
_NEWER = " newer ↑ "
_UNKNOWN: tuple[Piece, ...] = (("· ", "dim"), (fit("", _WORD_WIDTH - 2), ""))


class VerifierView(FlowView[tuple[Piece, ...]]):
    """A line or more for each verifier: outcome, name, what became of it; in the end also why it failed."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    VerifierView { height: auto; max-height: 50%; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._standings: Sequence[Standing] = ()
        self._hidden = False

    def show(self, standings: Sequence[Standing], *, hidden: bool = False) -> None:
        """Show these, or only say that whoever looks may not see them."""
        if (standings, hidden) != (self._standings, self._hidden):
            self._standings, self._hidden = standings, hidden
            self.reflow(keep_place=True)
            self.refresh(layout=True)

    def copyable(self) -> str:
        """All of it as text."""
        return "\n".join("".join(text for text, _ in row).rstrip() for row in self.make_rows(self.size.width or 80))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are."""
        return sum(1 for _ in self.make_rows(width - 1))

    def used_up(self) -> float:
        """They are few, so they are made at once."""
        return 1.0

    def make_rows(self, width: int) -> Iterator[tuple[Piece, ...]]:
        """Name and story in one row where they fit."""
        if self._hidden:
            yield ((HIDDEN, "dim"),)
            return
        if not self._standings:
            yield (("No verifier: nothing says whether this is done.", "dim"),)
        for standing in self._standings:
            yield from _standing_rows(standing, width)

    def draw_row(self, place: int, row: tuple[Piece, ...], width: int) -> Strip:
        """Draw a row."""
        return self.strip(row, width, self.rich_style)


def _standing_rows(standing: Standing, width: int) -> Iterator[tuple[Piece, ...]]:
    sign = OUTCOME.get(standing.outcome or "")
    head = ((fit(str(sign), _WORD_WIDTH), sign.tone),) if sign else _UNKNOWN
    name, story = line(standing.check.name), standing.story
    room = max(width - _WORD_WIDTH, 8)
    parts = [name[start:end].rstrip() for start, end in breaks(name, room)]
    for nth, part in enumerate(parts):
        lead: tuple[Piece, ...] = head if nth == 0 else ((" " * _WORD_WIDTH, ""),)
        gap = room - cell_len(part) - len(story)
        if nth == len(parts) - 1 and gap > 0:
            yield (*lead, (part, ""), (" " * gap + story, "dim"))
            break
        yield (*lead, (part, ""))
    else:
        yield ((" " * _WORD_WIDTH + fit(story, room, right=True), "dim"),)
    verdict = standing.check.verdict
    if verdict is not None and verdict.reason:
        reason = line(verdict.reason)
        for start, end in breaks(reason, room):
            yield ((" " * _WORD_WIDTH, ""), (reason[start:end].rstrip(), "dim"))


class WrittenRows(ChangeView):
    """The rows that were written, the latest step's on top and marked; as far down as someone looks.

    Who has scrolled down reads on undisturbed: a chip says that there is news, and the top shows it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--newer"}
    DEFAULT_CSS = """
    WrittenRows > .rows--newer { background: $primary; color: $background; text-style: bold; }
    WrittenRows:ansi > .rows--newer { text-style: reverse bold; }
    WrittenRows:nocolor > .rows--newer { text-style: reverse bold; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(empty="", id=id)
        self._written: Sequence[WrittenRow] = ()
        self._newer: Sequence[WrittenRow] | None = None
        """What waits until someone is back at the top."""

    def show_run(self, written: Sequence[WrittenRow], *, empty: str) -> None:
        """Show the rows of another run, the latest written first."""
        self._written, self.empty, self._newer = written, empty, None
        self.reflow()

    def show_news(self, written: Sequence[WrittenRow], *, empty: str) -> None:
        """Show how the rows are now; later, where someone reads further down."""
        if (written, empty) == (self._written, self.empty):
            return
        if self.scroll_offset.y > 0:
            self._newer = written
            self.refresh()
        else:
            self.show_run(written, empty=empty)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Show at the top what waited."""
        super().watch_scroll_y(old_value, new_value)
        if new_value < 1 and self._newer is not None:
            self.call_later(self.show_run, self._newer, empty=self.empty)

    def render_line(self, y: int) -> Strip:
        """Draw a row, under the chip where there is news."""
        drawn = super().render_line(y)
        if y or self._newer is None:
            return drawn
        base = self.part("rows--newer", self.rich_style)
        chip = self.strip([(_NEWER, "")], len(_NEWER), base)
        return Strip.join([drawn.crop(0, max(self.size.width - len(_NEWER), 0)), chip])

    def used_up(self) -> float:
        """Share of the rows that are told so far."""
        return self._used / max(len(self._written), 1)

    def make_rows(self, width: int) -> Iterator[ChangeRow]:
        """What each row became, behind the step that wrote it last."""
        self._used = 0
        if not self._written:
            yield ChangeRow(((self.empty, "dim"),))
            return
        latest = self._written[0].step
        for written in self._written:
            self._used += 1
            is_latest = written.step == latest
            head = self.head_of(written.change)
            step = f"step {written.step}"
            gap = width - 2 - len(step) - sum(cell_len(text) for text, _ in head)
            mark: Piece = ("● ", "accent") if is_latest else ("  ", "")
            tail: Piece = (" " * max(gap, 1) + step, "accent" if is_latest else "dim")
            yield ChangeRow((mark, *head, tail))
            yield from self.columns_of(written.change, width)
