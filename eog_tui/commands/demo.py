"""``eog-tui demo``: an agent solves a built-in ticket; no key, no network, no container."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from eog_tui.commands.options import Appearance, StoreOption
from eog_tui.commands.output import opened_store, say

if TYPE_CHECKING:
    from engine.runs.spec import Launch
    from engine.trajectory.store import StepHead, Store

TASK = "builtin:itsm/vip-laptop-outage"
"""A ticket with a story: several look-ups, writes in several tables, a follow-up that is easily forgotten."""

SCREEN_PACE = 1.5
TEXT_PACE = 0.3
POLL_SECONDS = 0.05


def demo(
    context: typer.Context,
    headless: Annotated[bool, typer.Option("--headless", help="Print the demo as text instead.")] = False,
    pace: Annotated[float | None, typer.Option(min=0, metavar="SECONDS", help="Pause before each call.")] = None,
    store: StoreOption = None,
) -> None:
    """Watch an agent solve a built-in ticket, then step back through what it did."""
    from engine.runs.spec import Launch

    if pace is None:
        pace = TEXT_PACE if headless else SCREEN_PACE
    launch = Launch(sources=(TASK,), agent="scripted", pause_s=pace, gyms="embedded")
    if headless:
        _as_text(launch, store)
    else:
        from eog_tui.commands.open import open_app

        open_app(context.obj or Appearance(), store=store, launch=launch)


def finished_steps(store: Store, run_id: int) -> Iterator[StepHead]:
    """The steps of a run, each as soon as it is complete, until the run has ended."""
    shown = -1
    while True:
        row = store.run(run_id)
        over = not row.alive
        heads = store.steps(run_id, since=shown + 1)
        # The last step of a live run may still grow: a call waits for its result.
        for head in heads if over else heads[:-1]:
            yield head
            shown = head.number
        if over:
            return
        time.sleep(POLL_SECONDS)


def _as_text(launch: Launch, location: str | None) -> None:
    from engine.runs.engine import Engine
    from eog_tui.transcript import step_lines, verdict_lines

    with opened_store(location) as store, Engine(store) as engine:
        [run_id] = engine.launch(launch).run_ids
        say(f"Run {run_id}: {TASK}, played by the scripted agent in the built-in ITSM gym")
        for head in finished_steps(store, run_id):
            for line in step_lines(head, store.events(run_id, head.number), fold=True):
                say(line)
        say()
        for line in verdict_lines(store.verdicts(run_id)):
            say(line)
        row = store.run(run_id)
        say()
        say(f"{row.status} · {row.verifiers_passed}/{row.verifiers_total} verifiers · {row.steps} steps")
        say(f"Step back through it: eog-tui replay {run_id}   or as text: eog-tui show {run_id}")
    raise typer.Exit(0 if row.status == "passed" else 1)
