"""A store in PostgreSQL: one process runs, another follows and steers, as with a file."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from engine.trajectory.store import Store
from tests.postgres import Server


def eog(url: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "eog_tui", *words],
        env=os.environ | {"EOG_STORE": url},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_run_of_one_process_is_followed_and_stopped_by_another(postgres: Server) -> None:
    with postgres.database() as url, Store.open(url) as store:
        running = eog(url, "run", "builtin:itsm/stolen-tablet", "--pause", "600", "--json")
        deadline = time.monotonic() + 60
        while not any(run.steps > 1 for run in store.runs()) and time.monotonic() < deadline:
            time.sleep(0.05)
        stopping = eog(url, "ctl", "1", "stop")
        assert "carried out" in stopping.communicate(timeout=60)[0]
        running.communicate(timeout=60)
        run = store.run(1)
        assert (run.status, running.returncode) == ("stopped", 130)
        assert len(store.steps(1)) == run.steps > 1


def test_runs_at_once_pass_as_in_a_file(postgres: Server) -> None:
    with postgres.database() as url:
        running = eog(url, "run", "builtin:csm", "--concurrency", "4")
        running.communicate(timeout=120)
        assert running.returncode == 0
        with Store.open(url) as store:
            assert {run.status for run in store.runs()} == {"passed"}
