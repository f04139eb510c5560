"""MCP's newest protocol over HTTP, in which a request stands alone: one POST, one answer, no session on the wire.

The SDK's own transport speaks every protocol, through two queues, a task a message and a client of its own a request.
That takes longer than the request itself, so it is used only to agree on the protocol and for older ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
import anyio
import anyio.abc
import httpx2
from mcp import MCPError
from mcp.shared.dispatcher import CallOptions, OnNotify, OnNotifyIntercept, OnRequest, coerce_request_id
from mcp_types import JSONRPCError, JSONRPCMessage, JSONRPCResponse, RequestId, jsonrpc_message_adapter
from pydantic import ValidationError
from typing_extensions import TypeIs

from engine.gyms.remote.admin import CALL_SECONDS, GymServer
from engine.gyms.remote.errors import GymError, from_status, not_mcp
from engine.gyms.remote.transport import as_response

_SPOKEN = {"Accept": "application/json, text/event-stream"}

_Told = JSONRPCResponse | JSONRPCError


class Posts:
    """A ``Dispatcher`` for the SDK's ``ClientSession``. Failures of the network are raised as GymError."""

    def __init__(self, server: GymServer, path: str) -> None:
        self._server = server
        self._path = path
        self._sent = 0

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> dict[str, Any]:
        """The result of one request. Raises MCPError for an error of MCP's, GymError when there is no MCP answer."""
        opts = opts or {}
        self._sent = number = self._sent + 1
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        headers, seconds = _SPOKEN | opts.get("headers", {}), opts.get("timeout", CALL_SECONDS)
        async with self._server.asked("POST", self._path, request, headers=headers, seconds=seconds) as answer:
            told = await self._told(answer, number)
        if isinstance(told, JSONRPCError):
            raise MCPError(told.error.code, told.error.message, told.error.data)
        return told.result

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        """Nothing: this protocol has no notifications from clients; who gives a request up hangs up."""

    async def run(
        self,
        on_request: OnRequest,
        on_notify: OnNotify,
        on_notify_intercept: OnNotifyIntercept | None = None,
        *,
        task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        """Wait to be cancelled: nothing comes from the server but answers."""
        task_status.started()
        await anyio.sleep_forever()

    async def _told(self, answer: aiohttp.ClientResponse, request_id: int) -> _Told:
        where, status = self._server.where, answer.status
        if status < 400 and answer.content_type == "text/event-stream":
            return await self._streamed(answer, request_id)
        body = await answer.read()
        try:
            message = jsonrpc_message_adapter.validate_json(body, by_name=False)
        except ValidationError:
            text = self._server.hide(body.decode(errors="replace"))
            if status >= 400:
                raise from_status(where, status, self._server.hide(answer.reason or ""), text) from None
            raise not_mcp(where, status, text, answer.content_type) from None
        if not _answers(message, request_id):
            text = self._server.quoted(body.decode(errors="replace"))
            raise GymError(where, f"answered another request than it was asked: {text}")
        return message

    async def _streamed(self, answer: aiohttp.ClientResponse, request_id: int) -> _Told:
        """The answer among the events of a stream; what a server tells of its progress is passed over."""
        response = as_response(answer, httpx2.Request("POST", self._server.address(self._path)))
        async for event in httpx2.EventSource(response, max_event_size=None):
            if event.event != "message" or not event.data:
                continue  # to keep the connection alive
            try:
                message = jsonrpc_message_adapter.validate_json(event.data, by_name=False)
            except ValidationError:
                raise not_mcp(self._server.where, answer.status, self._server.hide(event.data)) from None
            if _answers(message, request_id):
                return message
        ended = "dropped the connection: its event stream ended without an answer"
        raise GymError(self._server.where, ended, passing=True)


def _answers(message: JSONRPCMessage, request_id: RequestId) -> TypeIs[_Told]:
    """Whether a message is the answer to a request; an error may leave out which one it is about."""
    if not isinstance(message, JSONRPCResponse | JSONRPCError):
        return False
    return message.id is None or coerce_request_id(message.id) == request_id
