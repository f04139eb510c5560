"""Forking from Replay, key by key: the Fork screen, going on by hand, the family, and forks in Runs."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from engine.runs.engine import Engine
from engine.runs.orders import Stop
from engine.runs.spec import Fork, Launch
from engine.trajectory.events import Forked, Message, Plan, ToolCall
from engine.trajectory.store import RunQuery, Store
from eog_tui.app import EogApp
from eog_tui.screens.fork import ForkScreen
from eog_tui.screens.fork_family import FamilyScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.run_rows import ListedRun, StoredRuns
from eog_tui.screens.runs import RunsScreen
from eog_tui.screens.workbench import WorkbenchScreen
from eog_tui.screens.workbench_dialogs import EndedScreen
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.tool_form import ToolForm
from tests.agents.openai_server import OpenAIServer, Say
from tests.app.forks import SCANNER, ended, failed_run, forked_run
from tests.app.planning import llm_config
from tests.app.sitting import Person, at_runs


class Forker(Person):
    """Someone who looks at a recorded run."""

    @classmethod
    async def at(cls, pilot: Pilot[Any], store: Store) -> Forker:
        assert isinstance(pilot.app, EogApp)
        person = cls(pilot.app, pilot, store)
        await person.reading()
        return person

    async def reading(self) -> None:
        await self.until(lambda: isinstance(self.screen, ReplayScreen) and self.screen.shown_step is not None)

    async def forking(self) -> None:
        """Open the Fork screen and wait until it knows its step."""
        await self.press("f")
        await self.until(lambda: isinstance(self.screen, ForkScreen))
        await self.until(lambda: self.screen._checked.launch or self.screen._checked.problem)

    async def ready(self, words: str) -> None:
        """Wait until what was typed is taken in and makes a launch whose command has these words."""
        await self.until(lambda: self.screen._checked.launch is not None and words in self.command)

    @property
    def command(self) -> str:
        return self.screen.query_one("#command", PieceLines).text


def replay(store: Store, engine: Engine, run_id: int, step: int) -> EogApp:
    return EogApp(store, engine, start=lambda: RunsScreen(replay=(run_id, step)))


SIZE = (100, 30)


async def test_a_failed_run_is_forked_before_its_mistake_and_brought_to_a_pass_by_hand(
    store: Store, engine: Engine
) -> None:
    wrong = failed_run(engine)
    assert store.run(wrong).status == "failed"
    async with at_runs(store, engine, SIZE) as somebody:
        person = Forker(somebody.app, somebody.pilot, store)
        await person.until(lambda: person.screen.query_one(RowTable).count)
        await person.press("enter")
        await person.reading()
        await person.press("end", "left", "left")  # from the answer past the mistake to the step before it
        await person.until(lambda: person.screen.shown_step == 2)
        await person.press("f")
        await person.until(lambda: isinstance(person.screen, ForkScreen) and "ready" in person.drawn)
        assert "steps 0 to 2 are kept" in person.drawn
        assert "conversation · tables · id counters · clock" in person.drawn
        await person.press("enter")
        await person.seated()
        await person.call_by_line(
            'update_incident incident_id=INC_020 status=resolved resolution_code="Solution Provided" '
            'resolution_notes="Scratched window replaced; reads five labels out of five." resolved_by=USER_005 '
            'resolved="2026-11-19 15:00:00"'
        )
        await person.write("d", "INC-000020 is resolved.")
        await person.until(lambda: isinstance(person.screen, EndedScreen) and "pass" in person.drawn)
        fork = store.run(person.bench.run_id)
        assert (fork.status, fork.agent, fork.parent_id, fork.parent_step) == ("passed", "human", wrong, 2)
        await person.press("enter")
        await person.reading()
        assert f"fork of #{wrong} at 2" in person.drawn
    assert store.run(wrong).status == "failed"


async def test_a_goes_on_by_hand_at_once(store: Store, engine: Engine) -> None:
    peeked = ended(
        engine,
        sources=(f"builtin:itsm/{SCANNER.stem}",),
        agent="scripted",
        script=SCANNER.with_suffix(".gold.json"),
        peek=True,
    )
    async with replay(store, engine, peeked, 2).run_test(size=SIZE) as pilot:
        person = await Forker.at(pilot, store)
        await person.press("a")
        await person.seated()
        fork = person.bench.run_id
    began = store.started(fork)
    assert began is not None
    assert began.peek
    assert (store.run(fork).parent_id, store.run(fork).parent_step) == (peeked, 2)


async def test_another_message_begins_the_fork(store: Store, engine: Engine, tmp_path: Path) -> None:
    run_id = failed_run(engine)
    nothing = tmp_path / "nothing.json"
    nothing.write_text("[]")
    async with replay(store, engine, run_id, 1).run_test(size=SIZE) as pilot:
        person = await Forker.at(pilot, store)
        await person.forking()
        await person.press("right")  # human, then scripted
        await person.press("tab")
        await person.type(str(nothing))
        await person.press("tab", "right", "tab", "tab")
        await person.type(" Please.")
        await person.ready("Please.")
        assert "the run begins anew, with another prompt at step 1" in person.drawn
        assert f"eog-tui fork {run_id} --step 1 --message" in person.command
        await person.press("ctrl+j")
        await person.until(lambda: isinstance(person.screen, LiveScreen))
        fork = store.family(run_id)[-1].id
        await person.until(lambda: not store.run(fork).alive)
    said = [event.content for event in store.history(fork) if isinstance(event, Message)][1]
    assert said.endswith(" Please.")
    [event] = [event for event in store.history(fork) if isinstance(event, Forked)]
    assert event.edited == "message"


async def test_other_arguments_begin_the_fork(store: Store, engine: Engine) -> None:
    run_id = failed_run(engine)
    async with replay(store, engine, run_id, 3).run_test(size=SIZE) as pilot:
        person = await Forker.at(pilot, store)
        await person.forking()
        await person.press("tab", "right", "tab", "tab")
        form = person.screen.query_one(ToolForm)
        await person.until(lambda: form.has_focus_within)
        assert form.arguments["incident_id"] == "INC_019"
        await person.press("backspace", "backspace")
        await person.type("20")
        await person.press("escape")
        await person.ready("INC_020")
        assert "steps 0 to 2 are kept, then step 3 happens differently" in person.drawn
        await person.press("ctrl+j")
        await person.seated()
        fork = person.bench.run_id
        await person.write("d", "Done.")
        await person.until(lambda: isinstance(person.screen, EndedScreen))
    assert store.run(fork).status == "passed"
    assert store.run(fork).interventions == 1
    first = [event for event in store.history(fork) if isinstance(event, ToolCall)][1]
    assert first.arguments["incident_id"] == "INC_020"


async def test_wrong_arguments_are_said_and_start_nothing(store: Store, engine: Engine) -> None:
    run_id = failed_run(engine)
    async with replay(store, engine, run_id, 3).run_test(size=SIZE) as pilot:
        person = await Forker.at(pilot, store)
        await person.forking()
        await person.press("tab", "right", "tab", "tab", *["backspace"] * 7)
        await person.until(lambda: person.screen._checked.launch is None)
        assert "incident_id" in person.screen._checked.problem
        await person.press("ctrl+j")
        assert isinstance(person.screen, ForkScreen)
    assert store.count() == 1


async def test_the_command_does_the_same_and_can_be_copied(store: Store, engine: Engine) -> None:
    run_id = failed_run(engine)
    async with replay(store, engine, run_id, 2).run_test(size=SIZE) as pilot:
        person = await Forker.at(pilot, store)
        await person.forking()
        await person.ready("--agent human")
        assert person.command == f"$ eog-tui fork {run_id} --step 2 --agent human"
        await person.press("y")
        assert person.app.clipboard == f"eog-tui fork {run_id} --step 2 --agent human"
        await person.press("left")
        await person.until(lambda: "needs a model" in person.drawn)


async def test_the_parents_model_is_offered_first(store: Store, engine: Engine, tmp_path: Path) -> None:
    config = tmp_path / "llm.json"
    config.write_text(
        json.dumps(
            {"llm_provider": "vllm", "llm_model": "local", "llm_api_key": "k", "llm_api_endpoint": "http://localhost:1"}
        )
    )
    launched = engine.launch(
        Launch(
            sources=(f"builtin:itsm/{SCANNER.stem}",),
            agent="react",
            llm=config,
            max_steps=7,
            approve="writing",
            allow=("find_*",),
        )
    )
    [run_id] = launched.run_ids
    while store.run(run_id).steps < 2:
        assert store.run(run_id).alive
    engine.order(run_id, Stop(by="kim"))
    launched.done.result(timeout=30)
    async with replay(store, engine, run_id, 1).run_test(size=(160, 48)) as pilot:
        person = await Forker.at(pilot, store)
        await person.forking()
        await person.ready("--agent react")
        flags = f"--agent react --llm {config} --approve writing --allow 'find_*' --max-steps 7"
        assert person.command == f"$ eog-tui fork {run_id} --step 1 {flags}"
        assert "vllm/local" in person.drawn


async def test_a_fork_plans_anew_or_goes_on_by_the_plan_that_it_keeps(
    store: Store, engine: Engine, tmp_path: Path
) -> None:
    with OpenAIServer([Say("1. Look."), Say("Done."), Say("2. New."), Say("Done.")]) as server:
        config = llm_config(tmp_path, server)
        run_id = ended(
            engine, sources=(f"builtin:itsm/{SCANNER.stem}",), agent="planner_react", llm=config, planner_llm=config
        )
        async with replay(store, engine, run_id, 2).run_test(size=SIZE) as pilot:
            person = await Forker.at(pilot, store)
            await person.forking()
            await person.ready("--step 2")
            assert "planning     the plan of the kept steps holds" in person.drawn
            assert person.command == f"$ eog-tui fork {run_id} --step 2 --agent planner_react --llm {config}"
            await person.press("escape", "left")
            await person.until(lambda: person.screen.shown_step == 1)
            await person.forking()
            await person.ready("--step 1")
            assert "planning     a plan is made for what is left" in person.drawn
            assert person.command.endswith(f"--planner-llm {config}")
            await person.press(*["tab"] * 3, "enter", *["tab"] * 3, "right")
            await person.ready(f"--planner-llm {config} --review-plan")
            await person.press("left")
            await person.until(lambda: person.command.endswith(f"--planner-llm {config}"))
            await person.press("ctrl+j")
            await person.until(lambda: isinstance(person.screen, LiveScreen))
            fork = store.family(run_id)[-1].id
            await person.until(lambda: not store.run(fork).alive)
    assert [event.text for event in store.history(fork) if isinstance(event, Plan)] == ["2. New."]


async def test_a_step_under_way_says_why_it_cannot_be_forked(store: Store, engine: Engine) -> None:
    slow = engine.launch(Launch(sources=(f"builtin:itsm/{SCANNER.stem}",), approve="every", pause_s=0))
    [run_id] = slow.run_ids
    while store.run(run_id).status != "waiting":
        assert store.run(run_id).alive
    async with replay(store, engine, run_id, 2).run_test(size=SIZE) as pilot:
        person = await Forker.at(pilot, store)
        for key in ("f", "a"):
            await person.press(key)
            assert "still under way" in person.toasts
            assert isinstance(person.screen, ReplayScreen)
        await person.press("left")
        await person.forking()
    assert store.count() == 1


async def test_the_family_is_told_and_jumped_in_at_the_same_step(store: Store, engine: Engine, tmp_path: Path) -> None:
    parent = failed_run(engine)
    child = forked_run(engine, parent, 2, tmp_path)
    forked_run(engine, child, 3, tmp_path)
    forked_run(engine, parent, 1, tmp_path, message="Look only.")
    async with replay(store, engine, parent, 2).run_test(size=SIZE) as pilot:
        person = await Forker.at(pilot, store)
        await person.until(lambda: "2 forks" in person.drawn)
        await person.press("T")
        await person.until(
            lambda: isinstance(person.screen, FamilyScreen) and person.screen.query_one(RowTable).count == 4
        )
        rows = [line for line in person.drawn.splitlines() if "#" in line and "│" in line]
        assert ["└ #2" in rows[1], "  └ #3" in rows[2], "└ #4" in rows[3]] == [True] * 3
        assert "other message" in rows[3]
        await person.press("down", "enter")
        await person.reading()
        assert (person.screen.run_id, person.screen.position) == (child, 2)
        assert f"fork of #{parent} at 2 · 1 fork" in person.drawn
        assert f"step 2 of 0–3 of #{parent}" in person.drawn
        await person.press("right")
        await person.until(lambda: person.screen.shown_step == 3)
        first, second = person.drawn.splitlines()[:2]
        assert f"of #{parent} " not in first.partition("step")[2]
        assert len(person.app.screen_stack) == 2  # the other branch took the place
        # The mouse does it, too.
        await pilot.click(offset=(second.index("fork of") + 3, 1))
        await person.until(lambda: isinstance(person.screen, FamilyScreen))
        await person.press("escape")
        store.delete_run(parent)
        await person.until(lambda: isinstance(person.screen, ReplayScreen))


async def test_who_has_no_relatives_is_told_so(store: Store, engine: Engine) -> None:
    run_id = failed_run(engine)
    async with replay(store, engine, run_id, 2).run_test(size=SIZE) as pilot:
        person = await Forker.at(pilot, store)
        await person.press("T")
        assert "f forks it" in person.toasts


async def test_forks_are_folded_under_their_parent_in_runs(store: Store, engine: Engine, tmp_path: Path) -> None:
    parent = failed_run(engine)
    other = failed_run(engine, "wrong-closed-too-early")
    child = forked_run(engine, parent, 2, tmp_path)
    nested = forked_run(engine, child, 3, tmp_path)
    async with at_runs(store, engine, SIZE) as person:
        table = person.screen.query_one(RowTable)

        def listed() -> list[int]:
            return [row.id for row in table._pages.source.rows(0, 100)]

        await person.until(lambda: table.count == 2)
        assert listed() == [other, parent]
        assert "▸ +2" in person.drawn
        await person.press("G", "T")
        await person.until(lambda: table.count == 4)
        assert listed() == [other, parent, child, nested]
        assert f"└ #{child} fork at 2" in person.drawn
        assert f"  └ #{nested} fork at 3" in person.drawn
        await person.press("G")
        await person.until(lambda: table.selected.id == nested)
        await person.press("T")
        await person.until(lambda: table.count == 2)
        assert table.selected.id == parent
        # A filter finds forks wherever they are.
        await person.press("slash")
        await person.type("fork:yes")
        await person.until(lambda: table.count == 2 and table.selected.id in (child, nested))
        assert listed() == [nested, child]
        await person.press("enter")
        await person.until(lambda: f"└ of #{child} scanner" in person.drawn)


def test_unfolded_forks_stand_behind_their_parent_on_every_page(store: Store, engine: Engine, tmp_path: Path) -> None:
    chance = random.Random(4)
    roots = [failed_run(engine) for _ in range(8)]
    runs = list(roots)
    for _ in range(14):
        runs.append(forked_run(engine, chance.choice(runs), 1, tmp_path))
    for sort, descending in (("id", True), ("steps", False), ("duration_s", True)):
        query = RunQuery(sort=sort, descending=descending)
        for unfolded in ((), roots[:1], roots[2:5], roots):
            source = StoredRuns(store, query, unfolded)
            count = source.count()
            whole = source.rows(0, count)
            assert len(whole) == count == len({row.id for row in whole})
            for size in (1, 3, 7):
                assert [row for at in range(0, count, size) for row in source.rows(at, size)] == whole
            folded = [row.id for row in StoredRuns(store, query).rows(0, 100)]
            assert [row.id for row in whole if not getattr(row, "depth", 0)] == folded
            for place, row in enumerate(whole):
                assert source.find(row.id) == place
                if isinstance(row, ListedRun) and row.depth:
                    before = whole[place - 1]
                    assert before.id == row.parent_id or getattr(before, "depth", 0) >= row.depth
            shown = {row.id for row in whole}
            for run_id in set(runs) - shown:
                assert whole[source.find(run_id)].id in roots  # it is folded away there


async def test_a_fork_whose_parent_is_deleted_stands_by_itself(store: Store, engine: Engine, tmp_path: Path) -> None:
    parent = failed_run(engine)
    child = forked_run(engine, parent, 2, tmp_path)
    store.delete_run(parent)
    assert [row.id for row in StoredRuns(store, RunQuery()).rows(0, 10)] == [child]
    async with replay(store, engine, child, 2).run_test(size=SIZE) as pilot:
        person = await Forker.at(pilot, store)
        await person.until(lambda: f"fork of #{parent} at 2 (deleted)" in person.drawn)


async def test_a_launch_by_hand_opens_the_workbench(store: Store, engine: Engine) -> None:
    """As ``eog-tui fork RUN --step N --agent human`` does."""
    run_id = failed_run(engine)
    launch = Launch(fork=Fork(run_id=run_id, step=2, by="kim"), agent="human")
    app = EogApp(store, engine, start=lambda: RunsScreen(launch=launch))
    async with app.run_test(size=SIZE) as pilot:
        person = Person(app, pilot, store)
        await person.seated()
        assert isinstance(person.screen, WorkbenchScreen)
