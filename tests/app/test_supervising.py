"""Supervising a model: real runs against a scripted model service, steered with real keys."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from math import inf
from pathlib import Path

import pytest
from textual import events

from engine.runs.engine import Engine
from engine.trajectory.events import Intervention, Message, ToolCall
from engine.trajectory.store import Store
from eog_tui.live.rules import saved_rules
from eog_tui.screens.approve import ApproveScreen
from eog_tui.screens.choose import ChooseScreen
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.rules import RulesScreen
from eog_tui.screens.runs import RunsScreen
from eog_tui.screens.workbench import WorkbenchScreen
from eog_tui.screens.workbench_dialogs import WordsScreen
from tests.agents.openai_server import Hang, Say, playing
from tests.app.supervising import SOURCE, Supervisor, gold, launched, mistaken, model, supervising
from tests.app.tape import Tape


def reached_in(store: Store, run_id: int) -> list[Intervention]:
    return [event for event in store.history(run_id) if isinstance(event, Intervention)]


async def types(who: Supervisor, text: str) -> None:
    await who.press(*("space" if letter == " " else letter for letter in text))


async def approves_the_rest(who: Supervisor, store: Store, run_id: int) -> None:
    """Say yes to whatever is asked, until the run has ended."""
    while store.run(run_id).alive:
        if isinstance(who.app.screen, ApproveScreen):
            await who.asked()
            await who.press("y")
        await who.pilot.pause(0.05)


async def test_one_changed_call_brings_a_model_to_a_pass(store: Store, engine: Engine, tmp_path: Path) -> None:
    calls, answer, (tool, right) = mistaken()
    with model(tmp_path, playing(calls, answer)) as (server, llm):
        run_id = launched(engine, llm, approve="writing", peek=True)
        async with supervising(store, engine, run_id) as who:
            await who.asked(tool)
            assert "writes" in who.said("question")
            assert "low" in who.drawn("#arguments")
            assert "→ ✓ pass  impact" not in who.drawn("#trial")

            await who.press("e")
            await who.until(lambda: who.app.screen.has_class("-editing") and who.app.focused)
            await who.press(*["backspace"] * 3)
            await types(who, str(right["impact"]))
            await who.until(lambda: f"→ {right['impact']}" in who.drawn("#trial"))
            await who.press("escape")
            await who.until(lambda: f"{right['impact']} (edited: was low)" in who.drawn("#arguments"))
            assert store.run(run_id).steps == 4, "trying touched nothing"

            await who.press("escape")
            await who.sees(LiveScreen)
            await who.press("W")
            await who.asked(tool)
            await who.until(lambda: f"{right['impact']} (edited: was low)" in who.drawn("#arguments"))

            await who.press("y")
            await approves_the_rest(who, store, run_id)
            await who.until(lambda: "✓ pass" in who.said("ending"))
        last = server.requests[-1].body["messages"]

    assert store.run(run_id).status == "passed"
    assert store.run(run_id).interventions == 1
    edit = next(event for event in reached_in(store, run_id) if event.action == "edit")
    assert edit.before["impact"] == "low"
    assert edit.after == right
    ran = [event for event in store.history(run_id) if isinstance(event, ToolCall) and event.tool == tool]
    assert ran[0].arguments == right
    told = [json.loads(call["function"]["arguments"]) for said in last for call in said.get("tool_calls") or ()]
    assert right in told, "the model is told what ran"
    assert "approved with other arguments" in store.steps(run_id, edit.step)[0].change_line


async def test_a_rejection_tells_the_model_why(store: Store, engine: Engine, tmp_path: Path) -> None:
    replies = [Say(calls=[("update_incident", {"incident_id": "INC_021", "impact": "low"})]), Say("Then not.")]
    with model(tmp_path, replies) as (server, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            assert "verifiers hidden: launched without peek" in who.drawn("#trial")
            await who.press("n")
            await who.sees(WordsScreen)
            await types(who, "the impact is high")
            await who.press("ctrl+j")
            await who.until(lambda: not store.run(run_id).alive)
            await who.until(lambda: "■ rejected · by" in who.drawn("#steps"))
        told = [said for said in server.requests[-1].body["messages"] if said["role"] == "tool"]

    assert told[0]["content"].endswith("Their reason: the impact is high")
    assert not any(isinstance(event, ToolCall) for event in store.history(run_id))


async def test_a_message_reaches_the_model(store: Store, engine: Engine, tmp_path: Path) -> None:
    calls, answer = gold()
    with model(tmp_path, playing(calls, answer)) as (server, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.until(lambda: "◌ waits for your word" in who.said("now"))
            await who.until(lambda: "◌ waits for your word" in who.drawn("#steps"))
            await who.press("i")
            await who.sees(WordsScreen)
            await types(who, "mind the sla")
            await who.press("ctrl+j")
            await who.sees(LiveScreen)
            await who.press("W")
            await who.asked()
            await who.press("y")
            await approves_the_rest(who, store, run_id)
        said = [message for message in server.requests[-1].body["messages"] if message["role"] == "user"]

    assert said[-1]["content"] == "mind the sla"
    spoken = [event for event in store.history(run_id) if isinstance(event, Message) and event.by]
    assert [event.content for event in spoken] == ["mind the sla"]


async def test_s_makes_one_call_at_a_time(store: Store, engine: Engine, tmp_path: Path) -> None:
    calls, answer = gold()
    with model(tmp_path, playing(calls, answer)) as (server, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.press("space")
            await who.until(lambda: engine.paused(run_id))
            await who.press("W")
            await who.asked()
            await who.press("y")
            await who.until(lambda: store.run(run_id).status == "paused" and "◌ paused" in who.said("head"))
            asked, steps = len(server.requests), store.run(run_id).steps
            await who.press("s")
            await who.until(lambda: len(server.requests) == asked + 1)
            await who.until(lambda: store.run(run_id).status == "paused" and "◌ paused" in who.said("head"))
            assert "one step by" in store.steps(run_id, steps)[0].title
            await who.press("space")
            await who.until(lambda: store.run(run_id).status in ("running", "waiting"))
        story = [event.action if isinstance(event, Intervention) else event.kind for event in store.history(run_id)]
        step = story.index("step")
        assert story[step + 1 : story.index("resume", step)] == ["message"], "the model was asked once"


async def test_keys_typed_too_early_are_no_answers(store: Store, engine: Engine, tmp_path: Path) -> None:
    replies = [Say(calls=[("update_incident", {"incident_id": "INC_021", "impact": "low"})]), Say("Done.")]
    with model(tmp_path, replies) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            screen = await who.sees(ApproveScreen)
            await who.until(lambda: screen._appeared < inf)
            for key in ("y", "A", "escape", "a"):
                typed = events.Key(key, key if len(key) == 1 else None)
                typed.time = screen._appeared  # however long this machine takes
                who.app.post_message(typed)
            await who.asked()
            assert store.run(run_id).status == "waiting"
            assert reached_in(store, run_id) == []
            await who.press("y")
            await who.until(lambda: not store.run(run_id).alive)
    assert [event.action for event in reached_in(store, run_id)] == ["approve"]


async def test_a_run_of_another_process_is_approved_and_stopped(store: Store, engine: Engine, tmp_path: Path) -> None:
    script = (
        "import sys\nfrom engine.runs.engine import Engine\nfrom engine.trajectory.store import Store\n"
        "from engine.runs.spec import Launch\n"
        f"launch = Launch(sources=({SOURCE!r},), agent='scripted', approve='writing')\n"
        "with Store.open(sys.argv[1]) as store, Engine(store) as engine:\n"
        "    print(engine.launch(launch).done.result(timeout=60))\n"
    )
    other = subprocess.Popen(  # noqa: ASYNC220 - starting it is quick
        [sys.executable, "-c", script, str(tmp_path / "store.db")], stdout=subprocess.PIPE
    )
    try:
        while not store.count():
            assert other.poll() is None
            await asyncio.sleep(0.05)
        async with supervising(store, engine, 1) as who:
            await who.asked("update_incident")
            await who.press("y")
            await who.asked("update_incident_sla_details")
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.press("x")
            await who.sees(ConfirmScreen)
            await who.press("s")
            await who.until(lambda: "■ stopped" in who.said("ending") if who.app.screen is who.live else False)
        out, _ = other.communicate(timeout=30)
    finally:
        other.kill()
    assert b"stopped" in out
    assert [event.action for event in reached_in(store, 1)] == ["approve", "stop"]


async def test_taking_over_and_handing_back(store: Store, engine: Engine, tmp_path: Path) -> None:
    calls, answer = gold()
    with model(tmp_path, playing(calls, answer)) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press("a")
            workbench = await who.sees(WorkbenchScreen)
            await who.until(lambda: store.run(run_id).status == "waiting")
            await who.until(lambda: "hand back" in " ".join(b.binding.description for b in
                                                            workbench.active_bindings.values()))  # fmt: skip
            await who.press("a")
            await who.sees(ConfirmScreen)
            await who.press("h")
            await who.until(lambda: [event.action for event in reached_in(store, run_id)][-1:] == ["hand_back"])
            await who.until(lambda: not isinstance(who.app.screen, WorkbenchScreen))
            assert "taken over by" in store.steps(run_id, 3)[0].shape
            await approves_the_rest(who, store, run_id)


async def test_an_answer_in_the_model_s_place_ends_the_run(store: Store, engine: Engine, tmp_path: Path) -> None:
    replies = [Say(calls=[("update_incident", {"incident_id": "INC_021", "impact": "low"})])]
    with model(tmp_path, replies) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press("r")
            await who.sees(WordsScreen)
            await types(who, "no")
            await who.press("ctrl+j")
            await who.until(lambda: "answer no" in who.said("ending") if who.app.screen is who.live else False)
    assert store.run(run_id).answer == "no"


async def test_always_is_a_rule_that_can_be_kept_for_later_launches(
    store: Store, engine: Engine, tmp_path: Path
) -> None:
    update = ("update_incident", {"incident_id": "INC_021", "impact": "high"})
    with model(tmp_path, [Say(calls=[update]), Say(calls=[update]), Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing", allow=("find_*",))
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.press("A")
            await who.until(lambda: "unasked in this run" in who.drawn("#answers"))
            await who.press("k")
            await who.until(lambda: saved_rules() == ["update_incident"])
            await who.until(lambda: not store.run(run_id).alive)
            rules = next(event for event in reached_in(store, run_id) if event.action == "supervise")
            assert (rules.before["allow"], rules.after["allow"]) == (["find_*"], ["find_*", "update_incident"])

            who.app.push_screen(LaunchScreen())
            await who.sees(LaunchScreen)
            await who.until(lambda: who.app.screen.query("#allow"))
            await who.until(lambda: who.app.screen.query_one("#allow").value == "update_incident")

            await who.choose("kept for later")
            await who.sees(ChooseScreen)
            await who.press("enter")
            await who.until(lambda: saved_rules() == [])


async def test_rules_change_while_a_run_goes_on(store: Store, engine: Engine, tmp_path: Path) -> None:
    calls, answer = gold()
    with model(tmp_path, playing(calls, answer)) as (_, llm):
        run_id = launched(engine, llm, approve="every")
        async with supervising(store, engine, run_id) as who:
            await who.asked(calls[0][0])
            assert "It would change no row." in who.drawn("#trial")
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.press("R")
            await who.sees(RulesScreen)
            await who.press("left", "left", "enter")
            await who.sees(LiveScreen)
            await who.until(lambda: "No call waits for your word." in who.toasts)
            await who.until(lambda: "✓ pass" in who.said("ending") if who.app.screen is who.live else False)
    assert [event.action for event in reached_in(store, run_id)] == ["supervise", "approve"]


async def test_runs_says_what_a_run_waits_for_and_rings_once(
    store: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[float] = []
    monkeypatch.setattr("eog_tui.app.EogApp.bell", lambda self: rung.append(1))
    from eog_tui.app import EogApp

    replies = [Say(calls=[("update_incident", {"incident_id": "INC_021", "impact": "low"})]), Hang(20)]
    with model(tmp_path, replies) as (_, llm):
        home = RunsScreen()
        app = EogApp(store, engine, start=lambda: home)
        async with app.run_test(size=(120, 30)) as pilot:
            who = Supervisor(app, pilot, LiveScreen(1))
            await who.until(lambda: app._waits._known is not None)
            run_id = launched(engine, llm, approve="writing")
            await who.until(lambda: "waits for a word: update_incident INC_021" in who.said("detail"))
            await who.until(lambda: rung)
            Tape(store, "Elsewhere", "Go.").start()
            await who.until(lambda: app._waits._revision == store.revision() and not app._listening)
            assert len(rung) == 1, "it still waits, and that is no news"
            assert "waits for a word: update_incident INC_021" in who.said("detail")
            await who.press("enter")
            await who.until(lambda: any(isinstance(screen, LiveScreen) for screen in app.screen_stack))
            who.live = next(screen for screen in app.screen_stack if isinstance(screen, LiveScreen))
            await who.asked()
            await who.press("y")
            await who.until(lambda: store.run(run_id).status == "running")
            assert len(rung) == 1


async def test_calls_of_one_message_are_counted_and_an_answer_elsewhere_closes_the_question(
    store: Store, engine: Engine, tmp_path: Path
) -> None:
    from engine.runs.orders import ApproveCall

    update = ("update_incident", {"incident_id": "INC_021", "impact": "low"})
    with model(tmp_path, [Say("Both.", calls=[update, update], ids=["one", "two"]), Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            await who.until(lambda: "call 1 of 2" in who.drawn("#question"))
            engine.order(run_id, ApproveCall(by="ada", call_id="one")).result(timeout=10)
            await who.until(lambda: "no longer waits" in who.toasts)
            await who.until(lambda: isinstance(who.app.screen, ApproveScreen) and
                                    "call 2 of 2" in who.drawn("#question"))  # fmt: skip
            await who.asked()
            await who.press("y")
            await who.until(lambda: not store.run(run_id).alive)
