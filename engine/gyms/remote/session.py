"""A gym on an HTTP server as a run uses it: a database of its own there, deleted at the end whatever happened."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import mcp_types as types
from pydantic import TypeAdapter, ValidationError

from engine.gyms.contract import CHANGES_HEADER, CHANGES_META, DATABASE_HEADER, QUERIES_META, with_limit
from engine.gyms.database import QueryError, QueryResult
from engine.gyms.registry import domain_name
from engine.gyms.remote.admin import (
    DELETE_SECONDS,
    GymServer,
    Reply,
    Rows,
    new_database_id,
    retrying,
)
from engine.gyms.remote.deletion import came_of, deleted
from engine.gyms.remote.dumps import Dumps
from engine.gyms.remote.errors import GymError, short
from engine.gyms.remote.headers import request_headers, secrets_of
from engine.gyms.remote.link import McpLink
from engine.gyms.remote.writing import may_write
from engine.gyms.session import CallOutcome, CallStopped, ToolSpec, frame, text_block
from engine.gyms.toolkit import Domain
from engine.tasks.models import GymConfig
from engine.trajectory.changes import Change
from engine.trajectory.events import DatabaseAction

log = logging.getLogger(__name__)

Done = TypeVar("Done")

Note = Callable[[DatabaseAction, str, str], None]
"""Told what becomes of a database: that it is about to be made, or known to be gone; with its id and address."""

UNKNOWN = "; whether it changed anything is unknown"

NOTHING_SENT = "; nothing was sent, so it changed nothing"

MAX_ROWS = 10_000
"""Rows of a query's answer, as for an embedded gym."""

_CHANGES: TypeAdapter[tuple[Change, ...]] = TypeAdapter(tuple[Change, ...])


class RemoteGym:
    """A gym on an HTTP server. Implements ``GymSession``; calls run one after the other, queries at any time."""

    def __init__(
        self,
        config: GymConfig,
        domain: Domain | None,
        server: GymServer,
        link: McpLink,
        database_id: str,
        tools: Sequence[types.Tool],
        offers: Mapping[str, Any],
    ) -> None:
        self.name = config.mcp_server_name
        self.domain = domain.name if domain else domain_name(config.mcp_server_name) or config.mcp_server_name
        self.database_id = database_id
        self._server = server
        self._link = link
        self._dumps = Dumps(server, database_id, self.name)
        self._tools = {
            tool.name: ToolSpec(
                tool.name, tool.description or "", tool.input_schema, self.name, may_write(tool, domain)
            )
            for tool in tools
        }
        self._tells_changes = bool(offers.get(CHANGES_META))
        self._takes_several = bool(offers.get(QUERIES_META))
        self._lock = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        config: GymConfig,
        seed_text: str,
        domain: Domain | None = None,
        *,
        url: str | None = None,
        report: Callable[[str], None] = log.warning,
        note: Note = lambda *_: None,
    ) -> AsyncIterator[RemoteGym]:
        """Seed a database on the server and connect to it; it is deleted when the ``async with`` ends.

        Args:
            config: the gym of the task; its context and auth go along with every request.
            seed_text: SQL that the database starts from.
            domain: the built-in domain that the server stands for, if any: it tells which tools write.
            url: the server's address; by default the task's.
            report: is told if the database is not known to be deleted in the end.
            note: is told before the database is made, and once it is known to be gone.

        Raises GymError when the server cannot be reached or refuses the seed, or context or auth are no headers.
        """
        address = url or config.mcp_server_url
        database_id = new_database_id()
        headers = request_headers(config) | {DATABASE_HEADER: database_id, CHANGES_HEADER: "1"}
        async with GymServer.open(address, headers, [*secrets_of(config)]) as server:
            link = McpLink(server, config.mcp_endpoint)
            note("made", database_id, server.where)
            seeding = asyncio.ensure_future(server.seed(database_id, seed_text))
            try:
                await _unless_stopped(seeding)
                tools, offers = await retrying(link.tools)
                yield cls(config, domain, server, link, database_id, tools, offers)
            finally:
                await _to_its_end(_clean_up(server, link, database_id, seeding, report, note))

    @property
    def where(self) -> str:
        """The server's address, for the record."""
        return self._server.where

    async def tools(self) -> list[ToolSpec]:
        """All tools of the server."""
        return list(self._tools.values())

    async def call(self, name: str, arguments: Mapping[str, Any]) -> CallOutcome:
        """Carry out one call and find out which rows it changed.

        A call that may write is sent once: without an answer nobody knows whether it was carried out. Only calls
        that read are repeated when the connection fails. A stop waits a little for what became of one that may write.
        """
        async with self._lock:
            if name in self._tools and not self._tools[name].writes:
                return await self._read(name, arguments)
            if self._tells_changes:
                return await self._despite_a_stop(self._write_and_be_told(name, arguments))
            begun = time.perf_counter()
            try:
                await self._dumps.prepare()
            except GymError as error:
                blind = f"{name} was not called, since its changes could not be seen: {error}"
                return CallOutcome.refused(blind, capture_s=time.perf_counter() - begun)
            return await self._despite_a_stop(self._write_and_compare(name, arguments, begun))

    async def query_all(self, queries: Sequence[str]) -> list[QueryResult | QueryError]:
        """Run some SELECTs. The names of the columns are unknown when there are no rows."""
        bounded = [with_limit(sql, MAX_ROWS + 1) for sql in queries]
        found: Sequence[Rows | str]
        if self._takes_several:
            try:
                found = await self._server.sql_together(self.database_id, bounded)
            except GymError as error:
                found = [str(error)] * len(bounded)
        else:
            found = await asyncio.gather(*map(self._query, bounded))
        return [QueryError(each) if isinstance(each, str) else _result(each) for each in found]

    async def _query(self, sql: str) -> Rows | str:
        """The rows of a query, or why there are none."""
        try:
            answer = await self._server.sql(self.database_id, sql)
            return self._server.hide(_detail(answer)) if answer.refused else self._server.read_rows(answer)
        except GymError as error:
            return str(error)

    async def _read(self, name: str, arguments: Mapping[str, Any]) -> CallOutcome:
        started = time.perf_counter()
        try:
            answer = await retrying(lambda: self._link.call(name, arguments))
        except GymError as error:
            return _failed(error, started)
        return _answered(answer, started)

    async def _despite_a_stop(self, write: Coroutine[Any, Any, CallOutcome]) -> CallOutcome:
        """Carry out a write. Raises CallStopped with what came of it when the run was stopped meanwhile."""
        begun = time.perf_counter()
        writing = asyncio.ensure_future(write)
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            if await _settled(writing):
                raise CallStopped(writing.result()) from None
            lost = f"the run was stopped before {self.where} answered{UNKNOWN}"
            raise CallStopped(replace(CallOutcome.refused(lost), duration_s=time.perf_counter() - begun)) from None

    async def _write_and_be_told(self, name: str, arguments: Mapping[str, Any]) -> CallOutcome:
        """For servers of ours, which name the rows that a call changed in its answer."""
        started = time.perf_counter()
        try:
            answer = await self._link.call(name, arguments)
        except GymError as error:
            return _failed(error, started, UNKNOWN if error.sent else NOTHING_SENT)
        try:
            told = _CHANGES.validate_python((answer.meta or {}).get(CHANGES_META, ()))
        except ValidationError as error:
            why = self._server.quoted(str(error))
            return _failed(GymError(self.where, f"told changes that make no sense: {why}"), started)
        changes = tuple(change.model_copy(update={"gym": self.name}) for change in told)
        return _answered(answer, started, changes)

    async def _write_and_compare(self, name: str, arguments: Mapping[str, Any], begun: float) -> CallOutcome:
        """For all other servers: every table, which is known as it was, after the call.

        ``begun``: when reading what was before began.
        """
        started = time.perf_counter()
        try:
            outcome = _answered(await self._link.call(name, arguments), started)
        except GymError as error:
            if not error.sent:
                return replace(_failed(error, started, NOTHING_SENT), capture_s=started - begun)
            outcome = _failed(error, started)
        ended = time.perf_counter()
        try:
            changes = await self._dumps.changes()
        except GymError as error:
            blind = f"what {name} changed could not be read and will show with the next call that writes: {error}"
            outcome, changes = replace(outcome, error=f"{outcome.error}; {blind}" if outcome.error else blind), ()
        capture_s = started - begun + time.perf_counter() - ended
        return replace(outcome, changes=changes, capture_s=capture_s)


def _answered(answer: types.CallToolResult, started: float, changes: tuple[Change, ...] = ()) -> CallOutcome:
    took = time.perf_counter() - started
    content = [
        text_block(block.text) if block.type == "text" else block.model_dump(mode="json", by_alias=True)
        for block in answer.content
    ]
    result = frame(content, answer.is_error, answer.structured_content)
    return CallOutcome(result, answer.is_error, changes, took)


def _failed(error: GymError, started: float, more: str = "") -> CallOutcome:
    return CallOutcome(result=None, is_error=True, error=f"{error}{more}", duration_s=time.perf_counter() - started)


def _result(rows: Rows) -> QueryResult | QueryError:
    columns = tuple(rows[0]) if rows else ()
    if any(row.keys() != set(columns) for row in rows):
        return QueryError("the server's SQL runner answered rows of unlike columns")
    values = [tuple(row[name] for name in columns) for row in rows[:MAX_ROWS]]
    return QueryResult(columns, values, truncated=len(rows) > MAX_ROWS)


def _detail(answer: Reply) -> str:
    """Why the SQL runner refused a query, in its own words."""
    return str((answer.json() or {}).get("detail") or short(answer.text))


async def _unless_stopped(seeding: asyncio.Future[None]) -> None:
    """Wait for a seeding. Given up half way, it may bear fruit after the deletion, so a stop waits a little."""
    try:
        await asyncio.shield(seeding)
    except asyncio.CancelledError:
        await _settled(seeding)
        raise


async def _settled(begun: asyncio.Future[Any]) -> bool:
    """Give what a stop came into the midst of some seconds to end, then give it up; whether it ended well."""
    try:
        await asyncio.wait({begun}, timeout=DELETE_SECONDS)
        return begun.done() and begun.exception() is None
    finally:
        begun.cancel()


async def _clean_up(
    server: GymServer,
    link: McpLink,
    database_id: str,
    seeding: asyncio.Future[None],
    report: Callable[[str], None],
    note: Note,
) -> None:
    """End the session, delete the database and tell what became of it."""
    await link.close()
    left = await deleted(server, database_id, came_of(seeding))
    if left is None:
        note("deleted", database_id, server.where)
    else:
        report(f"database {database_id} at {server.where} {left}")


async def _to_its_end(work: Coroutine[Any, Any, Done]) -> Done:
    """Let work finish even if the run is stopped meanwhile; the stop takes effect afterwards."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
