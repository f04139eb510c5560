"""A database elsewhere is deleted whatever happened; one that may stay is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine.gyms.remote import GymError, RemoteGym
from engine.gyms.remote.admin import GymServer
from engine.gyms.remote.check import check_server
from engine.gyms.remote.deletion import deleted
from tests.gyms.remote.conftest import SEED, Open, config
from tests.gyms.serving import BareGym, Flaky, Served


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


async def test_a_database_is_named_before_it_is_asked_for(served: Served, desk: Any) -> None:
    seen: list[tuple[str, int]] = []
    async with RemoteGym.open(
        config(served.url), SEED, desk, note=lambda what, *_: seen.append((what, len(served.seeded)))
    ):
        pass
    assert seen == [("made", 0), ("deleted", 1)]


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


@pytest.mark.parametrize("ends", ["late", "stopped"])
async def test_a_seeding_that_was_given_up_may_yet_make_a_database(
    desk: Any, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    """The server goes on with it, and knows of no database when it is asked to delete it."""
    monkeypatch.setattr("engine.gyms.remote.session.DELETE_SECONDS", 0.1)
    monkeypatch.setattr("engine.gyms.remote.admin.seeding_seconds", lambda _sql: 0.4)
    told: list[str] = []
    news: list[str] = []
    flaky = Flaky(BareGym(desk).app)
    server = Served(flaky)
    flaky.path, flaky.fault = "/api/seed-database", lambda _request: asyncio.sleep(1)

    async def stay() -> None:
        opening = RemoteGym.open(
            config(server.url), SEED, desk, report=told.append, note=lambda it, *_: news.append(it)
        )
        async with opening:
            pass

    try:
        staying = asyncio.create_task(stay())
        await asyncio.sleep(0.2)
        if ends == "stopped":
            staying.cancel()
        with pytest.raises((GymError, asyncio.CancelledError)):
            await staying
        await asyncio.sleep(1)
        [database_id] = server.seeded
        assert news == ["made"]
        assert told == [
            f"database {database_id} at {server.url} may come into being yet:"
            " its seeding was given up without an answer"
        ]
        async with GymServer.open(server.url, {}) as again:
            assert await deleted(again, database_id) is None
        assert server.databases == 0
    finally:
        server.stop()


async def test_where_there_is_no_gym_server_no_database_is_said_to_stay(desk: Any) -> None:
    """Or ``gym clean`` would ask for it for ever."""
    told: list[str] = []
    news: list[str] = []
    server = Served(Starlette(routes=[Route("/", lambda _: Response("<html>It works!</html>"))]))
    try:
        opening = RemoteGym.open(
            config(server.url), SEED, desk, report=told.append, note=lambda it, *_: news.append(it)
        )
        with pytest.raises(GymError, match="seed-database answered HTTP 404"):
            async with opening:
                pass
        assert not (await check_server(server.url)).left
    finally:
        server.stop()
    assert (told, news) == ([], ["made", "deleted"])


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
