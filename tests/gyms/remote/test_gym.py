"""A gym elsewhere is the same gym: its tools, its answers, its queries, a database of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engine.gyms.database import QueryError, QueryResult, Template
from engine.gyms.remote import RemoteGym
from engine.gyms.session import EmbeddedGym
from engine.gyms.toolkit import FrozenClock
from engine.tasks.models import AuthConfig
from tests.gyms.conftest import query
from tests.gyms.remote.conftest import MANY, SEED, SPEECH, Open, config, text
from tests.gyms.serving import BareGym, Flaky, Served


@pytest.mark.parametrize("speech", SPEECH)
async def test_it_is_the_same_gym_wherever_it_lives(desk: Any, speech: str) -> None:
    server = Served(SPEECH[speech](desk))
    template = Template.parse(desk.schema_sql, SEED, source="desk.sql")
    calls = [("list_tickets", {}), ("open_ticket", {"title": "No coffee"}), ("open_ticket", {}), ("nonsense", {"a": 1})]
    try:
        async with (
            EmbeddedGym.open(config(server.url), template, desk, FrozenClock()) as here,
            RemoteGym.open(config(server.url), SEED, desk) as there,
        ):
            assert await there.tools() == await here.tools()
            for name, arguments in calls:
                expected, found = await here.call(name, arguments), await there.call(name, arguments)
                assert (found.result, found.is_error, found.changes) == (
                    expected.result,
                    expected.is_error,
                    expected.changes,
                )
            sql = "SELECT * FROM ticket ORDER BY id"
            assert await query(there, sql) == await query(here, sql)
    finally:
        server.stop()
    spoken = [sent["mcp-protocol-version"] for sent in server.headers if "mcp-protocol-version" in sent]
    assert spoken[-1] == ("2024-11-05" if speech.startswith("bare") else "2026-07-28")


@pytest.mark.parametrize("speech", SPEECH)
async def test_an_answer_may_be_long(desk: Any, speech: str) -> None:
    long = f"INSERT INTO ticket VALUES ('T_1', '{'x' * 2_000_000}', NULL, NULL);"
    server = Served(SPEECH[speech](desk))
    try:
        async with RemoteGym.open(config(server.url), long, desk) as gym:
            assert len(text(await gym.call("list_tickets", {}))) > 2_000_000
    finally:
        server.stop()


async def test_context_and_authorisation_go_along_with_every_request(served: Served, desk: Any) -> None:
    auth = AuthConfig(type="bearer", token="s3cret")
    async with RemoteGym.open(config(served.url, auth_config=auth), SEED, desk) as gym:
        assert text(await gym.call("who_am_i", {})) == "ann"

    assert {path for _, path in served.requests} >= {"/mcp", "/api/seed-database", "/api/delete-database"}
    assert all(sent["authorization"] == "Bearer s3cret" for sent in served.headers)
    assert {sent["x-database-id"] for sent in served.headers} == served.seeded


async def test_many_at_once_keep_to_their_own_databases(opened: Open, served: Served) -> None:
    async def one(number: int) -> tuple[str, ...]:
        async with opened() as gym:
            outcomes = [await gym.call("open_ticket", {"title": f"{number}.{n}"}) for n in range(3)]
            return tuple(change.after["title"] for outcome in outcomes for change in outcome.changes if change.after)

    found = await asyncio.gather(*(one(number) for number in range(8)))

    assert found == [tuple(f"{number}.{n}" for n in range(3)) for number in range(8)]
    assert (len(served.seeded), served.databases) == (8, 0)


async def test_an_unknown_domain_may_write_unless_its_tools_say_otherwise(opened: Open) -> None:
    async with opened(domain=None) as gym:
        assert gym.domain == "gym-desk"
        assert [tool.name for tool in await gym.tools() if tool.writes] == ["open_ticket", "who_am_i", "break_down"]
        assert len((await gym.call("open_ticket", {"title": "x"})).changes) == 1


async def test_a_query_is_not_cut_at_the_runners_hundred_rows(opened_flaky: Open) -> None:
    async with opened_flaky(MANY) as gym:
        assert len((await query(gym, "SELECT id FROM ticket;")).rows) == 5000
        assert len((await query(gym, "SELECT id FROM ticket LIMIT 7")).rows) == 7
        assert (await query(gym, "SELECT count(*) FROM ticket")).rows == [(5000,)]
        double = await query(gym, "SELECT a.id AS a, b.id AS b FROM ticket a, ticket b WHERE a.rowid < 4")
        assert (double.truncated, len(double.rows)) == (True, 10_000)
        with pytest.raises(QueryError, match="no such column: nope"):
            await query(gym, "SELECT nope FROM ticket")
        with pytest.raises(QueryError, match="read-only SELECT"):
            await query(gym, "DELETE FROM ticket")


async def test_queries_asked_at_once_are_answered_each_in_its_place(
    opened_flaky: Open, served_flaky: Served, kind: str
) -> None:
    async with opened_flaky() as gym:
        rows, wrong, refused, several, none = await gym.query_all(
            [
                "SELECT title FROM ticket",
                "SELECT nope FROM ticket",
                "DELETE FROM ticket",
                "SELECT 1 AS a, 'x' AS b UNION SELECT 2, NULL;",
                "SELECT title FROM ticket WHERE id = 'T_9'",
            ]
        )
    assert rows == QueryResult(("title",), [("Printer on fire",)], truncated=False)
    assert str(wrong) == "no such column: nope"
    assert str(refused) == "Only read-only SELECT queries are allowed"
    assert several == QueryResult(("a", "b"), [(1, "x"), (2, None)], truncated=False)
    assert none == QueryResult((), [], truncated=False)
    assert served_flaky.queries() == (1 if kind == "ours" else 5)


@pytest.mark.parametrize(
    "fault",
    [
        lambda: Response("the disk is full", 507),
        lambda: JSONResponse({"success": True}),
        lambda: JSONResponse({"success": True, "answers": [{"data": [{"n": 1}]}]}),
        lambda: JSONResponse({"success": True, "answers": [{"data": 1}, {"data": 2}]}),
        lambda: JSONResponse([]),
        lambda: Response("<html>", media_type="application/json"),
    ],
)
async def test_a_server_that_answers_queries_badly_is_named_in_each_error(
    opened_flaky: Open, flaky: Flaky, served_flaky: Served, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Any]
) -> None:
    monkeypatch.setattr("engine.gyms.remote.admin.RETRY_AFTER_SECONDS", ())
    async with opened_flaky() as gym:
        flaky.path, flaky.fault = "/api/sql-runner", lambda _: fault()
        found = await gym.query_all(["SELECT 1 AS n", "SELECT 2 AS n"])
        flaky.fault = None
        again = await gym.query_all(["SELECT 1 AS n"])
    assert all(isinstance(each, QueryError) and served_flaky.url in str(each) for each in found)
    assert again == [QueryResult(("n",), [(1,)], truncated=False)]


async def test_rows_of_unlike_columns_are_an_error_of_that_query_alone(desk: Any) -> None:
    def unlike(request: Request) -> Response | None:
        rows = {"unlike": [{"a": 1}, {"a": 1, "b": 2}], "turned": [{"a": 1, "b": 2}, {"b": 4, "a": 3}]}
        asked = next((rows[name] for name in rows if name in request.state.message["query"]), None)
        return JSONResponse({"success": True, "data": asked}) if asked else None

    flaky = Flaky(BareGym(desk).app)
    server = Served(flaky)
    flaky.path, flaky.fault = "/api/sql-runner", unlike
    try:
        async with RemoteGym.open(config(server.url), SEED, desk) as gym:
            refused, turned = await gym.query_all(["SELECT 'unlike'", "SELECT 'turned'"])
    finally:
        server.stop()

    assert isinstance(refused, QueryError)
    assert "rows of unlike columns" in str(refused)
    assert isinstance(turned, QueryResult)
    assert turned.rows == [(1, 2), (3, 4)]
