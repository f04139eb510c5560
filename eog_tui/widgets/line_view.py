"""The base of views that draw line by line: tones as theme styles, pieces of text fitted to cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from eog_tui.glyphs import Tone

Piece = tuple[str, Tone]
"""A piece of a line: literal text, and what it means."""


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return ``text`` padded or cut to exactly ``width`` cells; a cut shows ``…``."""
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    pad = " " * (width - length)
    return pad + text if right else text + pad


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws lines of pieces; subclasses say how many lines there are and what stands in them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tone--pass",
        "tone--fail",
        "tone--error",
        "tone--running",
        "tone--waiting",
        "tone--stopped",
        "tone--dim",
        "tone--accent",
        "tone--strong",
        "line--cursor",
        "line--cursor-blurred",
        "line--match",
        "line--current-match",
    }
    DEFAULT_CSS = """
    LineView {
        height: 1fr;
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .tone--pass { color: $success; }
        & > .tone--fail { color: $error; }
        & > .tone--error { color: $warning; }
        & > .tone--running { color: $primary; }
        & > .tone--waiting { color: $warning; }
        & > .tone--stopped { color: $dim; }
        & > .tone--dim { color: $dim; }
        & > .tone--accent { color: $primary; }
        & > .tone--strong { text-style: bold; }
        & > .line--cursor { background: $cursor; text-style: bold; }
        & > .line--cursor-blurred { background: $cursor-blurred; }
        & > .line--match { text-style: underline; background: $cursor; }
        & > .line--current-match { text-style: reverse; }
    }
    LineView:ansi {
        & > .line--cursor { background: ansi_default; text-style: reverse; }
        & > .line--cursor-blurred { background: ansi_default; text-style: underline; }
        & > .line--match { background: ansi_default; text-style: underline; }
        & > .tone--dim { color: ansi_default; text-style: dim; }
        & > .tone--stopped { color: ansi_default; }
        & > .tone--pass { text-style: bold; }
    }
    LineView:nocolor {
        & > .tone--pass { text-style: bold; }
        & > .tone--fail { text-style: bold reverse; }
        & > .tone--error { text-style: bold reverse; }
        & > .tone--running { text-style: underline; }
        & > .line--cursor { text-style: reverse; }
        & > .line--cursor-blurred { text-style: underline; }
    }
    """

    _drawing = False
    _base: Style | None = None

    @property
    def rich_style(self) -> Style:
        """What lines begin with; worked out once for all lines that are drawn together, and only if one is."""
        if not self._drawing:
            return super().rich_style
        if self._base is None:
            self._base = super().rich_style
        return self._base

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines."""
        self._drawing = True
        try:
            return super().render_lines(crop)
        finally:
            self._drawing, self._base = False, None

    @property
    def cells(self) -> int:
        """How many cells a line has; the scrollbar's are not among them."""
        return self.scrollable_content_region.width

    def show_bar(self, lines: int, height: int) -> None:
        """Show the scrollbar of so many lines where ``height`` does not hold them.

        Textual does so once the lines are drawn, and then has to draw all again.
        """
        self.show_vertical_scrollbar = lines > height
        if self.show_vertical_scrollbar or self._vertical_scrollbar is not None:
            self.vertical_scrollbar.display = self.show_vertical_scrollbar
            self.vertical_scrollbar.window_virtual_size = lines

    def tone(self, tone: Tone, base: Style) -> Style:
        """The style of a tone on top of ``base``."""
        return base + self.get_component_rich_style(f"tone--{tone}", partial=True) if tone else base

    def part(self, name: str, base: Style) -> Style:
        """The style of a component class on top of ``base``."""
        return base + self.get_component_rich_style(name, partial=True)

    def strip(self, pieces: Iterable[Piece], width: int, base: Style) -> Strip:
        """One line of ``pieces``, padded or cut to ``width`` cells."""
        segments = []
        left = width
        for text, tone in pieces:
            length = len(text) if text.isascii() else cell_len(text)
            if length > left:
                segments.append(Segment(fit(text, left), self.tone(tone, base)))
                left = 0
                break
            segments.append(Segment(text, self.tone(tone, base)))
            left -= length
        if left:
            segments.append(Segment(" " * left, base))
        return Strip(segments, width)
