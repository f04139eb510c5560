"""The task of a recorded run, launched anew for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from engine.runs.spec import Launch
from engine.tasks.source import source_name

if TYPE_CHECKING:
    from engine.trajectory.store import Store


def by_hand(store: Store, run_id: int) -> Launch:
    """A launch of the same task, from its file as it is now, with gyms and sight as in that run; off the event loop.

    Raises:
        StoreError: there is no such run.
    """
    task = store.task(run_id)
    try:
        was = Launch.model_validate(store.settings(run_id))
    except ValidationError:  # a record of another version or by a stranger: what can be chosen is then as usual
        was = Launch(sources=(task.source,))
    return Launch(
        sources=(source_name(task.source),),
        seed_root=was.seed_root,
        agent="human",
        gyms=was.gyms,
        frozen_clock=was.frozen_clock,
        peek=was.peek,
    )
