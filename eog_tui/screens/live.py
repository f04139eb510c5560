"""Live: what is it doing?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from engine.runs.orders import Say
from engine.trajectory.database import StoreError
from engine.trajectory.events import now
from engine.trajectory.reading import RunRow
from eog_tui.actions import Action, bindings, in_place
from eog_tui.figures import verified
from eog_tui.glyphs import STATUS
from eog_tui.live.company import Company
from eog_tui.live.following import Following, Sight
from eog_tui.live.state_views import VerifierView, WrittenRows
from eog_tui.live.telling import ending, header, said_so_far, under_way
from eog_tui.live.unread import unread
from eog_tui.screens.base import Command, StoreChanged
from eog_tui.screens.live_steps import StepsScreen
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.panes import Pane, Panes
from eog_tui.widgets.piece_lines import PieceLines, Pieces
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand
from eog_tui.widgets.step_list import StepList

CLOCK_SECONDS = 1.0
"""How often the clock and what is waited for are told anew."""

COLUMNS = (
    Column("status", "status", 13, at_least=9, keep=8, sorts=False),
    Column("task", "task", 16, at_least=12, grows=True, keep=9, sorts=False),
    Column("verifiers", "verif", 5, at_least=5, right=True, keep=7, sorts=False),
)


_STEERING = {action.call for action in in_place("live") if action.places == ("live",)}
"""What is done to a run that goes on."""
_TO_A_STEP = {"list.open", "step.next", "step.previous", "step.next_write", "step.previous_write"}
"""Ids of the actions that need a step to do anything."""


class _Place(NamedTuple):
    """Where someone was in a run's steps when they turned to another run."""

    following: Following
    step: int | None
    """Number of the selected step; None when the end was followed."""


class LivePanes(Panes):
    """The runs, the steps of one of them, its state; a run alone needs no list of runs."""

    def tabs(self) -> list[tuple[Pane, bool]]:
        """The panes that there are now."""
        return [(pane, in_front) for pane, in_front in super().tabs() if not pane.disabled]


class LiveScreen(StepsScreen):
    """Watch a run: its steps as they happen, what it waits for, its verifiers, the rows that it wrote.

    All of it is read from the store, so a run of another process is watched and steered just the same. A call that
    waits for a person's word is asked about by itself. A run that has ended shows how.
    """

    BINDINGS = bindings("live")
    CSS_PATH = "live.tcss"
    MAIN = "#steps"
    ALLOW_IN_MAXIMIZED_VIEW = "KeyFooter, #covered"

    def __init__(self, run_id: int) -> None:
        super().__init__()
        self.run_id = run_id
        self._places: dict[int, _Place] = {}
        self.sight: Sight | None = None
        self._unread: Sequence[Say] = ()
        """What was said to the model and not read yet."""
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """The run in two lines, how it ended, the panes."""
        yield PieceLines(id="head")
        yield PieceLines(id="ending", classes="-none")
        yield LivePanes(
            Pane("Runs", RowTable[RunRow](COLUMNS, _cells, lambda row: row.id, id="runs"), id="runs-pane"),
            Pane("Steps", StepList(empty="", id="steps"), PieceLines(id="now", classes="-none"), id="steps-pane"),
            Pane(
                "State",
                VerifierView(id="verifiers"),
                Pane("Changed rows", WrittenRows(id="rows"), id="rows-pane"),
                id="state-pane",
            ),
        )
        yield Container(id="covered")
        yield KeyFooter(self._footer_label, self._footer_place)

    def on_mount(self) -> None:
        """Take the first look."""
        self.query_one("#runs-pane", Pane).disabled = True
        self.add_class("-alone")
        self._company = Company(self.eog.store, self.run_id)
        self._following = Following(self.eog.store, self.run_id)
        self.look()
        self.in_turn(self._meet)
        self._clock = self.set_interval(CLOCK_SECONDS, self._tick)

    def on_screen_suspend(self) -> None:
        """A clock that nobody sees stands still; below a dialog it is seen."""
        if self._clock is not None and not self._in_sight:
            self._clock.pause()

    def on_screen_resume(self) -> None:
        """And goes on; what happened meanwhile is caught up with."""
        if self._clock is not None:
            self._clock.resume()
            self._tell_moment()
            self.note_waits()

    @property
    def _in_sight(self) -> bool:
        """Whether nothing but dialogs lies over the screen."""
        stack = self.app.screen_stack
        return self in stack and all(above.is_modal for above in stack[stack.index(self) + 1 :])

    def _tick(self) -> None:
        """Tell the time; below a dialog, where the store is not followed, also what happened."""
        if not self._in_sight:
            return
        if not self.is_active and self.sight is not None and self.sight.outline.run.alive:
            self.look()
        self._tell_moment()

    # Following.

    @on(StoreChanged)
    def _catch_up(self) -> None:
        if self.sight is None or self.sight.outline.run.alive:
            self.look()
        self.in_turn(self._meet)

    def look(self) -> None:
        """Look at what happened since, and show it."""
        self.in_turn(self._look)

    async def _look(self) -> None:
        following = self._following

        def see() -> tuple[Sight, tuple[Say, ...]]:
            sight = following.look()
            return sight, unread(self.eog.store, self.eog.engine, sight.outline.run, sight.outline.heads)

        try:
            sight, said = await self.in_thread(see)
        except StoreError as error:
            self._say_problem(str(error))
            return
        if following is self._following:
            self._take(sight, said)

    def _take(self, sight: Sight, said: Sequence[Say]) -> None:
        first, self.sight, self._unread = self.sight is None, sight, said
        self.refresh_bindings()
        outline, steps, rows = sight.outline, self.query_one(StepList), self.query_one(WrittenRows)
        steps.empty = "Nothing has happened yet." if outline.run.alive else "It ended before its first step."
        if first:
            place = self._places.get(self.run_id)
            steps.show(outline.heads, select=place.step if place else None)
        else:
            # The latest step that is shown may have moved on since.
            steps.add(outline.heads[max(len(steps.heads) - 1, 0) :])
        unwritten = "No row was written yet." if outline.run.alive else "No row was written."
        (rows.show_run if first else rows.show_news)(sight.rows, empty=unwritten)
        self.query_one(VerifierView).show(sight.standings, hidden=sight.hides_verifiers)
        told = ending(outline)
        self._say("#ending", told, [[("⏎", "accent"), (" replay", "")]])
        self._title_panes(sight)
        steps.waits = sight.waits.step if sight.waits is not None else None
        steps.over = not outline.run.alive
        self.note_waits()
        self._tell_moment()

    def _title_panes(self, sight: Sight) -> None:
        passed = sum(standing.outcome == "pass" for standing in sight.standings)
        stand = "" if sight.hides_verifiers else f" {passed}/{len(sight.standings)}"
        self.query_one("#state-pane", Pane).title = f"State{stand}"
        self.query_one("#rows-pane", Pane).title = f"Changed rows {len(sight.rows):,}" if sight.rows else "Changed rows"
        self.query_one(LivePanes).refresh_titles()

    def _tell_moment(self) -> None:
        """Tell what depends on the time of day; the clock of a run that has ended stands still by itself."""
        if self.sight is None:
            return
        outline, at = self.sight.outline, now()
        self.query_one("#head", PieceLines).show(*header(outline, at))
        pausing = outline.run.status != "paused" and self.pauses(self.run_id)
        doing = under_way(outline, at, self.sight.waits, pausing=pausing, seeding=self.sight.seeding)
        self._say("#now", [*said_so_far(self._unread), *doing])
        self.query_one(KeyFooter).refresh()

    def _footer_label(self, action: Action) -> str:
        """A run that rests goes on; a person's is acted in; nobody answers where nothing is asked, nor goes to a step
        where none is.
        """
        if action.id == "live.pause" and self.rests:
            return "go on"
        if action.id == "live.act" and self.sight is not None and self.sight.person_acts:
            return "act on"
        in_runs = action.id == "list.open" and self.focused is self.query_one("#runs")
        if action.id in _TO_A_STEP and not in_runs and not self.query_one(StepList).heads:
            return ""
        return "" if action.id == "live.word" and not self._asks else action.label

    def _footer_place(self, action: Action) -> int:
        """First what the run waits for; where that is a word, Enter on its step gives it too, and may come late."""
        if self._asks:
            return {"live.word": -1, "live.rules": 1, "list.open": 2}.get(action.id, action.footer)
        if self.sight is not None and self.sight.person_acts and action.id == "live.act":
            return -1
        return action.footer

    @property
    def _asks(self) -> bool:
        return self.sight is not None and self.sight.waits is not None

    def _say(self, where: str, lines: Sequence[Pieces], right: Sequence[Pieces] = ()) -> None:
        said = self.query_one(where, PieceLines)
        said.show(lines, right)
        said.set_class(not lines, "-none")

    def _say_problem(self, problem: str) -> None:
        self._say("#ending", [[("! ", "error"), (problem, "")]])

    # Other runs.

    async def _meet(self) -> None:
        try:
            runs = await self.in_thread(self._company.look)
        except StoreError:
            return  # the look at the run itself says so
        pane, table = self.query_one("#runs-pane", Pane), self.query_one("#runs", RowTable)
        pane.disabled = len(runs) < 2
        self.set_class(pane.disabled, "-alone")
        alive = sum(row.alive for row in runs)
        pane.title = f"Runs {alive}/{len(runs)} going"
        if table.count == 0:
            table.select(self.run_id)
        table.show(RowsAtHand(runs, lambda row: row.id))
        self.query_one(LivePanes).refresh_titles()

    @on(RowTable.Selected)
    def _turn_to(self, event: RowTable.Selected) -> None:
        if isinstance(event.row, RunRow) and event.row.id != self.run_id:
            steps = self.query_one(StepList)
            step = None if steps.following or steps.selected is None else steps.selected.number
            self._places[self.run_id] = _Place(self._following, step)
            self.run_id, self.sight = event.row.id, None
            place = self._places.get(self.run_id)
            self._following = place.following if place else Following(self.eog.store, self.run_id)
            self.look()

    @on(RowTable.Opened)
    def _go_to_steps(self) -> None:
        self.action_replay() if self.ended else self.focus_main()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A run that has ended is steered no more, but replayed; searching a run is Replay's."""
        if action == "replay":
            return self.ended
        return action != "find" and not (self.ended and action in _STEERING)

    def commands(self) -> Iterable[Command]:
        """The command lines that tell the same."""
        for verb, told in (("show", "Prints this run as text."), ("replay", "Opens this run in Replay.")):
            command = f"eog-tui {verb} {self.run_id}"
            yield Command(f"Copy the command: {command}", told, partial(self.eog.copy, command))


def _cells(row: RunRow) -> list[Cell]:
    status = STATUS[row.status]
    return [Cell(str(status), status.tone), Cell(row.task), Cell(verified(row))]
