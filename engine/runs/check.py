"""Which tasks cannot judge an agent: found before anybody runs them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from engine.gyms.database import SeedError
from engine.gyms.registry import domain_for_server
from engine.gyms.session import EmbeddedGym, GymSession
from engine.gyms.toolkit import WallClock
from engine.runs.seeds import Seeds
from engine.tasks.files import TaskError
from engine.tasks.models import Task
from engine.tasks.source import TaskSet
from engine.verify import verify


@dataclass(frozen=True)
class TaskReport:
    """What was found about one task."""

    task: str
    source: str
    problems: tuple[str, ...]
    """What keeps it from being run and judged."""
    warnings: tuple[str, ...] = ()
    """What is right for some tasks only: every verifier passes with nothing done."""
    unheeded: tuple[str, ...] = ()
    """Fields that ask for something else than what a run does, and what decides it instead."""


_DECIDED_BY = {
    "number_of_runs": "--repeat says how often a task is run",
    "reset_database_between_runs": "every run has databases of its own",
    "temperature": "the LLM config says it",
    "max_tokens": "the LLM config says it",
    "mcp_endpoint": "that of each gym counts",
}
"""Fields of a task that the benchmark's files have and no run follows."""


def check_tasks(found: TaskSet, begun: Callable[[int], None] = lambda _: None) -> list[TaskReport]:
    """Check every task of a source; files that are no tasks are problems too.

    Args:
        found: what was read from the source.
        begun: told the number, from 1, of each task before it is checked.
    """
    refused = [_refused(error) for error in found.refused]
    seeds = Seeds()

    async def check_all() -> list[TaskReport]:
        reports = []
        for number, task in enumerate(found.tasks, 1):
            begun(number)
            reports.append(await _check(task, found, seeds))
        return reports

    return asyncio.run(check_all()) + refused


def _refused(error: TaskError) -> TaskReport:
    """A file that is no task: each line of the error begins with the file's name, which is told once."""
    name = str(error).partition(": ")[0]
    return TaskReport(name, "", tuple(line.removeprefix(f"{name}: ") for line in str(error).splitlines()))


async def _check(task: Task, found: TaskSet, seeds: Seeds) -> TaskReport:
    problems: list[str] = []
    warnings: list[str] = []
    unknown = [gym for gym in task.gym_servers_config if domain_for_server(gym.mcp_server_name) is None]
    problems += [f"gym {gym.mcp_server_name}: no built-in gym has this name" for gym in unknown]
    if not task.verifiers:
        problems.append("has no verifier, so it can never be passed")
    if not unknown:
        try:
            async with AsyncExitStack() as stack:
                gyms: dict[str, GymSession] = {}
                for config in task.gym_servers_config:
                    seed = seeds.of(config, found.seed_root)
                    opened = EmbeddedGym.open(config, seed.template, seed.domain, WallClock())
                    gyms[config.mcp_server_name] = await stack.enter_async_context(opened)
                problems += await _unknown_tools(task, gyms)
                await _judge_seed(task, gyms, problems, warnings)
        except (TaskError, SeedError) as error:
            problems.append(str(error))
    return TaskReport(task.name, task.source, tuple(problems), tuple(warnings), _unheeded(task))


def _unheeded(task: Task) -> tuple[str, ...]:
    said = {name: getattr(task, name) for name in _DECIDED_BY}
    return tuple(
        f"{name} {json.dumps(value)} is not followed: {_DECIDED_BY[name]}"
        for name, value in said.items()
        if value != Task.model_fields[name].default
    )


async def _unknown_tools(task: Task, gyms: Mapping[str, GymSession]) -> list[str]:
    known = {tool.name for gym in gyms.values() for tool in await gym.tools()}
    named = [
        *(("selected_tools", name) for name in task.selected_tools or ()),
        *(("restricted_tools", name) for name in task.restricted_tools or ()),
    ]
    return [f"{field}: no gym of the task has a tool {name!r}" for field, name in named if name not in known]


async def _judge_seed(task: Task, gyms: Mapping[str, GymSession], problems: list[str], warnings: list[str]) -> None:
    verdicts = await verify(task.verifiers, gyms, ())
    problems += [
        f"verifier {verdict.index + 1} {verdict.name}: cannot run: {verdict.reason}"
        for verdict in verdicts
        if verdict.outcome == "error"
    ]
    if verdicts and all(verdict.outcome == "pass" for verdict in verdicts):
        warnings.append("all verifiers pass with nothing done: right only if the agent must refuse")
