"""The built-in seeds and tasks of every domain, and what their tests ask of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from engine.gyms.registry import domain

GYM_DBS = Path(__file__).resolve().parents[2] / "gym_dbs"
DOMAINS = sorted(folder.parent.name for folder in GYM_DBS.glob("*/tasks"))
SEEDS = sorted(GYM_DBS.glob("*/dbs/*.sql"))
TASKS = sorted(path for path in GYM_DBS.glob("*/tasks/*.json") if "." not in path.stem)
WRONG = sorted(GYM_DBS.glob("*/tasks/*.wrong-*.json"))


def domain_of(path: Path) -> str:
    """The name of the domain whose folder a seed or task stands in."""
    return path.parents[1].name


def label(path: Path) -> str:
    """How a test is called that looks at this file."""
    return f"{domain_of(path)}/{path.stem}"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A seed in a database of its own, rows readable by the names of their columns."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        connection.executescript(domain(domain_of(path)).schema_sql)
        connection.executescript(path.read_text("utf-8"))
        yield connection


def tables(seed: sqlite3.Connection) -> list[str]:
    """The names of all tables but SQLite's own."""
    listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return [row["name"] for row in seed.execute(listed)]


def columns(seed: sqlite3.Connection, table: str) -> dict[str, str]:
    """The columns of a table and their types."""
    return {row["name"]: row["type"] for row in seed.execute(f"PRAGMA table_info({table})")}


def found(seed: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    """Rows that should not exist, as plain tuples so that a failure shows them."""
    return [tuple(row) for row in seed.execute(sql)]


def stored(seed: sqlite3.Connection, table: str, column: str) -> set[Any]:
    """The values in a column, without null."""
    return {row[0] for row in seed.execute(f"SELECT DISTINCT {column} FROM {table}")} - {None}


def enums(schema: Any) -> Iterator[list[str]]:
    """The "enum" lists anywhere in a JSON schema."""
    if isinstance(schema, dict):
        if "enum" in schema:
            yield schema["enum"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from enums(part)
