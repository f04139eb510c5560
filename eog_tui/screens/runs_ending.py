"""Ending runs from Runs: one that goes on is stopped, one that has ended is deleted; it is always asked first."""

from __future__ import annotations

from textual import work

from engine.runs.orders import OrderError, Stop
from engine.trajectory.databases import databases_left
from engine.trajectory.reading import RunRow
from engine.trajectory.store import StoreError
from engine.who import me
from eog_tui.answers import ANSWERS
from eog_tui.live.left_runs import end_left_run
from eog_tui.live.ordering import carry_out
from eog_tui.screens.runs_doors import Doors


class Endings(Doors):
    """The part of Runs that takes runs away."""

    def action_stop(self) -> None:
        """Stop the selected run, or delete it when it has ended; ask first."""
        row = self.selected_run
        if row is None:
            self.eog.toast("No run is selected.")
        elif not row.alive:
            self._ask_to_delete(row)
        else:
            self.eog.ask(
                f"Stop run {row.id}?",
                ANSWERS["stop run"],
                lambda _: self._stop(row),
                detail=f"{row.task}\nIt ends as stopped; what it did so far stays recorded.",
            )

    @work(group="stop")
    async def _stop(self, row: RunRow) -> None:
        run_id = row.id
        try:
            if row.agent == "human" and await self.in_thread(end_left_run, self.eog.engine, run_id):
                self.eog.toast(f"Nobody had run {run_id} open; it has ended.")
                return
            await carry_out(self.eog.engine, self.eog.store, run_id, Stop(by=me()))
        except (OrderError, StoreError) as error:
            self.eog.toast(str(error), title="Not stopped", severity="warning")

    @work(exclusive=True, group="ask to delete")
    async def _ask_to_delete(self, row: RunRow) -> None:
        detail = f"{row.task}\nIts {row.steps} steps go with it. This cannot be undone."
        try:
            left = await self.in_thread(databases_left, self.eog.store, [row.id]) if row.gyms != "embedded" else []
        except StoreError as error:
            self.eog.toast(str(error), severity="error")
            return
        for each in left:
            detail += f"\n! It left database {each.database_id} at {each.where}"
        if left:
            detail += "\nOnly its record knows that; eog-tui gym clean, run before, deletes what is left there."
        self.eog.ask(f"Delete run {row.id}?", ANSWERS["delete run"], lambda _: self._delete(row.id), detail=detail)

    @work(group="delete")
    async def _delete(self, run_id: int) -> None:
        try:
            await self.in_thread(self.eog.store.delete_run, run_id)
        except StoreError as error:
            self.eog.toast(str(error), severity="error")
