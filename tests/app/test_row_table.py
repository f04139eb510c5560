from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from textual.app import ComposeResult
from textual.events import MouseScrollDown
from textual.pilot import Pilot

from eog_tui.app import EogApp
from eog_tui.glyphs import STATUS
from eog_tui.screens.base import EogScreen
from eog_tui.widgets.row_pages import PAGE
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Column, layout

from .gallery import Record, app, records, source, table


class TableScreen(EogScreen[None]):
    MAIN = "RowTable"

    def __init__(self, rows: Sequence[Record]) -> None:
        super().__init__()
        self.rows = rows
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield table(empty="No runs yet.\nr launches one.")

    def on_mount(self) -> None:
        super().on_mount()
        self.table.show(source(self.rows))

    @property
    def table(self) -> RowTable[Record]:
        return self.query_one(RowTable)

    def on_row_table_selected(self, event: RowTable.Selected) -> None:
        self.heard.append(f"selected {event.row.id if isinstance(event.row, Record) else None}")

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        assert isinstance(event.row, Record)
        self.heard.append(f"opened {event.row.id}")

    def on_row_table_sort_requested(self, event: RowTable.SortRequested) -> None:
        self.heard.append(f"sort {event.column} {'down' if event.descending else 'up'}")


def screen(pilot: Pilot[object]) -> TableScreen:
    shown = pilot.app.screen
    assert isinstance(shown, TableScreen)
    return shown


def lines(pilot: Pilot[object]) -> list[str]:
    shown = screen(pilot).table
    return [shown.render_line(y).text for y in range(shown.size.height)]


def tables(count: int) -> EogApp:
    return app(lambda: TableScreen(records(count)))


async def test_keys_move_page_and_jump_and_the_selection_stays_in_sight() -> None:
    async with tables(1_000).run_test(size=(80, 24)) as pilot:
        shown = screen(pilot).table
        for keys, cursor in [
            (["j", "j", "k"], 1),
            (["pagedown"], 23),
            (["G"], 999),
            (["up"], 998),
            (["g"], 0),
            (["end"], 999),
            (["home"], 0),
            (["k"], 0),
        ]:
            await pilot.press(*keys)
            assert shown.cursor == cursor
            assert shown.scroll_offset.y <= cursor < shown.scroll_offset.y + shown.size.height - 1


async def test_the_header_stays_while_rows_scroll() -> None:
    async with tables(1_000).run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        drawn = lines(pilot)
        assert drawn[0].split() == ["status", "task", "agent", "steps", "cost"]
        assert drawn[-1].split()[1] == STATUS[records(1_000)[-1].status].word
        assert screen(pilot).table.selected == records(1_000)[-1]


async def test_enter_and_a_double_click_open_a_row() -> None:
    async with tables(50).run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "enter")
        assert screen(pilot).heard[-1] == "opened 1"
        await pilot.click(RowTable, offset=(5, 4))
        assert screen(pilot).heard[-1] == "selected 3"
        await pilot.click(RowTable, offset=(5, 4), times=2)
        assert screen(pilot).heard[-1] == "opened 3"


async def test_a_click_on_a_column_s_head_asks_for_its_order_and_then_for_the_reverse() -> None:
    async with tables(50).run_test(size=(80, 24)) as pilot:
        await pilot.click(RowTable, offset=(77, 0))
        assert screen(pilot).heard[-1] == "sort cost down"
        screen(pilot).table.show(source(records(50)), sort=("cost", True))
        await pilot.click(RowTable, offset=(77, 0))
        assert screen(pilot).heard[-1] == "sort cost up"
        assert "cost↓" in lines(pilot)[0]


async def test_the_wheel_scrolls_without_moving_the_selection() -> None:
    async with tables(500).run_test(size=(80, 24)) as pilot:
        shown = screen(pilot).table
        shown.post_message(MouseScrollDown(shown, 5, 5, 0, 0, 0, False, False, False))
        await pilot.pause()
        assert shown.scroll_offset.y > 0
        assert shown.cursor == 0


async def test_the_selection_stays_with_its_row_when_the_order_changes() -> None:
    async with tables(500).run_test(size=(80, 24)) as pilot:
        shown = screen(pilot).table
        await pilot.press(*["j"] * 7)
        shown.show(source(records(500)[::-1]), sort=("id", True))
        await pilot.pause()
        assert shown.selected == records(500)[7]
        assert shown.cursor == 492
        assert shown.scroll_offset.y <= 492 < shown.scroll_offset.y + 23


async def test_new_rows_on_top_do_not_move_what_is_read() -> None:
    async with tables(500).run_test(size=(80, 24)) as pilot:
        shown = screen(pilot).table
        await pilot.press("G", *["k"] * 100)
        before = lines(pilot)
        shown.show(source([*[Record(-n, "queued", "new", "", 0, "") for n in range(1, 4)], *records(500)]))
        await pilot.pause()
        assert lines(pilot) == before


class Growing:
    """A source that gets rows at its top."""

    at_hand = True

    def __init__(self) -> None:
        self.held = records(500)

    def come(self, count: int) -> None:
        first = self.held[0].id
        self.held = [*(Record(first - n, "queued", "new", "", 0, "") for n in range(count, 0, -1)), *self.held]

    def count(self) -> int:
        return len(self.held)

    def rows(self, offset: int, limit: int) -> list[Record]:
        return self.held[offset : offset + limit]

    def find(self, row_id: object) -> int | None:
        return next((place for place, row in enumerate(self.held) if row.id == row_id), None)


async def test_a_chip_counts_the_rows_that_came_above_until_somebody_looks() -> None:
    async with tables(1).run_test(size=(80, 24)) as pilot:
        shown, growing = screen(pilot).table, Growing()
        shown.show(growing)
        await pilot.press("j")
        growing.come(1)
        shown.reload()
        await pilot.pause()
        assert "new ↑" not in lines(pilot)[0], "at the top one sees them come"

        await pilot.press("G", *["k"] * 100)
        rows = lines(pilot)[1:]
        for count in (2, 3):
            growing.come(count)
            shown.reload()
            await pilot.pause()
        assert lines(pilot)[0].endswith("5 new ↑ ")
        assert lines(pilot)[1:] == rows
        await pilot.click(RowTable, offset=(77, 0))
        assert shown.cursor == 0
        assert "new ↑" not in lines(pilot)[0]
        assert screen(pilot).heard[-1] == f"selected {growing.held[0].id}"


async def test_another_question_begins_to_count_anew() -> None:
    async with tables(1).run_test(size=(80, 24)) as pilot:
        shown, growing = screen(pilot).table, Growing()
        shown.show(growing)
        await pilot.press("G")
        growing.come(2)
        shown.reload()
        await pilot.pause()
        assert "2 new ↑" in lines(pilot)[0]
        shown.show(source(records(500)), sort=("id", False))
        await pilot.pause()
        assert "new ↑" not in lines(pilot)[0]


async def test_when_the_selected_row_is_gone_the_one_in_its_place_is_selected() -> None:
    async with tables(10).run_test(size=(80, 24)) as pilot:
        shown = screen(pilot).table
        await pilot.press("j", "j")
        shown.show(source([row for row in records(10) if row.id != 2]))
        await pilot.pause()
        assert shown.selected == records(10)[3]
        shown.show(source(records(10)[:1]))
        await pilot.pause()
        assert shown.selected == records(10)[0]


async def test_no_rows_say_what_to_do_next() -> None:
    async with tables(0).run_test(size=(80, 24)) as pilot:
        assert [line.strip() for line in lines(pilot)[1:3]] == ["No runs yet.", "r launches one."]
        await pilot.press("enter", "j", "G")
        assert screen(pilot).heard == ["selected None"] * len(screen(pilot).heard)


async def test_marked_rows_are_marked_by_id() -> None:
    async with tables(10).run_test(size=(80, 24)) as pilot:
        shown = screen(pilot).table
        shown.marked = {3}
        shown.show(source(records(10)[2:]))
        await pilot.pause()
        assert [line[0] for line in lines(pilot)[1:4]] == [" ", "◆", " "]


class SlowRows:
    """A source that answers when the test lets it."""

    at_hand = False

    def __init__(self, rows: Sequence[Record]) -> None:
        self._rows = rows
        self.gate = threading.Event()
        self.asked: list[int] = []

    def count(self) -> int:
        self.gate.wait(5)
        return len(self._rows)

    def rows(self, offset: int, limit: int) -> Sequence[Record]:
        self.gate.wait(5)
        self.asked.append(offset // PAGE)
        return self._rows[offset : offset + limit]

    def find(self, row_id: object) -> int | None:
        return next((place for place, row in enumerate(self._rows) if row.id == row_id), None)


async def settle(pilot: Pilot[object]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_old_rows_stay_and_keys_work_until_slow_rows_are_there() -> None:
    async with tables(20).run_test(size=(80, 24)) as pilot:
        slow = SlowRows(records(10_000))
        shown = screen(pilot).table
        shown.show(slow)
        await pilot.press("j")
        assert shown.count == 20
        assert shown.cursor == 1
        slow.gate.set()
        await settle(pilot)
        assert shown.count == 10_000
        assert shown.selected == records(2)[1]


async def test_only_the_pages_that_are_looked_at_are_fetched() -> None:
    async with tables(0).run_test(size=(80, 24)) as pilot:
        slow = SlowRows(records(100_000))
        slow.gate.set()
        shown = screen(pilot).table
        shown.show(slow)
        await settle(pilot)
        await pilot.press("G")
        await settle(pilot)
        assert shown.selected is not None
        assert shown.selected.id == 99_999
        assert screen(pilot).heard[-1] == "selected 99999"
        assert len(slow.asked) <= 5


async def test_the_last_order_asked_for_wins() -> None:
    async with tables(0).run_test(size=(80, 24)) as pilot:
        first, second = SlowRows(records(5)), SlowRows(records(7))
        second.gate.set()
        shown = screen(pilot).table
        shown.show(first)
        await pilot.pause()
        shown.show(second)
        await pilot.pause(0.1)
        first.gate.set()
        await settle(pilot)
        assert shown.count == 7


COLUMNS = [
    Column("a", "a", 10, 6, keep=3),
    Column("b", "b", 20, 8, grows=True, keep=2),
    Column("c", "c", 8, 8, keep=1),
]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (60, [("a", 10), ("b", 40), ("c", 8)]),
        (40, [("a", 10), ("b", 20), ("c", 8)]),
        (30, [("a", 10), ("b", 10), ("c", 8)]),
        (24, [("a", 6), ("b", 8), ("c", 8)]),
        (20, [("a", 10), ("b", 9)]),
        (8, [("a", 8)]),
        (3, [("a", 6)]),
    ],
)
def test_columns_shrink_first_and_go_by_importance(width: int, shown: list[tuple[str, int]]) -> None:
    assert [(column.key, cells) for _, column, cells in layout(COLUMNS, width)] == shown
