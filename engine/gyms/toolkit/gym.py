"""The verbs that tools are written in, over one run's database and on behalf of one acting user."""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import apsw

from engine.gyms.toolkit.clock import Clock
from engine.gyms.toolkit.filters import condition
from engine.gyms.toolkit.refusals import Refusal
from engine.gyms.toolkit.style import HouseStyle
from engine.gyms.toolkit.tables import Reference, Row, Table, Unique, quoted


class Gym(HouseStyle):
    """One call's view of a gym. A domain subclasses it with its house style."""

    actor_header = ""
    """The request header that says who acts, in lower case."""

    def __init__(
        self,
        connection: apsw.Connection,
        tables: Mapping[str, Table],
        tool: str,
        headers: Mapping[str, str],
        clock: Clock,
    ) -> None:
        self.connection = connection
        self.tables = tables
        self.tool = tool
        self.clock = clock
        self.credential = next((v.strip() for k, v in headers.items() if k.strip().lower() == self.actor_header), "")

    @cached_property
    def now(self) -> datetime:
        """The time of this call: read once, so that everything a call writes carries the same time."""
        return self.clock.now()

    # Reading

    def rows(self, table: str, sql: str = "", *values: object) -> list[Row]:
        """Return whole rows; `sql` is what follows ``FROM table``, with ``?`` for each of the values."""
        spec = self.tables[table]
        found = self.connection.execute(f"{spec.select} {sql}", tuple(map(self.stored, values)))
        return [Row(spec, zip(spec.columns, row, strict=True)) for row in found]

    def find(self, table: str, /, **where: object) -> Row | None:
        """Return the first row whose columns hold exactly these values."""
        terms = " AND ".join(f"{quoted(column)} = ?" for column in where)
        return next(iter(self.rows(table, f"WHERE {terms} ORDER BY rowid LIMIT 1", *where.values())), None)

    def require(self, table: str, key: object, *, otherwise: Refusal | None = None) -> Row:
        """Return the row with this id; refuse with `otherwise`, or as the house does for a missing row."""
        return self.lookup(table, otherwise=otherwise, **{self.tables[table].key: key})

    def lookup(self, table: str, /, *, otherwise: Refusal | None = None, **where: object) -> Row:
        """Return the first row with these values; refuse with `otherwise`, or as the house does for a missing row."""
        row = self.find(table, **where)
        if row is None:
            raise otherwise or self.missing(self.tables[table], where)
        return row

    def select(
        self,
        table: str,
        filters: Mapping[str, object],
        *,
        contains: tuple[str, ...] = (),
        bounds: tuple[str, str] | None = None,
        order: str = "",
    ) -> list[Row]:
        """Return the rows that pass all filters, read as :func:`engine.gyms.toolkit.filters.condition` says.

        `bounds` and `order` replace those of the house.
        """
        spec = self.tables[table]
        where, values = condition(spec, filters, contains, bounds=bounds or self.bounds)
        by = (order or self.order).format(created=spec.created or spec.key, key=spec.key)
        return self.rows(table, f"WHERE {where} ORDER BY {by}", *values)

    def measure(self, table: str, filters: Mapping[str, object], measure: str = "count(*)") -> Any:
        """Return an SQL aggregate over the rows that pass all filters."""
        where, values = condition(self.tables[table], filters, bounds=self.bounds)
        query = f"SELECT {measure} FROM {quoted(table)} WHERE {where}"  # noqa: S608
        return self.connection.execute(query, tuple(map(self.stored, values))).get

    def per(
        self,
        table: str,
        column: str,
        filters: Mapping[str, object] | None = None,
        *,
        listed: Sequence[str] | None = None,
        measure: str = "count(*)",
    ) -> dict[str, Any]:
        """Return an SQL aggregate per value of a column: for every listed value, or for all values that occur."""
        where, values = condition(self.tables[table], filters or {}, bounds=self.bounds)
        query = f"SELECT {quoted(column)}, {measure} FROM {quoted(table)} WHERE {where} GROUP BY 1 ORDER BY 1"  # noqa: S608
        found = self.connection.execute(query, tuple(map(self.stored, values)))
        measured = {value: amount for value, amount in found if value is not None}
        return {value: measured.get(value, 0) for value in listed} if listed else measured

    # Writing

    def insert(self, table: str, /, **values: object) -> Row:
        """Add a row with the next id, the call's time and the table's defaults, and return it.

        A value of None counts as not given. Refuses when a check of the table fails.
        """
        spec = self.tables[table]
        given = {column: value for column, value in values.items() if value is not None}
        stamps = {column: self.now for column in (spec.created, spec.updated) if column}
        new = {**stamps, **spec.defaults, **given}
        if spec.key not in new:
            new = {spec.key: self.next_id(table), **new}
        self._hold(self._faults(spec, new, new.keys()), spec)
        columns, marks = ", ".join(map(quoted, new)), ", ".join("?" * len(new))
        statement = f"INSERT INTO {quoted(table)} ({columns}) VALUES ({marks})"  # noqa: S608
        self.connection.execute(statement, tuple(map(self.stored, new.values())))
        return self.require(table, new[spec.key])

    def update(
        self, row: Row, changes: Mapping[str, object], *, always: tuple[str, ...] = (), touch: bool = True
    ) -> Row:
        """Write changes and the call's time into a row, and return it as it is then.

        Refuses when a check of the table fails, and when nothing would change; fields in `always` count as a change
        even with the value that is stored. `touch=False` leaves the time of the last change alone.
        """
        spec = row.table
        different = {c: v for c, v in changes.items() if c in always or not same(row[c], v)}
        if not different:
            raise self.unchanged(row, changes)
        self._hold(self._faults(spec, {**row, **different}, different.keys(), row), spec)
        if touch and spec.updated:
            different[spec.updated] = self.now
        assignments = ", ".join(f"{quoted(column)} = ?" for column in different)
        statement = f"UPDATE {quoted(spec.name)} SET {assignments} WHERE {quoted(spec.key)} = ?"  # noqa: S608
        self.connection.execute(statement, (*map(self.stored, different.values()), row.id))
        return self.require(spec.name, row.id)

    def delete(self, row: Row) -> None:
        """Remove a row."""
        table, key = quoted(row.table.name), quoted(row.table.key)
        self.connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (row.id,))  # noqa: S608

    def delete_matching(self, table: str, filters: Mapping[str, object], **how: Any) -> list[Row]:
        """Delete the rows that pass all filters and return them; refuse when there are none."""
        rows = self.select(table, filters, **how)
        if not rows:
            named = ", ".join(f"{name}={self.stored(value)!r}" for name, value in filters.items())
            raise self.missing(self.tables[table], {"filters": named})
        for row in rows:
            self.delete(row)
        return rows

    def next_id(self, table: str) -> Any:
        """Return the id of the next new row.

        ``PREFIX_nnn`` is one above the highest number behind the last underscore of any id; a plain number is one
        above any that was ever used (the table must be AUTOINCREMENT).
        """
        spec = self.tables[table]
        key = quoted(spec.key)
        if not spec.ids:
            used = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).get
            return (used or 0) + 1
        tail = f"replace({key}, rtrim({key}, replace({key}, '_', '')), '')"
        return f"{spec.ids}_{self._highest(table, tail) + 1:03d}"

    def next_number(self, table: str, column: str) -> int:
        """Return one more than the highest number in a column of texts such as ``CHG0000012``."""
        return self._highest(table, f"ltrim({quoted(column)}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ-_')") + 1

    def _highest(self, table: str, digits: str) -> int:
        query = f"SELECT max(CAST({digits} AS INTEGER)) FROM {quoted(table)}"  # noqa: S608
        return self.connection.execute(query).get or 0

    def _hold(self, faults: Iterator[Refusal], spec: Table) -> None:
        """Raise the first fault, or all of them as one where the table gathers them."""
        if first := next(faults, None):
            raise self.gathered([first, *faults]) if spec.gathers else first

    def _faults(
        self, spec: Table, new: Mapping[str, object], written: KeysView[str], besides: Row | None = None
    ) -> Iterator[Refusal]:
        """Find what is wrong with a row about to be written over `besides`; `written` are the columns in question."""
        for check in spec.checks:
            if written.isdisjoint(check.columns):
                continue
            if isinstance(check, Reference):
                value = new[check.column]
                key = self.tables[check.table].key
                if value is not None and not self.find(check.table, **{key: value}):
                    yield self.unknown(check, value)
            elif isinstance(check, Unique):
                if twin := self._twin(spec, {c: new.get(c) for c in (*check.columns, *check.within)}, besides):
                    yield self.taken(check, twin)
            else:
                row = dict.fromkeys(spec.columns) | {column: self.stored(value) for column, value in new.items()}
                if self.connection.execute(check.broken_by, row).fetchone():
                    yield self.against(check, row)

    def _twin(self, spec: Table, values: Mapping[str, object], besides: Row | None) -> Row | None:
        if None in values.values():
            return None
        terms = " AND ".join(f"{quoted(column)} = ?" for column in values)
        own = besides.id if besides else None
        found = self.rows(spec.name, f"WHERE {terms} AND {quoted(spec.key)} IS NOT ? LIMIT 1", *values.values(), own)
        return found[0] if found else None


def same(held: Any, new: object) -> bool:
    """Say whether a stored value already is the new one."""
    if isinstance(new, datetime) and held is not None:
        return datetime.fromisoformat(held) == new
    return bool(held == new)


def without_blanks(fields: Mapping[str, object]) -> dict[str, object]:
    """Drop what is "": the tool takes it as not given."""
    return {name: value for name, value in fields.items() if value != ""}


def blanks_as_null(fields: Mapping[str, object]) -> dict[str, object]:
    """Turn "" into NULL: the tool takes it as an order to clear."""
    return {name: None if value == "" else value for name, value in fields.items()}
