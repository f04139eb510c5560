"""What became of a plan between two of its texts, as lines to read."""

from __future__ import annotations

from collections.abc import Sequence

from eog_tui.edits import edits
from eog_tui.glyphs import Tone
from eog_tui.replay.document import Line, pieces

_TONES: dict[str, Tone] = {"-": "fail", "+": "pass", " ": "dim"}


def difference(before: str, after: str) -> Sequence[Line]:
    """Lines that went (``-``), came (``+``) or stand beside a change; empty when nothing differs. May take a moment."""
    if before == after:
        return ()
    return [pieces((f"{edit.sign} {edit.text}", _TONES[edit.sign]), hang=2) for edit in edits(before, after)]


def how_many(lines: Sequence[Line]) -> str:
    """How many lines came and went, in words."""
    came, went = (sum(line.text.startswith(sign) for line in lines) for sign in "+-")
    return f"+{came:,} −{went:,} lines"
