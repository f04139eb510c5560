"""The first lines of Runs: how many runs stand how, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.cells import cell_len

from engine.trajectory.events import RunStatus
from eog_tui.figures import money
from eog_tui.glyphs import STATUS
from eog_tui.widgets.line_view import Piece
from eog_tui.widgets.piece_lines import Pieces

_GAP = "  "


def sums(
    counts: Mapping[RunStatus, int], spent: float | None, store_name: str, width: int, *, titled: bool
) -> tuple[list[Pieces], list[Pieces]]:
    """Every status that a run has, in as many lines as that takes; what stands at the right of the first.

    Args:
        counts: runs by status.
        spent: dollars; None when no run has a price.
        store_name: what the store is called; left out where the line is full.
        width: cells of a line.
        titled: whether the app's name goes first.
    """
    cost: Piece = (money(spent), "")
    title: list[Piece] = [("eog-tui  ", "dim")] if titled else []
    first: list[Piece] = [*title, (f"Runs {sum(counts.values()):,}", "strong")]
    lines, room = [first], width - cell_len(cost[0]) - 1
    for status, number in counts.items():
        if not number:
            continue
        sign = STATUS[status]
        told: Piece = (f"{sign.glyph} {number:,} {sign.word}", sign.tone)
        if _cells([*lines[-1], (_GAP, ""), told]) > room:
            lines.append([])
            room = width
        lines[-1] += [(_GAP, ""), told]
    return list(lines), [[(f"store {store_name}", "dim"), (" · ", "dim"), cost], [cost]]


def _cells(pieces: Iterable[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)
