"""``eog-tui fork``: go on from a step of a recorded run, without the app or with a person at the Workbench."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from engine.who import me
from eog_tui.commands.act import NO_JSON, act_by_hand
from eog_tui.commands.options import (
    AllowOption,
    ApproveOption,
    JsonOption,
    PeekOption,
    PlannerLlmOption,
    PlanOption,
    ReviewPlanOption,
    StoreOption,
)
from eog_tui.commands.output import fail, opened_store
from eog_tui.commands.run import carry_out, checked_launch
from eog_tui.commands.typed import typed_arguments, typed_text


def fork(
    context: typer.Context,
    run: Annotated[int, typer.Argument(metavar="RUN", help="Number of the run to fork, see eog-tui runs.")],
    step: Annotated[
        int, typer.Option(min=0, help="Last step to keep; with --message or --arguments the one that is changed.")
    ],
    message: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the message of that step says instead; @FILE reads it.")
    ] = None,
    arguments: Annotated[
        str | None,
        typer.Option(metavar="JSON", help="What the call of that step is made with instead; @FILE reads it."),
    ] = None,
    agent: Annotated[
        str,
        typer.Option(
            help="Who goes on: react or planner_react (a model), scripted (a list of calls) or human (you, in the app)."
        ),
    ] = "react",
    llm: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="LLM config (JSON) for react and planner_react. Default: the parent's."),
    ] = None,
    script: Annotated[Path | None, typer.Option(metavar="FILE", help="Call list for scripted.")] = None,
    plan: PlanOption = None,
    planner_llm: PlannerLlmOption = None,
    review_plan: ReviewPlanOption = False,
    approve: ApproveOption = "none",
    allow: AllowOption = None,
    peek: PeekOption = False,
    max_steps: Annotated[int, typer.Option(min=1, help="How many times the agent may ask its model.")] = 50,
    pause: Annotated[float, typer.Option(min=0, help="Seconds that scripted waits before each call.")] = 0.0,
    repeat: Annotated[int, typer.Option(min=1, help="How many forks.")] = 1,
    concurrency: Annotated[int, typer.Option(min=1, help="Runs at once.")] = 4,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Go on from a step of a recorded run, as a run of its own. Exit code 0 only if all passed."""
    place: dict[str, Any] = {
        "run_id": run,
        "step": step,
        "by": me(),
        "message": typed_text(message, "--message") if message is not None else None,
        "arguments": typed_arguments(arguments) if arguments is not None else None,
    }
    with opened_store(store) as opened:
        if agent in ("react", "planner_react") and llm is None:
            own = opened.settings(run).get("llm")
            llm = Path(own) if own else None
        launch = checked_launch(
            fork=place,
            agent=agent,
            llm=llm,
            script=script,
            plan=plan,
            planner_llm=planner_llm,
            review_plan=review_plan,
            approve=approve,
            allow=allow or (),
            peek=peek,
            max_steps=max_steps,
            pause_s=pause,
            repeat=repeat,
            concurrency=concurrency,
        )
        if agent != "human":
            opened.mark_interrupted()
            carry_out(launch, opened, json_=json_)
        if json_:
            fail(NO_JSON)
    act_by_hand(context.obj, launch, store)
