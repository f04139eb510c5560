"""Launch: what will run?"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from engine.network import silent
from engine.runs.spec import Launch
from engine.tasks.files import TaskError
from engine.tasks.source import TaskSet, read_tasks
from eog_tui.actions import bindings
from eog_tui.keys_in_order import DOORS
from eog_tui.literal import content
from eog_tui.live.rules import with_saved
from eog_tui.screens.launch_choices import ACTS, Choices, Field
from eog_tui.screens.launch_fields import LaunchFields
from eog_tui.screens.launch_form import LAUNCH_ERRORS, Checked, check
from eog_tui.screens.launch_tasks import Entry, TaskTable, entries
from eog_tui.screens.plan_opening import propose_plans
from eog_tui.screens.start_form import StartForm
from eog_tui.screens.task_preview import task_text
from eog_tui.settings import recall, remember
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.panes import Pane, Panes
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.proposal_list import Offer
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import RowsAtHand
from eog_tui.widgets.text_view import TextView

NONE_SELECTED = "No task is selected."
NO_MATCH = "No task matches the filter. Esc clears it."

REMEMBERED = "launch"
"""The name under which the last choices are remembered."""


def last_choices() -> Choices:
    """What was chosen the last time."""
    try:
        return Choices.model_validate(recall(REMEMBERED) or {})
    except ValidationError:
        return Choices()


class LaunchScreen(StartForm[int]):
    """Four lines to fill, the tasks with a preview, and the command that does the same.

    Returns the first run that was started.
    """

    BINDINGS = bindings("launch")
    CSS_PATH = "launch.tcss"
    MAIN = "#tasks"

    def __init__(self, choices: Choices | None = None) -> None:
        """``choices``: what the fields say at first; by default what they said the last time."""
        super().__init__()
        self._first = choices or last_choices()
        self._first = self._first.model_copy(update={"allow": with_saved(self._first.allow)})
        self._found: TaskSet | None = None
        self._entries: list[Entry] = []
        self._checked = Checked(None, {}, 0, "", "", "")
        self._read_source: str | None = None
        self._unread = ""
        """Why the source cannot be read."""
        self._deaf = ""
        """Which server of these runs does not listen, and why."""

    def compose(self) -> ComposeResult:
        """From top to bottom: what will run, fields, tasks beside their preview, the command."""
        yield PieceLines(id="sums")
        yield LaunchFields(self._first, self._propose_plans)
        table = TaskTable(lambda entry: entry.name not in self._fields.choices.left_out, id="tasks")
        yield Panes(
            Pane("tasks", FilterBar("words of name or prompt"), table, id="task-pane"),
            Pane("preview", TextView(id="preview")),
        )
        yield Static(id="problem")
        yield PieceLines(id="command")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look at what was chosen the last time."""
        self.look()

    @property
    def _fields(self) -> LaunchFields:
        return self.query_one(LaunchFields)

    # Reading what the fields name.

    @on(LaunchFields.Changed)
    def _changed(self) -> None:
        self.look_soon()

    async def read_fields(self) -> None:
        """Read tasks, config and call lists, and show what they make."""
        choices = self._fields.choices
        if choices.source != self._read_source:
            try:
                self._found = await self.in_thread(read_tasks, choices.source.strip())
            except TaskError as error:
                self._found, self._unread = None, str(error)
            else:
                self._unread = ""
            self._read_source = choices.source
            self._entries = entries(self._found) if self._found else []
            self._list_tasks()
        checked = await self.in_thread(check, choices, self._found, self.eog.store)
        if self._found is None:
            checked.problems["source"] = self._unread
        self._checked = checked
        self._say()
        self._listen(checked.servers)

    @work(exclusive=True, group="listen")
    async def _listen(self, servers: Sequence[str]) -> None:
        """Tell of servers that do not listen, which keeps nobody from starting: they may come up any moment."""
        for server in servers:
            if reason := await self.in_thread(silent, server):
                self._deaf = f"nothing listens at {server}: {reason}"
                self._say()
                return
        if self._deaf:
            self._deaf = ""
            self._say()

    def _propose_plans(self, typed: str) -> list[Offer]:
        """The plans for the chosen tasks, then files."""
        chosen = self._fields.choices.chosen(self._found) if self._found else []
        return propose_plans(self.eog.store, [task.name for task in chosen], typed)

    def _list_tasks(self) -> None:
        words = self.query_one(FilterBar).value.lower().split()
        shown = [entry for entry in self._entries if entry.holds(words)]
        table = self.query_one(RowTable)
        table.empty = NO_MATCH if self._entries else self._unread
        table.show(RowsAtHand(shown, lambda entry: entry.name))
        self.query_one(FilterBar).note = f"{len(shown)} of {len(self._entries)} shown" if words else ""
        if not shown:
            self.query_one(TextView).show("")

    def _say(self) -> None:
        checked, choices = self._checked, self._fields.choices
        tasks = len(self._found.tasks) if self._found else 0
        chosen = len(choices.chosen(self._found)) if self._found else 0
        refused = len(self._found.refused) if self._found else 0
        words = f"{chosen} of {tasks} chosen" + (f", {refused} refused" if refused else "")
        said = {"chosen": words, "acts": ACTS[choices.agent], "model": checked.model, "lives": checked.gyms_choice}
        said |= {"planned": checked.plan, "planner": checked.planner}
        self._fields.say(said, checked.problems)
        ready = checked.launch is not None
        runs = f"{checked.runs:,} run{'' if checked.runs == 1 else 's'}"
        gyms = f"  gyms {checked.gyms}" if checked.gyms else ""
        self.query_one("#sums", PieceLines).show(
            [[("Launch  ", "strong"), (runs, "strong"), (gyms, "dim")]],
            [[("✓ ready", "pass") if ready else ("! not yet", "error")]],
        )
        self._say_problem(next(iter(checked.problems.values()), self._deaf))
        command = checked.launch.command() if checked.launch else "eog-tui run …"
        self.query_one("#command", PieceLines).show([[("$ ", "dim"), (command, "" if ready else "dim")]])

    def _say_problem(self, problem: str) -> None:
        said = self.query_one("#problem", Static)
        said.update(content(f"! {problem}"))
        said.display = bool(problem)

    # The task list.

    @on(FilterBar.Changed)
    def _filtered(self) -> None:
        self._list_tasks()

    @on(RowTable.Selected)
    def _preview(self, event: RowTable.Selected) -> None:
        entry = event.row
        if isinstance(entry, Entry):
            self.query_one(TextView).show(task_text(entry.task) if entry.task else f"{entry.name}\n\n{entry.problem}")

    def action_mark(self) -> None:
        """Take the selected task into the launch, or out of it, and go on to the next."""
        table = self.query_one(RowTable)
        entry = table.selected
        if entry is None:
            self.eog.toast(NONE_SELECTED)
            return
        if entry.task is None:
            self.eog.toast(f"{entry.name} is no task: {entry.problem}", severity="warning")
            return
        self._fields.leave_out(self._fields.choices.left_out ^ {entry.name})
        table.reload()
        table.action_move(1)

    def action_mark_all(self) -> None:
        """Take all tasks that are shown into the launch, or out of it when all are in."""
        words = self.query_one(FilterBar).value.lower().split()
        shown = frozenset(entry.name for entry in self._entries if entry.task and entry.holds(words))
        left_out = self._fields.choices.left_out
        self._fields.leave_out(left_out - shown if left_out & shown else left_out | shown)
        self.query_one(RowTable).reload()

    def copyable(self) -> str | None:
        """The command line that starts the same."""
        return self._checked.launch.command() if self._checked.launch else None

    def action_pager(self) -> None:
        """Open the selected task in full."""
        entry = self.query_one(RowTable).selected
        if entry is not None and entry.task is not None:
            self.eog.page(task_text(entry.task, fold=False))

    @work(exclusive=True, group=DOORS)
    async def action_plan(self) -> None:
        """Open the plan of the selected task, or begin one."""
        from eog_tui.screens.plan_opening import open_plan_of_task

        entry = self.query_one(RowTable).selected
        if entry is None or entry.task is None or self._found is None:
            self.eog.toast(NONE_SELECTED)
        else:
            await open_plan_of_task(self, entry.task, self._found.seed_root)

    # Starting.

    @work(group="start")
    async def action_act(self) -> None:
        """Do the selected task by hand, whatever the fields say of the agent."""
        entry, choices = self.query_one(RowTable).selected, self._fields.choices
        if entry is None or entry.task is None or self._starting:
            self.eog.toast(NONE_SELECTED if not self._starting else "A launch is under way.")
            return
        self._starting = True
        try:
            others = frozenset(each.name for each in self._entries) - {entry.name}
            alone = choices.model_copy(update={"agent": "human", "repeat": "1", "left_out": others})
            checked = await self.in_thread(check, alone, self._found)
            if checked.launch is None:
                self._say_problem(next(iter(checked.problems.values()), ""))
            else:
                await self._begin(checked.launch, choices)
        finally:
            self._starting = False

    @on(LaunchFields.Submitted)
    def _to_tasks(self) -> None:
        self.focus_main()

    async def start(self) -> None:
        """Start what the fields say."""
        choices = self._fields.choices
        await self.look_now()
        launch = self._checked.launch
        if launch is None:
            field: Field = next(iter(self._checked.problems), "source")
            self._fields.focus_on(field)
            return
        await self._begin(launch, choices)

    async def _begin(self, launch: Launch, choices: Choices) -> None:
        try:
            launched = await self.in_thread(self.eog.engine.launch, launch)
        except LAUNCH_ERRORS as error:
            self._say_problem(str(error))
            return
        try:
            await self.in_thread(remember, REMEMBERED, choices.model_dump(mode="json"))
        except OSError as error:
            self.eog.toast(f"The choices cannot be remembered: {error}", severity="warning")
        if launched.skipped:
            self.eog.toast(f"Skipped, no call list beside them: {', '.join(launched.skipped)}", severity="warning")
        if launched.unplanned:
            self.eog.toast(f"Skipped, no plan for them: {', '.join(launched.unplanned)}", severity="warning")
        self.dismiss(launched.run_ids[0])
