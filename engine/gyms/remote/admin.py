"""The routes of a gym server beside MCP: seeding, deleting, the SQL runner, health.

Verifiers and dumps are many small queries, and aiohttp takes half the time of the client that the MCP SDK brings
along, so it carries both.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import string
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from engine.gyms.contract import DATABASE_HEADER, QUERIES_ROUTE, SEED_SECONDS
from engine.gyms.remote.errors import GymError, from_status, from_transport, not_json, redirect, short
from engine.gyms.remote.headers import hidden, secrets_in, without_login
from engine.gyms.remote.transport import AiohttpTransport
from engine.network import LOOPBACK, shown_address

CALL_SECONDS = 30.0
"""How long a tool call or a query may take: the benchmark's own limit."""

CONNECT_SECONDS = 10.0

AT_ONCE = 8
"""Connections to one server that one gym of a run uses."""

IDLE_SECONDS = 4.0
"""A connection that was idle for longer is not used again: uvicorn, by which gyms are served, hangs up after 5 s, and
of a call that is sent at that moment nobody knows whether it was carried out."""

Found = TypeVar("Found")

DELETE_SECONDS = 10.0
"""A run that ends does not wait longer than this for its database to be deleted."""

RETRY_AFTER_SECONDS = (0.2, 1.0)
"""Waits before a request that only reads is repeated."""

Rows = list[dict[str, Any]]


class _Rows(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: Rows


class _Refusal(BaseModel):
    detail: str


class _Answers(BaseModel):
    answers: list[_Rows | _Refusal]


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, whole."""

    status: int
    phrase: str
    body: bytes
    secrets: Collection[str]

    @property
    def refused(self) -> bool:
        """Whether the server did not do what it was asked."""
        return self.status >= 300

    @property
    def text(self) -> str:
        """The body as text that may be repeated."""
        return hidden(self.body.decode(errors="replace"), self.secrets)

    def json(self) -> dict[str, Any] | None:
        """The JSON object in the body; None when it is none."""
        try:
            told = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return told if isinstance(told, dict) else None


class GymServer:
    """One gym server, asked over one pool of connections."""

    def __init__(self, url: str, session: aiohttp.ClientSession, secrets: Collection[str]) -> None:
        self._url = url
        self._session = session
        self._secrets = secrets

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, headers: Mapping[str, str], secrets: Collection[str] = ()
    ) -> AsyncIterator[GymServer]:
        """A server that gets ``headers`` with every request.

        User name and password of the address are sent as Basic authorisation, unless ``headers`` authorise already.
        They and ``secrets`` are hidden in errors, whatever the server repeats of what it was sent.
        """
        secrets = [*secrets, *secrets_in(url)]
        url, basic = without_login(url)
        if basic and not any(name.lower() == "authorization" for name in headers):
            headers = {**headers, "Authorization": basic}
        connections = aiohttp.TCPConnector(ssl=_certificates(), limit=AT_ONCE, keepalive_timeout=IDLE_SECONDS)
        async with aiohttp.ClientSession(
            headers=dict(headers), connector=connections, trust_env=_beyond_loopback(url)
        ) as session:
            yield cls(url, session, secrets)

    def mcp_client(self) -> httpx2.AsyncClient:
        """The same connections as a client of the MCP SDK's kind."""
        limits = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=CALL_SECONDS * 2)
        return httpx2.AsyncClient(transport=AiohttpTransport(self._session, limits))

    @property
    def where(self) -> str:
        """Its address as it may be shown and recorded: without a password."""
        return shown_address(self._url).rstrip("/")

    def address(self, path: str) -> str:
        """Where a route of it is."""
        base, question, query = self._url.partition("#")[0].partition("?")
        return f"{base.rstrip('/')}{path}{question}{query}"

    def hide(self, text: str) -> str:
        """Its own words as they may be repeated."""
        return hidden(text, self._secrets)

    def quoted(self, text: str) -> str:
        """The same on one line, not too many of them."""
        return short(self.hide(text))

    async def seed(self, database_id: str, sql: str, seconds: float | None = None) -> None:
        """Make a database from seed SQL, within some seconds (``seeding_seconds``). Raises GymError."""
        body = {"database_id": database_id, "name": database_id, "description": "eog-tui", "sql_content": sql}
        answer = await self._request("POST", "/api/seed-database", body, seconds=seconds or seeding_seconds(sql))
        self._check_done(answer, "/api/seed-database", "did not seed the database")

    async def delete(self, database_id: str) -> None:
        """Delete a database. Raises GymError; only what returns says that it is gone (``deletion`` finds out more)."""
        path = "/api/delete-database"
        answer = await self._request("DELETE", path, {"database_id": database_id}, seconds=DELETE_SECONDS)
        self._check_done(answer, path, "did not delete the database")

    def _check_done(self, answer: Reply, path: str, refusal: str) -> None:
        """Some images answer {"status": "success", "details": {"success": true}}, so only a plain no is one."""
        told = answer.json()
        if told is None:
            raise not_json(f"{self.where}{path}", answer.status, answer.text)
        details = told.get("details")
        if told.get("success") is False or (isinstance(details, dict) and details.get("success") is False):
            raise GymError(self.where, f"{refusal}: {short(answer.text)}", status=answer.status)

    async def sql(self, database_id: str, query: str) -> Reply:
        """Run one SELECT; repeated when the connection fails. Raises GymError; a refused query is HTTP 400."""
        return await retrying(lambda: self.sql_once(database_id, query))

    async def sql_once(
        self, database_id: str, query: str, seconds: float = CALL_SECONDS, refused: tuple[int, ...] = (400, 422)
    ) -> Reply:
        """The same, tried once and for so long; statuses of ``refused`` are no error."""
        body = {"query": query, "database_id": database_id}
        headers = {DATABASE_HEADER: database_id}
        return await self._request("POST", "/api/sql-runner", body, headers=headers, seconds=seconds, refused=refused)

    async def sql_together(self, database_id: str, queries: Sequence[str]) -> list[Rows | str]:
        """Run some SELECTs in one request; for each its rows, or why it is refused. Raises GymError.

        Only for servers that say in their list of tools that they can (``QUERIES_META``).
        """
        body = {"queries": list(queries)}
        headers = {DATABASE_HEADER: database_id}
        reply = await retrying(lambda: self._request("POST", QUERIES_ROUTE, body, headers=headers))
        try:
            answers = _Answers.model_validate_json(reply.body).answers
        except ValidationError:
            answers = []
        if len(answers) != len(queries):
            raise GymError(self.where, f"did not answer each of {len(queries)} queries: {short(reply.text)}")
        return [answer.data if isinstance(answer, _Rows) else self.hide(answer.detail) for answer in answers]

    async def rows(self, database_id: str, query: str) -> Rows:
        """The rows of a SELECT that has to work. Raises GymError."""
        return self.read_rows(await self.sql(database_id, query))

    def read_rows(self, answer: Reply) -> Rows:
        """The rows in an answer of the SQL runner. Raises GymError."""
        if answer.refused:
            raise from_status(self.where, answer.status, answer.phrase, answer.text)
        return self.parse_rows(answer.body)

    def parse_rows(self, body: bytes) -> Rows:
        """The rows in the body of such an answer. Raises GymError."""
        try:
            return _Rows.model_validate_json(body).data
        except ValidationError as error:
            told = self.hide(body.decode(errors="replace"))
            if not told.strip() or told.lstrip().startswith("<"):
                raise not_json(f"{self.where}/api/sql-runner", 200, told) from error
            raise GymError(self.where, f"answered no rows from its SQL runner: {short(told)}") from error

    async def health(self) -> dict[str, Any]:
        """What ``/health`` says. Raises GymError."""
        return (await self._request("GET", "/health", None)).json() or {}

    async def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = CALL_SECONDS,
        refused: tuple[int, ...] = (),
    ) -> Reply:
        """Send a request; an answer with a status of ``refused`` is returned for the caller to explain."""
        where = f"{self.where}{path}"
        async with self.asked(method, path, body, where=where, headers=headers, seconds=seconds) as answer:
            reply = Reply(answer.status, self.hide(answer.reason or ""), await answer.read(), self._secrets)
        if reply.refused and reply.status not in refused:
            raise from_status(where, reply.status, reply.phrase, reply.text)
        return reply

    @asynccontextmanager
    async def asked(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        where: str | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = CALL_SECONDS,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request and read its answer as it arrives, within some seconds.

        Raises GymError, which names ``where``: when nothing comes, when it breaks off, and when it leads elsewhere.
        """
        where = where or self.where
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=min(CONNECT_SECONDS, seconds))
        try:
            async with self._session.request(
                method, self.address(path), json=body, headers=headers, timeout=limits, allow_redirects=False
            ) as answer:
                if 300 <= answer.status < 400:
                    raise redirect(where, answer.status, self.hide(answer.headers.get("Location", "")))
                yield answer
        except (aiohttp.ClientError, TimeoutError, UnicodeError) as error:  # the last for impossible host names
            raise from_transport(where, error, seconds) from error


async def retrying(read: Callable[[], Awaitable[Found]]) -> Found:
    """Do what only reads, again after a short wait when a failure may pass; raises the last GymError."""
    for wait_s in RETRY_AFTER_SECONDS:
        try:
            return await read()
        except GymError as error:
            if not error.passing:
                raise
        await asyncio.sleep(wait_s)
    return await read()


def _beyond_loopback(url: str) -> bool:
    """Whether the proxies of the environment are asked for: not for servers on this machine."""
    return urlsplit(url).hostname not in LOOPBACK


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust. Reading it takes 20 ms, so it is done once a process and not once a gym."""
    return ssl.create_default_context()


def new_database_id() -> str:
    """An id that no other run has, in the form that the benchmark's own harness makes."""
    letters = "".join(random.choices(string.ascii_lowercase + string.digits, k=9))  # noqa: S311 - guards nothing
    return f"db_{time.time_ns() // 1_000_000}_{letters}"


def seeding_seconds(sql: str) -> float:
    """How long seeding may take: the benchmark's own rule."""
    return max(SEED_SECONDS, 120.0 + len(sql.encode(errors="surrogatepass")) / 102_400)
