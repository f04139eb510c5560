"""What a domain knows about its tables beyond the columns: ids, references, uniqueness, what an answer hides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import apsw


@dataclass(frozen=True)
class Reference:
    """A column that must name a row of another table."""

    column: str
    table: str
    code: str = "VALIDATION_ERROR"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose writing calls for this check."""
        return (self.column,)


@dataclass(frozen=True)
class Unique:
    """Columns whose values, taken together, may occur once: everywhere, or once per value of the columns `within`."""

    columns: tuple[str, ...]
    code: str
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Anything else that a row must keep to."""

    columns: tuple[str, ...]
    code: str
    message: str
    """Words for the caller, with ``{column}`` for the values of the new row."""
    broken_by: str
    """A query that finds something when the rule is broken; ``:column`` stands for the values of the new row."""


@dataclass(frozen=True)
class Table:
    """A table of a domain. `columns` is filled from the schema by :func:`bind`."""

    name: str
    noun: str
    """What one row is called in messages, such as "Service offering"."""
    ids: str = ""
    """Prefix of ids such as ``INC_024``; without one, ids are numbers and none is used twice."""
    plural: str = ""
    """Key of a list of rows in answers."""
    checks: tuple[Reference | Unique | Rule, ...] = ()
    """In this order, on every insert and update, for the columns that are written."""
    defaults: Mapping[str, object] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    shape: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """What answers do with a row that they show in another form than that of its columns."""
    missing: str = "NOT_FOUND"
    """Code of the refusal when a row is asked for by its id and is not there."""
    unchanged: str = "NO_CHANGES_DETECTED"
    """Code of the refusal when an update would change nothing."""
    gathers: bool = False
    """Whether all failing checks are reported together, or only the first."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column name to declared type."""
    key: str = ""

    @cached_property
    def created(self) -> str:
        """The column with the time of creation."""
        return self._stamp("created")

    @cached_property
    def updated(self) -> str:
        """The column with the time of the last change."""
        return self._stamp("updated")

    def _stamp(self, word: str) -> str:
        return next((column for column in self.columns if column.rpartition("_")[0].endswith(word)), "")

    @cached_property
    def select(self) -> str:
        """The SELECT of whole rows, up to the table's name."""
        return f"SELECT {', '.join(map(quoted, self.columns))} FROM {quoted(self.name)}"  # noqa: S608

    @cached_property
    def _times(self) -> list[str]:
        return [column for column, declared in self.columns.items() if declared == "DATETIME"]

    @cached_property
    def _flags(self) -> list[str]:
        return [column for column, declared in self.columns.items() if declared == "BOOLEAN"]

    def present(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a stored row as answers show it: ``T`` in times, true and false, no hidden columns."""
        plain = dict(row)
        for column in self._times:
            if plain.get(column) is not None:
                plain[column] = str(plain[column]).replace(" ", "T", 1)
        for column in self._flags:
            if plain.get(column) is not None:
                plain[column] = bool(plain[column])
        for column in self.hidden:
            plain.pop(column, None)
        return self.shape(plain) if self.shape else plain


class Row(dict[str, Any]):
    """A stored row, or some columns of it: column to value. It knows its table, so an answer can show it properly."""

    __slots__ = ("table",)

    def __init__(self, table: Table, values: Iterable[tuple[str, Any]]) -> None:
        super().__init__(values)
        self.table = table

    @property
    def id(self) -> Any:
        """The value of the table's key."""
        return self[self.table.key]

    def only(self, columns: Iterable[str]) -> Row:
        """Return these columns of the row, in this order."""
        return Row(self.table, ((column, self[column]) for column in columns))


def bind(tables: tuple[Table, ...], schema_sql: str) -> dict[str, Table]:
    """Return the tables by name with columns and keys read from the schema."""
    scratch = apsw.Connection(":memory:")
    scratch.execute(schema_sql)
    bound = {}
    for table in tables:
        described = list(scratch.execute("SELECT name, type, pk FROM pragma_table_info(?)", (table.name,)))
        bound[table.name] = replace(
            table,
            columns={name: declared for name, declared, _ in described},
            key=next(name for name, _, place in described if place == 1),
        )
    scratch.close()
    return bound


def quoted(name: str) -> str:
    """Quote a table or column name for SQL; some (`change`, `role`) read like keywords."""
    return f'"{name}"'
