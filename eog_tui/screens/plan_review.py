"""The review of a plan that a model wrote: shall the agent work by it?"""

from __future__ import annotations

from textual import work

from engine.runs.orders import AcceptPlan, OrderError
from engine.trajectory.database import StoreError
from engine.who import me
from eog_tui.actions import bindings
from eog_tui.live.ordering import carry_out
from eog_tui.plans.outset import Outset, waiting_plan
from eog_tui.screens.plan_editing import PlanEditing
from eog_tui.widgets.line_view import Piece


class PlanReviewScreen(PlanEditing):
    """Read the plan that a run waits with, change it if need be, and let the agent go on; Esc leaves it waiting."""

    BINDINGS = bindings("review")
    BEFORE_SAVED = "changed by you"

    def __init__(self, run_id: int) -> None:
        """``run_id``: a run that waits for a word about its plan, of this process or another."""
        super().__init__()
        self.run_id = run_id
        self._sending = False
        self.add_class("-review")

    def read(self) -> Outset:
        """The plan that waits."""
        return waiting_plan(self.eog.store, self.run_id)

    def head(self) -> list[Piece]:
        """The run that waits."""
        return [(f"run {self.run_id} waits · ", "waiting"), *super().head()]

    def saved_words(self) -> str:
        """Nobody changed it yet."""
        return "as the model wrote it"

    @work(group="save")
    async def action_accept(self) -> None:
        """Let the agent work by what stands here."""
        if self._sending or self._outset is None:
            return
        self._sending = True
        try:
            changed = self.text if self.unsaved else None
            order = AcceptPlan(by=self.author or me(), text=changed)
            await carry_out(self.eog.engine, self.eog.store, self.run_id, order)
        except (OrderError, StoreError) as error:
            self.eog.toast(str(error), title="Not accepted", severity="error")
        else:
            self.took_over(self.text)
            by = "your text" if changed else "its plan"
            self.eog.toast(f"The agent works by {by}.")
            self.dismiss()
        finally:
            self._sending = False

    def action_restore(self) -> None:
        """Bring back what the model wrote."""
        assert self._outset is not None
        if self.unsaved:
            self.editor.replace(self._outset.text)
        else:
            self.eog.toast("It is as the model wrote it.")

    def on_unmount(self) -> None:
        """What was changed is offered the next time."""
        self.flush_draft()
