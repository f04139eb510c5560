"""Which runs ask their verifiers after each call that wrote: all but those whose verifiers are slow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.runs.engine import Engine
from engine.runs.run import LIVE_CHECK_SECONDS  # as it is for users: tests have a longer one
from engine.runs.spec import Launch
from engine.trajectory.store import RunRow, Store
from tests.runs.material import call, count_check

RAISE = call("update_incident", incident_id="INC_001", impact="high")


def test_what_other_runs_do_on_the_same_loop_makes_no_verifier_slow(
    engine: Engine, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runs.run.LIVE_CHECK_SECONDS", LIVE_CHECK_SECONDS)

    launched = engine.launch(Launch(sources=("builtin:itsm",), concurrency=16))
    launched.done.result(timeout=120)

    wrote = [head for run_id in launched.run_ids for head in store.steps(run_id) if head.writes]
    assert len(wrote) > 20
    assert all(head.verifiers is not None for head in wrote)


def test_slow_verifiers_are_asked_at_the_end_only(
    run: Callable[..., RunRow], store: Store, write_task: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runs.run.LIVE_CHECK_SECONDS", 0.05)
    counted = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500000) SELECT count(*) FROM n"

    row = run(write_task([RAISE], [count_check("slow", f"impact = 'high' AND ({counted}) > 1")]))

    assert [head.verifiers for head in store.steps(row.id) if head.writes] == [None]
    assert len(store.verdicts(row.id)) == 1
