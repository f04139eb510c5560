"""The command line as a user runs it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = str(Path(__file__).resolve().parents[2])

Result = subprocess.CompletedProcess[str]


@pytest.fixture
def eog(tmp_path: Path) -> Callable[..., Result]:
    """Run ``eog-tui ...`` with a store of the test's own and return what it printed."""
    store = os.environ["EOG_STORE"]

    def run(*words: str, timeout: float = 120, cwd: Path | None = None, **env: str) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "eog_tui", *words],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "EOG_STORE": store, "COLUMNS": "200", "PYTHONPATH": PROJECT, **env},
        )

    return run
