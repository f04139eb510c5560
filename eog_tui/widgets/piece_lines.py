"""A few lines that say something, as high as they are many; the first may say more at its right edge."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.geometry import Size
from textual.strip import Strip

from eog_tui.literal import line
from eog_tui.widgets.line_view import LineView, Piece

Pieces = Sequence[Piece]


class PieceLines(LineView, can_focus=False):
    """Shows lines of pieces, made literal here; what does not fit ends in ``…``."""

    DEFAULT_CSS = """
    PieceLines { height: auto; padding: 0 1; overflow: hidden hidden; scrollbar-gutter: auto; }
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._lines: Sequence[Pieces] = ()
        self._right: Sequence[Pieces] = ()

    @property
    def text(self) -> str:
        """What is said at the left, a line each."""
        return "\n".join("".join(text for text, _ in pieces) for pieces in self._lines)

    def show(self, lines: Sequence[Pieces], right: Sequence[Pieces] = ()) -> None:
        """Say something else.

        Args:
            lines: from top to bottom; none take no room.
            right: what the first line may end with, the longest first; the first that leaves the left whole is taken,
                or else the last.
        """
        if (lines, right) != (self._lines, self._right):
            grown = len(lines) != len(self._lines)
            self._lines, self._right = lines, right
            self.refresh(layout=grown)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row a line."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, base = self.size.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        left = [(line(text), tone) for text, tone in self._lines[y]]
        if y or not self._right:
            return self.strip(left, width, base)
        taken = sum(cell_len(text) for text, _ in left)
        for pieces in self._right:
            right = [(" ", ""), *((line(text), tone) for text, tone in pieces)]
            room = width - sum(cell_len(text) for text, _ in right)
            if taken <= room:
                break
        room = max(room, 0)
        return Strip.join([self.strip(left, room, base), self.strip(right, width - room, base)])
