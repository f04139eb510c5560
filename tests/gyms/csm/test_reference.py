"""The gym against what was collected about the benchmark's own: its tool list, logged calls and tasks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import apsw
import pytest

from engine.gyms.database import Template
from engine.gyms.domains.csm import DOMAIN
from engine.gyms.toolkit import FrozenClock

REFERENCE = Path(__file__).resolve().parents[3] / "../shared/reference"
pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference material is not at hand")
FACTS = REFERENCE / "domains/csm"
TASKS = sorted(p for p in REFERENCE.glob("tasks/csm/*.json") if p.name.count(".") == 1)
LISTS = [(task, calls) for task in TASKS for calls in sorted(task.parent.glob(f"{task.stem}.*.json"))]
VOLATILE = re.compile(r"sys_(created|updated)_on|start_time|assigned_at")


@pytest.fixture(scope="module")
def template() -> Template:
    """The benchmark's own seed of 10,616 rows."""
    (seed,) = REFERENCE.glob("gym_dbs/*/csm/dbs/*.sql")
    return Template.parse(DOMAIN.schema_sql, seed.read_text(), source=seed.name)


@pytest.fixture
def connection(template: Template) -> apsw.Connection:
    return template.clone().connection


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
        assert without_words(our["inputSchema"]) == without_words(their["inputSchema"]), our["name"]
        assert all(spec.get("description") for spec in our["inputSchema"]["properties"].values()), our["name"]


def test_reading_and_writing_tools_are_told_apart_as_in_the_reference():
    facts = json.loads((FACTS / "tools.json").read_text())
    kinds = {tool["name"]: tool["kind"] for tool in facts["tools"] + facts["extra_tools"]}
    assert {name: "write" if DOMAIN.writes(name) else "read" for name in kinds} == kinds
    assert len(kinds) == len(DOMAIN.tool_list()) == 89


def test_the_tables_have_the_references_columns_keys_and_uniques():
    facts = {table["name"]: table for table in json.loads((FACTS / "tables.json").read_text())["tables"]}
    connection = apsw.Connection(":memory:")
    connection.execute(DOMAIN.schema_sql)
    assert set(DOMAIN.tables) == set(facts)
    for name, table in facts.items():
        shape = list(connection.execute('SELECT name, type, "notnull" OR pk FROM pragma_table_info(?)', (name,)))
        expected = [(c["name"], c["type"], c["nullable"]) for c in table["columns"]]
        assert [(column, kind, not needed) for column, kind, needed in shape] == expected
        references = {(c["name"], *c["fk"].split(".")) for c in table["columns"] if "fk" in c}
        declared = connection.execute('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', (name,))
        assert set(declared) == references
        unique = {(c["name"],) for c in table["columns"] if c.get("unique")}
        unique |= {tuple(columns) for columns in table.get("unique_together", [])}
        indexes = [i for (i,) in connection.execute('SELECT name FROM pragma_index_list(?) WHERE "unique"', (name,))]
        columns = "SELECT name FROM pragma_index_info(?) ORDER BY seqno"
        assert {tuple(c for (c,) in connection.execute(columns, (index,))) for index in indexes} == unique


def test_answers_have_the_fields_of_the_reference_in_their_order(connection):
    """Every reading tool that answers rows, called without filters or for the first row."""
    facts = json.loads((FACTS / "tools.json").read_text())
    samples = {
        "find_user": {"name": "thomas GREEN"},
        "find_user_by_email": {"email": "thomas.green@servicenow.com"},
        "find_account": {"name": "ServiceNow"},
        "find_contact_by_portal_user": {"portal_user_id": 47},
        "find_product": {"name": "Windows Server 2019 Standard"},
        "find_product_by_id": {"product_id": 1},
        "find_installed_product_by_serial": {"serial_number": "P55-940931-6065"},
        "find_location": {"name": "User 1 - New York"},
        "find_user_group": {"name": "CSM Tier 1 Support"},
        "check_user_membership": {"user_id": 4, "group_id": 1},
        "retrieve_knowledge": {"search_text": "windows 2022"},
        "installed_product_warranties_ended_count": {"on_date": "2027-01-01"},
        "count_case_for_assignment_group": {"assignment_group_id": 4},
        "avg_reopen_count_for_assignment_group": {"assignment_group_id": 4},
    }
    headers = {"x-user-email": "thomas.green@servicenow.com"}
    for tool in facts["tools"] + facts["extra_tools"]:
        if tool["kind"] == "read":
            answer = DOMAIN.call(connection, tool["name"], samples.get(tool["name"], {}), headers, FrozenClock())
            assert not answer.is_error, answer.text
            value = json.loads(answer.text)
            assert isinstance(value, list) == tool["returns_kind"].startswith("array"), tool["name"]
            assert list(value[0] if isinstance(value, list) else value) == tool["returns"], tool["name"]


def test_logged_calls_get_the_answers_of_the_live_server(connection):
    headers = {"x-user-email": "thomas.green@servicenow.com"}
    for call in json.loads((REFERENCE / "calls/csm_observed.json").read_text())["calls"]:
        answer = DOMAIN.call(connection, call["tool"], call["arguments"], headers, FrozenClock())
        ours, live = json.loads(answer.text), call["parsed_result"]
        assert ours.keys() == live.keys()
        assert {k: v for k, v in ours.items() if not VOLATILE.match(k)} == {
            k: v for k, v in live.items() if not VOLATILE.match(k)
        }


@pytest.mark.parametrize(("task", "calls"), LISTS, ids=[calls.stem for _, calls in LISTS])
def test_gold_calls_pass_the_task_and_wrong_ones_fail_it(connection, task, calls):
    config = json.loads(task.read_text())
    played = json.loads(calls.read_text())
    headers = config["gym_servers_config"][0]["context"]
    for call in played["calls"]:
        answer = DOMAIN.call(connection, call["tool"], call["arguments"], headers, FrozenClock())
        assert not answer.is_error, answer.text
    passed = [
        connection.execute(check["validation_config"]["query"]).get == check["validation_config"]["expected_value"]
        for check in config["verifiers"]
    ]
    assert all(passed) == (played["expected"] == "pass")
