"""What every finished line passes on its way to the terminal: controls are dropped, glyphs may become ASCII."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from eog_tui.glyphs import ascii_only
from eog_tui.literal import drop_controls


class DropControls(LineFilter):
    """Drops whatever a terminal could obey, and hyperlinks, whose targets nobody sees."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return ``segments`` without control characters and links."""
        return [
            Segment(
                drop_controls(text),
                style.update_link(None) if style is not None and style.link else style,
                control,
            )
            for text, style, control in segments
        ]


class AsciiGlyphs(LineFilter):
    """Draws the interface with ASCII signs, for fonts and screen readers that lack the others."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return ``segments`` with every glyph translated."""
        return [Segment(ascii_only(text), style, control) for text, style, control in segments]
