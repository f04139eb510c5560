from __future__ import annotations

import json

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot

from engine.trajectory.changes import Change
from eog_tui.screens.base import EogScreen
from eog_tui.widgets.change_groups import net_changes
from eog_tui.widgets.change_view import LONGEST_VALUE, ChangeView
from eog_tui.widgets.result_view import ResultView
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.text_view import TextView

from .gallery import RESULT, app, changes


class ChangesScreen(EogScreen[None]):
    MAIN = "ChangeView"

    def compose(self) -> ComposeResult:
        yield ChangeView(empty="No row was changed.")


class ResultScreen(EogScreen[None]):
    def compose(self) -> ComposeResult:
        yield ResultView()


async def drawn(pilot: Pilot[object], row_changes: list[Change]) -> list[str]:
    view = pilot.app.screen.query_one(ChangeView)
    view.show(row_changes)
    await pilot.pause()
    return [line for y in range(view.size.height) if (line := view.render_line(y).text.rstrip())]


async def test_changes_are_told_by_row_with_before_and_after() -> None:
    async with app(ChangesScreen).run_test(size=(80, 24)) as pilot:
        assert await drawn(pilot, changes()) == [
            "incident INC_003 · changed",
            "  impact      medium → high",
            "  updated_at  2026-01-01 12:00:00 → 2026-01-02 09:30:00",
            "incident_sla SLA_9 · new",
            "  sla_id  SLA_9",
            "  stage   high",
            "task 4 · deleted",
            "  task_id  4",
            "  title    high",
        ]
        assert await drawn(pilot, []) == ["No row was changed."]


async def test_several_gyms_are_told_apart() -> None:
    two = [changes()[0], changes()[0].model_copy(update={"gym": "gym-csm-mcp"})]
    async with app(ChangesScreen).run_test(size=(80, 24)) as pilot:
        lines = await drawn(pilot, two)
        assert [line[:15] for line in lines if line.startswith("─")] == ["─ gym-csm-mcp ─", "─ gym-itsm-mcp "]


async def test_long_values_wrap_under_their_column_and_what_is_cut_is_counted() -> None:
    async with app(ChangesScreen).run_test(size=(80, 24)) as pilot:
        lines = await drawn(pilot, changes("word " * (LONGEST_VALUE // 5 + 100)))
        assert any("+500 chars" in line for line in lines)
        assert all(len(line) <= 80 for line in lines)
        assert lines[2].startswith(" " * 14 + "word")


def change(op: str, before: dict[str, object] | None, after: dict[str, object] | None) -> Change:
    return Change(gym="g", table="t", op=op, key={"id": 1}, before=before, after=after)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([("update", {"a": 1}, {"a": 2}), ("update", {"a": 2}, {"a": 3})], [("update", {"a": 1}, {"a": 3})]),
        (
            [("update", {"a": 1}, {"a": 2}), ("update", {"b": 5}, {"b": 6})],
            [("update", {"b": 5, "a": 1}, {"a": 2, "b": 6})],
        ),
        ([("update", {"a": 1}, {"a": 2}), ("update", {"a": 2}, {"a": 1})], []),
        ([("insert", None, {"a": 1, "b": 0}), ("update", {"a": 1}, {"a": 2})], [("insert", None, {"a": 2, "b": 0})]),
        ([("insert", None, {"a": 1}), ("delete", {"a": 1}, None)], []),
        ([("update", {"a": 1}, {"a": 2}), ("delete", {"a": 2, "b": 0}, None)], [("delete", {"a": 1, "b": 0}, None)]),
        ([("delete", {"a": 1, "b": 0}, None), ("insert", None, {"a": 2, "b": 0})], [("update", {"a": 1}, {"a": 2})]),
    ],
)
def test_changes_of_one_row_fold_into_what_came_of_it(
    parts: list[tuple[str, dict[str, object], dict[str, object]]],
    whole: list[tuple[str, dict[str, object], dict[str, object]]],
) -> None:
    assert net_changes(change(*part) for part in parts) == [change(*part) for part in whole]


def visible(pilot: Pilot[object]) -> str:
    return type(next(w for w in pilot.app.screen.query("RowTable, TextView") if w.display)).__name__


async def test_a_list_of_rows_is_a_table_and_enter_opens_a_row() -> None:
    async with app(ResultScreen).run_test(size=(80, 24)) as pilot:
        view = pilot.app.screen.query_one(ResultView)
        view.show(RESULT, "14 incidents · 1.4 kB")
        await pilot.pause()
        assert visible(pilot) == "RowTable"
        await pilot.press("tab", "j", "enter")
        assert visible(pilot) == "TextView"
        assert json.loads(view.query_one(TextView).text) == json.loads(RESULT)["incidents"][1]
        await pilot.press("escape")
        assert visible(pilot) == "RowTable"
        assert view.query_one(RowTable).has_focus


@pytest.mark.parametrize("text", ['{"id": 1}', "[1, 2]", "no such user", "", "{broken", '[{"only": "one"}]'])
async def test_other_results_are_text(text: str) -> None:
    async with app(ResultScreen).run_test(size=(80, 24)) as pilot:
        pilot.app.screen.query_one(ResultView).show(RESULT)
        await pilot.pause()
        pilot.app.screen.query_one(ResultView).show(text)
        await pilot.pause()
        assert visible(pilot) == "TextView"


async def test_a_large_result_shows_as_text_at_once_and_as_a_table_when_it_is_read() -> None:
    text = json.dumps([{"n": n, "text": "x" * 100} for n in range(2_000)])
    async with app(ResultScreen).run_test(size=(80, 24)) as pilot:
        pilot.app.screen.query_one(ResultView).show(text)
        assert visible(pilot) == "TextView"
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert pilot.app.screen.query_one(RowTable).count == 2_000
