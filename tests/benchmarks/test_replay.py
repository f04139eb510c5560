"""What opening a replay and each step in it cost, in CPU time of this process, drawing included.

CPU, because one key of Textual's Pilot alone waits for 42 ms. The texts of the runs differ by the factor ten; what is
seen of them at once does not, so neither must the cost. Run with ``-s`` to see the figures.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import pytest
from textual.screen import Screen

from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.replay import ReplayScreen
from tests.app.gallery import FakeEngine
from tests.app.recorded import record_huge, record_long

OPEN_MS = 500
"""Generous, since machines differ; the comparisons below are what counts."""
STEP_MS = 80
STEPS = 20
SETTLE_S = 0.06
"""After what was asked for is there: long enough for Textual to draw it."""


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds, medians."""

    opening: float
    step: float
    slowest_step: float


async def measure(store: Store, run_id: int) -> Cost:
    app = EogApp(store, FakeEngine(), start=Screen)
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.pause(0.3)
        openings = []
        for _ in range(4):
            screen = ReplayScreen(run_id, 5)
            openings.append(
                await spent(lambda screen=screen: app.push_screen(screen), lambda screen=screen: screen.shown_step == 5)
            )
            if len(openings) < 4:
                await app.pop_screen()
        steps = []
        for number in range(6, 6 + STEPS):
            steps.append(await spent(lambda: screen.action_step(1), lambda number=number: screen.shown_step == number))
    return Cost(statistics.median(openings), statistics.median(steps), max(steps))


async def spent(act: Callable[[], object], done: Callable[[], bool]) -> float:
    """CPU milliseconds until it is done and drawn."""
    before = process_time()
    act()
    while not done():  # noqa: ASYNC110 - it is a poll from outside, as a person's eyes do it
        await asyncio.sleep(0.001)
    await asyncio.sleep(SETTLE_S)
    return (process_time() - before) * 1_000


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "store.db") as store:
        yield store


async def test_ten_times_the_text_costs_the_same(store: Store) -> None:
    small = await measure(store, record_huge(store, 90_000))
    large = await measure(store, record_huge(store, 900_000))
    print(f"\n90,000 tokens: {small}\n900,000 tokens: {large}")
    for cost in (small, large):
        assert cost.opening < OPEN_MS
        assert cost.step < STEP_MS
    assert large.opening < 1.5 * small.opening + 20
    assert large.step < 1.5 * small.step + 10


async def test_two_thousand_steps_cost_what_thirty_four_do(store: Store) -> None:
    short = await measure(store, record_huge(store, 90_000))
    long = await measure(store, record_long(store, 2_000))
    print(f"\n34 steps: {short}\n2,000 steps: {long}")
    assert long.opening < 2 * short.opening + 50
    assert long.step < 1.5 * short.step + 10
