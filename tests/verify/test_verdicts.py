"""A verifier passes, fails or cannot run; these are three things, and a run is decided by them in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import pytest

from engine.gyms.database import Database, QueryError, QueryResult, Template
from engine.tasks import Verifier
from engine.trajectory.events import Outcome, Verdict
from engine.verify import compare, decide, extract, verify

SCHEMA = "CREATE TABLE ticket (id TEXT PRIMARY KEY, status TEXT, effort REAL);"
SEED = "INSERT INTO ticket VALUES ('T1', 'open', 1.0), ('T2', 'closed', 2.5);"


class State:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def query_all(self, queries: Sequence[str]) -> list[QueryResult | QueryError]:
        return [self._query(sql) for sql in queries]

    def _query(self, sql: str) -> QueryResult | QueryError:
        try:
            return self.database.query(sql)
        except QueryError as error:
            return error


@pytest.fixture
def gyms() -> Any:
    database = Template.parse(SCHEMA, SEED, source="seed.sql").clone()
    yield {"desk": State(database)}
    database.close()


def state(query: str, expected: Any, comparison: str = "equals", **fields: Any) -> Verifier:
    config = {"query": query, "expected_value": expected, "comparison_type": comparison}
    return Verifier(verifier_type="database_state", validation_config=config, **fields)


async def judged(gyms: Any, *verifiers: Verifier, called: tuple[str, ...] = ()) -> list[Verdict]:
    return list(await verify(verifiers, gyms, called))


@pytest.mark.parametrize(
    ("query", "expected", "comparison", "outcome"),
    [
        ("SELECT COUNT(*) FROM ticket;", 2, "equals", "pass"),
        ("SELECT COUNT(*) FROM ticket", 2.0, "equals", "pass"),
        ("SELECT COUNT(*) FROM ticket WHERE id = 'T1'", True, "equals", "pass"),
        ("SELECT COUNT(*) FROM ticket WHERE id = 'T1'", "1", "equals", "fail"),
        ("SELECT x'00ff'", "00ff", "equals", "pass"),
        ("SELECT id, status FROM ticket WHERE id = 'T1'", {"id": "T1", "status": "open"}, "equals", "pass"),
        ("SELECT id FROM ticket ORDER BY id", [{"id": "T1"}, {"id": "T2"}], "equals", "pass"),
        ("SELECT id FROM ticket WHERE id = 'T9'", [], "equals", "pass"),
        ("SELECT COUNT(*) FROM ticket", 1, "greater_than", "pass"),
        ("SELECT COUNT(*) FROM ticket", 2, "greater_than", "fail"),
        ("SELECT COUNT(*) FROM ticket", 3, "less_than", "pass"),
        ("SELECT status FROM ticket WHERE id = 'T1'", 3, "greater_than", "fail"),
        ("SELECT status FROM ticket WHERE id = 'T1'", "ope", "contains", "pass"),
        ("SELECT id FROM ticket", "'T2'", "contains", "pass"),
        ("SELECT COUNT(*) FROM ticket", 2, "contains", "fail"),
        ('SELECT COUNT(*) FROM ticket WHERE status = "open"', 1, "equals", "pass"),
        ("SELECT COUNT(*) FROM ticket HAVING COUNT(*) > 5", [], "equals", "pass"),
        ("SELECT CONCAT(id, '-', status) FROM ticket LIMIT 1", "T1-open", "equals", "pass"),
        ("SELECT COUNT(*) FROM ticket", 2, "resembles", "error"),
        ("SELECT colour FROM ticket", 2, "equals", "error"),
        ("DELETE FROM ticket", 2, "equals", "error"),
        ("", 2, "equals", "error"),
    ],
)
async def test_database_state(gyms: Any, query: str, expected: Any, comparison: str, outcome: Outcome) -> None:
    [verdict] = await judged(gyms, state(query, expected, comparison))

    assert verdict.outcome == outcome
    assert bool(verdict.reason) == (outcome != "pass")


@pytest.mark.parametrize(
    ("expected", "comparison", "reason"),
    [
        ("closed", "equals", "found 'open', expected 'closed'"),
        (3, "greater_than", "found 'open', expected more than 3"),
        (3, "less_than", "found 'open', expected less than 3"),
        ("clo", "contains", "found 'open', expected text with 'clo'"),
    ],
)
async def test_a_failed_verifier_says_why_in_a_sentence(gyms: Any, expected: Any, comparison: str, reason: str) -> None:
    [verdict] = await judged(gyms, state("SELECT status FROM ticket WHERE id = 'T1'", expected, comparison))
    assert verdict.reason == reason


async def test_a_verifier_of_a_gym_that_is_not_there_is_an_error_and_never_a_pass(gyms: Any) -> None:
    [verdict] = await judged(gyms, state("SELECT 1", 1, gym_name="elsewhere"))

    assert verdict.outcome == "error"
    assert "elsewhere" in verdict.reason


async def test_verifiers_with_equal_names_stay_apart(gyms: Any) -> None:
    found = await judged(gyms, state("SELECT 1", 1, name="same"), state("SELECT 1", 2, name="same"))

    assert [(verdict.index, verdict.outcome) for verdict in found] == [(0, "pass"), (1, "fail")]


@pytest.mark.parametrize(
    ("config", "called", "outcome"),
    [
        ({"selected_tools": ["a", "b"]}, ("b", "a"), "pass"),
        ({"selected_tools": ["a", "b"]}, ("a", "a"), "fail"),
        ({"selected_tools": ["a"], "minimum_tool_calls": 2}, ("a",), "fail"),
        ({"selected_tools": [], "minimum_tool_calls": 1}, (), "fail"),
        ({"selected_tools": "a"}, ("a",), "error"),
    ],
)
async def test_tool_execution(gyms: Any, config: Any, called: tuple[str, ...], outcome: Outcome) -> None:
    verifier = Verifier(verifier_type="tool_execution", validation_config=config)

    [verdict] = await judged(gyms, verifier, called=called)

    assert verdict.outcome == outcome


@pytest.mark.parametrize(
    ("kind", "config", "reason"),
    [
        ("database_state", {"query": 7, "expected_value": 1}, "validation_config.query: must be text"),
        ("database_state", {"query": "SELECT 1"}, "validation_config.expected_value: is missing"),
        ("tool_execution", {"selected_tools": "a"}, "validation_config.selected_tools: must be a list"),
    ],
)
async def test_a_verifier_that_is_written_wrong_says_so_in_plain_words(
    gyms: Any, kind: str, config: Any, reason: str
) -> None:
    [verdict] = await judged(gyms, Verifier(verifier_type=kind, validation_config=config))

    assert (verdict.outcome, verdict.reason) == ("error", reason)


async def test_an_unknown_type_of_verifier_is_an_error(gyms: Any) -> None:
    [verdict] = await judged(gyms, Verifier(verifier_type="vibes", validation_config={}))

    assert (verdict.outcome, "vibes" in verdict.reason) == ("error", True)


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ("pass pass", "passed"),
        ("pass fail", "failed"),
        ("pass error", "errored"),
        ("fail error", "failed"),
        ("", "errored"),
    ],
)
def test_one_function_decides_how_a_run_ended(found: str, status: str) -> None:
    verdicts = [Verdict(index=i, name="", type="", outcome=o) for i, o in enumerate(found.split())]  # type: ignore[arg-type]

    assert decide(verdicts) == status
    assert set(found.split()) <= set(get_args(Outcome))


def test_the_benchmarks_way_of_reading_a_value() -> None:
    assert extract(["n"], [[3]]) == 3
    assert extract(["a", "b"], [[1, None]]) == {"a": 1, "b": None}
    assert extract(["a"], []) == []
    assert compare("equals", 1, True)
