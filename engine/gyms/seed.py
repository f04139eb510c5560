"""Loading a seed: SQL from strangers that fills a gym's tables, and nothing else.

The benchmark's seeds hold INSERTs only and rely on the server's tables; others bring CREATE TABLEs of their
own, which then replace the domain's. An authorizer refuses whatever is neither, whichever way it is written.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import ClassVar

import apsw

from engine.gyms.readonly import UNSAFE_FUNCTIONS
from engine.gyms.statements import Statement, line_of, split

MAX_BYTES = 512 * 1024 * 1024
"""A database larger than this is refused; the benchmark's largest seeds take a few megabytes."""

MAX_SECONDS = 60.0
"""A seed may compute (``INSERT ... SELECT``), but not for ever."""

MAX_VALUE_BYTES = 32 * 1024 * 1024
"""Longest text, blob or row."""


_KEYWORDS = frozenset({"CREATE", "INSERT", "REPLACE", "WITH", "BEGIN", "COMMIT", "END"})

_NOT_TEXT = re.compile(r"[\0\ud800-\udfff]")


class SeedError(ValueError):
    """A seed that does not fit: where it stands and why, in words for the person who wrote it."""

    def __init__(
        self, source: str, line: int, reason: str, *, table: str | None = None, column: str | None = None
    ) -> None:
        super().__init__(f"{source} line {line}: {reason}")
        self.source = source
        self.line = line
        self.table = table
        self.column = column
        self.reason = reason


def load(connection: apsw.Connection, schema_sql: str, seed_sql: str, source: str) -> None:
    """Build the tables and rows of a seed in an empty database.

    Tables that the seed creates stand as it says; those of ``schema_sql`` (trusted: a domain's own) that it
    lacks are added. Raises SeedError at the first statement that does not fit; the database is then in an
    unfinished state and is to be thrown away.
    """
    if odd := _NOT_TEXT.search(seed_sql):
        raise SeedError(source, line_of(seed_sql, odd.start()), f"{odd[0]!r} cannot stand in SQL text")
    guard = _Guard()
    connection.pragma("max_page_count", MAX_BYTES // connection.pragma("page_size"))
    connection.limit(apsw.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    deadline = time.monotonic() + MAX_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
    connection.authorizer = guard
    try:
        definitions, rest = _partition(seed_sql)
        guard.selects = False  # CREATE TABLE ... AS SELECT would find the tables still empty
        for statement in definitions:
            _execute(connection, statement, guard, seed_sql, source)
        connection.authorizer = None
        _add_missing(connection, schema_sql)
        connection.authorizer = guard
        guard.selects = True
        for statement in rest:
            _execute(connection, statement, guard, seed_sql, source)
    finally:
        connection.authorizer = None
        connection.set_progress_handler(None)
    if connection.in_transaction:
        connection.execute("COMMIT")


def _partition(seed_sql: str) -> tuple[list[Statement], list[Statement]]:
    """The CREATE TABLE statements of a seed, and the others."""
    definitions: list[Statement] = []
    rest: list[Statement] = []
    for statement in split(seed_sql):
        words = [match.group().upper() for match in islice(statement.outline(), 2)]
        (definitions if words == ["CREATE", "TABLE"] else rest).append(statement)
    return definitions, rest


def _add_missing(connection: apsw.Connection, schema_sql: str) -> None:
    """Create the domain's tables, with their indexes, except those that stand already."""
    objects = "SELECT lower(tbl_name), sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
    present = {table for table, _ in connection.execute(objects)}
    domain = apsw.Connection(":memory:")
    try:
        domain.execute(schema_sql)
        for table, sql in domain.execute(objects):
            if table not in present and not table.startswith("sqlite_"):
                connection.execute(sql)
    finally:
        domain.close()


@dataclass
class _Guard:
    """Authorizer for seeds: lets tables, indexes and rows be made, and remembers what it refused."""

    refused: str = ""
    table: str | None = None
    """The table that the statement writes to, as far as SQLite got."""
    selects: bool = True

    ALLOWED: ClassVar = {
        apsw.SQLITE_CREATE_TABLE,
        apsw.SQLITE_CREATE_INDEX,
        apsw.SQLITE_REINDEX,  # part of CREATE INDEX
        apsw.SQLITE_READ,
        apsw.SQLITE_RECURSIVE,
    }

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action == apsw.SQLITE_INSERT:
            if first != "sqlite_master":
                self.table = first
            return apsw.SQLITE_OK
        if (
            action in self.ALLOWED
            or (action == apsw.SQLITE_SELECT and self.selects)
            # SQLite's own bookkeeping behind CREATE TABLE; an UPDATE of it in the seed fails all the same.
            or (action == apsw.SQLITE_UPDATE and first == "sqlite_master")
            or (action == apsw.SQLITE_TRANSACTION and first in ("BEGIN", "COMMIT"))
            or (action == apsw.SQLITE_FUNCTION and second not in UNSAFE_FUNCTIONS)
        ):
            return apsw.SQLITE_OK
        name = str(apsw.mapping_authorizer_function[action]).removeprefix("SQLITE_").replace("_", " ")
        self.refused = f"{name} {second or ''}".strip() if action == apsw.SQLITE_FUNCTION else name
        return apsw.SQLITE_DENY


def _execute(connection: apsw.Connection, statement: Statement, guard: _Guard, seed_sql: str, source: str) -> None:
    guard.refused, guard.table = "", None
    try:
        if statement.keyword not in _KEYWORDS:
            guard.refused = statement.keyword or statement.text[:20]
            raise apsw.AuthError
        connection.execute(statement.text)
    except apsw.Error as error:
        offset, culprit = _culprit(connection, statement, error)
        reason, table, column = _explain(connection, culprit, guard)
        line = line_of(seed_sql, statement.start + offset)
        raise SeedError(source, line, reason, table=table, column=column) from error


def _culprit(connection: apsw.Connection, statement: Statement, error: Exception) -> tuple[int, Exception]:
    """Offset in the statement of what fails, and its error.

    SQLite does not tell which row of a multi-row INSERT it was. The failed statement has left nothing behind
    and the database will be thrown away, so the rows are simply tried one after the other.
    """
    if isinstance(error, (apsw.AuthError, apsw.InterruptError)):
        return 0, error
    for start, head, row in _rows(statement):
        text = f"{head} {row}"
        try:
            connection.execute(text)
        except apsw.Error as row_error:
            inside = _offset(text, row_error) - len(text) + len(row)
            return start + max(inside, 0), row_error
    return _offset(statement.text, error), error


def _offset(text: str, error: Exception) -> int:
    """Where in a statement SQLite saw the error, in characters; 0 when it cannot tell."""
    offset_bytes = max(getattr(error, "error_offset", 0), 0)
    return len(text.encode()[:offset_bytes].decode(errors="ignore"))


def _rows(statement: Statement) -> list[tuple[int, str, str]]:
    """Each row of ``INSERT ... VALUES (...), (...)``: its offset, the text up to VALUES, and the row's."""
    starts: list[int] = []
    head = ""
    for match in statement.outline():
        text = match.group()
        if text.upper() == "VALUES":
            head = statement.text[: match.end()]
        elif head and text == "(":
            starts.append(match.start())
        elif head and text != ",":
            return []  # ON CONFLICT, RETURNING, UNION: the rows do not stand alone
    spans = pairwise([*starts, len(statement.text)])
    return [(start, head, _without_comma(statement.text[start:end])) for start, end in spans]


def _without_comma(row: str) -> str:
    """The text of a row without the comma behind it."""
    commas = (match.start() for match in Statement(row, 0).outline() if match.group() == ",")
    return row[: next(commas, len(row))]


_EXPLANATIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"table (?P<table>.+) has no column named (?P<column>.+)", "table {table} has no column {column}"),
        (r"no such table: (?:main\.)?(?P<table>.+)", "there is no table {table}"),
        (
            r"NOT NULL constraint failed: (?P<table>[^.]+)\.(?P<column>.+)",
            "column {column} of table {table} must not be NULL",
        ),
        (
            r"UNIQUE constraint failed: (?P<table>[^.]+)\.(?P<column>[^,]+)(?P<more>, .*)?",
            "table {table} already has a row with this {column}{more}",
        ),
        (
            r"cannot store (?P<have>\w+) value in (?P<want>\w+) column (?P<table>[^.]+)\.(?P<column>.+)",
            "column {column} of table {table} takes {want}, not {have}",
        ),
        (r"datatype mismatch", "column {column} of table {table} takes whole numbers only"),
        (r"interrupted", f"it takes longer than {MAX_SECONDS:g} s"),
        (r"database or disk is full", f"the database grows larger than {MAX_BYTES >> 20} MB"),
    )
)


def _explain(connection: apsw.Connection, error: Exception, guard: _Guard) -> tuple[str, str | None, str | None]:
    """Reason in words, table and column of what SQLite refused."""
    if isinstance(error, apsw.AuthError):
        return f"{guard.refused} is not allowed: a seed may only CREATE TABLE, CREATE INDEX and INSERT", None, None
    for pattern, words in _EXPLANATIONS:
        if match := pattern.fullmatch(str(error)):
            found = {"table": guard.table, "column": None, **match.groupdict(default="")}
            if pattern.pattern == "datatype mismatch" and guard.table:
                found["column"] = _integer_key(connection, guard.table)
            return words.format(**found), found["table"], found["column"]
    known = f"table {guard.table}: " if guard.table and guard.table not in str(error) else ""
    return f"{known}{error}", guard.table, None


def _integer_key(connection: apsw.Connection, table: str) -> str | None:
    """The INTEGER PRIMARY KEY, the only column of an ordinary table that insists on its type."""
    connection.authorizer = None  # the seed has failed: nothing of it will run any more
    columns = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk", (table,))
    return next((name for (name,) in columns), None)
