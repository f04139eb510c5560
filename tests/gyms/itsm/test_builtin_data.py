"""The built-in ITSM seeds: true to the values that tools take and to the policy."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.gyms.domains.itsm import DOMAIN
from tests.gyms.builtin import SEEDS, columns, domain_of, enums, found, label, opened, stored, tables

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


@pytest.fixture(params=[path for path in SEEDS if domain_of(path) == "itsm"], ids=label)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def seed(path: Path) -> Iterator[sqlite3.Connection]:
    with opened(path) as connection:
        yield connection


def test_seed_is_of_its_size(path: Path, seed: sqlite3.Connection) -> None:
    counts = [seed.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables(seed)]
    assert len(counts) == 24
    assert sum(counts) in SIZES[path.stem]


def test_references_that_the_tables_do_not_declare_exist_too(seed: sqlite3.Connection) -> None:
    for table, column, target, key in (
        ("users", "location_id", "location", "location_id"),
        ("incident", "parent_incident", "incident", "incident_id"),
        ("notification", "email", "users", "email"),
    ):
        missing = f"SELECT {column} FROM {table} WHERE {column} NOT IN (SELECT {key} FROM {target})"
        assert found(seed, missing) == []


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


@pytest.mark.parametrize(("table", "tool"), LISTS.items())
def test_values_are_those_that_the_tools_accept(seed: sqlite3.Connection, table: str, tool: str) -> None:
    arguments = next(entry["inputSchema"]["properties"] for entry in DOMAIN.tool_list() if entry["name"] == tool)
    checked = 0
    for column in columns(seed, table).keys() & arguments.keys():
        accepted = {value for values in enums(arguments[column]) for value in values}
        if accepted:
            assert stored(seed, table, column) <= accepted
            checked += 1
    assert checked


@pytest.mark.parametrize(("column", "accepted"), WORDS.items())
def test_values_without_a_schema_are_known_too(seed: sqlite3.Connection, column: str, accepted: str) -> None:
    assert stored(seed, *column.split(".")) <= set(accepted.split())


def test_policy_names_only_values_and_fields_that_tools_take(seed: sqlite3.Connection) -> None:
    fields = {column for table in tables(seed) for column in columns(seed, table)}
    schemas = [tool["inputSchema"] for tool in DOMAIN.tool_list()]
    values = {value for schema in schemas for accepted in enums(schema) for value in accepted}
    values |= {word for words in WORDS.values() for word in words.split()}
    named = set(re.findall(r"`([^`]+)`", DOMAIN.policy))
    assert len(named) > 60
    assert named - fields - values == {"YYYY-MM-DD HH:MM:SS", "CAB approved"}


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
