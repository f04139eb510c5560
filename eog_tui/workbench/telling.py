"""What the Workbench says in a few lines: who acts and for how long, what will be recorded, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.trajectory.events import Note
from engine.trajectory.steps import StepHead
from eog_tui.call_words import of_call
from eog_tui.figures import duration
from eog_tui.glyphs import OUTCOME, STATUS, Tone
from eog_tui.live.telling import clock
from eog_tui.widgets.line_view import Piece
from eog_tui.widgets.piece_lines import Pieces
from eog_tui.workbench.desk import Desk

PEEK, BLIND = "● peek", "○ blind"


def header(desk: Desk, at: datetime) -> tuple[list[Pieces], list[Pieces]]:
    """Who acts, the task, the step; at the right what may be seen, tools used, the clock."""
    run = desk.run
    sign, tone = who_acts(desk)
    step = f" · step {run.steps - 1}" if run.steps else ""
    left: list[Pieces] = [
        [(sign, tone), (" · ", "dim"), (run.task, "strong"), (f" · {run.domain}{step}", "dim")],
    ]
    sight: Piece = (PEEK, "waiting") if desk.peeks else (BLIND, "dim")
    used, offered = len(desk.used), len(desk.tools)
    time: Piece = (clock(desk.attended.seconds(at)), "strong")
    gap: Piece = ("  ", "")
    return left, [
        [sight, gap, (f"{used} of {offered} tools used", "dim"), gap, time],
        [sight, gap, (f"{used}/{offered} tools", "dim"), gap, time],
        [sight, gap, time],
    ]


def who_acts(desk: Desk) -> tuple[str, Tone]:
    """In a glyph and a few words."""
    status = STATUS[desk.run.status]
    if not desk.run.alive:
        return str(status), status.tone
    if desk.started is None:
        return "◌ starting", "waiting"
    if desk.taken:
        return "◌ somebody else acts", "waiting"
    if not desk.person_acts:
        return "▶ the agent acts", "running"
    return ("◌ you paused", "waiting") if desk.attended.paused else ("◌ you are the agent", "accent")


def will_be_recorded(desk: Desk, at: datetime) -> list[Pieces]:
    """What the run's record will say of the person's work."""
    calls = [head for head in desk.heads if head.kind == "call"]
    failed = sum(head.ok is False for head in calls)
    writing = sum(bool((tool := desk.tool(head.tool)) and tool.writes) for head in calls if head.ok)
    made: list[Piece] = [
        ("calls   ", "dim"),
        (f"{len(calls)}", "strong"),
        (f" · {writing} with tools that write", ""),
        (f" · {failed} refused or failed" if failed else "", "error"),
    ]
    lines: list[Pieces] = [made]
    if desk.peeks:
        lines.append([("rows    ", "dim"), (f"{desk.written:,}", "strong"), (" written", "")])
    lines.append(
        [("notes   ", "dim"), (f"{len(desk.notes)}", "strong"), (" · they are recorded, no model is told", "")]
    )
    lines.append([("time    ", "dim"), (clock(desk.attended.seconds(at)), "strong"), (" without pauses", "")])
    return lines


def ending(desk: Desk, at: datetime) -> list[Pieces]:
    """How the run ended and why, verifier by verifier."""
    run, status = desk.run, STATUS[desk.run.status]
    passed = sum(verdict.outcome == "pass" for verdict in desk.verdicts)
    told: list[Piece] = [(str(status), status.tone)]
    if desk.verdicts:
        told.append((f"  {passed} of {len(desk.verdicts)} verifiers", ""))
    told.append((f"  {clock(desk.attended.seconds(run.ended_at or at))} at work", "dim"))
    lines: list[Pieces] = [told]
    if run.error:
        lines.append([("! ", "error"), (run.error.splitlines()[0], "")])
    lines.append([])
    for verdict in desk.verdicts:
        sign = OUTCOME[verdict.outcome]
        lines.append([(f"{sign!s:<8}", sign.tone), (verdict.name, ""), (" · kept" if verdict.kept else "", "dim")])
        if verdict.reason:
            lines.append([(f"        {verdict.reason}", "dim")])
    return lines


def step_words(head: StepHead) -> tuple[str, Tone]:
    """What became of a step, for one cell."""
    if head.kind != "call":
        return "", ""
    if head.ok is None:
        return "… under way", "running"
    if not head.ok:
        sign, said = of_call(head)
        return f"{sign} {said}", sign.tone
    return (f"● {head.change_line}", "") if head.change_line else (head.shape, "dim")


def notes_text(notes: Sequence[Note]) -> str:
    """All notes, each under its step and time of day."""
    if not notes:
        return "No note yet: w writes one. Notes are recorded and never sent."
    return "\n\n".join(f"step {note.step} · {note.at.astimezone():%H:%M} · {note.by}\n{note.text}" for note in notes)


def result_title(head: StepHead) -> str:
    """What a shown result is the result of."""
    took = f" · {duration(head.duration_s)}" if head.duration_s is not None else ""
    return f"{head.number} {head.title}{took}"
