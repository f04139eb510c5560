"""Forks for tests and pictures of the app: real ones of a real failed run, and told ones with fixed times."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from engine.runs.engine import Engine
from engine.runs.spec import Fork, Launch
from engine.tasks import builtin_root
from engine.trajectory.events import Forked, Message, RunEnded, ToolCall, ToolResult
from engine.trajectory.store import NewRun, Store
from eog_tui.app import EogApp
from eog_tui.screens.base import EogScreen
from eog_tui.screens.runs import RunsScreen
from tests.app.launching import app_on
from tests.app.pty_corpus import HOSTILE
from tests.app.recorded import record_hostile, record_story
from tests.app.tape import START

SCANNER = builtin_root() / "itsm/tasks/scanner-window-replaced.json"


def failed_run(engine: Engine, wrong: str = "wrong-other-scanner") -> int:
    """The wrong list of a built-in task, played: it looks (step 2), resolves another ticket (3) and says so (4)."""
    return ended(engine, sources=(f"builtin:itsm/{SCANNER.stem}",), script=SCANNER.with_suffix(f".{wrong}.json"))


def ended(engine: Engine, **launch: Any) -> int:
    """Launch, and wait for the end; returns the run's number."""
    launched = engine.launch(Launch(frozen_clock="fork" not in launch, **launch))
    launched.done.result(timeout=60)
    return launched.run_ids[0]


def forked_run(
    engine: Engine,
    run_id: int,
    step: int,
    folder: Path,
    calls: Sequence[tuple[str, Mapping[str, Any]]] = (),
    **edit: Any,
) -> int:
    """A scripted fork that has ended."""
    path = folder / "calls.json"
    path.write_text(json.dumps([{"tool": tool, "arguments": dict(arguments)} for tool, arguments in calls]))
    return ended(engine, fork=Fork(run_id=run_id, step=step, by="kim", **edit), agent="scripted", script=path)


# Told ones.


def tell_forks(store: Store) -> dict[str, int]:
    """The story, and forks of its failed run: one that another model brought to an end, one of that, one by hand."""
    failed = record_story(store).failed
    other = tell_fork(store, failed, 5, START + timedelta(minutes=42), "passed", agent="react", model="opus-4.5")
    nested = tell_fork(store, other, 7, START + timedelta(minutes=44), "stopped", agent="scripted")
    hand = tell_fork(store, failed, 3, START + timedelta(minutes=47), "failed", agent="human", edited="arguments")
    return {"failed": failed, "other": other, "nested": nested, "hand": hand}


def tell_fork(
    store: Store,
    parent: int,
    kept: int,
    at: datetime,
    status: Any,
    *,
    agent: str,
    model: str | None = None,
    edited: Any = None,
) -> int:
    """A fork that makes one call, a second a step, and ends."""
    row, began = store.run(parent), store.started(parent)
    assert began is not None
    new = NewRun(store.task(parent), row.task, row.domain, agent, model, parent_id=parent, parent_step=kept)
    with mock.patch("engine.trajectory.store.now", return_value=at):
        run_id = store.create_run(new)
    recorder = store.recorder(run_id)
    recorder.append(began.model_copy(update={"at": at}))
    recorder.inherit(parent, kept, 0)
    step = kept + 1
    recorder.append(
        Forked(
            at=at + timedelta(seconds=1),
            step=step,
            parent=parent,
            parent_step=kept,
            by="kim",
            restored=("conversation", "tables", "id counters"),
            edited=edited,
        )
    )
    call: dict[str, Any] = {"step": step + 1, "call_id": "own", "tool": "find_approvals", "gym": began.gyms[0].name}
    recorder.append(ToolCall(at=at + timedelta(seconds=2), arguments={"change_id": "CHG_004"}, **call))
    block = {"type": "text", "text": json.dumps([{"approval_id": "APR_001", "state": "requested"}])}
    result = {"content": [block], "isError": False}
    recorder.append(ToolResult(at=at + timedelta(seconds=3), is_error=False, result=result, duration_s=0.02, **call))
    words = "It waits for the CAB."
    recorder.append(Message(at=at + timedelta(seconds=4), step=step + 2, role="assistant", content=words))
    recorder.append(RunEnded(at=at + timedelta(seconds=5), step=step + 2, status=status, answer=words))
    return run_id


# What the pty test opens; each in a process of its own.


def hostile_forks(screen: Callable[[int], EogScreen[Any]]) -> EogApp:
    """A run in which every text is hostile, with a fork of its own."""
    store = Store.open(Path(tempfile.mkdtemp()) / "store.db")
    run_id = record_hostile(store)
    tell_fork(store, run_id, 3, START + timedelta(minutes=9), "failed", agent=f"react {HOSTILE}", model=HOSTILE)
    return app_on(store, screen=lambda: screen(run_id))


def hostile_replay() -> EogApp:
    """At a call, with the fork beside it."""
    return hostile_forks(lambda run_id: RunsScreen(replay=(run_id, 3)))


def hostile_runs() -> EogApp:
    """With the fork folded."""
    return hostile_forks(lambda _run_id: RunsScreen())
