"""What every benchmark may rely on: what was imported is out of the collector's sight, as in the app."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    """Do as ``eog_tui.commands.open`` does before the app runs, or full collections are measured, not the work."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
