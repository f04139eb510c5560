"""Gyms elsewhere, over real HTTP: the same as embedded ones, whatever the server speaks and however it fails."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp

from engine.gyms.database import QueryError, QueryResult, Template
from engine.gyms.remote import GymError, RemoteGym
from engine.gyms.remote.admin import GymServer
from engine.gyms.remote.check import ServerReport, check_server
from engine.gyms.remote.errors import from_transport
from engine.gyms.server import build_app
from engine.gyms.session import CallOutcome, CallStopped, EmbeddedGym
from engine.gyms.toolkit import FrozenClock
from engine.tasks.models import AuthConfig, GymConfig
from tests.gyms.conftest import query
from tests.gyms.serving import BareGym, Flaky, Served, Streaming

SEED = "INSERT INTO ticket VALUES ('T_1', 'Printer on fire', NULL, NULL);"
MANY = "INSERT INTO ticket VALUES " + ", ".join(f"('T_{n}', 'Number {n}', NULL, NULL)" for n in range(1, 5001)) + ";"

Open = Callable[..., AbstractAsyncContextManager[RemoteGym]]


def config(url: str, **more: Any) -> GymConfig:
    return GymConfig(mcp_server_name="gym-desk", mcp_server_url=url, context={" X-Desk-User ": "ann"}, **more)


@pytest.fixture
def bare(desk: Any) -> BareGym:
    """A server like the benchmark's containers, in its own words."""
    return BareGym(desk)


@pytest.fixture
def served(bare: BareGym) -> Iterator[Served]:
    server = Served(bare.app)
    yield server
    server.stop()


@pytest.fixture
def opened(served: Served, desk: Any) -> Open:
    return lambda seed=SEED, domain=desk: RemoteGym.open(config(served.url), seed, domain)


def text(outcome: CallOutcome) -> str:
    assert outcome.result is not None, outcome.error
    return outcome.result["content"][0]["text"]


def on_calls(answer: Callable[[], Any]) -> Callable[[Request], Any]:
    """A fault that strikes tool calls only."""
    return lambda request: answer() if request.state.message["method"] == "tools/call" else None


@pytest.fixture(params=["ours", "bare"])
def kind(request: pytest.FixtureRequest) -> str:
    """Ours speaks the newest protocol and takes several queries in one request; the benchmark's do neither."""
    return str(request.param)


@pytest.fixture
def flaky(kind: str, desk: Any) -> Flaky:
    return Flaky(build_app(desk, clock=FrozenClock) if kind == "ours" else BareGym(desk).app)


@pytest.fixture
def served_flaky(flaky: Flaky) -> Iterator[Served]:
    server = Served(flaky)
    yield server
    server.stop()


@pytest.fixture
def opened_flaky(served_flaky: Served, desk: Any) -> Open:
    return lambda seed=SEED: RemoteGym.open(config(served_flaky.url), seed, desk)


SPEECH: dict[str, Callable[[Any], ASGIApp]] = {
    "ours": lambda desk: build_app(desk, clock=FrozenClock),
    "ours as a stream": lambda desk: Streaming(build_app(desk, clock=FrozenClock)),
    "bare JSON": lambda desk: BareGym(desk).app,
    "bare SSE": lambda desk: BareGym(desk, sse=True).app,
}


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


async def test_context_and_authorisation_go_along_with_every_request(served: Served, desk: Any) -> None:
    auth = AuthConfig(type="bearer", token="s3cret")
    async with RemoteGym.open(config(served.url, auth_config=auth), SEED, desk) as gym:
        assert text(await gym.call("who_am_i", {})) == "ann"

    assert {path for _, path in served.requests} >= {"/mcp", "/api/seed-database", "/api/delete-database"}
    assert all(sent["authorization"] == "Bearer s3cret" for sent in served.headers)
    assert {sent["x-database-id"] for sent in served.headers} == served.seeded


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"context": {"user token": "s3cret"}}, "'x-user token', of its context or auth_config, cannot name a header"),
        ({"context": {"user_token": "s3\ncret"}}, "sent as x-user-token holds a character that it must not"),
        ({"context": {"user": "s3\ud800cret"}}, "sent as x-user holds a character that it must not"),
        ({"auth_config": AuthConfig(type="bearer", token="s3\0cret")}, "sent as Authorization holds a character"),
        ({"auth_config": AuthConfig(type="api_key", token="s3cret", header_name="a\nb")}, r"'a\\nb', of its context"),
    ],
)
async def test_what_cannot_be_a_header_is_refused_by_name_before_anything_is_sent(
    served: Served, desk: Any, more: dict[str, Any], words: str
) -> None:
    gym = GymConfig(mcp_server_name="gym-desk", mcp_server_url=served.url, **more)
    with pytest.raises(GymError, match=f"^gym-desk: .*{words}") as error:
        async with RemoteGym.open(gym, SEED, desk):
            pass
    assert "cret" not in str(error.value)
    assert not served.requests


async def test_a_database_is_deleted_whatever_happened(opened: Open, served: Served) -> None:
    async with opened() as gym:
        assert served.databases == 1
        await gym.call("open_ticket", {"title": "x"})
    assert served.databases == 0

    with pytest.raises(ZeroDivisionError):
        async with opened():
            raise ZeroDivisionError
    assert (len(served.seeded), served.databases) == (2, 0)

    async def stay() -> None:
        async with opened():
            await asyncio.sleep(60)

    for wait_s in (0.0, 0.005, 0.01, 0.02, 0.05, 0.2):
        staying = asyncio.create_task(stay())
        await asyncio.sleep(wait_s)
        staying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await staying
    assert len(served.seeded) > 3
    assert served.databases == 0


async def test_many_at_once_keep_to_their_own_databases(opened: Open, served: Served) -> None:
    async def one(number: int) -> tuple[str, ...]:
        async with opened() as gym:
            outcomes = [await gym.call("open_ticket", {"title": f"{number}.{n}"}) for n in range(3)]
            return tuple(change.after["title"] for outcome in outcomes for change in outcome.changes if change.after)

    found = await asyncio.gather(*(one(number) for number in range(8)))

    assert found == [tuple(f"{number}.{n}" for n in range(3)) for number in range(8)]
    assert (len(served.seeded), served.databases) == (8, 0)


async def cut_short() -> AsyncIterator[bytes]:
    yield b'{"jsonrpc": "2.0", '
    raise ConnectionResetError


FAULTS: dict[str, tuple[Callable[[], Any], str]] = {
    "HTTP error": (lambda: Response("the disk is full", 507), "HTTP 507 Insufficient Storage: the disk is full"),
    "HTTP error in JSON": (lambda: JSONResponse({"detail": "who are you?"}, 401), "HTTP 401.*who are you"),
    "garbage": (lambda: Response("{ not json", media_type="application/json"), "answered no JSON object: { not json"),
    "a page": (lambda: Response("<html>hello</html>", media_type="text/html"), "answered with a page for browsers"),
    "a page in disguise": (lambda: Response("<html>", media_type="application/json"), "a page for browsers"),
    "nothing": (lambda: Response("", 200), "answered HTTP 200 without a word"),
    "no content": (lambda: Response(status_code=204), "answered HTTP 204 without a word"),
    "a redirect": (lambda: RedirectResponse("http://x/y?z=1", 307), "leads elsewhere: give the address http://x/y its"),
    "no MCP": (lambda: JSONResponse({"ok": True}), 'answered what is no MCP message: {"ok": ?true}'),
    "another's": (
        lambda: JSONResponse({"jsonrpc": "2.0", "id": 99, "result": {}}),
        "did not answer within|answered another request than it was asked",
    ),
    "dropped connection": (
        lambda: StreamingResponse(cut_short(), headers={"content-length": "99"}, media_type="application/json"),
        "dropped the connection",
    ),
    "a stream of garbage": (
        lambda: Response("data: { not json\n\n", media_type="text/event-stream"),
        "answered garbage|answered no JSON object: { not json",
    ),
    "too deep to read": (
        lambda: Response("[" * 100_000, media_type="application/json"),
        r"answered no JSON object: \[\[",
    ),
    "half a stream": (lambda: Response(": hello\n\n", media_type="text/event-stream"), "dropped the connection"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("tool", ["list_tickets", "open_ticket"])
async def test_a_failing_server_is_an_error_with_words_and_the_session_goes_on(
    opened_flaky: Open, flaky: Flaky, monkeypatch: pytest.MonkeyPatch, fault: str, tool: str
) -> None:
    monkeypatch.setattr("engine.gyms.remote.link.CALL_SECONDS", 0.5)
    answer, words = FAULTS[fault]
    async with opened_flaky() as gym:
        flaky.fault = on_calls(answer)
        outcome = await gym.call(tool, {"title": "never"})
        flaky.fault = None

        assert (outcome.is_error, outcome.result, outcome.changes) == (True, None, ())
        assert outcome.error is not None
        assert "127.0.0.1" in outcome.error
        assert re.search(words, outcome.error), outcome.error
        assert text(await gym.call("list_tickets", {})) == '[["T_1", "Printer on fire"]]'


async def test_an_mcp_error_is_told_and_not_repeated(opened: Open, bare: BareGym) -> None:
    seen: list[int] = []

    def refuse(request: Request) -> Any:
        if request.state.message["method"] != "tools/call":
            return None
        seen.append(1)
        error = {"code": -32602, "message": "no such colour"}
        return JSONResponse({"jsonrpc": "2.0", "id": request.state.message["id"], "error": error})

    async with opened() as gym:
        bare.fault = refuse
        outcome = await gym.call("list_tickets", {})

    assert "MCP error -32602: no such colour" in (outcome.error or "")
    assert len(seen) == 1


async def test_reading_is_tried_again_and_writing_never(opened_flaky: Open, flaky: Flaky) -> None:
    failures = iter([True, True])
    called: list[str] = []

    def busy(request: Request) -> Response | None:
        if request.state.message["method"] != "tools/call":
            return None
        if next(failures, False):
            return Response(status_code=503)
        called.append(request.state.message["params"]["name"])
        return None

    async with opened_flaky() as gym:
        flaky.fault = busy
        assert not (await gym.call("list_tickets", {})).is_error  # the third attempt

        failures = iter([True])
        outcome = await gym.call("open_ticket", {"title": "once"})
        assert "HTTP 503" in (outcome.error or "")
        assert called == ["list_tickets"]


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


@pytest.mark.parametrize(("seconds", "given_up"), [(0.5, False), (20, True)])
async def test_what_a_call_wrote_that_was_stopped_is_found_or_said_to_be_unknown(
    opened_flaky: Open, flaky: Flaky, monkeypatch: pytest.MonkeyPatch, seconds: float, given_up: bool
) -> None:
    if given_up:
        monkeypatch.setattr("engine.gyms.remote.session.DELETE_SECONDS", 0.1)
    async with opened_flaky() as gym:
        await gym.call("open_ticket", {"title": "connected"})
        flaky.fault = on_calls(lambda: asyncio.sleep(seconds))
        calling = asyncio.create_task(gym.call("open_ticket", {"title": "written all the same"}))
        await asyncio.sleep(0.3)
        calling.cancel()
        with pytest.raises(CallStopped) as stopped:
            await calling
        flaky.fault = None
        outcome = stopped.value.outcome
        assert not (await gym.call("list_tickets", {})).is_error

    assert [change.after["title"] for change in outcome.changes if change.after] == (
        [] if given_up else ["written all the same"]
    )
    assert ("whether it changed anything is unknown" in (outcome.error or "")) is given_up
    assert outcome.duration_s >= 0.3


async def test_a_call_is_not_sent_any_more_when_the_run_is_stopped_before(
    opened: Open, bare: BareGym, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as gym:
        sql = GymServer.sql

        async def slow(server: GymServer, *query: str) -> Any:
            await asyncio.sleep(0.3)
            return await sql(server, *query)

        monkeypatch.setattr(GymServer, "sql", slow)
        calling = asyncio.create_task(gym.call("open_ticket", {"title": "never"}))
        await asyncio.sleep(0.1)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        await asyncio.sleep(0.5)

    assert bare.calls == []


async def test_a_server_that_hangs_costs_each_call_its_time_and_no_more(
    opened_flaky: Open, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.gyms.remote.link.CALL_SECONDS", 0.5)
    asked: list[str] = []

    async def hang(request: Request) -> None:
        if "id" in request.state.message:  # it wants an answer
            asked.append(request.state.message["method"])
        await asyncio.sleep(20)

    async with opened_flaky() as gym:
        flaky.fault = hang
        for number in range(3):
            outcome = await gym.call("list_tickets", {})
            assert "did not answer within 0.5 s" in (outcome.error or "")
            assert len(asked) == number + 1  # so it waited for one answer only
            assert 0.5 <= outcome.duration_s < 5
        flaky.fault = None
        assert not (await gym.call("list_tickets", {})).is_error


async def test_a_server_that_refuses_the_newest_protocol_is_asked_in_an_older_one(opened: Open, bare: BareGym) -> None:
    def picky(request: Request) -> Any:
        match request.state.message["method"]:
            case "server/discover":
                return Response("what is that?", 404)
            case "tools/call":
                error = {"code": -32602, "message": "no such colour"}
                return JSONResponse({"jsonrpc": "2.0", "id": request.state.message["id"], "error": error})
        return None

    bare.fault = picky
    async with opened() as gym:
        outcome = await gym.call("list_tickets", {})
        assert (outcome.error or "").endswith("answered MCP error -32602: no such colour")


async def test_a_server_that_is_gone_is_said_to_be_gone(opened_flaky: Open, served_flaky: Served) -> None:
    async with opened_flaky() as gym:
        served_flaky.stop()
        for tool in ("list_tickets", "open_ticket"):
            outcome = await gym.call(tool, {"title": "x"})
            assert outcome.is_error
            assert "cannot be reached" in (outcome.error or "")
        assert "was not called" in (outcome.error or "") or "nothing was sent" in (outcome.error or "")
        with pytest.raises(QueryError, match="cannot be reached"):
            await query(gym, "SELECT 1")


async def test_a_server_that_restarts_has_lost_its_databases_and_says_so(
    opened_flaky: Open, served_flaky: Served, kind: str, desk: Any
) -> None:
    async with opened_flaky() as gym:
        assert not (await gym.call("list_tickets", {})).is_error
        served_flaky.stop()
        again = Served(SPEECH["ours" if kind == "ours" else "bare JSON"](desk), served_flaky.port)
        try:
            outcome = await gym.call("list_tickets", {})
            assert (outcome.is_error, "not found" in text(outcome)) == (True, True)
            written = await gym.call("open_ticket", {"title": "x"})
            if kind == "ours":
                assert (written.is_error, "not found" in text(written), written.changes) == (True, True, ())
            else:
                assert "was not called, since its changes could not be seen" in (written.error or "")
        finally:
            again.stop()


async def test_a_server_that_cannot_be_reached_or_refuses_the_seed_is_an_error(opened: Open, served: Served) -> None:
    with pytest.raises(GymError, match=r"Failed to seed database.*nonsense"):
        async with opened("INSERT INTO nonsense VALUES (1);"):
            pass
    assert not served.seeded
    served.stop()
    with pytest.raises(GymError, match=f"127.0.0.1:{served.port}/api/seed-database cannot be reached"):
        async with opened():
            pass


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://127.0.0.1:{port}", "cannot be reached: .*wrong version number"),
        ("http://two..dots", "could not be asked: .*label empty"),
    ],
)
async def test_an_address_that_cannot_be_right_is_named_with_the_reason_and_without_its_password(
    served: Served, desk: Any, address: str, words: str
) -> None:
    address = address.format(port=served.port)
    secret = address.replace("://", "://ann:s3cret@") + "?key=s3cret#s3cret"
    with pytest.raises(GymError, match=words) as error:
        async with RemoteGym.open(config(secret), SEED, desk):
            pass
    assert str(error.value).startswith(address)
    assert "s3cret" not in str(error.value)


async def test_whoever_opens_a_gym_is_told_of_a_database_that_stays_behind(served: Served, desk: Any) -> None:
    told: list[str] = []
    async with RemoteGym.open(config(served.url), SEED, desk, report=told.append) as gym:
        served.stop()
    assert told == [
        f"database {gym.database_id} at {served.url} may stay behind: {served.url}/api/delete-database cannot be "
        "reached: Connection refused"
    ]

    told.clear()
    with pytest.raises(GymError, match="api/seed-database cannot be reached"):
        async with RemoteGym.open(config(served.url), SEED, desk, report=told.append):
            pass
    assert told == []  # there is none


DELETIONS: dict[str, Callable[[], Response]] = {
    "no such route": lambda: JSONResponse({"detail": "Not Found"}, 404),
    "not allowed": lambda: JSONResponse({"detail": "Method Not Allowed"}, 405),
    "a plain no": lambda: JSONResponse({"success": False, "message": "Database is locked"}),
    "a page": lambda: Response("<html>It works!</html>", media_type="text/html"),
    "an error": lambda: JSONResponse({"detail": "out of order"}, 501),
}


@pytest.mark.parametrize("answer", DELETIONS)
async def test_a_deletion_that_is_not_proven_is_told_with_id_and_address(
    opened_flaky: Open, flaky: Flaky, served_flaky: Served, desk: Any, answer: str
) -> None:
    told: list[str] = []
    news: list[tuple[str, str, str]] = []
    flaky.path = "/api/delete-database"
    flaky.fault = lambda _request: DELETIONS[answer]()

    address = config(served_flaky.url)
    async with RemoteGym.open(address, SEED, desk, report=told.append, note=lambda *it: news.append(it)) as gym:
        pass

    [words] = told
    assert words.startswith(f"database {gym.database_id} at {served_flaky.url} stays behind: ")
    assert news == [("made", gym.database_id, served_flaky.url)]


@pytest.mark.parametrize("answer", DELETIONS)
async def test_a_database_that_is_gone_all_the_same_is_not_called_left(
    flaky: Flaky, served_flaky: Served, desk: Any, answer: str
) -> None:
    told: list[str] = []
    news: list[str] = []
    async with RemoteGym.open(
        config(served_flaky.url), SEED, desk, report=told.append, note=lambda what, *_: news.append(what)
    ) as gym:
        async with GymServer.open(served_flaky.url, {}) as server:
            await server.delete(gym.database_id)
        flaky.path = "/api/delete-database"
        flaky.fault = lambda _request: DELETIONS[answer]()

    assert (told, news) == ([], ["made", "deleted"])


async def test_a_database_is_named_before_it_is_asked_for(served: Served, desk: Any) -> None:
    seen: list[tuple[str, int]] = []
    async with RemoteGym.open(
        config(served.url), SEED, desk, note=lambda what, *_: seen.append((what, len(served.seeded)))
    ):
        pass
    assert seen == [("made", 0), ("deleted", 1)]


async def test_seeding_that_is_answered_with_nonsense_has_failed(flaky: Flaky, served_flaky: Served, desk: Any) -> None:
    flaky.path = "/api/seed-database"
    for answer, words in ((Response("<html>Log in"), "a page for browsers"), (Response("ok"), "no JSON object: ok")):
        flaky.fault = lambda _request, answer=answer: answer
        with pytest.raises(GymError, match=f"api/seed-database answered .*{words}"):
            async with RemoteGym.open(config(served_flaky.url), SEED, desk):
                pass


async def test_user_and_password_of_an_address_are_sent_and_never_shown(served: Served, desk: Any) -> None:
    secret = served.url.replace("://", "://ann:p%40ss@")
    async with RemoteGym.open(config(secret), SEED, desk) as gym:
        assert not (await gym.call("list_tickets", {})).is_error
        assert gym.where == served.url
    assert {sent["authorization"] for sent in served.headers} == {"Basic YW5uOnBAc3M="}
    assert {path for _, path in served.requests} >= {"/mcp", "/api/seed-database", "/api/delete-database"}
    assert (await check_server(secret)).usable


async def test_a_task_that_authorises_itself_goes_before_the_password_of_an_address(served: Served, desk: Any) -> None:
    token = AuthConfig(type="bearer", token="s3cret")
    async with RemoteGym.open(config(served.url.replace("://", "://ann:pw@"), auth_config=token), SEED, desk) as gym:
        assert not (await gym.call("list_tickets", {})).is_error
    assert {sent["authorization"] for sent in served.headers} == {"Bearer s3cret"}


def test_whatever_is_in_a_group_of_errors_is_named_by_itself() -> None:
    group = ExceptionGroup("unhandled errors", [ExceptionGroup("more", [ValueError("no such thing")])])

    assert str(from_transport("http://gym", group, 30)) == "http://gym could not be asked: ValueError: no such thing"


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


async def test_an_unknown_domain_may_write_unless_its_tools_say_otherwise(opened: Open) -> None:
    async with opened(domain=None) as gym:
        assert gym.domain == "gym-desk"
        assert [tool.name for tool in await gym.tools() if tool.writes] == ["open_ticket", "who_am_i", "break_down"]
        assert len((await gym.call("open_ticket", {"title": "x"})).changes) == 1


async def test_check_finds_a_server_usable_and_leaves_nothing_behind(served: Served) -> None:
    report = await check_server(served.url)

    assert report.usable
    assert (report.server, report.protocol, len(report.tools)) == ("gym-desk 1.0.0", "2024-11-05", 4)
    assert [finding.name for finding in report.findings] == [
        "reachable",
        "tools",
        "seeding",
        "SQL runner",
        "isolation",
        "deletion",
    ]
    assert (len(served.seeded), served.databases) == (2, 0)


async def test_check_says_what_does_not_work(served: Served, bare: BareGym) -> None:
    bare.fault = lambda _request: Response("no MCP here", 404)
    report = await check_server(served.url)
    outcomes = {finding.name: finding.outcome for finding in report.findings}
    assert (report.usable, outcomes["tools"], outcomes["deletion"]) == (False, "fails", "works")

    bare.fault = lambda _request: Response("<html><body>no MCP here</body></html>", 404, media_type="text/html")
    report = await check_server(served.url)
    assert [finding.detail for finding in report.findings if finding.name == "tools"] == [
        f"{served.url} answered HTTP 404 Not Found"
    ]

    served.stop()
    report = await check_server(served.url)
    assert [finding.outcome for finding in report.findings] == ["fails", *["not tried"] * 5]


def outcomes(report: ServerReport) -> dict[str, str]:
    return {finding.name: finding.outcome for finding in report.findings}


async def test_check_calls_works_only_what_is_proven(flaky: Flaky, served_flaky: Served) -> None:
    flaky.path = "/api/sql-runner"
    flaky.fault = lambda _request: Response("boom", 500)
    report = await check_server(served_flaky.url)
    found = outcomes(report)
    assert (found["seeding"], found["SQL runner"], found["deletion"]) == ("not proven", "fails", "not proven")
    assert not report.usable

    flaky.path = "/api/seed-database"
    flaky.fault = lambda _request: JSONResponse({"success": True})
    report = await check_server(served_flaky.url)
    assert outcomes(report)["seeding"] == "fails"
    assert "says that it seeded a database, but has none" in [it.detail for it in report.findings][2]

    flaky.path = "/api/delete-database"
    flaky.fault = lambda _request: JSONResponse({"success": True})
    report = await check_server(served_flaky.url)
    assert outcomes(report)["deletion"] == "fails"
    assert "still answers for a database that was deleted" in report.findings[-1].detail


async def test_check_names_the_databases_that_it_could_not_delete(flaky: Flaky, served_flaky: Served) -> None:
    flaky.path = "/api/delete-database"
    flaky.fault = lambda _request: JSONResponse({"detail": "Not Found"}, 404)

    report = await check_server(served_flaky.url)

    assert {words.split()[1] for words in report.left} == served_flaky.seeded
    assert len(report.left) == 2


async def test_a_server_without_health_is_usable(flaky: Flaky, served_flaky: Served) -> None:
    flaky.path = "/health"
    flaky.fault = lambda _request: Response(status_code=404)

    report = await check_server(served_flaky.url)

    assert report.usable
    assert outcomes(report)["reachable"] == "not proven"


async def test_no_part_of_a_check_takes_longer_than_it_may(flaky: Flaky, served_flaky: Served) -> None:
    async def hang(_request: Request) -> None:
        await asyncio.sleep(20)

    for path, part in (("/api/seed-database", "seeding"), ("/mcp", "tools"), ("/health", "reachable")):
        flaky.path, flaky.fault = path, hang
        started = time.perf_counter()
        report = await check_server(served_flaky.url, seconds=0.4)
        assert time.perf_counter() - started < 6
        [late] = [finding for finding in report.findings if finding.name == part]
        assert (late.outcome, "within 0.4 s" in late.detail) == ("fails", True), late
