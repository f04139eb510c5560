"""Opening the gyms of a run, wherever they live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread

from engine.gyms.registry import domain_for_server
from engine.gyms.session import EmbeddedGym, GymSession
from engine.gyms.toolkit import Clock, FrozenClock, WallClock
from engine.runs.places import Place
from engine.runs.seeds import Seeds, seed_text
from engine.tasks.models import GymConfig

FROZEN_START = "2026-01-01T00:00:00"
"""Where the clock of a run stands when it is asked to repeat exactly."""

EMBEDDED = "embedded"


@asynccontextmanager
async def open_gym(
    config: GymConfig, place: Place, seeds: Seeds, seed_root: Path, *, frozen: bool, report: Callable[[str], None]
) -> AsyncIterator[tuple[GymSession, str]]:
    """A gym with a fresh database, and where it is: ``embedded``, or its address.

    ``report`` is told when the database could not be deleted afterwards.

    Raises:
        TaskError: its seed cannot be read.
        SeedError: the seed does not fit the domain's tables.
        GymError: a gym elsewhere cannot be reached or started, or refuses the seed.
    """
    if place.kind == "embedded":
        seed = seeds.of(config, seed_root)
        clock: Clock = FrozenClock(FROZEN_START) if frozen else WallClock()
        async with EmbeddedGym.open(config, seed.template, seed.domain, clock) as embedded:
            yield embedded, EMBEDDED
        return
    from engine.gyms.remote import RemoteGym

    text = seed_text(config, seed_root)
    url = place.url
    if place.kind == "docker":
        from engine.gyms.docker import Containers

        url = (await anyio.to_thread.run_sync(Containers().up, place.domain, place.image)).url
    domain = domain_for_server(config.mcp_server_name)
    async with RemoteGym.open(config, text, domain, url=url, report=report) as remote:
        yield remote, remote.where
