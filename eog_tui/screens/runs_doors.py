"""Where Runs leads to: a run to replay, to watch or to act in, one that is begun, and the plans."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work

from engine.trajectory.reading import RunRow
from engine.trajectory.store import StoreError
from eog_tui.keys_in_order import DOORS
from eog_tui.live.waiting import person_acts
from eog_tui.screens.base import EogScreen
from eog_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.runs.spec import Launch


class Doors(EogScreen[None]):
    """The half of Runs that opens other screens."""

    @property
    def selected_run(self) -> RunRow | None:
        """The run that has the cursor."""
        return self.query_one(RowTable).selected

    def say_problem(self, problem: str) -> None:
        """Say why something could not be done; nothing takes it back."""
        raise NotImplementedError

    @on(RowTable.Opened)
    def _open(self, event: RowTable.Opened) -> None:
        from eog_tui.screens.begun import open_begun

        assert isinstance(event.row, RunRow)
        if event.row.alive:
            open_begun(self.app, event.row.id, by_hand=event.row.agent == "human")
        else:
            self.open_replay(event.row.id, None)

    def open_replay(self, run_id: int, step: int | None) -> None:
        """Step through a run, from a step on."""
        from eog_tui.screens.replay import ReplayScreen

        self.app.push_screen(ReplayScreen(run_id, step))

    def action_launch(self) -> None:
        """Choose what to run."""
        from eog_tui.screens.launch import LaunchScreen

        def watch(run_id: int | None) -> None:
            if run_id is not None:
                self._watch_launched(run_id)

        self.app.push_screen(LaunchScreen(), watch)

    def action_plans(self) -> None:
        """Open the plan library."""
        from eog_tui.screens.plans import PlansScreen

        self.app.push_screen(PlansScreen())

    def action_uplift(self) -> None:
        """Compare runs with and without plans."""
        from eog_tui.screens.plan_uplift import UpliftScreen

        self.app.push_screen(UpliftScreen())

    @work(exclusive=True, group=DOORS)
    async def action_plan(self) -> None:
        """Open the plan of the selected run's task, or begin one; without a run, the library."""
        from eog_tui.screens.plan_opening import open_plan_of_run

        if self.selected_run is None:
            self.action_plans()
        else:
            await open_plan_of_run(self, self.selected_run.id)

    @work(exclusive=True, group=DOORS)
    async def action_draft(self) -> None:
        """Begin a plan with what worked in the selected run."""
        from eog_tui.screens.plan_opening import draft_from_run

        if self.selected_run is not None:
            await draft_from_run(self, self.selected_run.id)

    def action_act(self) -> None:
        """Go on with the selected run as its person, or do its task anew."""
        row = self.selected_run
        if row is None:
            self.eog.toast("No run is selected.")
        elif not row.alive:
            self._act_anew(row.id)
        elif row.agent == "human":
            self._watch_new(row.id, by_hand=True)
        else:
            self._act_in(row)

    @work(exclusive=True, group="open")
    async def _act_in(self, row: RunRow) -> None:
        """Go on where a person took over; a model at work is left alone."""
        try:
            acts = person_acts(row, await self.in_thread(self.eog.store.interventions, row.id))
        except StoreError as error:
            self.say_problem(str(error))
            return
        if acts:
            self._watch_new(row.id, by_hand=True)
        else:
            self.eog.toast("A model acts in this run. Enter opens it; there a takes over.")

    def _act_anew(self, run_id: int) -> None:
        from eog_tui.workbench.anew import by_hand

        self._start_once(partial(by_hand, self.eog.store, run_id))

    def action_demo(self) -> None:
        """Play the demo."""
        from engine.runs.spec import Launch
        from eog_tui.commands.demo import SCREEN_PACE, TASK

        self.start(Launch(sources=(TASK,), agent="scripted", pause_s=SCREEN_PACE, gyms="embedded"))

    def start(self, launch: Launch) -> None:
        """Start runs and watch the first of them."""
        self._start_once(lambda: launch)

    def _start_once(self, choose: Callable[[], Launch]) -> None:
        if not self.under_way("start"):
            self._start(choose)

    @work(group="start")
    async def _start(self, choose: Callable[[], Launch]) -> None:
        from eog_tui.screens.launch_form import LAUNCH_ERRORS

        try:
            launch = await self.in_thread(choose)
            launched = await self.in_thread(self.eog.engine.launch, launch)
        except LAUNCH_ERRORS as error:
            self.say_problem(str(error))
        else:
            self._watch_new(launched.run_ids[0], by_hand=launch.agent == "human")

    @work(exclusive=True, group="open")
    async def _watch_launched(self, run_id: int) -> None:
        try:
            row = await self.in_thread(self.eog.store.run, run_id)
        except StoreError as error:
            self.say_problem(str(error))
            return
        self._watch_new(run_id, by_hand=row.agent == "human")

    def _watch_new(self, run_id: int, *, by_hand: bool = False) -> None:
        """Open a run that has just begun; it is the selected one when the person comes back."""
        from eog_tui.screens.begun import open_begun

        self.query_one(RowTable).select(run_id)
        open_begun(self.app, run_id, by_hand=by_hand)
