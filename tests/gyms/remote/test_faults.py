"""However a server fails, the call says so in words, and the next one has its chance."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from engine.gyms.database import QueryError
from engine.gyms.remote.errors import from_transport
from tests.gyms.conftest import query
from tests.gyms.remote.conftest import SPEECH, Open, on_calls, text
from tests.gyms.serving import BareGym, Flaky, Served


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


async def test_a_server_that_talks_and_never_answers_costs_a_call_its_time_and_no_more(
    opened_flaky: Open, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.gyms.remote.link.CALL_SECONDS", 0.5)

    async def for_ever() -> AsyncIterator[str]:
        while True:
            yield ": awake\n\n"
            await asyncio.sleep(0.1)

    async with opened_flaky() as gym:
        flaky.fault = on_calls(lambda: StreamingResponse(for_ever(), media_type="text/event-stream"))
        for tool in ("list_tickets", "open_ticket"):
            outcome = await gym.call(tool, {"title": "x"})
            assert "did not answer within 0.5 s" in (outcome.error or "")
            assert 0.5 <= outcome.duration_s < 5
        flaky.fault = None
        assert not (await gym.call("list_tickets", {})).is_error


async def test_a_connection_that_was_idle_for_long_carries_no_call(
    opened_flaky: Open, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may hang up at that very moment."""
    monkeypatch.setattr("engine.gyms.remote.admin.IDLE_SECONDS", 0.2)
    ports: list[int] = []

    def seen(request: Request) -> None:
        if request.client and request.state.message["method"] == "tools/call":
            ports.append(request.client.port)

    async with opened_flaky() as gym:
        flaky.fault = seen
        for wait_s in (0.0, 0.0, 0.4):
            await asyncio.sleep(wait_s)
            assert not (await gym.call("list_tickets", {})).is_error
    assert ports[0] == ports[1] != ports[2]


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


def test_whatever_is_in_a_group_of_errors_is_named_by_itself() -> None:
    group = ExceptionGroup("unhandled errors", [ExceptionGroup("more", [ValueError("no such thing")])])

    assert str(from_transport("http://gym", group, 30)) == "http://gym could not be asked: ValueError: no such thing"
