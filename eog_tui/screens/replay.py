"""Replay: what happened in a run, and what did it change? One recorded run, a step at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from functools import partial

from textual import events, on, work
from textual.app import ComposeResult

from engine.trajectory.database import StoreError
from engine.trajectory.steps import StepHead
from eog_tui.actions import bindings
from eog_tui.keys_in_order import DOORS
from eog_tui.replay.check_text import check_lines, tool_lines
from eog_tui.replay.document import indented, paragraphs
from eog_tui.replay.document_view import DocumentView, Lines
from eog_tui.replay.family import inherited
from eog_tui.replay.run_search import RunSearch
from eog_tui.replay.step_reading import StepRead, read_step
from eog_tui.replay.step_text import StepText
from eog_tui.replay.trajectory import Outline, Trajectory
from eog_tui.screens.base import Command, StoreChanged
from eog_tui.screens.go_to_step import GoToStep
from eog_tui.screens.replay_panes import ReplayHeader, StepView
from eog_tui.screens.replay_playing import Playing
from eog_tui.widgets.change_view import ChangeView
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.panes import MainPanes, Pane
from eog_tui.widgets.text_view import TextView
from eog_tui.widgets.timeline import Timeline

_TYPING_S = 0.08
"""Who types on does not wait for what was typed before."""


class ReplayScreen(Playing):
    """Step through one run: what was said, what was called, what the database became.

    A run that lives is followed: its new steps appear, and the position stays.
    """

    BINDINGS = bindings("replay")
    MAIN = "#step"

    def __init__(self, run_id: int, step: int | None = None) -> None:
        """Make the screen.

        Args:
            run_id: the run.
            step: where to begin; by default with what the user asked for.
        """
        super().__init__()
        self.run_id = run_id
        self._first = 1 if step is None else step
        self._shown: StepRead | None = None
        self._folded = True
        self._search = RunSearch()
        self._tools = ""
        self._from_end = False

    def compose(self) -> ComposeResult:
        """The run, its timeline, the step and what it did."""
        yield ReplayHeader()
        yield Timeline(id="timeline")
        yield FilterBar("search this run", id="search")
        yield MainPanes(
            Pane("Step", StepView(id="step"), id="step-pane"),
            Pane("Changes", ChangeView(empty="This step changed nothing.", id="changes"), id="changes-pane"),
            Pane("So far", ChangeView(empty="Nothing has changed so far.", id="so-far"), id="so-far-pane"),
            Pane("Verifiers", DocumentView(id="checks"), id="checks-pane"),
            Pane("Tools", DocumentView(id="tools"), id="tools-pane"),
            Pane("Raw", DocumentView(id="raw"), id="raw-pane"),
        )
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read the outline."""
        self.query_one(Timeline).can_focus = False
        self._trajectory = Trajectory(self.eog.store, self.run_id)
        self.in_turn(self._load_outline)

    def on_resize(self, event: events.Resize) -> None:
        """A higher screen has room for more verifiers."""
        self.query_one(Timeline).max_verifiers = max(3, event.size.height // 6)

    # Reading.

    @property
    def shown_step(self) -> int | None:
        """Number of the step whose text is there; the position is ahead of it while a step is read."""
        return None if self._shown is None else self._shown.number

    @on(StoreChanged)
    def _follow(self) -> None:
        if self.outline is None or self.outline.run.alive:
            self.in_turn(self._load_outline)

    async def _load_outline(self) -> None:
        try:
            outline = await self.in_thread(self._trajectory.outline)
            family = await self.in_thread(self.eog.store.family, self.run_id)
            tools = self._tools or await self.in_thread(self._read_tools, outline)
        except StoreError as error:
            self._say(str(error))
            return
        self.query_one(ReplayHeader).family = tuple(family)
        self._take(outline, tools)

    def _read_tools(self, outline: Outline) -> str:
        return self._trajectory.text(outline.started.tools) if outline.started else ""

    def _take(self, outline: Outline, tools: str) -> None:
        before, self.outline = self.outline, outline
        if before == outline:
            return
        self._tools = tools
        self.query_one(ReplayHeader).outline = outline
        self.query_one(Timeline).show(
            outline.heads,
            [check.name for check in outline.checks],
            [check.untouched or "" for check in outline.checks],
            [outline.story(check.index) for check in outline.checks],
            inherited=inherited(outline.run),
        )
        called = Counter(head.tool for head in outline.heads if head.tool)
        self.query_one("#tools", DocumentView).replace_lines(lambda _: tool_lines(tools, called), len(tools) or 1)
        if self.position < 0 <= outline.last:
            self.position = max(0, min(self._first, outline.last))
        elif outline.last < 0:
            self._say("The run has not begun yet." if outline.run.alive else "The run ended before its first step.")
        elif before is not None and self._moved(before, outline):
            self._load_step(self.position)
        elif before is not None:
            self._show_checks(outline)

    def _moved(self, before: Outline, now: Outline) -> bool:
        """Whether what is shown may have changed: its step went on, or the verdicts are there."""
        at = self.position
        return before.heads[at] != now.heads[at] or before.run.status != now.run.status

    def _say(self, text: str) -> None:
        self.query_one("#step", StepView).show_lines(lambda _: indented(paragraphs(text)), len(text))

    def watch_position(self, position: int) -> None:
        """Go there."""
        self.query_one(ReplayHeader).position = position
        self.query_one(Timeline).position = position
        self._load_step(position)

    @work(exclusive=True, group="step")
    async def _load_step(self, position: int) -> None:
        outline = self.outline
        assert outline is not None
        try:
            read = await self.in_thread(read_step, self._trajectory, outline, position)
        except StoreError as error:
            self._say(str(error))
            return
        if position == self.position:
            self._take_step(outline, read)

    # Showing.

    def _take_step(self, outline: Outline, read: StepRead) -> None:
        same = self._shown is not None and self._shown.number == read.number
        self._shown = read
        self._folded = (self._folded or not same) and not self._search.needle
        view = self.query_one("#step", StepView)
        if same:
            view.replace_lines(self._step_lines(read.text), read.text.size)
        else:
            view.show_lines(self._step_lines(read.text), read.text.size, read.text.copyable)
        if self._search.needle:
            view.search(self._search.needle)
        self.query_one("#changes", ChangeView).show(read.changes)
        self.query_one("#so-far", ChangeView).show(read.so_far)
        self._show_checks(outline)
        self.query_one("#raw", DocumentView).show_lines(lambda _: read.raw_lines(), read.text.size, read.raw)
        self._name_panes(outline, read)

    def _show_checks(self, outline: Outline) -> None:
        step = self.position
        self.query_one("#checks", DocumentView).replace_lines(lambda _: check_lines(outline, step), 2_000)

    def _step_lines(self, text: StepText) -> Lines:
        return partial(text.lines, folded=self._folded)

    def _name_panes(self, outline: Outline, read: StepRead) -> None:
        outcomes = outline.outcomes[read.number]
        passed = f" {outcomes.count('pass')}/{len(outline.checks)}" if outline.checks and outcomes else ""
        titles = {
            "#changes-pane": f"Changes {len(read.changes):,}" if read.changes else "Changes",
            "#so-far-pane": f"So far {len(read.so_far):,}" if read.so_far else "So far",
            "#checks-pane": f"Verifiers{passed}",
        }
        for selector, title in titles.items():
            self.query_one(selector, Pane).title = title
        self.query_one(MainPanes).refresh_titles()

    def action_unfold(self) -> None:
        """Show in full what the step folds, or fold it again."""
        if self._shown is not None:
            self._folded = not self._folded
            view = self.query_one("#step", StepView)
            view.replace_lines(self._step_lines(self._shown.text), self._shown.text.size)

    # Stepping.

    def go_to(self, step: int) -> None:
        """Show a step, beyond the ends the first or last one, and stay there."""
        self.stop_playing()
        self.show_step(step)

    def action_step(self, by: int) -> None:
        """Go to the next or previous step."""
        self.go_to(self.position + by)

    def action_edge(self, by: int) -> None:
        """Go to the first or last step."""
        if self.outline is not None:
            self.go_to(0 if by < 0 else self.outline.last)

    def action_write(self, by: int) -> None:
        """Go to the next or previous step that wrote."""
        if self.outline is not None:
            self._go_or_say(self.outline.next_write(self.position, by), "wrote", by)

    def action_verdict(self, by: int) -> None:
        """Go to the next or previous step that changed a verdict."""
        if self.outline is not None:
            self._go_or_say(self.outline.next_turn(self.position, by), "changed a verdict", by)

    def _go_or_say(self, step: int | None, what: str, by: int) -> None:
        if step is None:
            self.eog.toast(f"No step {'after' if by > 0 else 'before'} this one {what}.")
        else:
            self.go_to(step)

    @on(Timeline.Jumped)
    def _jump(self, event: Timeline.Jumped) -> None:
        self.go_to(event.position)

    def action_go_to_step(self) -> None:
        """Ask for a number and go there."""
        if self.outline is not None and self.outline.last >= 0:
            self.app.push_screen(GoToStep(self.outline.last), lambda step: None if step is None else self.go_to(step))

    # Searching.

    @on(FilterBar.Changed)
    def _search_for(self, event: FilterBar.Changed) -> None:
        self._look_up(event.value.strip())

    @work(exclusive=True, group="search")
    async def _look_up(self, needle: str) -> None:
        await asyncio.sleep(_TYPING_S if needle else 0)
        try:
            hits = await self.in_thread(self._trajectory.search, needle)
        except StoreError as error:
            self.query_one(FilterBar).note = str(error)
            return
        self._search = RunSearch(needle, hits)
        if hits and self.position not in hits:
            self.go_to(self._search.next(self.position, 1) or 0)
        # What is found must not be folded away.
        if needle and self._folded:
            self.action_unfold()
        self.query_one("#step", StepView).search(needle)
        self.query_one(FilterBar).note = self._search.note(self.position)

    @on(TextView.Found, "#step")
    def _found(self, event: TextView.Found) -> None:
        if self._from_end and event.total:
            self._from_end = False
            self.query_one("#step", StepView).show_last_match()
        else:
            self.query_one(FilterBar).note = self._search.note(self.position, event.words)

    @on(StepView.Exhausted)
    def _search_on(self, event: StepView.Exhausted) -> None:
        self.action_match(event.by)

    def action_match(self, by: int) -> None:
        """Go to the next or previous step that holds what is searched."""
        if not self._search.needle:
            self.eog.toast("Nothing is searched yet; / searches the run.")
        elif (step := self._search.next(self.position, by)) is not None:
            self._from_end = by < 0
            self.go_to(step)

    # Other branches.

    def shown_head(self) -> tuple[tuple[StepHead, ...], int]:
        """The run's steps, and the number of the one that is shown."""
        return (self.outline.heads if self.outline is not None else ()), self.position

    def show_run(self, run_id: int) -> None:
        """Show another run in place of this one, at the same step."""
        self.app.switch_screen(ReplayScreen(run_id, max(self.position, 0)))

    # What else there is.

    @work(exclusive=True, group=DOORS)
    async def action_draft(self) -> None:
        """Begin a plan with what worked in this run."""
        from eog_tui.screens.plan_opening import draft_from_run

        await draft_from_run(self, self.run_id)

    def commands(self) -> Iterable[Command]:
        """What only the palette offers."""
        yield Command("go to step…", "Ask for a step's number and go there.", self.action_go_to_step)
        plan = "Begin a plan for its task with the calls that worked."
        yield Command("write a plan from this run", plan, self.action_draft)
        there = f"eog-tui replay {self.run_id} --step {max(self.position, 0)}"
        yield Command("copy the command for this place", there, lambda: self.eog.copy(there))
        for pane in self.query_one(MainPanes).panes:
            yield Command(f"show {pane.title}", "Go to this pane.", partial(self._focus_in_pane, pane.children[0]))
