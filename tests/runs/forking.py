"""Runs to fork from, forks of them, and what can be told of both."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.runs.engine import Engine
from engine.runs.rebuild import Rebuilder
from engine.runs.seeds import Seeds
from engine.runs.spec import Fork, Launch
from engine.tasks import builtin_root
from engine.trajectory.events import Message, ToolResult
from engine.trajectory.store import Store
from tests.agents.openai_server import Say

Call = tuple[str, Mapping[str, Any]]

LOOK: Call = ("find_incident_by_id", {"incident_id": "INC_001"})
OTHER: Call = ("find_incident_by_id", {"incident_id": "INC_002"})
NOTE: Call = ("update_incident", {"incident_id": "INC_001", "worknotes": "Seen."})
OPEN: Call = (
    "send_notification",
    {"incident_id": "INC_001", "email": "hana.nowak@harborline.example", "message": "We look."},
)
RAISE: Call = ("update_incident", {"incident_id": "INC_001", "impact": "high"})

TALK = (
    Say("I look first.", calls=[LOOK, OTHER]),
    Say("", calls=[NOTE, OPEN]),
    Say("", calls=[LOOK]),
    Say("All done."),
)
"""What the parent's model says: steps 2 to 4, 5 and 6, 7, 8."""

ASKED_AFTER = {1: 0, 4: 1, 6: 2, 7: 3}
"""After which step the parent's model was asked, and the how manieth time (from 0)."""


def config(folder: Path, url: str, model: str = "gpt-4o") -> Path:
    path = folder / f"{model}.json"
    path.write_text(
        json.dumps({"llm_provider": "openai", "llm_model": model, "llm_api_key": "sk-secret", "llm_api_endpoint": url})
    )
    return path


def script(folder: Path, calls: Sequence[Call], answer: str = "Done.") -> Path:
    path = folder / "script.json"
    listed = [{"tool": tool, "arguments": dict(arguments)} for tool, arguments in calls]
    path.write_text(json.dumps({"calls": listed, "answer": answer}))
    return path


def fork(engine: Engine, run_id: int, step: int, *, edit: Mapping[str, Any] | None = None, **options: Any) -> int:
    """Fork a run and wait for the fork's end; returns its number."""
    place = Fork(run_id=run_id, step=step, by="kim", **(edit or {}))
    launched = engine.launch(Launch(fork=place, **options))
    launched.done.result(timeout=60)
    return launched.run_ids[0]


def play(engine: Engine, source: str, **options: Any) -> int:
    """Run a task on the built-in seeds, its clock frozen; returns the run's number."""
    options = {"frozen_clock": True, "seed_root": builtin_root(), **options}
    launched = engine.launch(Launch(sources=(source,), **options))
    launched.done.result(timeout=60)
    return launched.run_ids[0]


def hashes(store: Store, run_id: int, step: int) -> dict[str, str]:
    """A hash a gym, of all its rows after a step."""
    with Rebuilder(store, Seeds()).at(run_id, step) as state:
        return state.hashes()


def results(store: Store, run_id: int, after: int = -1) -> list[Any]:
    """What the tools gave back in the steps after one."""
    return [event.result for event in store.history(run_id) if isinstance(event, ToolResult) and event.step > after]


def said(store: Store, run_id: int) -> list[tuple[int, str, str]]:
    """Step, role and text of every message."""
    return [(event.step, event.role, event.content) for event in store.history(run_id) if isinstance(event, Message)]


def rows_of(path: Path, run_id: int) -> dict[str, list[Any]]:
    """Every row that the store's file has for a run, and every text that runs share."""
    with sqlite3.connect(path) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {}
        for table in tables:
            columns = [column for _, column, *_ in connection.execute(f'PRAGMA table_info("{table}")')]
            own = "id" if table == "run" else "run_id"
            if own in columns:
                rows = connection.execute(f'SELECT * FROM "{table}" WHERE "{own}" = ?', (run_id,))
                found[table] = sorted(rows, key=repr)
    return found


def texts_of(path: Path) -> set[Any]:
    with sqlite3.connect(path) as connection:
        return set(connection.execute("SELECT * FROM text"))
