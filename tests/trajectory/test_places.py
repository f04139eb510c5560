"""Where a run stands in a list: how a selection finds its row again after sort, filter and refresh."""

from __future__ import annotations

import itertools
import random

import pytest
from sqlalchemy import update

from engine.trajectory.query import SORTS
from engine.trajectory.store import RunQuery, Store
from engine.trajectory.tables import Run

from .conftest import Recording


@pytest.fixture
def mixed(store: Store) -> Store:
    """Runs with few different values, so that many are equal, and some without any."""
    chance = random.Random(4)
    for number in range(30):
        run_id = Recording(store, task_name=f"task {number % 4}", model=chance.choice([None, "a", "b"])).run_id
        values = {"steps": chance.randrange(3), "cost_usd": chance.choice([None, 0.0, 0.25])}
        with store.database.write() as connection:
            connection.execute(update(Run).where(Run.id == run_id).values(values))
    return store


@pytest.mark.parametrize(("sort", "descending"), itertools.product(SORTS, (True, False)))
def test_place_is_where_the_list_shows_the_run(mixed: Store, sort: str, descending: bool) -> None:
    for text in ("", "2"):
        query = RunQuery(text, sort=sort, descending=descending)
        listed = [run.id for run in mixed.runs(query)]
        assert [mixed.place(run_id, query) for run_id in listed] == list(range(len(listed)))


def test_no_place_for_a_run_that_is_filtered_out(mixed: Store) -> None:
    first, last = mixed.runs(limit=1)[0].id, mixed.runs(RunQuery(descending=False), limit=1)[0].id
    assert mixed.place(first, RunQuery("no such words")) is None
    assert mixed.place(first) == 0
    assert mixed.place(last) == 29
    assert mixed.place(9_999) is None
