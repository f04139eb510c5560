"""Taking the seat at a run: from Live and back again, and at a run that another process has."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Iterator

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import Pause, Resume, Say, TakeOver
from engine.runs.spec import Launch
from engine.trajectory.events import Attendance, Intervention
from engine.trajectory.store import Store
from eog_tui.live import ordering
from eog_tui.screens.confirm import ConfirmScreen
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
    launched = engine.launch(Launch(sources=({SILENT!r},), pause_s=600))
    print(launched.run_ids[0], flush=True)
    launched.done.result(120)
"""

BY_HAND_ELSEWHERE = f"""
import sys
from engine.runs.engine import Engine
from engine.runs.orders import Come, Go
from engine.runs.spec import Launch
from engine.trajectory.store import Store

with Store.open(sys.argv[1]) as store, Engine(store) as engine:
    [run_id] = engine.launch(Launch(sources=({SILENT!r},), agent="human")).run_ids
    engine.order(run_id, Come(by="ada")).result(30)
    print(run_id, flush=True)
    for line in sys.stdin:
        engine.order(run_id, Go(by="ada")).result(30)
"""


async def watch(person: Person, run_id: int) -> LiveScreen:
    await person.app.push_screen(live := LiveScreen(run_id))
    await person.until(lambda: live.sight is not None and live.sight.outline.started is not None)
    return live


async def go_back(person: Person, live: LiveScreen) -> None:
    while person.screen is not live:
        await person.press("escape")
        await person.pilot.pause(0.02)


async def test_who_took_over_comes_back_with_the_same_key(store: Store, engine: Engine) -> None:
    [run_id] = engine.launch(Launch(sources=(SILENT,), pause_s=600)).run_ids
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


@pytest.fixture
def asking_elsewhere(store: Store) -> Iterator[int]:
    """A run that another process has; its calls wait for a word."""
    script = ELSEWHERE.replace("pause_s=600", 'approve="every"')
    with subprocess.Popen(
        [sys.executable, "-c", script, str(store.database.url.database)], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        yield int(child.stdout.readline())
        child.kill()


@pytest.mark.parametrize("pauses", [True, False])
async def test_who_hands_back_is_told_of_a_pause_that_waits_in_another_process(
    store: Store, engine: Engine, asking_elsewhere: int, pauses: bool
) -> None:
    async with at_runs(store, engine) as person:
        await person.until(lambda: store.run(asking_elsewhere).status == "waiting")
        for order in (Pause(by="kim"), *([] if pauses else [Resume(by="kim")]), TakeOver(by="ann")):
            await ordering.carry_out(engine, store, asking_elsewhere, order)
        await person.app.push_screen(WorkbenchScreen(asking_elsewhere))
        await person.seated()
        await person.press("space")
        await person.until(lambda: person.bench._desk.attended.paused)
        await person.press("space", "escape", "a")
        await person.until(lambda: isinstance(person.screen, ConfirmScreen))
        assert ("asked to pause" in person.drawn) is pauses
        await person.press("h")
        await person.until(lambda: store.run(asking_elsewhere).status == ("paused" if pauses else "waiting"))


@pytest.fixture
def ada(store: Store) -> Iterator[subprocess.Popen[str]]:
    """A process in which Ada sits at her run, the first; a line on its standard input makes her leave."""
    words = [sys.executable, "-c", BY_HAND_ELSEWHERE, str(store.database.url.database)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        yield child
        child.kill()


async def test_a_person_sits_down_where_another_process_has_their_run_once_nobody_sits_there(
    store: Store, engine: Engine, ada: subprocess.Popen[str]
) -> None:
    async with at_runs(store, engine, (160, 48)) as person:
        await person.until(lambda: person.screen.selected_run)
        await person.press("a")
        await person.until(lambda: isinstance(person.screen, WorkbenchScreen) and "somebody else" in person.drawn)
        assert f"process {ada.pid} on {platform.node()}" in person.drawn
        assert "pid:[" not in person.drawn
        for key in ("t", "d", "w", "space"):
            await person.press(key)
        assert "Somebody else acts" in person.toasts
        assert isinstance(person.screen, WorkbenchScreen)
        print(file=ada.stdin, flush=True)
        await person.seated()
        assert "you are the agent" in person.said()
        assert f"process {ada.pid}" not in person.drawn
        await person.call("get_user", user_id="USER_014")
        assert "USER_014" in person.result
        while isinstance(person.screen, WorkbenchScreen):
            await person.press("escape")
        await person.until(lambda: person_left(store, 1))
    attendance = [(event.action, event.by == "ada") for event in store.history(1) if isinstance(event, Attendance)]
    assert attendance == [("came", True), ("left", True), ("came", False), ("left", False)]


async def test_from_runs_a_goes_on_where_a_person_took_over_and_leaves_a_model_alone(
    store: Store, engine: Engine
) -> None:
    [run_id] = engine.launch(Launch(sources=(SILENT,), pause_s=600)).run_ids
    async with at_runs(store, engine) as person:
        await person.until(lambda: store.run(run_id).steps > 1)
        await person.press("a")
        await person.until(lambda: "A model acts in this run" in person.toasts)
        assert not isinstance(person.screen, WorkbenchScreen)
        engine.order(run_id, TakeOver(by="ann")).result(20)
        await person.press("a")
        await person.seated()
        assert person.bench.run_id == run_id
        await person.call("get_user", user_id="USER_014")
        assert "USER_014" in person.result


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
