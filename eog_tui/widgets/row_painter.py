"""Draws a table's lines: the head over its columns, and a row's cells fitted into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from eog_tui.literal import line
from eog_tui.widgets.line_view import LineView, fit
from eog_tui.widgets.rows import Cell, Column, Row, layout


class RowPainter(Generic[Row]):
    """Knows columns and cells, and takes its looks from the view that it draws for."""

    def __init__(self, view: LineView, columns: Sequence[Column], cells: Callable[[Row], Sequence[Cell]]) -> None:
        """Make one.

        Args:
            view: has the styles ``table--header``, ``table--sorted``, ``table--mark`` and ``table--new``.
            columns: from left to right.
            cells: gives a row's cells, one a column.
        """
        self.columns = tuple(columns)
        self.cells = cells
        self._view = view

    def column_at(self, x: int, width: int) -> Column | None:
        """The column at a cell of the screen, when the table is so wide."""
        left = 1
        for _, column, cells_wide in layout(self.columns, width - 2):
            if x < left + cells_wide + 1:
                return column
            left += cells_wide + 1
        return None

    def row(self, row: Row, width: int, base: Style, *, marked: bool) -> Strip:
        """A row."""
        view, cells = self._view, self.cells(row)
        segments = [Segment("◆", view.part("table--mark", base)) if marked else Segment(" ", base)]
        for nth, (index, column, cells_wide) in enumerate(layout(self.columns, width - 2)):
            if nth:
                segments.append(Segment(" ", base))
            text, tone = cells[index]
            fitted = fit(line(text), cells_wide, right=column.right)
            word = fitted.lstrip(" ") if column.right else fitted.rstrip(" ")
            pad = fitted[len(word) :] if not column.right else fitted[: len(fitted) - len(word)]
            left, right = (pad, "") if column.right else ("", pad)
            # Blanks stay without the tone: it may be underlined or reversed.
            segments += [Segment(left, base), Segment(word, view.tone(tone, base)), Segment(right, base)]
        return Strip(segments).extend_cell_length(width, base)

    def head(self, width: int, sort: tuple[str, bool] | None, chip: str = "") -> Strip:
        """The names of the columns, an arrow at the one that is sorted by; ``chip`` covers the right end."""
        base = self._view.part("table--header", self._view.rich_style)
        segments = [Segment(" ", base)]
        for nth, (_, column, cells_wide) in enumerate(layout(self.columns, width - 2)):
            label, style = line(column.label), base
            if sort is not None and sort[0] == column.key:
                label += "↓" if sort[1] else "↑"
                style = self._view.part("table--sorted", base)
            segments += [Segment(" ", base)] if nth else []
            segments.append(Segment(fit(label, cells_wide, right=column.right), style))
        head = Strip(segments).extend_cell_length(width, base)
        if not chip:
            return head
        told = Strip([Segment(chip, self._view.part("table--new", self._view.rich_style))])
        return Strip.join([head.crop(0, width - cell_len(chip)), told])
