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
from engine.tasks import builtin_root
from engine.tasks.models import GymConfig
from engine.trajectory.store import Store
from tests.benchmarks.test_databases import seed_sql
from tests.runs.material import SEED, call, count_check

STEP_AT_MOST = 3
"""How many embedded steps a step against ``gym serve`` may cost."""

DUMP_AT_MOST_SECONDS = 0.5


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


def step_seconds(tmp_path: Path, url: str, kind: str, calls: list[dict[str, object]]) -> float:
    """Median seconds from the start of one call of a run to the start of the next: the call and its record."""
    gym = {"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": url, "seed_database_file": SEED}
    task = {
        "system_prompt": "s",
        "user_prompt": "u",
        "gym_servers_config": [gym],
        "verifiers": [count_check("there", "1 = 1")],
    }
    path = tmp_path / "task.json"
    path.write_text(json.dumps(task))
    path.with_suffix(".gold.json").write_text(json.dumps({"calls": calls}))
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        launch = Launch.model_validate({"sources": [str(path)], "seed_root": builtin_root(), "gyms": kind})
        [run_id] = engine.launch(launch).done.result(timeout=120)
        starts = [head.started_at for head in store.steps(run_id) if head.kind == "call"]
    return statistics.median((after - before).total_seconds() for before, after in pairwise(starts))


@pytest.mark.parametrize("kind", ["reading", "writing", "mixed"])
def test_a_step_over_http(tmp_path: Path, url: str, kind: str) -> None:
    read = call("find_incident_by_id", incident_id="INC_001")
    write = [call("update_incident", incident_id="INC_001", worknotes=f"note {n}") for n in range(80)]
    calls = {
        "reading": [read] * 80,
        "writing": write,
        "mixed": [part for pair in zip([read] * 80, write, strict=True) for part in pair],
    }
    seconds = {"embedded": [], "remote": []}  # type: dict[str, list[float]]
    for _ in range(4):
        for where, taken in seconds.items():
            taken.append(step_seconds(tmp_path, url, where, calls[kind]))
    embedded, remote = min(seconds["embedded"]), min(seconds["remote"])
    print(
        f"\n{kind} step: embedded {embedded * 1e3:.2f} ms, gym serve {remote * 1e3:.2f} ms: {remote / embedded:.1f} x"
    )
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
