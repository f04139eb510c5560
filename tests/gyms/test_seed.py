from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.gyms.database import SeedError, Template
from engine.gyms.statements import split

SCHEMA = """
CREATE TABLE team (team_id TEXT NOT NULL, name TEXT NOT NULL UNIQUE, active BOOLEAN, PRIMARY KEY (team_id));
CREATE TABLE note (note_id INTEGER PRIMARY KEY, body TEXT, created_on DATETIME, CHECK (body <> ''));
CREATE INDEX note_created ON note (created_on);
"""


def rows(seed: str, sql: str) -> list[tuple[object, ...]]:
    return Template.parse(SCHEMA, seed, source="seed.sql").clone().query(sql).rows


def refusal(seed: str) -> SeedError:
    with pytest.raises(SeedError) as caught:
        Template.parse(SCHEMA, seed, source="db_x.sql")
    return caught.value


def test_inserts_without_ddl_fill_the_domains_tables():
    seed = """
    -- Database Seed Data for: somebody's db; with a semicolon
    INSERT INTO team (team_id, name, active) VALUES
    ('T1', 'Blue; the -- best', TRUE),
    -- a comment between rows, with 'a quote and a ; in it
    ('T2', 'It''s /* not */ a comment', FALSE);
    /* INSERT INTO team VALUES ('T9', 'x', 1); */
    INSERT INTO note VALUES (1, 'line one
line two -- still text; really', datetime('2024-01-01 08:00:00'));
    """
    assert rows(seed, "SELECT * FROM team") == [
        ("T1", "Blue; the -- best", 1),
        ("T2", "It's /* not */ a comment", 0),
    ]
    assert rows(seed, "SELECT body, created_on FROM note") == [
        ("line one\nline two -- still text; really", "2024-01-01 08:00:00")
    ]


def test_ddl_of_the_seed_stands_and_missing_tables_are_added():
    seed = "CREATE TABLE Team (team_id TEXT PRIMARY KEY, motto TEXT); INSERT INTO team VALUES ('T1', 'Onward');"
    assert rows(seed, "SELECT motto FROM team") == [("Onward",)]
    assert rows(seed, "SELECT count(*) FROM note") == [(0,)]
    assert rows(seed, "SELECT tbl_name FROM sqlite_schema WHERE name = 'note_created'") == [("note",)]


def test_transaction_words_and_rows_computed_by_select_are_fine():
    seed = "BEGIN TRANSACTION; INSERT INTO team VALUES ('T1', 'Blue', 1); COMMIT; "
    seed += "BEGIN; INSERT INTO note(body) SELECT name FROM team"
    assert rows(seed, "SELECT body FROM note") == [("Blue",)]


def test_byte_order_marks_are_skipped_as_sqlite_does():
    assert rows("\ufeffINSERT INTO team VALUES ('T1', 'Blue\ufeff', 1);", "\ufeffSELECT name FROM team") == [
        ("Blue\ufeff",)
    ]


def test_an_empty_seed_gives_empty_tables():
    assert rows("-- nothing here\n;;", "SELECT count(*) FROM team") == [(0,)]


@pytest.mark.parametrize(
    ("seed", "line", "table", "column", "words"),
    [
        ("\n\nINSERT INTO team (colour) VALUES ('x')", 3, "team", "colour", "table team has no column colour"),
        ("\nINSERT INTO crew VALUES (1)", 2, "crew", None, "there is no table crew"),
        (
            "INSERT INTO team VALUES\n('T1', 'a;b', 1),\n-- ('T2', NULL, 1),\n('T3', NULL, 1),\n('T4', 'd', 1);",
            4,
            "team",
            "name",
            "column name of table team must not be NULL",
        ),
        (
            "INSERT INTO team VALUES ('T1', 'a', 1);\nINSERT INTO team VALUES ('T2', 'b', 1),\n\n('T1', 'c', 1);",
            4,
            "team",
            "team_id",
            "already has a row with this team_id",
        ),
        ("INSERT INTO note VALUES\n(1, 'a', 0),\n('x', 'b', 0)", 3, "note", "note_id", "whole numbers"),
        ("INSERT INTO note VALUES (1, '', 0)", 1, "note", None, "CHECK constraint failed"),
        ("INSERT INTO team VALUES ('T1', 'a', 1),\n('T2', 'b')", 2, "team", None, "2 values"),
        ("INSERT INTO team VALUES ('é', 'ü',\n nonsense here)", 2, None, None, "syntax error"),
        ("INSERT INTO team VALUES ('T1',\n'never closed, 1)", 2, None, None, "unrecognized token"),
        ("INSERT INTO team VALUES ('T1', 'a\0b', 1)", 1, None, None, "cannot stand in SQL"),
        ("CREATE TABLE t (a INTEGER) STRICT;\nINSERT INTO t VALUES ('x')", 2, "t", "a", "takes INTEGER, not TEXT"),
    ],
)
def test_a_seed_that_does_not_fit_says_where_and_why(seed, line, table, column, words):
    error = refusal(seed)
    assert (error.source, error.line, error.table, error.column) == ("db_x.sql", line, table, column)
    assert words in error.reason
    assert str(error).startswith(f"db_x.sql line {line}: ")


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH DATABASE 'other.db' AS other",
        "PRAGMA writable_schema = 1",
        "UPDATE team SET name = 'x'",
        "DELETE FROM team",
        "DROP TABLE team",
        "ALTER TABLE team ADD COLUMN x",
        "VACUUM INTO 'stolen.db'",
        "SELECT 1",
        "ROLLBACK",
        "SAVEPOINT a",
        "CREATE TEMP TABLE t (a)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON team BEGIN DELETE FROM note; END",
        "CREATE VIRTUAL TABLE t USING fts5(a)",
        "CREATE TABLE t AS SELECT 1 AS a",
        "INSERT INTO team VALUES ('T1', 'a', 1) ON CONFLICT DO UPDATE SET name = 'b'",
        "INSERT INTO team VALUES ('T1', load_extension('evil'), 1)",
        "INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 0, 'CREATE TABLE x (a)')",
        "WITH a AS (SELECT 1) DELETE FROM team",
    ],
)
def test_anything_but_tables_indexes_and_rows_is_refused(statement):
    error = refusal(f"INSERT INTO team VALUES ('T0', 'zero', 1);\n{statement};")
    assert error.line == 2


def test_a_seed_that_never_ends_or_fills_the_memory_is_stopped(monkeypatch):
    monkeypatch.setattr("engine.gyms.seed.MAX_SECONDS", 0.1)
    numbers = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
    endless = f"{numbers} INSERT INTO note(body) SELECT x FROM c"
    assert "longer than" in refusal(endless).reason
    assert "too big" in refusal("INSERT INTO note(body) VALUES (zeroblob(900000000))").reason
    monkeypatch.setattr("engine.gyms.seed.MAX_SECONDS", 60.0)
    monkeypatch.setattr("engine.gyms.seed.MAX_BYTES", 2**20)
    assert "grows larger than" in refusal(endless).reason


def test_text_that_is_not_unicode_is_refused():
    assert "UTF-8" in refusal("INSERT INTO note(body) VALUES (CAST(x'ff' AS TEXT))").reason


TEXTS = st.text(alphabet=st.sampled_from(list("ab;'\"-/*`[]() \n\té")), max_size=12)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_statements_are_split_where_sqlite_splits_them(pairs):
    """Random texts as literals, random remarks as comments around them: SQLite itself is the judge."""
    script = ""
    for text, remark in pairs:
        quoted = text.replace("'", "''")
        named = remark.replace('"', '""')
        script += (
            f"--{remark.replace(chr(10), '')};\n SELECT '{quoted}' /*{remark.replace('*', '')}*/ AS \"x{named}\";;\n"
        )
    walked: list[str] = []
    connection = apsw.Connection(":memory:")
    connection.exec_trace = lambda cursor, sql, bindings: walked.append(sql) is None
    connection.execute(script).fetchall()
    alone = [connection.execute(statement.text).fetchall() for statement in split(script)]
    assert alone == [[(text,)] for text, _ in pairs]
    assert all(script[s.start : s.start + len(s.text)] == s.text for s in split(script))


def test_the_benchmarks_own_seeds_load(reference: Path):
    schema = (reference / "domains" / "itsm" / "schema.sql").read_text()
    seeds = {path.name: path for path in (reference / "gym_dbs").glob("*/itsm/dbs/*.sql")}
    counts = {}
    for name, path in seeds.items():
        database = Template.parse(schema, path.read_text(), source=name).clone()
        counts[name] = sum(database.query(f"SELECT count(*) FROM {t.name}").rows[0][0] for t in database.tables())
    assert counts == {"db_1765301900121_3mwjj54xy.sql": 241, "db_1765893060767_9rwtfbbp7.sql": 914}
