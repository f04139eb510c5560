"""What people said to a run's model that the model was not told yet: it is told before it is asked again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import ValidationError

from engine.runs.orders import ORDER, Say
from engine.trajectory.events import PROMPTS, Message
from engine.trajectory.headline import title

if TYPE_CHECKING:
    from engine.runs.engine import Engine
    from engine.trajectory.reading import RunRow
    from engine.trajectory.steps import StepHead
    from engine.trajectory.store import Store


def unread(store: Store, engine: Engine, run: RunRow, heads: Sequence[StepHead]) -> tuple[Say, ...]:
    """What a run of this process or another has still to tell its model, oldest first; nothing once it has ended.

    Args:
        store: where orders to other processes lie.
        engine: the runs of this process.
        run: the run.
        heads: its steps so far.

    Raises:
        StoreError: the store cannot be read.
    """
    if not run.alive:
        return ()
    if engine.owns(run.id):
        return engine.unread(run.id)
    said = [order for body in store.orders(run.id, "say") if (order := _read(body)) is not None]
    if not said:
        return ()
    # What was told is a step of the run's own; its order stays in the store.
    # What the task says is no order.
    first = max(PROMPTS, (run.parent_step or 0) + 1)
    told = Counter(head.title for head in heads[first:] if head.kind == "user")
    still = []
    for order in said:
        words = title(Message(role="user", content=order.text))
        if told[words]:
            told[words] -= 1
        else:
            still.append(order)
    return tuple(still)


def _read(body: str) -> Say | None:
    """None for the order of another version."""
    try:
        order = ORDER.validate_json(body)
    except ValidationError:
        return None
    return order if isinstance(order, Say) else None
