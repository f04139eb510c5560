"""The steps of the run that Live shows: going through them, opening, copying and paging one."""

from __future__ import annotations

from collections.abc import Callable

from textual import on, work

from engine.trajectory.database import StoreError
from eog_tui.screens.steering import SteeringScreen
from eog_tui.transcript import step_lines
from eog_tui.widgets.step_list import StepList


class StepsScreen(SteeringScreen):
    """Steers a run and composes a ``StepList`` of it."""

    @property
    def ended(self) -> bool:
        """Whether the run that is shown has ended."""
        return self.sight is not None and not self.sight.outline.run.alive

    @on(StepList.Opened)
    def _open_step(self, event: StepList.Opened) -> None:
        from eog_tui.screens.replay import ReplayScreen

        if self.sight is not None and self.sight.waits is not None and event.number == self.sight.waits.step:
            self.action_word()
            return
        self.app.push_screen(ReplayScreen(self.run_id, event.number))

    def action_replay(self) -> None:
        """Step through the run, from the selected step on."""
        from eog_tui.screens.replay import ReplayScreen

        head = self.query_one(StepList).selected
        self.app.push_screen(ReplayScreen(self.run_id, head.number if head else None))

    def action_step(self, by: int) -> None:
        """Select the next or previous step."""
        self.query_one(StepList).action_move(by)

    def action_write(self, by: int) -> None:
        """Select the next or previous step that wrote."""
        steps = self.query_one(StepList)
        if self.sight is None or steps.selected is None:
            return
        step = self.sight.outline.next_write(steps.selected.number, by)
        if step is None:
            self.eog.toast("No later step wrote." if by > 0 else "No earlier step wrote.")
        else:
            steps.select(step)

    def action_copy(self) -> None:
        """Copy the selected text, the step that has the focus, or what its pane holds."""
        if self.focused is self.query_one(StepList) and not self.get_selected_text():
            self._with_step(self.eog.copy)
        else:
            super().action_copy()

    def action_pager(self) -> None:
        """Open the step, or what the pane holds, in the pager."""
        if self.focused is self.query_one(StepList):
            self._with_step(self.eog.page)
        else:
            super().action_pager()

    @work(exclusive=True, group="step")
    async def _with_step(self, use: Callable[[str], object]) -> None:
        """Give the selected step, in full and as text, to someone."""
        head = self.query_one(StepList).selected
        if head is None:
            self.eog.toast("There is no step yet.")
            return
        try:
            events = await self.in_thread(self.eog.store.events, self.run_id, head.number)
        except StoreError as error:
            self.eog.toast(str(error), severity="error")
            return
        use("\n".join(step_lines(head, events, fold=False, alive=not self.query_one(StepList).over)))
