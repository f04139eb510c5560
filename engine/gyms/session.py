"""A gym as a run uses it: its tools, calls with the row changes that they make, and its state."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import apsw

from engine.gyms.database import Database, QueryError, QueryResult, Template
from engine.gyms.readonly import QueryTooSlow
from engine.gyms.toolkit import Answer, Clock, Domain, FrozenClock, UnknownTool
from engine.tasks.models import GymConfig
from engine.trajectory.changes import Change

if TYPE_CHECKING:
    from mcp import Client
    from mcp.server.lowlevel import Server

log = logging.getLogger(__name__)

_QUICK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that a gym offers."""

    name: str
    description: str
    input_schema: Mapping[str, Any]
    gym: str
    """Server name of the gym that has it."""
    writes: bool
    """Whether it may change the gym's database."""


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What came of a tool call."""

    result: dict[str, Any] | None
    """The MCP result as the benchmark's servers frame it; None when there is none, and then ``error`` says why."""
    is_error: bool
    changes: tuple[Change, ...] = ()
    duration_s: float = 0.0
    error: str | None = None
    capture_s: float = 0.0
    """Seconds that finding the changes took beside the call; they are not part of ``duration_s``."""
    clock: str | None = None
    """Where the gym's clock stands after the call (``Clock.state``)."""

    @classmethod
    def refused(cls, error: str, clock: str | None = None, capture_s: float = 0.0) -> CallOutcome:
        """The outcome of a call that no gym carried out."""
        return cls(result=None, is_error=True, error=error, clock=clock, capture_s=capture_s)


class GymError(Exception):
    """A gym elsewhere did not do what it was asked; the text names the server and the reason."""

    def __init__(
        self, where: str, reason: str, *, passing: bool = False, status: int | None = None, sent: bool = True
    ) -> None:
        super().__init__(f"{where} {reason}")
        self.sent = sent
        """Whether anything reached the server; without a connection nothing did."""
        self.status = status
        """The HTTP status, if that was the answer."""
        self.passing = passing
        """Whether the same request may work a moment later: the connection failed, the server was busy."""


class CallStopped(asyncio.CancelledError):
    """A run was stopped while a gym elsewhere carried out a call that writes."""

    def __init__(self, outcome: CallOutcome) -> None:
        super().__init__()
        self.outcome = outcome
        """What is known to have come of it."""


class GymSession(Protocol):
    """One gym with a database of its own, open for one run."""

    name: str
    """The server's name in the task."""
    domain: str
    """The domain's name."""

    async def tools(self) -> list[ToolSpec]:
        """All its tools, in the server's order."""

    async def call(self, name: str, arguments: Mapping[str, Any]) -> CallOutcome:
        """Carry out one tool call; whatever goes wrong with it is an outcome, not an exception.

        A call that is stopped leaves nothing behind, or raises CallStopped.
        """

    async def query_all(self, queries: Sequence[str]) -> list[QueryResult | QueryError]:
        """Run some SELECTs on the current state, in their order; one that cannot run gives the error instead."""


class EmbeddedGym:
    """A built-in gym in this process: its own database, spoken to with the ``mcp`` SDK in memory."""

    def __init__(self, config: GymConfig, domain: Domain, database: Database, clock: Clock, client: Client) -> None:
        self.name = config.mcp_server_name
        self.domain = domain.name
        self.database = database
        self.clock = clock
        self._writes = domain.writes
        self._client = client
        self._lock = asyncio.Lock()  # changes belong to one call only if calls do not overlap

    @classmethod
    @asynccontextmanager
    async def open(
        cls, config: GymConfig, source: Template | Database, domain: Domain, clock: Clock
    ) -> AsyncIterator[EmbeddedGym]:
        """Clone the source (a seed, or a state that was rebuilt) and connect to the clone.

        The clone is gone when the ``async with`` ends.
        """
        from mcp import Client

        database = source.clone(config.mcp_server_name)
        try:
            server = _server(domain, database, config.headers, clock)
            async with Client(server, mode="auto", cache=None) as client:
                yield cls(config, domain, database, clock, client)
        except ExceptionGroup as group:  # the SDK's task group wraps what is raised inside the ``async with``
            raise _innermost(group) from None
        finally:
            database.close()

    async def tools(self) -> list[ToolSpec]:
        """All tools of the domain."""
        listed = await self._client.list_tools()
        return [
            ToolSpec(tool.name, tool.description or "", tool.input_schema, self.name, self._writes(tool.name))
            for tool in listed.tools
        ]

    async def call(self, name: str, arguments: Mapping[str, Any]) -> CallOutcome:
        """Carry out one call and record which rows it changed. Calls run one after the other.

        A call that is cancelled leaves nothing behind, as nobody will be told what it wrote.
        """
        from mcp import MCPError

        async with self._lock:
            before = self.clock.state
            started = time.perf_counter()
            try:
                with self.database.record() as recording, self.database.connection:
                    answer = await self._client.call_tool(name, dict(arguments))
            except asyncio.CancelledError:
                if isinstance(self.clock, FrozenClock) and before is not None:
                    self.clock.go_to(before)
                raise
            except MCPError as error:
                return CallOutcome.refused(f"{self.name} gave no answer: {error}", self.clock.state)
            except ValueError as error:  # pydantic's, for arguments that are nested too deeply
                return CallOutcome.refused(f"The arguments of {name} cannot be sent: {error}", self.clock.state)
            took = time.perf_counter() - started
            clock = self.clock.state
        text = "".join(block.text for block in answer.content if block.type == "text")
        result = frame([text_block(text)], answer.is_error)
        return CallOutcome(result, answer.is_error, recording.changes, took, clock=clock)

    async def query_all(self, queries: Sequence[str]) -> list[QueryResult | QueryError]:
        """Run some SELECTs. A slow one does not hold up the other runs."""
        found: list[QueryResult | QueryError] = []
        for sql in queries:
            try:
                found.append(await self._query(sql))
            except QueryError as error:
                found.append(error)
        return found

    async def _query(self, sql: str) -> QueryResult:
        async with self._lock:
            try:
                return self.database.query(sql, seconds=_QUICK_SECONDS)
            except QueryTooSlow:
                return await self._query_aside(sql)

    async def _query_aside(self, sql: str) -> QueryResult:
        """Run a query in a thread. A stop ends it too, and is held back until the thread has let go of the database."""
        stopped = threading.Event()
        query = partial(self.database.query, sql, stopped=stopped.is_set)
        reading = asyncio.get_running_loop().run_in_executor(None, query)
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            stopped.set()
            while not reading.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({reading})
            reading.exception()  # that it was interrupted; unread, asyncio would print it across the screen
            raise


def carry_out(
    domain: Domain,
    connection: apsw.Connection,
    tool: str,
    arguments: Mapping[str, Any],
    headers: Mapping[str, str],
    clock: Clock,
) -> Answer:
    """Carry out a tool call; an unknown tool and a bug in a tool are answers too."""
    try:
        return domain.call(connection, tool, arguments, headers, clock)
    except UnknownTool:
        return Answer(f"Unknown tool: {tool}", is_error=True)
    except Exception as error:  # a bug of ours must cost the agent one call, not the run
        log.exception("%s: %s failed", domain.name, tool)
        return Answer(f"Internal error in {tool}: {type(error).__name__}: {error}", is_error=True)


def _server(domain: Domain, database: Database, headers: Mapping[str, str], clock: Clock) -> Server[Any]:
    import mcp_types as types
    from mcp.server.lowlevel import Server

    async def list_tools(*_: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool.model_validate(item) for item in domain.tool_list()])

    async def call_tool(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        answer = carry_out(domain, database.connection, params.name, params.arguments or {}, headers, clock)
        content = [types.TextContent(type="text", text=answer.text)]
        return types.CallToolResult(content=list(content), is_error=answer.is_error)

    return Server(domain.server_name, on_list_tools=list_tools, on_call_tool=call_tool)


def _innermost(group: ExceptionGroup[Exception]) -> Exception:
    """The one exception in a group, or in its only group; the group itself when there are several."""
    found: Exception = group
    while isinstance(found, ExceptionGroup) and len(found.exceptions) == 1:
        found = found.exceptions[0]
    return found


def frame(content: list[dict[str, Any]], is_error: bool, structured: Any = None) -> dict[str, Any]:
    """A result with every key that the benchmark's servers write out."""
    return {"meta": None, "content": content, "structuredContent": structured, "isError": is_error}


def text_block(text: str) -> dict[str, Any]:
    """A text of a result, likewise."""
    return {"type": "text", "text": text, "annotations": None, "meta": None}
