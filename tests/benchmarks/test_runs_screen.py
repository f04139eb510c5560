"""The Runs screen with 100,000 runs must open, move and filter about as fast as with 100.

Compared is CPU time of the whole process: a key press under Pilot spends most of its wall time waiting.
"""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import insert
from textual.pilot import Pilot

from engine.runs.engine import Engine
from engine.trajectory.store import NewRun, Store
from engine.trajectory.tables import Run
from eog_tui.widgets.row_table import RowTable
from tests.app.launching import app_on, settled
from tests.app.tape import Check, Tape

FEW, MANY = 100, 100_000
SLACK_S = 0.12
"""Seconds of CPU that the many runs may take more than the few; their counting has to look at each."""


def filled(path: Path, runs: int) -> Store:
    """A store with rows as the recorder writes them, written at once."""
    store = Store.open(path)
    check = Check("the ticket is closed", "SELECT 1", 1, "pass")
    model = Tape(store, "Model of all", "Copied.", [check]).verdicts("p").end("passed", "Closed.")
    with store.database.write() as connection:
        [row] = connection.execute(Run.__table__.select().where(Run.id == model)).mappings()
        copy = {name: value for name, value in row.items() if name != "id"}
        chance, start = random.Random(7), datetime(2026, 1, 1, tzinfo=UTC)
        connection.execute(
            insert(Run),
            [
                copy
                | {
                    "task": f"Ticket {number % 900} about {chance.choice(['printers', 'laptops', 'access'])}",
                    "status": chance.choice(["passed", "failed", "errored", "stopped"]),
                    "steps": chance.randrange(2, 60),
                    "cost_usd": chance.random(),
                    "started_at": start + timedelta(minutes=number),
                    "ended_at": start + timedelta(minutes=number + 1),
                }
                for number in range(runs - 1)
            ],
        )
    return store


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Store]:
    folder = tmp_path_factory.mktemp("runs")
    return {runs: filled(folder / f"{runs}.db", runs) for runs in (FEW, MANY)}


@asynccontextmanager
async def opened(store: Store) -> AsyncIterator[Pilot[Any]]:
    app = app_on(store, Engine(store))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        yield pilot


async def cost(work: Callable[[], Awaitable[None]]) -> float:
    before = time.process_time()
    await work()
    return time.process_time() - before


async def test_opening(stores: dict[int, Store], record_property: Callable[[str, object], None]) -> None:
    async def open_and_close(store: Store) -> None:
        async with opened(store) as pilot:
            assert pilot.app.screen.query_one(RowTable).selected is not None

    await open_and_close(stores[FEW])  # imports and styles are paid once
    took = {
        runs: median([await cost(lambda store=store: open_and_close(store)) for _ in range(3)])
        for runs, store in stores.items()
    }
    for runs, seconds in took.items():
        record_property(f"open_{runs}_cpu_ms", round(seconds * 1000))
        print(f"opening {runs:,} runs: {seconds * 1000:.0f} ms CPU")
    assert took[MANY] < took[FEW] + SLACK_S


@pytest.mark.parametrize("keys", [["j"], ["pagedown"], ["G", "g"]], ids=["down", "page", "ends"])
async def test_moving(stores: dict[int, Store], keys: list[str]) -> None:
    took = {}
    for runs, store in stores.items():
        async with opened(store) as pilot:

            async def press(pilot: Pilot[Any] = pilot) -> None:
                await pilot.press(*keys)
                await settled(pilot)

            took[runs] = median([await cost(press) for _ in range(7)])
            print(f"{'+'.join(keys)} in {runs:,} runs: {took[runs] * 1000:.1f} ms CPU")
    assert took[MANY] < took[FEW] + 0.03


async def test_a_live_store_costs_the_same(stores: dict[int, Store]) -> None:
    """What one batch of news costs: counting, summing and reading the shown page again."""
    took = {}
    for runs, store in stores.items():
        async with opened(store) as pilot:

            async def news(pilot: Pilot[Any] = pilot, store: Store = store) -> None:
                store.create_run(NewRun(task=store.task(1), task_name="New", domain="itsm", agent="scripted"))
                await pilot.pause(0.4)
                await settled(pilot)

            took[runs] = median([await cost(news) for _ in range(5)])
            print(f"news in {runs:,} runs: {took[runs] * 1000:.1f} ms CPU")
    assert took[MANY] < took[FEW] + SLACK_S


async def test_filtering(stores: dict[int, Store]) -> None:
    async with opened(stores[MANY]) as pilot:

        async def filter_by_word() -> None:
            await pilot.press("/", *"laptops")
            await settled(pilot)

        seconds = await cost(filter_by_word)
        assert "of 100," in pilot.app.screen.query_one("FilterBar").note
        print(f"typing a word over {MANY:,} runs: {seconds * 1000:.0f} ms CPU")
        assert seconds < 1.5
