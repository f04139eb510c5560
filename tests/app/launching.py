"""The app on real stores, as the Runs and Launch tests open it: a fixed clock, no model, no network."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from engine.runs.engine import Engine
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.base import EogScreen
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.runs import RunsScreen
from tests.app.recorded import record_hostile, record_story
from tests.app.tape import START

NOW = START + timedelta(minutes=52)
"""The wall clock of pictures: a little after the last run of the story began."""


def fixed_now() -> datetime:
    return NOW


def stop_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything that is shown be as old as it is at ``NOW``."""
    for place in ("eog_tui.screens.runs.now", "engine.trajectory.reading.now"):
        monkeypatch.setattr(place, fixed_now)


def app_on(store: Store, engine: Engine | None = None, screen: Callable[[], EogScreen[Any]] = RunsScreen) -> EogApp:
    return EogApp(store, engine or Engine(store), start=screen)


async def settled(pilot: Any) -> None:
    """Wait until nothing is being read or about to be; a question that waits for its answer is no work."""
    quiet = 0
    for _ in range(250):
        await pilot.pause(0.02)
        work = [each for each in pilot.app.workers if each.is_running and each.group != "store" and each.name != "ask"]
        quiet = 0 if work else quiet + 1
        if quiet == 3:
            return
    raise AssertionError(f"still at work after five seconds: {work}")


def told_store(path: Path) -> Store:
    store = Store.open(path)
    record_story(store)
    return store


# What the pty test opens; each in a process of its own.


def _own_store() -> Store:
    return Store.open(Path(tempfile.mkdtemp()) / "store.db")


def hostile_runs() -> EogApp:
    store = _own_store()
    record_hostile(store)
    return app_on(store)


def hostile_launch() -> EogApp:
    from tests.app.pty_corpus import HOSTILE
    from tests.app.test_launch_form import task_json

    folder = Path(tempfile.mkdtemp())
    os.chdir(folder)
    name = HOSTILE.replace("/", "_").replace("\0", "")[:80]
    verifier = {"verifier_type": HOSTILE, "name": HOSTILE, "description": HOSTILE, "validation_config": {"x": HOSTILE}}
    gym = {"mcp_server_name": HOSTILE, "mcp_server_url": f"http://{HOSTILE}", "seed_database_file": HOSTILE}
    text = task_json(
        user_prompt=HOSTILE,
        system_prompt=HOSTILE,
        selected_tools=[HOSTILE],
        verifiers=[verifier],
        gym_servers_config=[gym],
    )
    (folder / f"{name}.json").write_text(text)
    (folder / f"{name} broken.json").write_text('{"user_prompt": 1}')
    with mock.patch("eog_tui.screens.launch.recall", return_value={"source": ".", "gyms": "remote"}):
        screen = LaunchScreen()
    return app_on(_own_store(), screen=lambda: screen)
