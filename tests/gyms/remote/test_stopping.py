"""A run that is stopped in the midst of a call on a server elsewhere."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from engine.gyms.remote.admin import GymServer
from engine.gyms.session import CallStopped
from tests.gyms.remote.conftest import Open, on_calls
from tests.gyms.serving import BareGym, Flaky, Served


@pytest.mark.parametrize(("seconds", "given_up"), [(0.5, False), (20, True)])
async def test_what_a_call_wrote_that_was_stopped_is_found_or_said_to_be_unknown(
    opened_flaky: Open, flaky: Flaky, monkeypatch: pytest.MonkeyPatch, seconds: float, given_up: bool
) -> None:
    if given_up:
        monkeypatch.setattr("engine.gyms.remote.session.DELETE_SECONDS", 0.1)
    async with opened_flaky() as gym:
        await gym.call("open_ticket", {"title": "connected"})
        flaky.fault = on_calls(lambda: asyncio.sleep(seconds))
        calling = asyncio.create_task(gym.call("open_ticket", {"title": "written all the same"}))
        await asyncio.sleep(0.3)
        calling.cancel()
        with pytest.raises(CallStopped) as stopped:
            await calling
        flaky.fault = None
        outcome = stopped.value.outcome
        assert not (await gym.call("list_tickets", {})).is_error

    assert [change.after["title"] for change in outcome.changes if change.after] == (
        [] if given_up else ["written all the same"]
    )
    assert ("whether it changed anything is unknown" in (outcome.error or "")) is given_up
    assert outcome.duration_s >= 0.3


async def test_a_call_is_not_sent_any_more_when_the_run_is_stopped_before(
    opened: Open, bare: BareGym, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as gym:
        sql = GymServer.sql

        async def slow(server: GymServer, *query: str) -> Any:
            await asyncio.sleep(0.3)
            return await sql(server, *query)

        monkeypatch.setattr(GymServer, "sql", slow)
        calling = asyncio.create_task(gym.call("open_ticket", {"title": "never"}))
        await asyncio.sleep(0.1)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        await asyncio.sleep(0.5)

    assert bare.calls == []
