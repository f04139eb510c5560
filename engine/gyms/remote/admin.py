"""The routes of a gym server beside MCP: seeding, deleting, the SQL runner, health."""

from __future__ import annotations

import asyncio
import random
import ssl
import string
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from engine.gyms.contract import DATABASE_HEADER
from engine.gyms.remote.errors import GymError, from_status, from_transport, short
from engine.tasks.models import AuthConfig

CALL_SECONDS = 30.0
"""How long a tool call or a query may take: the benchmark's own limit."""

CONNECT_SECONDS = 10.0

Found = TypeVar("Found")

DELETE_SECONDS = 10.0
"""A run that ends does not wait longer than this for its database to be deleted."""

RETRY_AFTER_SECONDS = (0.2, 1.0)
"""Waits before a request that only reads is repeated."""


class _Rows(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: list[dict[str, Any]]


class GymServer:
    """One gym server, asked over one pool of connections."""

    def __init__(self, url: str, http: httpx2.AsyncClient) -> None:
        self.url = url.rstrip("/")
        self.http = http

    @property
    def where(self) -> str:
        """Its address as it may be shown and recorded: without a password."""
        return shown_address(self.url)

    async def seed(self, database_id: str, sql: str) -> None:
        """Make a database from seed SQL. Raises GymError."""
        body = {"database_id": database_id, "name": database_id, "description": "eog-tui", "sql_content": sql}
        answer = await self._request("POST", "/api/seed-database", body, seconds=seeding_seconds(sql))
        # Some images answer 200 with {"status": "success", "details": {"success": true}}, so only a plain no is one.
        told = _json(answer)
        details = told.get("details")
        if told.get("success") is False or (isinstance(details, dict) and details.get("success") is False):
            raise GymError(self.where, f"did not seed the database: {short(answer.text)}")

    async def delete(self, database_id: str) -> None:
        """Delete a database. Raises GymError."""
        await self._request("DELETE", "/api/delete-database", {"database_id": database_id}, seconds=DELETE_SECONDS)

    async def sql(self, database_id: str, query: str) -> httpx2.Response:
        """Run one SELECT; repeated when the connection fails. Raises GymError; a refused query is HTTP 400."""
        body = {"query": query, "database_id": database_id}
        headers = {DATABASE_HEADER: database_id}
        return await retrying(
            lambda: self._request("POST", "/api/sql-runner", body, headers=headers, refused=(400, 422))
        )

    async def rows(self, database_id: str, query: str) -> list[dict[str, Any]]:
        """The rows of a SELECT that has to work. Raises GymError."""
        return self.read_rows(await self.sql(database_id, query))

    def read_rows(self, answer: httpx2.Response) -> list[dict[str, Any]]:
        """The rows in an answer of the SQL runner. Raises GymError."""
        if answer.is_error:
            raise from_status(self.where, answer.status_code, answer.reason_phrase, answer.text)
        return self.parse_rows(answer.content)

    def parse_rows(self, body: bytes) -> list[dict[str, Any]]:
        """The rows in the body of such an answer. Raises GymError."""
        try:
            return _Rows.model_validate_json(body).data
        except ValidationError as error:
            told = short(body.decode(errors="replace"))
            raise GymError(self.where, f"answered no rows from its SQL runner: {told}") from error

    async def health(self) -> dict[str, Any]:
        """What ``/health`` says. Raises GymError."""
        return _json(await self._request("GET", "/health", None))

    async def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = CALL_SECONDS,
        refused: tuple[int, ...] = (),
    ) -> httpx2.Response:
        """Send a request; an answer with a status of ``refused`` is returned for the caller to explain."""
        where = f"{self.where}{path}"
        limits = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
        try:
            # A whole answer within the time, not only each piece of it.
            async with asyncio.timeout(seconds):
                answer = await self.http.request(method, self.url + path, json=body, headers=headers, timeout=limits)
        except TimeoutError as error:
            raise GymError(where, f"did not answer within {seconds:g} s") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise from_transport(where, error, seconds) from error
        if answer.status_code >= 300 and answer.status_code not in refused:
            raise from_status(where, answer.status_code, answer.reason_phrase, answer.text)
        return answer


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


def open_client(url: str, headers: Mapping[str, str]) -> httpx2.AsyncClient:
    """A pool of connections to one server that sends ``headers`` with every request.

    Loopback addresses never go through a proxy of the environment.
    """
    return httpx2.AsyncClient(
        headers=dict(headers),
        timeout=httpx2.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS),
        verify=_certificates(),
        trust_env=urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1"),
    )


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()  # reading them takes 20 ms: once a process, not once a gym


def auth_headers(auth: AuthConfig | None) -> dict[str, str]:
    """How a task's gym wants to be authorised, as headers."""
    if auth is None:
        return {}
    return {auth.header_name: f"Bearer {auth.token}" if auth.type == "bearer" else auth.token}


def new_database_id() -> str:
    """An id that no other run has, in the form that the benchmark's own harness makes."""
    letters = "".join(random.choices(string.ascii_lowercase + string.digits, k=9))  # noqa: S311 - guards nothing
    return f"db_{time.time_ns() // 1_000_000}_{letters}"


def seeding_seconds(sql: str) -> float:
    """How long seeding may take: the benchmark's own rule."""
    return max(1200.0, 120.0 + len(sql.encode(errors="surrogatepass")) / 102_400)


def shown_address(url: str) -> str:
    """An address without user name and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {}
