"""``eog-tui run``: run tasks without the app."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eog_tui.commands.options import JsonOption, SeedRootOption, StoreOption
from eog_tui.commands.output import opened_store, reported, say, say_json, say_table

if TYPE_CHECKING:
    from engine.runs.engine import Engine, Launched
    from engine.trajectory.store import RunRow


def run(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help="Folder of task files, one file, builtin:DOMAIN or builtin:DOMAIN/NAME."
        ),
    ],
    agent: Annotated[str, typer.Option(help="Who acts: react (a model) or scripted (a list of calls).")] = "scripted",
    llm: Annotated[Path | None, typer.Option(metavar="FILE", help="LLM config (JSON) for react.")] = None,
    script: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Call list for scripted. Default: NAME.gold.json beside the task."),
    ] = None,
    seed_root: SeedRootOption = None,
    repeat: Annotated[int, typer.Option(min=1, help="Runs of each task.")] = 1,
    concurrency: Annotated[int, typer.Option(min=1, help="Runs at once.")] = 4,
    max_steps: Annotated[int, typer.Option(min=1, help="How many times an agent may ask its model.")] = 50,
    pause: Annotated[float, typer.Option(min=0, help="Seconds that scripted waits before each call.")] = 0.0,
    frozen_clock: Annotated[bool, typer.Option(help="Start every embedded gym at the same instant.")] = False,
    gyms: Annotated[
        str | None,
        typer.Option(
            metavar="WHERE",
            help="Where gyms live: embedded, remote (the server that the task or conf/domains.json names) or docker."
            " Default: as conf/domains.json says, else embedded.",
        ),
    ] = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Run tasks and record every step. Exit code 0 only if all passed."""
    from pydantic import ValidationError

    from engine.runs.engine import Engine
    from engine.runs.spec import Launch

    try:
        launch = Launch.model_validate(
            {
                "sources": sources,
                "agent": agent,
                "llm": llm,
                "script": script,
                "seed_root": seed_root,
                "repeat": repeat,
                "concurrency": concurrency,
                "max_steps": max_steps,
                "pause_s": pause,
                "frozen_clock": frozen_clock,
                "gyms": gyms,
            }
        )
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise typer.BadParameter(f"--{problem['loc'][0]}: {problem['msg']}") from error
    with opened_store(store) as opened:
        opened.mark_interrupted()
        with Engine(opened) as engine, reported():
            launched = engine.launch(launch)
            if launched.skipped:
                say(f"skipped, no call list beside them: {', '.join(launched.skipped)}", err=True)
            try:
                _follow(engine, launched, quiet=json_)
            except KeyboardInterrupt:
                say("stopping …", err=True)
                engine.close()
        rows = [opened.run(run_id) for run_id in launched.run_ids]
        if json_:
            say_json([as_json(row) for row in rows])
        else:
            _summary(rows)
    if any(row.status == "stopped" for row in rows):
        raise typer.Exit(130)
    raise typer.Exit(0 if all(row.status == "passed" for row in rows) else 1)


def as_json(row: RunRow) -> dict[str, Any]:
    """A run as other programs read it."""
    return {
        "run_id": row.id,
        "task": row.task,
        "domain": row.domain,
        "agent": row.agent,
        "model": row.model,
        "status": row.status,
        "verifiers": {"total": row.verifiers_total, "passed": row.verifiers_passed or 0},
        "steps": row.steps,
        "duration_s": row.duration_s,
        "tokens_in": row.tokens_in,
        "tokens_out": row.tokens_out,
        "cost_usd": row.cost_usd,
        "error": row.error,
        "answer": row.answer,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "experiment_id": row.experiment_id,
        "gyms": row.gyms,
    }


def _follow(engine: Engine, launched: Launched, *, quiet: bool) -> None:
    """Show progress until every run has ended."""
    from concurrent.futures import TimeoutError as NotYet

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("running"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=quiet or not sys.stderr.isatty(),
    )
    mine = set(launched.run_ids)
    with bar as progress:
        line = progress.add_task("runs", total=len(mine))
        while True:
            try:
                launched.done.result(timeout=0.1)
                return
            except NotYet:
                if launched.done.done():
                    raise
                progress.update(line, completed=len(mine) - len(mine & set(engine.alive())))


def _summary(rows: list[RunRow]) -> None:
    from eog_tui.commands.show import RUN_COLUMNS, run_cells

    say_table(RUN_COLUMNS, [run_cells(row) for row in rows])
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    say()
    say(" · ".join(f"{number} {status}" for status, number in counts.items()) + f" of {len(rows)} runs")
    for row in rows:
        if row.error:
            say(f"run {row.id} {row.task}: {row.error}", err=True)
    if any(row.status != "passed" for row in rows):
        first = next(row for row in rows if row.status != "passed")
        say(f"look closer: eog-tui show {first.id}   or step through it: eog-tui replay {first.id}")
