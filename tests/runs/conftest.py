"""A store and an engine of the test's own, and small tasks on a built-in seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.store import RunRow, Store
from tests.agents.openai_server import OpenAIServer
from tests.runs.material import SEED, count_check
from tests.runs.people import Bench


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store.db")
    yield opened
    opened.close()


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    with Engine(store) as running:
        yield running


@pytest.fixture
def write_task(tmp_path: Path) -> Callable[..., str]:
    """Write a task on the small built-in seed, with its call list; returns the path."""
    count = iter(range(1000))

    def write(calls: list[dict[str, Any]], verifiers: list[dict[str, Any]] | None = None, **changes: Any) -> str:
        path = tmp_path / f"task_{next(count)}.json"
        task = {
            "system_prompt": "Follow the policy.",
            "user_prompt": "Raise the impact of the printer incident.",
            "gym_servers_config": [
                {
                    "mcp_server_name": "gym-itsm-mcp",
                    "mcp_server_url": "http://localhost:8006",
                    "seed_database_file": SEED,
                }
            ],
            "verifiers": verifiers if verifiers is not None else [count_check("impact_is_high", "impact = 'high'")],
            **changes,
        }
        path.write_text(json.dumps(task), encoding="utf-8")
        gold = {"calls": calls, "answer": "Done."}
        path.with_suffix(".gold.json").write_text(json.dumps(gold), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def run(engine: Engine, store: Store) -> Callable[..., RunRow]:
    """Run one task to its end."""

    def run_one(source: str, **options: Any) -> RunRow:
        options = {"seed_root": builtin_root(), **options}
        launched = engine.launch(Launch(sources=(source,), **options))
        launched.done.result(timeout=60)
        [run_id] = launched.run_ids
        return store.run(run_id)

    return run_one


@pytest.fixture
def bench(engine: Engine, store: Store) -> Bench:
    return Bench(engine, store)


@pytest.fixture
def write_llm(tmp_path: Path) -> Callable[[OpenAIServer], Path]:
    """Write the config of a model that a server plays; returns the path."""

    def write(server: OpenAIServer) -> Path:
        path = tmp_path / "llm.json"
        config = {
            "llm_provider": "openai",
            "llm_model": "gpt-4o",
            "llm_api_key": "sk-0815-not-real",
            "llm_api_endpoint": server.url,
        }
        path.write_text(json.dumps(config))
        return path

    return write
