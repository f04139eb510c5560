"""Real stores in files, and runs recorded in them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.tasks.models import Task
from engine.trajectory.changes import Change
from engine.trajectory.events import Message, RunStarted, ToolCall, ToolResult
from engine.trajectory.store import NewRun, RunRecorder, Store


def make_task(name: str = "Raise the impact") -> Task:
    return Task.model_validate(
        {
            "name": name,
            "source": f"tasks/{name}.json",
            "system_prompt": "You work at a service desk. " * 50,
            "user_prompt": "The Müller printer is down.\nRaise the impact of INC_003.",
            "gym_servers_config": [
                {
                    "mcp_server_name": "gym-itsm-mcp",
                    "mcp_server_url": "http://localhost:8006",
                    "context": {"x-itsm-user-token": "seed_token_marcus"},
                }
            ],
            "verifiers": [
                {"verifier_type": "database_state", "validation_config": {"query": "SELECT 1"}, "name": each}
                for each in ("impact", "nothing else")
            ],
        }
    )


IMPACT = Change(
    gym="gym-itsm-mcp",
    table="incident",
    op="update",
    key={"incident_id": "INC_003"},
    before={"impact": "medium", "updated_at": "2026-01-01 00:00:00"},
    after={"impact": "high", "updated_at": "2026-01-01 00:00:01"},
)


def answer(text: str, *, is_error: bool = False) -> dict[str, Any]:
    block = {"type": "text", "text": text, "annotations": None, "meta": None}
    return {"meta": None, "content": [block], "structuredContent": None, "isError": is_error}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, path: Path) -> Iterator[Path | str]:
    """Where a store is: the same tests hold for a file and for a database that a team shares."""
    if request.param == "sqlite":
        yield path
    else:
        with request.getfixturevalue("postgres").database() as url:
            yield url


in_a_file = pytest.mark.parametrize("where", ["sqlite"], indirect=True)
"""For what only a store in a file has."""


@pytest.fixture
def store(where: Path | str) -> Iterator[Store]:
    with Store.open(where) as store:
        yield store


class Recording:
    """A recorded run with verbs for what tests do over and over."""

    def __init__(self, store: Store, **new: Any) -> None:
        task = make_task(new.get("task_name", "Raise the impact"))
        self.run_id = store.create_run(
            NewRun(**{"task": task, "task_name": task.name, "domain": "itsm", "agent": "react", "model": "m"} | new)
        )
        self.recorder: RunRecorder = store.recorder(self.run_id)
        self.append = self.recorder.append

    def start(self) -> "Recording":
        task = make_task()
        self.append(RunStarted(gyms=(), tools="", tool_count=3, untouched=("fail", "pass"), max_steps=50))
        self.append(Message(step=0, role="system", content=task.system_prompt))
        self.append(Message(step=1, role="user", content=task.user_prompt))
        return self

    def call(self, tool: str, arguments: dict[str, Any], text: str, *, is_error: bool = False, **result: Any) -> int:
        step = self.recorder.last_step + 1
        gym = "gym-itsm-mcp"
        self.append(ToolCall(step=step, call_id="c", tool=tool, arguments=arguments, gym=gym))
        self.append(
            ToolResult(
                step=step,
                call_id="c",
                tool=tool,
                gym=gym,
                is_error=is_error,
                result=answer(text, is_error=is_error),
                duration_s=0.25,
                **result,
            )
        )
        return step


@pytest.fixture
def record(store: Store) -> Callable[..., Recording]:
    return lambda **new: Recording(store, **new)


@pytest.fixture
def impact() -> Change:
    return IMPACT
