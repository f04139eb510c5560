"""What every test may rely on: no user's store or keys, and the reference material where it is at hand."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Server, missing, running

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"


@pytest.fixture(autouse=True, scope="session")
def _heeded_signals() -> None:
    """What a shell lets its background jobs ignore, the commands that tests start would ignore, too."""
    for ignored in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(ignored) is signal.SIG_IGN:
            signal.signal(ignored, signal.default_int_handler if ignored is signal.SIGINT else signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests away from the store, the terminal settings and the time zone of whoever runs them."""
    monkeypatch.setenv("EOG_STORE", str(tmp_path_factory.mktemp("store") / "store.db"))
    for name in ("NO_COLOR", "TEXTUAL", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not keep a run from asking its verifiers after each call that wrote."""
    monkeypatch.setattr("engine.runs.run.LIVE_CHECK_SECONDS", 60)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL server, where one is installed."""
    if why := missing():
        pytest.skip(why)
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of facts about the benchmark; tests that need it are skipped for whoever has only a clone."""
    if not REFERENCE.is_dir():
        pytest.skip("the reference material (../shared/reference) is not at hand")
    return REFERENCE


def pytest_xdist_auto_num_workers() -> int:
    """Twice as many as there are cores, since most tests wait for a screen, a server or a clock; at most eight."""
    return min(8, 2 * (os.cpu_count() or 1))
