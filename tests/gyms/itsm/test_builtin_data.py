"""The built-in seeds: made the same each time, whole, and true to the tables and to the policy."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.gyms.database import Template
from engine.gyms.domains.itsm import DOMAIN

GYM_DBS = Path(__file__).resolve().parents[3] / "gym_dbs/itsm"
SEEDS = {path.stem: path for path in sorted((GYM_DBS / "dbs").glob("*.sql"))}
SIZES = {"harbor_small": range(230, 330), "meridian_large": range(900, 1100)}

MATRIX = {
    ("high", "high"): "critical",
    ("high", "medium"): "high",
    ("medium", "high"): "high",
    ("medium", "medium"): "moderate",
    ("high", "low"): "moderate",
    ("low", "high"): "moderate",
    ("low", "medium"): "low",
    ("medium", "low"): "low",
    ("low", "low"): "planning",
}


@pytest.fixture(params=SEEDS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def seed(name: str) -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:") as connection:
        connection.row_factory = sqlite3.Row
        connection.executescript(DOMAIN.schema_sql)
        connection.executescript(SEEDS[name].read_text("utf-8"))
        yield connection
    connection.close()


@pytest.fixture
def make_seeds(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(GYM_DBS))
    import make_seeds

    return make_seeds


def tables(seed: sqlite3.Connection) -> list[str]:
    return [row["name"] for row in seed.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]


def found(seed: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    """Rows that should not exist, as plain tuples so that a failure shows them."""
    return [tuple(row) for row in seed.execute(sql)]


def test_the_script_makes_the_same_bytes_again(name: str, make_seeds: ModuleType) -> None:
    assert make_seeds.build(name) == SEEDS[name].read_text("utf-8")
    assert make_seeds.build(name) == make_seeds.build(name)


def test_check_notices_a_file_that_was_edited(
    make_seeds: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dbs").mkdir()
    shutil.copytree(GYM_DBS / "seeding", tmp_path / "seeding")
    monkeypatch.setattr(make_seeds, "HERE", tmp_path)
    assert make_seeds.main(check=True) == 1
    assert make_seeds.main(check=False) == 0
    assert make_seeds.main(check=True) == 0
    with (tmp_path / "dbs/harbor_small.sql").open("a") as file:
        file.write("-- edited\n")
    assert make_seeds.main(check=True) == 1


def test_seed_loads_as_a_template(name: str) -> None:
    database = Template.parse(DOMAIN.schema_sql, SEEDS[name].read_text("utf-8"), source=name).clone()
    assert database.query("SELECT COUNT(*) FROM incident").rows[0][0] > 20
    database.close()


def test_seed_is_of_its_size_and_fills_every_table(name: str, seed: sqlite3.Connection) -> None:
    counts = {table: seed.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables(seed)}
    assert len(counts) == 24
    assert min(counts.values()) > 0, counts
    assert sum(counts.values()) in SIZES[name]


def test_every_reference_exists(seed: sqlite3.Connection) -> None:
    assert found(seed, "PRAGMA foreign_key_check") == []
    for table, column, target, key in (
        ("users", "location_id", "location", "location_id"),
        ("incident", "parent_incident", "incident", "incident_id"),
        ("notification", "email", "users", "email"),
    ):
        missing = f"SELECT {column} FROM {table} WHERE {column} NOT IN (SELECT {key} FROM {target})"
        assert found(seed, missing) == []


def test_texts_fit_their_columns_and_none_is_empty(seed: sqlite3.Connection) -> None:
    for table in tables(seed):
        for column in seed.execute(f"PRAGMA table_info({table})").fetchall():
            limit = re.match(r"VARCHAR\((\d+)\)", column["type"])
            bad = f"TRIM({column['name']}) = ''"
            if limit:
                bad += f" OR LENGTH({column['name']}) > {limit[1]}"
            assert found(seed, f"SELECT {column['name']} FROM {table} WHERE {bad}") == []


LISTS = {  # table: a tool whose arguments carry the accepted values of its columns
    "incident": "list_incidents",
    "users": "update_user_details",
    "user_group": "list_user_groups",
    "configuration_item": "find_configuration_items",
    "service": "find_services",
    "service_offering": "find_service_offerings",
    "knowledge": "retrieve_knowledge_articles",
    "sla_definition": "find_sla_definitions",
    "notification": "find_notifications",
}
WORDS = {  # columns whose accepted values stand in no schema
    "change.status": "new assess authorize scheduled implement review closed canceled",
    "change.close_code": "successful successful_with_issues unsuccessful",
    "change.priority": "critical high moderate low",
    "problem.status": "new assess root_cause fix_in_progress resolved closed",
    "problem.category": "network software hardware database",
    "incident_sla.stage": "in_progress paused completed cancelled breached",
    "incident_knowledge.used_as": "suggested applied resolution",
}


def stored(seed: sqlite3.Connection, table: str, column: str) -> set[str]:
    return {row[0] for row in seed.execute(f"SELECT DISTINCT {column} FROM {table}")} - {None}


@pytest.mark.parametrize(("table", "tool"), LISTS.items())
def test_values_are_those_that_the_tools_accept(seed: sqlite3.Connection, table: str, tool: str) -> None:
    arguments = next(entry["inputSchema"]["properties"] for entry in DOMAIN.tool_list() if entry["name"] == tool)
    columns = {row["name"] for row in seed.execute(f"PRAGMA table_info({table})")}
    checked = 0
    for column in columns & arguments.keys():
        accepted = {value for values in enums(arguments[column]) for value in values}
        if accepted:
            assert stored(seed, table, column) <= accepted
            checked += 1
    assert checked


def enums(schema: Any) -> Iterator[list[str]]:
    """The "enum" lists anywhere in a JSON schema."""
    if isinstance(schema, dict):
        if "enum" in schema:
            yield schema["enum"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from enums(part)


@pytest.mark.parametrize(("column", "accepted"), WORDS.items())
def test_values_without_a_schema_are_known_too(seed: sqlite3.Connection, column: str, accepted: str) -> None:
    assert stored(seed, *column.split(".")) <= set(accepted.split())


def test_policy_names_only_values_and_fields_that_tools_take(seed: sqlite3.Connection) -> None:
    columns = {row["name"] for table in tables(seed) for row in seed.execute(f"PRAGMA table_info({table})")}
    schemas = [tool["inputSchema"] for tool in DOMAIN.tool_list()]
    values = {value for schema in schemas for accepted in enums(schema) for value in accepted}
    values |= {word for words in WORDS.values() for word in words.split()}
    named = set(re.findall(r"`([^`]+)`", DOMAIN.policy))
    assert len(named) > 60
    assert named - columns - values == {"YYYY-MM-DD HH:MM:SS", "CAB approved"}


def test_ids_are_dense_and_numbers_name_one_row_each(seed: sqlite3.Connection) -> None:
    for table, prefix, number in (
        ("incident", "INC", "INC-{:06d}"),
        ("change", "CHG", "CHG{:07d}"),
        ("problem", "PRB", "PRB{:07d}"),
    ):
        rows = found(seed, f"SELECT {table}_id, number FROM {table} ORDER BY 1")
        assert rows == [(f"{prefix}_{n:03d}", number.format(n)) for n in range(1, len(rows) + 1)]


def test_nobody_shares_a_phone_a_token_or_an_address(seed: sqlite3.Connection) -> None:
    for column in ("phone", "static_token", "email", "user_name"):
        assert found(seed, f"SELECT {column} FROM users GROUP BY 1 HAVING COUNT(*) > 1") == []
    for phone in found(seed, "SELECT phone FROM users"):
        assert re.fullmatch(r"\+\d{1,3}-\d{3}-\d{3}-\d{4}", phone[0])
    assert found(seed, "SELECT name FROM configuration_item GROUP BY name HAVING COUNT(*) > 1") == []
    assert found(seed, "SELECT serial_number FROM configuration_item GROUP BY 1 HAVING COUNT(*) > 1") == []


def test_nothing_is_updated_before_it_is_created(seed: sqlite3.Connection) -> None:
    for table in tables(seed):
        columns = {row["name"] for row in seed.execute(f"PRAGMA table_info({table})")}
        for suffix in ("on", "at"):
            if f"created_{suffix}" in columns:
                assert found(seed, f"SELECT * FROM {table} WHERE updated_{suffix} < created_{suffix}") == []
                late = f"SELECT * FROM {table} WHERE updated_{suffix} > '2026-11-20 09:00:00'"
                assert found(seed, late) == []


def test_incidents_agree_with_their_status(seed: sqlite3.Connection) -> None:
    for status, needed in {
        "closed": "resolution_code, resolution_notes, resolved_by, resolved, close_notes, assigned_to",
        "resolved": "resolution_code, resolution_notes, resolved_by, resolved, assigned_to",
        "on_hold": "on_hold_reason, assigned_to",
        "in_progress": "assigned_to",
    }.items():
        for column in needed.split(", "):
            assert found(seed, f"SELECT number FROM incident WHERE status = '{status}' AND {column} IS NULL") == []
    for row in seed.execute("SELECT impact, urgency, priority FROM incident"):
        assert MATRIX[row["impact"], row["urgency"]] == row["priority"]


def test_work_is_given_to_active_members_of_the_group(seed: sqlite3.Connection) -> None:
    for table in ("incident", "change", "problem"):
        strangers = f"""
            SELECT t.number FROM {table} t LEFT JOIN user_group_member m
                ON m.group_id = t.assignment_group AND m.user_id = t.assigned_to
            WHERE t.assigned_to IS NOT NULL AND m.member_id IS NULL"""
        assert found(seed, strangers) == []
        gone = f"SELECT t.number FROM {table} t JOIN users u ON u.user_id = t.assigned_to WHERE NOT u.active"
        assert found(seed, gone) == []


def test_sla_records_fit_their_incident_and_definition(seed: sqlite3.Connection) -> None:
    seed.execute("""
        CREATE TEMP VIEW record AS
        SELECT s.*, d.target_mins, d.applies_to_priority, d.metric, i.priority, i.status, i.created_at, i.resolved,
            d.org_id AS promise_org
        FROM incident_sla s JOIN sla_definition d USING (sla_def_id) JOIN incident i USING (incident_id)""")
    for bad in (
        "org_id <> promise_org",
        "applies_to_priority <> priority",
        "start_time <> created_at",
        "strftime('%s', breach_time) - strftime('%s', start_time) <> target_mins * 60",
        "(stage = 'completed') <> (completed_time IS NOT NULL)",
        "stage = 'completed' AND has_breached <> (completed_time > breach_time)",
        "stage = 'breached' AND (NOT has_breached OR breach_time > '2026-11-20 09:00:00')",
        "stage = 'in_progress' AND breach_time < '2026-11-20 09:00:00'",
        "metric = 'resolution' AND stage = 'completed' AND completed_time <> resolved",
        "status = 'on_hold' AND metric = 'resolution' AND stage <> 'paused'",
    ):
        assert found(seed, f"SELECT incident_sla_id FROM record WHERE {bad}") == []


def test_changes_keep_to_the_policy(seed: sqlite3.Connection) -> None:
    past_the_board = "status IN ('scheduled', 'implement', 'review', 'closed')"
    assert found(seed, "SELECT number FROM change WHERE (risk = 'high' OR impact = 'high') AND NOT cab_required") == []
    unapproved = (
        f"SELECT number FROM change WHERE cab_required AND {past_the_board} AND description NOT LIKE '%CAB approved%'"
    )
    assert found(seed, unapproved) == []
    unfinished = "SELECT number FROM change WHERE status = 'closed' AND (close_code IS NULL OR close_notes IS NULL)"
    assert found(seed, unfinished) == []


def test_problems_and_articles_keep_to_the_policy(seed: sqlite3.Connection) -> None:
    unfixed = "SELECT number FROM problem WHERE status IN ('resolved', 'closed') AND fix_notes IS NULL"
    assert found(seed, unfixed) == []
    without_change = """
        SELECT number FROM problem WHERE status = 'fix_in_progress'
        AND problem_id NOT IN (SELECT problem_id FROM change_request_mapping WHERE problem_id IS NOT NULL)"""
    assert found(seed, without_change) == []
    unpublished = """
        SELECT incident_id FROM incident_knowledge JOIN knowledge USING (knowledge_id) WHERE state <> 'published'"""
    assert found(seed, unpublished) == []


def test_stories_are_not_told_twice(seed: sqlite3.Connection) -> None:
    for column in ("short_description", "description"):
        twice = f"SELECT {column} FROM incident WHERE parent_incident IS NULL GROUP BY 1 HAVING COUNT(*) > 1"
        assert found(seed, twice) == []
