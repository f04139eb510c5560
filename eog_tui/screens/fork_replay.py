"""What Replay can do beyond looking: fork the step that is shown, go on by hand, jump to another branch."""

from __future__ import annotations

from textual import on, work

from engine.trajectory.reading import RunRow
from engine.trajectory.steps import StepHead
from engine.who import me
from eog_tui.replay.fork_form import ForkChoices, why_not
from eog_tui.screens.base import EogScreen
from eog_tui.screens.begun import open_begun
from eog_tui.screens.replay_panes import ReplayHeader


class Branching(EogScreen[None]):
    """The half of Replay that knows of other branches."""

    run_id: int

    def shown_head(self) -> tuple[tuple[StepHead, ...], int]:
        """The run's steps, and the number of the one that is shown (-1 before there is one)."""
        raise NotImplementedError

    def show_run(self, run_id: int) -> None:
        """Show another run in place of this one, at the same step."""
        raise NotImplementedError

    @property
    def _family(self) -> tuple[RunRow, ...]:
        return tuple(self.query_one(ReplayHeader).family)

    def _forkable(self) -> StepHead | None:
        """The step that is shown, if it can be forked; else says why not."""
        heads, step = self.shown_head()
        outline = self.query_one(ReplayHeader).outline
        if problem := why_not(heads, step, alive=outline is not None and outline.run.alive):
            self.eog.toast(problem, severity="warning")
            return None
        return heads[step]

    def _open_begun(self, begun: tuple[int, bool] | None) -> None:
        if begun is not None:
            open_begun(self.app, begun[0], by_hand=begun[1])

    def action_fork(self) -> None:
        """Choose how to go on from the step that is shown."""
        from eog_tui.screens.fork import ForkScreen

        if (head := self._forkable()) is not None:
            self.app.push_screen(ForkScreen(self.run_id, head), self._open_begun)

    def action_act(self) -> None:
        """Fork at the step that is shown and sit down at the Workbench."""
        if (head := self._forkable()) is not None and not self.under_way("fork"):
            self._act(head.number)

    @work(group="fork")
    async def _act(self, step: int) -> None:
        from eog_tui.screens.launch_form import LAUNCH_ERRORS

        try:
            run_id = await self.in_thread(self._fork_by_hand, step)
        except LAUNCH_ERRORS as error:
            self.eog.toast(str(error), title="It cannot be forked", severity="error")
        else:
            self._open_begun((run_id, True))

    def _fork_by_hand(self, step: int) -> int:
        """Start the fork; whoever acts in it sees what they could have seen in the parent."""
        from engine.runs.spec import Fork, Launch

        peek = ForkChoices.of_parent(self.eog.store.settings(self.run_id)).peek
        place = Fork(run_id=self.run_id, step=step, by=me())
        return self.eog.engine.launch(Launch(fork=place, agent="human", peek=peek)).run_ids[0]

    @on(ReplayHeader.FamilyAsked)
    def action_family(self) -> None:
        """Show the family, to go to one of its branches."""
        from eog_tui.screens.fork_family import FamilyScreen

        def go(run_id: int | None) -> None:
            if run_id is not None and run_id != self.run_id:
                self.show_run(run_id)

        if len(self._family) < 2:
            self.eog.toast("Nothing was forked from this run yet; f forks it.")
        else:
            self.app.push_screen(FamilyScreen(self.run_id), go)
