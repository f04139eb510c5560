"""``gym check``: what a server is, and whether runs can use it."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engine.gyms.remote.check import ServerReport, check_server
from tests.gyms.serving import BareGym, Flaky, Served


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


async def test_check_names_a_database_that_may_come_into_being_after_it(flaky: Flaky, served_flaky: Served) -> None:
    flaky.path, flaky.fault = "/api/seed-database", lambda _request: asyncio.sleep(1)

    report = await check_server(served_flaky.url, seconds=0.4)
    await asyncio.sleep(1)

    [words] = report.left
    assert words.startswith(f"database {min(served_flaky.seeded)} may come into being yet")


async def test_check_tells_what_it_tries(served: Served) -> None:
    tried: list[str] = []
    report = await check_server(served.url, trying=tried.append)
    assert tried == [*(finding.name for finding in report.findings), "cleaning up"]


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
