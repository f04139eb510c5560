"""A gym's database: parsed once from its seed, cloned for each run, private and in memory."""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import apsw

from engine.gyms.readonly import QueryError, QueryResult, Reader
from engine.gyms.recording import Recording, StateError, Table, quote, read_tables, write
from engine.gyms.seed import SeedError, load
from engine.trajectory.changes import Change

__all__ = ["Database", "QueryError", "QueryResult", "Recording", "SeedError", "StateError", "Table", "Template"]

_numbers = itertools.count(1)


class Template:
    """A seed that was parsed once; every run gets a clone of it. Safe to use from several threads."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.tables = read_tables(connection)
        self.hash = content_hash(connection, self.tables)
        """``Database.hash()`` of an untouched clone."""

    @classmethod
    def parse(cls, schema_sql: str, seed_sql: str, *, source: str) -> Template:
        """Load a seed; ``source`` is its name in errors, such as the file's.

        Tables come from the seed's own CREATE TABLEs, those it lacks from ``schema_sql``. Foreign keys are not
        enforced, as on the benchmark's live servers. Raises SeedError.
        """
        connection = apsw.Connection(":memory:")
        try:
            load(connection, schema_sql, seed_sql, source)
            return cls(connection)
        except UnicodeDecodeError as error:
            connection.close()
            raise SeedError(source, 1, f"text that is not valid UTF-8: {error}") from error
        except SeedError:
            connection.close()
            raise

    def clone(self, gym: str = "") -> Database:
        """A fresh database with the seed's rows, in some 60 microseconds; ``gym`` stands in its changes."""
        with self._lock:
            return _copy(self._connection, self.tables, gym)


class Database:
    """The state of one gym in one run. Not for use from several threads at once."""

    def __init__(self, connection: apsw.Connection, uri: str, tables: tuple[Table, ...], gym: str) -> None:
        self.connection = connection
        """Read and write; for tools."""
        self.gym = gym
        self._uri = uri
        self._tables = {table.name: table for table in tables}
        self._reader: Reader | None = None

    def tables(self) -> tuple[Table, ...]:
        """Its tables with their columns and keys, in the order of their creation."""
        return tuple(self._tables.values())

    def clone(self, gym: str | None = None) -> Database:
        """An exact copy that shares nothing with this one: rows, their order, and what ids count on from."""
        return _copy(self.connection, self.tables(), self.gym if gym is None else gym)

    @contextmanager
    def record(self) -> Iterator[Recording]:
        """Record what is written inside the ``with``; the recording's ``changes`` are there after it.

        SQLite's sessions pass over rows with NULL in their primary key, which only a seed's own DDL can allow.
        """
        recording = Recording(self.connection, self._tables, self.gym)
        try:
            yield recording
        finally:
            recording.end()

    def query(
        self, sql: str, *, max_rows: int = 10_000, seconds: float = 5.0, stopped: Callable[[], bool] = lambda: False
    ) -> QueryResult:
        """Run one SELECT (or WITH, VALUES) on a read-only connection; raises QueryError.

        It is given up soon after ``stopped`` says so, which may be asked from any thread.
        """
        if self._reader is None:
            self._reader = Reader(self._uri)
        return self._reader.query(sql, max_rows=max_rows, seconds=seconds, stopped=stopped)

    def apply(self, changes: Iterable[Change]) -> None:
        """Repeat recorded changes, in the order they happened; all or none. Raises StateError."""
        write(self.connection, self._tables, changes)

    def restore(self, calls: Iterable[Iterable[Change]]) -> None:
        """Repeat what calls changed, the changes of each by themselves; all or none. Raises StateError.

        Unlike ``apply``, which goes straight to the last state of a row, this passes through every state between
        two calls. So new rows stand in the order in which they came, and ids count on (AUTOINCREMENT) from the
        highest that was ever given, also where that row was deleted since.
        """
        with self.connection:
            for changes in calls:
                self.apply(changes)

    def hash(self) -> str:
        """SHA-256 over tables, columns and rows; equal exactly when the contents are."""
        return content_hash(self.connection, self.tables())

    def close(self) -> None:
        """Close both connections; the data is gone then."""
        if self._reader is not None:
            self._reader.close()
        self.connection.close()


def _copy(source: apsw.Connection, tables: tuple[Table, ...], gym: str) -> Database:
    # The memdb VFS, unlike ":memory:", lets a second, read-only connection open the same database.
    uri = f"file:/eog-{next(_numbers)}?vfs=memdb"
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(uri, flags=flags)
    with connection.backup("main", source, "main") as backup:
        backup.step(-1)
    return Database(connection, uri, tables, gym)


def content_hash(connection: apsw.Connection, tables: Iterable[Table]) -> str:
    """SHA-256 over names and rows in the order of their keys; 1, 1.0 and '1' count as different."""
    digest = hashlib.sha256()
    for table in sorted(tables, key=lambda table: table.name):
        digest.update(repr((table.name, table.columns)).encode())
        columns, key = ", ".join(map(quote, table.columns)), ", ".join(map(quote, table.key))
        sql = f"SELECT {columns} FROM {quote(table.name)} ORDER BY {key}"  # noqa: S608 - quoted
        for row in connection.execute(sql):
            digest.update(repr(row).encode())
    return digest.hexdigest()
