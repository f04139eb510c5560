"""The ways to a plan: of a task, of a run's task, from what a run did; and from a plan to a launch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.runs.plan_choice import LIBRARY
from engine.runs.plan_draft import draft
from engine.tasks.files import TaskError
from engine.tasks.models import Task
from engine.trajectory.database import StoreError
from eog_tui.completion import paths
from eog_tui.literal import line
from eog_tui.plans.subject import Subject, of_run, of_task
from eog_tui.screens.choose import ChooseScreen
from eog_tui.widgets.proposal_list import Offer

if TYPE_CHECKING:
    from engine.trajectory.plans import PlanRow
    from engine.trajectory.store import Store
    from eog_tui.app import EogApp
    from eog_tui.screens.base import EogScreen

_NEW = "new"


async def open_plan_of_task(screen: EogScreen[Any], task: Task, seed_root: Path) -> None:
    """Open the plan of a task: the one that it has, one of several, or a new one."""
    await _open(screen, await screen.in_thread(of_task, task, seed_root))


async def open_plan_of_run(screen: EogScreen[Any], run_id: int) -> None:
    """Open the plan of a run's task."""
    try:
        subject = await screen.in_thread(of_run, screen.eog.store, run_id)
    except StoreError as error:
        screen.eog.toast(str(error), severity="error")
        return
    await _open(screen, subject)


async def draft_from_run(screen: EogScreen[Any], run_id: int) -> None:
    """Begin a plan with what a run did successfully."""
    from eog_tui.screens.plan import PlanScreen

    try:
        text = await screen.in_thread(draft, screen.eog.store, run_id)
        subject = await screen.in_thread(of_run, screen.eog.store, run_id)
    except (StoreError, TaskError) as error:
        screen.eog.toast(str(error), severity="warning")
        return
    title = f"As in run {run_id}"
    screen.app.push_screen(PlanScreen(subject=subject, text=text, title=title, origin=f"run {run_id}"))


async def _open(screen: EogScreen[Any], subject: Subject) -> None:
    from eog_tui.screens.plan import PlanScreen

    def new() -> None:
        screen.app.push_screen(PlanScreen(subject=subject))

    try:
        plans = await screen.in_thread(screen.eog.store.plans.list, subject.name, subject.domain)
    except StoreError as error:
        screen.eog.toast(str(error), severity="error")
        return
    if not plans:
        new()
    elif len(plans) == 1:
        screen.app.push_screen(PlanScreen(plans[0].id))
    else:

        def take(choice: str | None) -> None:
            if choice == _NEW:
                new()
            elif choice is not None:
                screen.app.push_screen(PlanScreen(int(choice)))

        choices = [*((str(plan.id), _words(plan)) for plan in plans), (_NEW, "begin a new one")]
        screen.app.push_screen(ChooseScreen(f"plans for {line(subject.name)}", choices, str(plans[0].id)), take)


def _words(plan: PlanRow) -> str:
    return f"v{plan.versions}  {plan.title} · {plan.author}"


def launch_with(eog: EogApp, plan_id: int, subject: Subject) -> None:
    """Open Launch with a plan and its task chosen; runs that start are watched."""
    from eog_tui.screens.begun import open_begun
    from eog_tui.screens.launch import LaunchScreen, last_choices

    if not subject.source:
        eog.toast(subject.problem or f"The file of {subject.name} is not at hand any more.", severity="warning")
        return
    last = last_choices()
    # A list of calls goes its way whatever a plan says.
    agent = "react" if last.agent == "scripted" else last.agent
    news = {"source": subject.source, "left_out": frozenset(), "plan": str(plan_id), "agent": agent}

    def watch(run_id: int | None) -> None:
        if run_id is not None:
            open_begun(eog, run_id, by_hand=agent == "human")

    eog.push_screen(LaunchScreen(last.model_copy(update=news)), watch)


def propose_plans(store: Store, tasks: Sequence[str], typed: str) -> list[Offer]:
    """Ways to name a plan for these tasks: numbers of the library, all of it, or a file."""
    wanted = set(tasks)
    try:
        plans = [plan for plan in store.plans.list() if plan.task in wanted]
    except StoreError:
        plans = []  # starting says so
    found = [
        Offer(str(plan.id), f"{plan.id}", f"{plan.title} · {plan.task}", f"v{plan.versions} {plan.author}")
        for plan in (plans if len(wanted) == 1 else [])
    ]
    if plans:
        found.append(
            Offer(LIBRARY, LIBRARY, "the newest plan of each task", f"{len({plan.task for plan in plans})} tasks")
        )
    named = [offer for offer in found if offer.text.startswith(typed.strip())]
    return [*named, *(Offer(path, goes_on=path.endswith("/")) for path in paths(typed, suffix=".md"))]
