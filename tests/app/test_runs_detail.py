"""What the strip below the Runs table says of a run, from real recordings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.trajectory.store import RunQuery, Store
from eog_tui.screens.run_detail import detail_lines, detail_title, read_detail
from eog_tui.screens.run_rows import COLUMNS, StoredRuns, cells
from tests.app.recorded import Story, record_long, record_story
from tests.app.tape import Tape


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Story]]:
    with Store.open(tmp_path_factory.mktemp("runs") / "store.db") as store:
        yield store, record_story(store)


def lines(store: Store, run_id: int) -> list[str]:
    return ["".join(text for text, _ in line) for line in detail_lines(read_detail(store, run_id))]


def test_a_failed_run_says_which_verifier_and_what_it_found(told: tuple[Store, Story]) -> None:
    store, story = told
    failed = lines(store, story.failed)
    assert failed[0].startswith("✗ CAB approval is required before scheduling: status is 'scheduled', expected 'new'")
    assert failed[1].startswith("● notification NTF_019 · new")
    assert failed[2].startswith("answer CHG-000004 is with the network team")


def test_a_passed_run_says_so(told: tuple[Store, Story]) -> None:
    store, story = told
    assert lines(store, story.passed)[0] == "✓ all verifiers pass  2 done · 1 kept"


def test_an_errored_run_says_why(told: tuple[Store, Story]) -> None:
    store, story = told
    assert lines(store, story.errored)[0].startswith("! model: APIConnectionError")


def test_an_interrupted_run_says_what_happened(told: tuple[Store, Story]) -> None:
    store, story = told
    assert lines(store, story.interrupted) == ["! the program that ran it was ended"]


def test_a_live_run_says_what_it_does(told: tuple[Store, Story]) -> None:
    store, story = told
    live = lines(store, story.running)
    assert live[0].startswith("▶ running  step 4  create_notification")
    assert live[1].startswith("● incident INC_009 · status in_progress → resolved")


def test_gyms_elsewhere_are_named(told: tuple[Store, Story], tmp_path: Path) -> None:
    def title(store: Store, run_id: int) -> str:
        return "".join(text for text, _ in detail_title(read_detail(store, run_id)))

    store, story = told
    assert "embedded" not in title(store, story.passed)
    with Store.open(tmp_path / "store.db") as other:
        run_id = Tape(other, "Printer impact", "Raise it.", address="http://localhost:8006").start().run_id
        assert "· react · gpt-5-mini · remote at http://localhost:8006 · 2026" in title(other, run_id)


def test_the_last_write_is_found_however_long_ago(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        run_id = record_long(store, 120)
        detail = read_detail(store, run_id)
        assert detail.wrote is not None
        assert detail.wrote.number == 110


def test_cells_of_a_row(told: tuple[Store, Story]) -> None:
    store, story = told
    row = store.run(story.failed)
    assert row.started_at is not None
    shown = [cell.text for cell in cells(row, row.started_at + timedelta(minutes=12))]
    assert len(shown) == len(COLUMNS)
    assert shown[:2] == ["✗ fail", "Change request without CAB"]
    assert shown[2] == "react · opus-4.5"
    assert shown[3] == "2/3"
    assert shown[-1] == "12m"


def test_the_source_counts_pages_and_finds(told: tuple[Store, Story]) -> None:
    store, story = told
    source = StoredRuns(store, RunQuery(sort="task", descending=False))
    ids = [row.id for row in source.rows(0, 128)]
    assert source.count() == len(ids) == 5
    assert source.find(story.failed) == ids.index(story.failed)
    assert StoredRuns(store, RunQuery(filters={"status": "passed"})).find(story.failed) is None
