"""The MCP session with a gym server, held by a task of its own.

When the network fails, the SDK tears its session down by cancelling whoever opened it. That must be neither the
run nor its agent: they get an error to record, and the next call opens a new session.

The SDK's own transport agrees with the server on the protocol. If it is one in which each request stands alone, the
rest goes by ``Posts``, in half the time: the transport hands every message through queues and tasks.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from typing import Any, TypeVar

import httpx2
import mcp_types as types
from mcp import Client, ClientSession, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from engine.gyms.remote.admin import CALL_SECONDS, GymServer
from engine.gyms.remote.errors import GymError, from_status, from_transport, leaves, not_json, not_mcp, redirect
from engine.gyms.remote.posts import Posts
from engine.tasks.refusals import refusals

# The SDK logs what is recorded here anyway; without a handler Python would print it across the screen.
logging.getLogger("mcp").addHandler(logging.NullHandler())

Found = TypeVar("Found")

CLOSE_SECONDS = 5.0

_REASON_SECONDS = 0.2

_PAGES = 100
"""A tools/list that never ends is cut here."""


class McpLink:
    """Tool calls to one server. One request at a time."""

    def __init__(self, server: GymServer, endpoint: str) -> None:
        self._server = server
        self._endpoint = endpoint
        self._url = server.address(endpoint)
        self._where = server.where
        self._session: ClientSession | None = None
        self._holder: asyncio.Task[None] | None = None
        self._mode = "auto"
        self._alone = False
        """Whether each request stands alone, so that no session can be torn down under it."""
        self._refusal: GymError | None = None
        self._answer: httpx2.Response | None = None
        """The last one to a request that wants one, for its own words when the SDK cannot read it."""

    async def tools(self) -> tuple[list[types.Tool], Mapping[str, Any]]:
        """All tools in the server's order, and the ``_meta`` of the list. Raises GymError."""

        async def list_all(session: ClientSession) -> tuple[list[types.Tool], Mapping[str, Any]]:
            page = await session.list_tools()
            tools, meta = [*page.tools], dict(page.meta or {})
            for _ in range(_PAGES):
                if page.next_cursor is None:
                    break
                page = await session.list_tools(params=types.PaginatedRequestParams(cursor=page.next_cursor))
                tools += page.tools
            return tools, meta

        return await self._ask(list_all)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
        """Carry out one call. Raises GymError when there is no answer, or one that is no MCP result."""
        request = types.CallToolRequest(params=types.CallToolRequestParams(name=name, arguments=dict(arguments)))
        # Not session.call_tool: it refuses answers that do not fit a tool's outputSchema, and the agent gets none.
        return await self._ask(lambda session: session.send_request(request, types.CallToolResult))

    async def about(self) -> tuple[str, str, str]:
        """The server's name, its version and the version of the protocol. Raises GymError."""

        async def ask(session: ClientSession) -> tuple[str, str, str]:
            info = session.server_info
            return (info.name if info else "", info.version if info else "", session.protocol_version or "")

        return await self._ask(ask)

    async def close(self) -> None:
        """End the session; never raises."""
        holder, self._holder, self._session = self._holder, None, None
        if holder is not None:
            holder.cancel()
            await asyncio.wait({holder}, timeout=CLOSE_SECONDS)

    async def _ask(self, request: Callable[[ClientSession], Awaitable[Found]]) -> Found:
        self._refusal = None
        try:
            session = await self._connected()
            if self._alone:
                return await request(session)
            return await self._unless_torn_down(asyncio.ensure_future(request(session)))
        except MCPError as error:
            told = self._refusal or self._explain(error)
            if self._refusal or error.code in _TRANSPORT_CODES:
                await self.close()
            raise told from error
        except ValidationError as error:
            [first, *_] = refusals(error, types.CallToolResult)
            why = self._server.quoted(first)
            raise GymError(self._where, f"answered what is no MCP result: {why}") from error
        except GymError:
            await self.close()
            raise

    async def _connected(self) -> ClientSession:
        if self._session is None or self._holder is None or self._holder.done():
            await self.close()
            ready: asyncio.Future[ClientSession] = asyncio.get_running_loop().create_future()
            self._holder = asyncio.create_task(self._hold(ready))
            self._holder.add_done_callback(_noted)
            self._session = await self._unless_torn_down(ready)
        return self._session

    async def _unless_torn_down(self, wanted: asyncio.Future[Found]) -> Found:
        """Wait for something of the session, as long as there is one."""
        holder = self._holder
        assert holder is not None
        try:
            either: set[asyncio.Future[Any]] = {wanted, holder}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if wanted.done() and _closed(wanted.exception()):
                await asyncio.wait({holder}, timeout=_REASON_SECONDS)  # if it ends as well, it knows why
            if not holder.done() or (wanted.done() and wanted.exception() is None):
                return await wanted
        finally:
            wanted.cancel()
        error = None if holder.cancelled() else holder.exception()
        told = [*leaves(error)] if error else []
        if told and all(isinstance(leaf, MCPError) for leaf in told):  # the handshake failed
            raise told[0]
        if self._refusal is not None:
            raise self._refusal
        raise from_transport(self._where, error or ConnectionError("the session ended"), CALL_SECONDS) from error

    async def _hold(self, ready: asyncio.Future[ClientSession]) -> None:
        async with AsyncExitStack() as held:
            http = await held.enter_async_context(self._server.mcp_client())
            http.event_hooks = {"response": [self._note_refusal]}
            transport = streamable_http_client(self._url, http_client=http, max_sse_event_size=None)
            # Servers of ours speak the newest protocol, the benchmark's know only the handshake. What is known is
            # not asked again, or a server that hangs would cost its time twice.
            client = Client(transport, mode=self._mode, cache=None, read_timeout_seconds=CALL_SECONDS)
            session = (await held.enter_async_context(client)).session
            self._alone = session.protocol_version in MODERN_PROTOCOL_VERSIONS
            self._mode = session.protocol_version if self._alone and session.protocol_version else "legacy"
            self._refusal = None  # of a question that older servers do not know
            if session.discover_result is not None:
                posts = Posts(self._server, self._endpoint)
                alone = ClientSession(dispatcher=posts, read_timeout_seconds=CALL_SECONDS)
                alone.adopt(session.discover_result)
                session = await held.enter_async_context(alone)
            if not ready.done():
                ready.set_result(session)
            await asyncio.Event().wait()

    async def _note_refusal(self, answer: httpx2.Response) -> None:
        """Keep what an answer said that is none of MCP: the SDK tells only that there was one, in codes of its own."""
        if answer.request.method != "POST" or str(answer.request.url) != self._url:
            return
        self._answer = answer
        status, kind, hide = answer.status_code, answer.headers.get("content-type", ""), self._server.hide
        if answer.is_redirect:
            self._refusal = redirect(self._where, status, hide(answer.headers.get("location", "")))
        elif answer.is_error:
            await answer.aread()
            if not _is_rpc_error(answer):
                self._refusal = from_status(self._where, status, hide(answer.reason_phrase), hide(answer.text))
        elif not kind.startswith(_SPOKEN) and _wants_answer(answer.request):
            await answer.aread()
            self._refusal = not_json(self._where, status, hide(answer.text), kind)

    def _garbage(self) -> str:
        """What the answer said that the SDK could not parse, if it is at hand."""
        if self._answer is not None:
            with suppress(httpx2.ResponseNotRead):  # a stream's events are gone once they are read
                return str(not_mcp("", self._answer.status_code, self._server.hide(self._answer.text))).strip()
        return "answered garbage"

    def _explain(self, error: MCPError) -> GymError:
        told = self._server.quoted(error.message)
        match error.code:
            case types.REQUEST_TIMEOUT if not self._alone:
                return GymError(self._where, f"did not answer within {CALL_SECONDS:g} s")
            case types.CONNECTION_CLOSED if not self._alone:
                return GymError(self._where, f"dropped the connection: {told}", passing=True)
            case types.PARSE_ERROR if not self._alone:
                return GymError(self._where, self._garbage())
            case _:
                return GymError(self._where, f"answered MCP error {error.code}: {told}")


_TRANSPORT_CODES = (types.REQUEST_TIMEOUT, types.CONNECTION_CLOSED, types.PARSE_ERROR)


_SPOKEN = ("application/json", "text/event-stream")
"""Content types of MCP."""


def _wants_answer(request: httpx2.Request) -> bool:
    """Whether this is a request of MCP; a notification is rightly answered with nothing."""
    try:
        return "id" in json.loads(request.content)
    except (ValueError, TypeError, httpx2.RequestNotRead):
        return False


def _closed(error: BaseException | None) -> bool:
    """Whether a request failed only because its session ended."""
    return isinstance(error, MCPError) and error.code == types.CONNECTION_CLOSED


def _noted(holder: asyncio.Task[None]) -> None:
    """Take note of how a session ended, or asyncio would print it across the screen."""
    if not holder.cancelled():
        holder.exception()


def _is_rpc_error(answer: httpx2.Response) -> bool:
    try:
        told = answer.json()
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and isinstance(told.get("error"), dict)
