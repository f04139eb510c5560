"""A store of the first version opens, keeps its runs, and can do what is new."""

import sqlite3

import pytest
from alembic import command
from sqlalchemy import create_engine

from engine.trajectory.events import Intervention, RunEnded
from engine.trajectory.migrating import configuration
from engine.trajectory.store import RunQuery, Store
from engine.trajectory.tables import REVISION

from .conftest import in_a_file

pytestmark = in_a_file  # there were no stores elsewhere in the first version's days


@pytest.fixture
def first_version(record, store, path, tmp_path, impact):
    """A store as revision 0001 left it, with one run in it, and that run's number."""
    run = record().start()
    run.call("update_incident", {"incident_id": "INC_003"}, "{}", changes=(impact,))
    run.append(RunEnded(step=2, status="passed", answer="Done."))
    store.close()
    old = tmp_path / "old.db"
    with create_engine(f"sqlite:///{old}").begin() as connection:
        command.upgrade(configuration(connection), "0001")
    with sqlite3.connect(old) as raw:
        raw.execute("ATTACH ? AS new", (str(path),))
        tables = [name for (name,) in raw.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table.startswith(("sqlite_", "alembic_")):
                continue
            columns = ", ".join(f'"{row[1]}"' for row in raw.execute(f'PRAGMA main.table_info("{table}")'))
            raw.execute(f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM new."{table}"')
    return old, run.run_id


def test_a_store_of_the_first_version_keeps_its_runs_and_gets_the_new_columns(first_version):
    old, run_id = first_version
    with Store.open(old) as store:
        row = store.run(run_id)
        assert (row.status, row.answer, row.steps) == ("passed", "Done.", 3)
        assert (row.parent_id, row.parent_step, row.interventions, row.plan) == (None, None, 0, None)
        assert [event.kind for event in store.history(run_id)] == [
            "run_started",
            "message",
            "message",
            "tool_call",
            "tool_result",
            "run_ended",
        ]
        assert len(store.changes(run_id)) == 1
        assert store.count(RunQuery.parse("intervened:no fork:no plan:no")) == 1
    with sqlite3.connect(old) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISION,)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_new_runs_with_people_in_them_fit_into_it(first_version):
    from .conftest import Recording

    old, run_id = first_version
    with Store.open(old) as store:
        run = Recording(store, parent_id=run_id, parent_step=1).start()
        run.append(Intervention(step=2, action="take_over", by="ada"))
        assert store.run(run.run_id).interventions == 1
        assert [row.id for row in store.family(run_id)] == [run_id, run.run_id]
        assert store.put_order(run.run_id, "{}") == 1
        store.delete_run(run_id)
        assert store.run(run.run_id).parent_id == run_id
