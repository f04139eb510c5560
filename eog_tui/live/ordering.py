"""Giving an order to a run, of this process or another."""

from __future__ import annotations

import asyncio
import getpass
from typing import TYPE_CHECKING

from engine.runs.orders import ORDER, Order, OrderError

if TYPE_CHECKING:
    from engine.runs.engine import Engine
    from engine.trajectory.store import Store

PATIENCE_SECONDS = 5.0
"""How long another process has to take an order."""

POLL_SECONDS = 0.05


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


async def carry_out(engine: Engine, store: Store, run_id: int, order: Order) -> None:
    """Give an order and wait for what becomes of it, in another process too.

    Raises:
        OrderError: it is refused, or nobody took it.
        StoreError: the store cannot be read or written.
    """
    if engine.owns(run_id):
        await give(engine, run_id, order)
        return
    number = await asyncio.to_thread(store.put_order, run_id, ORDER.dump_json(order).decode())
    taken, waited = False, 0.0
    while taken or waited < PATIENCE_SECONDS:
        state = await asyncio.to_thread(store.order_state, number)
        if state.refusal is not None:
            raise OrderError(state.refusal)
        # A process that dies with an order in its hands says nothing more.
        if state.done or (state.taken and not (await asyncio.to_thread(store.run, run_id)).alive):
            return
        taken = state.taken
        await asyncio.sleep(POLL_SECONDS)
        waited += POLL_SECONDS
    if await asyncio.to_thread(store.withdraw_order, number):
        raise OrderError(f"The process that has run {run_id} does not answer, so this is taken back.")
