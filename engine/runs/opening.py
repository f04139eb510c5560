"""Opening the gyms of a run, wherever they live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import anyio.to_thread

from engine.gyms.registry import domain_for_server
from engine.gyms.session import EmbeddedGym, GymSession
from engine.gyms.toolkit import Clock, FrozenClock, WallClock
from engine.runs.places import Place
from engine.runs.seeds import Seeds, seed_text
from engine.tasks.models import GymConfig
from engine.trajectory.events import DatabaseAction

FROZEN_START = "2026-01-01T00:00:00"
"""Where the clock of a run stands when it is asked to repeat exactly."""

EMBEDDED = "embedded"


class Ledger(Protocol):
    """Keeps book of the databases that a run has on servers elsewhere."""

    def note(self, action: DatabaseAction, gym: str, where: str, database_id: str) -> None:
        """A database is about to be made, or known to be gone."""

    def left(self, message: str) -> None:
        """A database is not known to be gone, although the run is over."""


@asynccontextmanager
async def open_gym(
    config: GymConfig, place: Place, seeds: Seeds, seed_root: Path, *, frozen: bool, ledger: Ledger
) -> AsyncIterator[tuple[GymSession, str]]:
    """A gym with a fresh database, and where it is: ``embedded``, or its address.

    Raises:
        TaskError: its seed cannot be read.
        SeedError: the seed does not fit the domain's tables.
        GymError: a gym elsewhere cannot be reached or started, or refuses the seed.
    """
    if place.kind == "embedded":
        seed = await anyio.to_thread.run_sync(seeds.of, config, seed_root)
        clock: Clock = FrozenClock(FROZEN_START) if frozen else WallClock()
        async with EmbeddedGym.open(config, seed.template, seed.domain, clock) as embedded:
            yield embedded, EMBEDDED
        return
    from engine.gyms.remote import RemoteGym

    text = await anyio.to_thread.run_sync(seed_text, config, seed_root)
    url = await anyio.to_thread.run_sync(_started, place) if place.kind == "docker" else place.url
    domain = domain_for_server(config.mcp_server_name)

    def note(action: DatabaseAction, database_id: str, where: str) -> None:
        ledger.note(action, config.mcp_server_name, where, database_id)

    async with RemoteGym.open(config, text, domain, url=url, report=ledger.left, note=note) as remote:
        yield remote, remote.where


def _started(place: Place) -> str | None:
    """The address of a domain's container, once it is healthy. Raises GymError."""
    from engine.gyms.docker import Containers

    return Containers().up(place.domain, place.image).url
