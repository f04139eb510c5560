"""What a plan's editor begins with: what is read from the store in one go, off the event loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.trajectory.database import StoreError
from engine.trajectory.events import Plan
from engine.trajectory.plans import PlanVersion
from eog_tui.plans.drafts import Draft, DraftFile
from eog_tui.plans.subject import Subject, of_plan, of_run

if TYPE_CHECKING:
    from engine.trajectory.store import Store


@dataclass(frozen=True)
class Outset:
    """A plan as it stands before anyone writes."""

    subject: Subject
    title: str
    text: str
    """What is saved; empty for a new plan."""
    file: DraftFile
    versions: Sequence[PlanVersion] = ()
    draft: Draft | None = None
    """What was written the last time and not saved, if it differs from what is."""


def library_plan(store: Store, plan_id: int) -> Outset:
    """A plan of the library.

    Raises:
        StoreError: there is no such plan.
    """
    plan, versions = store.plans.get(plan_id), store.plans.history(plan_id)
    file = DraftFile(str(store.database), plan_id)
    text = versions[-1].text
    return Outset(of_plan(store, plan.task, plan.domain), plan.title, text, file, versions, _news(file, text))


def new_plan(store: Store, subject: Subject) -> Outset:
    """A plan that nobody has written yet."""
    file = DraftFile(str(store.database), subject.domain, subject.name)
    return Outset(subject, "", "", file, draft=_news(file, ""))


def waiting_plan(store: Store, run_id: int) -> Outset:
    """The plan that a run waits with.

    Raises:
        StoreError: there is no such run, or it has no plan.
    """
    plans = [event for event in store.history(run_id) if isinstance(event, Plan)]
    if not plans:
        raise StoreError(f"Run {run_id} has no plan.")
    plan, file = plans[-1], DraftFile(str(store.database), "run", run_id)
    written = PlanVersion(0, 1, plan.by or plan.model or "a model", plan.at, f"run {run_id}", plan.text)
    return Outset(of_run(store, run_id), "", plan.text, file, (written,), _news(file, plan.text))


def _news(file: DraftFile, text: str) -> Draft | None:
    draft = file.read()
    return draft if draft is not None and draft.text.strip() not in ("", text.strip()) else None
