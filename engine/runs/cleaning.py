"""Deleting the databases that runs left on servers elsewhere: their program was killed, or their server refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from engine.gyms.remote.admin import GymServer
from engine.gyms.remote.deletion import deleted
from engine.trajectory.databases import LeftDatabase, databases_left, note_deleted
from engine.trajectory.store import Store


@dataclass(frozen=True)
class Cleaned:
    """What became of a database that was left."""

    database: LeftDatabase
    problem: str | None
    """Why it is not known to be gone; None when it is."""


async def clean(store: Store) -> list[Cleaned]:
    """Delete what the store's ended runs left on servers; what is gone then is noted in its run."""
    return await asyncio.gather(*(_clean(store, left) for left in databases_left(store)))


async def _clean(store: Store, left: LeftDatabase) -> Cleaned:
    async with GymServer.open(left.where, {}) as server:
        problem = await deleted(server, left.database_id)
    if problem is None:
        note_deleted(store, left)
    return Cleaned(left, problem)
