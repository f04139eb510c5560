"""The built-in tasks: what their gold calls do passes, doing nothing or the wrong thing does not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from engine.gyms.database import Database, Template
from engine.gyms.readonly import QueryError, QueryResult
from engine.gyms.registry import domain, domain_for_server
from engine.gyms.toolkit import FrozenClock
from engine.tasks.models import Task
from engine.trajectory.events import Verdict
from engine.verify import decide, verify
from tests.gyms.builtin import DOMAINS, GYM_DBS, TASKS, WRONG, domain_of, label

LENGTHS = {"itsm": (2, 15), "csm": (2, 20)}
"""Calls of the shortest and of the longest feasible gold list."""

each_task = pytest.mark.parametrize("path", TASKS, ids=label)
each_domain = pytest.mark.parametrize("name", DOMAINS)


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def calls_of(path: Path) -> list[dict[str, Any]]:
    return read(path)["calls"]


def gold_of(path: Path) -> list[dict[str, Any]]:
    return calls_of(path.with_suffix(".gold.json"))


@cache
def template(seed: str) -> Template:
    schema = domain(seed.split("/")[0]).schema_sql
    return Template.parse(schema, (GYM_DBS / seed).read_text("utf-8"), source=seed)


class Playground:
    """A task's gym in which calls can be played one after another."""

    def __init__(self, task: Task, start: str = "2026-11-20T09:00:00") -> None:
        self.task = task
        (self.gym,) = task.gym_servers_config
        found = domain_for_server(self.gym.mcp_server_name)
        assert found
        self.domain = found
        self.database: Database = template(self.gym.seed_database_file).clone()
        self.clock = FrozenClock(start)

    def play(self, calls: Sequence[dict[str, Any]]) -> list[str]:
        """Make the calls; the errors among their answers come back."""
        answers = [
            self.domain.call(self.database.connection, call["tool"], call["arguments"], self.gym.headers, self.clock)
            for call in calls
        ]
        return [answer.text for answer in answers if answer.is_error]

    async def query_all(self, queries: Sequence[str]) -> list[QueryResult | QueryError]:
        return [self._query(sql) for sql in queries]

    def _query(self, sql: str) -> QueryResult | QueryError:
        try:
            return self.database.query(sql)
        except QueryError as error:
            return error

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
    calls = gold_of(path)
    assert playground.play(calls) == []
    assert failed(await playground.verdicts(calls)) == {}


@pytest.mark.parametrize("start", ["2026-01-01T00:00:00", "2031-05-17T23:59:58"])
@each_task
async def test_gold_calls_pass_whatever_the_clock_says(path: Path, playground: Playground, start: str) -> None:
    attempt = Playground(playground.task, start)
    calls = gold_of(path)
    attempt.play(calls)
    assert failed(await attempt.verdicts(calls)) == {}


@each_task
async def test_doing_nothing_passes_only_what_is_infeasible(path: Path, playground: Playground) -> None:
    verdicts = await playground.verdicts()
    assert decide(list(verdicts.values())) == ("passed" if infeasible(path) else "failed")
    assert "error" not in {verdict.outcome for verdict in verdicts.values()}


@each_task
async def test_gold_calls_change_the_database_only_if_the_task_is_feasible(path: Path, playground: Playground) -> None:
    before = playground.database.hash()
    playground.play(gold_of(path))
    assert (playground.database.hash() == before) == infeasible(path)


@each_task
async def test_every_gold_write_is_needed(path: Path, playground: Playground) -> None:
    """Leaving out any one write fails the task, so no verifier is missing for it."""
    calls = gold_of(path)
    for skipped, call in enumerate(calls):
        if playground.domain.writes(call["tool"]):
            rest = calls[:skipped] + calls[skipped + 1 :]
            attempt = Playground(playground.task)
            attempt.play(rest)
            assert failed(await attempt.verdicts(rest)), f"passes without call {skipped + 1}, {call['tool']}"


@pytest.mark.parametrize("wrong", WRONG, ids=label)
async def test_wrong_calls_work_but_fail_the_task(wrong: Path) -> None:
    path = wrong.with_name(wrong.name.split(".")[0] + ".json")
    playground = Playground(Task.model_validate(read(path)))
    calls = calls_of(wrong)
    assert playground.play(calls) == [], "the list should fail by what it does, not by a refused call"
    assert decide(list((await playground.verdicts(calls)).values())) == "failed"


@each_task
def test_what_is_offered_suffices_and_distracts(path: Path, playground: Playground) -> None:
    offered = playground.task.selected_tools or []
    known = {tool["name"] for tool in playground.domain.tool_list()}
    assert set(offered) <= known
    assert {call["tool"] for call in gold_of(path)} < set(offered)
    assert 8 <= len(offered) <= 22
    assert len(set(offered)) == len(offered)


@each_task
def test_checks_are_told_apart(path: Path, playground: Playground) -> None:
    names = [verifier.name for verifier in playground.task.verifiers]
    assert len(set(names)) == len(names) >= 4
    assert all(verifier.description for verifier in playground.task.verifiers)


@each_domain
def test_tasks_range_from_short_to_long_and_some_are_infeasible(name: str) -> None:
    own = [path for path in TASKS if domain_of(path) == name]
    lengths = [len(gold_of(path)) for path in own if not infeasible(path)]
    assert (min(lengths), max(lengths)) == LENGTHS[name]
    assert len(own) >= 10
    assert sum(map(infeasible, own)) >= 3
    assert len({wrong.name.split(".")[0] for wrong in WRONG if domain_of(wrong) == name}) >= 4


@each_domain
def test_policy_and_people_in_the_tasks_are_up_to_date(name: str) -> None:
    assert import_module(f"gym_dbs.{name}.make_tasks").main(check=True) == 0
    for path in TASKS:
        if domain_of(path) == name:
            assert read(path)["system_prompt"].startswith(domain(name).policy)
