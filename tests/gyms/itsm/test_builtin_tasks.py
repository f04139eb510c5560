"""The built-in tasks: what their gold calls do passes, doing nothing or the wrong thing does not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.gyms.database import Database, Template
from engine.gyms.domains.itsm import DOMAIN
from engine.gyms.readonly import QueryResult
from engine.gyms.toolkit import FrozenClock
from engine.tasks.models import Task
from engine.trajectory.events import Verdict
from engine.verify import decide, verify

GYM_DBS = Path(__file__).resolve().parents[3] / "gym_dbs"
TASKS = sorted(path for path in (GYM_DBS / "itsm/tasks").glob("*.json") if "." not in path.stem)
WRONG = sorted((GYM_DBS / "itsm/tasks").glob("*.wrong-*.json"))

each_task = pytest.mark.parametrize("path", TASKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def calls_of(path: Path) -> list[dict[str, Any]]:
    return read(path)["calls"]


@cache
def template(seed: str) -> Template:
    return Template.parse(DOMAIN.schema_sql, (GYM_DBS / seed).read_text("utf-8"), source=seed)


class Playground:
    """A task's gym in which calls can be played one after another."""

    def __init__(self, task: Task) -> None:
        self.task = task
        (self.gym,) = task.gym_servers_config
        self.database: Database = template(self.gym.seed_database_file).clone()
        self.clock = FrozenClock("2026-11-20T09:00:00")

    def play(self, calls: Sequence[dict[str, Any]]) -> list[str]:
        """Make the calls; the errors among their answers come back."""
        answers = [
            DOMAIN.call(self.database.connection, call["tool"], call["arguments"], self.gym.headers, self.clock)
            for call in calls
        ]
        return [answer.text for answer in answers if answer.is_error]

    async def query(self, sql: str) -> QueryResult:
        return self.database.query(sql)

    async def verdicts(self, calls: Sequence[dict[str, Any]] = ()) -> dict[str, Verdict]:
        called = [call["tool"] for call in calls]
        verdicts = await verify(self.task.verifiers, {self.gym.mcp_server_name: self}, called)
        return {verdict.name: verdict for verdict in verdicts}


@pytest.fixture
def playground(path: Path) -> Playground:
    return Playground(Task.model_validate(read(path)))


def failed(verdicts: dict[str, Verdict]) -> dict[str, str | None]:
    return {name: verdict.reason for name, verdict in verdicts.items() if verdict.outcome != "pass"}


def infeasible(path: Path) -> bool:
    return read(path).get("_infeasible", False)


@each_task
async def test_gold_calls_succeed_and_pass_every_verifier(path: Path, playground: Playground) -> None:
    calls = calls_of(path.with_suffix(".gold.json"))
    assert playground.play(calls) == []
    assert failed(await playground.verdicts(calls)) == {}


@each_task
async def test_doing_nothing_passes_only_what_is_infeasible(path: Path, playground: Playground) -> None:
    verdicts = await playground.verdicts()
    assert decide(list(verdicts.values())) == ("passed" if infeasible(path) else "failed")
    assert "error" not in {verdict.outcome for verdict in verdicts.values()}


@each_task
async def test_gold_calls_change_the_database_only_if_the_task_is_feasible(path: Path, playground: Playground) -> None:
    before = playground.database.hash()
    playground.play(calls_of(path.with_suffix(".gold.json")))
    assert (playground.database.hash() == before) == infeasible(path)


@each_task
async def test_every_gold_write_is_needed(path: Path, playground: Playground) -> None:
    """Leaving out any one write fails the task, so no verifier is missing for it."""
    calls = calls_of(path.with_suffix(".gold.json"))
    for skipped, call in enumerate(calls):
        if DOMAIN.writes(call["tool"]):
            rest = calls[:skipped] + calls[skipped + 1 :]
            attempt = Playground(playground.task)
            attempt.play(rest)
            assert failed(await attempt.verdicts(rest)), f"passes without call {skipped + 1}, {call['tool']}"


@pytest.mark.parametrize("wrong", WRONG, ids=lambda path: path.stem)
async def test_wrong_calls_work_but_fail_the_task(wrong: Path) -> None:
    path = wrong.with_name(wrong.name.split(".")[0] + ".json")
    playground = Playground(Task.model_validate(read(path)))
    calls = calls_of(wrong)
    assert playground.play(calls) == [], "the list should fail by what it does, not by a refused call"
    assert decide(list((await playground.verdicts(calls)).values())) == "failed"


@each_task
def test_what_is_offered_suffices_and_distracts(path: Path, playground: Playground) -> None:
    offered = playground.task.selected_tools or []
    known = {tool["name"] for tool in DOMAIN.tool_list()}
    assert set(offered) <= known
    assert {call["tool"] for call in calls_of(path.with_suffix(".gold.json"))} < set(offered)
    assert 8 <= len(offered) <= 22
    assert len(set(offered)) == len(offered)


@each_task
def test_checks_are_told_apart(path: Path, playground: Playground) -> None:
    names = [verifier.name for verifier in playground.task.verifiers]
    assert len(set(names)) == len(names) >= 4
    assert all(verifier.description for verifier in playground.task.verifiers)


def test_tasks_range_from_two_calls_to_fifteen_and_some_are_infeasible() -> None:
    lengths = [len(calls_of(path.with_suffix(".gold.json"))) for path in TASKS if not infeasible(path)]
    assert (min(lengths), max(lengths)) == (2, 15)
    assert len(TASKS) >= 10
    assert sum(map(infeasible, TASKS)) >= 3
    assert len({wrong.name.split(".")[0] for wrong in WRONG}) >= 4


def test_policy_and_people_in_the_tasks_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(GYM_DBS / "itsm"))
    import make_tasks

    assert make_tasks.main(check=True) == 0
    assert make_tasks.task_files() == TASKS
    for path in TASKS:
        assert read(path)["system_prompt"].startswith(DOMAIN.policy)
