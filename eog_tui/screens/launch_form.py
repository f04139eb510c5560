"""What the Launch screen's fields say, as a ``Launch`` or as problems by field. No widget is known here.

Fields hold what was typed, so that half a number or a wrong path can stand there while someone types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from engine.llm.config import ConfigError, load
from engine.network import shown_address
from engine.runs.places import DOMAINS_FILE, DomainPlaces, GymKind, Place, places, run_domain
from engine.runs.plan_choice import plan_choice
from engine.runs.preparing import too_many_by_hand
from engine.runs.spec import Launch
from engine.tasks.calls import CallList, gold_path
from engine.tasks.files import TaskError, typed_path
from engine.tasks.models import Task
from engine.tasks.refusals import refusals
from engine.tasks.source import TaskSet, seed_path
from engine.trajectory.store import Store, StoreError
from eog_tui.agent_choices import path_in
from eog_tui.live.rules import patterns
from eog_tui.screens.launch_choices import Choices, Field

LAUNCH_ERRORS = (TaskError, ConfigError, StoreError)
"""What starting a launch can raise, each with words for the person who launched."""

Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Checked:
    """Choices after a look at the files that they name."""

    launch: Launch | None
    """None while there is a problem."""
    problems: dict[Field, str]
    """In words, by the field that has to be changed."""
    runs: int
    """How many runs would start."""
    model: str
    """Who answers the agent: a model's name, or how many a pool has; empty without a usable config."""
    gyms: str
    """Where the gyms of these runs would live; empty when that cannot be told."""
    gyms_choice: str
    """What the choice of gyms means, in a few words."""
    plan: str = ""
    """What the agent is told to go by, in a few words."""
    planner: str = ""
    """Who plans, if that is not who acts."""
    servers: tuple[str, ...] = ()
    """Addresses of the servers that these runs would use."""


def check(choices: Choices, found: TaskSet | None, store: Store | None = None) -> Checked:
    """Turn choices into a launch. Reads configs and call lists; run it off the event loop.

    Args:
        choices: what stands in the fields.
        found: the source's tasks; None when they could not be read, which is said elsewhere.
        store: has the plans.
    """
    problems: dict[Field, str] = {}
    chosen = choices.chosen(found) if found else []
    if found and found.tasks and not chosen:
        problems["tasks"] = "no task is chosen: m takes one in"
    elif found and not found.tasks:
        problems["tasks"] = "no task there: expected JSON files with user_prompt and gym_servers_config"
    model = plan = planner = ""
    given = choices.plan.strip() if choices.asks_model else ""
    if choices.asks_model:
        model = _model(choices, problems)
        plan = _plan(given, chosen, store, problems)
        if choices.plans and choices.planner_llm.strip():
            planner = _configured(choices.planner_llm, "planner_llm", problems)
    elif choices.agent == "scripted":
        _script(choices.script, chosen, problems)
    allow = _allow(choices.allow, problems) if choices.supervised else ()
    lives = _gyms(choices.gyms, chosen, problems)
    gyms = _whereabouts(lives)
    root = None if choices.builtin else _folder(choices.seed_root, problems)
    if found and "seed_root" not in problems:
        _seeds(chosen, root or found.seed_root, problems)
    repeat = _number(choices.repeat, 1, int, "repeat", problems)
    concurrency = _number(choices.concurrency, 1, int, "concurrency", problems)
    max_steps = _number(choices.max_steps, 1, int, "max_steps", problems)
    pause_s = _number(choices.pause_s, 0, float, "pause_s", problems)
    if too_many := too_many_by_hand(choices.agent, len(chosen) * repeat):
        problems.setdefault("repeat" if repeat > 1 else "tasks", too_many)
    launch = None
    if found and chosen and not problems:
        try:
            launch = Launch(
                sources=choices.sources(found),
                seed_root=root,
                agent=choices.agent,
                llm=path_in(choices.llm) if choices.asks_model else None,
                planner_llm=path_in(choices.planner_llm) if choices.plans else None,
                script=path_in(choices.script) if choices.agent == "scripted" else None,
                plan=given or None,
                review_plan=choices.plans and choices.review_plan,
                approve=choices.approve if choices.supervised else "none",
                allow=allow,
                peek=choices.watched and choices.peek,
                gyms=choices.gyms,
                pause_s=pause_s if choices.agent == "scripted" else 0.0,
                repeat=repeat,
                concurrency=concurrency,
                max_steps=max_steps,
                frozen_clock=choices.frozen_clock,
            )
        except ValidationError as error:
            problems["tasks"] = refusals(error, Launch)[0]
    return Checked(
        launch, problems, len(chosen) * repeat, model, gyms, _meaning(choices.gyms), plan, planner, _servers(lives)
    )


def _plan(typed: str, chosen: Sequence[Task], store: Store | None, problems: dict[Field, str]) -> str:
    if not typed or not chosen:
        return "" if typed else "none; ↓ lists what there is"
    try:
        choose = plan_choice(typed, len(chosen), store)
        plans = [choose(task, run_domain(places(task, None, DomainPlaces.read()))) for task in chosen]
    except (TaskError, StoreError) as error:
        problems["plan"] = str(error)
        return ""
    has = sum(plan is not None for plan in plans)
    if has == 0:
        whom = "this task" if len(chosen) == 1 else "these tasks"
        problems["plan"] = f"the library has no plan for {whom}: p writes one"
    return plans[0].label if len(chosen) == 1 and plans[0] else f"{has} of {len(chosen)} tasks have one"


def _allow(typed: str, problems: dict[Field, str]) -> tuple[str, ...]:
    try:
        return patterns(typed)
    except ValueError as error:
        problems["allow"] = str(error)
        return ()


def _model(choices: Choices, problems: dict[Field, str]) -> str:
    if choices.llm.strip():
        return _configured(choices.llm, "llm", problems)
    problems["llm"] = f"{choices.agent} asks a model: choose its LLM config (JSON); conf.example has one a provider"
    return ""


def _configured(typed: str, field: Field, problems: dict[Field, str]) -> str:
    """Who answers by a config."""
    try:
        pool = load(typed_path(typed.strip()))
    except (TaskError, ConfigError) as error:
        problems[field] = str(error)
        return ""
    names = list(dict.fromkeys(config.name for config in pool))
    return names[0] if len(names) == 1 else f"one of {len(names)} models: {', '.join(names)}"


def _script(typed: str, chosen: Sequence[Task], problems: dict[Field, str]) -> None:
    if typed.strip():
        try:
            CallList.read(typed_path(typed.strip()))
        except TaskError as error:
            problems["script"] = str(error)
        return
    without = [task.name for task in chosen if not gold_path(task.source).is_file()]
    if without:
        names = ", ".join(without[:3]) + (f" and {len(without) - 3} more" if len(without) > 3 else "")
        verb = "has" if len(without) == 1 else "have"
        problems["script"] = f"{names} {verb} no gold list beside the task: name a call list, or leave out the task"


def _folder(typed: str, problems: dict[Field, str]) -> Path | None:
    try:
        root = path_in(typed)
    except TaskError as error:
        problems["seed_root"] = str(error)
        return None
    if root is not None and not root.is_dir():
        problems["seed_root"] = f"{root}: no such folder"
    return root


def _seeds(chosen: Sequence[Task], root: Path, problems: dict[Field, str]) -> None:
    """Every gym has a seed below the root; else the first one that has none is told, and how many tasks are like it."""
    without: dict[str, tuple[Field, str]] = {}
    for task in chosen:
        for gym in task.gym_servers_config:
            try:
                seed_path(gym, root)
            except TaskError as error:
                # A root cannot help a task that names no seed at all.
                without.setdefault(task.name, ("seed_root" if gym.seed_database_file else "tasks", str(error)))
    for name, (field, words) in without.items():
        more = f" (and {len(without) - 1} more)" if len(without) > 1 else ""
        problems.setdefault(field, f"{name}{more}: {words}")
        return


def _gyms(choice: GymKind | None, chosen: Sequence[Task], problems: dict[Field, str]) -> list[Place]:
    try:
        configured = DomainPlaces.read()
        return [place for task in chosen for place in places(task, choice, configured)]
    except TaskError as error:
        problems["gyms"] = str(error)
        return []


def _meaning(choice: GymKind | None) -> str:
    match choice:
        case "embedded":
            return "in this process"
        case "remote":
            return "servers over HTTP"
        case "docker":
            return "started if needed"
    return str(DOMAINS_FILE) if DOMAINS_FILE.is_file() else f"no {DOMAINS_FILE}"


def _whereabouts(found: Sequence[Place]) -> str:
    kinds = {place.kind for place in found}
    words = ["in this process"] if "embedded" in kinds else []
    if addresses := _servers(found):
        more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
        words.append(f"at {addresses[0]}{more}")
    if "docker" in kinds:
        words.append("in containers")
    return ", ".join(words)


def _servers(found: Sequence[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown_address(place.url) for place in found if place.url))


def _number(typed: str, least: Number, kind: type[Number], field: Field, problems: dict[Field, str]) -> Number:
    try:
        number = kind(typed.strip())
    except ValueError:
        number = None
    if number is None or not least <= number < 1_000_000:
        what = "a whole number" if kind is int else "a number of seconds"
        problems[field] = f"needs {what} from {least} on, not {typed.strip() or 'nothing'}"
        return least
    return number
