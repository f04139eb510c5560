"""Ending a person's run that was left open and that no process has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.runs.orders import Come, Stop
from engine.tasks.files import TaskError
from engine.trajectory.database import StoreError
from engine.who import me

if TYPE_CHECKING:
    from engine.runs.engine import Engine


def end_left_run(engine: Engine, run_id: int) -> bool:
    """Go on with a person's run and stop it at once; returns False where some process has it, here or elsewhere.

    Takes as long as its gym takes to open.

    Raises:
        OrderError: it cannot be stopped, as when it ends by itself.
    """
    if engine.owns(run_id):
        return False
    try:
        engine.reopen(run_id)
    except (StoreError, TaskError):
        return False
    # A run that is stopped before its gym is open again has nothing to end with, and stays as it was left.
    engine.order(run_id, Come(by=me())).result()
    engine.order(run_id, Stop(by=me())).result()
    return True
