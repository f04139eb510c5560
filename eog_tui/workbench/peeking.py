"""The databases of a run as they stand now, for a person who may read them beside the tools."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.gyms.readonly import QueryError
from engine.runs.rebuild import Rebuilder, RebuildError, State
from engine.runs.seeds import Seeds

if TYPE_CHECKING:
    from engine.trajectory.reading import Reader

SAMPLE = 50
"""Rows that a table's columns are measured by."""


class Table(NamedTuple):
    """A table of one gym."""

    gym: str
    name: str
    rows: int


class TableRow(NamedTuple):
    """A row of a table, in the table's order."""

    number: int
    fields: Mapping[str, Any]


class PeekError(Exception):
    """The databases cannot be read; the text says why."""


class Peeking:
    """Reads the rebuilt databases of one run. Calls take a moment: make them in threads."""

    def __init__(self, store: Reader, run_id: int) -> None:
        self.run_id = run_id
        self._rebuilder = Rebuilder(store, Seeds())
        self._state: State | None = None
        self._closed = False
        self._lock = Lock()

    def tables(self, step: int) -> list[Table]:
        """All tables with their row counts as of a step.

        Raises:
            PeekError: the state cannot be rebuilt.
        """
        with self._lock:
            if self._closed:
                raise PeekError("The databases were given up.")
            if self._state is None or self._state.step != step:
                try:
                    before, self._state = self._state, self._rebuilder.at(self.run_id, step)
                except RebuildError as error:
                    raise PeekError(str(error)) from error
                if before is not None:
                    before.close()
            found = []
            for gym in self._state.gyms:
                names = [
                    row[0]
                    for row in self._ask(gym, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                    if not str(row[0]).startswith("sqlite_")
                ]
                for name in names:
                    [(count,)] = self._ask(gym, f"SELECT COUNT(*) FROM {quoted(name)}")  # noqa: S608 - quoted
                    found.append(Table(gym, name, count))
            return found

    def rows(self, gym: str, sql: str) -> list[dict[str, Any]]:
        """The rows of a query as of the step that was asked for last.

        Raises:
            PeekError: the query takes too long or is too large.
        """
        with self._lock:
            if self._state is None:
                return []
            try:
                result = self._state.query(gym, sql)
            except QueryError as error:
                raise PeekError(str(error)) from error
        return [dict(zip(result.columns, row, strict=True)) for row in result.rows]

    def close(self) -> None:
        """Give up the databases for good."""
        with self._lock:
            self._closed = True
            if self._state is not None:
                self._state.close()
            self._state = None

    def _ask(self, gym: str, sql: str) -> Sequence[tuple[Any, ...]]:
        assert self._state is not None
        try:
            return self._state.query(gym, sql).rows
        except QueryError as error:
            raise PeekError(str(error)) from error


@dataclass(frozen=True)
class TableRows:
    """The rows of a table that hold some words, as a table on screen asks for them."""

    peeking: Peeking
    table: Table
    columns: Sequence[str]
    words: Sequence[str] = ()
    """Each has to be in one of the row's values, in any case."""
    at_hand = False

    def count(self) -> int:
        """How many rows there are."""
        [row] = self.peeking.rows(self.table.gym, f"SELECT COUNT(*) AS n {self._from}") or [{"n": 0}]
        return int(row["n"])

    def rows(self, offset: int, limit: int) -> list[TableRow]:
        """One page of rows."""
        found = self.peeking.rows(self.table.gym, f"SELECT * {self._from} LIMIT {limit} OFFSET {offset}")
        return [TableRow(offset + nth, fields) for nth, fields in enumerate(found)]

    def find(self, row_id: Hashable) -> int | None:
        """The place of a row: rows are known by it."""
        return row_id if isinstance(row_id, int) and row_id < self.count() else None

    @property
    def _from(self) -> str:
        held = [
            "(" + " OR ".join(f"instr(lower({quoted(name)}), {_text(word)})" for name in self.columns) + ")"
            for word in self.words
        ]
        where = f" WHERE {' AND '.join(held)}" if held and self.columns else ""
        return f"FROM {quoted(self.table.name)}{where}"


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _text(word: str) -> str:
    return "'" + word.lower().replace("'", "''").replace("\0", "") + "'"
