from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import uvicorn

from engine.gyms.registry import domain
from engine.gyms.server import build_app, serve
from engine.gyms.toolkit import FrozenClock
from tests.gyms.serving import kept_port

SEED = "INSERT INTO ticket VALUES ('T_1', 'Printer on fire; -- really', NULL, NULL);"
HANDSHAKE = {
    "protocolVersion": "2024-11-05",
    "capabilities": {"tools": {}},
    "clientInfo": {"name": "standalone-benchmark-executor", "version": "1.0.0"},
}


class RunningServer:
    """A gym server on a port of its own, and a client that posts bare JSON."""

    def __init__(self, app) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self.listener]})
        self._thread.start()
        self.http = httpx.Client(base_url=self.url, headers={"Accept": "application/json, text/event-stream"})

    def stop(self) -> None:
        self._server.should_exit = True
        self.http.close()
        self._thread.join(10)
        self.listener.close()

    def seed(self, database_id: str, sql: str = SEED) -> httpx.Response:
        body = {"database_id": database_id, "name": "n", "description": "", "sql_content": sql}
        return self.http.post("/api/seed-database", json=body)

    def rpc(self, method: str, params: dict, database_id: str | None = None, **headers: str) -> dict:
        if database_id:
            headers["x-database-id"] = database_id
        body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        answer = self.http.post("/mcp", json=body, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.json()["id"] == 7
        return answer.json()["result"]

    def call(self, tool: str, arguments: dict, database_id: str | None = None, **headers: str) -> tuple[bool, str]:
        result = self.rpc("tools/call", {"name": tool, "arguments": arguments}, database_id, **headers)
        return result["isError"], result["content"][0]["text"]

    def sql(self, query: str, database_id: str = "db_1") -> httpx.Response:
        body = {"query": query, "database_id": database_id}
        return self.http.post("/api/sql-runner", json=body, headers={"x-database-id": database_id})


@pytest.fixture(scope="module")
def desk_server(desk) -> Iterator[RunningServer]:
    server = RunningServer(build_app(desk, clock=FrozenClock))
    yield server
    server.stop()


@pytest.fixture
def server(desk_server) -> RunningServer:
    """The running server with db_1 fresh from its seed."""
    assert desk_server.seed("db_1").status_code == 200
    return desk_server


def test_the_benchmarks_bare_client_gets_through(server):
    hello = server.rpc("initialize", HANDSHAKE)
    assert hello["protocolVersion"] == "2024-11-05"
    assert hello["serverInfo"]["name"] == "gym-desk"
    note = server.http.post("/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert note.status_code in (202, 204)
    assert note.content == b""
    tools = server.rpc("tools/list", {})["tools"]
    assert [tool["name"] for tool in tools] == ["open_ticket", "list_tickets", "who_am_i", "break_down"]
    assert tools[0]["inputSchema"]["anyOf"] == [{}]
    assert server.call("list_tickets", {}, "db_1") == (False, '[["T_1", "Printer on fire; -- really"]]')
    plain = server.http.post(
        "/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, headers={"Accept": "application/json"}
    )
    assert len(plain.json()["result"]["tools"]) == 4


async def test_the_sdks_client_gets_through(server):
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    headers = {"x-database-id": "db_1", "x-desk-user": "ann"}
    http = httpx2.AsyncClient(headers=headers)
    async with http, Client(streamable_http_client(f"{server.url}/mcp", http_client=http)) as client:
        assert len((await client.list_tools()).tools) == 4
        result = await client.call_tool("who_am_i", {})
        assert (result.is_error, result.content[0].text) == (False, "ann")


def test_headers_of_each_request_choose_database_and_actor(server):
    server.seed("db_2")
    server.call("open_ticket", {"title": "only in one"}, "db_1")
    assert "only in one" in server.call("list_tickets", {}, "db_1")[1]
    assert "only in one" not in server.call("list_tickets", {}, "db_2")[1]
    assert server.call("who_am_i", {}, "db_1", **{"x-desk-user": "bob"}) == (False, "bob")
    assert server.call("who_am_i", {}, "db_1") == (False, "nobody")


def test_calls_that_cannot_work_are_answered_with_an_error_text(server):
    assert server.call("list_tickets", {}) == (
        True,
        "Error: x-database-id header is required for database isolation",
    )
    assert server.call("list_tickets", {}, "db_9")[0]
    assert "'db_9' not found" in server.call("list_tickets", {}, "db_9")[1]
    assert server.call("close_ticket", {}, "db_1") == (True, "Unknown tool: close_ticket")
    assert server.call("break_down", {}, "db_1")[0]
    assert server.sql("SELECT count(*) AS n FROM ticket").json()["data"] == [{"n": 1}]


def test_calls_at_once_on_one_database_take_turns(server):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: server.call("open_ticket", {"title": f"t{n}"}, "db_1"), range(24)))
    ids = {json.loads(text)["id"] for failed, text in answers if not failed}
    assert ids == {f"T_{n}" for n in range(2, 26)}


class TestSeeding:
    def test_it_answers_as_the_benchmark_expects(self, server):
        answer = server.seed("db_5")
        assert answer.status_code == 200
        assert answer.json() == {
            "success": True,
            "message": "Database seeded successfully",
            "database_id": "db_5",
        }

    def test_a_used_id_is_replaced_and_its_frozen_clock_starts_again(self, server):
        first = server.call("open_ticket", {"title": "a"}, "db_1")
        server.seed("db_1")
        assert server.call("open_ticket", {"title": "a"}, "db_1") == first

    def test_a_bad_seed_says_where_and_leaves_the_old_database_alone(self, server):
        answer = server.seed("db_1", "INSERT INTO ticket (id, title) VALUES\n('T_1', 'a'),\n('T_2', NULL)")
        assert answer.status_code == 500
        detail = "Failed to seed database: sql_content line 3: column title of table ticket must not be NULL"
        assert answer.json() == {"detail": detail}
        assert server.sql("SELECT count(*) AS n FROM ticket").json()["data"] == [{"n": 1}]
        assert server.seed("db_new", "DROP TABLE ticket").status_code == 500
        assert server.sql("SELECT 1", "db_new").status_code == 404

    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            ({"sql_content": "x"}, "database_id is required"),
            ({"database_id": "", "sql_content": "x"}, "database_id is required"),
            ({"database_id": "d"}, "sql_content is required"),
        ],
    )
    def test_a_missing_field_is_named(self, server, body, detail):
        answer = server.http.post("/api/seed-database", json=body)
        assert (answer.status_code, answer.json()) == (400, {"detail": detail})

    def test_a_body_that_is_no_json_is_refused(self, server):
        answer = server.http.post("/api/seed-database", content=b"{no")
        assert answer.status_code == 400
        assert "JSON" in answer.json()["detail"]

    def test_reset_brings_the_seed_back(self, server):
        server.call("open_ticket", {"title": "gone soon"}, "db_1")
        assert server.http.post("/api/reset-database", json={"database_id": "db_1"}).status_code == 200
        assert server.call("list_tickets", {}, "db_1")[1] == '[["T_1", "Printer on fire; -- really"]]'
        assert server.http.post("/api/reset-database", json={"database_id": "db_9"}).status_code == 404

    def test_delete_forgets_it(self, server):
        def delete() -> httpx.Response:
            return server.http.request("DELETE", "/api/delete-database", json={"database_id": "db_1"})

        answer = delete()
        assert answer.json() == {
            "success": True,
            "message": "Database deleted successfully",
            "database_id": "db_1",
        }
        assert delete().status_code == 404
        assert server.sql("SELECT 1").status_code == 404
        assert server.http.post("/api/delete-database", json={"database_id": "db_1"}).status_code == 405


class TestSqlRunner:
    def test_it_answers_as_the_benchmark_expects(self, server):
        assert server.sql("SELECT COUNT(*) FROM ticket;").json() == {
            "success": True,
            "message": "Query executed successfully",
            "data": [{"COUNT(*)": 1}],
            "row_count": 1,
            "query": "SELECT COUNT(*) FROM ticket LIMIT 100",
        }

    @pytest.mark.parametrize(
        ("query", "echo", "count"),
        [
            ("SELECT x FROM n", "SELECT x FROM n LIMIT 100", 100),
            ("SELECT x FROM n LIMIT 250", "SELECT x FROM n LIMIT 250", 250),
            ("SELECT x FROM n LIMIT 1000000;", "SELECT x FROM n LIMIT 1000000", 300),
            ("SELECT x FROM n -- no limit\n;;", "SELECT x FROM n LIMIT 100", 100),
            ("SELECT x FROM n WHERE 'limit' <> 'x;'", "SELECT x FROM n WHERE 'limit' <> 'x;' LIMIT 100", 100),
            (
                "SELECT x FROM n WHERE x IN (SELECT x FROM n LIMIT 120)",
                "SELECT x FROM n WHERE x IN (SELECT x FROM n LIMIT 120) LIMIT 100",
                100,
            ),
            ("VALUES (1), (2)", "VALUES (1), (2)", 2),
        ],
    )
    def test_a_query_without_a_limit_gets_one(self, server, query, echo, count):
        numbers = ", ".join(f"({n})" for n in range(300))
        server.seed("db_1", f"CREATE TABLE n (x INTEGER PRIMARY KEY); INSERT INTO n VALUES {numbers};")
        answer = server.sql(query).json()
        assert (answer["query"], answer["row_count"], len(answer["data"])) == (echo, count, count)

    @pytest.mark.parametrize(
        "query", ["PRAGMA table_info(ticket)", "UPDATE ticket SET title = 1", "SELECT 1; SELECT 2"]
    )
    def test_it_only_reads(self, server, query):
        answer = server.sql(query)
        assert (answer.status_code, answer.json()) == (400, {"detail": "Only read-only SELECT queries are allowed"})

    def test_bad_sql_is_answered_with_sqlites_words(self, server):
        answer = server.sql("SELECT nope FROM ticket")
        assert (answer.status_code, answer.json()) == (400, {"detail": "no such column: nope"})

    def test_odd_values_travel_as_json(self, server):
        answer = server.sql("SELECT x'00ff' AS b, 9e999 AS i, NULL AS n, 0.5 AS f").json()
        assert answer["data"] == [{"b": "00ff", "i": "inf", "n": None, "f": 0.5}]

    def test_the_database_must_be_named(self, server):
        answer = server.http.post("/api/sql-runner", json={"query": "SELECT 1"})
        assert answer.status_code == 400
        assert "x-database-id" in answer.json()["detail"]


def test_our_own_client_may_ask_several_queries_at_once(server):
    several = "/api/sql-runner/several"
    queries = ["SELECT id FROM ticket", "SELECT id FROM ticket WHERE 0;", "DROP TABLE ticket", "SELECT 1; SELECT 2"]
    answer = server.http.post(several, json={"queries": queries}, headers={"x-database-id": "db_1"})
    assert answer.status_code == 200
    rows, none, *refused = answer.json()["answers"]
    assert (rows, none) == ({"data": [{"id": "T_1"}]}, {"data": []})
    assert [list(each) for each in refused] == [["detail"], ["detail"]]
    assert refused[0]["detail"] == server.sql("DROP TABLE ticket").json()["detail"]

    for body, headers, status, words in (
        ({}, {"x-database-id": "db_1"}, 400, "queries is required"),
        ({"queries": "SELECT 1"}, {"x-database-id": "db_1"}, 400, "queries: "),
        ({"queries": queries}, {}, 400, "x-database-id header is required"),
        ({"queries": queries}, {"x-database-id": "db_9"}, 404, "not found"),
    ):
        refusal = server.http.post(several, json=body, headers=headers)
        assert (refusal.status_code, words in refusal.json()["detail"]) == (status, True)


def test_health_state_and_schema_can_be_looked_at(server):
    assert server.http.get("/health").json() == {"status": "healthy", "service": "desk-api"}
    headers = {"x-database-id": "db_1"}
    state = server.http.get("/api/database-state", headers=headers).json()
    assert (state["table_counts"], state["table_data"]["ticket"][0]["id"]) == ({"ticket": 1}, "T_1")
    assert "CREATE TABLE ticket" in server.http.get("/api/schema", headers=headers).json()["schema"]["ticket"]


def test_other_hosts_and_origins_are_refused_on_loopback(server):
    for path in ("/health", "/api/schema"):
        assert server.http.get(path, headers={"Host": "evil.example"}).status_code == 421
        assert server.http.get(path, headers={"Origin": "http://evil.example"}).status_code == 403
    assert server.http.get("/health", headers={"Origin": "http://localhost:3000"}).status_code == 200


def test_a_body_too_large_is_refused(desk, monkeypatch):
    monkeypatch.setattr("engine.gyms.server.MAX_BODY_BYTES", 10_000)
    server = RunningServer(build_app(desk))
    try:
        assert server.seed("db_1").status_code == 200
        assert server.seed("db_1", SEED + "-" * 10_000).status_code == 413
    finally:
        server.stop()


def test_a_client_that_hangs_up_leaves_no_traceback(server, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("uvicorn"), "propagate", True)  # or caplog would not see it
    with socket.create_connection(server.listener.getsockname()) as client:
        client.sendall(b"POST /api/sql-runner HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.2)  # it is reading the body now
    time.sleep(0.2)
    assert server.http.get("/health").status_code == 200
    assert not caplog.records


def test_a_database_that_goes_away_during_a_query_harms_nobody(server):
    slow = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT 1 FROM c LIMIT 2000000) SELECT count(*) AS n FROM c"
    with ThreadPoolExecutor(4) as pool:
        query = pool.submit(server.sql, slow)
        time.sleep(0.05)
        again = pool.submit(server.seed, "db_1")
        other = pool.submit(server.call, "list_tickets", {}, "db_1")
    assert query.result().json()["data"] == [{"n": 2_000_000}]
    assert again.result().status_code == 200
    assert not other.result()[0]


def test_a_taken_port_is_an_error_that_says_so():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve("itsm", "127.0.0.1", taken.getsockname()[1], frozen_clock=False)


def test_serve_answers_without_delay_and_ends_quietly():
    with kept_port() as port:
        _serves_without_delay_and_ends_quietly(port)


def _serves_without_delay_and_ends_quietly(port: int) -> None:
    code = f"from engine.gyms.server import serve; serve('itsm', '127.0.0.1', {port}, frozen_clock=True)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=8)) as client:
            body = {"database_id": "d", "sql_content": "INSERT INTO role VALUES ('ROLE_001', 'admin')"}
            assert client.post("/api/seed-database", json=body).status_code == 200
            took = []
            for _ in range(10):
                started = time.perf_counter()
                client.post("/api/sql-runner", json={"query": "SELECT 1", "database_id": "d"})
                took.append(time.perf_counter() - started)
        assert min(took) < 0.03  # 0.044 s when the system holds back half of an answer
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert output == b""


def test_the_itsm_gym_is_served_with_the_benchmarks_own_seed(reference: Path):
    server = RunningServer(build_app(domain("itsm")))
    try:
        [seed] = (reference / "gym_dbs").glob("*/itsm/dbs/db_1765301900121_3mwjj54xy.sql")
        assert server.seed("db_1", seed.read_text()).status_code == 200
        failed, text = server.call("get_user", {"user_id": "USER_001"}, "db_1")
        assert (failed, json.loads(text)["user_name"]) == (False, "marcus.thompson")
    finally:
        server.stop()


@pytest.mark.parametrize(("name", "service"), [("csm", "sn-csm"), ("itsm", "itsm-api")])
def test_health_names_the_service_as_the_benchmarks_server_does(name: str, service: str):
    served = RunningServer(build_app(domain(name)))
    try:
        assert served.http.get("/health").json() == {"status": "healthy", "service": service}
    finally:
        served.stop()


async def test_a_server_that_stops_frees_its_databases(desk):
    app = build_app(desk)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1") as client:
            body = {"database_id": "d", "sql_content": SEED}
            answers = await asyncio.gather(*(client.post("/api/seed-database", json=body) for _ in range(5)))
            question = {"database_id": "d", "query": "SELECT 1"}
            assert (await client.post("/api/sql-runner", json=question)).status_code == 200
    assert {answer.status_code for answer in answers} == {200}

    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1") as client:
        gone = await client.post("/api/sql-runner", json=question)
    assert (gone.status_code, "not found" in gone.text) == (404, True)
