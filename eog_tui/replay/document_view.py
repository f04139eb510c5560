"""Shows a document: a text whose lines have looks of their own, as lazily as a plain one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.style import Style

from eog_tui.literal import line as literal_line
from eog_tui.replay.document import Line, sql_spans
from eog_tui.widgets.text_view import LONGEST_LINE, TextRow, TextView
from eog_tui.widgets.wrapping import json_spans, overlapping

Lines = Callable[[int], Iterator[Line]]
"""Makes a document's lines for a width in cells."""


class DocumentView(TextView):
    """A document to read, search, select and copy."""

    def __init__(self, *, name: str | None = None, id: str | None = None) -> None:  # noqa: A002
        self._make: Lines = lambda _: iter(())
        self._making: Iterator[Line] = iter(())
        self._made: list[Line] = []
        self._making_for = 0
        self._size_hint = 1
        self._plain: Callable[[], str] | None = None
        super().__init__(name=name, id=id)

    def show_lines(self, make: Lines, size: int, plain: Callable[[], str] | None = None) -> None:
        """Show a document from its top.

        Args:
            make: makes the lines; called again for another width.
            size: about how many characters they have in all.
            plain: what ``y`` copies; by default the lines as they are shown.
        """
        self._make, self._size_hint, self._plain = make, max(size, 1), plain
        self.show("")

    def replace_lines(self, make: Lines, size: int) -> None:
        """Show other lines of the same document and stay at the place: it was unfolded, or it went on."""
        self._make, self._size_hint = make, max(size, 1)
        self._forget_matches()
        self._start_lines()
        self.reflow(keep_place=True)

    @property
    def text(self) -> str:
        """The text as it came."""
        return self._plain() if self._plain else "\n".join(line.text for line in self._make(self.cells or 80))

    def copyable(self) -> str:
        """What ``y`` copies: the selected text, or else all of it as it came."""
        selection = self.text_selection
        found = self.get_selection(selection) if selection is not None else None
        return found[0] if found and found[0] else self.text

    def _start_lines(self) -> None:
        self._lines, self._made, self._used = [], [], 0
        self._making_for = self.cells
        self._making = self._make(self._making_for)

    def _next_line(self) -> bool:
        line = next(self._making, None)
        if line is None:
            return False
        self._used += len(line.text) + 1
        rest = len(line.text) - LONGEST_LINE
        text = literal_line(line.text[:LONGEST_LINE].expandtabs(4))
        self._made.append(line)
        self._lines.append(f"{text} … +{rest:,} chars" if rest > 0 else text)
        return True

    def used_up(self) -> float:
        """Share of the document in the rows made so far."""
        return min(self._used / self._size_hint, 0.999)

    def make_rows(self, width: int) -> Iterator[TextRow]:
        """Wrap the lines; tables are laid out anew for another width."""
        if self._making_for != width:
            self._making_for = width
            self._start_lines()
        yield from super().make_rows(width)

    def wraps(self, number: int) -> bool:
        """Whether a line is wrapped; else it is cut at the edge."""
        return self._made[number].wraps

    def hang(self, number: int) -> int:
        """Blanks before the second row of a line that is wrapped."""
        line = self._made[number]
        if line.look == "text":
            return line.hang
        return len(line.text) - len(line.text.lstrip(" ")) + 2

    def line_styles(self, number: int, first: int, last: int, base: Style) -> Iterator[tuple[int, int, Style]]:
        """Where a line looks otherwise than ``base`` between two places: start, end, style."""
        line = self._made[number]
        for start, end, tone in overlapping(line.tones, first, last):
            yield start, end, self.tone(tone, base)
        if line.look != "text":
            spans = json_spans if line.look == "json" else sql_spans
            for start, end, name in overlapping(spans(self._lines[number]), first, last):
                yield start, end, self.part(f"json--{name}", base)
