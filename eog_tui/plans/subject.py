"""What a plan is for: its task, the tools that the task offers, and the seeds that it starts from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.gyms.registry import domain_for_server
from engine.gyms.session import ToolSpec
from engine.runs.seeds import seed_text
from engine.tasks.files import TaskError
from engine.tasks.models import GymConfig, Task
from engine.tasks.source import BUILTIN, builtin_domains, builtin_root, read_tasks, source_name
from engine.trajectory.query import RunQuery
from eog_tui.workbench.offered import offered_tools

if TYPE_CHECKING:
    from engine.trajectory.store import Store

_SEED_WORD = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b")

_MOST_RUNS = 100
"""Runs that are looked through for one of a task: the filter finds words, and a task's name may be in another's."""


@dataclass(frozen=True)
class SeedSource:
    """Where a gym's seed can be read."""

    gym: str
    config: GymConfig | None = None
    root: Path | None = None
    """The folder that the config's seed is relative to."""
    domain: str = ""
    text: str | None = None
    """The seed itself, as a run kept it."""


@dataclass(frozen=True)
class Subject:
    """What a plan is for, as far as it can be found."""

    name: str
    """The task's name."""
    domain: str
    task: Task | None = None
    tools: tuple[ToolSpec, ...] = ()
    """What the task offers, in the order in which the agent is told."""
    known: frozenset[str] = frozenset()
    """Every tool of the gyms, offered or not."""
    seeds: tuple[SeedSource, ...] = ()
    source: str = ""
    """What Launch reads the task from; empty when its file is not at hand."""
    problem: str = ""
    """Why something of it cannot be shown."""
    vocabulary: frozenset[str] = field(default=frozenset(), compare=False)
    """Words that look like a tool's name and are none: arguments, their values, tables, columns."""


def of_task(task: Task, seed_root: Path) -> Subject:
    """The subject of a task that was read from a file."""
    catalogue: dict[str, ToolSpec] = {}
    missing = []
    domains = []
    for gym in task.gym_servers_config:
        found = domain_for_server(gym.mcp_server_name)
        domains.append(found.name if found else gym.mcp_server_name)
        if found is None:
            missing.append(gym.mcp_server_name)
            continue
        for item in found.tool_list():
            name = str(item["name"])
            spec = ToolSpec(
                name, str(item["description"]), item["inputSchema"], gym.mcp_server_name, found.writes(name)
            )
            catalogue.setdefault(name, spec)
    wanted = catalogue if task.selected_tools is None else task.selected_tools
    taken = set(task.restricted_tools or ())
    tools = tuple(catalogue[name] for name in dict.fromkeys(wanted) if name in catalogue and name not in taken)
    problem = f"The tools of {', '.join(missing)} are known only once a run has asked its server." if missing else ""
    return Subject(
        task.name,
        "+".join(dict.fromkeys(domains)),
        task,
        tools,
        frozenset(catalogue),
        tuple(SeedSource(gym.mcp_server_name, gym, seed_root) for gym in task.gym_servers_config),
        source_of(task),
        problem,
        vocabulary(tools, _seed_texts(task, seed_root)),
    )


def of_run(store: Store, run_id: int) -> Subject:
    """The subject of a recorded run's task, with the tools that were offered to it and the seeds that it kept.

    Raises:
        StoreError: there is no such run.
    """
    run, task, started = store.run(run_id), store.task(run_id), store.started(run_id)
    if started is None:
        return of_task(task, builtin_root())
    tools = offered_tools(store, started)
    known = of_task(task, builtin_root()).known
    seeds = tuple(
        SeedSource(gym.name, domain=gym.domain, text=store.text(gym.seed))
        for gym in started.gyms
        if gym.seed is not None
    )
    names = frozenset(tool.name for tool in tools)
    words = vocabulary(tools, (seed.text or "" for seed in seeds))
    return Subject(run.task, run.domain, task, tools, known | names, seeds, source_of(task), vocabulary=words)


def of_plan(store: Store, name: str, domain: str) -> Subject:
    """The subject of a plan in the library: a built-in task, or else the task of the latest run of this name.

    Raises:
        StoreError: the store cannot be read.
    """
    if domain in builtin_domains():
        try:
            found = read_tasks(f"{BUILTIN}{domain}/{name}")
        except TaskError:
            pass
        else:
            if found.tasks:
                return of_task(found.tasks[0], found.seed_root)
    for row in store.runs(RunQuery(filters={"task": name}), 0, _MOST_RUNS):
        if (row.task, row.domain) == (name, domain):
            return of_run(store, row.id)
    return Subject(name, domain, problem=f"No built-in task and no run of this store is called {name}.")


def _seed_texts(task: Task, root: Path) -> Iterator[str]:
    for gym in task.gym_servers_config:
        with suppress(TaskError):  # the pane of tables says so
            yield seed_text(gym, root)


def source_of(task: Task) -> str:
    """What Launch reads this task from: a built-in one by its name, another by its file if that is still there."""
    return source_name(task.source) if Path(task.source).is_file() else ""


def vocabulary(tools: Sequence[ToolSpec], seeds: Iterable[str] = ()) -> frozenset[str]:
    """What is written like a tool's name, and none: arguments, values that they may have, all that seeds (SQL) name."""
    words = {word for text in seeds for word in _SEED_WORD.findall(text)}
    for tool in tools:
        _collect(tool.input_schema, words)
    return frozenset(words)


def _collect(schema: Any, words: set[str], depth: int = 0) -> None:
    if depth > 8:  # a schema of a stranger may be deep
        return
    if isinstance(schema, Mapping):
        properties = schema.get("properties")
        words.update(str(name) for name in (properties if isinstance(properties, Mapping) else ()))
        values = schema.get("enum")
        words.update(value for value in (values if isinstance(values, list) else ()) if isinstance(value, str))
        for part in schema.values():
            _collect(part, words, depth + 1)
    elif isinstance(schema, list):
        for part in schema:
            _collect(part, words, depth + 1)
