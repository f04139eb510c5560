"""Row changes of a gym that shows its state through the SQL runner only: all tables, before and after a call.

The runner cuts silently at 100 rows, so every query has a LIMIT of its own and larger tables come in pages. Pages
are kept as the bytes that arrived: one that arrives unchanged is never parsed. Values are what JSON makes of
them; a server that shows blobs at all shows them as text.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from engine.gyms.database import Template
from engine.gyms.recording import ROWID, Table, in_order, quote
from engine.gyms.remote.admin import AT_ONCE, GymServer
from engine.gyms.remote.errors import GymError
from engine.gyms.seed import SeedError
from engine.trajectory.changes import Change

PAGE_ROWS = 2_000

_SCHEMA = (
    "SELECT sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid LIMIT 10000"
)

Row = dict[str, Any]

_Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    """The SQL runner's answer."""
    rows: int
    first: _Key | None
    """Key of its first row."""


_Dump = dict[str, list[_Page]]


class Dumps:
    """The last known state of a gym's database, and what became of it."""

    def __init__(self, server: GymServer, database_id: str, gym: str) -> None:
        self._server = server
        self._database_id = database_id
        self._gym = gym
        self._tables: tuple[Table, ...] | None = None
        self._last: _Dump | None = None

    async def prepare(self) -> None:
        """Make sure that the state before the next call is known. Raises GymError."""
        if self._last is None:
            self._last = await self._dump()

    async def changes(self) -> tuple[Change, ...]:
        """What changed since the last known state, which is then the present one. Raises GymError."""
        assert self._last is not None
        now = await self._dump()
        found: list[Change] = []
        for table in await self._schema():
            old, new = self._last[table.name], now[table.name]
            if [page.body for page in old] != [page.body for page in new]:
                found += self._difference(table, self._rows(table, old), self._rows(table, new))
        self._last = now  # only now: what could not be compared shows with the next call
        return in_order(found, [table.name for table in await self._schema()])

    async def _schema(self) -> tuple[Table, ...]:
        """The tables with their keys, read from the server's own CREATE TABLEs by a SQLite of ours."""
        if self._tables is None:
            rows = await self._server.rows(self._database_id, _SCHEMA)
            script = ";\n".join(str(row.get("sql")) for row in rows)
            try:
                self._tables = Template.parse("", script, source=f"the schema of {self._server.where}").tables
            except SeedError as error:
                raise GymError(self._server.where, f"has a schema that cannot be read: {error}") from error
        return self._tables

    async def _dump(self) -> _Dump:
        places = asyncio.Semaphore(AT_ONCE)

        async def read(table: Table) -> list[_Page]:
            async with places:
                return await self._read(table)

        tables = await self._schema()
        try:
            async with asyncio.TaskGroup() as reading:
                dumps = {table.name: reading.create_task(read(table)) for table in tables}
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        return {name: dump.result() for name, dump in dumps.items()}

    async def _read(self, table: Table) -> list[_Page]:
        known = self._last[table.name] if self._last else []
        columns = f'{ROWID} AS "{ROWID}", *' if table.key == (ROWID,) else "*"
        order = ", ".join(map(quote, table.key))
        pages: list[_Page] = []
        while True:
            number = len(pages)
            answer = await self._server.sql(
                self._database_id,
                f"SELECT {columns} FROM {quote(table.name)} ORDER BY {order}"  # noqa: S608 - quoted
                f" LIMIT {PAGE_ROWS} OFFSET {number * PAGE_ROWS}",
            )
            if number < len(known) and known[number].body == answer.body:
                page = known[number]
            else:
                rows = self._server.read_rows(answer)
                page = _Page(answer.body, len(rows), self._key(table, rows[0]) if rows else None)
            if page.rows and page.first in (read.first for read in pages):  # or reading would never end
                reason = f"shows rows of table {table.name} twice: its SQL runner passes over ORDER BY or OFFSET"
                raise GymError(self._server.where, reason)
            pages.append(page)
            if page.rows < PAGE_ROWS:
                return pages

    def _rows(self, table: Table, pages: list[_Page]) -> dict[_Key, Row]:
        return {self._key(table, row): row for page in pages for row in self._server.parse_rows(page.body)}

    def _key(self, table: Table, row: Row) -> _Key:
        try:
            return tuple(row[column] for column in table.key)
        except KeyError as error:
            raise GymError(self._server.where, f"shows table {table.name} without its key column {error}") from error

    def _difference(self, table: Table, before: dict[_Key, Row], after: dict[_Key, Row]) -> list[Change]:
        found = []
        for key in before | after:
            old, new = before.get(key), after.get(key)
            named = dict(zip(table.key, key, strict=True))
            if old is None:
                found.append(Change(gym=self._gym, table=table.name, op="insert", key=named, after=new))
            elif new is None:
                found.append(Change(gym=self._gym, table=table.name, op="delete", key=named, before=old))
            elif differing := [name for name in new if name not in old or not _same(old[name], new[name])]:
                was = {name: old.get(name) for name in differing}
                now = {name: new[name] for name in differing}
                found.append(Change(gym=self._gym, table=table.name, op="update", key=named, before=was, after=now))
        return found


def _same(old: Any, new: Any) -> bool:
    return type(old) is type(new) and old == new
