"""The app on real stores, as the Runs and Launch tests open it: a fixed clock, no model, no network."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from unittest import mock

import pytest
from textual.app import App
from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import Worker

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


def at_work(app: App[Any]) -> list[Worker[Any]]:
    """What the app does beside its screens; a question that waits for its answer is no work, nor is following."""
    return [
        worker
        for worker in app.workers
        if worker.is_running
        and worker.group not in ("store", "word", "rules")
        and worker.name not in ("ask", "_delete_rule")
    ]


async def settled(pilot: Any) -> None:
    """Wait until nothing is being read or about to be."""
    quiet, end = 0, monotonic() + 30
    while monotonic() < end:
        await pilot.pause(0.02)
        work = at_work(pilot.app)
        quiet = 0 if work else quiet + 1
        if quiet == 3:
            return
    raise AssertionError(f"still at work after half a minute: {work}")


async def handled(pilot: Pilot[Any]) -> None:
    """Wait until no widget has a message left: what a key or click brings about, short of workers and timers."""
    calm = 0
    while calm < 2 and pilot.app.is_running and pilot.app.screen_stack:
        if not await pilot._wait_for_screen():
            return  # the app ends
        widgets = (pilot.app, *pilot.app.screen.walk_children(with_self=True))
        calm = 0 if any(widget.message_queue_size for widget in widgets) else calm + 1


async def until(pilot: Pilot[Any], happened: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something that is to be seen, or that another thread does."""
    end = monotonic() + seconds
    while not happened():
        assert monotonic() < end, f"it did not happen:\n{picture(pilot)}"
        await pilot.pause(0.02)


async def shows(pilot: Pilot[Any], words: str) -> None:
    """Wait until the picture holds these words."""
    await until(pilot, lambda: words in picture(pilot))


async def sees(pilot: Pilot[Any], screen: type[Screen[Any]]) -> None:
    """Wait until this screen is on top."""
    await until(pilot, lambda: isinstance(pilot.app.screen, screen))


async def from_palette(pilot: Pilot[Any], words: str, key: str = "colon") -> None:
    """Choose the command in whose title these words stand, once the palette has found it."""
    await pilot.press(key)
    await sees(pilot, CommandPalette)
    palette = pilot.app.screen
    await pilot.press(*words)

    def found() -> bool:
        hits = palette.query_one(CommandList)
        if hits.highlighted is None or any(each.is_running and each.node is palette for each in pilot.app.workers):
            return False
        return words in str(hits.get_option_at_index(hits.highlighted).prompt).lower()

    await until(pilot, found)
    await pilot.press("enter")


def lines(pilot: Pilot[Any]) -> list[str]:
    """The picture as text."""
    width, height = pilot.app.size
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip)[:width].rstrip() for strip in strips][:height]


def picture(pilot: Pilot[Any]) -> str:
    return "\n".join(lines(pilot))


def toasts(pilot: Pilot[Any]) -> str:
    return "\n".join(note.message for note in pilot.app._notifications)


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
