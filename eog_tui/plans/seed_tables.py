"""The tables of a task's seeds with their first rows: what the agent will find."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from engine.gyms.database import Database, QueryError, SeedError
from engine.runs.seeds import Seed, Seeds
from engine.tasks.files import TaskError
from eog_tui.plans.subject import SeedSource

FIRST_ROWS = 50
"""Rows of a table that are shown."""


class SeedTable(NamedTuple):
    """A table of one gym's seed."""

    gym: str
    name: str
    columns: tuple[str, ...]
    rows: int


class SeedTablesError(Exception):
    """The seeds cannot be read; the text says why."""


class SeedTables:
    """Opens seeds and reads from them. Not for two threads at once; calls take a moment."""

    def __init__(self, sources: Sequence[SeedSource]) -> None:
        self._sources = sources
        self._seeds = Seeds()
        self._databases: dict[str, Database] = {}

    def tables(self) -> list[SeedTable]:
        """Every table, in the order of the gyms and of their seeds.

        Raises:
            SeedTablesError: a gym is none of ours, or its seed is missing or broken.
        """
        found = []
        for source in self._sources:
            if source.gym not in self._databases:
                self._databases[source.gym] = self._seed(source).template.clone(source.gym)
            database = self._databases[source.gym]
            for table in database.tables():
                [[rows]] = self._ask(database, f"SELECT COUNT(*) FROM {_quoted(table.name)}")  # noqa: S608 - quoted
                found.append(SeedTable(source.gym, table.name, tuple(table.columns), int(rows)))
        return found

    def first_rows(self, table: SeedTable) -> str:
        """The first rows of a table, as a JSON list.

        Raises:
            SeedTablesError: its rows are too large to be read.
        """
        names = ", ".join(map(_quoted, table.columns))
        sql = f"SELECT {names} FROM {_quoted(table.name)} LIMIT {FIRST_ROWS}"  # noqa: S608 - quoted
        rows = self._ask(self._databases[table.gym], sql)
        return json.dumps(
            [dict(zip(table.columns, row, strict=True)) for row in rows], ensure_ascii=False, default=repr
        )

    def close(self) -> None:
        """Give up the databases."""
        while self._databases:
            self._databases.popitem()[1].close()

    def _seed(self, source: SeedSource) -> Seed:
        try:
            if source.text is not None:
                return self._seeds.stored(source.domain, source.text, f"seed of {source.gym}")
            assert source.config is not None
            return self._seeds.of(source.config, source.root or Path())
        except (TaskError, SeedError, LookupError) as error:
            why = error.args[0] if isinstance(error, LookupError) else error
            raise SeedTablesError(f"{source.gym}: {why}") from error

    @staticmethod
    def _ask(database: Database, sql: str) -> list[tuple[Any, ...]]:
        try:
            return database.query(sql).rows
        except QueryError as error:
            raise SeedTablesError(str(error)) from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
