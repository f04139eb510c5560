"""Runs, the home screen: how is it going?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.widgets import Static

from engine.trajectory.events import ALIVE, RunStatus, now
from engine.trajectory.query import RunQuery, RunQueryError
from engine.trajectory.reading import RunRow
from engine.trajectory.store import StoreError
from eog_tui.actions import Action, bindings
from eog_tui.literal import content
from eog_tui.replay.family import tree
from eog_tui.screens.base import WIDE, Command, StoreChanged
from eog_tui.screens.choose import ChooseScreen
from eog_tui.screens.run_detail import Detail, detail_lines, detail_title, read_detail, run_text
from eog_tui.screens.run_filter import FilterSuggester
from eog_tui.screens.run_rows import COLUMNS, ListedRun, StoredRuns, cells
from eog_tui.screens.run_sums import sums
from eog_tui.screens.runs_ending import Endings
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from engine.runs.spec import Launch

NO_RUNS = "No runs yet: r launches one, D plays the demo."
NO_MATCH = "No run matches the filter. Esc clears it."

_TO_A_RUN = {"list.open", "runs.act", "runs.stop", "runs.family", "copy", "open"}
"""Ids of the actions that need a run to do anything."""

CLOCK_SECONDS = 1.0
"""How often the times of live runs move."""
_REST_TICKS = 30
"""Ticks of that clock after which ``5m`` is looked at again although nothing happens."""


class RunsScreen(Endings):
    """Every run of the store in one table, with what explains the selected one below it."""

    BINDINGS = bindings("runs")
    CSS_PATH = "runs.tcss"
    MAIN = "#runs"

    def __init__(
        self,
        store_name: str = "default",
        *,
        replay: tuple[int, int | None] | None = None,
        launch: Launch | None = None,
    ) -> None:
        """Make the screen.

        Args:
            store_name: what the store is called in the first line.
            replay: a run and step to open at once.
            launch: one to start and watch at once.
        """
        super().__init__()
        self._store_name = store_name
        self._opens, self._starts = replay, launch
        self._query = RunQuery()
        self._misread = ""
        """What is wrong with the filter that is typed; rows of the one before may still come."""
        self._unfolded: frozenset[int] = frozenset()
        """Runs whose forks are shown beneath them."""
        self._counts: dict[RunStatus, int] = {}
        self._spent: float | None = None
        self._detail: Detail | None = None
        self._ticks = 0

    def compose(self) -> ComposeResult:
        """From top to bottom: sums, filter, table, the selected run."""
        yield PieceLines(id="sums")
        yield FilterBar("words, status: agent: model: task: domain:", suggester=FilterSuggester())
        yield Static(id="problem")
        yield RowTable[RunRow](
            COLUMNS,
            lambda row: cells(row, now(), wide=self.app.size.width >= WIDE),
            lambda row: row.id,
            empty="",
            expects=(StoreError,),
            id="runs",
        )
        yield PieceLines(id="detail-title")
        yield PieceLines(id="detail")
        yield KeyFooter(self._footer_label)

    def on_mount(self) -> None:
        """Read the store; open what was asked for."""
        self._load()
        self.in_turn(self._sum_up)
        self._clock = self.set_interval(CLOCK_SECONDS, self._tick)
        if self._opens is not None:
            self.open_replay(*self._opens)
        elif self._starts is not None:
            self.start(self._starts)

    def on_screen_suspend(self) -> None:
        """A covered clock stands still."""
        self._clock.pause()

    def on_screen_resume(self) -> None:
        """And goes on."""
        self._clock.resume()

    # Reading.

    def _load(self) -> None:
        self.query_one(RowTable).show(
            StoredRuns(self.eog.store, self._query, self._unfolded), sort=(self._query.sort, self._query.descending)
        )

    @on(StoreChanged)
    def _catch_up(self) -> None:
        self.query_one(RowTable).reload()
        self.in_turn(self._sum_up)

    def _tick(self) -> None:
        self._ticks += 1
        if any(number for status, number in self._counts.items() if status in ALIVE) or self._ticks % _REST_TICKS == 0:
            self.query_one(RowTable).reload()

    async def _sum_up(self) -> None:
        def read() -> tuple[dict[RunStatus, int], float | None]:
            return self.eog.store.counts(), self.eog.store.spent()

        try:
            self._counts, self._spent = await self.in_thread(read)
        except StoreError as error:
            self.say_problem(str(error))
            return
        self._show_sums()
        table = self.query_one(RowTable)
        table.empty = NO_MATCH if self._total else NO_RUNS
        table.refresh()
        self._say_how_many()

    @property
    def _total(self) -> int:
        return sum(self._counts.values())

    def _show_sums(self) -> None:
        line = self.query_one("#sums", PieceLines)
        # Within its blank at either edge, as wide as the screen, also before that is laid out.
        wide = self.app.size.width
        line.show(*sums(self._counts, self._spent, self._store_name, wide - 2, titled=wide >= WIDE))

    def on_resize(self, event: events.Resize) -> None:
        """The sums take the lines that they need."""
        if self._counts:
            self._show_sums()

    def _footer_label(self, action: Action) -> str:
        """Where no run is selected nothing is offered that needs one; its key says why it cannot be done."""
        return "" if action.id in _TO_A_RUN and not self.query_one(RowTable).count else action.label

    def _say_how_many(self) -> None:
        bar = self.query_one(FilterBar)
        bar.note = f"{self.query_one(RowTable).count:,} of {self._total:,} shown" if bar.value else ""

    def say_problem(self, problem: str) -> None:
        """Say it above the table."""
        said = self.query_one("#problem", Static)
        if bool(problem) != said.display or str(said.content) != f"! {problem}":
            said.update(content(f"! {problem}"))
            said.display = bool(problem)

    @on(RowTable.Failed)
    def _not_read(self, event: RowTable.Failed) -> None:
        self.say_problem(str(event.error))

    # The selected run.

    @on(RowTable.Selected)
    def _selected(self, event: RowTable.Selected) -> None:
        self.say_problem(self._misread)
        self._say_how_many()
        self.query_one(KeyFooter).refresh()
        if isinstance(event.row, RunRow):
            self.in_turn(self._explain)
        else:
            self._show_detail(None)

    async def _explain(self) -> None:
        if (row := self.selected_run) is None:
            return
        try:
            detail = await self.in_thread(read_detail, self.eog.store, row.id)
        except StoreError as error:
            self.say_problem(str(error))
            return
        now_at = self.selected_run
        if detail != self._detail and now_at is not None and now_at.id == row.id:
            self._show_detail(detail)

    def _show_detail(self, detail: Detail | None) -> None:
        self._detail = detail
        self.query_one("#detail-title", PieceLines).show([detail_title(detail)] if detail else [])
        self.query_one("#detail", PieceLines).show(detail_lines(detail) if detail else [])

    # Filter and order.

    @on(FilterBar.Changed)
    def _filtered(self, event: FilterBar.Changed) -> None:
        self._ask_for(event.value, self._query.sort, self._query.descending)

    @on(RowTable.SortRequested)
    def _sorted(self, event: RowTable.SortRequested) -> None:
        self._ask_for(self.query_one(FilterBar).value, event.column, event.descending)

    def _ask_for(self, typed: str, sort: str, descending: bool) -> None:
        try:
            self._query = RunQuery.parse(typed, sort, descending)
        except RunQueryError as error:
            self._misread = str(error)
            self.say_problem(self._misread)
            return
        self._misread = ""
        self._load()

    def action_sort(self) -> None:
        """Choose the column to sort by; the one that holds already turns around."""
        arrow = "↓" if self._query.descending else "↑"
        choices = [(each.key, each.label + (f" {arrow}" if each.key == self._query.sort else "")) for each in COLUMNS]

        def take(column: str | None) -> None:
            if column is not None:
                again = column == self._query.sort
                first = next(each.right for each in COLUMNS if each.key == column)
                self._ask_for(self.query_one(FilterBar).value, column, not self._query.descending if again else first)

        self.app.push_screen(ChooseScreen("sort by", choices, self._query.sort), take)

    def action_family(self) -> None:
        """Unfold the forks of the selected run, or fold them; on a fork that is shown, fold its family."""
        row = self.selected_run
        if isinstance(row, ListedRun) and (row.forks or row.depth):
            self._fold(row)
        elif row is not None and row.parent_id is not None:
            self.eog.toast("The list is filtered, so forks stand by themselves.")
        else:
            self.eog.toast("Nothing was forked from this run." if row else "No run is selected.")

    @work(group="fold")
    async def _fold(self, row: ListedRun) -> None:
        try:
            root = tree(await self.in_thread(self.eog.store.family, row.id))[0].run.id if row.depth else row.id
        except StoreError as error:
            self.say_problem(str(error))
            return
        self._unfolded ^= {root}
        self._load()

    def commands(self) -> Iterable[Command]:
        """The command line's way to the selected run, and filters that people often want."""

        def only(typed: str) -> Command:
            def run() -> None:
                self.query_one(FilterBar).value = typed

            return Command(f"Only {typed.partition(':')[2]} runs", f"Filter by {typed}", run)

        def copy(command: str) -> Command:
            return Command(f"Copy: {command}", "The same on the command line", lambda: self.eog.copy(command))

        run = self.selected_run
        selected = [copy(f"eog-tui {verb} {run.id}") for verb in ("replay", "show")] if run is not None else []
        plans = [
            Command("plans", "The plan library: every plan that people wrote.", self.action_plans),
            Command("uplift report", "What plans are worth: runs with and without one, paired.", self.action_uplift),
        ]
        if run is not None:
            words = "Begin a plan for its task with the calls that worked."
            plans.append(Command("write a plan from this run", words, self.action_draft))
        return [*plans, *selected, *(only(f"status:{status}") for status, number in self._counts.items() if number)]

    def action_pager(self) -> None:
        """Open the selected run as text in the pager."""
        if self.selected_run is not None:
            self._page(self.selected_run.id)
        else:
            self.eog.toast("No run is selected.")

    @work(exclusive=True, group="page")
    async def _page(self, run_id: int) -> None:
        try:
            self.eog.page(await self.in_thread(run_text, self.eog.store, run_id))
        except StoreError as error:
            self.say_problem(str(error))
