"""A tool's result: its shape first, a table when it is a list of rows, else JSON or text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from eog_tui.literal import content
from eog_tui.widgets.change_view import value_text
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand
from eog_tui.widgets.text_view import TextView

READ_AT_ONCE = 64_000
"""Characters up to which a result is parsed on the event loop; a longer one shows as text until it is read."""
_WIDEST = 32
_SAMPLE = 50


class _Record(NamedTuple):
    number: int
    fields: Mapping[str, Any]


def rows_in(value: Any) -> list[Mapping[str, Any]]:
    """The list of rows that a result is, or that is the only list in it; empty when it is something else."""
    if isinstance(value, Mapping):
        lists = [item for item in value.values() if isinstance(item, list)]
        value = lists[0] if len(lists) == 1 else None
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        return value
    return []


def columns_for(rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Columns that fit the values of the first rows; the leftmost stay longest."""
    sample = rows[:_SAMPLE]
    names = list(dict.fromkeys(name for row in sample for name in row))
    columns = []
    for nth, name in enumerate(names):
        values = [row.get(name) for row in sample]
        longest = max([len(str(name)), *(len(value_text(value)) for value in values)])
        numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        columns.append(
            Column(
                str(name),
                str(name),
                min(longest, _WIDEST),
                min(longest, 10),
                right=numbers,
                keep=-nth,
                sorts=False,
            )
        )
    return columns


class ResultView(Vertical):
    """Shows one result. In the table Enter opens a row as JSON, Esc comes back."""

    DEFAULT_CSS = """
    ResultView {
        height: 1fr;
        & > .result--shape { height: 1; padding: 0 1; color: $dim; text-wrap: nowrap; text-overflow: ellipsis; }
        & > RowTable { display: none; }
        &.-rows > RowTable { display: block; }
        &.-rows > TextView { display: none; }
        &.-row > RowTable { display: none; }
        &.-row > TextView { display: block; }
    }
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._text = ""
        self._records: list[tuple[_Record, str]] = []
        """The rows, and what stands in each, for finding."""

    def compose(self) -> ComposeResult:
        """Shape, table and text."""
        yield Static("", classes="result--shape")
        yield TextView()

    def show(self, text: str, shape: str = "") -> None:
        """Show a result's text; ``shape`` is the line about it (``StepHead.shape``)."""
        self._text = text
        self.query_one(".result--shape", Static).update(content(shape))
        self.remove_class("-rows", "-row")
        self.query(RowTable).remove()
        looks_json = text[:1] in ("{", "[")
        self.query_one(TextView).show(text, is_json=looks_json)
        self.workers.cancel_group(self, "read")
        if looks_json and len(text) <= READ_AT_ONCE:
            self._show_rows(_rows_of(text))
        elif looks_json:
            self._read(text)

    def copyable(self) -> str:
        """What ``y`` copies: the row that is open, the selected text, or all of it."""
        in_table = self.has_class("-rows") and not self.has_class("-row")
        return self._text if in_table else self.query_one(TextView).copyable()

    def find(self, words: str) -> str:
        """Narrow the table to the rows that hold all words, or go to them in the text, which tells by ``Found``.

        Returns:
            How many rows are left; empty where that is all, or not known.
        """
        if not self.has_class("-rows") or self.has_class("-row"):
            self.query_one(TextView).search(words)
            return ""
        wanted = words.casefold().split()
        found = [record for record, said in self._records if all(word in said for word in wanted)]
        self.query_one(RowTable).show(RowsAtHand(found, lambda record: record.number))
        return f"{len(found):,} of {len(self._records):,}" if wanted else ""

    def turn(self) -> bool:
        """From the table to all of the result as JSON, and back; returns whether it has rows."""
        if not self.has_class("-rows"):
            return False
        if not self.step_out():
            self._open(self._text)
        return True

    def step_out(self) -> bool:
        """From a row back to the table; returns whether there was one open."""
        if not self.has_class("-row"):
            return False
        self.remove_class("-row")
        self.query_one(RowTable).focus()
        return True

    @work(exclusive=True, group="read")
    async def _read(self, text: str) -> None:
        rows = await asyncio.to_thread(_rows_of, text)
        if text is self._text:
            self._show_rows(rows)

    def _show_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if len(rows) < 2:
            return
        columns = columns_for(rows)
        names = [column.key for column in columns]
        table: RowTable[_Record] = RowTable(
            columns,
            lambda record: [Cell(value_text(record.fields.get(name))) for name in names],
            lambda record: record.number,
        )
        self.mount(table)
        records = [_Record(number, row) for number, row in enumerate(rows)]
        self._records = [(record, " ".join(map(value_text, record.fields.values())).casefold()) for record in records]
        table.show(RowsAtHand(records, lambda record: record.number))
        self.add_class("-rows")

    @on(RowTable.Selected)
    def _keep_to_itself(self, event: RowTable.Selected) -> None:
        event.stop()

    @on(RowTable.Opened)
    def _open_row(self, event: RowTable.Opened) -> None:
        event.stop()
        assert isinstance(event.row, _Record)
        self._open(json.dumps(event.row.fields, ensure_ascii=False, default=str))

    def _open(self, text: str) -> None:
        view = self.query_one(TextView)
        view.show(text, is_json=True)
        self.add_class("-row")
        view.focus()


def _rows_of(text: str) -> list[Mapping[str, Any]]:
    try:
        return rows_in(json.loads(text))
    except (ValueError, RecursionError):
        return []
