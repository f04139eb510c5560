"""Read and check all that a launch names before anything starts, so that it fails now and not in the middle."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.agents.environment import Agent
from engine.agents.human import Human
from engine.agents.scripted import Scripted
from engine.llm.config import ConfigError, load
from engine.runs.beginning import last_kept, replaced
from engine.runs.places import DomainPlaces, Place, places, run_domain
from engine.runs.plan_choice import GivenPlan, plan_choice
from engine.runs.rules import Rules
from engine.runs.spec import AgentKind, Fork, Launch
from engine.tasks.calls import CallList, gold_path
from engine.tasks.files import TaskError, same_json
from engine.tasks.models import Task
from engine.tasks.source import read_tasks, seed_path
from engine.trajectory.events import Message, Plan, ToolCall

if TYPE_CHECKING:
    from engine.trajectory.store import Store

MOST_BY_HAND = 50
"""Runs of a person that one launch may begin: their gyms are open from the start, so that any can be sat down to."""


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


def too_many_by_hand(agent: AgentKind, runs: int) -> str:
    """Why so many runs cannot begin at once; empty when they can."""
    if agent != "human" or runs <= MOST_BY_HAND:
        return ""
    return (
        f"{runs:,} runs by hand are too many: a person acts in one at a time, and each of them keeps its gyms open;"
        f" launch at most {MOST_BY_HAND} at once"
    )


def prepare(launch: Launch, store: Store | None = None) -> Prepared:
    """Read and check everything that a launch names, so that it fails now and not in the middle.

    ``store`` has the run to fork and the plans.

    Raises:
        TaskError: a task, seed, gym or call list is missing or bad, the step cannot be forked, or a person would have
            to act in too many runs.
        ConfigError: the LLM config is missing or bad.
        StoreError: there is no such run or plan.
    """
    _check_asked(launch)
    _check_planner(launch)
    if launch.fork is not None:
        if store is None:
            raise ValueError("forking needs the store that has the run")
        _check_by_hand(launch, launch.repeat)
        return Prepared(launch, tuple(_forked(launch, launch.fork, store) for _ in range(launch.repeat)))
    make = _agent_maker(launch)
    gold_needed = launch.agent == "scripted" and launch.script is None
    configured = DomainPlaces.read()
    sets = [read_tasks(source, launch.seed_root) for source in launch.sources]
    count = sum(len(found.require()) for found in sets)
    _check_by_hand(launch, count * launch.repeat)
    plan_for = plan_choice(launch.plan, count, store)
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


def _check_by_hand(launch: Launch, runs: int) -> None:
    if too_many := too_many_by_hand(launch.agent, runs):
        raise TaskError(too_many)


def _names(tasks: list[Task]) -> str:
    return ", ".join(task.name for task in tasks)


def _check_asked(launch: Launch) -> None:
    """Runs that played a call list must not be taken for those of the model that was named."""
    if launch.llm is not None and launch.agent not in ("react", "planner_react"):
        raise ConfigError(f"--llm is for --agent react or planner_react; {launch.agent} asks no model")
    if launch.script is not None and launch.agent != "scripted":
        raise ConfigError(f"--script is for --agent scripted; {launch.agent} plays no call list")


def _check_planner(launch: Launch) -> None:
    if launch.agent != "planner_react" and (flag := _planner_flag(launch)):
        raise ConfigError(f"{flag} is for --agent planner_react, which writes a plan of its own")
    if launch.plan is not None and launch.review_plan:
        raise ConfigError("--review-plan shows the plan that a planner wrote; with --plan there is no planner at work")


def _planner_flag(launch: Launch) -> str:
    """An option of the launch that only a planner at work can follow; empty without one."""
    return "--review-plan" if launch.review_plan else "--planner-llm" if launch.planner_llm is not None else ""


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
    fork = _unless_same(fork, store)
    _check_fork_plans(launch, fork, store)
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
        why = "is still under way" if store.run(fork.run_id).alive else "never ran"
        raise TaskError(f"step {fork.step} of run {fork.run_id} {why}; only what is done can be forked")
    if fork.message is not None and step.kind not in ("system", "user", "say"):
        raise TaskError(f"step {fork.step} of run {fork.run_id} is no message, so it cannot say something else")
    if fork.arguments is not None and (step.kind != "call" or step.tool is None):
        raise TaskError(f"step {fork.step} of run {fork.run_id} is no call, so it has no arguments to change")


def _check_fork_plans(launch: Launch, fork: Fork, store: Store) -> None:
    flag, last = _planner_flag(launch), last_kept(fork)
    if flag and last >= 0 and any(isinstance(event, Plan) for event in store.history(fork.run_id, last)):
        raise ConfigError(
            f"{flag}: nobody plans here, since the fork goes on by the plan that steps 0 to {last} of run {fork.run_id}"
            " have; fork before that plan, or give another with --plan"
        )


def _unless_same(fork: Fork, store: Store) -> Fork:
    """The fork, without an edit that leaves its step as it was."""
    match replaced(fork, store):
        case Message(content=before):
            same = before == fork.message
        case ToolCall(arguments=arguments):
            same = same_json(arguments, fork.arguments or {})
        case _:  # a call that did not run would run now
            same = False
    return fork.model_copy(update={"message": None, "arguments": None}) if same else fork


def left_run(store: Store, run_id: int) -> PlannedRun:
    """A person's run that was left open, as it was launched.

    Raises:
        StoreError: there is no such run.
        TaskError: its task names gyms that are not built in.
    """
    task, settings = store.task(run_id), Launch.model_validate(store.settings(run_id))
    where = places(task, "embedded", DomainPlaces({}))
    planned = _planned(settings.model_copy(update={"agent": "human"}), task, Path(), Human(), where)
    return replace(planned, again=run_id)


def _agent_maker(launch: Launch) -> Callable[[Task], Agent]:
    match launch.agent:
        case "scripted":
            shared = CallList.read(launch.script) if launch.script else None

            def scripted(task: Task) -> Agent:
                return Scripted(shared or _gold(task), launch.pause_s)

            return scripted
        case "human":
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
