"""What the plan editor and the review of a waiting plan share: the text, what stands beside it, unsaved words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Input, Static

from engine.trajectory.database import StoreError
from engine.trajectory.events import now
from engine.who import me
from eog_tui.answers import ANSWERS
from eog_tui.figures import ago
from eog_tui.literal import content, literal
from eog_tui.pager import NoPagerError, edit_outside
from eog_tui.plans.drafts import Draft
from eog_tui.plans.outset import Outset
from eog_tui.plans.subject import Subject
from eog_tui.plans.tool_names import ToolNames
from eog_tui.screens.base import Command, EogScreen
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.plan_panes import TablesPane, TextPane, ToolsPane, VersionsPane
from eog_tui.screens.plan_text import PlanText
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.line_view import Piece
from eog_tui.widgets.panes import MainPanes, Pane
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.prose_view import ProseView
from eog_tui.widgets.text_view import TextView

_DRAFT_PAUSE_S = 0.5
"""Seconds without a key after which unsaved text is kept."""


class PlanEditing(EogScreen[None]):
    """Write a plan with its task, policy, tools, tables and versions in reach. Unsaved text survives a crash."""

    CSS_PATH = "plan.tcss"
    MAIN = "#plan-pane"
    AUTO_FOCUS = "PlanText TextArea"
    BEFORE_SAVED = "not saved"
    """What the first line says of text that is not taken over yet."""

    def __init__(self) -> None:
        super().__init__()
        self.subject: Subject | None = None
        self._outset: Outset | None = None
        self._saved = ""
        self._origin = "written"
        self._later: Timer | None = None
        self._draft_lock = asyncio.Lock()
        self._kept = False
        self._offering = False
        """Whether what was kept the last time waits to be taken or thrown away; nothing is written over it."""
        self._last: tuple[str, str, str, str, int] | None = None
        """The draft that has to be kept when the screen goes; its widgets are gone by then."""

    def compose(self) -> ComposeResult:
        """The plan in a line, its title and author, the text and what stands beside it."""
        yield PieceLines(id="head")
        with Horizontal(id="names"):
            yield Static("title", classes="names--label")
            yield Input(id="title", compact=True, placeholder="what this plan is called", max_length=200)
            yield Static("by", classes="names--label")
            yield Input(me(), id="author", compact=True, max_length=200)
        yield Static(id="problem")
        yield MainPanes(
            TextPane(),
            Pane("Task", ProseView(id="task"), id="task-pane"),
            Pane("Policy", ProseView(id="policy"), id="policy-pane"),
            ToolsPane(),
            TablesPane(),
            VersionsPane(lambda: self.text),
        )
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read the plan."""
        self._tell()
        self._load()

    # Reading.

    def read(self) -> Outset:
        """Read what the editor begins with; called in a thread. May raise StoreError."""
        raise NotImplementedError

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        try:
            outset = await self.in_thread(self.read)
        except StoreError as error:
            self.say_problem(str(error))
            return
        self.begin(outset)

    def begin(self, outset: Outset) -> None:
        """Show a plan, and offer what was not saved the last time."""
        self._outset, self.subject, self._saved = outset, outset.subject, outset.text
        with self.prevent(Input.Changed):
            self.query_one("#title", Input).value = literal(outset.title)
        self.editor.show(outset.text)
        self.editor.check_against(ToolNames(outset.subject))
        self._show_subject(outset.subject)
        self.query_one(VersionsPane).take(outset.versions)
        self._tell()
        if outset.draft is not None:
            self._offer(outset.draft)

    def _show_subject(self, subject: Subject) -> None:
        task = subject.task
        self.query_one("#task", TextView).show(task.user_prompt if task else subject.problem)
        self.query_one("#policy", TextView).show(task.system_prompt if task else subject.problem)
        self.query_one(ToolsPane).take(subject)
        self.query_one(TablesPane).take(subject)

    # The text.

    @property
    def editor(self) -> PlanText:
        """Where the text is written."""
        return self.query_one(TextPane).editor

    @property
    def text(self) -> str:
        """What is written."""
        return self.editor.text

    @property
    def title_typed(self) -> str:
        """The title as it stands in its field."""
        return self.query_one("#title", Input).value.strip()

    @property
    def author(self) -> str:
        """The author as it stands in its field."""
        return self.query_one("#author", Input).value.strip()

    @property
    def unsaved(self) -> bool:
        """Whether something is written that would be lost."""
        return self._outset is not None and self.text.strip() != self._saved.strip()

    @on(PlanText.Edited)
    def _edited(self) -> None:
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(_DRAFT_PAUSE_S, self._rested)
        self._last = self._draft() if self.unsaved else None
        self._tell()

    def _rested(self) -> None:
        self._keep_draft()
        self.query_one(VersionsPane).text_changed()

    @on(Input.Changed, "#title, #author")
    def _labelled(self, event: Input.Changed) -> None:
        event.stop()
        self._edited()

    @on(ToolsPane.Named)
    def _insert_name(self, event: ToolsPane.Named) -> None:
        self.editor.insert(f"`{event.tool.name}`")
        self.query_one(MainPanes).show_pane(self.query_one(TextPane))
        self.call_after_refresh(self.editor.focus)

    def action_write(self) -> None:
        """Go into the text."""
        self.query_one(MainPanes).show_pane(self.query_one(TextPane))
        self.call_after_refresh(self.editor.focus)

    @on(Input.Submitted)
    def _to_text(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_write()

    @work(exclusive=True, group="editor")
    async def action_editor(self) -> None:
        """Write the text in $EDITOR."""
        try:
            changed = await edit_outside(self.app, self.text.rstrip("\n") + "\n", suffix=".md")
        except SuspendNotSupported:
            self.eog.toast("This terminal cannot be lent to an editor.", severity="warning")
        except (NoPagerError, OSError, UnicodeDecodeError) as error:
            self.eog.toast(str(error), severity="error")
        else:
            changed = literal(changed).rstrip("\n")
            if changed.strip() != literal(self.text).strip():
                self.editor.replace(changed)
                self.eog.toast("The text from your editor is here; ctrl+z takes it back.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Who writes already does not need to be told how to begin."""
        return not (action == "write" and self.editor.writing)

    # What the first line says.

    def head(self) -> list[Piece]:
        """What this is, for the first line."""
        subject = self.subject
        return [(subject.name, "strong"), (f" · {subject.domain}", "dim")] if subject else [("…", "dim")]

    def _tell(self) -> None:
        state: list[Piece] = [(self.saved_words(), "dim")]
        if self.unsaved:
            state = [("● ", "waiting"), (self.BEFORE_SAVED, "waiting")]
        self.query_one("#head", PieceLines).show([[("Plan  ", "strong"), *self.head()]], [state])

    def saved_words(self) -> str:
        """What the first line says while nothing is unsaved."""
        return ""

    def say_problem(self, problem: str) -> None:
        """Say what is wrong below the title; nothing takes it away."""
        said = self.query_one("#problem", Static)
        said.update(content(f"! {problem}"))
        said.display = bool(problem)

    # Unsaved text.

    def _offer(self, draft: Draft) -> None:
        self._offering = True

        def answer(letter: str | None) -> None:
            self._offering = letter not in ("t", "d")
            match letter:
                case "t":
                    self._origin = draft.origin
                    if draft.title:
                        self.query_one("#title", Input).value = literal(draft.title)
                    self.editor.replace(draft.text)
                case "d":
                    self._drop_draft()
                    self._edited()  # what was typed before the question came is kept from here on
                case _:
                    self.dismiss()

        lines = draft.text.count("\n") + 1
        detail = f"{lines:,} line{'' if lines == 1 else 's'} by {draft.author}, {_since(draft)}. They were never saved."
        if draft.base and self._outset and draft.base != len(self._outset.versions):
            detail += f"\nThey began from v{draft.base}; the library has v{len(self._outset.versions)} now."
        question = "There is unsaved text of this plan."
        self.app.push_screen(ConfirmScreen(question, ANSWERS["kept plan"], detail=detail, cancel="leave it"), answer)

    @work(group="draft")
    async def _keep_draft(self) -> None:
        if self._offering:
            return
        async with self._draft_lock:
            try:
                if self.unsaved and self._outset is not None:
                    self._kept = True
                    await self.in_thread(self._outset.file.keep, *self._draft())
                elif self._kept and self._outset is not None:
                    self._kept = False
                    await self.in_thread(self._outset.file.drop)
            except OSError as error:
                self.say_problem(f"Unsaved text cannot be kept: {error}")

    def _draft(self) -> tuple[str, str, str, str, int]:
        return self.title_typed, self.author, self.text, self._origin, len(self.query_one(VersionsPane).versions)

    @work(group="draft")
    async def _drop_draft(self) -> None:
        await self.drop_draft()

    async def drop_draft(self) -> None:
        """Forget what was kept unsaved."""
        async with self._draft_lock:
            self._kept = False
            if self._outset is not None:
                try:
                    await self.in_thread(self._outset.file.drop)
                except OSError as error:
                    self.eog.toast(str(error), severity="warning")

    def took_over(self, text: str) -> None:
        """This text is in safe hands now."""
        self._saved = text
        self._origin = "written"
        self._kept = True  # so that the draft of it goes
        self._last = self._draft() if self.unsaved else None  # somebody may have written on meanwhile
        if self._later is not None:
            self._later.stop()
        self._keep_draft()
        self._tell()

    def flush_draft(self) -> None:
        """Keep at once what is not saved: the screen goes."""
        if self._outset is not None and self._last is not None and not self._offering:
            try:
                self._outset.file.keep(*self._last)
            except OSError:
                return  # nobody is there to read it any more

    # Leaving and finding.

    def action_find(self) -> None:
        """Filter the tools."""
        pane = self.query_one(ToolsPane)
        self.query_one(MainPanes).show_pane(pane)
        self.call_after_refresh(pane.query_one(FilterBar).open)

    def copyable(self) -> str | None:
        """The text."""
        return self.text

    def commands(self) -> Iterable[Command]:
        """The panes by name."""
        panes = self.query_one(MainPanes)
        for pane in panes.panes[1:]:
            yield Command(f"show {pane.title}", "Go to this pane.", partial(self._go_to, pane))

    def _go_to(self, pane: Pane) -> None:
        self.query_one(MainPanes).show_pane(pane)
        stations = [widget for widget in pane.query("RowTable, TextView") if widget.can_focus]
        if stations:
            self.call_after_refresh(stations[0].focus)


def _since(draft: Draft) -> str:
    age = ago(draft.at, now())
    return "a moment ago" if age == "now" else f"{age} ago"
