"""The app on a store that takes its time or fails for a moment: news comes, and nothing is lost or told wrongly."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import ApproveCall, OrderError, Pause
from engine.trajectory.database import StoreError
from engine.trajectory.store import Store
from eog_tui.live.following import Following
from eog_tui.live.ordering import carry_out
from eog_tui.live.rules import RulesInForce
from eog_tui.live.waiting import awaited
from eog_tui.plans.seed_tables import SeedTables
from eog_tui.screens.approve import ApproveScreen
from eog_tui.screens.help import HelpScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.plan import PlanScreen
from eog_tui.screens.plan_uplift import UpliftScreen
from eog_tui.screens.runs import RunsScreen
from eog_tui.widgets.row_table import RowTable
from eog_tui.workbench.peeking import PeekError, Peeking
from tests.agents.openai_server import Hang, Say
from tests.app.launching import app_on, picture, settled, until
from tests.app.planning import opened, subject
from tests.app.supervising import launched, model, supervising
from tests.app.tape import Tape
from tests.app.test_pressed_twice import slowed

WRITE = Say(calls=[("update_incident", {"incident_id": "INC_021", "impact": "low"})])


@contextmanager
def others_write(store: Store) -> Iterator[None]:
    """Another run that never rests: the store changes all the time."""
    other, over = Tape(store, "Other", "Go.").start(), threading.Event()

    def write() -> None:
        while not over.wait(0.05):
            other.say("And on.")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()


async def test_live_tells_what_happens_however_long_a_look_takes(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tape = Tape(store, "Watched", "Go.").start()
    async with supervising(store, engine, tape.run_id) as who:
        await who.until(lambda: who.live.sight is not None)
        monkeypatch.setattr(Following, "look", slowed(Following.look, 0.6))
        with others_write(store):
            for news in ("First news.", "Second news.", "Third news."):
                tape.say(news)
                await who.until(lambda news=news: news in who.drawn("#steps"), 4)


async def test_sums_and_reports_come_while_runs_write(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eog_tui.screens import plan_uplift

    monkeypatch.setattr(store, "counts", slowed(store.counts, 0.6))
    monkeypatch.setattr(plan_uplift, "uplift", slowed(plan_uplift.uplift, 0.6))
    with others_write(store):
        app = app_on(store, engine)
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: "Runs 1" in picture(pilot), 4)
            Tape(store, "One more", "Go.").start()
            await until(pilot, lambda: "Runs 2" in picture(pilot), 4)
            await app.push_screen(UpliftScreen())
            await until(pilot, lambda: "0 tasks" in picture(pilot), 4)


async def test_a_question_closes_when_somebody_else_answered_however_long_it_takes_to_learn_it(
    store: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eog_tui.screens import approve

    with model(tmp_path, [WRITE, Hang(20)]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            monkeypatch.setattr(approve, "awaited", slowed(approve.awaited, 0.7))
            waits = awaited(store, store.run(run_id))
            engine.order(run_id, ApproveCall(by="ada", call_id=waits.call_id)).result(10)  # type: ignore[union-attr]
            await who.until(lambda: "no longer waits" in who.toasts, 5)
            await who.sees(LiveScreen)


async def test_an_order_that_is_taken_at_the_last_moment_is_waited_for(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eog_tui.live.ordering.PATIENCE_SECONDS", 0.1)
    tape = Tape(store, "Elsewhere", "Go.").start()
    withdraw = store.withdraw_order

    def too_late(number: int) -> bool:
        store.take_orders()
        threading.Timer(0.3, store.settle_order, (number, "The run is about to end.")).start()
        return withdraw(number)

    monkeypatch.setattr(store, "withdraw_order", too_late)
    with pytest.raises(OrderError, match="about to end"):
        await carry_out(engine, store, tape.run_id, Pause(by="ann"))


async def test_rules_that_cannot_be_read_are_told_and_the_call_goes_on_waiting(
    store: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: RulesInForce, run_id: int) -> Any:
        raise StoreError("The store failed: database is locked")

    with model(tmp_path, [WRITE, Say("Done.")]) as (_, llm):
        run_id = launched(engine, llm, approve="writing")
        async with supervising(store, engine, run_id) as who:
            await who.asked()
            with monkeypatch.context() as failing:
                failing.setattr(RulesInForce, "of", broken)
                await who.press("A", "A")
                await who.until(lambda: "database is locked" in who.toasts)
            await who.sees(LiveScreen)
            assert store.run(run_id).status == "waiting"
            await who.pilot.pause(0.4)
            await who.press("W")
            await who.asked()
            await who.press("A", "A")
            await who.until(lambda: not store.run(run_id).alive)


async def test_tables_come_although_one_looked_away_while_they_were_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SeedTables, "tables", slowed(SeedTables.tables, 1.5))
    async with opened(store, PlanScreen(subject=subject()), size=(100, 30)) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, PlanScreen)
        show: dict[str, Callable[[], object]] = {command.title.split()[1]: command.run for command in screen.commands()}
        for pane in ("Tables", "Policy", "Tables"):
            show[pane]()
            await pilot.pause(0.4)
        await until(pilot, lambda: screen.query_one("#table-list", RowTable).count > 0, 8)


async def test_the_bell_rings_below_a_dialog(
    store: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr("eog_tui.app.EogApp.bell", lambda self: rung.append(1))
    app = app_on(store, engine, RunsScreen)
    with model(tmp_path, [WRITE, Hang(20)]) as (_, llm):
        async with app.run_test(size=(120, 30)) as pilot:
            await settled(pilot)
            await pilot.press("question_mark")
            await pilot.pause(0.5)
            assert isinstance(app.screen, HelpScreen)
            run_id = launched(engine, llm, approve="writing")
            await until(pilot, lambda: store.run(run_id).status == "waiting", 30)
            await until(pilot, lambda: rung, 5)
            await pilot.pause(1.2)
            assert len(rung) == 1
            assert isinstance(app.screen, HelpScreen)
            assert not isinstance(app.screen, ApproveScreen)


def test_databases_that_were_given_up_are_not_built_again(store: Store) -> None:
    peeking = Peeking(store, Tape(store, "Mine", "Go.").start().run_id)
    peeking.close()
    started = time.monotonic()
    with pytest.raises(PeekError, match="given up"):
        peeking.tables(1)
    assert time.monotonic() - started < 1
