"""Queries by verifiers and people: one SELECT, read only, bounded in rows, bytes, memory and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import apsw

from engine.gyms.statements import split

UNSAFE_FUNCTIONS = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})
"""Functions that reach out of the database. This SQLite has hardly any of them; another build may."""

MAX_VALUE_BYTES = 1_000_000
"""Longest text or blob that a query may make or read.

Nothing can interrupt a single call of ``instr`` or ``replace``, whose time grows with the product of what they are
given: ten times this size would take minutes.
"""

MAX_PATTERN_BYTES = 5_000
"""Longest pattern of LIKE and GLOB, for the same reason."""

MAX_RESULT_BYTES = 64_000_000
"""Size of all texts and blobs of a result."""

MAX_MEMORY_BYTES = 256_000_000
"""What SQLite may allocate for one query (sorting, recursion, temporary tables)."""

_ALLOWED = frozenset({apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_RECURSIVE})

# Small, since a single step of SQLite's machine can build a value of MAX_VALUE_BYTES.
_STEPS_BETWEEN_CHECKS = 500


class QueryError(ValueError):
    """A query that is refused or cannot run, and why."""


class QueryTooSlow(QueryError):  # noqa: N818 - says what the query is
    """A query that was interrupted because its time was up."""


class NotReadOnly(QueryError):  # noqa: N818 - says what the query is
    """A query that is anything but one SELECT, WITH or VALUES."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of a query."""

    columns: tuple[str, ...]
    """Names as SQLite gives them, such as ``COUNT(*)``; they may repeat."""
    rows: list[tuple[Any, ...]]
    truncated: bool
    """Whether there were more rows than asked for."""


class Reader:
    """A read-only connection to a database that another connection of this process writes."""

    def __init__(self, uri: str) -> None:
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        self._connection = connection = apsw.Connection(uri, flags=flags)
        # In memory, so that what a query piles up counts as memory and does not fill a disk.
        connection.pragma("temp_store", "memory")
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        connection.limit(apsw.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        connection.limit(apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MAX_PATTERN_BYTES)
        connection.limit(apsw.SQLITE_LIMIT_SQL_LENGTH, 1_000_000)
        connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
        connection.authorizer = self._authorize
        self._refused = ""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def query(
        self, sql: str, *, max_rows: int, seconds: float, stopped: Callable[[], bool] = lambda: False
    ) -> QueryResult:
        """Run one SELECT, WITH or VALUES; comments and stray semicolons do no harm.

        It is interrupted soon after ``stopped`` says so, which is asked often.

        Raises NotReadOnly for any other statement, QueryError for several, for SQL that SQLite refuses and
        for a result that takes too long or grows too large.
        """
        cursor = self._connection.cursor()
        columns: tuple[str, ...] = ()

        def note_columns(cursor: apsw.Cursor, *_: Any) -> bool:
            # The only moment at which the columns of a query without rows are known.
            nonlocal columns
            columns = tuple(name for name, _ in cursor.get_description())
            return True

        cursor.exec_trace = note_columns
        self._refused = ""
        limit = _Limit(seconds, stopped)
        self._connection.set_progress_handler(limit, _STEPS_BETWEEN_CHECKS)
        try:
            rows, truncated = _fetch(cursor.execute(_single_select(sql)), max_rows)
        except apsw.InterruptError:
            raise limit.reached from None
        except apsw.AuthError:
            raise QueryError(f"{self._refused} is not allowed in a query") from None
        except apsw.Error as error:
            raise QueryError(str(error)) from error
        except UnicodeError as error:
            raise QueryError(f"text that is not Unicode: {error}") from error
        finally:
            cursor.close(force=True)
            self._connection.set_progress_handler(None)
        return QueryResult(columns, rows, truncated)

    def _authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action in _ALLOWED or (action == apsw.SQLITE_FUNCTION and second not in UNSAFE_FUNCTIONS):
            return apsw.SQLITE_OK
        name = str(apsw.mapping_authorizer_function[action]).removeprefix("SQLITE_").replace("_", " ")
        self._refused = f"{name} {second if action == apsw.SQLITE_FUNCTION else first or ''}".strip()
        return apsw.SQLITE_DENY


class _Limit:
    """Progress handler: true, which interrupts the query, once time or memory is used up or it is to stop."""

    def __init__(self, seconds: float, stopped: Callable[[], bool]) -> None:
        self._seconds = seconds
        self._stopped = stopped
        self._deadline = time.monotonic() + seconds
        self._memory_bytes = apsw.memory_used() + MAX_MEMORY_BYTES
        self.reached = QueryError("the query was interrupted")

    def __call__(self) -> bool:
        if time.monotonic() > self._deadline:
            self.reached = QueryTooSlow(f"the query takes longer than {self._seconds:g} s")
            return True
        if apsw.memory_used() > self._memory_bytes:
            self.reached = QueryError(f"the query takes more than {MAX_MEMORY_BYTES // 1_000_000} MB of memory")
            return True
        return self._stopped()


def _single_select(sql: str) -> str:
    if "\0" in sql:
        raise QueryError("a NUL character in the query")
    statements = list(split(sql))
    if not statements:
        raise QueryError("the query is empty")
    if (keyword := statements[0].keyword) not in ("SELECT", "WITH", "VALUES"):
        raise NotReadOnly(f"only SELECT queries are allowed, this one begins with {keyword or statements[0].text[:20]}")
    if len(statements) > 1:
        raise NotReadOnly(f"only one statement is allowed, here are {len(statements)}")
    return statements[0].text


def _fetch(cursor: apsw.Cursor, max_rows: int) -> tuple[list[tuple[Any, ...]], bool]:
    rows: list[tuple[Any, ...]] = []
    size = 0
    for row in cursor:
        if len(rows) == max_rows:
            return rows, True
        size += sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if size > MAX_RESULT_BYTES:
            raise QueryError(f"the result is larger than {MAX_RESULT_BYTES // 1_000_000} MB")
        rows.append(row)
    return rows, False
