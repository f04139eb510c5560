"""Every gym against what was collected about the benchmark's own: its tool list, logged calls and tasks."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import apsw
import pytest

from engine.gyms.database import Template
from engine.gyms.registry import DOMAINS, domain, domain_for_server
from engine.gyms.toolkit import FrozenClock

REFERENCE = Path(__file__).resolve().parents[2] / "../shared/reference"
pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference material is not at hand")
TASKS = sorted(p for p in REFERENCE.glob("tasks/*/*.json") if p.name.count(".") == 1)
LISTS = [(task, calls) for task in TASKS for calls in sorted(task.parent.glob(f"{task.stem}.*.json"))]
LOGS = sorted(REFERENCE.glob("calls/*_observed.json"))
ACTORS = {"csm": {"x-user-email": "thomas.green@servicenow.com"}}
VOLATILE = re.compile(r"(sys_)?(created|updated)_(on|at)|(start_time|assigned_at)$")

every_domain = pytest.mark.parametrize("name", DOMAINS)


@cache
def template(name: str, seed: Path) -> Template:
    return Template.parse(domain(name).schema_sql, seed.read_text(), source=seed.name)


def seeded(name: str, seed: Path) -> apsw.Connection:
    return template(name, seed).clone().connection


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


@every_domain
def test_the_tool_list_is_the_references_but_for_the_words_and_output_schemas(name):
    theirs = json.loads((REFERENCE / "domains" / name / "tools_list.json").read_text())
    ours = domain(name).tool_list()
    assert [tool["name"] for tool in ours] == [tool["name"] for tool in theirs]
    for our, their in zip(ours, theirs, strict=True):
        assert our.keys() | {"outputSchema"} == their.keys() | {"outputSchema"}
        assert without_words(our["inputSchema"]) == without_words(their["inputSchema"]), our["name"]


@every_domain
def test_reading_and_writing_tools_are_told_apart_as_in_the_reference(name):
    facts = json.loads((REFERENCE / "domains" / name / "tools.json").read_text())
    kinds = {tool["name"]: tool["kind"] for tool in facts["tools"] + facts.get("extra_tools", [])}
    assert {tool["name"] for tool in domain(name).tool_list()} == kinds.keys()
    assert {tool: "write" if domain(name).writes(tool) else "read" for tool in kinds} == kinds


@pytest.mark.parametrize("log", LOGS, ids=[log.stem for log in LOGS])
def test_logged_calls_get_the_answers_of_the_live_server(log):
    name = log.stem.partition("_")[0]
    connection = seeded(name, min(REFERENCE.glob(f"gym_dbs/*/{name}/dbs/*.sql")))
    clock = FrozenClock()
    for call in json.loads(log.read_text())["calls"]:
        answer = domain(name).call(connection, call["tool"], call["arguments"], ACTORS.get(name, {}), clock)
        ours, live = json.loads(answer.text), call["parsed_result"]
        assert ours.keys() == live.keys()
        assert {k: v for k, v in ours.items() if not VOLATILE.match(k)} == {
            k: v for k, v in live.items() if not VOLATILE.match(k)
        }


@pytest.mark.parametrize(("task", "calls"), LISTS, ids=[calls.stem for _, calls in LISTS])
def test_gold_calls_pass_the_task_and_wrong_ones_fail_it(task, calls):
    described, listed = json.loads(task.read_text()), json.loads(calls.read_text())
    (gym,) = described["gym_servers_config"]
    found = domain_for_server(gym["mcp_server_name"])
    connection = seeded(found.name, REFERENCE / "gym_dbs" / gym["seed_database_file"])
    headers = {f"x-{k.removeprefix('x-').replace('_', '-')}": str(v) for k, v in (gym["context"] or {}).items()}
    for call in listed["calls"] if isinstance(listed, dict) else listed:
        answer = found.call(connection, call["tool"], call["arguments"], headers, FrozenClock())
        assert not answer.is_error, answer.text
    checks = [v["validation_config"] for v in described["verifiers"] if v["verifier_type"] == "database_state"]
    passed = [connection.execute(check["query"]).get == check["expected_value"] for check in checks]
    assert all(passed) != (".wrong-" in calls.name)
