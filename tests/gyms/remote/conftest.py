"""Gyms elsewhere for tests: over real HTTP, on servers of ours and on bare ones, sound and flaky."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import ASGIApp

from engine.gyms.remote import RemoteGym
from engine.gyms.server import build_app
from engine.gyms.session import CallOutcome
from engine.gyms.toolkit import FrozenClock
from engine.tasks.models import GymConfig
from tests.gyms.serving import BareGym, Flaky, Served, Streaming

SEED = "INSERT INTO ticket VALUES ('T_1', 'Printer on fire', NULL, NULL);"
MANY = "INSERT INTO ticket VALUES " + ", ".join(f"('T_{n}', 'Number {n}', NULL, NULL)" for n in range(1, 5001)) + ";"

Open = Callable[..., AbstractAsyncContextManager[RemoteGym]]


def config(url: str, **more: Any) -> GymConfig:
    return GymConfig(mcp_server_name="gym-desk", mcp_server_url=url, context={" X-Desk-User ": "ann"}, **more)


SPEECH: dict[str, Callable[[Any], ASGIApp]] = {
    "ours": lambda desk: build_app(desk, clock=FrozenClock),
    "ours as a stream": lambda desk: Streaming(build_app(desk, clock=FrozenClock)),
    "bare JSON": lambda desk: BareGym(desk).app,
    "bare SSE": lambda desk: BareGym(desk, sse=True).app,
}


def text(outcome: CallOutcome) -> str:
    assert outcome.result is not None, outcome.error
    return outcome.result["content"][0]["text"]


def on_calls(answer: Callable[[], Any]) -> Callable[[Request], Any]:
    """A fault that strikes tool calls only."""
    return lambda request: answer() if request.state.message["method"] == "tools/call" else None


@pytest.fixture
def bare(desk: Any) -> BareGym:
    """A server like the benchmark's containers, in its own words."""
    return BareGym(desk)


@pytest.fixture
def served(bare: BareGym) -> Iterator[Served]:
    server = Served(bare.app)
    yield server
    server.stop()


@pytest.fixture
def opened(served: Served, desk: Any) -> Open:
    return lambda seed=SEED, domain=desk: RemoteGym.open(config(served.url), seed, domain)


@pytest.fixture(params=["ours", "bare"])
def kind(request: pytest.FixtureRequest) -> str:
    """Ours speaks the newest protocol and takes several queries in one request; the benchmark's do neither."""
    return str(request.param)


@pytest.fixture
def flaky(kind: str, desk: Any) -> Flaky:
    return Flaky(build_app(desk, clock=FrozenClock) if kind == "ours" else BareGym(desk).app)


@pytest.fixture
def served_flaky(flaky: Flaky) -> Iterator[Served]:
    server = Served(flaky)
    yield server
    server.stop()


@pytest.fixture
def opened_flaky(served_flaky: Served, desk: Any) -> Open:
    return lambda seed=SEED: RemoteGym.open(config(served_flaky.url), seed, desk)
