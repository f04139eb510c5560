"""``eog-tui runs`` and ``eog-tui show``: print what is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from eog_tui.commands.options import JsonOption, StoreOption
from eog_tui.commands.output import fail, opened_store, say, say_json, say_table
from eog_tui.figures import acts_blind, verified

if TYPE_CHECKING:
    from engine.trajectory.store import RunRow

RUN_COLUMNS = (
    ("run", "right"),
    ("status", "left"),
    ("task", "left"),
    ("agent", "left"),
    ("verif", "right"),
    ("steps", "right"),
    ("tokens", "right"),
    ("cost", "right"),
    ("seconds", "right"),
)


def run_cells(row: RunRow) -> list[str]:
    """One line of a table of runs."""
    return [
        str(row.id),
        row.status,
        row.task,
        f"{row.agent} · {row.model}" if row.model else row.agent,
        verified(row),
        str(row.steps),
        f"{row.tokens_in + row.tokens_out:,}" if row.tokens_in or row.tokens_out else "–",
        f"${row.cost_usd:.2f}" if row.cost_usd is not None else "–",
        f"{row.duration_s:.1f}" if row.duration_s is not None else "–",
    ]


def runs(
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILTER", help="Words and filters such as status:failed domain:itsm agent:react."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """List recorded runs, newest first."""
    from engine.trajectory.store import RunQuery
    from eog_tui.commands.run import as_json

    with opened_store(store) as opened:
        opened.mark_interrupted()
        try:
            wanted = RunQuery.parse(" ".join(query or []))
        except ValueError as error:
            fail(str(error))
        rows = opened.runs(wanted, 0, limit)
        total = opened.count(wanted)
    if json_:
        say_json([as_json(row) for row in rows])
    elif not rows:
        say("No runs yet: eog-tui demo plays one, eog-tui run SOURCE runs tasks." if not query else "No run matches.")
    else:
        say_table(RUN_COLUMNS, [run_cells(row) for row in rows])
        if total > len(rows):
            say(f"{len(rows)} of {total:,}; --limit shows more")


def show(
    run: Annotated[int, typer.Argument(metavar="RUN", help="Number of a run, see eog-tui runs.")],
    step: Annotated[int | None, typer.Option(min=0, help="Only this step, in full.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Do not fold long texts.")] = False,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Print a recorded run: its steps, what they changed, and the verdicts."""
    from engine.trajectory.attendance import worked_s
    from engine.trajectory.databases import databases_left
    from engine.trajectory.events import RunEnded, ToolResult, now
    from eog_tui.commands.run import as_json
    from eog_tui.figures import duration
    from eog_tui.screens.run_rows import EMBEDDED, gyms
    from eog_tui.transcript import end_lines, interventions, step_lines, verdict_lines

    with opened_store(store) as opened:
        opened.mark_interrupted()
        row = opened.run(run)
        heads = [head for head in opened.steps(run) if step is None or head.number == step]
        if step is not None and not heads:
            there = f"its steps are 0 to {row.steps - 1}" if row.steps else f"it has none{' yet' * row.alive}"
            fail(f"run {run} has no step {step}; {there}")
        history = opened.history(run)
        worked = worked_s(history, now())
        if worked and row.agent == "human" and row.alive:  # the store knows whether its program died
            worked = row.duration_s or 0.0
        left = [] if row.alive or row.gyms == EMBEDDED else databases_left(opened, [run])
        if json_:
            events = [event for head in heads for event in opened.events(run, head.number)]
            untold = {"verifiers"} if acts_blind(row) else None
            verdicts = [verdict.model_dump(mode="json") for verdict in opened.verdicts(run)]
            say_json(
                {
                    **as_json(row),
                    "attended_s": worked or None,
                    "events": [event.model_dump(mode="json", exclude=untold) for event in events],
                    "verdicts": verdicts,
                    "databases_left": [{"id": each.database_id, "where": each.where} for each in left],
                }
            )
            return
        elsewhere = "" if row.gyms == EMBEDDED else gyms(row, opened.started(run))
        attended = f"attended {duration(worked)}" if worked else ""
        facts = (f"run {row.id}", row.status, row.task, row.agent, row.model, elsewhere, attended, interventions(row))
        say(" · ".join(fact for fact in facts if fact))
        for head in heads:
            folded = not (full or step is not None)
            for line in step_lines(head, opened.events(run, head.number), fold=folded, alive=row.alive):
                say(line)
        if step is None:
            if captured := sum(event.capture_s for event in history if isinstance(event, ToolResult)):
                say(f"row changes read from the server: {captured:.1f} s")
            ended = next((event for event in reversed(history) if isinstance(event, RunEnded)), None)
            for line in (*verdict_lines(opened.verdicts(run)), *end_lines(row, ended)):
                say(line)
            for each in left:
                say(f"! left database {each.database_id} at {each.where}; to delete it: eog-tui gym clean")
