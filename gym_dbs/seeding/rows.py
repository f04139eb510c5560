"""Rows of a seed under construction: named before they have ids, numbered in order, written as SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Ids:
    """How the rows of one table are numbered: the column of the id and its form, and a number beside it.

    ``form`` is a format string, or None for plain integers; ``number`` is the column and form of the
    number that people say on the phone. It runs through the whole seed, so it names one row.
    """

    column: str
    form: str | None = None
    number: tuple[str, str] | None = None

    def columns(self, count: int) -> Row:
        """The id (and number) of the row that is number ``count`` of its table, counted from 1."""
        ids: Row = {self.column: self.form.format(count) if self.form else count}
        if self.number:
            column, form = self.number
            ids[column] = form.format(count)
        return ids


class Ref(NamedTuple):
    """A row that may not have its id yet."""

    table: str
    key: str


Row = dict[str, Any]


class Rows:
    """The rows of all tables; values may be :class:`Ref`, which become ids when the SQL is written.

    ``tables`` names every table in the order in which it is written; None stands for a table whose key is
    made of other tables' ids.
    """

    def __init__(self, tables: Mapping[str, Ids | None]) -> None:
        self._ids = tables
        self._tables: dict[str, dict[str, Row]] = {table: {} for table in tables}
        self._numbered: set[str] = set()

    def add(self, table: str, key: str, **columns: Any) -> Ref:
        """Add a row; ``key`` names it within its table and must be new there."""
        rows = self._tables[table]
        if key in rows:
            raise ValueError(f"{table}: two rows are called {key!r}")
        rows[key] = columns
        return Ref(table, key)

    def row(self, ref: Ref) -> Row:
        """The row that ``ref`` names; a KeyError says which name in a file written by hand is wrong."""
        return self._tables[ref.table][ref.key]

    def refs(self, table: str) -> list[Ref]:
        """All rows of a table, in order."""
        return [Ref(table, key) for key in self._tables[table]]

    def number(self, table: str, order: Callable[[Row], Any] | None = None) -> None:
        """Give the rows of ``table`` their ids and numbers, sorted by ``order`` if given."""
        rows = self._tables[table]
        if order:
            rows = dict(sorted(rows.items(), key=lambda item: order(item[1])))
        ids = self._ids[table]
        if ids:
            rows = {key: ids.columns(count) | row for count, (key, row) in enumerate(rows.items(), start=1)}
        self._tables[table] = rows
        self._numbered.add(table)

    def number_rest(self) -> None:
        """Number every table that has not been numbered yet, in the order of adding."""
        for table in self._tables.keys() - self._numbered:
            self.number(table)

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    def sql(self, title: str) -> str:
        """INSERT statements for every table: one statement a table, one line a row."""
        parts = [f"-- {title}: {len(self)} rows, made by make_seeds.py; do not edit by hand.\n"]
        for table, rows in self._tables.items():
            columns = list(next(iter(rows.values())))
            lines = [f"({', '.join(self._literal(row[column]) for column in columns)})" for row in rows.values()]
            parts.append(
                f"-- {table} ({len(rows)})\n"
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES\n" + ",\n".join(lines) + ";\n"
            )
        return "\n".join(parts)

    def _literal(self, value: Any) -> str:
        if isinstance(value, Ref):
            return self._literal(next(iter(self.row(value).values())))
        if value is None or value == "":
            return "NULL"
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, int | float):
            return str(value)
        return "'" + str(value).replace("'", "''") + "'"
