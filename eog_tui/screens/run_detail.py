"""What the Runs screen says of one run: why it ended so, what it changed last, what it answered; or all of it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.trajectory.events import RunEnded, Verdict
from engine.trajectory.store import RunRow, StepHead, Store
from eog_tui.figures import duration
from eog_tui.glyphs import OUTCOME, STATUS
from eog_tui.live.waiting import awaited, waits_for
from eog_tui.screens.run_rows import EMBEDDED, gyms
from eog_tui.transcript import end_lines, interventions, step_lines, verdict_lines
from eog_tui.widgets.line_view import Piece

_LATEST = 40
"""Steps that are looked at first: the last write is nearly always among them."""


@dataclass(frozen=True)
class Detail:
    """A run and the few facts that explain it."""

    row: RunRow
    verdicts: tuple[Verdict, ...]
    """Empty before the end."""
    latest: StepHead | None
    """Its last step."""
    wrote: StepHead | None
    """The last step that wrote."""
    elsewhere: str
    """Where its gyms live; empty when that is in the process that ran it."""
    waits: str = ""
    """What it waits for a person for, in words; empty when it does not wait."""


def read_detail(store: Store, run_id: int) -> Detail:
    """Read a run's facts; off the event loop.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
    """
    row = store.run(run_id)
    latest = wrote = None
    since = max(0, row.steps - _LATEST)
    while wrote is None:
        heads = store.steps(run_id, since)
        latest = heads[-1] if heads else None
        wrote = next((head for head in reversed(heads) if head.writes), None)
        if since == 0:
            break
        since = 0
    elsewhere = "" if row.gyms == EMBEDDED else gyms(row, store.started(run_id))
    waits = waits_for(row, awaited(store, row)) if row.status == "waiting" else ""
    return Detail(row, store.verdicts(run_id), latest, wrote, elsewhere, waits)


def detail_title(detail: Detail) -> list[Piece]:
    """One line that names the run in full."""
    row = detail.row
    start = row.started_at or row.created_at
    took = duration(row.duration_s) + (" at work" if row.agent == "human" and row.duration_s is not None else "")
    facts = [row.agent, row.model, detail.elsewhere, f"{start.astimezone():%Y-%m-%d %H:%M}", took, interventions(row)]
    return [(f"#{row.id} ", "dim"), (row.task, "strong"), ("".join(f" · {fact}" for fact in facts if fact), "dim")]


def detail_lines(detail: Detail) -> list[list[Piece]]:
    """Three lines or fewer, the one that explains most first; pieces are not literal yet."""
    row = detail.row
    lines = [_now(detail)] if row.alive else [*_end(detail)]
    if detail.wrote is not None:
        lines.append([("● ", "accent"), (detail.wrote.change_line, ""), (f"  step {detail.wrote.number}", "dim")])
    answer = next((part for part in row.answer.splitlines() if part.strip()), "")
    if answer:
        lines.append([("answer ", "dim"), (answer.strip(), "")])
    return lines


def _now(detail: Detail) -> list[Piece]:
    status = STATUS[detail.row.status]
    if detail.latest is None:
        return [(str(status), status.tone), ("  nothing has happened yet", "dim")]
    what: Piece = (detail.waits, status.tone) if detail.waits else (detail.latest.title, "")
    return [(str(status), status.tone), (f"  step {detail.latest.number}  ", "dim"), what]


def _end(detail: Detail) -> list[list[Piece]]:
    bad = [verdict for verdict in detail.verdicts if verdict.outcome != "pass"]
    # What failed says more than what could not run.
    bad.sort(key=lambda verdict: (verdict.outcome != "fail", verdict.index))
    lines: list[list[Piece]] = []
    if detail.row.error:
        lines.append([("! ", "error"), (detail.row.error.splitlines()[0], "")])
    if bad:
        first, sign = bad[0], OUTCOME[bad[0].outcome]
        pieces: list[Piece] = [(f"{sign.glyph} ", sign.tone), (first.name, "strong")]
        if first.reason:
            pieces.append((f": {first.reason}", ""))
        if len(bad) > 1:
            pieces.append((f"  and {len(bad) - 1} more", "dim"))
        lines.append(pieces)
    elif detail.verdicts:
        kept = sum(verdict.kept for verdict in detail.verdicts)
        done = len(detail.verdicts) - kept
        sign = OUTCOME["pass"]
        lines.append([(f"{sign.glyph} all verifiers pass", sign.tone), (f"  {done} done · {kept} kept", "dim")])
    return lines


def run_text(store: Store, run_id: int) -> str:
    """The whole run as text, nothing folded; off the event loop, and not literal yet.

    Raises:
        StoreError: the store cannot be read.
    """
    row, heads, history = store.run(run_id), store.steps(run_id), store.history(run_id)
    ended = next((event for event in reversed(history) if isinstance(event, RunEnded)), None)
    steps = (
        line
        for head in heads
        for line in step_lines(head, store.events(run_id, head.number), fold=False, alive=row.alive)
    )
    return "\n".join([*steps, "", *verdict_lines(store.verdicts(run_id)), *end_lines(row, ended)])
