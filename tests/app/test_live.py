"""Watching runs: real ones of the engine, followed key by key, and told ones where the moment matters."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from engine.runs.engine import Engine
from engine.runs.orders import Stop
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.events import Intervention, now
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.live import CLOCK_SECONDS, LiveScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.runs import RunsScreen
from eog_tui.widgets.key_footer import shown_actions
from eog_tui.widgets.panes import Pane
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.step_list import StepList
from tests.agents.openai_server import Hang, OpenAIServer, Say
from tests.app.recorded import record_long, record_story
from tests.app.supervising import Paced, gold, launched, model
from tests.app.tape import Check, Tape, updated

TASK = "builtin:itsm/printer-impact-and-sla"
CHECKS = [Check("it is done", "SELECT 1", 1, "fail")]


class Watcher:
    """Someone in front of Live."""

    def __init__(self, app: EogApp, pilot: Pilot[None], screen: LiveScreen) -> None:
        self.app, self.pilot, self.screen = app, pilot, screen
        self.press = pilot.press

    async def until(self, seen: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until something is to be seen."""
        end = monotonic() + seconds
        while not seen():
            assert monotonic() < end, "it never came"
            await self.pilot.pause(0.02)

    @property
    def steps(self) -> StepList:
        return self.screen.query_one(StepList)

    @property
    def titles(self) -> list[str]:
        return [head.title for head in self.steps.heads]

    def said(self, where: str) -> str:
        return self.screen.query_one(f"#{where}", PieceLines).text

    @property
    def toasts(self) -> str:
        return " ".join(str(toast.message) for toast in self.app._notifications)

    def drawn(self, selector: str) -> str:
        """The text of a widget as it is on the screen."""
        widget = self.screen.query_one(selector)
        return "\n".join(widget.render_line(y).text.rstrip() for y in range(widget.size.height))


@asynccontextmanager
async def watching(
    store: Store, engine: Engine, run_id: int, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Watcher]:
    screen = LiveScreen(run_id)
    app = EogApp(store, engine, start=lambda: screen)
    async with app.run_test(size=size) as pilot:
        watcher = Watcher(app, pilot, screen)
        await watcher.until(lambda: watcher.said("head"))
        yield watcher


@contextmanager
def paced(engine: Engine, folder: Path) -> Iterator[tuple[int, Paced]]:
    """A run whose model answers only as often as the test lets it."""
    folder.mkdir(exist_ok=True)
    thinker = Paced(*gold())
    with model(folder, thinker) as (_, llm):
        yield launched(engine, llm), thinker


def resting(engine: Engine) -> int:
    """A run of the script whose first call comes when nobody waits for it any more."""
    [run_id] = engine.launch(Launch(sources=(TASK,), pause_s=600)).run_ids
    return run_id


async def test_a_run_is_followed_to_its_end(store: Store, engine: Engine, tmp_path: Path) -> None:
    with paced(engine, tmp_path) as (run_id, thinker):
        async with watching(store, engine, run_id) as watcher:
            await watcher.until(lambda: "▶ running" in watcher.said("head"))
            await watcher.until(lambda: "waiting for the model" in watcher.said("now"))
            early = len(watcher.steps.heads)
            thinker.let()
            await watcher.until(lambda: len(watcher.steps.heads) > early)
            assert watcher.steps.following
            assert watcher.said("ending") == ""

            thinker.let_go()
            await watcher.until(lambda: "✓ pass" in watcher.said("ending"))
            assert watcher.said("now") == ""
            assert watcher.said("head").startswith("✓ pass")
            assert len(watcher.titles) == store.run(run_id).steps
            assert "answer" in watcher.said("ending")
            await watcher.until(lambda: "✓ pass" in watcher.drawn("#verifiers"))
            assert "kept" in watcher.drawn("#verifiers")
            changed = {change.table for _, change in store.changes(run_id)}
            await watcher.until(lambda: all(table in watcher.drawn("#rows") for table in changed))


async def test_space_pauses_and_goes_on(store: Store, engine: Engine, tmp_path: Path) -> None:
    with paced(engine, tmp_path) as (run_id, thinker):
        async with watching(store, engine, run_id) as watcher:
            thinker.let()
            await watcher.until(lambda: len(watcher.steps.heads) > 2)
            await watcher.press("space")
            await watcher.until(lambda: engine.paused(run_id))
            thinker.let_go()
            await watcher.until(lambda: "◌ paused" in watcher.said("head"))
            assert store.run(run_id).status == "paused"
            assert "Space goes on" in watcher.said("now")

            await watcher.press("space")
            await watcher.until(lambda: "✓ pass" in watcher.said("ending"))
    story = [event.action if isinstance(event, Intervention) else event.kind for event in store.history(run_id)]
    assert story[story.index("pause") + 1] == "resume", "a paused run takes no step"


async def test_the_footer_says_what_space_does_and_nothing_about_a_run_that_has_ended(
    store: Store, engine: Engine, tmp_path: Path
) -> None:
    with paced(engine, tmp_path) as (run_id, thinker):
        async with watching(store, engine, run_id) as watcher:
            await watcher.until(lambda: "Space pause" in watcher.drawn("KeyFooter"))
            await watcher.press("space")
            await watcher.until(lambda: "Space go on" in watcher.drawn("KeyFooter"))
            thinker.let()
            await watcher.until(lambda: "◌ paused" in watcher.said("head"))
            assert "Space go on" in watcher.drawn("KeyFooter")
            await watcher.press("space")
            await watcher.until(lambda: "Space pause" in watcher.drawn("KeyFooter"))

            thinker.let_go()
            await watcher.until(lambda: "✓ pass" in watcher.said("ending"))
            await watcher.until(lambda: "⏎ open" in watcher.drawn("KeyFooter"))
            for words in ("pause", "go on", "message", "take over", "stop"):
                await watcher.until(lambda words=words: words not in watcher.drawn("KeyFooter"))
            offered = {bound.binding.action for bound in shown_actions(watcher.screen.active_bindings)}
            assert not offered & {"pause", "single", "say", "act", "stop", "word", "rules"}, "help and palette neither"


async def test_before_the_first_step_no_key_leads_to_one(store: Store, engine: Engine) -> None:
    tape = Tape(store, "Printer impact", "Raise the impact.", CHECKS)
    async with watching(store, engine, tape.run_id) as who:
        await who.until(lambda: "waiting for its turn" in who.said("now"))
        footer = who.drawn("KeyFooter")
        assert "Space pause" in footer
        assert not any(words in footer for words in ("open", "next step", "next write"))
        tape.start()
        await who.until(lambda: who.steps.heads)
        await who.until(lambda: "→ next step" in who.drawn("KeyFooter"))


async def test_x_stops_after_a_question(store: Store, engine: Engine) -> None:
    run_id = resting(engine)
    async with watching(store, engine, run_id) as watcher:
        await watcher.until(lambda: "waiting for the script" in watcher.said("now"))
        await watcher.press("x")
        await watcher.until(lambda: isinstance(watcher.app.screen, ConfirmScreen))
        assert f"Stop run {run_id}?" in str(watcher.app.screen.query_one(".confirm--question", Static).content)
        await watcher.press("enter")  # Cancel has the focus
        await watcher.until(lambda: watcher.app.screen is watcher.screen)
        assert store.run(run_id).alive

        await watcher.press("x")
        await watcher.until(lambda: isinstance(watcher.app.screen, ConfirmScreen))
        await watcher.press("s")
        await watcher.until(lambda: "■ stopped" in watcher.said("ending"))
        assert store.run(run_id).status == "stopped"
        await watcher.press("x")
        assert watcher.app.screen is watcher.screen


async def test_who_waits_for_a_model_sees_it_and_what_it_costs(store: Store, engine: Engine, tmp_path: Path) -> None:
    look = Say("I look first.", calls=[("find_incident_by_id", {"incident_id": "INC_001"})], tokens=(1_200, 34))
    with OpenAIServer([look, Hang(30)]) as server:
        config = tmp_path / "llm.json"
        values = {"llm_provider": "openai", "llm_model": "gpt-4o", "llm_api_key": "k", "llm_api_endpoint": server.url}
        config.write_text(json.dumps(values))
        launched = engine.launch(Launch(sources=(TASK,), agent="react", llm=config, seed_root=builtin_root()))
        [run_id] = launched.run_ids
        async with watching(store, engine, run_id) as watcher:
            await watcher.until(lambda: "find_incident_by_id INC_001" in watcher.titles)
            await watcher.until(lambda: re.search(r"waiting for the model [1-9]\d*s", watcher.said("now")))
            assert "I look first." in watcher.titles
            assert "1.2k tok" in watcher.drawn("#head")
            assert "react · gpt-4o · embedded" in watcher.said("head")
            engine.order(run_id, Stop(by="kim"))
            await watcher.until(lambda: "■ stopped" in watcher.said("ending"))


async def test_a_run_of_another_process_is_steered_too(store: Store, engine: Engine) -> None:
    tape = Tape(store, "Elsewhere", "Go.", CHECKS).start()
    async with watching(store, engine, tape.run_id) as watcher:
        await watcher.press("space")
        await watcher.until(lambda: store.orders(tape.run_id, "pause"))
        [(number, run_id, _)] = store.take_orders()
        assert run_id == tape.run_id
        store.settle_order(number, "")
        await watcher.until(lambda: "pauses before the next call" in watcher.said("now"))
        tape.say("I am still here.")
        await watcher.until(lambda: "I am still here." in watcher.titles)


async def test_the_selection_stays_where_someone_reads(store: Store, engine: Engine) -> None:
    tape = Tape(store, "Long", "Go.", CHECKS).start()
    for number in range(30):
        tape.call("find_incident", {"number": number}, "ok")
    async with watching(store, engine, tape.run_id, (80, 24)) as watcher:
        await watcher.press("up", "up")
        tape.say("One more.").say("And one.")
        await watcher.until(lambda: "2 new ↓" in watcher.drawn("#steps"))
        assert watcher.steps.selected == watcher.steps.heads[-5]
        await watcher.press("G")
        tape.say("The last.")
        await watcher.until(lambda: watcher.steps.selected.title == "The last.")
        assert "new ↓" not in watcher.drawn("#steps")


async def test_keys_walk_the_steps(store: Store, engine: Engine) -> None:
    story = record_story(store)
    async with watching(store, engine, story.failed) as watcher:

        def at() -> int:
            return watcher.steps.selected.number

        await watcher.press("left", "h")
        assert at() == 9
        await watcher.press("comma")
        assert at() == 8
        await watcher.press("comma", "comma")
        assert at() == 6
        assert "No earlier step wrote" in watcher.toasts
        await watcher.press("full_stop", "l")
        assert at() == 9


async def test_enter_opens_the_step_in_replay(store: Store, engine: Engine) -> None:
    story = record_story(store)
    async with watching(store, engine, story.failed) as watcher:
        await watcher.press("comma", "comma", "enter")
        await watcher.until(lambda: isinstance(watcher.app.screen, ReplayScreen))
        replay = watcher.app.screen
        await watcher.until(lambda: replay.position == 8)
        assert replay.run_id == story.failed
        await watcher.press("escape")
        await watcher.until(lambda: watcher.app.screen is watcher.screen)


async def test_enter_opens_replay_from_every_pane_of_a_run_that_has_ended(store: Store, engine: Engine) -> None:
    run_id = resting(engine)
    async with watching(store, engine, run_id) as watcher:
        assert "replay" not in {bound.binding.action for bound in shown_actions(watcher.screen.active_bindings)}
        engine.order(run_id, Stop(by="kim"))
        await watcher.until(lambda: "■ stopped" in watcher.said("ending"))
        for pane in ("#steps", "#verifiers", "#rows"):
            while watcher.app.focused is not watcher.screen.query_one(pane):
                await watcher.press("tab")
            await watcher.press("enter")
            await watcher.until(lambda: isinstance(watcher.app.screen, ReplayScreen))
            await watcher.press("escape")
            await watcher.until(lambda: watcher.app.screen is watcher.screen)


async def test_enter_opens_replay_of_a_run_that_ended_before_its_first_step(store: Store, engine: Engine) -> None:
    tape = Tape(store, "Too early", "Go.", CHECKS)
    async with watching(store, engine, tape.run_id) as watcher:
        await watcher.press("enter")
        assert watcher.app.screen is watcher.screen, "a living run without a step has nothing to open"
        tape.end("stopped", error="stopped by kim before it started")
        await watcher.until(lambda: "■ stopped" in watcher.said("ending"))
        assert watcher.screen.focused is watcher.steps
        await watcher.until(lambda: "⏎ replay" in watcher.drawn("KeyFooter"))
        await watcher.press("enter")
        await watcher.until(lambda: isinstance(watcher.app.screen, ReplayScreen))


async def test_y_copies_the_step_in_full(store: Store, engine: Engine) -> None:
    story = record_story(store)
    async with watching(store, engine, story.passed) as watcher:
        await watcher.press("comma", "y")
        await watcher.until(lambda: watcher.app.clipboard)
        assert "call link_new_incident_sla" in watcher.app.clipboard
        assert "insert incident_sla ISLA_031" in watcher.app.clipboard
        assert '"incident_sla_id": "ISLA_031"' in watcher.app.clipboard


async def test_runs_are_watched_side_by_side(store: Store, engine: Engine, tmp_path: Path) -> None:
    with ExitStack() as stack:
        (first, thinks), (second, thinks_too), _ = [
            stack.enter_context(paced(engine, tmp_path / name)) for name in ("one", "two", "three")
        ]
        async with watching(store, engine, first, (160, 48)) as watcher:
            runs = watcher.screen.query_one("#runs", RowTable)
            await watcher.until(lambda: runs.count == 3)
            thinks.let(2)
            await watcher.until(lambda: len(watcher.steps.heads) > 3)
            await watcher.press("up")
            selected = watcher.steps.selected

            await watcher.press("shift+tab")
            await watcher.until(lambda: runs.has_focus)
            await watcher.press("down")
            await watcher.until(lambda: f"run {second} " in watcher.said("head"))
            assert watcher.steps.following
            await watcher.press("enter")
            await watcher.until(lambda: watcher.screen.focused is watcher.steps)
            await watcher.press("space")
            await watcher.until(lambda: engine.paused(second))
            thinks_too.let()
            await watcher.until(lambda: "◌ paused" in watcher.said("head"))
            assert store.run(first).status == "running"

            await watcher.press("shift+tab")
            await watcher.until(lambda: runs.has_focus)
            await watcher.press("up")
            await watcher.until(lambda: f"run {first} " in watcher.said("head"))
            assert watcher.steps.selected.number == selected.number, "back where one was"
            thinks.let_go()
            await watcher.until(lambda: "✓ pass" in watcher.said("ending"))
            await watcher.until(lambda: "✓ pass" in watcher.drawn("#runs"))
            assert "◌ paused" in watcher.drawn("#runs")


async def test_a_run_alone_needs_no_list_of_runs(store: Store, engine: Engine) -> None:
    tape = Tape(store, "Alone", "Go.", CHECKS).start()
    async with watching(store, engine, tape.run_id, (80, 24)) as watcher:
        assert not watcher.screen.query_one("#runs-pane", Pane).display
        assert watcher.drawn("TabLine") == "Steps · State 0/1"
        Tape(store, "Another", "Go.", CHECKS).start()
        await watcher.until(lambda: watcher.drawn("TabLine") == "Runs 2/2 going · Steps · State 0/1")


async def test_who_reads_the_rows_is_not_disturbed(store: Store, engine: Engine) -> None:
    def write(number: int) -> None:
        change = updated("incident", "incident_id", f"INC_{number:03}", status=("new", "closed"))
        tape.call("update_incident", {"number": number}, "ok", changes=[change], verifiers="f")

    tape = Tape(store, "Many rows", "Go.", CHECKS).start()
    for number in range(40):
        write(number)
    async with watching(store, engine, tape.run_id, (120, 24)) as watcher:
        await watcher.press("tab", "tab", "pagedown")
        before = watcher.drawn("#rows")
        assert "INC_039" not in before
        write(40)
        await watcher.until(lambda: "newer ↑" in watcher.drawn("#rows"))
        assert watcher.drawn("#rows").splitlines()[1:] == before.splitlines()[1:]
        await watcher.press("g")
        await watcher.until(lambda: "● incident INC_040" in watcher.drawn("#rows"))
        assert "newer ↑" not in watcher.drawn("#rows")


async def test_a_run_that_is_not_there_says_so(store: Store, engine: Engine) -> None:
    screen = LiveScreen(99)
    app = EogApp(store, engine, start=lambda: screen)
    async with app.run_test() as pilot:
        watcher = Watcher(app, pilot, screen)
        await watcher.until(lambda: "There is no run 99" in watcher.said("ending"))


async def test_a_screen_that_nobody_sees_rests_and_catches_up(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[datetime] = []
    monkeypatch.setattr("eog_tui.screens.live.now", lambda: told.append(now()) or told[-1])
    tape = Tape(store, "Covered", "Go.", CHECKS).start()
    async with watching(store, engine, tape.run_id) as watcher:
        before = len(told)
        await watcher.until(lambda: len(told) > before)
        await watcher.app.push_screen(runs := RunsScreen())
        await watcher.until(lambda: runs.query(RowTable) and runs.query_one(RowTable).count)
        covered = len(told)
        tape.say("Meanwhile.")
        await watcher.pilot.pause(CLOCK_SECONDS + 0.2)  # in which a clock that goes on would have told the time
        assert "Meanwhile." not in watcher.titles
        assert len(told) == covered, "a clock that nobody sees stands still"
        watcher.app.pop_screen()
        await watcher.until(lambda: "Meanwhile." in watcher.titles)
        await watcher.until(lambda: len(told) > covered + 1)


@pytest.mark.parametrize("key", ["question_mark", "colon", "i", "x", "R"])
async def test_below_a_dialog_the_clock_goes_on_and_the_run_is_followed(store: Store, engine: Engine, key: str) -> None:
    tape = Tape(store, "Below", "Go.", CHECKS, at=now()).start()
    async with watching(store, engine, tape.run_id) as watcher:
        await watcher.press(key)
        await watcher.until(lambda: watcher.app.screen is not watcher.screen)
        clock = watcher.drawn("#head").splitlines()[0]
        assert re.search(r"step 1 · \d\d:\d\d", clock)
        tape.say("Meanwhile.")
        await watcher.until(lambda: "Meanwhile." in watcher.titles)
        await watcher.until(lambda: watcher.drawn("#head").splitlines()[0] != clock.replace("step 1", "step 2"))
        tape.end("stopped")
        await watcher.until(lambda: "■ stopped" in watcher.said("ending"))
        assert watcher.app.screen is not watcher.screen


async def test_a_long_run_opens_at_its_end(store: Store, engine: Engine) -> None:
    async with watching(store, engine, record_long(store, 400)) as watcher:
        assert watcher.steps.selected.number == 399
        assert "✓ pass  1 of 1 verifiers pass" in watcher.said("ending")


async def test_the_footer_of_a_run_that_has_ended_offers_no_search(store: Store, engine: Engine) -> None:
    story = record_story(store)
    async with watching(store, engine, story.passed) as watcher:
        offered = {bound.binding.action for bound in shown_actions(watcher.screen.active_bindings)}
        assert {"step(1)", "write(-1)", "open"} <= offered
        assert "find" not in offered
        await watcher.press("slash")
        assert watcher.app.screen is watcher.screen
        assert watcher.app.focused is watcher.steps
