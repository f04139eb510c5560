"""Runs in the background: one thread with an event loop of its own, so that nobody who looks on can slow them.

The app, the command line and scripts all launch through this. What runs do is read from the store, not from here.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, wait
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Self

from engine.runs.background import Background
from engine.runs.beginning import last_kept
from engine.runs.control import Control
from engine.runs.duties import show_life, take_orders
from engine.runs.orders import ORDER, Order, Request, Say
from engine.runs.places import kinds
from engine.runs.preparing import PlannedRun, Prepared, left_run, prepare
from engine.runs.run import end_unstarted, run_task
from engine.runs.seeds import Seeds
from engine.runs.spec import Launch
from engine.trajectory.events import RunStatus
from engine.trajectory.store import NewRun, Store, StoreError
from engine.who import me


@dataclass(frozen=True)
class Launched:
    """An experiment that is under way."""

    experiment_id: int
    run_ids: tuple[int, ...]
    done: Future[dict[int, RunStatus]]
    """How each run ended, once all have."""
    skipped: tuple[str, ...] = ()
    """Names of tasks that the agent cannot work on: ``Prepared.skipped``."""
    unplanned: tuple[str, ...] = ()
    """Names of tasks that the library has no plan for: ``Prepared.unplanned``."""


class Engine:
    """Owns the runs of this process. Every method may be called from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seeds = Seeds()
        self._controls: dict[int, Control] = {}
        self._work: set[Future[dict[int, RunStatus]]] = set()
        self._lock = threading.Lock()
        self._reopening = threading.Lock()
        self._background = Background("eog-engine")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def launch(self, launch: Launch) -> Launched:
        """Check a launch, record its runs as queued and start them.

        Raises:
            TaskError: a task, seed, gym or call list is missing or bad.
            ConfigError: the LLM config is missing or bad.
        """
        return self.start(prepare(launch, self._store))

    def start(self, prepared: Prepared) -> Launched:
        """Record prepared runs as queued and start them."""
        launch = prepared.launch
        settings = launch.model_dump(mode="json")
        experiment = self._store.create_experiment(launch.command(), settings)
        runs: dict[int, PlannedRun] = {}
        try:
            for planned in prepared.runs:
                run_id = self._store.create_run(
                    NewRun(
                        task=planned.task,
                        task_name=planned.task.name,
                        domain=planned.domain,
                        agent=planned.agent.name,
                        model=planned.agent.model,
                        gyms=kinds(planned.places),
                        experiment_id=experiment,
                        settings=settings,
                        parent_id=planned.fork.run_id if planned.fork else None,
                        parent_step=max(last_kept(planned.fork), 0) if planned.fork else None,
                        plan=planned.plan.label if planned.plan else None,
                        plan_text=planned.plan.text if planned.plan else None,
                    )
                )
                runs[run_id] = planned
                self._know(run_id, planned)
            done = self._begin(runs, launch.concurrency)
        except BaseException:  # Ctrl-C, too: nobody will begin these runs any more
            for run_id in runs:
                self._forget(run_id)
                with suppress(StoreError):  # what the store says first tells more
                    end_unstarted(self._store, run_id)
            raise
        skipped, unplanned = (tuple(task.name for task in tasks) for tasks in (prepared.skipped, prepared.unplanned))
        return Launched(experiment, tuple(runs), done, skipped, unplanned)

    def reopen(self, run_id: int) -> None:
        """Go on with a person's run that was left open, here or in a process that is gone.

        Raises:
            OpenElsewhereError: another process has it open, and takes orders for it.
            StoreError: there is no such run, or it has ended.
            TaskError: its task names gyms that are not built in.
        """
        with self._reopening:  # one after the other: a run asked for twice is gone on with once
            if self.owns(run_id):
                return
            planned = left_run(self._store, run_id)
            self._know(run_id, planned)
            try:
                self._store.reopen(run_id)  # says at once why not
                self._begin({run_id: planned}, 1)
            except BaseException:
                self._forget(run_id)
                raise

    def order(self, run_id: int, order: Order) -> Future[None]:
        """Ask something of a run, in this process or another; see ``engine.runs.orders``.

        Returns:
            Done once it is carried out and recorded; raises OrderError where it is refused. What is said, noted and
            ruled beside an agent at work is done at once, and recorded before the next call. For a run of another
            process it is done once the order is left in the store (``Store.order_state`` tells more).
        """
        request = Request(order)
        if self._give(run_id, request):
            return request.done
        try:
            self._store.put_order(run_id, ORDER.dump_json(order).decode())
            request.carried_out()
        except StoreError as error:
            request.refuse(str(error))
        return request.done

    def alive(self) -> list[int]:
        """Runs of this process that have not ended."""
        with self._lock:
            return list(self._controls)

    def going(self) -> list[int]:
        """Runs of this process that closing would stop: all but those of a person, which stay open."""
        with self._lock:
            return [run_id for run_id, control in self._controls.items() if not control.resumable]

    def owns(self, run_id: int) -> bool:
        """Whether a run lives in this process, so that it can be paused and stopped here."""
        with self._lock:
            return run_id in self._controls

    def paused(self, run_id: int) -> bool:
        """Whether a run was asked to wait."""
        control = self._control(run_id)
        return control is not None and (control.paused or control.rests)

    def unread(self, run_id: int) -> tuple[Say, ...]:
        """What was said to the model of a run of this process that it was not told yet, oldest first."""
        control = self._control(run_id)
        return tuple(control.said) if control is not None else ()

    def close(self) -> None:
        """Stop every run, wait until each is recorded as stopped, and end the thread.

        Runs of a person stay open: they can be gone on with (``reopen``).
        """
        if not self._background.begun:
            return
        with self._lock:
            for control in self._controls.values():
                end = control.leave if control.resumable else control.stop
                self._background.call(end, me())
        wait([*self._work])
        self._background.close()

    def _control(self, run_id: int) -> Control | None:
        with self._lock:
            return self._controls.get(run_id)

    def _give(self, run_id: int, request: Request) -> bool:
        """Give an order to a run of this process; False when it has no such run."""
        # Under the lock: as long as the run is known the loop goes on, and will come to this.
        with self._lock:
            control = self._controls.get(run_id)
            if control is None or not self._background.begun:
                return False
            self._background.call(control.take, request)
        return True

    def _know(self, run_id: int, planned: PlannedRun) -> None:
        """Take orders for a run from now on: others may give them as soon as the store has it."""
        control = Control(
            planned.rules,
            human=planned.agent.name == "human",
            resumable=planned.resumable,
            listens=planned.agent.model is not None,
        )
        with self._lock:
            self._controls[run_id] = control

    def _forget(self, run_id: int) -> None:
        """Refuse what was ordered of a run that comes to nothing, and take no more."""
        with self._lock:
            if (control := self._controls.pop(run_id, None)) is None:
                return
            if self._background.begun:
                self._background.call(control.end)
            else:
                control.end()

    def _begin(self, runs: dict[int, PlannedRun], concurrency: int) -> Future[dict[int, RunStatus]]:
        done = self._background.submit(self._run_all(runs, concurrency))
        self._work.add(done)
        done.add_done_callback(self._work.discard)
        return done

    async def _run_all(self, runs: dict[int, PlannedRun], concurrency: int) -> dict[int, RunStatus]:
        places = asyncio.Semaphore(concurrency)
        work = (show_life(self._store), take_orders(self._store, self._controls.get))
        duties = [asyncio.create_task(each) for each in work]
        try:
            # A run that cannot even record why it broke must not leave the others behind.
            ends = await asyncio.gather(
                *(self._run(run_id, planned, places) for run_id, planned in runs.items()), return_exceptions=True
            )
        finally:
            for task in duties:
                task.cancel()
        statuses: dict[int, RunStatus] = {}
        for run_id, end in zip(runs, ends, strict=True):
            if isinstance(end, BaseException):
                raise end
            statuses[run_id] = end
        return statuses

    async def _run(self, run_id: int, planned: PlannedRun, places: asyncio.Semaphore) -> RunStatus:
        control = self._controls[run_id]
        try:
            # A task of its own: stopping a run cancels it and nothing else.
            control.task = asyncio.create_task(self._placed(run_id, planned, control, places))
            if control.stopped:
                control.task.cancel()
            return await control.task
        except asyncio.CancelledError:
            return end_unstarted(self._store, run_id, control.by)
        finally:
            control.end()
            with self._lock:
                del self._controls[run_id]

    async def _placed(self, run_id: int, planned: PlannedRun, control: Control, places: asyncio.Semaphore) -> RunStatus:
        # A person's run waits for its person, not for a place.
        async with nullcontext() if planned.agent.name == "human" else places:
            return await run_task(self._store, run_id, planned, self._seeds, control)
