"""The Workbench's look into the database, where it is allowed: verifiers, tables, rows."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on, work
from textual.widgets import Static

from engine.trajectory.database import StoreError
from engine.trajectory.events import PROMPTS
from eog_tui.literal import content
from eog_tui.live.following import Following
from eog_tui.live.state_views import VerifierView
from eog_tui.screens.base import EogScreen
from eog_tui.widgets.change_view import value_text
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.panes import Pane
from eog_tui.widgets.result_view import columns_for
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand
from eog_tui.widgets.text_view import TextView
from eog_tui.workbench.desk import Desk
from eog_tui.workbench.peeking import SAMPLE, PeekError, Peeking, Table, TableRow, TableRows

_TABLES = (
    Column("name", "table", 20, 10, grows=True, keep=9, sorts=False),
    Column("rows", "rows", 7, 5, right=True, keep=8, sorts=False),
    Column("gym", "gym", 14, 8, keep=2, sorts=False),
)


class DatabasePane(Pane):
    """How the verifiers stand, all tables; Enter opens a table, and in it a row. Read only when it is looked at."""

    DEFAULT_CSS = """
    DatabasePane {
        & > Static { height: auto; max-height: 4; padding: 0 1; color: $error; display: none; }
        & > #rows, & > TextView { display: none; }
        &.-table > #tables, &.-table > VerifierView { display: none; }
        &.-table > #rows { display: block; }
        &.-row > #rows, &.-row > FilterBar { display: none; }
        &.-row > TextView { display: block; }
        & > Pane { height: 1fr; }
    }
    """

    def __init__(self) -> None:
        tables = RowTable[Table](
            _TABLES,
            lambda table: [Cell(table.name), Cell(f"{table.rows:,}"), Cell(table.gym, "dim")],
            lambda table: (table.gym, table.name),
            empty="The database is being read …",
            id="tables",
        )
        super().__init__(
            "Database",
            Static(""),
            VerifierView(id="verifiers"),
            FilterBar("words of a row", id="row-filter"),
            tables,
            Pane("", id="rows"),
            TextView(),
            id="database",
        )
        self._peeking: Peeking | None = None
        self._following: Following | None = None
        self._desk: Desk | None = None
        self._step = -1
        self._table: Table | None = None
        self._columns: Sequence[str] = ()

    @property
    def _eog(self) -> EogScreen[None]:
        assert isinstance(self.screen, EogScreen)
        return self.screen

    def take(self, desk: Desk) -> None:
        """There may be something new; it is read once the pane is in sight."""
        self._desk = desk
        if self.region and self.is_on_screen:
            self._eog.in_turn(self._read)

    def on_show(self) -> None:
        """Read what is new."""
        self._eog.in_turn(self._read)

    async def _read(self) -> None:
        desk = self._desk
        if desk is None or not desk.peeks:
            return
        step = max((head.number for head in desk.heads if head.ok is not None), default=PROMPTS - 1)
        if step == self._step:
            return
        if self._peeking is None or self._following is None:
            store = self._eog.eog.store
            self._peeking, self._following = Peeking(store, desk.run.id), Following(store, desk.run.id)
        try:
            tables = await self._eog.in_thread(self._peeking.tables, step)
            sight = await self._eog.in_thread(self._following.look)
        except (PeekError, StoreError) as error:
            self._say(str(error))
            return
        self._step = step
        self._say("")
        self.query_one("#tables", RowTable).show(RowsAtHand(tables, lambda table: (table.gym, table.name)))
        self.query_one(VerifierView).show(sight.standings)
        if self._table is not None:
            self._list_rows()

    def _say(self, problem: str) -> None:
        said = self.query_one(Static)
        said.update(content(f"! {problem}"))
        said.display = bool(problem)

    @on(RowTable.Selected)
    def _keep_to_itself(self, event: RowTable.Selected) -> None:
        event.stop()

    @on(RowTable.Failed)
    def _failed(self, event: RowTable.Failed) -> None:
        event.stop()
        self._say(str(event.error))

    @on(RowTable.Opened)
    def _open(self, event: RowTable.Opened) -> None:
        event.stop()
        if isinstance(event.row, Table):
            self._open_table(event.row)
        elif isinstance(event.row, TableRow):
            view = self.query_one(TextView)
            view.show_value(event.row.fields)
            self.add_class("-row")
            view.focus()

    @work(exclusive=True, group="table")
    async def _open_table(self, table: Table) -> None:
        assert self._peeking is not None
        try:
            sample = await self._eog.in_thread(TableRows(self._peeking, table, ()).rows, 0, SAMPLE)
        except PeekError as error:
            self._say(str(error))
            return
        self._table, columns = table, columns_for([row.fields for row in sample])
        self._columns = [column.key for column in columns]
        pane = self.query_one("#rows", Pane)
        pane.title = f"{table.name} {table.rows:,}"
        await pane.remove_children()
        rows = RowTable[TableRow](
            columns,
            lambda row: [Cell(value_text(row.fields.get(name))) for name in self._columns],
            lambda row: row.number,
            empty="No row.",
            expects=(PeekError,),
        )
        await pane.mount(rows)
        self.add_class("-table")
        self._list_rows()
        self.call_after_refresh(rows.focus)

    @on(FilterBar.Changed)
    def _list_rows(self) -> None:
        if self._table is not None and self._peeking is not None:
            words = self.query_one(FilterBar).value.split()
            self.query_one("#rows RowTable", RowTable).show(TableRows(self._peeking, self._table, self._columns, words))

    def on_filter_bar_left(self, event: FilterBar.Left) -> None:
        """Go to what was filtered."""
        event.stop()
        self.query_one("#rows RowTable", RowTable).focus()

    @property
    def filters(self) -> bool:
        """Whether there are rows to filter."""
        return self.has_class("-table") and not self.has_class("-row")

    def step_out(self) -> bool:
        """From a row to its table, from there to the tables; returns whether there was one open."""
        bar = self.query_one(FilterBar)
        if self.has_class("-row"):
            self.remove_class("-row")
            self.query_one("#rows RowTable", RowTable).focus()
        elif bar.step_out():
            pass
        elif self._table is not None:
            self._table = None
            self.remove_class("-table")
            self.query_one("#tables", RowTable).focus()
        else:
            return False
        return True

    def on_unmount(self) -> None:
        """Give up the databases."""
        if self._peeking is not None:
            self._peeking.close()
