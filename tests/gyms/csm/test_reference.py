"""The gym's tables and the fields of its answers against those of the benchmark's own."""

from __future__ import annotations

import json
from pathlib import Path

import apsw
import pytest

from engine.gyms.database import Template
from engine.gyms.domains.csm import DOMAIN
from engine.gyms.toolkit import FrozenClock

REFERENCE = Path(__file__).resolve().parents[3] / "../shared/reference"
pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference material is not at hand")
FACTS = REFERENCE / "domains/csm"


@pytest.fixture(scope="module")
def template() -> Template:
    """The benchmark's own seed of 10,616 rows."""
    (seed,) = REFERENCE.glob("gym_dbs/*/csm/dbs/*.sql")
    return Template.parse(DOMAIN.schema_sql, seed.read_text(), source=seed.name)


@pytest.fixture
def connection(template: Template) -> apsw.Connection:
    return template.clone().connection


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


def test_every_parameter_is_described():
    for tool in DOMAIN.tool_list():
        assert all(spec.get("description") for spec in tool["inputSchema"]["properties"].values()), tool["name"]


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
