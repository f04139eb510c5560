"""A person's seat at a run: they come, look, give orders and leave; what is shown of it is the subclass's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cached_property

from textual import on, work
from textual.widgets import Static

from engine.runs.orders import Come, Go, Order, OrderError
from engine.tasks.files import TaskError
from engine.trajectory.store import OpenElsewhereError, StoreError
from engine.who import me
from eog_tui.literal import content
from eog_tui.live.ordering import carry_out
from eog_tui.screens.base import EogScreen, StoreChanged
from eog_tui.workbench.desk import Desk, DeskReader


class SeatScreen(EogScreen[None]):
    """Follows a run in the store and passes on what its person wants. Composes a Static ``#problem``."""

    def __init__(self, run_id: int) -> None:
        super().__init__()
        self.run_id = run_id
        self._by = me()
        self._desk: Desk | None = None
        """The latest look; None before the first."""
        self._came = False
        self._awaited: int | None = None
        """The step from which on a call's result is waited for."""
        self._ended = False
        """Whether the end was told."""
        self._taken = ""
        """Who sits at the run in another process, in words."""

    @cached_property
    def _reader(self) -> DeskReader:
        return DeskReader(self.eog.store, self.run_id)

    def on_mount(self) -> None:
        """Sit down."""
        self._sit_down()

    async def on_unmount(self) -> None:
        """Get up; the run stays open."""
        if self._came and self._desk is not None and self._desk.run.alive and self._desk.person_acts:
            await asyncio.to_thread(self.eog.engine.order, self.run_id, Go(by=self._by))

    # Following the run.

    @work(exclusive=True, group="come")
    async def _sit_down(self) -> None:
        try:
            desk = await self.in_thread(self._reader.look)
            if desk.run.alive and desk.run.agent == "human" and not self.eog.engine.owns(self.run_id):
                await self.in_thread(self.eog.engine.reopen, self.run_id)
        except OpenElsewhereError as error:
            # Where nobody sits at it, its process does what is ordered from here.
            self._taken = str(error) if desk.attended.present else ""
            self._say_problem(self._taken)
        except (StoreError, TaskError) as error:
            self._say_problem(str(error))
            return
        self._accept(desk)
        # Who took over has come with that.
        self._came = desk.person_acts and desk.run.alive and not self._taken
        if self._came and (desk.run.agent == "human" or not desk.attended.present):
            await self._give(Come(by=self._by))

    @on(StoreChanged)
    def _catch_up(self) -> None:
        if not self._ended:
            self.in_turn(self._look)

    async def _look(self) -> None:
        try:
            self._accept(await self.in_thread(self._reader.look))
        except StoreError as error:
            self._say_problem(str(error))

    def _accept(self, desk: Desk) -> None:
        """Looks are taken in threads, so that an earlier one may come later: it is news no more."""
        if self._desk is None or desk.number > self._desk.number:
            if self._taken and not desk.attended.present:
                self._taken = ""
                self._say_problem("")
                self._sit_down()
            before, self._desk = self._desk, replace(desk, taken=self._taken)
            # A run of another process may hand over the seat only after the screen was opened.
            self._came = self._came or (desk.took_over and desk.attended.present)
            self._take(self._desk, before)

    def _take(self, desk: Desk, before: Desk | None) -> None:
        """Show a look; ``before`` is the one that was shown so far."""
        raise NotImplementedError

    def _say_problem(self, problem: str) -> None:
        said = self.query_one("#problem", Static)
        said.update(content(f"! {problem}"))
        said.display = bool(problem)

    # Orders.

    async def _give(self, order: Order) -> bool:
        """Give an order and look at what it did; returns whether it was carried out."""
        self._say_problem("")
        try:
            await carry_out(self.eog.engine, self.eog.store, self.run_id, order)
        except (OrderError, StoreError) as error:
            self._awaited = None
            await self._look()
            if self._desk is None or self._desk.run.alive:
                self._say_problem(str(error))
            return False
        await self._look()
        return True

    def _ready(self) -> bool:
        """Whether the person can act; says why not."""
        desk = self._desk
        if desk is not None and desk.open and self._awaited is None:
            return True
        if self._awaited is not None:
            why = "The last call is still under way."
        elif desk is None or desk.started is None:
            why = "The run is still starting."
        elif not desk.run.alive:
            why = "The run has ended."
        elif desk.taken:
            why = "Somebody else acts in this run."
        else:
            why = "You paused: Space goes on." if desk.attended.paused else "The agent acts."
        self.eog.toast(why, severity="warning")
        return False

    @work(group="order")
    async def _do(self, order: Order) -> None:
        await self._give(order)
