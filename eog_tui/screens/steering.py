"""What a person can do to the run that a screen shows: pause, step, speak, approve, take over, stop."""

from __future__ import annotations

import asyncio
from functools import cached_property, partial

from textual import events, work

from engine.runs.orders import (
    ApproveCall,
    Order,
    OrderError,
    Pause,
    Resume,
    Say,
    Step,
    Stop,
    Supervise,
    TakeOver,
)
from engine.runs.rebuild import Rebuilder
from engine.runs.rules import Rules
from engine.runs.seeds import Seeds
from engine.trajectory.database import StoreError
from engine.trajectory.events import Plan, Proposal, RunStarted
from engine.who import me
from eog_tui.answers import ANSWERS
from eog_tui.live.following import Sight
from eog_tui.live.ordering import carry_out
from eog_tui.live.rehearsal import Rehearsal
from eog_tui.live.rules import RulesInForce, save_rule
from eog_tui.live.waiting import Asked, Word, person_acts
from eog_tui.screens.approve import GUARD_SECONDS, ApproveScreen, Edits
from eog_tui.screens.base import EogScreen
from eog_tui.screens.rules import RulesScreen
from eog_tui.screens.workbench_dialogs import WordsScreen

SLOW_SECONDS = 1.0
"""How long an order may take before it is said that it is under way."""


class SteeringScreen(EogScreen[None]):
    """The base of a screen that shows one run at a time and lets a person reach into it.

    A run of another process is steered just the same: what is asked of it is left in the store.
    """

    run_id: int
    sight: Sight | None
    """The latest look at the run; None before the first."""

    def __init__(self) -> None:
        super().__init__()
        self._pausing: set[int] = set()
        """Runs that were asked to pause and have not said that they do."""
        self._taking_over: set[int] = set()
        """Runs that were asked to let a person act, and have not answered."""
        self._put_off: set[str] = set()
        """Ids of the calls that are left waiting for now."""
        self._edits: dict[str, Edits] = {}
        """What became of their arguments, by the call's id."""
        self._question: ApproveScreen | None = None
        """The latest question about a call."""
        self._questioned = ""
        """Id of the call that is asked about now."""

    @cached_property
    def _rules(self) -> RulesInForce:
        return RulesInForce(self.eog.store)

    @cached_property
    def _rebuilder(self) -> Rebuilder:
        return Rebuilder(self.eog.store, Seeds())

    def look(self) -> None:
        """Look at the run again."""
        raise NotImplementedError

    # Giving orders.

    async def order(self, run_id: int, order: Order, done: str = "") -> bool:
        """Give an order, wait for what becomes of it and say how it went.

        Args:
            run_id: the run, of this process or another.
            order: what to ask of it.
            done: what to say when it is carried out; empty where the screen shows by itself what came of it.

        Returns:
            Whether it was carried out.
        """
        slow = self.set_timer(SLOW_SECONDS, lambda: self.eog.toast(f"Asking the process that has run {run_id} …"))
        try:
            await carry_out(self.eog.engine, self.eog.store, run_id, order)
        except (OrderError, StoreError) as error:
            self.eog.toast(str(error), title="Not done", severity="warning")
            return False
        finally:
            slow.stop()
        if done:
            self.eog.toast(done)
        return True

    @work(group="order")
    async def _give(self, run_id: int, order: Order, done: str = "") -> None:
        if not await self.order(run_id, order, done) and isinstance(order, Pause | Step):
            self._pausing.discard(run_id)
        self.look()

    def _alive(self, done: str) -> bool:
        """Whether the run that is shown goes on; says that it cannot be ``done`` if not."""
        if self.sight is None:
            return False
        if not self.sight.outline.run.alive:
            self.eog.toast(f"Run {self.run_id} has ended, so it cannot be {done}.")
            return False
        return True

    # Pausing, stepping, stopping.

    def pauses(self, run_id: int) -> bool:
        """Whether a run was asked to pause and has not come to its next call."""
        told = self.sight is not None and self.sight.pauses and self.run_id == run_id
        return told or run_id in self._pausing or self.eog.engine.paused(run_id)

    @property
    def rests(self) -> bool:
        """Whether the run that is shown is paused, or is about to be."""
        return self.sight is not None and (self.sight.outline.run.status == "paused" or self.pauses(self.run_id))

    def action_pause(self) -> None:
        """Let the run wait before its next call, or go on."""
        if self._alive("paused") and self.sight is not None:
            rests = self.rests
            (self._pausing.discard if rests else self._pausing.add)(self.run_id)
            self._give(self.run_id, Resume(by=me()) if rests else Pause(by=me()))

    def action_single(self) -> None:
        """Let a paused run make one call, and another one wait before its next."""
        if self._alive("stepped"):
            self._pausing.add(self.run_id)
            self._give(self.run_id, Step(by=me()))

    def action_stop(self) -> None:
        """Stop the run; ask first."""
        if self._alive("stopped") and self.sight is not None:
            run_id = self.run_id
            self.eog.ask(
                f"Stop run {run_id}?",
                ANSWERS["stop run"],
                lambda _: self._give(run_id, Stop(by=me())),
                detail=f"{self.sight.outline.run.task}\nIt ends as stopped; what it did so far stays recorded.",
            )

    # Speaking and acting.

    def action_say(self) -> None:
        """Say something to the model before it is asked again."""
        if not self._alive("spoken to"):
            return

        run_id = self.run_id

        def say(text: str | None) -> None:
            if text is not None:
                self._give(run_id, Say(by=me(), text=text.strip()))

        title = "Say to the model, as the user"
        self.app.push_screen(WordsScreen(title, "send", needed="Write what the model is to be told."), say)

    @work(group="act")
    async def action_act(self) -> None:
        """Act in the agent's place, or go on acting."""
        run_id = self.run_id
        if run_id in self._taking_over or not self._alive("taken over"):
            return
        self._taking_over.add(run_id)
        try:
            # What is shown may be older than the run: who comes back from the Workbench is quicker than a look.
            if not await self.in_thread(self._is_acted_in, run_id):
                await carry_out(self.eog.engine, self.eog.store, run_id, TakeOver(by=me()))
        except (OrderError, StoreError) as error:
            self.eog.toast(str(error), severity="warning")
        else:
            if self.is_active:
                self._open_workbench(run_id)
        finally:
            self._taking_over.discard(run_id)

    def _is_acted_in(self, run_id: int) -> bool:
        return person_acts(self.eog.store.run(run_id), self.eog.store.interventions(run_id))

    def _open_workbench(self, run_id: int) -> None:
        from eog_tui.screens.workbench import WorkbenchScreen

        self.app.push_screen(WorkbenchScreen(run_id))

    # Rules.

    @work(exclusive=True, group="rules")
    async def action_rules(self) -> None:
        """Choose which calls wait for a person's word from here on."""
        if not self._alive("supervised"):
            return
        run_id = self.run_id
        try:
            rules = await self.in_thread(self._rules.of, run_id)
        except StoreError as error:
            self.eog.toast(str(error), severity="error")
            return
        other = await self.app.push_screen_wait(RulesScreen(rules))
        if other is not None and other != rules:
            await self._supervise(run_id, other)

    async def _supervise(self, run_id: int, rules: Rules) -> None:
        order = Supervise(by=me(), approve=rules.approve, allow=rules.allow)
        unasked = f" {' '.join(rules.allow)} unasked." if rules.allow and rules.approve != "none" else ""
        asks = {"none": "No call waits", "writing": "Writing calls wait", "every": "Every call waits"}[rules.approve]
        if await self.order(run_id, order, f"{asks} for your word.{unasked}"):
            self._rules.ordered(run_id, rules)

    # Words about calls.

    def action_word(self) -> None:
        """Answer the call or plan that waits."""
        if self.sight is None or self.sight.waits is None:
            self.eog.toast(f"Run {self.run_id} does not wait for a word.")
        else:
            self._open_word(self.sight.waits)

    def note_waits(self) -> None:
        """Open the question by itself when the run that is shown has one, unless it was put off."""
        if self.sight is None:
            return
        if self.sight.outline.run.status == "paused":
            self._pausing.discard(self.run_id)
        waits = self.sight.waits
        if self.is_active and isinstance(waits, Proposal) and waits.call_id not in self._put_off:
            self._open_word(waits)

    def on_key(self, event: events.Key) -> None:
        """Drop what was still meant for a question that has just closed."""
        if self._question is not None and event.time < self._question.closed + GUARD_SECONDS:
            event.stop()
            event.prevent_default()

    def _open_word(self, waits: Proposal | Plan) -> None:
        if not self.is_active:
            return  # it was typed twice, and stands there already
        if isinstance(waits, Plan):
            from eog_tui.screens.plan_review import PlanReviewScreen

            self.app.push_screen(PlanReviewScreen(self.run_id))
        elif self.sight is not None and self._questioned != waits.call_id:
            self._questioned = waits.call_id
            self._put_off.add(waits.call_id)  # opened once by itself, then when somebody asks for it
            outline = self.sight.outline
            self._ask_about(outline.run.id, waits, outline.started, [check.name for check in outline.checks])

    @work(group="word")
    async def _ask_about(self, run_id: int, call: Proposal, started: RunStarted | None, verifiers: list[str]) -> None:
        rehearsal = Rehearsal(self.eog.store, self._rebuilder, run_id, call)
        asked = Asked(run_id, call, started, verifiers)
        pauses, edits = partial(self.pauses, run_id), self._edits.get(call.call_id)
        self._question = question = ApproveScreen(self.eog.store, asked, rehearsal, pauses, edits)
        self.add_class("-questioned")
        try:
            word = await self.app.push_screen_wait(question)
        finally:
            self._edits[call.call_id] = question.edits
            self._questioned = ""
            self.remove_class("-questioned")
            await asyncio.shield(asyncio.to_thread(rehearsal.close))
        if word is not None:
            await self._carry_out(run_id, word)

    async def _carry_out(self, run_id: int, word: Word) -> None:
        # Rules that allow the call that waits let it run as it was proposed, so an edited one gets its word first.
        released = word.allow and isinstance(word.order, ApproveCall) and word.order.arguments is None
        given = not released and await self.order(run_id, word.order)
        if released or (given and word.allow):
            try:
                rules = await self.in_thread(self._rules.of, run_id)
            except StoreError as error:
                self.eog.toast(str(error), title="Not done", severity="error")
                return
            await self._supervise(run_id, rules.model_copy(update={"allow": (*rules.allow, word.allow)}))
        if word.keep:
            try:
                await self.in_thread(save_rule, word.allow)
            except OSError as error:
                self.eog.toast(f"The rule cannot be kept: {error}", severity="warning")
        if given and isinstance(word.order, TakeOver):
            self._open_workbench(run_id)
