"""Text of any length, literal, wrapped as far as it was looked at; JSON laid out and coloured by the line."""

from __future__ import annotations

import asyncio
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from eog_tui.literal import line as literal_line
from eog_tui.widgets.flow_view import FlowView
from eog_tui.widgets.wrapping import breaks, json_lines, json_spans, overlapping

LONGEST_LINE = 8_000
"""Characters of one line that are shown; the rest is counted."""
MOST_MATCHES = 10_000
_TAB = 4
_start, _end = attrgetter("start"), attrgetter("end")


class TextRow(NamedTuple):
    """A row on screen: part of a line."""

    line: int
    start: int
    end: int
    hang: int
    """Blanks before it, under the line's own indent."""


class Match(NamedTuple):
    """Where a searched text stands."""

    line: int
    start: int
    end: int


class TextView(FlowView[TextRow]):
    """A long text to read, search, select and copy."""

    ALLOW_SELECT = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json--key",
        "json--string",
        "json--number",
        "json--word",
        "json--mark",
    }
    DEFAULT_CSS = """
    TextView {
        padding: 0 1;
        & > .json--key { color: $primary; }
        & > .json--string { color: $foreground; }
        & > .json--number { color: $secondary; }
        & > .json--word { color: $secondary; text-style: italic; }
        & > .json--mark { color: $dim; }
    }
    TextView:ansi > .json--mark { color: ansi_default; text-style: dim; }
    """

    @dataclass
    class Found(Message):
        """A search has ended or went to another match: number of the match from 1, and of all; 0 for none."""

        view: TextView
        number: int
        total: int
        more: bool = False
        """Whether there are others, which were not looked for."""

        @property
        def words(self) -> str:
            """``2 of 5``, or ``2 of 10,000+``; empty when nothing was found."""
            return f"{self.number:,} of {self.total:,}{'+' * self.more}" if self.total else ""

        @property
        def control(self) -> TextView:
            """The view."""
            return self.view

    def __init__(
        self,
        text: str = "",
        *,
        is_json: bool = False,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._text = text
        self._is_json = is_json
        self._lines: list[str] = []
        self._source: Iterator[tuple[str, int]] = iter(())
        self._used = 0
        self._matches: list[Match] = []
        self._by_line: dict[int, list[Match]] = {}
        self._more = False
        self._match = -1
        self._start_lines()

    # What the owner uses.

    @property
    def text(self) -> str:
        """The text as it came, not literal."""
        return self._text

    def show(self, text: str, *, is_json: bool = False) -> None:
        """Show another text from its top; a search ends."""
        self._text, self._is_json = text, is_json
        self._forget_matches()
        self._start_lines()
        self.reflow()

    def show_value(self, value: Any) -> None:
        """Show a JSON-like value, laid out."""
        self.show(json.dumps(value, ensure_ascii=False, default=str), is_json=True)

    def search(self, needle: str) -> None:
        """Mark every place that holds ``needle``, whatever its case, and go to the first from here on; "" ends it."""
        self._forget_matches()
        self.repaint()
        if needle:
            self._search(literal_line(needle).lower())

    def copyable(self) -> str:
        """What ``y`` copies: the selected text, or else all of it as it came."""
        selection = self.text_selection
        found = self.get_selection(selection) if selection is not None else None
        return found[0] if found and found[0] else self._text

    # Lines.

    def _start_lines(self) -> None:
        self._lines, self._used = [], 0
        self._source = json_lines(self._text) if self._is_json else self._text_lines()

    def _text_lines(self) -> Iterator[tuple[str, int]]:
        used = 0
        for raw in self._text.split("\n"):
            used += len(raw) + 1
            yield raw.removesuffix("\r"), used

    def _next_line(self) -> bool:
        """Make one more line; returns whether there was one."""
        found = next(self._source, None)
        if found is None:
            return False
        text, self._used = found
        rest = len(text) - LONGEST_LINE
        if rest > 0:
            text = text[:LONGEST_LINE]
        text = literal_line(text.expandtabs(_TAB))
        self._lines.append(f"{text} … +{rest:,} chars" if rest > 0 else text)
        return True

    def used_up(self) -> float:
        """Share of the text in the rows made so far."""
        return self._used / max(len(self._text), 1)

    def make_rows(self, width: int) -> Iterator[TextRow]:
        """Wrap the lines, making them where they are not made yet."""
        number = 0
        while number < len(self._lines) or self._next_line():
            text = self._lines[number]
            if (len(text) <= width and text.isascii()) or not self.wraps(number):
                yield TextRow(number, 0, len(text), 0)
            else:
                yield from self._wrapped(number, text, width, min(self.hang(number), width // 2))
            number += 1

    @staticmethod
    def _wrapped(number: int, text: str, width: int, hang: int) -> Iterator[TextRow]:
        first = next(breaks(text, width))
        yield TextRow(number, *first, 0)
        if first[1] < len(text):
            for start, end in breaks(text[first[1] :], width - hang):
                yield TextRow(number, first[1] + start, first[1] + end, hang)

    # Searching.

    def _forget_matches(self) -> None:
        self.workers.cancel_group(self, "search")  # it may still go through the lines of another text
        self._matches, self._by_line, self._more, self._match = [], {}, False, -1

    @work(exclusive=True, group="search")
    async def _search(self, needle: str) -> None:
        lines = self._lines
        matches: list[Match] = []
        number = 0
        while not self._more and (number < len(lines) or self._next_line()):
            lowered = lines[number].lower()
            start = lowered.find(needle)
            while start >= 0 and not self._more:
                matches.append(Match(number, start, start + len(needle)))
                start = lowered.find(needle, start + len(needle))
                self._more = start >= 0 and len(matches) == MOST_MATCHES
            number += 1
            if number % 500 == 0:
                await asyncio.sleep(0)  # the text may be long, and a key may come
        self._matches = matches
        for match in matches:
            self._by_line.setdefault(match.line, []).append(match)
        top = self._rows[self.scroll_offset.y].line if self.scroll_offset.y < len(self._rows) else 0
        after = next((place for place, match in enumerate(matches) if match.line >= top), 0)
        self._go_to_match(after)

    def action_match(self, by: int) -> None:
        """Go to the next or previous match, around the end."""
        self._go_to_match(self._match + by)

    def _go_to_match(self, place: int) -> None:
        self._match = place % len(self._matches) if self._matches else -1
        if self._matches:
            self._show_match()
        self.repaint()
        self.post_message(self.Found(self, self._match + 1, len(self._matches), self._more))

    def _show_match(self) -> None:
        match = self._matches[self._match]
        # A line has at least one row, so its row cannot stand before this place.
        if not self._rows or self._rows[-1].line <= match.line:
            missing = match.line - (self._rows[-1].line if self._rows else 0)
            if not self.reach(len(self._rows) + missing + 1):
                return
            if self._flow is not None and self._rows[-1].line <= match.line:
                self.call_later(self._show_match)
                return
        place = _row_of(self._rows, match)
        top = self.scroll_offset.y
        if not top <= place < top + self.size.height:
            self.reach(place + self.size.height)
            self.scroll_to(y=max(0, place - self.size.height // 3), animate=False, force=True, immediate=True)

    def reached(self) -> None:
        """Go on to what was wanted: a match, or the end."""
        if self._match >= 0 and self._target < 1 << 40:
            self._show_match()
        else:
            super().reached()

    # Selecting.

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text: rows of one line are joined, as they were."""
        if selection.start is None and selection.end is None:
            return self._text, "\n"
        start = selection.start.transpose if selection.start is not None else (0, 0)
        end = selection.end.transpose if selection.end is not None else (len(self._rows), 0)
        parts: list[str] = []
        for place in range(start[0], min(end[0] + 1, len(self._rows))):
            row = self._rows[place]
            shown = " " * row.hang + self._lines[row.line][row.start : row.end]
            shown = shown[: end[1]] if place == end[0] else shown
            skip = start[1] if place == start[0] else row.hang
            newline = "\n" if row.start == 0 and parts else ""
            parts.append(newline + shown[skip:])
        return "".join(parts), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show the selection."""
        self.repaint()

    # Drawing.

    def wraps(self, number: int) -> bool:
        """Whether a line is wrapped; else it is cut at the edge."""
        return True

    def hang(self, number: int) -> int:
        """Blanks before the second row of a line that is wrapped."""
        text = self._lines[number]
        return len(text) - len(text.lstrip(" ")) + 2 if self._is_json else 0

    def line_styles(self, number: int, first: int, last: int, base: Style) -> Iterator[tuple[int, int, Style]]:
        """Where a line looks otherwise than ``base`` between two places, matches and selection left out.

        Yields:
            Start, end and style, in order of their starts; of those over one another the last wins.
        """
        if self._is_json:
            for start, end, name in overlapping(json_spans(self._lines[number]), first, last):
                yield start, end, self.part(f"json--{name}", base)

    def draw_row(self, place: int, row: TextRow, width: int) -> Strip:
        """Draw part of a line: colours of JSON, then matches, then the selection."""
        base = self.rich_style
        text = self._lines[row.line]
        styles = list(self.line_styles(row.line, row.start, row.end, base))
        matches = self._by_line.get(row.line, [])
        for match in matches[bisect_right(matches, row.start, key=_end) : bisect_left(matches, row.end, key=_start)]:
            current = self._match >= 0 and match == self._matches[self._match]
            styles.append((match.start, match.end, self.part(f"line--{'current-' if current else ''}match", base)))
        selection = self.text_selection
        span = selection.get_span(place) if selection is not None else None
        if span is not None:
            end = row.end if span[1] < 0 else row.start + span[1] - row.hang
            start = row.start + max(0, span[0] - row.hang)
            styles.append((start, end, base + self.screen.get_component_rich_style("screen--selection")))
        segments = [Segment(" " * row.hang, base)] if row.hang else []
        segments += _styled(text, row.start, row.end, styles, base)
        return Strip(segments).adjust_cell_length(width, base).apply_offsets(0, place)


def _row_of(rows: Sequence[TextRow], match: Match) -> int:
    """The row in which a match begins."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if (rows[middle].line, rows[middle].start) <= (match.line, match.start):
            low = middle + 1
        else:
            high = middle
    return low - 1


def _styled(text: str, start: int, end: int, styles: Sequence[tuple[int, int, Style]], base: Style) -> list[Segment]:
    """Cut a row where styles begin and end; of styles over one another the last wins."""
    looks, cuts = [base] * (end - start), {start, end}
    for first, last, style in styles:
        left, right = max(first, start), min(last, end)
        if left < right:
            looks[left - start : right - start] = [style] * (right - left)
            cuts.update((left, right))
    return [Segment(text[left:right], looks[left - start]) for left, right in pairwise(sorted(cuts))]
