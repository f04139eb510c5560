"""The parts of the approval: the arguments of the call, what it would do, and the row of answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from engine.runs.rebuild import Trial
from engine.trajectory.events import ToolResult
from engine.trajectory.headline import shape
from eog_tui.answers import ANSWERS, Answer, Question, to
from eog_tui.call_words import of_result
from eog_tui.edits import value_of
from eog_tui.glyphs import OUTCOME
from eog_tui.literal import line
from eog_tui.live.state_views import HIDDEN
from eog_tui.widgets.change_view import ChangeRow, ChangeView, wrapped
from eog_tui.widgets.flow_view import FlowView
from eog_tui.widgets.line_view import LineView, Piece, fit
from eog_tui.widgets.piece_lines import Pieces

Mode = Literal["answers", "always", "opening", "edit"]
"""What keys mean now: an answer, how far "always" goes, nothing until the form is there, or what they type."""
FOLDED = 160
"""Characters of a value that are shown until someone unfolds."""
_NAME_WIDTH = 26
_GAP = "  "


class ArgumentsView(FlowView[ChangeRow]):
    """The arguments of a call, one a line; those that a person edited say what they were."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ArgumentsView { padding: 0 1; height: auto; max-height: 100%; }
    """

    def __init__(self, proposed: Mapping[str, Any], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._proposed = proposed
        self._now = proposed
        self._folded = True

    def show(self, arguments: Mapping[str, Any]) -> None:
        """Show what the call would be made with now."""
        self._now = arguments
        self.reflow(keep_place=True)
        self.refresh(layout=True)

    def on_key(self, event: events.Key) -> None:
        """Enter unfolds long values, or folds them again."""
        if event.key == "enter":
            event.stop()
            self._folded = not self._folded
            self.reflow(keep_place=True)
            self.refresh(layout=True)

    def copyable(self) -> str:
        """The arguments as they are now, in full."""
        return "\n".join(f"{name}: {value_of(value)}" for name, value in self._now.items())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are."""
        return sum(1 for _ in self.make_rows(width - 1))

    def used_up(self) -> float:
        """They are few, so they are made at once."""
        return 1.0

    def make_rows(self, width: int) -> Iterator[ChangeRow]:
        """A row or more for each argument."""
        names = list(dict.fromkeys([*self._proposed, *self._now]))
        if not names:
            yield ChangeRow((("no arguments", "dim"),))
        name_width = min(max((cell_len(line(name)) for name in names), default=0), _NAME_WIDTH, max(width // 3, 4))
        for name in names:
            label: Piece = (f"{fit(line(name), name_width)}  ", "dim")
            yield from wrapped(label, self._value(name), width, name_width + 2)

    def _value(self, name: str) -> list[Piece]:
        was, is_ = (self._cut(each, name) for each in (self._proposed, self._now))
        if name in self._now and name in self._proposed and self._now[name] == self._proposed[name]:
            return [(is_, "")]
        if name not in self._proposed:
            return [(is_, "strong"), (" (edited: was not there)", "waiting")]
        return [(is_ if name in self._now else "left out", "strong"), (f" (edited: was {was})", "waiting")]

    def _cut(self, arguments: Mapping[str, Any], name: str) -> str:
        text = value_of(arguments.get(name))
        rest = len(text) - FOLDED if self._folded else 0
        if rest > 0:
            return f"{line(text[:FOLDED])}… +{rest:,} chars"
        return line(text) or '""'

    def draw_row(self, place: int, row: ChangeRow, width: int) -> Strip:
        """Draw a row."""
        return self.strip(row.pieces, width, self.rich_style)


class TrialView(ChangeView):
    """What the call would do, as tried on a copy: what comes back, the verifiers that turn, the rows that change."""

    DEFAULT_CSS = """
    TrialView { padding: 0 1; height: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(empty="", id=id)
        self._told: Sequence[Pieces] = ()

    def tell(self, told: Sequence[Pieces]) -> None:
        """Say something in place of a trial."""
        self._told, self.empty = told, ""
        self.show(())

    def show_trial(self, trial: Trial, tool: str, told: Sequence[Pieces]) -> None:
        """Show a trial, below what is told of it."""
        self._told = [*told, _came_back(trial, tool)]
        self.empty = "It would change no row."
        self.show(trial.changes)

    def make_rows(self, width: int) -> Iterator[ChangeRow]:
        """What is told, then the changes."""
        for pieces in self._told:
            (sign, tone), *rest = pieces
            yield from wrapped((line(sign), tone), [(line(text), tone) for text, tone in rest], width, cell_len(sign))
        if self.empty:
            yield from super().make_rows(width)


def verifier_lines(trial: Trial, names: Sequence[str], peek: bool | None) -> list[Pieces]:
    """Which verifiers the call would turn; without peeking only that they are hidden."""
    if not peek:
        return [[("", "dim"), (HIDDEN, "dim")]]
    lines: list[Pieces] = []
    for index in trial.turned:
        before, after = OUTCOME[trial.before[index]], OUTCOME[trial.after[index]]
        sign: Piece = (f"{before} ", before.tone)
        lines.append([sign, ("→ ", "accent"), (f"{after}  ", after.tone), (names[index], "strong")])
    return lines or [[("", "dim"), ("no verifier would turn", "dim")]]


def _came_back(trial: Trial, tool: str) -> Pieces:
    result = {"content": [{"type": "text", "text": trial.text}]}
    said = shape(
        ToolResult(call_id="", tool=tool, gym=None, is_error=trial.is_error, result=result, duration_s=trial.duration_s)
    )
    took: Piece = (f" · {trial.duration_s * 1000:.0f} ms", "dim")
    sign, words = of_result(said, ok=not trial.is_error)
    return [(f"{sign} ", sign.tone), (words, ""), took]


def answers(mode: Mode, *, edited: bool) -> list[Answer]:
    """What can be answered."""
    question: Question = mode if mode == "always" or mode == "edit" else "call"
    return [answer for answer in ANSWERS[question] if edited or answer != to("call", "u")]


def offered(mode: Mode, tool: str, *, edited: bool, wide: bool) -> list[tuple[str, str]]:
    """The row of answers: keys as they are written for people, and words that fit the call."""
    special = {"unasked in this run": f"{tool} unasked in this run"}
    if edited:
        special["once"] = "once, as edited"
    if wide:
        special |= {"always": f"always {tool}", "reject": "reject with a reason"}
    return [(each.sign, special.get(each.words, each.words)) for each in answers(mode, edited=edited)]


class Answers(LineView, can_focus=False):
    """What can be answered: a key and words each, in as many lines as it takes; a click answers too."""

    DEFAULT_CSS = """
    Answers { height: auto; overflow: hidden hidden; scrollbar-gutter: auto; padding: 0 1; background: $panel; }
    """

    @dataclass
    class Pressed(Message):
        """A click on an answer; its key as Textual names it."""

        key: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._answers: Sequence[tuple[str, str]] = ()

    def show(self, answers: Sequence[tuple[str, str]]) -> None:
        """Offer others: keys as they are written for people, and words."""
        self._answers = answers
        self.refresh(layout=True)

    def _rows(self, width: int) -> list[list[tuple[str, str]]]:
        rows: list[list[tuple[str, str]]] = [[]]
        left = width
        for answer in self._answers:
            needed = cell_len(line(" ".join(answer))) + len(_GAP)
            if needed - len(_GAP) > left and rows[-1]:
                rows.append([])
                left = width
            rows[-1].append(answer)
            left -= needed
        return rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row a line."""
        return len(self._rows(width))

    def on_click(self, event: events.Click) -> None:
        """Answer what was clicked."""
        offset = event.get_content_offset(self)
        rows = self._rows(self.size.width)
        if offset is None or offset.y >= len(rows):
            return
        x = offset.x
        for key, words in rows[offset.y]:
            wide = cell_len(line(f"{key} {words}"))
            if 0 <= x < wide:
                self.post_message(self.Pressed({"Esc": "escape"}.get(key, key)))
                return
            x -= wide + len(_GAP)

    def render_line(self, y: int) -> Strip:
        """Draw a line of answers."""
        width, base = self.size.width, self.rich_style
        rows = self._rows(width)
        pieces: list[Piece] = []
        for key, words in rows[y] if y < len(rows) else ():
            pieces += [(line(key), "accent"), (line(f" {words}{_GAP}"), "")]
        return self.strip(pieces, width, base)
