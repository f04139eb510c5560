"""What a process does beside its runs, for others on the same store: it shows that it lives, and takes orders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from pydantic import ValidationError

from engine.runs.control import Control
from engine.runs.orders import ORDER, Request
from engine.trajectory.store import Store, StoreError

HEARTBEAT_SECONDS = 10.0

ORDER_SECONDS = 0.25
"""How often orders of other processes are looked for."""


async def show_life(store: Store) -> None:
    """Tell other hosts that this process lives; until cancelled."""
    while True:
        with suppress(StoreError):  # a store that is busy for once: the next beat is soon enough
            store.heartbeat()
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def take_orders(store: Store, control_of: Callable[[int], Control | None]) -> None:
    """Carry out what other processes ask of runs of this one; until cancelled. Runs on the loop of the controls."""
    seen = None
    while True:
        with suppress(StoreError):  # a store that is busy for once: the next look is soon enough
            revision = store.revision()
            if revision != seen:
                for number, run_id, body in store.take_orders():
                    _pass_on(store, control_of(run_id), number, body)
                seen = revision
        await asyncio.sleep(ORDER_SECONDS)


def _pass_on(store: Store, control: Control | None, number: int, body: str) -> None:
    def settle(refusal: str) -> None:
        with suppress(StoreError):  # who asked is not told then, but the orders behind this one are carried out
            store.settle_order(number, refusal)

    def note(done: Future[None]) -> None:
        error = done.exception()
        settle(str(error) if error is not None else "")

    try:
        request = Request(ORDER.validate_json(body))
    except ValidationError as error:
        settle(f"This version knows no such order: {error.errors()[0]['msg']}.")
        return
    request.done.add_done_callback(note)
    if control is None:
        request.refuse("The run has ended, or its person left it.")
    else:
        control.take(request)
