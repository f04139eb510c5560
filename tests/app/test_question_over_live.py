"""Live and the question about a call: what is read above it, whose keys are whose, and a pause that waits."""

from __future__ import annotations

from math import inf
from pathlib import Path
from time import monotonic

from textual import events

from engine.runs.engine import Engine
from engine.runs.orders import Pause
from engine.trajectory.events import Intervention
from engine.trajectory.store import Store
from eog_tui.screens.approve import GUARD_SECONDS
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.workbench import WorkbenchScreen
from eog_tui.widgets.step_list import StepList
from eog_tui.widgets.tool_form import ToolForm
from tests.agents.openai_server import Say, playing
from tests.app.supervising import Supervisor, gold, launched, model, supervising

SMALL = (80, 24)
WRITE = Say(calls=[("update_incident", {"incident_id": "INC_021", "impact": "low"})])


def approvals(store: Store, run_id: int) -> int:
    reached_in = [event for event in store.history(run_id) if isinstance(event, Intervention)]
    return sum(event.action == "approve" for event in reached_in)


def above(who: Supervisor) -> list[str]:
    """The lines of the steps that the question leaves in sight."""
    steps = who.live.query_one(StepList)
    top = who.app.screen.query_one("#approve").region.y
    lines = [steps.render_line(y).text.rstrip() for y in range(steps.size.height)]
    return lines[: top - steps.region.y]


async def test_the_last_steps_are_read_above_the_question(store: Store, engine: Engine, tmp_path: Path) -> None:
    calls, answer = gold()
    with model(tmp_path, playing(calls, answer)) as (_, llm):
        run_id = launched(engine, llm, approve="every")
        async with supervising(store, engine, run_id, SMALL) as who:
            for given in range(6):
                await who.until(lambda: approvals(store, run_id) == given)  # noqa: B023 - awaited at once
                await who.asked()
                last = store.run(run_id).steps - 1
                await who.until(lambda: above(who)[-2:][0].split()[0] == str(last))  # noqa: B023
                assert "waits for your word" in above(who)[-1]
                await who.press("y")
            await who.asked()
            before = store.run(run_id).steps - 2
            for size in ((100, 30), (160, 48), SMALL):
                await who.pilot.resize_terminal(*size)
                await who.until(lambda: "waits for your word" in above(who)[-1])
                assert any(line.split()[:1] == [str(before)] for line in above(who)), "and what led to the call"
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.until(lambda: who.live.query_one(StepList).size.height > 10)
            assert "waits for your word" in who.drawn("#steps")


async def test_a_double_tap_at_the_question_does_nothing_in_live(store: Store, engine: Engine, tmp_path: Path) -> None:
    with model(tmp_path, [WRITE, Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            for letter in "yyx":
                who.app.post_message(events.Key(letter, letter))
            await who.sees(LiveScreen)
            await who.until(lambda: not store.run(run_id).alive)
            await who.press()
            assert isinstance(who.app.screen, LiveScreen)
            assert "Copied" not in who.toasts
            await who.press("y")
            await who.until(lambda: "Copied" in who.toasts)
    assert approvals(store, run_id) == 1


async def test_what_is_typed_ahead_of_the_form_lands_nowhere(store: Store, engine: Engine, tmp_path: Path) -> None:
    with model(tmp_path, [WRITE, Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            screen = await who.asked()
            for letter in "eynAh":
                who.app.post_message(events.Key(letter, letter))
            await who.until(lambda: screen.has_class("-editing") and who.app.focused)
            assert inf > monotonic() - screen._typed_at >= GUARD_SECONDS, "it waits for them to stop"
            assert screen.query_one(ToolForm).arguments == {"incident_id": "INC_021", "impact": "low"}
            await who.press("escape")
            assert store.run(run_id).status == "waiting"


async def test_a_pause_that_waits_for_the_word_is_told(store: Store, engine: Engine, tmp_path: Path) -> None:
    with model(tmp_path, [WRITE, WRITE, Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id, SMALL) as who:
            await who.asked()
            assert "then it pauses" not in who.said("question")
            engine.order(run_id, Pause(by="kim"))
            await who.until(lambda: "writes · then it pauses" in who.said("question"))
            await who.press("escape")
            await who.sees(LiveScreen)
            await who.until(lambda: "then it pauses" in who.said("now"))

            await who.press("a")
            await who.sees(WorkbenchScreen)
            await who.until(lambda: "hand back" in " ".join(b.binding.description for b in
                            who.app.screen.active_bindings.values()))  # fmt: skip
            await who.press("a")
            dialog = await who.sees(ConfirmScreen)
            await who.until(lambda: dialog.query(".confirm--detail"))
            assert "asked to pause" in " ".join(str(each.render()) for each in dialog.query(".confirm--detail"))
            await who.press("h")
            await who.until(lambda: store.run(run_id).status == "paused")
