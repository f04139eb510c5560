"""Supervising while others do too: words from elsewhere, processes that die, what may be seen, fast fingers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from textual import events
from textual.command import CommandPalette

from engine.runs.engine import Engine
from engine.runs.orders import Call, Reject, Stop, TakeOver
from engine.runs.spec import Fork, Launch
from engine.trajectory.events import Intervention, Proposal
from engine.trajectory.store import Store
from eog_tui.answers import ANSWERS, to
from eog_tui.commands.open import wait_for_runs
from eog_tui.live.following import Following
from eog_tui.live.state_views import HIDDEN
from eog_tui.live.waiting import awaited
from eog_tui.screens.approve import ApproveScreen
from eog_tui.screens.help import HelpScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.workbench_dialogs import WordsScreen
from eog_tui.widgets.help_list import HelpList
from eog_tui.workbench.desk import Desk, DeskReader
from tests.agents.openai_server import Say
from tests.app.supervising import SOURCE, launched, model, supervising

WRITE = Say(calls=[("update_incident", {"incident_id": "INC_021", "impact": "low"})])


def waiting_call(store: Store, run_id: int) -> Proposal:
    proposal = awaited(store, store.run(run_id))
    assert isinstance(proposal, Proposal)
    return proposal


@pytest.mark.parametrize("key", ["n", "r"])
async def test_a_word_from_elsewhere_closes_the_question_only_after_the_dialog_above_it(
    store: Store, engine: Engine, tmp_path: Path, key: str
) -> None:
    with model(tmp_path, [WRITE, Say("Then not.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press(key)
            await who.sees(WordsScreen)
            call = waiting_call(store, run_id)
            engine.order(run_id, Reject(by="kim", call_id=call.call_id, reason="no"))
            await who.until(lambda: not store.run(run_id).alive)
            await who.pilot.pause(1.2)
            assert isinstance(who.app.screen, WordsScreen), "what is typed is not lost"
            await who.press("escape")
            await who.until(lambda: "The call no longer waits" in who.toasts)
            await who.sees(LiveScreen)
            await who.press("escape", "escape")
            await who.until(lambda: "Then not." in who.drawn("#steps"))


async def test_what_is_typed_after_e_never_answers(
    store: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = DeskReader.look

    def slow(reader: DeskReader) -> Desk:
        time.sleep(0.4)
        return look(reader)

    with model(tmp_path, [WRITE, Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            screen = await who.asked()
            monkeypatch.setattr(DeskReader, "look", slow)
            await who.press("e", "y", "n", "a", "r", "A", "ctrl+j")
            assert who.app.screen is screen
            await who.until(lambda: screen.has_class("-editing"))
            assert store.run(run_id).status == "waiting"
            await who.press("escape", "e", "escape", "y")
            await who.until(lambda: not store.run(run_id).alive)
    assert [each.action for each in store.history(run_id) if isinstance(each, Intervention)] == ["approve"]


async def test_a_question_can_be_taken_away_at_any_moment_while_it_opens(
    store: Store, engine: Engine, tmp_path: Path
) -> None:
    with model(tmp_path, [WRITE, Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            first = await who.asked()
            for moments in range(0, 60, 2):
                who.app.push_screen(ApproveScreen(store, first._asked, first._rehearsal, lambda: False))
                for _ in range(moments):
                    await asyncio.sleep(0)
                who.app.pop_screen()
                await asyncio.sleep(0.01)
            assert who.app.screen is first
            await who.press("y")
            await who.until(lambda: not store.run(run_id).alive)


@pytest.mark.parametrize("key", ["n", "r"])
async def test_what_runs_ahead_of_a_dialog_never_answers(
    store: Store, engine: Engine, tmp_path: Path, key: str
) -> None:
    with model(tmp_path, [WRITE, Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            screen = await who.asked()
            for letter in (key, *"yeAA"):  # all of them are on their way before the first is taken
                screen.post_message(events.Key(letter, letter))
            await who.sees(WordsScreen)
            await who.pilot.pause(0.5)
            assert isinstance(who.app.screen, WordsScreen)
            await who.press("escape")
            assert who.app.screen is screen
            assert not screen.has_class("-editing")
            assert store.run(run_id).status == "waiting"
            await who.press("y")
            await who.until(lambda: not store.run(run_id).alive)
    assert [each.action for each in store.history(run_id) if isinstance(each, Intervention)] == ["approve"]


async def test_an_open_app_notices_that_another_process_died(
    store: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eog_tui.app.NOTICE_SECONDS", 0.3)
    script = (
        "import sys\nfrom engine.runs.engine import Engine\nfrom engine.trajectory.store import Store\n"
        "from engine.runs.spec import Launch\n"
        f"launch = Launch(sources=({SOURCE!r},), agent='scripted', approve='writing')\n"
        "with Store.open(sys.argv[1]) as store, Engine(store) as engine:\n"
        "    engine.launch(launch).done.result(timeout=60)\n"
    )
    other = subprocess.Popen(  # noqa: ASYNC220 - starting it is quick
        [sys.executable, "-c", script, str(tmp_path / "store.db")]
    )
    try:
        while not store.count():
            assert other.poll() is None
            await asyncio.sleep(0.05)
        async with supervising(store, engine, 1) as who:
            await who.asked()
            other.kill()
            other.wait(10)
            await who.sees(LiveScreen)
            await who.until(lambda: "■ interrupted" in who.said("ending"))
    finally:
        other.kill()
        other.wait(10)
    assert store.run(1).status == "interrupted"


@pytest.mark.parametrize("peek", [False, True])
async def test_verifiers_are_seen_before_the_end_only_with_peek(
    store: Store, engine: Engine, tmp_path: Path, peek: bool
) -> None:
    with model(tmp_path, [WRITE, Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing", peek=peek)
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.until(lambda: HIDDEN in who.drawn("#verifiers") or "✗ fail" in who.drawn("#verifiers"))
            assert (HIDDEN in who.drawn("#verifiers")) is not peek
            assert ("✗ fail" in who.drawn("#verifiers")) is peek
            await who.press("W")
            await who.asked()
            await who.press("y")
            await who.until(lambda: not store.run(run_id).alive)
            await who.until(lambda: "✗ fail" in who.drawn("#verifiers"))
            assert HIDDEN not in who.drawn("#verifiers")


async def test_help_and_palette_open_over_the_question_and_answer_it(
    store: Store, engine: Engine, tmp_path: Path
) -> None:
    with model(tmp_path, [WRITE, Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press("question_mark")
            await who.sees(HelpScreen)
            await who.until(lambda: to("call", "y").help in who.drawn("HelpList"))
            told = who.drawn("HelpList")
            assert all(f" {answer.sign} " in told for answer in ANSWERS["call"] if answer.key != "u")
            assert to("call", "y").help in told
            assert "next match" not in told, "n rejects"
            await who.press(*"reason")
            await who.until(lambda: who.app.screen.query_one(HelpList).count == 1)
            await who.press("enter")
            await who.sees(WordsScreen)
            await who.press("escape")
            await who.sees(ApproveScreen)
            for key in ("ctrl+p", "colon"):
                await who.press(key)
                await who.sees(CommandPalette)
                await who.press("escape")
                await who.sees(ApproveScreen)
            await who.choose("reject")
            await who.sees(WordsScreen)
            assert store.run(run_id).status == "waiting"


def test_who_left_the_app_is_told_how_to_answer(
    store: Store, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with model(tmp_path, [WRITE, Say("Then not.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")

        def watch() -> None:
            while store.run(run_id).status != "waiting":
                time.sleep(0.05)
            time.sleep(1.0)
            engine.order(run_id, Stop(by="kim"))

        watcher = Thread(target=watch)
        watcher.start()
        wait_for_runs(store, engine)
        watcher.join()
    said = capsys.readouterr().out
    assert f"run {run_id} waits for a word: update_incident" in said
    assert f"eog-tui ctl {run_id} approve" in said


def test_a_model_that_goes_on_from_where_a_person_acted_acts_itself(
    store: Store, engine: Engine, tmp_path: Path
) -> None:
    def wait(run_id: int, status: str) -> None:
        end = time.monotonic() + 15
        while store.run(run_id).status != status:
            assert time.monotonic() < end
            time.sleep(0.02)

    def acts(run_id: int) -> tuple[bool, bool]:
        return Following(store, run_id).look().person_acts, DeskReader(store, run_id).look().person_acts

    with model(tmp_path, lambda _: WRITE) as (_, llm):
        parent = launched(engine, llm, approve="writing")
        wait(parent, "waiting")
        assert acts(parent) == (False, False)
        engine.order(parent, TakeOver(by="ada")).result(10)
        look = Call(by="ada", tool="get_user", arguments={"user_id": "USER_011"})
        assert engine.order(parent, look).result(10) is None
        assert acts(parent) == (True, True)
        fork = Fork(run_id=parent, step=store.run(parent).steps - 1, by="ada")
        launch = Launch(fork=fork, agent="react", llm=llm, approve="writing")
        child = engine.launch(launch).run_ids[0]
        wait(child, "waiting")
        assert acts(child) == (False, False)
        for run_id in (child, parent):
            engine.order(run_id, Stop(by="ada")).result(10)
        wait(parent, "stopped")
        assert acts(parent) == (False, False)
