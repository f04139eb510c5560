"""What people did in a run, as lines: plans, words about calls with what they changed, notes, comings and forks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.trajectory.events import Attendance, Forked, Intervention, Note, Plan
from engine.trajectory.headline import title
from eog_tui.call_words import of_word
from eog_tui.edits import edits
from eog_tui.glyphs import Tone
from eog_tui.replay.document import BLANK, UNFOLD, Line, pieces, said_lines

FOLDED_EDITS = 40
"""Lines of a diff that a folded step shows."""
_FOLDED_LINE = 400
"""Characters of one of these lines."""


def person_lines(event: Plan | Intervention | Note | Attendance | Forked, *, folded: bool) -> Iterator[Line]:
    """The lines of one event."""
    match event:
        case Plan():
            yield BLANK
            yield pieces((f"by {event.by or event.model or 'the planner'}", "accent"))
            yield from said_lines(event.text, folded=folded)
            if event.before is not None:
                yield BLANK
                yield pieces(("changed from what it said before", "waiting"))
                yield from _edit_lines(event.before, event.text, folded)
            if event.waits:
                yield pieces(("◌ waits for a person to accept or change it", "waiting"))
        case Intervention():
            yield BLANK
            sign, said = of_word(event)
            yield pieces((str(sign), sign.tone), (f" · {said}", ""), hang=2) if sign else pieces((said, "waiting"))
            if event.text:
                yield from said_lines(event.text, folded=folded)
            yield from _edit_lines(event.before, event.after, folded)
        case Note():
            yield BLANK
            yield pieces((f"by {event.by} · no model is told", "dim"))
            yield from said_lines(event.text, folded=folded)
        case Attendance():
            yield pieces((title(event), "waiting"), (f" {event.at:%H:%M:%S}", "dim"))
        case Forked():
            yield BLANK
            yield pieces((title(event), "accent"), hang=2)
            yield pieces(("restored ", "dim"), (", ".join(event.restored), ""), hang=2)
            yield from _edit_lines(event.before, event.after, folded)


def _edit_lines(before: Any, after: Any, folded: bool) -> Iterator[Line]:
    """What became of what, where something did."""
    if before is None and after is None:
        return
    for number, edit in enumerate(edits(before, after)):
        if folded and number == FOLDED_EDITS:
            yield pieces((f"  … more · {UNFOLD}", "dim"))
            return
        rest = len(edit.text) - _FOLDED_LINE if folded else 0
        text = f"{edit.text[:_FOLDED_LINE]}… +{rest:,} chars" if rest > 0 else edit.text
        first, *others = text.split("\n")
        sign = "−" if edit.sign == "-" else edit.sign
        tone: Tone = "strong" if edit.sign == "+" else "dim"
        yield pieces((f"{sign} ", "accent"), (first, tone), hang=2)
        yield from (pieces((f"  {other}", tone), hang=2) for other in others)
