"""Live tells what becomes of an order: a message that was not read yet, what is refused, and what nobody took."""

from __future__ import annotations

import asyncio
import getpass
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import ORDER, Say, Stop
from engine.trajectory.events import Message
from engine.trajectory.store import Store
from eog_tui.live.unread import unread
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.rules import RulesScreen
from eog_tui.screens.workbench import WorkbenchScreen
from eog_tui.screens.workbench_dialogs import WordsScreen
from tests.agents.openai_server import Say as Says
from tests.app.supervising import Supervisor, launched, model, supervising
from tests.app.tape import Tape

LOOK = Says(calls=[("get_user", {"user_id": "USER_011"})])
ME = getpass.getuser()
NEWS = f"◌ said by {ME}, not read yet  mind the sla"
RUNNER = (
    "import sys\nfrom pathlib import Path\nfrom engine.runs.engine import Engine\n"
    "from engine.trajectory.store import Store\nfrom tests.app.supervising import launched\n"
    "with Store.open(sys.argv[1]) as store, Engine(store) as engine:\n"
    "    launched(engine, Path(sys.argv[2]))\n"
    "    engine._work and next(iter(engine._work)).result(timeout=60)\n"
)
PROJECT = Path(__file__).resolve().parents[2]


class Thinking:
    """A model that thinks until it is let go, and then is done."""

    def __init__(self) -> None:
        self.asked, self.done = Event(), Event()

    def __call__(self, messages: Any) -> Says:
        self.asked.set()
        self.done.wait(60)
        return Says("Done.")


async def says(who: Supervisor, text: str) -> None:
    await who.press("i")
    await who.sees(WordsScreen)
    await who.press(*("space" if letter == " " else letter for letter in text), "ctrl+j")
    await who.sees(LiveScreen)


def spoken(store: Store, run_id: int) -> list[str]:
    return [each.content for each in store.history(run_id) if isinstance(each, Message) and each.by]


async def says_while_it_thinks(
    who: Supervisor, store: Store, thinking: Thinking, taken: Callable[[], bool] = lambda: True
) -> None:
    await who.until(thinking.asked.is_set, 60)  # another process may have to start
    await says(who, "mind the sla")
    await who.until(lambda: NEWS in who.said("now"))
    assert "waiting for the model" in who.said("now")
    assert spoken(store, 1) == []
    await who.until(taken)  # else the run may end first
    thinking.done.set()
    await who.until(lambda: "user   mind the sla" in who.drawn("#steps"))
    assert "not read yet" not in who.said("now")
    await who.until(lambda: not store.run(1).alive)
    assert spoken(store, 1) == ["mind the sla"]


async def test_what_is_said_while_the_model_thinks_is_seen_at_once(
    store: Store, engine: Engine, tmp_path: Path
) -> None:
    thinking = Thinking()
    with model(tmp_path, thinking) as (_, llm):
        async with supervising(store, engine, launched(engine, llm)) as who:
            await says_while_it_thinks(who, store, thinking)


async def test_what_is_said_to_a_run_of_another_process_is_seen_at_once(
    store: Store, engine: Engine, tmp_path: Path
) -> None:
    thinking = Thinking()
    with model(tmp_path, thinking) as (_, llm):
        words = [sys.executable, "-c", RUNNER, str(tmp_path / "store.db"), str(llm)]
        other = subprocess.Popen(words, cwd=PROJECT)  # noqa: ASYNC220 - starting it is quick
        try:
            while not store.count():
                assert other.poll() is None
                await asyncio.sleep(0.05)
            async with supervising(store, engine, 1) as who:
                await says_while_it_thinks(who, store, thinking, lambda: store.order_state(1).taken)
        finally:
            other.kill()
            other.wait(10)


async def test_what_is_said_to_a_paused_run_waits_with_it(store: Store, engine: Engine, tmp_path: Path) -> None:
    thinking = Thinking()
    with model(tmp_path, lambda said: LOOK if len(said) < 4 else thinking(said)) as (_, llm):
        run_id = launched(engine, llm, approve="every")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.press("space")
            await who.until(lambda: engine.paused(run_id))
            await who.press("W")
            await who.asked()
            await who.press("y")
            await who.until(lambda: store.run(run_id).status == "paused")
            await says(who, "mind the sla")
            await who.until(lambda: NEWS in who.said("now") and "◌ paused" in who.said("now"))
            await who.press("space")
            await who.until(lambda: "user   mind the sla" in who.drawn("#steps"))
            assert "not read yet" not in who.said("now")
            thinking.done.set()
            await who.until(lambda: not store.run(run_id).alive)


async def test_the_footer_begins_with_what_the_run_waits_for(store: Store, engine: Engine, tmp_path: Path) -> None:
    with model(tmp_path, lambda said: LOOK if len(said) < 4 else Says("Done.")) as (_, llm):
        run_id = launched(engine, llm, approve="every")
        async with supervising(store, engine, run_id, (100, 30)) as who:
            await who.asked()
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.until(lambda: who.drawn("KeyFooter").startswith(" W answer  Space pause"))
            assert "R rules" in who.drawn("KeyFooter")
            await who.press("a")
            bench = await who.sees(WorkbenchScreen)
            await who.until(lambda: bench._came)
            while who.app.screen is bench:
                await who.press("escape")
            await who.sees(LiveScreen)
            await who.until(lambda: who.drawn("KeyFooter").startswith(" a act on"))
            assert "W answer" not in who.drawn("KeyFooter")
            engine.order(run_id, Stop(by="kim"))


def test_of_two_messages_with_the_same_words_one_may_be_read(store: Store, engine: Engine) -> None:
    tape = Tape(store, "Elsewhere", "Go on.").start()
    order = Say(by="ada", text="Go on.\nPlease.")
    for _ in range(2):
        store.put_order(tape.run_id, ORDER.dump_json(order).decode())

    def told() -> tuple[Say, ...]:
        return unread(store, engine, store.run(tape.run_id), store.steps(tape.run_id))

    assert told() == (order, order)
    tape._append(Message, tape.next_step, role="user", content=order.text, by="ada")
    assert told() == (order,)
    (number, _, _), _ = store.take_orders()
    store.settle_order(number, "No model is at work in this run.")
    assert told() == (), "what is refused is never read"
    store.put_order(tape.run_id, ORDER.dump_json(order).decode())
    assert told() == (order,)
    tape.end("stopped")
    assert told() == ()


@pytest.mark.parametrize(("key", "then"), [("space", "pause"), ("s", "step"), ("i", "say"), ("x", "stop")])
async def test_an_order_that_nobody_takes_is_taken_back_and_told(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch, key: str, then: str
) -> None:
    monkeypatch.setattr("eog_tui.live.ordering.PATIENCE_SECONDS", 0.6)
    put, given = store.put_order, list[str]()

    def noted(run_id: int, order: str) -> int:
        given.append(ORDER.validate_json(order).kind)
        return put(run_id, order)

    monkeypatch.setattr(store, "put_order", noted)
    tape = Tape(store, "Elsewhere", "Go.").start()
    async with supervising(store, engine, tape.run_id) as who:
        await who.until(lambda: who.live.sight is not None)
        if then == "say":
            await says(who, "hm")
        else:
            await who.press(key)
        if then == "stop":
            await who.sees(ConfirmScreen)
            await who.press("s")
        await who.until(lambda: given == [then])
        await who.until(lambda: f"No process has run {tape.run_id} open" in who.toasts)
        await who.until(lambda: not any(each in who.said("now") for each in ("not read yet", "pauses before")))
        assert store.take_orders() == []


@pytest.mark.parametrize("key", ["space", "R"])
async def test_an_order_that_another_process_refuses_is_told(store: Store, engine: Engine, key: str) -> None:
    tape = Tape(store, "Elsewhere", "Go.").start()

    def refuse() -> None:
        while not (taken := store.take_orders()):
            sleep(0.02)
        store.settle_order(taken[0][0], "The run does not wait for that.")

    async with supervising(store, engine, tape.run_id) as who:
        await who.until(lambda: who.live.sight is not None)
        refuser = Thread(target=refuse)
        refuser.start()
        await who.press(key)
        if key == "R":
            await who.sees(RulesScreen)
            await who.press("right", "enter")
        await who.until(lambda: "The run does not wait for that." in who.toasts)
        refuser.join()
        await who.until(lambda: "pauses before" not in who.said("now"))
        assert "for your word" not in who.toasts
