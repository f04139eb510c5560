"""The Workbench: what can I do next?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from textual import work
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from engine.runs.orders import Answer, HandBack, Pause, Resume, WriteNote
from engine.trajectory.events import now
from eog_tui.actions import Action, bindings
from eog_tui.answers import ANSWERS
from eog_tui.screens.base import Command
from eog_tui.screens.workbench_calls import CallsScreen
from eog_tui.screens.workbench_database import DatabasePane
from eog_tui.screens.workbench_dialogs import EndedScreen, Next, WordsScreen
from eog_tui.screens.workbench_panes import Brief, CallPane, SeenPane
from eog_tui.widgets.call_line import CallLine
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.panes import Pane, Panes
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.tool_form import ToolForm
from eog_tui.workbench.call_line import as_line
from eog_tui.workbench.desk import Desk
from eog_tui.workbench.telling import ending, header, will_be_recorded

CLOCK_SECONDS = 1.0
"""How often the clock is drawn."""


class WorkbenchScreen(CallsScreen):
    """Act as the agent of a run: read the task, call tools, keep notes, give the answer.

    All that is shown comes from the store, so that whoever comes back after leaving, or after a crash, finds
    everything as it was. The person's clock runs while the screen is there and they do not pause.
    """

    BINDINGS = bindings("workbench")
    CSS_PATH = "workbench.tcss"
    MAIN = "#call"
    AUTO_FOCUS = "#task"  # who sits down reads first
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-high")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """Who acts and for how long; the panes; the line for calls."""
        yield PieceLines(id="head")
        yield PieceLines(id="rest")
        yield Static(id="problem")
        yield Panes(
            Brief(),
            CallPane(self._reader.seen),
            Pane("Seen", Panes(SeenPane(), tabs=True, id="around", classes="-alone"), id="beside"),
            id="desk",
        )
        yield KeyFooter(self._label, self._place)

    def on_mount(self) -> None:
        """Sit down, and read."""
        self.call_after_refresh(self._focus_in_pane, self.query_one("#task"))
        self.set_interval(CLOCK_SECONDS, self._tell)

    # The run, as it goes on.

    def _take(self, desk: Desk, before: Desk | None) -> None:
        self.query_one(Brief).take(desk)
        seen = self.query_one(SeenPane)
        seen.take(self._reader.seen.things())
        self.query_one("#beside", Pane).title = "Data" if desk.peeks else seen.title
        for panes in self.query(Panes):
            panes.refresh_titles()
        if desk.started is not None and (before is None or before.started is None):
            self._begin(desk)
        if (database := self.query_one_optional(DatabasePane)) is not None:
            database.take(desk)
        resting = not desk.open
        if self.has_class("-resting") != resting:
            form, line = self.query_one(ToolForm), self.query_one_optional(CallLine)
            typing = form.has_focus_within or (line is not None and line.has_focus_within)
            self.set_class(resting, "-resting")
            form.disabled = resting
            if line is not None:
                line.disabled = resting
            if resting and typing:
                self.focus_main()
        self._tell()
        self.refresh_bindings()
        self._show_awaited(desk)
        if not desk.run.alive and not self._ended:
            self._ended = True
            self.app.push_screen(EndedScreen(ending(desk, now())), self._leave)

    def _begin(self, desk: Desk) -> None:
        """The tools are known, and what may be looked at; who comes back finds what they had typed."""
        self.query_one(CallPane).mount(CallLine(desk.tools, self._reader.seen, id="line"))
        if desk.peeks:
            around = self.query_one("#around", Panes)
            around.add_pane(DatabasePane())
            around.remove_class("-alone")
        self.call_after_refresh(self._pick_up)

    def _tell(self) -> None:
        if self._desk is None:
            return
        desk = self._desk
        self.query_one("#head", PieceLines).show(*header(desk, now()))
        words = ""
        if desk.taken:
            words = "◌ you look on until they have left"
        elif desk.run.alive and desk.attended.paused:
            words = "◌ paused · your clock stands · Space goes on"
        elif desk.run.alive and desk.started is None:
            words = "◌ the gyms are being seeded …"
        elif desk.run.alive and not desk.person_acts:
            words = "▶ the agent acts · Esc, then a takes over"
        elif self._awaited is not None:
            words = "… waiting for the gym"
        self.query_one("#rest", PieceLines).show([[(words, "waiting")]] if words else [])

    @property
    def _paused(self) -> bool:
        return self._desk is not None and self._desk.seated and self._desk.attended.paused

    def _label(self, action: Action) -> str:
        """What the footer calls an action: the key that paused goes on."""
        return "go on" if self._paused and action.id == "workbench.pause" else action.label

    def _place(self, action: Action) -> int:
        """Where the footer has it: in a pause the way on comes first."""
        if not self._paused:
            return action.footer
        return 1 if action.id == "workbench.pause" else action.footer and action.footer + 1

    # Words.

    def action_note(self) -> None:
        """Write a note."""

        def write(words: str | None) -> None:
            if words:
                self._do(WriteNote(by=self._by, text=words))

        if self._desk is not None and self._desk.seated:
            self.app.push_screen(WordsScreen("note · recorded, never sent", "records it", needed="✗ no words"), write)
        else:
            self._ready()

    def action_done(self) -> None:
        """Give the answer."""
        self._answer("answer · what you would tell the one who asked", refused=False)

    def action_refuse(self) -> None:
        """Refuse the task."""
        self._answer("refuse the task · why it cannot or must not be done", refused=True)

    def _answer(self, title: str, *, refused: bool) -> None:
        def give(words: str | None) -> None:
            if words is not None:
                self._do(Answer(by=self._by, text=words, refused=refused))

        if self._ready() and self._desk is not None:
            needed = "✗ a refusal needs a reason" if refused else "✗ an answer needs words: it ends the run"
            keys = "refuses: the run ends and is verified" if refused else "gives it: the run ends and is verified"
            self.app.push_screen(
                WordsScreen(title, keys, facts=will_be_recorded(self._desk, now()), needed=needed), give
            )

    def action_pause(self) -> None:
        """Stop the clock, or let it go on."""
        desk = self._desk
        if desk is not None and desk.seated:
            self._do((Resume if desk.attended.paused else Pause)(by=self._by))
        else:
            self._ready()

    def action_hand_back(self) -> None:
        """Let the agent go on; ask first, since it acts at once, unless the run was asked to pause."""
        if (desk := self._desk) is not None:
            agent = desk.run.model or desk.run.agent
            words = "It was asked to pause, so it waits until someone lets it go on: Space in Live."
            detail = words if desk.pauses else ""
            choices = ANSWERS["hand back"]
            self.eog.ask(f"Hand back to {agent}?", choices, lambda _: self._hand_back(), detail=detail, cancel="stay")

    @work(group="order")
    async def _hand_back(self) -> None:
        if await self._give(HandBack(by=self._by)):
            self.dismiss()

    def _leave(self, next_: Next | None) -> None:
        if next_ == "replay":
            from eog_tui.screens.replay import ReplayScreen

            self.app.switch_screen(ReplayScreen(self.run_id))
        else:
            self.dismiss()

    # Getting about.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter goes into the form from its pane only, and handing back needs an agent."""
        if action == "fill":
            return isinstance(self.focused, CallPane)
        return action != "hand_back" or (self._desk is not None and self._desk.took_over and self._desk.run.alive)

    def step_out(self) -> bool:
        """From the result to the form, from the form or line to the pane where letters are commands."""
        pane, line = self.query_one(CallPane), self.query_one_optional(CallLine)
        if line is not None and line.has_focus_within:
            self.remove_class("-lines")
        elif self.query_one("#result-pane", Pane).has_focus_within:
            if pane.forget_search() or pane.focus_form():
                return True
        elif not self.query_one(ToolForm).has_focus_within:
            return False
        pane.focus()
        return True

    def _stations(self) -> list[Widget]:
        """The form is one station, its pane: Enter goes into it, and Tab moves between its fields."""
        fields = (ToolForm, CallLine)
        return [each for each in super()._stations() if not any(isinstance(node, fields) for node in each.ancestors)]

    def action_next_pane(self, by: int) -> None:
        """Go to the next or previous pane; Tab behind the last field goes on from the form's pane."""
        pane = self.query_one(CallPane)
        if self.query_one(ToolForm).has_focus_within:
            stations = self._stations()
            self._focus_in_pane(stations[(stations.index(pane) + by) % len(stations)])
        else:
            super().action_next_pane(by)

    def action_find(self) -> None:
        """Filter what was seen, what came back or the rows of a table, or search the text that is in front."""
        database = self.query_one_optional(DatabasePane)
        if database is not None and database.has_focus_within:
            if database.filters:
                database.query_one(FilterBar).open()
            else:
                self.eog.toast("Enter opens a table; then / filters its rows.")
        else:
            # What is behind the tabs of a narrow screen has no focus, but the task may be searched from anywhere else.
            pane: Pane = self.query_one(SeenPane)
            if self.query_one("#result-pane", Pane).has_focus_within:
                pane = self.query_one(CallPane)
            elif not pane.has_focus_within:
                pane = self.query_one(Brief)
                self.query_one("#desk", Panes).show_pane(pane)
            pane.query_one(FilterBar).open()

    def commands(self) -> Iterable[Command]:
        """The call in the form as a line, and the command lines that tell of the run."""
        form = self.query_one(ToolForm)
        if form.tool is not None:
            said = as_line(form.tool, form.arguments)
            yield Command("Copy the call as a line", said, partial(self.eog.copy, said))
        for verb, told in (("show", "Prints this run as text."), ("replay", "Opens this run in Replay.")):
            command = f"eog-tui {verb} {self.run_id}"
            yield Command(f"Copy the command: {command}", told, partial(self.eog.copy, command))
