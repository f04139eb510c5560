"""Plans, the library: which plans are there, and what are they worth?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from engine.tasks.files import TaskError, typed_path
from engine.tasks.plan_files import PlanFile
from engine.trajectory.database import StoreError
from engine.trajectory.events import now
from engine.trajectory.plan_exchange import Imported, export_plan, import_plan
from engine.trajectory.plans import DeletedPlan, PlanLibrary, PlanRow
from engine.who import me
from eog_tui.actions import bindings
from eog_tui.answers import ANSWERS
from eog_tui.completion import paths
from eog_tui.figures import ago
from eog_tui.literal import content
from eog_tui.plans.subject import of_plan
from eog_tui.screens.base import Command, EogScreen, StoreChanged
from eog_tui.screens.plan_file import PlanFileScreen
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.panes import Pane, Panes
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.prose_view import ProseView
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand
from eog_tui.widgets.text_view import TextView

NO_PLANS = "No plans yet: p on a run, or on a task in Launch, writes one.\nThe palette (:) imports a Markdown file."
NO_MATCH = "No plan matches the filter. Esc clears it."

_COLUMNS = (
    Column("id", "plan", 5, 4, right=True, keep=6, sorts=False),
    Column("task", "task", 30, 16, grows=True, keep=8, sorts=False),
    Column("title", "title", 30, 14, grows=True, keep=9, sorts=False),
    Column("author", "author", 10, 6, keep=4, sorts=False),
    Column("versions", "vers", 4, 4, right=True, keep=5, sorts=False),
    Column("updated", "when", 5, 5, right=True, keep=7, sorts=False),
)


class PlansScreen(EogScreen[None]):
    """Every plan of the store, the one that was written last first, with the text of the selected one."""

    BINDINGS = bindings("plans")
    CSS_PATH = "plans.tcss"
    MAIN = "#plans"

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[PlanRow] = []
        self._deleted: list[DeletedPlan] = []
        self._previewed: tuple[int, int] | None = None

    def compose(self) -> ComposeResult:
        """The sums, the plans beside the selected one's text."""
        yield PieceLines(id="sums")
        yield Static(id="problem")
        yield Panes(
            Pane(
                "plans",
                FilterBar("words of task, title or author"),
                RowTable[PlanRow](_COLUMNS, _cells, lambda row: row.id, empty="", id="plans"),
                id="plans-pane",
            ),
            Pane("text", ProseView(id="preview"), id="preview-pane"),
        )
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read the library."""
        self.in_turn(self._load)

    @property
    def _library(self) -> PlanLibrary:
        library: PlanLibrary = self.eog.store.plans
        return library

    @property
    def _selected(self) -> PlanRow | None:
        return self.query_one(RowTable).selected

    # Reading.

    @on(StoreChanged)
    @on(FilterBar.Changed)
    def _changed(self) -> None:
        self.in_turn(self._load)

    async def _load(self) -> None:
        words = self.query_one(FilterBar).value
        try:
            rows = await self.in_thread(self._library.list, words=words)
        except StoreError as error:
            self._say_problem(str(error))
            return
        self._say_problem("")
        self._rows = rows
        table = self.query_one(RowTable)
        table.empty = NO_MATCH if words else NO_PLANS
        table.show(RowsAtHand(rows, lambda row: row.id))
        versions = sum(row.versions for row in rows)
        told = f"{len(rows):,} shown" if words else f"{len(rows):,}"
        tasks = len({(row.domain, row.task) for row in rows})
        about = f"  {versions:,} versions · {tasks:,} task{'' if tasks == 1 else 's'}" if rows else ""
        self.query_one("#sums", PieceLines).show([[("Plans ", "strong"), (told, "strong"), (about, "dim")]])
        if not rows:
            self._show_text(None, "")

    @on(RowTable.Selected)
    def _preview(self, event: RowTable.Selected) -> None:
        row = event.row
        if isinstance(row, PlanRow) and (row.id, row.versions) != self._previewed:
            self._read_text(row)

    @work(exclusive=True, group="preview")
    async def _read_text(self, row: PlanRow) -> None:
        try:
            version = await self.in_thread(self._library.version, row.id)
        except StoreError as error:
            self._say_problem(str(error))
            return
        self._show_text(row, version.text)

    def _show_text(self, row: PlanRow | None, text: str) -> None:
        self._previewed = (row.id, row.versions) if row else None
        pane = self.query_one("#preview-pane", Pane)
        pane.title = f"v{row.versions} of {row.title}" if row else "text"
        self.query_one("#preview", TextView).show(text)
        self.query_one(Panes).refresh_titles()

    def _say_problem(self, problem: str) -> None:
        said = self.query_one("#problem", Static)
        said.update(content(f"! {problem}"))
        said.display = bool(problem)

    # Doing.

    @on(RowTable.Opened)
    def action_plan(self) -> None:
        """Open the selected plan."""
        from eog_tui.screens.plan import PlanScreen

        if (row := self._row_or_say()) is not None:
            self.app.push_screen(PlanScreen(row.id))

    def _row_or_say(self) -> PlanRow | None:
        row = self._selected
        if row is None:
            self.eog.toast(NO_PLANS if not self._rows else "No plan is selected.")
        return row

    @work(exclusive=True, group="launch")
    async def action_launch(self) -> None:
        """Launch the selected plan's task with it."""
        from eog_tui.screens.plan_opening import launch_with

        if (row := self._row_or_say()) is None:
            return
        try:
            subject = await self.in_thread(of_plan, self.eog.store, row.task, row.domain)
        except StoreError as error:
            self._say_problem(str(error))
            return
        launch_with(self.eog, row.id, subject)

    def action_delete(self) -> None:
        """Delete the selected plan; ask first."""
        if (row := self._row_or_say()) is not None:
            versions = f"{row.versions} version{'' if row.versions == 1 else 's'}"
            self.eog.ask(
                f"Delete plan {row.id}?",
                ANSWERS["delete plan"],
                lambda _: self._delete(row.id),
                detail=f"{row.title}\n{versions} go with it. u brings it back while this screen is open.",
            )

    @work(group="delete")
    async def _delete(self, plan_id: int) -> None:
        try:
            self._deleted.append(await self.in_thread(self._library.delete, plan_id))
        except StoreError as error:
            self.eog.toast(str(error), severity="error")
            return
        self.eog.toast(f"Plan {plan_id} is deleted; u brings it back.")
        self.in_turn(self._load)

    @work(group="delete")
    async def action_undo(self) -> None:
        """Bring back the plan that was deleted last."""
        if not self._deleted:
            self.eog.toast("No plan was deleted here.")
            return
        deleted = self._deleted.pop()
        try:
            await self.in_thread(self._library.restore, deleted)
        except StoreError as error:
            self._deleted.append(deleted)
            self.eog.toast(str(error), severity="error")
            return
        self.query_one(RowTable).select(deleted.plan["id"])
        self.eog.toast(f"Plan {deleted.plan['id']} is back.")
        self.in_turn(self._load)

    # Files.

    def action_import(self) -> None:
        """Take a Markdown file into the library."""

        def take(path: str | None) -> None:
            if path:
                self._import(path)

        self.app.push_screen(
            PlanFileScreen(
                "import a plan", "a Markdown file with front matter", lambda typed: paths(typed, suffix=".md")
            ),
            take,
        )

    @work(group="files")
    async def _import(self, typed: str) -> None:
        def read() -> Imported:
            return import_plan(self.eog.store, typed_path(typed), me())

        try:
            found = await self.in_thread(read)
        except (TaskError, StoreError) as error:
            self.eog.toast(str(error), title="Not imported", severity="error")
            return
        said = {
            "plan": f"Plan {found.plan_id} is imported.",
            "version": f"Plan {found.plan_id} has v{found.version} now.",
            "nothing": f"Plan {found.plan_id} says the same already.",
        }
        self.query_one(RowTable).select(found.plan_id)
        self.eog.toast(said[found.news])
        self.in_turn(self._load)

    def action_export(self) -> None:
        """Write the selected plan to a Markdown file."""
        if (row := self._row_or_say()) is not None:
            self._ask_where(row.id)

    @work(group="files")
    async def _ask_where(self, plan_id: int) -> None:
        try:
            file = await self.in_thread(export_plan, self.eog.store, plan_id)
        except StoreError as error:
            self.eog.toast(str(error), severity="error")
            return

        def write(typed: str | None) -> None:
            if typed:
                self._export(typed, file)

        self.app.push_screen(PlanFileScreen("export the plan", "a file or folder", paths, file.file_name), write)

    @work(group="files")
    async def _export(self, typed: str, file: PlanFile, *, over: bool = False) -> None:
        try:
            path = await self.in_thread(_write, typed, file, over)
        except FileExistsError as error:
            self.eog.ask(
                "Write over this file?", ANSWERS["write over"], lambda _: self._export(typed, file, over=True),
                detail=str(error.filename),
            )  # fmt: skip
        except OSError as error:
            words = f"{error.filename or typed}: {error.strerror or error}"
            self.eog.toast(words, title="Not exported", severity="error")
        except TaskError as error:
            self.eog.toast(str(error), title="Not exported", severity="error")
        else:
            self.eog.toast(f"Written to {path}.")

    def action_uplift(self) -> None:
        """Compare runs with and without plans."""
        from eog_tui.screens.plan_uplift import UpliftScreen

        self.app.push_screen(UpliftScreen())

    def commands(self) -> Iterable[Command]:
        """What has no key: files, the report, the command line."""
        yield Command("import a plan…", "Take a Markdown file into the library.", self.action_import)
        if (row := self._selected) is not None:
            yield Command("export this plan…", "Write it to a Markdown file, for Git.", self.action_export)
            command = f"eog-tui plans show {row.id}"
            yield Command(f"copy the command: {command}", "Prints this plan.", lambda: self.eog.copy(command))
        yield Command("uplift report", "What plans are worth: runs with and without one, paired.", self.action_uplift)


def _write(typed: str, plan: PlanFile, over: bool) -> Path:
    """Write a plan to the file that is named, or into the folder; returns where it is."""
    path = typed_path(typed)
    if path.is_dir():
        path /= plan.file_name
    with path.open("w" if over else "x", encoding="utf-8") as file:
        file.write(plan.dump())
    return path


def _cells(row: PlanRow) -> list[Cell]:
    return [
        Cell(str(row.id), "dim"),
        Cell(row.task),
        Cell(row.title),
        Cell(row.author, "dim"),
        Cell(f"v{row.versions}"),
        Cell(ago(row.updated_at, now()), "dim"),
    ]
