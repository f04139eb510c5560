"""Gym servers for tests of clients: ours, and one that speaks the benchmark's bare JSON-RPC, with faults on order."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.gyms.api import ANSWERED, AdminRoutes, answer_error
from engine.gyms.hosting import Hosting, UnknownDatabase
from engine.gyms.session import carry_out
from engine.gyms.toolkit import Clock, FrozenClock

Fault = Callable[[Request], Any]
"""Looks at a request to /mcp: returns a response to give instead of the answer, or None."""


@contextmanager
def kept_port() -> Iterator[int]:
    """A port on which a program may listen, and which nobody else is given meanwhile."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # two may have it as long as only one listens
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


class Served:
    """An application on a port of its own, with a count of the databases in it."""

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        self._app = app
        self.requests: list[tuple[str, str]] = []
        """(method, path) of all requests, in order."""
        self.headers: list[dict[str, str]] = []
        self.seeded: set[str] = set()
        self.deleted: set[str] = set()
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            self._counted, log_level="critical", ws="none", interface="asgi3", timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self._listener]})
        self._thread.start()

    @property
    def databases(self) -> int:
        """How many databases were seeded and not deleted."""
        return len(self.seeded - self.deleted)

    def stop(self) -> None:
        self.server.should_exit = self.server.force_exit = True
        self._thread.join(10)
        self._listener.close()

    def queries(self) -> int:
        """How many requests its SQL runner got."""
        return sum(path.startswith("/api/sql-runner") for _, path in self.requests)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.requests.append((scope["method"], scope["path"]))
        self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        body = b""

        async def read() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                if scope["path"] == "/api/seed-database":
                    self.seeded.add(json.loads(body)["database_id"])
                elif scope["path"] == "/api/delete-database":
                    self.deleted.add(json.loads(body)["database_id"])
            await send(message)

        await self._app(scope, read, noted)


class Flaky:
    """An application that answers something else on order: to whatever is asked below a path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.path = "/mcp"
        self.fault: Fault | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.fault is None or scope["type"] != "http" or not scope["path"].startswith(self.path):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        request.state.message = json.loads(body or b"null")
        instead = self.fault(request)
        if asyncio.iscoroutine(instead):
            instead = await instead
        parts = iter([{"type": "http.request", "body": body}])

        async def again() -> Message:
            return next(parts, None) or await receive()

        await (instead or self._app)(scope, again, send)


class Streaming:
    """An application that answers MCP as a stream of events, which stays open when the answer has come."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/mcp":
            await self._app(scope, receive, send)
            return
        body = b""

        async def kept(message: Message) -> None:
            nonlocal body
            body += message.get("body", b"")

        await self._app(scope, receive, kept)
        progress = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": 1}}
        events = [
            ": awake",
            "event: ping\ndata: 2026-11-22 01:30",
            "event: message\ndata:",
            *(f"data: {each}" for each in (json.dumps(progress), body.decode())),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for event in events:
            await send({"type": "http.response.body", "body": f"{event}\n\n".encode(), "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass


class BareGym:
    """A gym as the benchmark's containers speak: one POST, one JSON object, protocol 2024-11-05, no sessions.

    ``sse`` answers as an event stream instead; ``nulls`` are the keys that it writes out in tools/list.
    """

    def __init__(self, domain: Any, *, sse: bool = False, clock: Callable[[], Clock] = FrozenClock) -> None:
        self.domain = domain
        self.hosting = Hosting(domain, clock)
        self.fault: Fault | None = None
        self.calls: list[str] = []
        """Names of the tools that were carried out."""
        self._sse = sse
        routes = [*AdminRoutes(self.hosting).routes(), Route("/mcp", self._mcp, methods=["POST"])]
        self.app = Starlette(routes=routes, exception_handlers=dict.fromkeys(ANSWERED, answer_error))

    async def _mcp(self, request: Request) -> Response:
        message = await request.json()
        if "id" not in message:
            return Response(status_code=204)
        request.state.message = message
        if self.fault is not None:
            instead = self.fault(request)
            if asyncio.iscoroutine(instead):
                instead = await instead
            if instead is not None:
                return instead
        result = await self._result(message["method"], message.get("params") or {}, request)
        answer = {"jsonrpc": "2.0", "id": message["id"], "result": result}
        if self._sse:
            return Response(f"event: message\ndata: {json.dumps(answer)}\n\n", media_type="text/event-stream")
        return JSONResponse(answer)

    async def _result(self, method: str, params: dict[str, Any], request: Request) -> dict[str, Any]:
        match method:
            case "initialize":
                return {
                    "protocolVersion": "2024-11-05",
                    "capabilities": {"tools": {}, "logging": {}, "prompts": {}, "resources": {}},
                    "serverInfo": {"name": self.domain.server_name, "version": "1.0.0"},
                }
            case "tools/list":
                nulls = dict.fromkeys(("title", "outputSchema", "icons", "annotations", "meta", "execution"))
                return {"tools": [nulls | item for item in self.domain.tool_list()]}
            case "tools/call":
                return await self._call(params, request)
        return {"error": f"Method not found: {method}"}

    async def _call(self, params: dict[str, Any], request: Request) -> dict[str, Any]:
        name, arguments = params["name"], params.get("arguments") or {}
        try:
            async with self.hosting.use(request.headers["x-database-id"]) as hosted:
                self.calls.append(name)
                connection = hosted.database.connection
                answer = carry_out(self.domain, connection, name, arguments, request.headers, hosted.clock)
                text, is_error = answer.text, answer.is_error
        except UnknownDatabase as error:
            text, is_error = f"Error: {error}", True
        return {
            "meta": None,
            "content": [{"type": "text", "text": text, "annotations": None, "meta": None}],
            "structuredContent": None,
            "isError": is_error,
        }
