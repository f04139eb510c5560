from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from engine.gyms.database import Database, QueryError, StateError, Template
from engine.gyms.readonly import NotReadOnly, QueryTooSlow
from engine.trajectory.changes import Change

SCHEMA = """
CREATE TABLE item (id TEXT NOT NULL, name TEXT UNIQUE, weight REAL, stock INTEGER, photo BLOB, PRIMARY KEY (id));
CREATE TABLE membership (team TEXT NOT NULL, person INTEGER NOT NULL, since TEXT, PRIMARY KEY (team, person))
    WITHOUT ROWID;
CREATE TABLE counter (n INTEGER PRIMARY KEY, label TEXT);
CREATE TABLE log (line TEXT);
"""
SEED = """
INSERT INTO item VALUES ('I_1', 'one', 1.5, 1, x'0102'), ('I_2', 'two', 2, 2, NULL), ('I_10', 'ten', NULL, 10, x'');
INSERT INTO membership VALUES ('blue', 1, '2024'), ('blue', 2, NULL), ('red', 1, '2025');
INSERT INTO counter VALUES (1, 'a'), (5, 'b');
INSERT INTO log VALUES ('same'), ('same');
"""
TEMPLATE = Template.parse(SCHEMA, SEED, source="shop.sql")


@pytest.fixture
def database():
    database = TEMPLATE.clone("gym-shop")
    yield database
    database.close()


def changes(database: Database, sql: str) -> tuple[Change, ...]:
    with database.record() as recording:
        database.connection.execute(sql)
    return recording.changes


class TestClone:
    def test_two_clones_share_nothing(self, database):
        other = TEMPLATE.clone()
        database.connection.execute("DELETE FROM item")
        assert other.query("SELECT count(*) FROM item").rows == [(3,)]
        assert other.hash() == TEMPLATE.hash != database.hash()

    def test_equal_content_has_one_hash_whatever_the_order_of_writing(self):
        one = Template.parse(SCHEMA, "INSERT INTO counter VALUES (2, 'b'), (1, 'a')", source="a")
        two = Template.parse(
            SCHEMA, "INSERT INTO counter VALUES (1, 'a'); INSERT INTO counter VALUES (2, 'b')", source="b"
        )
        typed = Template.parse(SCHEMA, "INSERT INTO counter VALUES (1, 'a'), (2, x'62')", source="c")
        assert one.hash == two.hash != typed.hash


class TestRecording:
    def test_an_insert_carries_the_whole_row(self, database):
        [change] = changes(database, "INSERT INTO item VALUES ('I_3', 'three', 3.0, NULL, x'ff')")
        row = {"id": "I_3", "name": "three", "weight": 3.0, "stock": None, "photo": b"\xff"}
        assert change == Change(gym="gym-shop", table="item", op="insert", key={"id": "I_3"}, after=row)

    def test_an_update_carries_only_what_changed(self, database):
        [change] = changes(database, "UPDATE item SET name = 'eins', stock = stock WHERE id = 'I_1'")
        assert (change.op, change.key) == ("update", {"id": "I_1"})
        assert (change.before, change.after) == ({"name": "one"}, {"name": "eins"})

    def test_a_delete_carries_the_row_that_was(self, database):
        [change] = changes(database, "DELETE FROM membership WHERE person = 2")
        assert change.key == {"team": "blue", "person": 2}
        assert change.key_text == "blue 2"
        assert change.before == {"team": "blue", "person": 2, "since": None}
        assert change.after is None

    def test_changes_stand_by_table_then_by_key_as_people_count(self, database):
        found = changes(database, "UPDATE counter SET label = 'x'; UPDATE item SET stock = 0; DELETE FROM membership")
        keys = [f"{change.table} {change.key_text}" for change in found]
        items = ["item I_1", "item I_2", "item I_10"]
        assert keys == [*items, "membership blue 1", "membership blue 2", "membership red 1", "counter 1", "counter 5"]

    def test_what_was_undone_was_never_there(self, database):
        assert changes(database, "INSERT INTO counter VALUES (9, 'x'); DELETE FROM counter WHERE n = 9") == ()
        assert changes(database, "SAVEPOINT s; DELETE FROM item; ROLLBACK TO s; RELEASE s") == ()

    def test_each_recording_holds_its_own_changes(self, database):
        assert len(changes(database, "DELETE FROM item")) == 3
        assert changes(database, "SELECT * FROM item") == ()
        assert [c.op for c in changes(database, "INSERT INTO counter VALUES (2, 'c')")] == ["insert"]

    def test_a_table_without_a_key_is_recorded_by_its_rowid(self, database):
        [change] = changes(database, "DELETE FROM log WHERE rowid = 2")
        assert (change.table, change.op, change.key) == ("log", "delete", {"_rowid_": 2})
        twin = TEMPLATE.clone()
        twin.apply([change])
        assert twin.hash() == database.hash()


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
    st.binary(max_size=5),
)
IDS = st.sampled_from(["I_1", "I_2", "I_3", "I_10"])
WRITES = st.one_of(
    st.tuples(
        st.just("INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?)"), st.tuples(IDS, TEXT, VALUES, VALUES, VALUES)
    ),
    st.tuples(st.just("UPDATE OR IGNORE item SET name = ?, photo = ? WHERE id = ?"), st.tuples(VALUES, VALUES, IDS)),
    st.tuples(st.just("UPDATE OR IGNORE item SET id = ? WHERE id = ?"), st.tuples(IDS, IDS)),
    st.tuples(st.just("DELETE FROM item WHERE id = ?"), st.tuples(IDS)),
    st.tuples(
        st.just("INSERT OR REPLACE INTO membership VALUES (?, ?, ?)"),
        st.tuples(st.sampled_from(["blue", "red"]), st.integers(0, 3), VALUES),
    ),
    st.tuples(st.just("DELETE FROM membership WHERE person = ?"), st.tuples(st.integers(0, 3))),
    st.tuples(st.just("INSERT OR REPLACE INTO counter VALUES (?, ?)"), st.tuples(st.integers(0, 6), VALUES)),
    st.tuples(st.just("INSERT INTO log VALUES (?)"), st.tuples(VALUES)),
    st.tuples(st.just("DELETE FROM log WHERE rowid = ?"), st.tuples(st.integers(1, 3))),
)
CHANGES = TypeAdapter(tuple[Change, ...])


@settings(deadline=None)
@given(st.lists(st.lists(WRITES, min_size=1, max_size=4), max_size=6))
def test_any_step_is_rebuilt_from_the_seed_and_the_changes(calls):
    database, hashes, recorded = TEMPLATE.clone(), [TEMPLATE.hash], []
    for writes in calls:
        with database.record() as recording:
            for sql, values in writes:
                database.connection.execute(sql, values)
        stored = CHANGES.dump_json(recording.changes)
        recorded.append(CHANGES.validate_json(stored))
        hashes.append(database.hash())

    replica = TEMPLATE.clone()
    for step, found in enumerate(recorded):
        replica.apply(found)
        assert replica.hash() == hashes[step + 1]

    at_once = TEMPLATE.clone()
    at_once.apply(change for found in recorded for change in found)
    assert at_once.hash() == hashes[-1]
    for each in (database, replica, at_once):
        each.close()


class TestApply:
    def test_unique_values_may_swap_places(self, database):
        swap = changes(
            database,
            "UPDATE item SET name = 'tmp' WHERE id = 'I_1'; UPDATE item SET name = 'one' WHERE id = 'I_2';"
            "UPDATE item SET name = 'two' WHERE id = 'I_1'",
        )
        twin = TEMPLATE.clone()
        twin.apply(swap)
        assert twin.query("SELECT id, name FROM item").rows == database.query("SELECT id, name FROM item").rows

    @pytest.mark.parametrize(
        ("sql", "words"),
        [
            ("DELETE FROM item WHERE id = 'I_1'", "item I_1: the row is missing"),
            ("UPDATE item SET name = 'z' WHERE id = 'I_1'", "item I_1: name differ"),
            ("INSERT INTO counter VALUES (3, 'x')", "counter 3: the row exists already"),
        ],
    )
    def test_changes_that_do_not_fit_change_nothing(self, database, sql, words):
        found = changes(database, f"DELETE FROM membership; {sql}")
        before = database.hash()
        with pytest.raises(StateError, match=words):
            database.apply(found[-1:] if "INSERT" in sql else [c for c in found if c.table == "item"])
        assert database.hash() == before


class TestRestore:
    SCHEMA = """
    CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT);
    CREATE TABLE tag (name TEXT PRIMARY KEY, colour TEXT UNIQUE);
    """
    NOTES = Template.parse(SCHEMA, "INSERT INTO note (text) VALUES ('a'), ('b')", source="notes.sql")

    def add(self, database: Database) -> int:
        database.connection.execute("INSERT INTO note (text) VALUES ('new')")
        return database.connection.last_insert_rowid()

    def test_ids_count_on_from_the_highest_that_was_ever_given(self):
        original, rebuilt, netted = (self.NOTES.clone() for _ in range(3))
        calls = [changes(original, "INSERT INTO note (text) VALUES ('c')"), changes(original, "DELETE FROM note")]
        rebuilt.restore(calls)
        netted.apply(change for call in calls for change in call)
        assert rebuilt.hash() == netted.hash() == original.hash()
        assert (self.add(original), self.add(rebuilt), self.add(netted)) == (4, 4, 3)

    def test_what_a_failed_call_had_counted_is_forgotten(self):
        original, rebuilt = self.NOTES.clone(), self.NOTES.clone()
        with original.record() as recording, suppress(ZeroDivisionError), original.connection:
            self.add(original)
            raise ZeroDivisionError
        rebuilt.restore([recording.changes])
        assert self.add(original) == self.add(rebuilt) == 3

    def test_rows_stand_in_the_order_in_which_they_were_inserted(self):
        original, rebuilt = self.NOTES.clone(), self.NOTES.clone()
        calls = [
            changes(original, sql)
            for sql in (
                "INSERT INTO tag VALUES ('z', 'red'), ('b', 'blue'), ('m', 'grey')",
                "DELETE FROM tag WHERE name = 'b'; INSERT INTO tag VALUES ('a', 'blue'); UPDATE tag SET colour = 'x'"
                " WHERE name = 'z'",
                "INSERT INTO tag VALUES ('b', 'red')",
            )
        ]
        rebuilt.restore(calls)
        order = "SELECT name, colour FROM tag NOT INDEXED"
        assert rebuilt.query(order).rows == original.query(order).rows
        assert [name for name, _ in rebuilt.query(order).rows] == ["z", "m", "a", "b"]

    def test_one_call_that_does_not_fit_undoes_all(self):
        original, rebuilt = self.NOTES.clone(), self.NOTES.clone()
        first, second = changes(original, "DELETE FROM note"), changes(original, "INSERT INTO tag VALUES ('a', 'b')")
        with pytest.raises(StateError, match="tag a: the row exists already"):
            rebuilt.restore([first, second, second])
        assert rebuilt.hash() == self.NOTES.hash


def test_a_copy_of_a_database_goes_its_own_way():
    database = TestRestore.NOTES.clone("gym-notes")
    database.connection.execute("INSERT INTO note (text) VALUES ('c'); DELETE FROM note WHERE id = 3")
    copy = database.clone()
    assert copy.hash() == database.hash()
    [change] = changes(copy, "INSERT INTO note (text) VALUES ('d')")
    assert (change.gym, change.key) == ("gym-notes", {"id": 4})
    assert copy.query("SELECT count(*) FROM note").rows == [(3,)]
    assert database.query("SELECT count(*) FROM note").rows == [(2,)]


class TestQuery:
    @pytest.mark.parametrize(
        ("sql", "rows"),
        [
            ('SELECT count(*) FROM item WHERE name = "one"', [(1,)]),
            ("SELECT CONCAT(id, '-', stock) FROM item WHERE stock = 1", [("I_1-1",)]),
            ("SELECT value FROM json_each('[1, 2]')", [(1,), (2,)]),
            ("SELECT json_extract('{\"a\": {\"b\": 7}}', '$.a.b')", [(7,)]),
            ("SELECT person FROM membership WHERE team = 'blue' INTERSECT SELECT 1", [(1,)]),
            ("SELECT count(*) FROM item HAVING count(*) > 2", [(3,)]),
            ("-- why; not\nSELECT 1 /* ; */ ;; \n; -- end", [(1,)]),
            ("WITH t AS (SELECT 1 AS x) SELECT x FROM t", [(1,)]),
            ("VALUES (1), (2)", [(1,), (2,)]),
            ("SELECT ';' || '--'", [(";--",)]),
        ],
    )
    def test_what_the_benchmarks_verifiers_use_works(self, database, sql, rows):
        assert database.query(sql).rows == rows

    def test_columns_are_known_even_without_rows(self, database):
        result = database.query("SELECT id, COUNT(*) FROM item WHERE 0 GROUP BY id")
        assert (result.columns, result.rows) == (("id", "COUNT(*)"), [])

    def test_it_sees_what_tools_have_written(self, database):
        assert database.query("SELECT count(*) FROM counter").rows == [(2,)]
        database.connection.execute("INSERT INTO counter VALUES (7, 'new')")
        assert database.query("SELECT count(*) FROM counter").rows == [(3,)]

    def test_rows_are_capped_and_it_says_so(self, database):
        assert database.query("SELECT n FROM counter", max_rows=1).truncated
        assert not database.query("SELECT n FROM counter", max_rows=2).truncated

    @pytest.mark.parametrize(
        "sql",
        [
            "DELETE FROM item",
            "PRAGMA user_version = 3",
            "ATTACH 'x.db' AS x",
            "EXPLAIN SELECT 1",
            "SELECT 1; DROP TABLE item",
            "SELECT 1; SELECT 2",
            "BEGIN",
        ],
    )
    def test_anything_but_one_select_is_refused(self, database, sql):
        with pytest.raises(NotReadOnly, match="only"):
            database.query(sql)
        assert database.hash() == TEMPLATE.hash

    @pytest.mark.parametrize(
        ("sql", "words"),
        [
            ("", "empty"),
            ("-- nothing", "empty"),
            ("SELECT nope FROM item", "no such column: nope"),
            ("SELECT 'open", "unrecognized token"),
            ("WITH x AS (SELECT 1) DELETE FROM item", "DELETE item is not allowed"),
            ("SELECT * FROM pragma_database_list", "not allowed|prohibited"),
            ("SELECT load_extension('evil')", "not authorized"),
            ("SELECT zeroblob(900000000)", "too big"),
            ("SELECT printf('%.*c', 900000000, 'x')", "too big"),
            ("SELECT CAST(x'ff' AS TEXT)", "not Unicode"),
            ("SELECT 1 \0", "NUL"),
        ],
    )
    def test_a_query_that_cannot_run_says_why(self, database, sql, words):
        with pytest.raises(QueryError, match=words):
            database.query(sql)

    ENDLESS = "WITH RECURSIVE c(x) AS (SELECT {0} UNION ALL SELECT {0} FROM c) SELECT {1} FROM c"

    def test_an_endless_query_is_interrupted(self, database):
        started = time.monotonic()
        with pytest.raises(QueryTooSlow, match=r"longer than 0\.2 s"):
            database.query(self.ENDLESS.format("1", "count(*)"), seconds=0.2)
        assert time.monotonic() - started < 2
        assert database.query("SELECT 1").rows == [(1,)]

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT instr(hex(zeroblob(4900000)), hex(zeroblob(2000000)) || '1')",
            "SELECT replace(hex(zeroblob(4900000)), hex(zeroblob(2000000)) || '1', '')",
            "SELECT hex(zeroblob(490000)) LIKE '%' || hex(zeroblob(20000)) || '1%'",
        ],
    )
    def test_a_single_function_cannot_run_for_minutes(self, database, sql):
        started = time.monotonic()
        with pytest.raises(QueryError, match=r"too big|too complex"):
            database.query(sql)
        assert time.monotonic() - started < 2

    def test_a_greedy_query_is_stopped_before_it_eats_the_memory(self, database, monkeypatch):
        monkeypatch.setattr("engine.gyms.readonly.MAX_MEMORY_BYTES", 20_000_000)
        monkeypatch.setattr("engine.gyms.readonly.MAX_RESULT_BYTES", 5_000_000)
        with pytest.raises(QueryError, match="20 MB of memory"):
            database.query(self.ENDLESS.format("zeroblob(900000)", "x") + " ORDER BY random()", seconds=60)
        with pytest.raises(QueryError, match="larger than 5 MB"):
            database.query(self.ENDLESS.format("zeroblob(900000)", "x"), seconds=60)


def test_a_change_survives_json(database):
    [change] = changes(database, "INSERT INTO item VALUES ('I_3', 'drei', 0.1, 9223372036854775807, x'00ff')")
    assert Change.model_validate(json.loads(change.model_dump_json())) == change
