"""The databases of a gym server: one a ``x-database-id``, isolated from each other, one caller at a time."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.to_thread

from engine.gyms.database import Database, Template
from engine.gyms.toolkit import Clock, Domain

TEMPLATES_KEPT = 32
"""How many parsed seeds are kept, so that the same SQL seeds another database at once."""


class UnknownDatabase(LookupError):  # noqa: N818 - an answer, not a failure of ours
    """No database was seeded under this id."""

    def __init__(self, database_id: str) -> None:
        super().__init__(f"Database '{database_id}' not found: seed it with POST /api/seed-database first")


@dataclass
class Hosted:
    """One seeded database."""

    database: Database
    template: Template
    clock: Clock
    lock: anyio.Lock = field(default_factory=anyio.Lock)


class Hosting:
    """All databases of one gym server."""

    def __init__(self, domain: Domain, clock: Callable[[], Clock]) -> None:
        self.domain = domain
        self._clock = clock
        self._hosted: dict[str, Hosted] = {}
        self._templates: OrderedDict[str, Template] = OrderedDict()

    async def seed(self, database_id: str, sql: str) -> None:
        """Create a database from seed SQL, in place of one that has this id. Raises SeedError."""
        template = await self._template(sql)
        await self._put(database_id, Hosted(template.clone(), template, self._clock()))

    async def reset(self, database_id: str) -> None:
        """Put a database back to its seed, its clock too. Raises UnknownDatabase."""
        async with self.use(database_id) as hosted:
            template = hosted.template
        await self._put(database_id, Hosted(template.clone(), template, self._clock()))

    async def delete(self, database_id: str) -> None:
        """Drop a database. Raises UnknownDatabase."""
        async with self.use(database_id) as hosted:
            del self._hosted[database_id]
            hosted.database.close()

    async def close(self) -> None:
        """Drop all databases."""
        for database_id in list(self._hosted):
            await self.delete(database_id)

    @asynccontextmanager
    async def use(self, database_id: str) -> AsyncIterator[Hosted]:
        """The database of this id, for this caller alone. Raises UnknownDatabase."""
        while True:
            hosted = self._hosted.get(database_id)
            if hosted is None:
                raise UnknownDatabase(database_id)
            async with hosted.lock:
                if self._hosted.get(database_id) is hosted:  # not replaced while we waited for our turn
                    yield hosted
                    return

    async def _put(self, database_id: str, new: Hosted) -> None:
        old = self._hosted.get(database_id)
        self._hosted[database_id] = new
        if old is not None:
            async with old.lock:
                old.database.close()

    async def _template(self, sql: str) -> Template:
        key = hashlib.sha256(sql.encode(errors="surrogatepass")).hexdigest()
        if key not in self._templates:
            parse = lambda: Template.parse(self.domain.schema_sql, sql, source="sql_content")  # noqa: E731
            self._templates[key] = await anyio.to_thread.run_sync(parse)
            if len(self._templates) > TEMPLATES_KEPT:
                self._templates.popitem(last=False)
        self._templates.move_to_end(key)
        return self._templates[key]
