"""The gym against what was collected about the benchmark's own: its tool list, logged calls and tasks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import apsw
import pytest

from engine.gyms.domains.itsm import DOMAIN
from engine.gyms.toolkit import FrozenClock

REFERENCE = Path(__file__).resolve().parents[3] / "../shared/reference"
pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference material is not at hand")
FACTS = REFERENCE / "domains/itsm"
TASKS = sorted(p for p in REFERENCE.glob("tasks/itsm/*.json") if p.name.count(".") == 1)
LISTS = [(task, calls) for task in TASKS for calls in sorted(task.parent.glob(f"{task.stem}.*.json"))]
VOLATILE = re.compile(r"(created|updated)_(on|at)")


def seeded(seed: Path) -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute(DOMAIN.schema_sql)
    connection.execute(seed.read_text())
    return connection


def without_words(schema):
    """Drop the descriptions, and the order of lists that are sets."""
    if not isinstance(schema, dict):
        return schema
    bare = {}
    for name, value in schema.items():
        if name == "properties":
            bare[name] = {parameter: without_words(spec) for parameter, spec in value.items()}
        elif name in ("required", "enum"):
            bare |= {name: sorted(value)} if value else {}
        elif name != "description":
            bare[name] = without_words(value)
    return bare


def test_the_tool_list_is_the_references_but_for_the_words():
    theirs = json.loads((FACTS / "tools_list.json").read_text())
    ours = DOMAIN.tool_list()
    assert [tool["name"] for tool in ours] == [tool["name"] for tool in theirs]
    for our, their in zip(ours, theirs, strict=True):
        assert our.keys() == their.keys()
        assert without_words(our["inputSchema"]) == without_words(their["inputSchema"]), our["name"]


def test_reading_and_writing_tools_are_told_apart_as_in_the_reference():
    kinds = {tool["name"]: tool["kind"] for tool in json.loads((FACTS / "tools.json").read_text())["tools"]}
    assert {name: "write" if DOMAIN.writes(name) else "read" for name in kinds} == kinds


def test_the_tables_are_the_references():
    def shape(schema: str) -> dict[str, list[object]]:
        connection = apsw.Connection(":memory:")
        connection.execute(schema)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        pragmas = ("table_info", "foreign_key_list", "index_list")
        return {n: [list(connection.execute(f"SELECT * FROM pragma_{p}(?)", (n,))) for p in pragmas] for n in names}

    assert shape(DOMAIN.schema_sql) == shape((FACTS / "schema.sql").read_text())


def test_logged_calls_get_the_answers_of_the_live_server():
    seed = min(REFERENCE.glob("gym_dbs/*/itsm/dbs/*.sql"))
    connection = seeded(seed)
    for call in json.loads((REFERENCE / "calls/itsm_observed.json").read_text())["calls"]:
        answer = DOMAIN.call(connection, call["tool"], call["arguments"], {}, FrozenClock())
        ours, live = json.loads(answer.text), call["parsed_result"]
        assert {k: v for k, v in ours.items() if not VOLATILE.match(k)} == {
            k: v for k, v in live.items() if not VOLATILE.match(k)
        }


@pytest.mark.parametrize(("task", "calls"), LISTS, ids=[calls.stem for _, calls in LISTS])
def test_gold_calls_pass_the_task_and_wrong_ones_fail_it(task, calls):
    described, listed = json.loads(task.read_text()), json.loads(calls.read_text())
    (gym,) = described["gym_servers_config"]
    connection = seeded(REFERENCE / "gym_dbs" / gym["seed_database_file"])
    headers = {f"x-{k.removeprefix('x-').replace('_', '-')}": str(v) for k, v in (gym["context"] or {}).items()}
    for call in listed["calls"] if isinstance(listed, dict) else listed:
        answer = DOMAIN.call(connection, call["tool"], call["arguments"], headers, FrozenClock())
        assert not answer.is_error, answer.text
    checks = [v["validation_config"] for v in described["verifiers"] if v["verifier_type"] == "database_state"]
    passed = [connection.execute(check["query"]).get == check["expected_value"] for check in checks]
    assert all(passed) != (".wrong-" in calls.name)
