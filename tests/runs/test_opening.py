"""Opening the gyms of a run: beside the loop that all runs of a process share."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import docker
import pytest

from engine.gyms.database import Template
from engine.gyms.session import GymError
from engine.runs.opening import open_gym
from engine.runs.places import Place
from engine.runs.seeds import Seeds
from engine.tasks import builtin_root
from engine.tasks.models import GymConfig
from engine.trajectory.events import DatabaseAction
from tests.runs.material import SEED

CONFIG = GymConfig(mcp_server_name="gym-itsm-mcp", mcp_server_url="http://nowhere", seed_database_file=SEED)


class Nobody:
    """Keeps no book."""

    def note(self, action: DatabaseAction, gym: str, where: str, database_id: str) -> None: ...

    def left(self, message: str) -> None: ...


def once_the_loop_went_on(do: Callable[..., Any]) -> Callable[..., Any]:
    """The same, which first waits until the loop of whoever asks has done something else."""
    loop, went_on = asyncio.get_running_loop(), threading.Event()

    def slow(*args: Any, **options: Any) -> Any:
        loop.call_soon_threadsafe(went_on.set)
        assert went_on.wait(10), "the loop stands still"
        return do(*args, **options)

    return slow


async def open_at(place: Place) -> None:
    async with open_gym(CONFIG, place, Seeds(), builtin_root(), frozen=True, ledger=Nobody()):
        pass


async def test_the_loop_goes_on_while_a_seed_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Template, "parse", once_the_loop_went_on(Template.parse))

    await open_at(Place("embedded", "itsm"))


async def test_the_loop_goes_on_while_a_docker_daemon_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> None:
        raise docker.errors.DockerException("nobody is there")

    monkeypatch.setattr(docker, "from_env", once_the_loop_went_on(nobody))

    with pytest.raises(GymError, match=r"no daemon answers at .*nobody is there"):
        await open_at(Place("docker", "itsm"))
