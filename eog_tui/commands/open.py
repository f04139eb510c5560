"""Opens the app on a store, with an engine beside it, and sees to the runs that still live when it is left."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from eog_tui.commands.ending import ending_in_order, leaving
from eog_tui.commands.log import logged
from eog_tui.commands.options import Appearance
from eog_tui.commands.output import fail, opened_store, say
from eog_tui.commands.waiting import Asking
from eog_tui.figures import money
from eog_tui.settings import SettingsError, read_settings
from eog_tui.terminal import refusal

if TYPE_CHECKING:
    from engine.runs.engine import Engine
    from engine.runs.spec import Launch
    from engine.trajectory.reading import RunRow
    from engine.trajectory.store import Store

POLL_SECONDS = 0.2
PROGRESS_SECONDS = 5.0
"""How often it is said how far runs have come that were left running."""


def open_app(
    appearance: Appearance,
    *,
    store: str | None = None,
    replay: tuple[int, int | None] | None = None,
    launch: Launch | None = None,
) -> None:
    """Run the app until it is left.

    Args:
        appearance: what the command line says about looks; it goes before the settings file.
        store: where the store is; by default as ``Store.open`` says.
        replay: a run, and maybe a step, to open at once.
        launch: one to start and watch at once.
    """
    if why := refusal():
        fail(why)
    try:
        settings = read_settings()
    except SettingsError as error:
        fail(str(error))
    from engine.runs.engine import Engine
    from eog_tui.app import EogApp
    from eog_tui.screens.runs import RunsScreen
    from eog_tui.themes import UnknownThemeError

    with logged(), opened_store(store) as opened:
        opened.mark_interrupted()
        with Engine(opened) as engine, ending_in_order(engine, opened) as ending:
            try:
                app = EogApp(
                    opened,
                    engine,
                    start=lambda: RunsScreen(store_name(store), replay=replay, launch=launch),
                    theme=appearance.theme or settings.theme,
                    ascii_only=appearance.ascii or settings.ascii,
                    keys=settings.keys,
                    bell=settings.bell,
                )
            except UnknownThemeError as error:
                fail(str(error))
            # What was imported stays to the end: without this, each full collection looks at all of it again (65 ms).
            gc.collect()
            gc.freeze()
            ending.leave = leaving(app)
            left = app.run(mouse=appearance.mouse and settings.mouse)
            ending.leave = None
            tell_left(engine)
            if left == "leave" and not ending.heard:
                wait_for_runs(opened, engine)
            elif engine.going():
                say("stopping …")
    # Leaving the block has stopped what still lived.
    if ending.heard:
        raise typer.Exit(ending.code)
    if app.return_code:
        raise typer.Exit(app.return_code)


def store_name(location: str | None) -> str:
    """What the app calls the store: ``default``, or the last part of its place."""
    from engine.trajectory.database import shown_place

    location = location or os.environ.get("EOG_STORE")
    return Path(shown_place(location)).name if location else "default"


def tell_left(engine: Engine) -> None:
    """Say which runs of a person stay open, and how they are gone on with."""
    for run_id in sorted(set(engine.alive()) - set(engine.going())):
        say(f"Run {run_id} stays open: a on it in eog-tui goes on where it is.")


def wait_for_runs(store: Store, engine: Engine) -> None:
    """Stay in the terminal until every run has ended but those of a person, or Ctrl+C stops them; say how it goes."""
    ids = engine.going()
    if not ids:  # the last one ended while it was asked about
        say("Every run has ended meanwhile.")
        return
    asking = Asking(store, ids)
    say(f"{'A run goes' if len(ids) == 1 else f'{len(ids)} runs go'} on without the app. Ctrl+C stops what is left.")
    left, said, next_word = ids, "", time.monotonic() + PROGRESS_SECONDS
    try:
        while left:
            for words in asking.news():
                say(words)
            time.sleep(POLL_SECONDS)
            going = set(engine.going())
            for run_id in left:
                if run_id not in going:
                    _say_end(store.run(run_id))
            left = [run_id for run_id in left if run_id in going]
            if left and time.monotonic() >= next_word:
                words = _progress([store.run(run_id) for run_id in ids], len(left))
                if words != said:
                    say(words)
                said, next_word = words, time.monotonic() + PROGRESS_SECONDS
    except KeyboardInterrupt:
        say("stopping …")
        engine.close()
        for run_id in left:
            _say_end(store.run(run_id))


def _say_end(row: RunRow) -> None:
    say(f"run {row.id} {row.status} · {row.task} · eog-tui replay {row.id}")


def _progress(rows: Sequence[RunRow], going: int) -> str:
    costs = [row.cost_usd for row in rows if row.cost_usd is not None]
    figures = [f"{going} of {len(rows)} going", f"{sum(row.steps for row in rows):,} steps"]
    return " · ".join([*figures, *([money(sum(costs))] if costs else [])])
