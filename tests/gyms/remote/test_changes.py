"""The rows that a call changed, as told by a server of ours or found in the tables of another."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engine.gyms.database import Template
from engine.gyms.remote import RemoteGym
from engine.gyms.server import build_app
from engine.gyms.session import EmbeddedGym
from engine.gyms.toolkit import FrozenClock
from tests.gyms.remote.conftest import MANY, SEED, Open, config
from tests.gyms.serving import BareGym, Flaky, Served


async def test_changes_come_from_the_tables_of_a_server_that_does_not_tell_them(opened: Open, served: Served) -> None:
    async with opened(MANY) as gym:
        assert not (await gym.call("list_tickets", {})).changes
        assert served.queries() == 0  # reading needs no dump

        outcome = await gym.call("open_ticket", {"title": "The 5001st"})

    [change] = outcome.changes
    assert (change.gym, change.table, change.op, dict(change.key)) == ("gym-desk", "ticket", "insert", {"id": "T_5001"})
    assert change.after == {"id": "T_5001", "title": "The 5001st", "owner": "ann", "opened": "2026-01-01T00:00:00"}
    assert served.queries() == 1 + 3 + 3  # the schema, then three pages before and three after
    assert outcome.capture_s > outcome.duration_s > 0


async def test_a_server_of_ours_tells_changes_and_is_not_dumped(desk: Any) -> None:
    server = Served(build_app(desk))
    try:
        async with RemoteGym.open(config(server.url), MANY, desk) as gym:
            outcome = await gym.call("open_ticket", {"title": "The 5001st"})
            assert [change.after["id"] for change in outcome.changes if change.after] == ["T_5001"]
            assert (server.queries(), outcome.capture_s) == (0, 0)
    finally:
        server.stop()


async def test_tables_are_keyed_and_compared_as_the_server_declares_them(desk: Any, opened: Open) -> None:
    class Shop:
        name, server_name, service, policy, schema_sql = "shop", "gym-shop", "shop", "", desk.schema_sql
        statements: tuple[str, ...] = ()

        def tool_list(self) -> list[dict[str, Any]]:
            return [{"name": "run", "description": "", "inputSchema": {"type": "object"}}]

        def writes(self, tool: str) -> bool:
            return True

        def call(self, connection: Any, tool: str, arguments: Any, headers: Any, clock: Any) -> Any:
            from engine.gyms.toolkit import Answer

            for statement in self.statements:
                connection.execute(statement)
            return Answer("{}", is_error=False)

    shop = Shop()
    seed = """
        CREATE TABLE "order" (a INTEGER, "b c" TEXT, price REAL, PRIMARY KEY ("b c", a));
        CREATE TABLE log (line TEXT);
        CREATE TABLE counter (id INTEGER PRIMARY KEY AUTOINCREMENT, n);
        INSERT INTO "order" VALUES (1, 'x', 1.0), (2, 'x', 0.1), (3, 'y', NULL);
        INSERT INTO log VALUES ('one'), ('one');
        INSERT INTO counter (n) VALUES (1);
    """
    shop.statements = (
        """UPDATE "order" SET price = price + 0.2 WHERE a = 2""",
        """UPDATE "order" SET a = 9 WHERE a = 3""",
        "INSERT INTO log VALUES ('one')",
        "DELETE FROM counter",
        "INSERT INTO counter (n) VALUES ('1')",
    )
    server = Served(BareGym(shop).app)
    template = Template.parse(shop.schema_sql, seed, source="shop.sql")
    try:
        async with (
            EmbeddedGym.open(config(server.url), template, shop, FrozenClock()) as here,  # type: ignore[arg-type]
            RemoteGym.open(config(server.url), seed, shop) as there,  # type: ignore[arg-type]
        ):
            expected, found = await here.call("run", {}), await there.call("run", {})
    finally:
        server.stop()

    assert found.changes == expected.changes
    assert len(found.changes) == 6


async def test_what_a_lost_answer_had_written_is_found(opened: Open, bare: BareGym) -> None:
    async def carried_out_in_silence(request: Request) -> Response | None:
        if request.state.message["method"] != "tools/call":
            return None
        await bare._call(request.state.message["params"], request)
        return Response(status_code=500)

    async with opened() as gym:
        bare.fault = carried_out_in_silence
        outcome = await gym.call("open_ticket", {"title": "written all the same"})

    assert outcome.is_error
    assert [change.after["title"] for change in outcome.changes if change.after] == ["written all the same"]


async def test_changes_that_could_not_be_compared_show_with_the_next_call_that_writes(desk: Any) -> None:
    flaky = Flaky(BareGym(desk).app)
    server = Served(flaky)
    flaky.path = "/api/sql-runner"
    try:
        async with RemoteGym.open(config(server.url), SEED, desk) as gym:
            assert len((await gym.call("open_ticket", {"title": "first"})).changes) == 1
            flaky.fault = lambda _: JSONResponse({"success": True, "data": [{"id": "T_1"}, {"title": "no key"}]})
            blind = await gym.call("open_ticket", {"title": "second"})
            flaky.fault = None
            seen = await gym.call("open_ticket", {"title": "third"})
    finally:
        server.stop()

    assert "shows table ticket without its key column 'id'" in (blind.error or "")
    assert "will show with the next call that writes" in (blind.error or "")
    assert [change.after["title"] for change in seen.changes if change.after] == ["second", "third"]


async def test_the_time_of_a_dump_that_fails_is_told(opened_flaky: Open, flaky: Flaky, kind: str) -> None:
    if kind == "ours":
        pytest.skip("servers of ours are not dumped")

    async def slow(_request: Request) -> Response:
        await asyncio.sleep(0.3)
        return Response("out of order", 501)

    async with opened_flaky() as gym:
        flaky.path, flaky.fault = "/api/sql-runner", slow
        refused = await gym.call("open_ticket", {"title": "x"})
        flaky.fault = None
        assert "was not called" in (refused.error or "")
        assert refused.capture_s >= 0.3
        await gym.call("open_ticket", {"title": "x"})
        flaky.fault = slow
        blind = await gym.call("open_ticket", {"title": "x"})
        assert "could not be read" in (blind.error or "")
        assert blind.capture_s >= 0.3


async def test_a_runner_that_passes_over_offset_is_not_read_for_ever(desk: Any) -> None:
    flaky = Flaky(BareGym(desk).app)
    server = Served(flaky)
    asked = itertools.count()

    def same_page(request: Request) -> Response | None:
        if "OFFSET" not in request.state.message["query"]:
            return None
        rows = [{"id": f"T_{n}", "title": "", "owner": None, "opened": None} for n in range(2000)]
        return JSONResponse({"success": True, "data": rows, "number": next(asked)})

    flaky.path, flaky.fault = "/api/sql-runner", same_page
    try:
        async with RemoteGym.open(config(server.url), SEED, desk) as gym:
            outcome = await asyncio.wait_for(gym.call("open_ticket", {"title": "x"}), 30)
    finally:
        server.stop()

    assert "open_ticket was not called, since its changes could not be seen" in (outcome.error or "")
    assert "shows rows of table ticket twice: its SQL runner passes over ORDER BY or OFFSET" in (outcome.error or "")
