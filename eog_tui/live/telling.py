"""What Live says of a run in a few lines: who does what and at which price, what waits, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.gyms.contract import SEED_SECONDS
from engine.runs.orders import Say
from engine.trajectory.events import Message, Plan, Proposal
from engine.trajectory.headline import title
from eog_tui.figures import amount, duration, money
from eog_tui.glyphs import OUTCOME, STATUS
from eog_tui.live.waiting import waits_for
from eog_tui.replay.trajectory import Outline
from eog_tui.screens.run_rows import agent, gyms
from eog_tui.widgets.line_view import Piece
from eog_tui.widgets.piece_lines import Pieces

MOST_FAILURES = 3
"""Verifiers whose failure is told above the panes; State has them all."""
THEN_PAUSES = "then it pauses"
"""Said where a run waits that was asked to pause."""
MOST_SAID = 3
"""Messages that wait to be read of which each has a line."""


def header(outline: Outline, at: datetime) -> tuple[list[Pieces], list[Pieces]]:
    """Status and task, then who acts and where the gyms live; at the right step, clock, tokens, cost."""
    run = outline.run
    status = STATUS[run.status]
    figures = [f"step {outline.last}"] if outline.heads else []
    if run.agent == "human" and run.duration_s is not None:
        figures.append(clock(run.duration_s))  # pauses and absences are no part of it
    elif run.started_at is not None:
        figures.append(clock(((run.ended_at or at) - run.started_at).total_seconds()))
    few = len(figures)
    if run.tokens_in or run.tokens_out:
        figures.append(f"{amount(run.tokens_in + run.tokens_out)} tok")
    if run.cost_usd is not None:
        figures.append(money(run.cost_usd))
    lines: list[Pieces] = [
        [(str(status), status.tone), ("  ", ""), (run.task, "strong")],
        [(f"run {run.id} · {agent(run)} · {gyms(run, outline.started)}", "dim")],
    ]
    return lines, [[(" · ".join(each), "")] for each in (figures, figures[:few])]


def clock(seconds: float) -> str:
    """A running time as clocks show it: ``00:41``, ``1:02:07``."""
    minutes, second = divmod(max(int(seconds), 0), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def under_way(
    outline: Outline,
    at: datetime,
    waits: Proposal | Plan | None = None,
    *,
    pausing: bool = False,
    seeding: str = "",
) -> list[Pieces]:
    """What the run waits for, and for how long; nothing once it has ended.

    Args:
        outline: the run.
        at: the moment, UTC.
        waits: the call or plan that waits for a word.
        pausing: whether someone asked the run to wait before its next call.
        seeding: address of the server that makes the run's database, as long as it does.
    """
    run, last = outline.run, outline.heads[-1] if outline.heads else None
    if not run.alive:
        return []
    age: Piece = (f" {_age((at - run.updated_at).total_seconds())}", "dim")
    then: list[Piece] = [(" · ", "dim"), (THEN_PAUSES, "waiting")] if pausing else []
    if run.status == "queued":
        if seeding:
            most: Piece = (f" · may take {SEED_SECONDS / 60:.0f} minutes", "dim")
            return [[(f"◌ {seeding} makes its database", "waiting"), age, most]]
        gym = " or its container" if "docker" in run.gyms else ""  # whose image may have to be pulled
        return [[(f"◌ waiting for its turn{gym}", "waiting"), age, *then]]
    if run.status == "paused":
        by = last.title if last is not None and last.kind == "control" else "paused"
        return [[(f"◌ {by}", "waiting"), age, (" · Space goes on", "dim")]]
    if run.status == "waiting":
        if waits is None:
            return [[(f"◌ {waits_for(run, waits)}", "waiting"), age, *then, (" · a goes there", "dim")]]
        return [[("◌ waits for your word", "waiting"), age, *then, (" · W answers · ", "dim"), (title(waits), "")]]
    doing: list[Piece] = [("… ", "running"), (_awaited(outline), ""), age]
    if last is not None and last.retries and last.ok is None:
        doing.append((f" · attempt {last.retries + 1}", "waiting"))
    if pausing:
        doing.append((" · pauses before the next call", "waiting"))
    return [doing]


def said_so_far(said: Sequence[Say]) -> list[Pieces]:
    """What people said that the model was not told yet, a line each; the last ones where there are many."""
    left_out = max(len(said) - MOST_SAID, 0)
    lines: list[Pieces] = [[(f"◌ {left_out} more said before, not read yet", "waiting")]] if left_out else []
    for order in said[left_out:]:
        words = title(Message(role="user", content=order.text))
        lines.append([(f"◌ said by {order.by}, not read yet  ", "waiting"), (words, "")])
    return lines


def _awaited(outline: Outline) -> str:
    last = outline.heads[-1] if outline.heads else None
    if last is not None and last.kind == "call" and last.ok is None:
        return f"waiting for the gym {last.gym}" if last.gym else "waiting for the gym"
    if last is not None and (last.kind in ("say", "limit") or (last.kind == "error" and last.ok is False)):
        return "checking the final state"
    return "waiting for the model" if outline.run.model else "waiting for the script"


def _age(seconds: float) -> str:
    """Tenths only while it is quick: a number that flickers draws the eye."""
    return f"{int(seconds)}s" if 1 <= seconds < 10 else duration(max(seconds, 0.0))


def ending(outline: Outline) -> list[Pieces]:
    """How the run ended and why; nothing while it goes on."""
    run = outline.run
    if run.alive:
        return []
    status = STATUS[run.status]
    lines: list[Pieces] = [[(str(status), status.tone), (f"  {_why(outline)}", "")]]
    verdicts = [check.verdict for check in outline.checks if check.verdict is not None]
    bad = [verdict for verdict in verdicts if verdict.outcome != "pass"]
    # What failed says more than what could not run.
    bad.sort(key=lambda verdict: (verdict.outcome != "fail", verdict.index))
    for verdict in bad[:MOST_FAILURES]:
        sign = OUTCOME[verdict.outcome]
        reason = f": {verdict.reason}" if verdict.reason else ""
        lines.append([(f"  {sign.glyph} ", sign.tone), (verdict.name, "strong"), (reason, "")])
    if len(bad) > MOST_FAILURES:
        lines.append([(f"    and {len(bad) - MOST_FAILURES} more in State", "dim")])
    if answer := next((part.strip() for part in run.answer.splitlines() if part.strip()), ""):
        lines.append([("  answer ", "dim"), (answer, "")])
    return lines


def _why(outline: Outline) -> str:
    run = outline.run
    verdicts = [check.verdict for check in outline.checks if check.verdict is not None]
    if run.status in ("passed", "failed") and verdicts:
        passed = sum(verdict.outcome == "pass" for verdict in verdicts)
        kept = sum(verdict.kept for verdict in verdicts)
        how = f": {passed - kept} done, {kept} kept" if passed == len(verdicts) else ""
        return f"{passed} of {len(verdicts)} verifiers pass{how}"
    return run.error or f"after {len(outline.heads)} steps"
