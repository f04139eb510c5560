"""The uplift of ten thousand runs, read in one go. CPU time, in seconds."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from engine.analysis.uplift import uplift
from engine.trajectory.store import NewRun, Store
from engine.trajectory.tables import Run
from tests.benchmarks.test_store import TASK

RUNS, TASKS = 10_000, 650

pytestmark = pytest.mark.benchmark(timer=time.process_time, warmup=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as opened:
        first = opened.create_run(NewRun(TASK, "t0", "itsm", "react", "m"))
        chance = random.Random(1)
        with opened.database.write() as connection:
            row: dict[str, Any] = dict(connection.execute(select(Run).where(Run.id == first)).one()._mapping)
            del row["id"]
            row |= {"verifiers_total": 5, "answer": "An answer of some length. " * 40}
            rows = [
                {
                    **row,
                    "task": f"t{number % TASKS}",
                    "plan": "1 v1" if number % 3 else None,
                    "status": chance.choice(("passed", "failed")),
                    "verifiers_passed": chance.randrange(6),
                }
                for number in range(RUNS)
            ]
            connection.execute(insert(Run), rows)
        yield opened


def test_uplift_of_ten_thousand_runs(store: Store, benchmark: Any) -> None:
    report = benchmark.pedantic(uplift, (store,), rounds=3)

    assert report.tasks == TASKS
    assert report.without.runs + report.planned.runs == RUNS
    assert benchmark.stats.stats.max < 0.5
