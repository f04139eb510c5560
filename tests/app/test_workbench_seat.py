"""Taking the seat at a run: from Live and back again, and at a run that another process has."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import Say
from engine.runs.spec import Launch
from engine.trajectory.events import Attendance, Intervention
from engine.trajectory.store import Store
from eog_tui.live import ordering
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.workbench import WorkbenchScreen
from tests.app.sitting import SILENT, Person, at_runs
from tests.app.tape import Tape

ELSEWHERE = f"""
import sys
from engine.runs.engine import Engine
from engine.runs.orders import Say
from engine.runs.spec import Launch
from engine.trajectory.store import Store

with Store.open(sys.argv[1]) as store, Engine(store) as engine:
    launched = engine.launch(Launch(sources=({SILENT!r},), pause_s=1.0))
    print(launched.run_ids[0], flush=True)
    launched.done.result(120)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        yield store


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    with Engine(store) as engine:
        yield engine


async def watch(person: Person, run_id: int) -> LiveScreen:
    await person.app.push_screen(live := LiveScreen(run_id))
    await person.until(lambda: live.sight is not None and live.sight.outline.started is not None)
    return live


async def go_back(person: Person, live: LiveScreen) -> None:
    while person.screen is not live:
        await person.press("escape")
        await person.pilot.pause(0.02)


async def test_who_took_over_comes_back_with_the_same_key(store: Store, engine: Engine) -> None:
    [run_id] = engine.launch(Launch(sources=(SILENT,), pause_s=0.4)).run_ids
    async with at_runs(store, engine) as person:
        live = await watch(person, run_id)
        shown = live.sight
        live.action_act()
        live.action_act()
        await person.seated()
        assert sum(isinstance(screen, WorkbenchScreen) for screen in person.app.screen_stack) == 1
        await go_back(person, live)
        # What is shown is as old as can be.
        live.sight = shown
        await person.press("a")
        await person.seated()
        await person.call("get_user", user_id="USER_014")
        assert person.toasts == ""
        assert [event.action for event in person.events(Intervention)] == ["take_over"]
        assert [event.action for event in person.events(Attendance)] == ["came", "left", "came"]


@pytest.fixture
def elsewhere(store: Store) -> Iterator[int]:
    """A run that another process has; a person acts in it."""
    words = [sys.executable, "-c", ELSEWHERE, str(store.database.url.database)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        yield int(child.stdout.readline())
        child.kill()


async def test_a_run_of_another_process_is_acted_in(store: Store, engine: Engine, elsewhere: int) -> None:
    async with at_runs(store, engine) as person:
        live = await watch(person, elsewhere)
        await person.press("a")
        await person.seated()
        await person.call("get_user", user_id="USER_014")
        assert "USER_014" in person.result
        # What the screen offers is judged by the run's process, whose word is shown.
        person.bench._do(Say(by="ann", text="Hello?"))
        await person.until(lambda: "No model is at work" in person.drawn)
        await go_back(person, live)
        await person.until(lambda: person_left(store, elsewhere))


async def test_an_order_that_no_process_takes_is_taken_back(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "PATIENCE_SECONDS", 0.2)
    tape = Tape(store, "Elsewhere", "Go.").start()
    async with at_runs(store, engine) as person:
        await watch(person, tape.run_id)
        await person.press("a")
        await person.until(lambda: "does not answer" in person.toasts)
        assert store.take_orders() == []
        assert isinstance(person.screen, LiveScreen)


def person_left(store: Store, run_id: int) -> bool:
    attendance = [event for event in store.history(run_id) if isinstance(event, Attendance)]
    return attendance[-1].action == "left"
