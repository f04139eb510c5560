"""``eog-tui run``: run tasks without the app."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from eog_tui.commands.options import (
    AllowOption,
    ApproveOption,
    FrozenClockOption,
    GymsOption,
    JsonOption,
    PeekOption,
    PlannerLlmOption,
    PlanOption,
    ReviewPlanOption,
    SeedRootOption,
    StoreOption,
)
from eog_tui.commands.output import fail, opened_store, say, say_json, say_table
from eog_tui.commands.waiting import Asking, SlowGyms
from eog_tui.figures import passing
from eog_tui.literal import literal

if TYPE_CHECKING:
    from engine.runs.engine import Engine, Launched
    from engine.runs.spec import Launch
    from engine.trajectory.store import RunRow, Store


def run(
    context: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE", help="Folder of task files, one file, builtin:DOMAIN or builtin:DOMAIN/NAME."),
    ],
    agent: Annotated[
        str,
        typer.Option(
            help="Who acts: react or planner_react (a model), scripted (a list of calls) or human (you, in the app)."
        ),
    ] = "scripted",
    llm: Annotated[
        Path | None, typer.Option(metavar="FILE", help="LLM config (JSON) for react and planner_react.")
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Call list for scripted. Default: NAME.gold.json beside the task."),
    ] = None,
    seed_root: SeedRootOption = None,
    repeat: Annotated[int, typer.Option(min=1, help="Runs of each task.")] = 1,
    concurrency: Annotated[int, typer.Option(min=1, help="Runs at once.")] = 4,
    max_steps: Annotated[int, typer.Option(min=1, help="How many times an agent may ask its model.")] = 50,
    plan: PlanOption = None,
    planner_llm: PlannerLlmOption = None,
    review_plan: ReviewPlanOption = False,
    approve: ApproveOption = "none",
    allow: AllowOption = None,
    peek: PeekOption = False,
    pause: Annotated[float, typer.Option(min=0, help="Seconds that scripted waits before each call.")] = 0.0,
    frozen_clock: FrozenClockOption = False,
    gyms: GymsOption = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Run tasks and record every step. Exit code 0 only if all passed."""
    launch = checked_launch(
        sources=sources,
        agent=agent,
        llm=llm,
        script=script,
        seed_root=seed_root,
        repeat=repeat,
        concurrency=concurrency,
        max_steps=max_steps,
        plan=plan,
        planner_llm=planner_llm,
        review_plan=review_plan,
        approve=approve,
        allow=allow or (),
        peek=peek,
        pause_s=pause,
        frozen_clock=frozen_clock,
        gyms=gyms,
    )
    if agent == "human":
        from eog_tui.commands.act import NO_JSON, act_by_hand

        if json_:
            fail(NO_JSON)
        act_by_hand(context.obj, launch, store)
        return
    with opened_store(store) as opened:
        opened.mark_interrupted()
        carry_out(launch, opened, json_=json_)


def checked_launch(**named: Any) -> Launch:
    """The launch that options ask for; one that makes no sense ends the command with the option's name."""
    from pydantic import ValidationError

    from engine.runs.spec import Launch
    from engine.tasks.refusals import refusals
    from eog_tui.commands.typed import typed_patterns

    named["allow"] = typed_patterns(named.get("allow") or ())
    try:
        return Launch.model_validate(named)
    except ValidationError as error:
        [refused, *_] = refusals(error, Launch)
        field, colon, words = refused.partition(": ")
        if field == "fork":  # the place of a fork is several options
            raise typer.BadParameter(words) from error
        option = f"--{field.removesuffix('_s').replace('_', '-')}" if field in Launch.model_fields else field
        raise typer.BadParameter(f"{option}{colon}{words}") from error


def carry_out(launch: Launch, opened: Store, *, json_: bool) -> NoReturn:
    """Start what was asked for, show how it goes and what came of it, and end the command."""
    from engine.runs.engine import Engine
    from eog_tui.commands.ending import ending_in_order

    launched: Launched | None = None
    with Engine(opened) as engine, ending_in_order(engine, opened) as ending:
        launched = engine.launch(launch)
        if launched.skipped:
            say(f"skipped, no call list beside them: {', '.join(launched.skipped)}", err=True)
        if launched.unplanned:
            say(f"skipped, no plan in the library: {', '.join(launched.unplanned)}", err=True)
        asks = launch.approve != "none" or launch.review_plan
        tell: list[Asking | SlowGyms] = [SlowGyms(opened, launched.run_ids)]
        if asks:
            tell.append(Asking(opened, launched.run_ids))
        _follow(engine, launched, quiet=json_, tell=tell)
    if launched is None:
        raise typer.Exit(ending.code)
    rows = [opened.run(run_id) for run_id in launched.run_ids]
    if json_:
        say_json([as_json(row) for row in rows])
    else:
        _summary(rows)
        _tell_elsewhere(opened, rows)
    if ending.heard or any(row.status == "stopped" for row in rows):
        raise typer.Exit(ending.code)
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
        "verifiers": {"total": row.verifiers_total, "passed": passing(row)},
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
        "plan": _as_typed(row.plan),
        "parent_id": row.parent_id,
        "parent_step": row.parent_step,
        "interventions": row.interventions,
    }


def _as_typed(plan: str | None) -> str | None:
    """A plan as ``--plan`` takes it: ``12.3`` for version 3 of plan 12, or a file's name."""
    if plan is None:
        return None
    from engine.trajectory.plans import plan_number

    number = plan_number(plan)
    return f"{number[0]}.{number[1]}" if number and number[1] is not None else plan


def _follow(engine: Engine, launched: Launched, *, quiet: bool, tell: Sequence[Asking | SlowGyms]) -> None:
    """Show progress until every run has ended, and say what they wait for."""
    from concurrent.futures import TimeoutError as NotYet

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.text import Text

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
                for words in (line for each in tell for line in each.news()):
                    progress.console.print(Text(literal(words)), soft_wrap=True)


def _tell_elsewhere(opened: Store, rows: list[RunRow]) -> None:
    """Where gyms lived that were not here, and what they left there."""
    from engine.trajectory.databases import databases_left
    from eog_tui.screens.run_rows import EMBEDDED, gyms

    elsewhere = [row for row in rows if row.gyms != EMBEDDED]
    began = [(row, started) for row in elsewhere if (started := opened.started(row.id))]
    for words in dict.fromkeys(gyms(row, started) for row, started in began):
        say(f"gyms {words}")
    left = databases_left(opened, [row.id for row in elsewhere])
    for each in left:
        say(f"run {each.run_id} left database {each.database_id} at {each.where}", err=True)
    if left:
        say("to delete what stays behind: eog-tui gym clean", err=True)


def _summary(rows: list[RunRow]) -> None:
    from eog_tui.commands.show import RUN_COLUMNS, run_cells

    say_table(RUN_COLUMNS, [run_cells(row) for row in rows])
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    say()
    say(
        " · ".join(f"{number} {status}" for status, number in counts.items())
        + f" of {len(rows)} run{'s' * (len(rows) != 1)}"
    )
    for row in rows:
        if row.error:
            say(f"run {row.id} {row.task}: {row.error}", err=True)
    if any(row.status != "passed" for row in rows):
        first = next(row for row in rows if row.status != "passed")
        say(f"look closer: eog-tui show {first.id}   or step through it: eog-tui replay {first.id}")
