"""Which plan a run is given: one of the library, or one in a file; a plan belongs to one task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.tasks.files import TaskError, typed_path
from engine.tasks.models import Task
from engine.tasks.plan_files import read_plan
from engine.trajectory.events import Plan
from engine.trajectory.plans import plan_label, plan_number
from engine.who import me

if TYPE_CHECKING:
    from engine.trajectory.store import Store

LIBRARY = "library"
"""Names the newest plan that the library has for each task."""


@dataclass(frozen=True)
class GivenPlan:
    """The plan that a run is given."""

    text: str
    label: str
    """How lists name it: ``12 v3``, or the file's name."""
    author: str
    """Who wrote it; of a file that does not say, who gives it."""
    plan_id: int | None = None
    version: int | None = None

    def event(self) -> Plan:
        """What the run records of it."""
        return Plan(text=self.text, plan_id=self.plan_id, version=self.version, by=self.author)


Choice = Callable[[Task, str], GivenPlan | None]
"""The plan for a task of a domain; None when the library has none for it."""


def plan_choice(choice: str | None, tasks: int, store: Store | None) -> Choice:
    """What gives each task of a launch its plan.

    Args:
        choice: ``NUMBER``, ``NUMBER.VERSION``, a Markdown file, or ``library``; None for no plan.
        tasks: how many tasks the launch has.
        store: has the library.

    Raises:
        TaskError: the file is bad, or one plan is given to several tasks. The function that is returned raises it
            for a task that the plan is not for.
        StoreError: there is no such plan.
    """
    if choice is None:
        return lambda _task, _domain: None
    if choice == LIBRARY:
        return lambda task, domain: _newest(_needed(store), task, domain)
    if tasks > 1:
        raise TaskError(
            f"--plan {choice}: a plan belongs to one task, and there are {tasks}; "
            f"--plan {LIBRARY} gives each the newest plan that the library has for it"
        )
    of: tuple[str | None, str | None]
    if number := plan_number(choice):
        plan = _needed(store).plans.get(number[0])
        given, of = _of_library(_needed(store), *number), (plan.task, plan.domain)
    else:
        given, of = _of_file(typed_path(choice))
    return lambda task, domain: _checked(given, choice, of, (task.name, domain))


def _newest(store: Store, task: Task, domain: str) -> GivenPlan | None:
    plans = store.plans.list(task=task.name, domain=domain)
    return _of_library(store, plans[0].id) if plans else None


def _of_library(store: Store, plan_id: int, number: int | None = None) -> GivenPlan:
    version = store.plans.version(plan_id, number)
    return GivenPlan(version.text, plan_label(plan_id, version.number), version.author, plan_id, version.number)


def _of_file(path: Path) -> tuple[GivenPlan, tuple[str | None, str | None]]:
    """The plan, and the task and domain that it says it is for."""
    file = read_plan(path)
    # Its numbers are of the library that it was exported from, which need not be ours.
    return GivenPlan(file.text, path.name, file.author or me()), (file.task, file.domain)


def _checked(given: GivenPlan, choice: str, of: tuple[str | None, str | None], asked: tuple[str, str]) -> GivenPlan:
    for what, has, wants in zip(("task", "domain"), of, asked, strict=True):
        if has is not None and has != wants:
            raise TaskError(f"--plan {choice}: this plan is for the {what} {has}, not for {wants}")
    return given


def _needed(store: Store | None) -> Store:
    if store is None:
        raise ValueError("a plan of the library needs the store that has it")
    return store
