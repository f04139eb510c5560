"""A gym as an HTTP server that speaks the benchmark's contract: MCP, seeding, the SQL runner."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any

import mcp_types as types
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.transport_security import (
    RequestBodyLimitMiddleware,
    TransportSecurityMiddleware,
    TransportSecuritySettings,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

import engine
from engine.gyms.api import ANSWERED, AdminRoutes, answer_error
from engine.gyms.contract import CHANGES_HEADER, CHANGES_META, DATABASE_HEADER, QUERIES_META
from engine.gyms.hosting import Hosting, UnknownDatabase
from engine.gyms.registry import domain as built_in
from engine.gyms.session import carry_out
from engine.gyms.toolkit import Answer, Clock, Domain, FrozenClock, WallClock
from engine.network import LOOPBACK
from engine.trajectory.changes import Change

MAX_BODY_BYTES = 64 * 1024 * 1024
"""The benchmark's largest seeds take a few megabytes."""

_OFFERS = {CHANGES_META: True, QUERIES_META: True}
"""What a server of ours can do beyond the benchmark's contract."""


def serve(
    domain_name: str, host: str, port: int, frozen_clock: bool, listening: Callable[[], None] = lambda: None
) -> None:
    """Serve a built-in domain until the process is told to stop; ``listening`` is called once it takes connections.

    With ``frozen_clock`` every database gets a clock of its own that repeats exactly. Raises OSError when the
    address cannot be listened on, LookupError for an unknown domain.
    """
    app = build_app(built_in(domain_name), clock=FrozenClock if frozen_clock else WallClock, host=host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Bound here, since uvicorn would log that a port is taken and end the process.
    with socket.create_server((host, port), family=family) as listener:
        # Connections inherit it; asyncio sets it only on sockets that it made, and without it Nagle's algorithm
        # holds each answer's body back for 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening()
        config = uvicorn.Config(app, log_level="warning", access_log=False, ws="none")
        with suppress(KeyboardInterrupt):  # uvicorn has stopped in good order and raises it again
            uvicorn.Server(config).run(sockets=[listener])


def build_app(domain: Domain, *, clock: Callable[[], Clock] = WallClock, host: str = "127.0.0.1") -> Starlette:
    """The server of a domain as an ASGI application.

    Args:
        domain: what it serves.
        clock: makes the clock of each database that is seeded.
        host: where it will listen. On loopback, requests to another host name or from another origin are
            refused, or any web page could reach the server by DNS rebinding.
    """
    hosting = Hosting(domain, clock)
    security = _security(host)
    app = _mcp_server(hosting).streamable_http_app(
        json_response=True,
        stateless_http=True,
        max_request_body_size=MAX_BODY_BYTES,
        transport_security=security,
        custom_starlette_routes=AdminRoutes(hosting).routes(),
    )
    serving_mcp = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with serving_mcp(app):
            yield
        await hosting.close()

    app.router.lifespan_context = lifespan
    for error in ANSWERED:
        app.add_exception_handler(error, answer_error)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY_BYTES)
    app.add_middleware(_SameHost, settings=security)
    return app


def _mcp_server(hosting: Hosting) -> Server[Any]:
    domain = hosting.domain
    tools = [types.Tool.model_validate(item) for item in domain.tool_list()]

    async def list_tools(context: Any, *_: Any) -> types.ListToolsResult:
        asked = CHANGES_HEADER in context.request.headers
        return types.ListToolsResult(tools=tools, _meta=_OFFERS if asked else None)

    async def call_tool(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        headers = context.request.headers
        answer, changes = await _call(hosting, params.name, params.arguments or {}, headers)
        content: list[types.ContentBlock] = [types.TextContent(type="text", text=answer.text)]
        meta = {CHANGES_META: [change.model_dump(mode="json") for change in changes]} if changes else None
        return types.CallToolResult(content=content, is_error=answer.is_error, _meta=meta)

    schemas = {tool.name: tool.input_schema for tool in tools}
    return Server(
        domain.server_name,
        version=engine.__version__,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        get_tool_input_schema=schemas.get,  # without it the SDK lists all tools at every call to find the one
    )


async def _call(
    hosting: Hosting, tool: str, arguments: Mapping[str, Any], headers: Mapping[str, str]
) -> tuple[Answer, tuple[Change, ...]]:
    """The answer to a call and, for whom asks, the rows that it changed."""
    database_id = headers.get(DATABASE_HEADER, "").strip()
    if not database_id:
        return Answer(f"Error: {DATABASE_HEADER} header is required for database isolation", is_error=True), ()
    try:
        async with hosting.use(database_id) as hosted:
            database = hosted.database
            recording = database.record() if CHANGES_HEADER in headers else nullcontext()
            with recording as recorded:
                answer = carry_out(hosting.domain, database.connection, tool, arguments, headers, hosted.clock)
            return answer, recorded.changes if recorded else ()
    except UnknownDatabase as error:
        return Answer(f"Error: {error}", is_error=True), ()


def _security(host: str) -> TransportSecuritySettings:
    names = ("127.0.0.1", "localhost", "[::1]")
    hosts = [pattern for name in names for pattern in (name, f"{name}:*")]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=host in LOOPBACK,
        allowed_hosts=hosts,
        allowed_origins=[f"http://{pattern}" for pattern in hosts],
    )


class _SameHost:
    """The SDK's host and origin checks for every route, not only the SDK's own."""

    def __init__(self, app: ASGIApp, settings: TransportSecuritySettings) -> None:
        self._app = app
        self._checks = TransportSecurityMiddleware(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self._checks.validate_request(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)
