"""What a person asks for when they launch: which tasks, which agent, how often, how many at once."""

from __future__ import annotations

import random
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.agents.environment import Agent
from engine.runs.places import DomainPlaces, GymKind, Place, places
from engine.tasks.calls import CallList, gold_path
from engine.tasks.files import TaskError
from engine.tasks.models import Task
from engine.tasks.source import read_tasks, seed_path

AgentKind = Literal["react", "scripted"]


class Launch(BaseModel):
    """An experiment before it starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[str, ...] = Field(min_length=1)
    """Each a folder, a file, ``builtin:DOMAIN`` or ``builtin:DOMAIN/NAME``."""
    seed_root: Path | None = None
    agent: AgentKind = "scripted"
    llm: Path | None = None
    """The benchmark's LLM config (JSON); ``react`` needs one."""
    script: Path | None = None
    """A call list for ``scripted``; by default each task's ``NAME.gold.json``."""
    pause_s: float = Field(default=0.0, ge=0)
    """Seconds that ``scripted`` waits before each call."""
    repeat: int = Field(default=1, ge=1)
    concurrency: int = Field(default=4, ge=1)
    max_steps: int = Field(default=50, ge=1)
    """How many times an agent may ask its model."""
    frozen_clock: bool = False
    """Start every embedded gym at the same instant, so that times repeat exactly."""
    gyms: GymKind | None = None
    """Where gyms live; None: as ``conf/domains.json`` says, which without such a file is ``embedded``."""

    def command(self) -> str:
        """The command line that starts the same without the app."""
        words = ["eog-tui", "run", *self.sources, "--agent", self.agent]
        named = {"--llm": self.llm, "--script": self.script, "--seed-root": self.seed_root, "--gyms": self.gyms}
        for flag, value in named.items():
            words += [flag, str(value)] if value else []
        for field in ("pause_s", "repeat", "concurrency", "max_steps"):
            if (value := getattr(self, field)) != type(self).model_fields[field].default:
                words += ["--" + field.removesuffix("_s").replace("_", "-"), f"{value:g}"]
        return shlex.join([*words, "--frozen-clock"] if self.frozen_clock else words)


@dataclass(frozen=True)
class PlannedRun:
    """One run that is ready to start."""

    task: Task
    domain: str
    seed_root: Path
    agent: Agent
    places: tuple[Place, ...]
    """Where each gym of the task lives, in the task's order."""


@dataclass(frozen=True)
class Prepared:
    """A launch whose every file was read and found good."""

    launch: Launch
    runs: tuple[PlannedRun, ...]
    skipped: tuple[Task, ...] = ()
    """Tasks of a folder that the scripted agent cannot play, since no call list lies beside them."""


def prepare(launch: Launch) -> Prepared:
    """Read and check everything that a launch names, so that it fails now and not in the middle.

    Raises:
        TaskError: a task, seed, gym or call list is missing or bad.
        ConfigError: the LLM config is missing or bad.
    """
    make = _agent_maker(launch)
    gold_needed = launch.agent == "scripted" and launch.script is None
    configured = DomainPlaces.read()
    runs, skipped = [], []
    for source in launch.sources:
        found = read_tasks(source, launch.seed_root)
        tasks = found.require()
        for task in tasks:
            if gold_needed and len(tasks) > 1 and not gold_path(task.source).is_file():
                skipped.append(task)
                continue
            where = places(task, launch.gyms, configured)
            domain = run_domain(where)
            for gym in task.gym_servers_config:
                seed_path(gym, found.seed_root)
            runs += [PlannedRun(task, domain, found.seed_root, make(task), where) for _ in range(launch.repeat)]
    if not runs:
        raise TaskError(f"{' '.join(launch.sources)}: no task has a call list beside it; --script names one for all")
    return Prepared(launch, tuple(runs), tuple(skipped))


def run_domain(where: tuple[Place, ...]) -> str:
    """The domain of a run's gyms, ``hybrid`` when there are several."""
    names = {place.domain for place in where}
    return names.pop() if len(names) == 1 else "hybrid"


def _agent_maker(launch: Launch) -> Callable[[Task], Agent]:
    match launch.agent:
        case "scripted":
            from engine.agents.scripted import Scripted

            shared = CallList.read(launch.script) if launch.script else None

            def scripted(task: Task) -> Agent:
                return Scripted(shared or _gold(task), launch.pause_s)

            return scripted
        case "react":
            from engine.agents.react import React
            from engine.llm.client import Model
            from engine.llm.config import ConfigError, load

            if launch.llm is None:
                raise ConfigError("the react agent needs a model: give its LLM config with --llm FILE")
            pool = [Model(config) for config in load(launch.llm)]
            return lambda _task: React(random.choice(pool))  # noqa: S311 - spreads load, guards nothing


def _gold(task: Task) -> CallList:
    path = gold_path(task.source)
    if not path.is_file():
        raise TaskError(f"{path}: no call list beside the task; --script names another")
    return CallList.read(path)
