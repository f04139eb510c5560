"""What cannot be rebuilt says why, whoever wrote the store."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from engine.runs.rebuild import Rebuilder, RebuildError
from engine.runs.seeds import Seeds
from engine.trajectory.events import Failure
from engine.trajectory.store import NewRun
from tests.gyms.builtin import GYM_DBS
from tests.runs.stepping import Call, Stepped, step_through, task_at

TASK = GYM_DBS / "itsm/tasks/disk-firmware-change.json"
CALLS: list[Call] = [
    ("update_incident", {"incident_id": "INC_001", "impact": "high", "worknotes": "Seen."}),
    ("link_knowledge_to_incident", {"incident_id": "INC_001", "knowledge_id": "KB_009"}),
]


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds()


@pytest.fixture
def rebuilder(store, seeds) -> Rebuilder:
    return Rebuilder(store, seeds)


@pytest.fixture
def recorded(store, seeds) -> Stepped:
    return asyncio.run(step_through(store, seeds, task_at(TASK), CALLS, frozen=True))


@pytest.fixture
def forge(tmp_path) -> Callable[[str], None]:
    """Change the store as a stranger might."""

    def change(sql: str) -> None:
        with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
            assert connection.execute(sql).rowcount > 0

    return change


def test_a_run_or_step_that_does_not_exist(rebuilder, recorded):
    with pytest.raises(RebuildError, match="There is no run 99"):
        rebuilder.at(99, 0)
    for step in (-1, len(recorded.looks)):
        with pytest.raises(RebuildError, match=f"Run {recorded.run_id} has no step {step}"):
            rebuilder.at(recorded.run_id, step)


def test_a_run_that_has_not_started(store, rebuilder):
    task = task_at(TASK)
    run_id = store.create_run(NewRun(task=task, task_name="t", domain="itsm", agent="react"))
    with pytest.raises(RebuildError, match="has no step 0"):
        rebuilder.at(run_id, 0)
    store.recorder(run_id).append(Failure(step=0, where="gym", message="no seed"))
    with pytest.raises(RebuildError, match="has not started"):
        rebuilder.at(run_id, 0)


def test_a_step_whose_call_has_no_result_yet(rebuilder, recorded, forge):
    last = len(recorded.looks) - 1
    forge(f"UPDATE step SET ok = NULL WHERE run_id = {recorded.run_id} AND number = {last}")
    with pytest.raises(RebuildError, match=f"Step {last} of run {recorded.run_id} did not come to its end"):
        rebuilder.at(recorded.run_id, last)
    rebuilder.at(recorded.run_id, last - 1).close()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE change SET table_name = 'moon'", "step 2: moon INC_001: this database has no such table"),
        ("UPDATE change SET op = 'insert', before = NULL", "step 2: incident INC_001: the row exists already"),
        ("UPDATE change SET before = NULL WHERE op = 'update'", "the row exists already"),
        ("UPDATE change SET key = replace(key, 'INC_001', 'INC_999')", "incident INC_999: the row is missing"),
        ("UPDATE change SET before = replace(before, 'low', 'high')", "impact differ from what was recorded"),
        ("UPDATE change SET after = '{}' WHERE op = 'insert'", "step 3: incident_knowledge IKB.*: .*other columns"),
        ("UPDATE change SET after = replace(after, 'impact', 'nope')", "step 2: .* no column named nope"),
        ("UPDATE change SET after = replace(after, '\"high\"', '[1]')", "a value that no table can hold"),
        ("UPDATE change SET after = replace(after, 'high', '\\ud800')", "step 2: incident INC_001: .*surrogates"),
        ("UPDATE change SET after = replace(after, '\"high\"', '99999999999999999999')", "step 2: .*int too big"),
        ("UPDATE change SET key = '{\"incident_id\": 99999999999999999999}'", "step 2: incident 9+: int too big"),
        ("UPDATE change SET key = 'x'", "Run .* cannot be rebuilt"),
        ("UPDATE text SET body = x'00' WHERE packed", "Run .* cannot be rebuilt"),
        ("DELETE FROM text WHERE length(body) > 20000", "gym-itsm-mcp: There is no text"),
        ("UPDATE event SET body = replace(body, '2026-01-01T00:00:00 ', 'noon ') WHERE seq > 3", "noon"),
        ("UPDATE event SET body = replace(body, '01T00:00:00 ', '01T00:00:00 99999999999999')", "calendar"),
        ("UPDATE event SET body = '{}' WHERE kind = 'tool_call'", "Run .* cannot be rebuilt"),
        (
            "UPDATE event SET body = replace(body, '\"itsm\"', '\"moon\"') WHERE seq = 0",
            "only .* built-in domains",
        ),
        ("UPDATE event SET body = replace(body, '\"itsm\"', '\"csm\"') WHERE seq = 0", "its seed line"),
    ],
)
def test_a_store_whose_parts_do_not_fit(rebuilder, recorded, forge, sql, words):
    forge(sql)
    with pytest.raises(RebuildError, match=words) as refusal:
        rebuilder.at(recorded.run_id, len(recorded.looks) - 1)
    assert f"Run {recorded.run_id}" in str(refusal.value)
