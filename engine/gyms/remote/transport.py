"""The MCP SDK's HTTP client on top of aiohttp: one pool of connections a server, and half the time a request."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import httpx2

# aiohttp makes these itself, and has undone the encoding of what it hands on.
_NOT_SENT = frozenset({"host", "accept-encoding", "connection", "user-agent"})
_NOT_RECEIVED = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """Sends what httpx2 asks for through a session, which stays open afterwards.

    Failures are aiohttp's own exceptions, which ``engine.gyms.remote.errors`` puts into words.
    """

    def __init__(self, session: aiohttp.ClientSession, timeout: aiohttp.ClientTimeout) -> None:
        self._session = session
        self._timeout = timeout

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the body of the answer is read as it is needed."""
        answer = await self._session.request(
            request.method,
            str(request.url),
            data=await request.aread() or None,
            headers=[(name, value) for name, value in request.headers.multi_items() if name not in _NOT_SENT],
            timeout=self._timeout,
            allow_redirects=False,
        )
        return as_response(answer, request)


def as_response(answer: aiohttp.ClientResponse, request: httpx2.Request) -> httpx2.Response:
    """An answer as httpx2 would have received it; its body is read as it is needed."""
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in _NOT_RECEIVED]
    return httpx2.Response(answer.status, headers=headers, stream=_Body(answer), request=request)


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.content.iter_any():
            yield part

    async def aclose(self) -> None:
        if self._answer.content.at_eof():
            self._answer.release()
        else:
            self._answer.close()  # what is still to come would be taken for the next answer's beginning
