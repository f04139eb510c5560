"""What a person asks for when they launch: which tasks, which agent, how often, how many at once."""

from __future__ import annotations

import json
import random
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.agents.environment import Agent
from engine.llm.config import ConfigError, load
from engine.runs.places import DomainPlaces, GymKind, Place, places
from engine.runs.plan_choice import GivenPlan, plan_choice
from engine.runs.rules import Approve, Rules
from engine.tasks.calls import CallList, gold_path
from engine.tasks.files import TaskError
from engine.tasks.models import Task
from engine.tasks.source import read_tasks, seed_path

if TYPE_CHECKING:
    from engine.trajectory.store import Store

AgentKind = Literal["react", "planner_react", "scripted", "human"]


class Fork(BaseModel):
    """Where a run is to go on from: a step of a recorded run, which stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: int
    step: int = Field(ge=0)
    """The last step that is kept; with ``message`` or ``arguments``, the step that happens differently."""
    by: str = Field(min_length=1)
    message: str | None = None
    """What the message of that step says instead."""
    arguments: Mapping[str, Any] | None = None
    """What the call of that step is made with instead."""

    @property
    def edits(self) -> bool:
        """Whether something happens differently from the start."""
        return self.message is not None or self.arguments is not None

    @model_validator(mode="after")
    def _one_edit(self) -> Self:
        if self.message is not None and self.arguments is not None:
            raise ValueError("a step is a message or a call: give message or arguments, not both")
        return self


class Launch(BaseModel):
    """An experiment before it starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[str, ...] = ()
    """Each a folder, a file, ``builtin:DOMAIN`` or ``builtin:DOMAIN/NAME``."""
    fork: Fork | None = None
    """Instead of sources: go on from a step of a recorded run."""
    seed_root: Path | None = None
    agent: AgentKind = "scripted"
    llm: Path | None = None
    """The benchmark's LLM config (JSON); ``react`` and ``planner_react`` need one."""
    planner_llm: Path | None = None
    """Another config for the planner of ``planner_react``; by default ``llm`` plans, too."""
    review_plan: bool = False
    """Whether ``planner_react`` waits for a person to accept or change its plan."""
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
    approve: Approve = "none"
    """Which calls wait for a person's word."""
    allow: tuple[str, ...] = ()
    """Tools that run unasked all the same, with ``*`` for any characters."""
    peek: bool = False
    """Whether a person who acts may read the databases beside the tools."""
    plan: str | None = None
    """A plan for the agent: its number in the store's library, ``NUMBER.VERSION``, a Markdown file, or ``library``
    for each task's newest."""

    @model_validator(mode="after")
    def _one_beginning(self) -> Self:
        if bool(self.sources) == (self.fork is not None):
            raise ValueError("give tasks to run or a run to fork, not both and not neither")
        return self

    @property
    def rules(self) -> Rules:
        """Which calls wait for a person's word."""
        return Rules(approve=self.approve, allow=self.allow)

    def command(self) -> str:
        """The command line that starts the same without the app."""
        words = ["eog-tui", *self._begins(), "--agent", self.agent]
        named = {
            "--llm": self.llm,
            "--planner-llm": self.planner_llm,
            "--script": self.script,
            "--seed-root": self.seed_root,
            "--gyms": self.gyms,
            "--plan": self.plan,
            "--approve": self.approve if self.approve != "none" else None,
        }
        for flag, value in named.items():
            words += [flag, str(value)] if value else []
        for pattern in self.allow:
            words += ["--allow", pattern]
        words += ["--review-plan"] if self.review_plan else []
        words += ["--peek"] if self.peek else []
        for name in ("pause_s", "repeat", "concurrency", "max_steps"):
            if (value := getattr(self, name)) != type(self).model_fields[name].default:
                words += ["--" + name.removesuffix("_s").replace("_", "-"), f"{value:g}"]
        return shlex.join([*words, "--frozen-clock"] if self.frozen_clock else words)

    def _begins(self) -> list[str]:
        if self.fork is None:
            return ["run", *self.sources]
        fork = self.fork
        words = ["fork", str(fork.run_id), "--step", str(fork.step)]
        if fork.message is not None:
            words += ["--message", ("@" if fork.message.startswith("@") else "") + fork.message]  # @FILE reads a file
        return words + (["--arguments", json.dumps(fork.arguments)] if fork.arguments is not None else [])


@dataclass(frozen=True)
class PlannedRun:
    """One run that is ready to start."""

    task: Task
    domain: str
    seed_root: Path
    agent: Agent
    places: tuple[Place, ...]
    """Where each gym of the task lives, in the task's order."""
    fork: Fork | None = None
    """The run and step that it goes on from."""
    again: int | None = None
    """Its own number, if it was left and is gone on with."""
    rules: Rules = field(default_factory=Rules)
    peek: bool | None = None
    """Whether the person who acts may read the databases; None when none was meant to act."""
    max_steps: int = 50
    frozen: bool = False
    plan: GivenPlan | None = None

    @property
    def resumable(self) -> bool:
        """Whether it can be left open and gone on with: a person's run in this process."""
        return self.agent.name == "human" and all(place.kind == "embedded" for place in self.places)


@dataclass(frozen=True)
class Prepared:
    """A launch whose every file was read and found good."""

    launch: Launch
    runs: tuple[PlannedRun, ...]
    skipped: tuple[Task, ...] = ()
    """Tasks of a folder that the scripted agent cannot play, since no call list lies beside them."""
    unplanned: tuple[Task, ...] = ()
    """Tasks that the library has no plan for, where the launch asks for its plans."""


def prepare(launch: Launch, store: Store | None = None) -> Prepared:
    """Read and check everything that a launch names, so that it fails now and not in the middle.

    ``store`` has the run to fork and the plans.

    Raises:
        TaskError: a task, seed, gym or call list is missing or bad, or the step cannot be forked.
        ConfigError: the LLM config is missing or bad.
        StoreError: there is no such run or plan.
    """
    _check_planner(launch)
    if launch.fork is not None:
        if store is None:
            raise ValueError("forking needs the store that has the run")
        return Prepared(launch, tuple(_forked(launch, launch.fork, store) for _ in range(launch.repeat)))
    make = _agent_maker(launch)
    gold_needed = launch.agent == "scripted" and launch.script is None
    configured = DomainPlaces.read()
    sets = [read_tasks(source, launch.seed_root) for source in launch.sources]
    plan_for = plan_choice(launch.plan, sum(len(found.require()) for found in sets), store)
    runs, skipped, unplanned = [], [], []
    for found in sets:
        tasks = found.require()
        for task in tasks:
            if gold_needed and len(tasks) > 1 and not gold_path(task.source).is_file():
                skipped.append(task)
                continue
            where = places(task, launch.gyms, configured)
            plan = plan_for(task, run_domain(where))
            if plan is None and launch.plan is not None:
                unplanned.append(task)
                continue
            for gym in task.gym_servers_config:
                seed_path(gym, found.seed_root)
            runs += [_planned(launch, task, found.seed_root, make(task), where, plan) for _ in range(launch.repeat)]
    if not runs and unplanned:
        raise TaskError(f"--plan {launch.plan}: the library has no plan for {_names(unplanned)}")
    if not runs:
        raise TaskError(f"{' '.join(launch.sources)}: no task has a call list beside it; --script names one for all")
    return Prepared(launch, tuple(runs), tuple(skipped), tuple(unplanned))


def _names(tasks: list[Task]) -> str:
    return ", ".join(task.name for task in tasks)


def _check_planner(launch: Launch) -> None:
    if launch.agent != "planner_react" and (launch.planner_llm is not None or launch.review_plan):
        flag = "--review-plan" if launch.review_plan else "--planner-llm"
        raise ConfigError(f"{flag} is for --agent planner_react, which writes a plan of its own")
    if launch.plan is not None and launch.review_plan:
        raise ConfigError("--review-plan shows the plan that a planner wrote; with --plan there is no planner at work")


def _planned(
    launch: Launch,
    task: Task,
    seed_root: Path,
    agent: Agent,
    where: tuple[Place, ...],
    plan: GivenPlan | None = None,
    fork: Fork | None = None,
) -> PlannedRun:
    watched = launch.agent == "human" or launch.approve != "none" or launch.review_plan
    return PlannedRun(
        task,
        run_domain(where),
        seed_root,
        agent,
        where,
        fork=fork,
        rules=launch.rules,
        peek=launch.peek if watched else None,
        max_steps=launch.max_steps,
        frozen=launch.frozen_clock,
        plan=plan,
    )


def _forked(launch: Launch, fork: Fork, store: Store) -> PlannedRun:
    """A run that goes on from a step of another. Its gyms are always built in: only those can be put into a state."""
    task = store.task(fork.run_id)
    _check_step(fork, store)
    if launch.agent == "scripted" and launch.script is None:
        raise TaskError("a scripted fork needs the calls to play: name their list with --script FILE")
    try:
        where = places(task, "embedded", DomainPlaces({}))
    except TaskError as error:
        names = ", ".join(gym.mcp_server_name for gym in task.gym_servers_config)
        why = f"only gyms of built-in domains can be restored, not {names}"
        raise TaskError(f"run {fork.run_id} cannot be forked: {why}") from error
    plan = plan_choice(launch.plan, 1, store)(task, run_domain(where))
    if plan is None and launch.plan is not None:
        raise TaskError(f"--plan {launch.plan}: the library has no plan for {task.name}")
    return _planned(launch, task, Path(), _agent_maker(launch)(task), where, plan, fork)


def _check_step(fork: Fork, store: Store) -> None:
    heads = store.steps(fork.run_id, fork.step)
    if not heads or heads[0].number != fork.step:
        raise TaskError(f"run {fork.run_id} has no step {fork.step}")
    step = heads[0]
    if step.ok is None and len(heads) == 1:
        raise TaskError(f"step {fork.step} of run {fork.run_id} is still under way; only what is done can be forked")
    if fork.message is not None and step.kind not in ("system", "user", "say"):
        raise TaskError(f"step {fork.step} of run {fork.run_id} is no message, so it cannot say something else")
    if fork.arguments is not None and (step.kind != "call" or step.tool is None):
        raise TaskError(f"step {fork.step} of run {fork.run_id} is no call, so it has no arguments to change")


def left_run(store: Store, run_id: int) -> PlannedRun:
    """A person's run that was left open, as it was launched.

    Raises:
        StoreError: there is no such run.
        TaskError: its task names gyms that are not built in.
    """
    task, settings = store.task(run_id), Launch.model_validate(store.settings(run_id))
    from engine.agents.human import Human

    where = places(task, "embedded", DomainPlaces({}))
    planned = _planned(settings.model_copy(update={"agent": "human"}), task, Path(), Human(), where)
    return replace(planned, again=run_id)


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
        case "human":
            from engine.agents.human import Human

            return lambda _task: Human()
        case "react" | "planner_react":
            from engine.agents.planner_react import PlannerReact
            from engine.agents.react import React
            from engine.llm.client import Model

            if launch.llm is None:
                raise ConfigError(f"the {launch.agent} agent needs a model: give its LLM config with --llm FILE")
            pool = [Model(config) for config in load(launch.llm)]
            if launch.agent == "react":
                return lambda _task: React(random.choice(pool))  # noqa: S311 - spreads load, guards nothing
            planners = [Model(config) for config in load(launch.planner_llm)] if launch.planner_llm else [None]

            def planner_react(_task: Task) -> Agent:
                planner = random.choice(planners)  # noqa: S311
                return PlannerReact(random.choice(pool), planner, review=launch.review_plan)  # noqa: S311

            return planner_react


def _gold(task: Task) -> CallList:
    path = gold_path(task.source)
    if not path.is_file():
        raise TaskError(f"{path}: no call list beside the task; --script names another")
    return CallList.read(path)
