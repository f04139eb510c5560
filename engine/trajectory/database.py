"""The store's connection to its database: opening, migrating, reading, writing and saying what went wrong.

Writes of one process share a connection and a lock, so that its threads queue here instead of in the database;
processes queue in SQLite's lock, or in an advisory lock of PostgreSQL. Reads take connections of their own, see one
state of the store, and never wait for a writer.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from platformdirs import user_data_dir
from sqlalchemy import URL, Connection, CursorResult, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, ResourceClosedError

from engine.trajectory.tables import REVISION

BUSY_SECONDS = 15
"""How long a write waits for another process before it gives up."""

_POSTGRES_LOCK = 7_305_824
"""The key of the advisory lock that whoever writes a store in PostgreSQL holds; any number will do."""

_ELSEWHERE = "Another place can be chosen with --store or EOG_STORE."
_DRIVER = "PostgreSQL's driver comes with: pip install 'eog-tui[postgresql]'"


class StoreError(Exception):
    """The store cannot be opened, read or written; the message says why and what to do."""


def default_location() -> str:
    """Where the store is when nobody says otherwise: ``EOG_STORE``, or a file in the user's data directory."""
    return os.environ.get("EOG_STORE") or str(Path(user_data_dir("eog-tui"), "store.db"))


def shown_place(location: URL | str) -> str:
    """A store's place as it may be shown: a file's path, or an address without login and query, which hold secrets."""
    if isinstance(location, str) and "://" not in location:
        return location
    try:
        url = make_url(location)
    except (ArgumentError, ValueError):
        scheme, slashes, rest = str(location).partition("://")
        return scheme + slashes + re.split("[:?]", rest.rpartition("@")[2])[0]
    if url.drivername.partition("+")[0] == "sqlite":
        return url.database or url.render_as_string()
    host = url.host and url.host.rpartition("@")[2]  # the rest of a password that holds an @
    return URL.create(url.drivername, host=host, port=url.port, database=url.database).render_as_string()


class Database:
    """One open database. Safe to use from several threads.

    Raises:
        StoreError: it cannot be opened, is not a store, or is of a newer version.
    """

    def __init__(self, location: str | Path | None) -> None:
        self.url = _url(default_location() if location is None else location)
        self._lock = threading.Lock()
        self._watch_lock = threading.Lock()
        self._revision = 0
        self._seen: Any = None
        try:
            self._engine = create_engine(self.url)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            driver = (
                " PostgreSQL's driver comes with pip install 'eog-tui[postgresql]'." if "psycopg" in str(error) else ""
            )
            raise StoreError(f"The store cannot be at {self}: {error}.{driver}") from error
        self._sqlite = self.url.get_backend_name() == "sqlite"
        if self._sqlite:
            self._prepare_file()
            event.listen(self._engine, "connect", _set_up)
            event.listen(self._engine, "begin", _begin)
        elif self.url.get_backend_name() == "postgresql":
            event.listen(self._engine, "connect", _set_up_postgres)
            event.listen(self._engine, "begin", _begin_postgres)
        else:
            raise StoreError(f"The store cannot be at {self}: it has to be SQLite or PostgreSQL.")
        try:
            self._migrate()
            with self._explained():
                self._writer = self._engine.connect().execution_options(writes=True)
                self._watcher = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except StoreError:
            self._engine.dispose()
            raise
        self.revision()

    def __str__(self) -> str:
        """The place as it may be shown."""
        return shown_place(self.url)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that nobody else writes in; committed on leaving, rolled back on an exception."""
        with self._lock, self._explained(), self._writer.begin():
            yield self._writer

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store."""
        with self._explained(), self._engine.connect() as connection:
            if not self._sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def revision(self) -> int:
        """A number that grows whenever something was committed, by whichever process.

        Raises:
            StoreError: the store cannot be read, or is closed.
        """
        with self._watch_lock, self._explained():
            # A connection that never writes: SQLite's counter does not move for one's own commits.
            seen = (
                self._watcher.exec_driver_sql("PRAGMA data_version").scalar()
                if self._sqlite
                else self._watcher.scalar(select(func.txid_snapshot_xmax(func.txid_current_snapshot())))
            )
            if seen != self._seen:
                self._seen = seen
                self._revision += 1
            return self._revision

    def close(self) -> None:
        """Give up all connections."""
        with self._lock, self._watch_lock:
            self._writer.close()
            self._watcher.close()
            self._engine.dispose()

    def _prepare_file(self) -> None:
        if not self.url.database or self.url.database == ":memory:":
            raise StoreError("The store needs a file: several connections read and write it at once.")
        path = Path(self.url.database)
        try:
            if path.is_dir():
                raise StoreError(f"The store cannot be at {self}: it is a folder. {_ELSEWHERE}")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The store cannot be at {self}: {error}. {_ELSEWHERE}") from error

    def _migrate(self) -> None:
        """Bring the tables up to date. Importing Alembic takes longer than all else here, so only when needed."""
        with self.read() as connection:
            tables = inspect(connection).get_table_names()
            if "alembic_version" in tables:
                if connection.scalar(text("SELECT version_num FROM alembic_version")) == REVISION:
                    return
            elif tables:
                raise StoreError(f"{self} is a database of another program. {_ELSEWHERE}")
        from engine.trajectory.migrating import UnknownRevisionError, migrate

        try:
            # One transaction: whoever opens a new store at the same time waits here, and then finds it done.
            with (
                self._explained(),
                self._engine.connect().execution_options(writes=True) as connection,
                connection.begin(),
            ):
                migrate(connection)
        except UnknownRevisionError as error:
            raise StoreError(
                f"The store {self} was written by a newer eog-tui (its tables are of version {error}; this program "
                f"knows {REVISION}). Upgrade eog-tui. {_ELSEWHERE}"
            ) from error

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StoreError(self._why(str(error.orig or error))) from error
        except OverflowError as error:
            raise StoreError(self._why("out of range")) from error
        except UnicodeEncodeError as error:  # as the command line and file names may bring them
            half = ascii(error.object[error.start])
            raise StoreError(f"The store {self} holds text, and {half} is half a character or a stray byte.") from error
        except ResourceClosedError as error:
            raise StoreError(self._why("it is closed")) from error

    def _why(self, reason: str) -> str:
        if "not a database" in reason or "malformed" in reason:
            return f"{self} is not a store, or is damaged ({reason}). {_ELSEWHERE}"
        if "unable to open" in reason or "readonly" in reason or "read-only" in reason:
            return f"The store {self} cannot be written ({reason}). Check its permissions. {_ELSEWHERE}"
        if "locked" in reason or "lock timeout" in reason:
            return f"Another process kept the store {self} for over {BUSY_SECONDS} seconds ({reason}). Try again."
        if "full" in reason:
            return f"There is no room left for the store {self} ({reason}). Free some space and try again."
        if "out of range" in reason:
            return f"The store {self} cannot hold so large a number."
        return f"The store {self} failed: {reason}"


def new_id(inserted: CursorResult[Any]) -> int:
    """The number that the database gave a row that was inserted."""
    key = inserted.inserted_primary_key
    assert key is not None
    return int(key[0])


def _url(location: str | Path) -> URL:
    if isinstance(location, str) and "://" in location:
        try:
            return make_url(location)
        except (ArgumentError, ValueError) as error:  # the latter for a port that is no number
            raise StoreError(f"{shown_place(location)} is neither a path nor a database URL.") from error
    try:
        return URL.create("sqlite", database=str(Path(location).expanduser().absolute()))
    except RuntimeError as error:
        # The home of an unknown user.
        raise StoreError(f"The store cannot be at {location}: {error} {_ELSEWHERE}") from error


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin does
    connection.execute(f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        # A deferred transaction that turns to writing fails at once if another process has written meanwhile.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def _set_up_postgres(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {round(BUSY_SECONDS * 1000)}")
    connection.commit()


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})")
