"""Opening a store: where it is, what is refused, and that the migrations make what the models say."""

import sqlite3
import stat
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from engine.trajectory.migrating import configuration
from engine.trajectory.store import RunQuery, Store, StoreError
from engine.trajectory.tables import REVISION, Base

from .conftest import in_a_file


def test_migrations_make_the_tables_that_the_models_declare(store):
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == REVISION
        assert ScriptDirectory.from_config(configuration(connection)).get_current_head() == REVISION


@in_a_file
def test_migrations_make_what_a_comparison_does_not_see(store, path):
    made = {name: sql for name, sql in sqlite3.connect(path).execute("SELECT name, sql FROM sqlite_master") if sql}
    assert "WITHOUT ROWID" in made["step"]
    assert "WITHOUT ROWID" in made["change"]
    assert "AUTOINCREMENT" in made["run"]
    assert made["event"].count("ON DELETE CASCADE") == 1
    assert "change_op" in made["change"]


def test_the_store_is_where_the_environment_says(monkeypatch, tmp_path):
    place = tmp_path / "deep" / "down" / "mine.db"
    monkeypatch.setenv("EOG_STORE", str(place))
    Store.open().close()
    assert place.exists()
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    monkeypatch.setenv("EOG_STORE", f"sqlite:///{place}")
    Store.open().close()
    monkeypatch.delenv("EOG_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with Store.open() as store:
        assert str(store.database).startswith(str(tmp_path))
        assert str(store.database).endswith("store.db")


def test_opening_a_store_that_is_up_to_date_does_not_import_alembic(store, where):
    program = "import sys; from engine.trajectory.store import Store; Store.open(sys.argv[1]); "
    program += "print('alembic' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program, str(where)], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


def test_a_store_of_a_newer_version_is_refused(store, where):
    with store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match=r"newer eog-tui .*9999.*Upgrade eog-tui"):
        Store.open(where)


def test_what_is_no_store_is_refused_with_what_to_do(tmp_path):
    notes = tmp_path / "notes.db"
    notes.write_text("not a database, but long enough to look like one" * 50)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as raw:
        raw.execute("CREATE TABLE recipe (name)")
    for place, words in (
        (notes, "is not a store"),
        (other, "of another program"),
        (tmp_path, "it is a folder"),
        (notes / "below" / "store.db", "cannot be at .*Not a directory"),
        ("~nobody-has-this-name/store.db", "cannot be at"),
        ("sqlite://", "needs a file"),
        ("nosuchdb://somewhere/x", "cannot be at"),
        ("://", "neither a path nor a database URL"),
    ):
        with pytest.raises(StoreError, match=words) as refusal:
            Store.open(place)
        assert "EOG_STORE" in str(refusal.value) or "://" in str(place)
    assert sqlite3.connect(other).execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]


def test_a_closed_store_says_so(store):
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.revision()
    with pytest.raises(StoreError, match="closed"):
        store.put_text("late")


@pytest.mark.parametrize(
    "asked",
    [
        lambda store: store.runs(RunQuery("\udcff")),
        lambda store: store.count(RunQuery.parse("task:\udcff")),
        lambda store: store.search(1, "caf\udcff"),
        lambda store: store.plans.list(words="\udcff"),
        lambda store: store.text("\udcff"),
    ],
    ids=["runs", "count", "search", "plans", "text"],
)
def test_bytes_that_are_no_text_are_refused_in_words(store, record, asked):
    record().start()
    with pytest.raises(StoreError, match=r"'\\udcff' is half a character"):
        asked(store)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("nosuchdb://me:hunter2@somewhere/x", "nosuchdb://somewhere/x"),
        ("nosuchdb://somewhere/x?password=hunter2", "nosuchdb://somewhere/x"),
        ("nosuchdb://me:hun@hunter2@somewhere", "nosuchdb://somewhere"),
        ("nosuchdb://me:hunter2@somewhere:port/x", "nosuchdb://somewhere "),
        ("nosuchdb://me:hunter2", "nosuchdb://me "),
    ],
)
def test_the_password_of_a_database_is_not_shown(place, shown):
    with pytest.raises(StoreError) as refusal:
        Store.open(place)
    assert shown in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


@in_a_file
def test_a_damaged_store_says_so_in_words(store, path, record):
    record().start()
    store.close()
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 12] = b"\xff" * (4096 * 11)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        Store.open(path).runs()
