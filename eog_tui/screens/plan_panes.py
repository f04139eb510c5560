"""What stands beside a plan that is being written: its task, the policy, the tools, the seeds' tables, its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from textual import on, work
from textual.message import Message
from textual.widgets import Static

from engine.gyms.session import ToolSpec
from engine.trajectory.events import now
from engine.trajectory.plans import PlanVersion
from eog_tui.figures import ago
from eog_tui.literal import content
from eog_tui.plans.differences import difference, how_many
from eog_tui.plans.seed_tables import FIRST_ROWS, SeedTable, SeedTables, SeedTablesError
from eog_tui.plans.subject import Subject
from eog_tui.plans.tool_text import about_tool
from eog_tui.replay.document import Line, pieces
from eog_tui.replay.document_view import DocumentView
from eog_tui.screens.base import EogScreen
from eog_tui.screens.plan_text import PlanText
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.panes import Pane, Panes
from eog_tui.widgets.result_view import ResultView
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand
from eog_tui.widgets.text_view import TextView
from eog_tui.workbench.tool_search import ToolSearch, first_sentence

_TOOLS = (
    Column("name", "tool", 32, 18, keep=9, sorts=False),
    Column("kind", "", 8, 8, keep=8, sorts=False),
    Column("what", "what it does", 24, 10, grows=True, keep=5, sorts=False),
)
_TABLES = (
    Column("name", "table", 20, 12, grows=True, keep=9, sorts=False),
    Column("rows", "rows", 7, 5, right=True, keep=8, sorts=False),
    Column("columns", "columns", 7, 7, right=True, keep=5, sorts=False),
    Column("gym", "gym", 14, 8, keep=2, sorts=False),
)
_VERSIONS = (
    Column("number", "", 4, 4, right=True, keep=9, sorts=False),
    Column("author", "author", 14, 8, grows=True, keep=8, sorts=False),
    Column("origin", "how", 14, 8, keep=6, sorts=False),
    Column("at", "when", 5, 5, right=True, keep=7, sorts=False),
)


class TextPane(Pane, can_focus=True):
    """The plan's text. With the focus on the pane itself, letters are commands; Enter writes."""

    def __init__(self) -> None:
        self.editor = PlanText(id="text")
        super().__init__("Plan", self.editor, id="plan-pane")

    def step_out(self) -> bool:
        """From the text to the commands; returns whether there was anything to leave."""
        if self.editor.step_out():
            return True
        if not self.editor.writing:
            return False
        self.focus()
        return True

    def copyable(self) -> str:
        """The text."""
        return self.editor.copyable()


class ToolsPane(Pane):
    """The tools that the task offers; Enter puts the selected one's name into the text."""

    @dataclass
    class Named(Message):
        """A tool was chosen."""

        tool: ToolSpec

    def __init__(self) -> None:
        table = RowTable[ToolSpec](_TOOLS, _tool_cells, lambda tool: tool.name, empty="No tool fits.", id="tool-list")
        super().__init__(
            "Tools",
            FilterBar("words of a name or description", id="tool-filter"),
            table,
            Pane("", DocumentView(id="tool"), id="tool-pane"),
            id="tools-pane",
        )
        self._search = ToolSearch(())

    def take(self, subject: Subject) -> None:
        """Offer the tools of a task."""
        self._search = ToolSearch(subject.tools)
        self.query_one(RowTable).empty = subject.problem or "No tool fits."
        self._list()

    @on(FilterBar.Changed)
    def _list(self) -> None:
        typed, bar = self.query_one(FilterBar).value, self.query_one(FilterBar)
        found = self._search.find(typed)
        self.query_one(RowTable).show(RowsAtHand(found, lambda tool: tool.name))
        bar.note = f"{len(found)} of {len(self._search.tools)}" if typed else ""
        _retitle(self, f"Tools {len(self._search.tools)}")

    def on_filter_bar_left(self, event: FilterBar.Left) -> None:
        """Go to what was filtered."""
        event.stop()
        self.query_one(RowTable).focus()

    @on(RowTable.Selected)
    def _selected(self, event: RowTable.Selected) -> None:
        event.stop()
        tool = event.row
        view = self.query_one(DocumentView)
        if isinstance(tool, ToolSpec):
            view.show_lines(lambda _: about_tool(tool), len(tool.description) + 500)
            self.query_one("#tool-pane", Pane).title = "⏎ writes its name into the plan"
        else:
            view.show_lines(lambda _: iter(()), 1)
            self.query_one("#tool-pane", Pane).title = ""

    @on(RowTable.Opened)
    def _opened(self, event: RowTable.Opened) -> None:
        event.stop()
        assert isinstance(event.row, ToolSpec)
        self.post_message(self.Named(event.row))


class TablesPane(Pane):
    """The tables of the seeds; Enter opens one's first rows, Esc comes back. Read once it is looked at."""

    DEFAULT_CSS = """
    TablesPane {
        & > Static { height: auto; max-height: 6; padding: 0 1; color: $warning; display: none; }
        & > ResultView { display: none; }
        &.-open > RowTable { display: none; }
        &.-open > ResultView { display: block; }
    }
    """

    def __init__(self) -> None:
        tables = RowTable[SeedTable](
            _TABLES, _table_cells, lambda table: (table.gym, table.name), empty="", id="table-list"
        )
        super().__init__("Tables", Static(""), tables, ResultView(id="table-rows"), id="tables-pane")
        self._seeds: SeedTables | None = None
        self._is_read = False

    def take(self, subject: Subject) -> None:
        """The seeds to read."""
        self._seeds = SeedTables(subject.seeds) if subject.seeds else None
        if not subject.seeds:
            self._say(subject.problem or "This task names no seed.")
        elif self._looked_at:
            self._read()

    @property
    def _looked_at(self) -> bool:
        """Whether this is the tab in front; at the very start every pane is on the screen for a moment."""
        return self.is_on_screen and (self.has_class("-shown") or self.has_class("-beside"))

    def on_show(self) -> None:
        """Read the seeds."""
        if self._looked_at:
            self._read()

    @work(exclusive=True, group="tables")
    async def _read(self) -> None:
        if self._seeds is None or self._is_read:
            return
        try:
            tables = await _screen(self).in_thread(self._seeds.tables)
        except SeedTablesError as problem:
            self._say(str(problem))
            return
        self._is_read = True
        self.query_one(RowTable).show(RowsAtHand(tables, lambda table: (table.gym, table.name)))
        _retitle(self, f"Tables {len(tables)}")

    def _say(self, problem: str) -> None:
        said = self.query_one(Static)
        said.update(content(f"! {problem}"))
        said.display = bool(problem)

    @on(RowTable.Selected)
    def _keep_to_itself(self, event: RowTable.Selected) -> None:
        event.stop()

    @on(RowTable.Opened)
    def _opened(self, event: RowTable.Opened) -> None:
        event.stop()
        if isinstance(event.row, SeedTable):
            self._open(event.row)

    @work(exclusive=True, group="rows")
    async def _open(self, table: SeedTable) -> None:
        assert self._seeds is not None
        try:
            rows = await _screen(self).in_thread(self._seeds.first_rows, table)
        except SeedTablesError as problem:
            self._say(str(problem))
            return
        view = self.query_one(ResultView)
        first = f", the first {FIRST_ROWS}" if table.rows > FIRST_ROWS else ""
        view.show(rows, f"{table.name} · {table.rows:,} rows{first} · {len(table.columns)} columns")
        self.add_class("-open")
        inner = view.query(RowTable)
        self.call_after_refresh((inner.last() if inner else view.query_one(TextView)).focus)

    def step_out(self) -> bool:
        """From a row to the rows, from there to the tables; returns whether there was one open."""
        if not self.has_class("-open"):
            return False
        if not self.query_one(ResultView).step_out():
            self.remove_class("-open")
            self.call_after_refresh(self.query_one("#table-list", RowTable).focus)
        return True

    def on_unmount(self) -> None:
        """Give up the databases."""
        if self._seeds is not None:
            self._seeds.close()


class VersionsPane(Pane):
    """Every version, the latest first, and what the text differs in from the selected one."""

    def __init__(self, text: Callable[[], str]) -> None:
        """``text`` gives what is written now."""
        table = RowTable[PlanVersion](
            _VERSIONS,
            _version_cells,
            lambda version: version.number,
            empty="Nothing is saved yet: ctrl+j saves.",
            id="version-list",
        )
        super().__init__(
            "Versions", table, Pane("", DocumentView(id="difference"), id="difference-pane"), id="versions-pane"
        )
        self._text = text
        self.versions: Sequence[PlanVersion] = ()

    def take(self, versions: Sequence[PlanVersion]) -> None:
        """Show these."""
        self.versions = versions
        self.query_one(RowTable).show(RowsAtHand(list(reversed(versions)), lambda version: version.number))
        _retitle(self, f"Versions {len(versions)}" if versions else "Versions")

    @property
    def selected(self) -> PlanVersion | None:
        """The selected version."""
        return self.query_one(RowTable).selected

    def text_changed(self) -> None:
        """Compare again, once that is looked at."""
        if self.is_on_screen and self.region:
            self._compare()

    def on_show(self) -> None:
        """Compare with what is written now."""
        self._compare()

    @on(RowTable.Selected)
    def _selected(self, event: RowTable.Selected) -> None:
        event.stop()
        self._compare()

    @on(RowTable.Opened)
    def _opened(self, event: RowTable.Opened) -> None:
        event.stop()
        self.query_one(DocumentView).focus()

    @work(exclusive=True, group="compare")
    async def _compare(self) -> None:
        version = self.selected
        if version is None:
            return
        lines = await _screen(self).in_thread(difference, version.text, self._text())
        title = f"v{version.number} → now · {how_many(lines)}" if lines else f"v{version.number} is what stands here"
        self.query_one("#difference-pane", Pane).title = title
        shown = [*lines, *([pieces(("u brings this version back", "dim"))] if lines else [])]
        self.query_one(DocumentView).show_lines(partial(_again, shown), len(version.text))


def _again(lines: Sequence[Line], _width: int) -> Iterator[Line]:
    return iter(lines)


def _screen(widget: Pane) -> EogScreen[object]:
    assert isinstance(widget.screen, EogScreen)
    return widget.screen


def _retitle(pane: Pane, title: str) -> None:
    if pane.title != title:
        pane.title = title
        for above in pane.ancestors:
            if isinstance(above, Panes):
                above.refresh_titles()


def _tool_cells(tool: ToolSpec) -> list[Cell]:
    kind = Cell("● writes", "waiting") if tool.writes else Cell("○ reads", "dim")
    return [Cell(tool.name), kind, Cell(first_sentence(tool.description), "dim")]


def _table_cells(table: SeedTable) -> list[Cell]:
    return [Cell(table.name), Cell(f"{table.rows:,}"), Cell(str(len(table.columns)), "dim"), Cell(table.gym, "dim")]


def _version_cells(version: PlanVersion) -> list[Cell]:
    return [
        Cell(f"v{version.number}"),
        Cell(version.author),
        Cell(version.origin, "dim"),
        Cell(ago(version.at, now()), "dim"),
    ]
