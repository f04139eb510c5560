"""Giving an order to a run, of this process or another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from engine.runs.orders import ORDER, Order, OrderError

if TYPE_CHECKING:
    from engine.runs.engine import Engine
    from engine.trajectory.store import Store

PATIENCE_SECONDS = 5.0
"""How long another process has to take an order."""

POLL_SECONDS = 0.05

NOBODY = "No process has run {run} open, or it does not answer. The order is taken back."
"""What is said of an order that nobody took."""


async def carry_out(engine: Engine, store: Store, run_id: int, order: Order) -> None:
    """Give an order to a run of this process or another, and wait until it is carried out.

    Raises:
        OrderError: it is refused, or nobody took it.
        StoreError: the store cannot be read or written.
    """
    if engine.owns(run_id):
        await asyncio.wrap_future(await asyncio.to_thread(engine.order, run_id, order))
        return
    number = await asyncio.to_thread(store.put_order, run_id, ORDER.dump_json(order).decode())
    waited = 0.0
    while True:
        state = await asyncio.to_thread(store.order_state, number)
        if state.refusal is not None:
            raise OrderError(state.refusal)
        # A process that dies with an order in its hands says nothing more.
        if state.done or (state.taken and not (await asyncio.to_thread(store.run, run_id)).alive):
            return
        # It may be taken at this very moment; then what becomes of it is waited for.
        if not state.taken and waited >= PATIENCE_SECONDS and await asyncio.to_thread(store.withdraw_order, number):
            raise OrderError(NOBODY.format(run=run_id))
        await asyncio.sleep(POLL_SECONDS)
        waited += POLL_SECONDS
