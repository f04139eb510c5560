"""What holds for every built-in seed: made the same each time, whole, and fit for the domain's tables and tools."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from engine.gyms.database import Template
from engine.gyms.registry import domain
from tests.gyms.builtin import DOMAINS, GYM_DBS, SEEDS, columns, domain_of, found, label, opened, tables

NOW = "2026-11-20 09:00:00"

each_domain = pytest.mark.parametrize("name", DOMAINS)
each_seed = pytest.mark.parametrize("path", SEEDS, ids=label)


def make_seeds(name: str) -> ModuleType:
    return import_module(f"gym_dbs.{name}.make_seeds")


@pytest.fixture
def seed(path: Path) -> Iterator[sqlite3.Connection]:
    with opened(path) as connection:
        yield connection


@each_seed
def test_the_script_makes_the_same_bytes_again(path: Path) -> None:
    build = make_seeds(domain_of(path)).build
    assert build(path.stem) == path.read_text("utf-8")
    assert build(path.stem) == build(path.stem)


@each_domain
def test_every_seed_of_the_script_is_there_and_no_other(name: str) -> None:
    assert {path.stem for path in SEEDS if domain_of(path) == name} == set(make_seeds(name).SEEDS)


@each_domain
def test_check_notices_a_file_that_was_edited(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = make_seeds(name)
    (tmp_path / "dbs").mkdir()
    shutil.copytree(GYM_DBS / name / "seeding", tmp_path / "seeding")
    monkeypatch.setattr(script, "HERE", tmp_path)
    assert script.main(check=True) == 1
    assert script.main(check=False) == 0
    assert script.main(check=True) == 0
    with next((tmp_path / "dbs").iterdir()).open("a") as file:
        file.write("-- edited\n")
    assert script.main(check=True) == 1


@each_seed
def test_seed_loads_as_a_template_and_fills_every_table(path: Path, seed: sqlite3.Connection) -> None:
    source = path.read_text("utf-8")
    database = Template.parse(domain(domain_of(path)).schema_sql, source, source=path.name).clone()
    counts = {table: database.query(f"SELECT COUNT(*) FROM {table}").rows[0][0] for table in tables(seed)}
    database.close()
    assert min(counts.values()) > 0, counts
    assert f"{sum(counts.values())} rows" in source.splitlines()[0]


@each_seed
def test_every_reference_exists(seed: sqlite3.Connection) -> None:
    assert found(seed, "PRAGMA foreign_key_check") == []


@each_seed
def test_texts_fit_their_columns_and_none_is_empty(seed: sqlite3.Connection) -> None:
    for table in tables(seed):
        for column, kind in columns(seed, table).items():
            limit = re.match(r"VARCHAR\((\d+)\)", kind)
            bad = f"TRIM({column}) = ''"
            if limit:
                bad += f" OR LENGTH({column}) > {limit[1]}"
            assert found(seed, f"SELECT {column} FROM {table} WHERE {bad}") == []


@each_seed
def test_nothing_is_updated_before_it_is_created_nor_after_the_seed_stands_still(seed: sqlite3.Connection) -> None:
    checked = 0
    for table in tables(seed):
        known = columns(seed, table)
        for created in known:
            updated = created.replace("created", "updated")
            if updated != created and updated in known:
                wrong = f"SELECT * FROM {table} WHERE {updated} < {created} OR {updated} > '{NOW}'"
                assert found(seed, wrong) == []
                checked += 1
            elif updated != created:
                assert found(seed, f"SELECT * FROM {table} WHERE {created} > '{NOW}'") == []
    assert checked > 5
