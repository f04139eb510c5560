"""A store and an engine for each test; what would make pictures and keys differ from day to day stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from engine.runs.engine import Engine
from engine.trajectory.store import Store
from tests.app.launching import handled


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda self: None)
    monkeypatch.setattr(Pilot, "press", press)
    for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_ANIMATIONS", "DISPLAY", "WAYLAND_DISPLAY", "PAGER", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press each key when all messages that the one before it brought about are handled.

    Pilot's own way takes an app for idle that a busy machine only keeps waiting.
    """
    for key in keys:
        await pilot._app._press_keys([key])
        await handled(pilot)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        yield store


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    with Engine(store) as engine:
        yield engine
