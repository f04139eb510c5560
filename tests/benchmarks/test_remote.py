"""What it costs that a gym lives elsewhere; run by hand with pytest tests/benchmarks -n 0 -s."""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from engine.gyms.registry import domain
from engine.gyms.remote import RemoteGym
from engine.gyms.remote.dumps import Dumps
from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.tasks.models import GymConfig
from engine.trajectory.store import Store
from tests.benchmarks.test_databases import seed_sql

STEP_AT_MOST = 3
"""How many embedded steps a step against ``gym serve`` may cost."""

DUMP_AT_MOST_SECONDS = 0.5

ROUNDS = 16


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """``eog-tui gym serve itsm`` in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "eog_tui", "gym", "serve", "itsm", "--port", str(port), "--frozen-clock"]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=9)) as client:
            client.get(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


Step = tuple[str, int]
"""Name of the task, number of the step."""


def step_seconds(folder: Path, kind: str) -> dict[bool, dict[Step, float]]:
    """Seconds from the start of each call to the start of the next, of calls that only read and of those that wrote."""
    taken: dict[bool, dict[Step, float]] = {False: {}, True: {}}
    with Store.open(folder / f"{kind}.db") as store, Engine(store) as engine:
        launched = engine.launch(Launch.model_validate({"sources": ["builtin:itsm"], "gyms": kind, "concurrency": 1}))
        assert set(launched.done.result(timeout=120).values()) == {"passed"}
        for run_id in launched.run_ids:
            task = store.run(run_id).task
            for head, following in pairwise(store.steps(run_id)):
                if head.kind == "call":
                    seconds = (following.started_at - head.started_at).total_seconds()
                    taken[bool(head.writes)][task, head.number] = seconds
    return taken


def test_a_step_over_http(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "domains.json").write_text(json.dumps({"itsm": {"url": url}}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("engine.runs.run.LIVE_CHECK_SECONDS", 10)  # or a slow moment would leave the verifiers out
    # Other programs on the machine only ever add time, and not to the same step in every round.
    rounds = [(step_seconds(tmp_path, "embedded"), step_seconds(tmp_path, "remote")) for _ in range(ROUNDS)]

    def best(side: int, wrote: bool) -> list[float]:
        """Shortest time of each step in any round."""
        return [min(each[side][wrote][step] for each in rounds) for step in rounds[0][side][wrote]]

    mean: dict[str, tuple[float, float]] = {}
    for name, kinds in (("reading", [False]), ("writing", [True]), ("all", [False, True])):
        embedded, remote = (statistics.mean(s for wrote in kinds for s in best(side, wrote)) for side in (0, 1))
        print(f"\n{name}: embedded {embedded * 1e3:.2f} ms, gym serve {remote * 1e3:.2f} ms, {remote / embedded:.1f} x")
        mean[name] = embedded, remote
    embedded, remote = mean["all"]
    assert remote < STEP_AT_MOST * embedded


def test_a_full_dump_of_10000_rows(url: str) -> None:
    sql = seed_sql(incidents=7_000, users=3_000)
    config = GymConfig(mcp_server_name="gym-itsm-mcp", mcp_server_url=url)

    async def measure() -> tuple[list[float], list[float]]:
        first, again = [], []
        async with RemoteGym.open(config, sql, domain("itsm")) as gym:
            for _ in range(4):
                dumps = Dumps(gym._server, gym.database_id, gym.name)
                for taken, dump in ((first, dumps.prepare), (again, dumps.changes)):
                    started = time.perf_counter()
                    await dump()
                    taken.append(time.perf_counter() - started)
        return first, again

    first, again = asyncio.run(measure())
    print(f"\n10,000 rows in 24 tables: first dump {min(first):.3f} s, dump after a call {min(again):.3f} s")
    assert max(min(first), min(again)) < DUMP_AT_MOST_SECONDS
