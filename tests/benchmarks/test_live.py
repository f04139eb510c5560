"""What a step more costs whoever watches: the same at 2,000 steps as at 20. CPU time of the whole process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from engine.runs.engine import Engine
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.base import StoreChanged
from eog_tui.screens.live import LiveScreen
from eog_tui.widgets.step_list import StepList
from tests.app.tape import Check, Tape, updated

CHECK = Check("all are closed", "SELECT COUNT(*) FROM incident WHERE status = 'closed'", 4_000, "fail")
SHORT, LONG = 20, 2_000
ROUNDS = 40


def one_more(tape: Tape) -> None:
    """A call that writes a row that no earlier one wrote."""
    number = tape.next_step
    change = updated("incident", "incident_id", f"INC_{number:05}", status=("new", "closed"))
    arguments = {"incident_id": f"INC_{number:05}", "status": "closed"}
    tape.call("update_incident", arguments, {"incident_id": f"INC_{number:05}"}, changes=[change], verifiers="f")


@contextmanager
def watched(folder: Path, steps: int) -> Iterator[Callable[[], float]]:
    """Open Live on a run of that many steps; the given function adds a step and says what it cost to show."""
    with Store.open(folder / f"{steps}.db") as store, asyncio.Runner() as runner:
        tape = Tape(store, "Close everything", "Close every incident.", [CHECK]).start()
        for _ in range(steps - 2):
            one_more(tape)
        screen = LiveScreen(tape.run_id)
        app = EogApp(store, Engine(store), start=lambda: screen)
        running = app.run_test(size=(120, 40))

        async def shown() -> None:
            while len(screen.query_one(StepList).heads) < tape.next_step:  # noqa: ASYNC110 - as a person waits
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.05)  # until it is drawn

        async def opened() -> None:
            await running.__aenter__()
            await shown()

        async def add() -> float:
            one_more(tape)
            before = time.process_time()
            screen.post_message(StoreChanged())
            await shown()
            return time.process_time() - before

        runner.run(opened())
        try:
            yield lambda: runner.run(add())
        finally:
            runner.run(running.__aexit__(None, None, None))


@pytest.mark.benchmark(timer=time.process_time, warmup=False)
@pytest.mark.parametrize("steps", [SHORT, LONG])
def test_a_step_more_is_shown(benchmark: BenchmarkFixture, tmp_path: Path, steps: int) -> None:
    with watched(tmp_path, steps) as add:
        benchmark.pedantic(add, rounds=ROUNDS, warmup_rounds=5)


def test_a_step_more_costs_the_same_at_any_length(tmp_path: Path) -> None:
    with watched(tmp_path, SHORT) as short, watched(tmp_path, LONG) as long:
        # In turns, so that whatever else the machine does weighs on both.
        costs = [(short(), long()) for _ in range(ROUNDS)]
    at_short, at_long = (median(cost) for cost in zip(*costs, strict=True))
    assert at_long < at_short * 1.5 + 0.001, f"{at_short * 1e3:.1f} ms at {SHORT}, {at_long * 1e3:.1f} ms at {LONG}"
