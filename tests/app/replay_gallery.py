"""Replays of the recorded runs: to be looked at, and a hostile one for the pty."""

from __future__ import annotations

import tempfile
from pathlib import Path

from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.replay import ReplayScreen
from tests.app.gallery import FakeEngine
from tests.app.recorded import record_hostile


def replaying(store: Store, run_id: int, step: int | None = None) -> EogApp:
    """The app, opened on one run."""
    return EogApp(store, FakeEngine(), start=lambda: ReplayScreen(run_id, step))


def hostile() -> EogApp:
    """A run in which every text is hostile, in a store of its own."""
    store = Store.open(Path(tempfile.mkdtemp()) / "store.db")
    return replaying(store, record_hostile(store), 3)
