"""Is this address a gym server that runs can use? Every part of the contract is tried, and cleaned up again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Literal

from pydantic import BaseModel

from engine.gyms.contract import DATABASE_HEADER
from engine.gyms.registry import domain_for_server
from engine.gyms.remote.admin import GymServer, new_database_id
from engine.gyms.remote.deletion import came_of, deleted, still_there
from engine.gyms.remote.errors import GymError
from engine.gyms.remote.link import McpLink
from engine.gyms.remote.writing import may_write

Outcome = Literal["works", "fails", "not proven", "not tried"]

PROBE = "eog_probe"
"""Table that the probing seed brings along, so that it fits any server."""

_ROWS = 150
"""More than the 100 at which a runner cuts queries without a LIMIT."""


class Finding(BaseModel):
    """One part of the contract."""

    name: str
    outcome: Outcome
    detail: str = ""


class ToolFound(BaseModel):
    """A tool of the server."""

    name: str
    writes: bool


class ServerReport(BaseModel):
    """What was found at an address."""

    url: str
    server: str = ""
    """The name that the server gives itself, with its version."""
    protocol: str = ""
    """Version of MCP that was agreed on."""
    domain: str | None = None
    """The built-in domain of that name, if there is one."""
    tools: list[ToolFound] = []
    findings: list[Finding] = []
    left: list[str] = []
    """Which databases of the check stay behind, and why."""

    @property
    def usable(self) -> bool:
        """Whether runs can use it: all was tried, and nothing fails."""
        return all(finding.outcome in ("works", "not proven") for finding in self.findings)


class _Unproven(Exception):  # noqa: N818 - no failure
    """The server says that it did it, and cannot be asked whether that is true."""


STEP_SECONDS = 30.0
"""How long each part may take."""


async def check_server(
    url: str, endpoint: str = "/mcp", seconds: float = STEP_SECONDS, trying: Callable[[str], None] = lambda _: None
) -> ServerReport:
    """Try a server. Two small databases are made and deleted again; no tool is called.

    Args:
        url: its address without the endpoint.
        endpoint: path of its MCP transport.
        seconds: how long each part may take.
        trying: is told the name of each part when it begins.
    """
    async with GymServer.open(url, {}) as server:
        return await _Check(server, McpLink(server, endpoint), seconds, trying).run()


class _Check:
    def __init__(self, server: GymServer, link: McpLink, seconds: float, trying: Callable[[str], None]) -> None:
        self._seconds = seconds
        self._trying = trying
        self._server = server
        self._link = link
        self._report = ServerReport(url=self._server.where)
        self._first, self._second = new_database_id(), new_database_id()
        self._seeded: dict[str, asyncio.Future[None]] = {}
        """What was seeded and not deleted yet."""

    async def run(self) -> ServerReport:
        steps = {
            "tools": self._tools,
            "seeding": self._seeding,
            "SQL runner": self._runner,
            "isolation": self._isolation,
            "deletion": self._deletion,
        }
        try:
            going = await self._step("reachable", self._reachable)
            for name, step in steps.items():
                if going:
                    going = await self._step(name, step) or name in ("tools", "SQL runner", "isolation")
                else:
                    self._report.findings.append(Finding(name=name, outcome="not tried"))
        finally:
            self._trying("cleaning up")
            await self._link.close()
            for database_id in self._seeded:
                await self._clean_up(database_id)
        return self._report

    async def _clean_up(self, database_id: str) -> None:
        why: str | None = "may stay behind: the server did not answer in time"
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                why = await deleted(self._server, database_id, came_of(self._seeded[database_id]))
        if why is not None:
            self._report.left.append(f"database {database_id} {why}")

    async def _step(self, name: str, attempt: Callable[[], Awaitable[str]]) -> bool:
        self._trying(name)
        try:
            async with asyncio.timeout(self._seconds):
                finding = Finding(name=name, outcome="works", detail=await attempt())
        except _Unproven as reason:
            finding = Finding(name=name, outcome="not proven", detail=str(reason))
        except GymError as error:
            finding = Finding(name=name, outcome="fails", detail=str(error))
        except TimeoutError:
            late = f"{self._server.where} was not done within {self._seconds:g} s (--timeout allows more)"
            finding = Finding(name=name, outcome="fails", detail=late)
        self._report.findings.append(finding)
        return finding.outcome in ("works", "not proven")

    async def _reachable(self) -> str:
        try:
            said = await self._server.health()
        except GymError as error:
            if error.status is None:
                raise
            raise _Unproven(f"{error}; runs do not ask for that") from error
        return " ".join(str(said[key]) for key in ("service", "status") if key in said)

    async def _tools(self) -> str:
        tools, _ = await self._link.tools()
        name, version, self._report.protocol = await self._link.about()
        self._report.server = f"{name} {version}".strip()
        domain = domain_for_server(name)
        self._report.domain = domain.name if domain else None
        self._report.tools = [ToolFound(name=tool.name, writes=may_write(tool, domain)) for tool in tools]
        return f"{len(tools)} tools, {sum(tool.writes for tool in self._report.tools)} that may write"

    async def _seeding(self) -> str:
        rows = ", ".join(f"({number}, 'row {number}')" for number in range(_ROWS))
        sql = f"CREATE TABLE {PROBE} (id INTEGER PRIMARY KEY, text TEXT);\nINSERT INTO {PROBE} VALUES {rows};"
        for database_id, text in ((self._first, sql), (self._second, sql.replace("'row 7'", "'another row 7'"))):
            seeding = asyncio.ensure_future(self._server.seed(database_id, text, self._seconds))
            self._seeded[database_id] = seeding
            await seeding
        try:
            found = await self._one(self._first, f"SELECT text FROM {PROBE} WHERE id = 7 LIMIT 1")  # noqa: S608
        except GymError as error:
            if await still_there(self._server, self._first) is False:
                raise GymError(self._server.where, "says that it seeded a database, but has none") from error
            raise _Unproven(f"both are answered as done, but no row can be read: {error}") from error
        if found != "row 7":
            raise GymError(self._server.where, f"says that it seeded a database, but row 7 reads {found!r}")
        return f"two databases of {_ROWS} rows"

    async def _runner(self) -> str:
        rows = await self._server.rows(self._first, f"SELECT id, text FROM {PROBE} ORDER BY id LIMIT 1000")  # noqa: S608
        if [row.get("id") for row in rows] != list(range(_ROWS)):
            raise GymError(self._server.where, f"gave {len(rows)} of {_ROWS} rows, although the query has a LIMIT")
        refused = await self._server.sql(self._first, f"DELETE FROM {PROBE}")  # noqa: S608
        left = await self._one(self._first, f"SELECT count(*) AS n FROM {PROBE} LIMIT 1")  # noqa: S608
        if not refused.refused or left != _ROWS:
            raise GymError(self._server.where, "lets the SQL runner write")
        return "an explicit LIMIT is kept, writing is refused"

    async def _isolation(self) -> str:
        query = f"SELECT text FROM {PROBE} WHERE id = 7 LIMIT 1"  # noqa: S608
        found = [await self._one(name, query) for name in (self._first, self._second)]
        if found != ["row 7", "another row 7"]:
            raise GymError(self._server.where, f"mixes up the databases of two {DATABASE_HEADER} values: {found}")
        return "two databases keep their own rows"

    async def _deletion(self) -> str:
        for database_id in (self._first, self._second):
            await self._server.delete(database_id)
            del self._seeded[database_id]
        match await still_there(self._server, self._first):
            case True:
                raise GymError(self._server.where, "still answers for a database that was deleted")
            case None:
                raise _Unproven("both are answered as done, but whether they are gone cannot be asked")
        return "a deleted database is gone"

    async def _one(self, database_id: str, query: str) -> Any:
        """The only value of a query. Raises GymError."""
        rows = await self._server.rows(database_id, query)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise GymError(self._server.where, f"gave {len(rows)} rows where one with one value is asked for")
        return next(iter(rows[0].values()))
