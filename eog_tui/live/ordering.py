"""Giving an order to a run, of this process or another."""

from __future__ import annotations

import asyncio
import getpass
from typing import TYPE_CHECKING

from engine.runs.orders import Order

if TYPE_CHECKING:
    from engine.runs.engine import Engine


def me() -> str:
    """Who sits at the keys, as orders name them."""
    return getpass.getuser()


async def give(engine: Engine, run_id: int, order: Order) -> bool:
    """Give an order.

    Returns:
        Whether it is carried out; else it is left for the process that has the run, which takes it in a moment.

    Raises:
        OrderError: it is refused.
    """
    here = engine.owns(run_id)
    done = await asyncio.to_thread(engine.order, run_id, order)
    await asyncio.wrap_future(done)
    return here
