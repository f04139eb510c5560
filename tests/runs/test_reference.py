"""The benchmark's own tasks: gold lists pass, wrong lists fail, and a model gets there through the react agent."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.trajectory.store import Store


@pytest.mark.parametrize(("domain", "tasks"), [("csm", 6), ("itsm", 11)])
def test_every_task_passes_with_its_gold_calls(
    reference: Path, engine: Engine, store: Store, domain: str, tasks: int
) -> None:
    gold = sorted((reference / "tasks" / domain).glob("*.gold.json"))
    sources = tuple(str(path).replace(".gold.json", ".json") for path in gold)

    launched = engine.launch(Launch(sources=sources, seed_root=reference / "gym_dbs"))
    launched.done.result(timeout=300)

    rows = [store.run(run_id) for run_id in launched.run_ids]
    assert len(rows) >= tasks
    assert {row.task: (row.status, row.error) for row in rows if row.status != "passed"} == {}


@pytest.mark.parametrize(("kind", "status"), [("alt", "passed"), ("wrong", "failed")])
def test_other_call_lists_end_as_they_say(
    reference: Path, engine: Engine, store: Store, kind: str, status: str
) -> None:
    scripts = sorted((reference / "tasks").glob(f"*/*.{kind}-*.json"))
    assert scripts
    ends = {}
    for script in scripts:
        task = script.with_name(script.name.partition(".")[0] + ".json")
        launch = Launch(sources=(str(task),), script=script, seed_root=reference / "gym_dbs")
        [end] = engine.launch(launch).done.result(timeout=60).values()
        ends[script.name] = end

    assert {name: end for name, end in ends.items() if end != status} == {}
