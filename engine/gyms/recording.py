"""Row changes: recorded from a database as they happen, and written to another to reach the same state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import apsw

from engine.trajectory.changes import Change

ROWID = "_rowid_"
"""Stands as key column, and first column, of a table that declares no primary key."""

Row = Mapping[str, Any]

_STORED = (int, float, str, bytes, type(None))
"""What SQLite's columns hold."""

_UNFIT = (apsw.Error, OverflowError, UnicodeError)
"""What a value raises that SQLite refuses: too large, half a character, against a constraint."""

_NOWHERE = -(2**63)
"""A rowid before all others, for changes whose place in the table does not matter."""


class StateError(ValueError):
    """Changes that do not fit the state they are applied to."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as changes see it."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    """Columns of the primary key, in its order."""
    keeps_rowid: bool
    """Whether rows have a hidden rowid, which decides their order where a query asks for none."""


def read_tables(connection: apsw.Connection) -> tuple[Table, ...]:
    """The tables of a database in the order of their creation; SQLite's own are left out."""
    names: list[Any] = connection.execute(
        "SELECT s.name, l.wr FROM sqlite_schema s JOIN pragma_table_list l ON l.name = s.name AND l.schema = 'main'"
        " WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY s.rowid"
    ).fetchall()
    return tuple(_read_table(connection, name, bool(without_rowid)) for name, without_rowid in names)


def _read_table(connection: apsw.Connection, name: str, without_rowid: bool) -> Table:
    info: list[Any] = connection.execute("SELECT name, upper(type), pk FROM pragma_table_info(?)", (name,)).fetchall()
    columns = tuple(column for column, _, _ in info)
    key = tuple(column for column, _, pk in sorted(info, key=lambda item: item[2]) if pk)
    if not key:
        return Table(name, (ROWID, *columns), (ROWID,), keeps_rowid=False)
    is_rowid = [declared for _, declared, pk in info if pk] == ["INTEGER"]
    return Table(name, columns, key, keeps_rowid=not (without_rowid or is_rowid))


class Recording:
    """What was written between ``record()``'s begin and end: the net change of each row."""

    def __init__(self, connection: apsw.Connection, tables: Mapping[str, Table], gym: str) -> None:
        self.changes: tuple[Change, ...] = ()
        """Known when the recording has ended: by table, then by key (``INC_9`` before ``INC_10``), new rows last.

        New rows stand in the order in which they were inserted, where that decides their order in the table.
        """
        self._connection = connection
        self._tables = tables
        self._gym = gym
        self._session = apsw.Session(connection, "main")
        self._session.config(apsw.SQLITE_SESSION_OBJCONFIG_ROWID, 1)
        self._session.attach()

    def end(self) -> None:
        """Stop recording and work out the changes."""
        try:
            if not self._session.is_empty:
                found = [self._change(item) for item in apsw.Changeset.iter(self._session.changeset())]
                self.changes = in_order(found, self._tables, self._rowid)
        finally:
            self._session.close()

    def _rowid(self, change: Change) -> int:
        table = self._tables[change.table]
        if change.op != "insert" or not table.keeps_rowid:
            return _NOWHERE
        sql = f"SELECT {ROWID} FROM {quote(table.name)} WHERE {_where(table)}"  # noqa: S608 - quoted
        rowid: int = self._connection.execute(sql, tuple(change.key.values())).get
        return rowid

    def _change(self, item: apsw.TableChange) -> Change:
        table = self._tables[item.name]
        old, new = _named(table, item.old), _named(table, item.new)
        if item.op == "INSERT":
            return Change(gym=self._gym, table=table.name, op="insert", key=_key(table, new), after=new)
        key = _key(table, old)
        if item.op == "DELETE":
            return Change(gym=self._gym, table=table.name, op="delete", key=key, before=old)
        before = {column: old[column] for column in new}
        return Change(gym=self._gym, table=table.name, op="update", key=key, before=before, after=new)


def _named(table: Table, values: tuple[Any, ...] | None) -> dict[str, Any]:
    """Values by column; what SQLite leaves out of an update (``no_change``) is left out."""
    pairs = zip(table.columns, values or (), strict=False)
    return {column: value for column, value in pairs if value is not apsw.no_change}


def _key(table: Table, row: Row) -> dict[str, Any]:
    return {column: row[column] for column in table.key}


def in_order(
    changes: Iterable[Change], tables: Iterable[str], place: Callable[[Change], int] = lambda _: _NOWHERE
) -> tuple[Change, ...]:
    """Changes by table, as ``tables`` are ordered, then by place, then by key: ``INC_9`` before ``INC_10``."""
    order = {name: position for position, name in enumerate(tables)}
    return tuple(sorted(changes, key=lambda change: (order[change.table], place(change), _natural(change.key_text))))


def _natural(text: str) -> list[tuple[int, str]]:
    parts = (part.lstrip("0") if part.isdecimal() else part for part in re.split(r"([0-9]+)", text))
    return [(len(part) if part.isdecimal() else 0, part) for part in parts]


def write(connection: apsw.Connection, tables: Mapping[str, Table], changes: Iterable[Change]) -> None:
    """Bring a database to the state after the given changes, all of them or none.

    ``changes`` stand in the order in which they happened, over any number of calls. Raises StateError when a
    row is not as they say that it was.
    """
    with connection:
        rows = _Rows(connection, tables)
        for change in changes:
            rows.change(change)
        rows.flush()


class _Rows:
    """The touched rows, changed in memory first.

    They are then all taken out and put back at once, so that unique columns whose values move from row to row
    never clash on the way.
    """

    def __init__(self, connection: apsw.Connection, tables: Mapping[str, Table]) -> None:
        self._connection = connection
        self._tables = tables
        self._found: dict[tuple[str, tuple[Any, ...]], tuple[Any, dict[str, Any]] | None] = {}
        self._wanted: dict[tuple[str, tuple[Any, ...]], dict[str, Any] | None] = {}

    def change(self, change: Change) -> None:
        before, after = change.before, change.after
        where = f"{change.table} {change.key_text}"
        table = self._tables.get(change.table)
        if table is None or set(change.key) != set(table.key):
            raise StateError(f"{where}: this database has no such table or another key")
        if not all(
            isinstance(value, _STORED) for part in (change.key, before, after) for value in (part or {}).values()
        ):
            raise StateError(f"{where}: a value that no table can hold")
        row_id = (table.name, tuple(change.key[column] for column in table.key))
        if row_id not in self._wanted:
            found = self._found[row_id] = self._read(table, row_id[1])
            self._wanted[row_id] = found[1] if found else None
        row = self._wanted[row_id]
        if (row is None) != (before is None):
            raise StateError(f"{where}: the row {'is missing' if row is None else 'exists already'}")
        if before is not None and row is not None:
            differing = [column for column, value in before.items() if not _same(row.get(column), value)]
            if differing:
                raise StateError(f"{where}: {', '.join(differing)} differ from what was recorded")
        elif after is not None and after.keys() != set(table.columns):
            raise StateError(f"{where}: the row has other columns here than where it was recorded")
        self._wanted[row_id] = None if after is None else {**(row or {}), **after}

    def flush(self) -> None:
        for (name, key), found in self._found.items():
            if found is not None:
                sql = f"DELETE FROM {quote(name)} WHERE {_where(self._tables[name])}"  # noqa: S608 - quoted
                self._connection.execute(sql, key)
        # Rows that keep their rowid come first, or a new row might be given it.
        for row_id, row in sorted(self._wanted.items(), key=lambda item: self._found[item[0]] is None):
            if row is not None:
                self._insert(row_id, row)

    def _read(self, table: Table, key: tuple[Any, ...]) -> tuple[Any, dict[str, Any]] | None:
        columns = ", ".join(map(quote, table.columns))
        rowid = ROWID if table.keeps_rowid else "NULL"
        sql = f"SELECT {rowid}, {columns} FROM {quote(table.name)} WHERE {_where(table)}"  # noqa: S608 - quoted
        try:
            found = self._connection.execute(sql, key).fetchone()
        except _UNFIT as error:
            raise StateError(f"{table.name} {' '.join(map(str, key))}: {error}") from error
        return found and (found[0], dict(zip(table.columns, found[1:], strict=True)))

    def _insert(self, row_id: tuple[str, tuple[Any, ...]], row: Row) -> None:
        table, found = self._tables[row_id[0]], self._found[row_id]
        if table.keeps_rowid and found is not None:
            row = {ROWID: found[0], **row}
        columns = ", ".join(map(quote, row))
        marks = ", ".join("?" * len(row))
        sql = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608 - quoted
        try:
            self._connection.execute(sql, tuple(row.values()))
        except _UNFIT as error:
            raise StateError(f"{table.name} {' '.join(map(str, row_id[1]))}: {error}") from error


def _where(table: Table) -> str:
    return " AND ".join(f"{quote(column)} = ?" for column in table.key)


def quote(name: str) -> str:
    """A table's or column's name as SQL writes it."""
    return name if name == ROWID else '"' + name.replace('"', '""') + '"'


def _same(have: Any, recorded: Any) -> bool:
    return type(have) is type(recorded) and have == recorded
