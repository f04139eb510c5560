"""Approve: may this call run?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.screen import ModalScreen
from textual.timer import Timer

from engine.runs import orders
from engine.runs.rebuild import RebuildError, Trial
from engine.tasks.files import same_json
from engine.trajectory.database import StoreError
from engine.trajectory.events import Proposal
from engine.trajectory.headline import title
from engine.who import me
from eog_tui.actions import bindings
from eog_tui.answers import Answer
from eog_tui.live.rehearsal import Rehearsal
from eog_tui.live.telling import THEN_PAUSES
from eog_tui.live.waiting import Asked, Word, awaited, behind, pause_ordered
from eog_tui.screens.approve_views import Answers, ArgumentsView, Mode, TrialView, answers, offered, verifier_lines
from eog_tui.screens.background import Background
from eog_tui.screens.base import WIDE
from eog_tui.screens.workbench_dialogs import WordsScreen
from eog_tui.widgets.line_view import Piece
from eog_tui.widgets.piece_lines import PieceLines, Pieces
from eog_tui.widgets.tool_form import ToolForm
from eog_tui.workbench.desk import DeskReader

if TYPE_CHECKING:
    from engine.trajectory.store import Store

GUARD_SECONDS = 0.3
"""How long after it came into sight no key is an answer, so that nobody answers what they have not read."""
EDIT_SECONDS = 0.15
"""Seconds without a key after which edited arguments are tried."""
FOLLOW_SECONDS = 0.5
"""How often is asked whether the call still waits."""
Edits = tuple[Mapping[str, Any], Mapping[str, str]]
"""Arguments, and problems by field."""


class ApproveScreen(ModalScreen[Word | None], Background[Word | None]):
    """Shows a call that waits and what it would do, tried on a copy; returns the answer, or None for later.

    Letters are answers here. What was typed before anyone could have read the question is dropped.
    """

    BINDINGS = bindings("dialog", "question")
    CSS_PATH = "approve.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012

    def __init__(
        self,
        store: Store,
        asked: Asked,
        rehearsal: Rehearsal,
        pauses: Callable[[], bool],
        edits: Edits | None = None,
    ) -> None:
        """Ask about a call.

        Args:
            store: where the run is.
            asked: the call.
            rehearsal: tries it.
            pauses: whether the run is known to pause once it has its word.
            edits: what became of the arguments when it was put off (``edits``); None if it is asked about first.
        """
        super().__init__()
        self._pauses = pauses
        self._store, self._asked, self._rehearsal = store, asked, rehearsal
        self._reader = DeskReader(store, asked.run_id)
        self.edits: Edits = edits or (asked.proposal.arguments, {})
        """The arguments as they are now, and what keeps edited ones from being sent."""
        self._mode: Mode = "answers"
        self._appeared = inf
        self.closed = -inf
        """When it was answered, here or elsewhere, by the clock of key presses; putting it off is no answer."""
        self._typed_at = -inf
        """When a key last ran ahead of the form."""
        self._later: Timer | None = None
        self._revision: int | None = None

    def compose(self) -> ComposeResult:
        """What is asked, the arguments beside the trial, the answers."""
        with Vertical(id="approve"):
            yield PieceLines(id="question")
            with Container(id="sides"):
                with Vertical(id="asked"):
                    yield ArgumentsView(self._asked.proposal.arguments, id="arguments")
                    yield ToolForm(self._reader.seen, id="form")
                yield TrialView(id="trial")
            yield Answers(id="answers")

    def on_mount(self) -> None:
        """Try the call."""
        self._ask("", pauses=self._pauses())
        self._offer("answers")
        self.query_one(TrialView).tell([[("… ", "running"), ("trying it on a copy of the database", "dim")]])
        self._try()
        self.in_turn(self._follow)
        self.set_interval(FOLLOW_SECONDS, partial(self.in_turn, self._follow))
        self.call_after_refresh(self._came_into_sight)

    def _came_into_sight(self) -> None:
        self._appeared = monotonic()
        self.query_one(ArgumentsView).show(self._arguments)  # as high as they are, now that the width is known
        self.set_timer(GUARD_SECONDS, self._rest_focus)

    def _rest_focus(self) -> None:
        if self._mode != "edit":
            self.query_one(ArgumentsView).focus()

    # What is said.

    @property
    def _arguments(self) -> Mapping[str, Any]:
        return self.edits[0]

    @property
    def _problems(self) -> Mapping[str, str]:
        return self.edits[1]

    @property
    def _edited(self) -> bool:
        return not same_json(self._arguments, self._asked.proposal.arguments)

    def _ask(self, behind_it: str, *, pauses: bool) -> None:
        proposal = self._asked.proposal
        about = title(proposal).removeprefix(proposal.tool).strip().partition(" ")[0]
        does: Piece = ("writes", "waiting") if proposal.writes else ("reads", "dim")
        question: list[Piece] = [("◌ approve?  ", "waiting"), (proposal.tool, "strong"), (" · ", "dim"), does]
        if about and "=" not in about:
            question[1:2] = [(proposal.tool, "strong"), (" · ", "dim"), (about, "strong")]
        if pauses:
            question += [(" · ", "dim"), (THEN_PAUSES, "waiting")]
        right: list[Pieces] = (
            [[(f"{behind_it}  run {self._asked.run_id}", "dim")], [(behind_it, "dim")]] if behind_it else []
        )
        self.query_one("#question", PieceLines).show([question], right)

    def _offer(self, mode: Mode) -> None:
        self._mode = mode
        is_wide = self.app.size.width >= WIDE
        self.query_one(Answers).show(offered(mode, self._asked.proposal.tool, edited=self._edited, wide=is_wide))
        self.set_class(mode == "edit", "-editing")

    # Trying.

    @work(exclusive=True, group="try")
    async def _try(self) -> None:
        view, arguments, asked = self.query_one(TrialView), self._arguments, self._asked
        if self._problems and self._edited:
            name, words = next(iter(self._problems.items()))
            view.tell([[("✗ ", "fail"), (f"{name}: {words}" if name else words, "")]])
            return
        try:
            trial: Trial = await self.in_thread(self._rehearsal.try_call, arguments)
        except (RebuildError, StoreError) as error:
            view.tell([[("! ", "error"), ("cannot be tried: ", "strong"), (str(error), "")]])
            return
        if arguments is not self._arguments:
            return
        peek = asked.started.peek if asked.started else None
        stands_in = f"; the built-in gym stands in for {elsewhere}" if (elsewhere := self._rehearsal.elsewhere) else ""
        told: list[Pieces] = [
            [("", "dim"), (f"tried on a copy of the database{stands_in}", "dim")],
            *verifier_lines(trial, asked.verifiers, peek),
        ]
        view.show_trial(trial, asked.proposal.tool, told)

    # Following.

    async def _follow(self) -> None:
        """Close when somebody else gave the word; tell what else waits."""
        known = self._revision

        def look() -> tuple[int, bool, str, bool] | None:
            revision = self._store.revision()
            if revision == known:
                return None
            run = self._store.run(self._asked.run_id)
            asked = awaited(self._store, run)
            waits = isinstance(asked, Proposal) and asked.call_id == self._asked.proposal.call_id
            if not waits:
                return revision, False, "", False
            return revision, True, behind(self._store, run, self._asked.proposal), pause_ordered(self._store, run)

        try:
            found = await self.in_thread(look)
        except StoreError:
            return  # whoever is below says so
        if found is None:
            return
        revision, waits, behind_it, pauses = found
        if waits:
            self._revision = revision
            self._ask(behind_it, pauses=pauses or self._pauses())
        elif self.is_active:  # a screen that is seen below a dialog is "current" too
            self.notify("The call no longer waits: somebody gave the word, or the run ended.", markup=False)
            self._close(None)
        # Below another dialog it stays news until that is gone.

    # Answering.

    def on_key(self, event: events.Key) -> None:
        """Take a letter as an answer, once there was time to read; what runs ahead of a form or dialog is dropped."""
        key = event.key if event.key == "ctrl+j" else event.character or ""
        ahead = self._mode == "opening" and event.key != "escape"
        if ahead:
            self._typed_at = monotonic()
        opening = not self.is_active or ahead
        if event.time < self._appeared + GUARD_SECONDS or opening or self._answer(key):
            event.stop()
            event.prevent_default()

    @on(Answers.Pressed)
    def _clicked(self, event: Answers.Pressed) -> None:
        if event.key == "escape":
            self.action_cancel()
        elif monotonic() > self._appeared + GUARD_SECONDS:
            self._answer(event.key)

    def _answer(self, key: str) -> bool:
        """Do what a key means; returns whether it meant anything."""
        call_id = self._asked.proposal.call_id
        match self._mode, key:
            case ("answers", "y") | ("edit", "ctrl+j"):
                self._approve()
            case "answers", "A":
                self._offer("always")
            case "always", "A" | "k":
                self._approve(allow=self._asked.proposal.tool, keep=key == "k")
            case "answers", "e":
                self._mode = "opening"  # at once: the letters that follow are no answers
                self._typed_at = monotonic()  # those that the app still holds are waited for, too
                self.set_focus(None)
                self._edit()
            case "answers", "u":
                self.edits = self._asked.proposal.arguments, {}
                self._take_edits()
            case "answers", "n":
                ask = WordsScreen("Reject: why? The model is told.", "reject")
                self._words(ask, lambda reason: orders.Reject(by=me(), call_id=call_id, reason=reason))
            case "answers", "a":
                self._close(Word(orders.TakeOver(by=me())))
            case "answers", "r":
                ask = WordsScreen("Answer in its place: the run ends with it.", "answer", needed="Write the answer.")
                self._words(ask, lambda text: orders.Answer(by=me(), text=text))
            case _:
                return False
        return True

    def answers(self) -> Iterator[Answer]:
        """What can be answered now, for those who look for it in help and palette."""
        return iter(answers(self._mode, edited=self._edited))

    def give(self, answer: Answer) -> None:
        """Answer so."""
        self._clicked(Answers.Pressed(answer.key))

    async def action_command_palette(self) -> None:
        """Open the palette; keys do not reach the app through a dialog by themselves."""
        await self.run_action("app.command_palette")

    async def action_help(self) -> None:
        """Say what can be done."""
        await self.run_action("app.help")

    def action_cancel(self) -> None:
        """Go back to the answers, or let the call wait."""
        if monotonic() < self._appeared + GUARD_SECONDS:
            return
        if self._mode == "answers":
            self.dismiss(None)
        else:
            self._take_edits()

    def _close(self, word: Word | None) -> None:
        if self.is_active:  # else it is closed already, as when somebody else was quicker
            self.closed = monotonic()
            self.dismiss(word)

    def _words(self, screen: WordsScreen, order: Callable[[str], orders.Reject | orders.Answer]) -> None:
        def said(words: str | None) -> None:
            if words is not None:
                self._close(Word(order(words.strip())))

        self.app.push_screen(screen, said)

    def _approve(self, *, allow: str = "", keep: bool = False) -> None:
        if self._problems and self._edited:
            self.notify("What is edited cannot be sent so; e goes back to it.", severity="warning", markup=False)
            return
        arguments = dict(self._arguments) if self._edited else None
        try:
            approval = orders.ApproveCall(by=me(), call_id=self._asked.proposal.call_id, arguments=arguments)
        except ValidationError as error:
            self.notify(error.errors()[0]["msg"], severity="warning", markup=False)
            return
        self._close(Word(approval, allow, keep))

    # Editing.

    @work(exclusive=True, group="edit")
    async def _edit(self) -> None:
        try:
            desk = await self.in_thread(self._reader.look)
            # Who types ahead of the form gets it when they have stopped: the rest would land in it without its start.
            while (left := self._typed_at + GUARD_SECONDS - monotonic()) > 0:  # noqa: ASYNC110 - keys put it off
                await asyncio.sleep(left)
        except StoreError as error:
            self._back_to_answers()
            self.notify(str(error), severity="error", markup=False)
            return
        if self._mode != "opening":
            return
        tool = desk.tool(self._asked.proposal.tool)
        if tool is None:
            self._back_to_answers()
            self.notify("The run's gyms have no such tool, so there is no form to edit.", markup=False)
            return
        self._offer("edit")
        form = self.query_one(ToolForm)
        form.show(tool, self._arguments)
        required = tool.input_schema.get("required") or ()
        # What names the thing comes first and is seldom wrong.
        optional = (name for name in self._arguments if name not in required)
        start = next(iter(form.problems), "") or next(optional, "") or next(iter(self._arguments), "")
        self.call_after_refresh(form.go_to if start else form.focus, *([start] if start else []))

    @on(ToolForm.Changed)
    def _typed(self, event: ToolForm.Changed) -> None:
        if self._mode != "edit":
            return
        self.edits = event.form.arguments, event.form.problems
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(EDIT_SECONDS, self._try)

    @on(ToolForm.Submitted)
    def _through(self) -> None:
        self._take_edits()

    def _take_edits(self) -> None:
        """Back to the answers, with the arguments as they are now."""
        self.query_one(ArgumentsView).show(self._arguments)
        self._back_to_answers()
        self._try()

    def _back_to_answers(self) -> None:
        self._offer("answers")
        self._rest_focus()
