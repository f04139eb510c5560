"""What the Launch screen's fields say, as a ``Launch`` or as problems by field. No widget is known here.

Fields hold what was typed, so that half a number or a wrong path can stand there while someone types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.llm.config import ConfigError, load
from engine.runs.places import DOMAINS_FILE, DomainPlaces, GymKind, Place, places
from engine.runs.spec import AgentKind, Launch
from engine.tasks.calls import CallList, gold_path
from engine.tasks.files import TaskError
from engine.tasks.models import Task
from engine.tasks.source import BUILTIN, TaskSet
from engine.trajectory.store import StoreError

LAUNCH_ERRORS = (TaskError, ConfigError, StoreError)
"""What starting a launch can raise, each with words for the person who launched."""

Field = Literal[
    "source", "tasks", "agent", "llm", "script", "gyms", "repeat", "concurrency", "max_steps", "pause_s", "seed_root"
]

Number = TypeVar("Number", int, float)


class Choices(BaseModel):
    """Everything that a person sets before a launch; also what is remembered until the next one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str = "builtin:itsm"
    left_out: frozenset[str] = frozenset()
    """Names of the source's tasks that are not to run. So a task that is added to a folder later is in."""
    agent: AgentKind = "scripted"
    llm: str = ""
    script: str = ""
    gyms: GymKind | None = None
    """None: as ``conf/domains.json`` says, which without such a file is embedded."""
    repeat: str = "1"
    concurrency: str = "4"
    max_steps: str = "50"
    pause_s: str = "0"
    seed_root: str = ""
    frozen_clock: bool = False

    @property
    def builtin(self) -> bool:
        """Whether the source is built in, so that its seeds need no root."""
        return self.source.startswith(BUILTIN)

    def chosen(self, found: TaskSet) -> list[Task]:
        """The tasks that are to run."""
        return [task for task in found.tasks if task.name not in self.left_out]

    def sources(self, found: TaskSet) -> tuple[str, ...]:
        """The source in one word if all of it is to run, else a word a task.

        A source with refused files cannot be run as a whole, its good tasks can.
        """
        chosen = self.chosen(found)
        if len(chosen) == len(found.tasks) and not found.refused:
            return (self.source.strip(),)
        if self.builtin:
            domain = self.source.removeprefix(BUILTIN).partition("/")[0].strip()
            return tuple(f"{BUILTIN}{domain}/{task.name}" for task in chosen)
        return tuple(task.source for task in chosen)


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
    """Who answers ``react``: a model's name, or how many a pool has; empty without a usable config."""
    gyms: str
    """Where the gyms of these runs would live; empty when that cannot be told."""
    gyms_choice: str
    """What the choice of gyms means, in a few words."""


def check(choices: Choices, found: TaskSet | None) -> Checked:
    """Turn choices into a launch. Reads configs and call lists; run it off the event loop.

    Args:
        choices: what stands in the fields.
        found: the source's tasks; None when they could not be read, which is said elsewhere.
    """
    problems: dict[Field, str] = {}
    chosen = choices.chosen(found) if found else []
    if found and found.tasks and not chosen:
        problems["tasks"] = "no task is chosen: m takes one in"
    elif found and not found.tasks:
        problems["tasks"] = "no task there: expected JSON files with user_prompt and gym_servers_config"
    model = ""
    if choices.agent == "react":
        model = _model(choices.llm, problems)
    else:
        _script(choices.script, chosen, problems)
    gyms = _gyms(choices.gyms, chosen, problems)
    root = None
    if choices.seed_root.strip() and not choices.builtin:
        root = Path(choices.seed_root.strip())
        if not root.expanduser().is_dir():
            problems["seed_root"] = f"{root}: no such folder"
    repeat = _number(choices.repeat, 1, int, "repeat", problems)
    concurrency = _number(choices.concurrency, 1, int, "concurrency", problems)
    max_steps = _number(choices.max_steps, 1, int, "max_steps", problems)
    pause_s = _number(choices.pause_s, 0, float, "pause_s", problems)
    launch = None
    if found and chosen and not problems:
        try:
            launch = Launch(
                sources=choices.sources(found),
                seed_root=root,
                agent=choices.agent,
                llm=_path(choices.llm) if choices.agent == "react" else None,
                script=_path(choices.script) if choices.agent == "scripted" else None,
                gyms=choices.gyms,
                pause_s=pause_s if choices.agent == "scripted" else 0.0,
                repeat=repeat,
                concurrency=concurrency,
                max_steps=max_steps,
                frozen_clock=choices.frozen_clock,
            )
        except ValidationError as error:
            problems["tasks"] = error.errors(include_url=False)[0]["msg"]
    return Checked(launch, problems, len(chosen) * repeat, model, gyms, _meaning(choices.gyms))


def _model(typed: str, problems: dict[Field, str]) -> str:
    path = _path(typed)
    if path is None:
        problems["llm"] = "react asks a model: choose its LLM config (JSON); conf.example has one a provider"
        return ""
    try:
        pool = load(path)
    except ConfigError as error:
        problems["llm"] = str(error)
        return ""
    names = list(dict.fromkeys(config.name for config in pool))
    return names[0] if len(names) == 1 else f"one of {len(names)} models: {', '.join(names)}"


def _script(typed: str, chosen: Sequence[Task], problems: dict[Field, str]) -> None:
    path = _path(typed)
    if path is not None:
        try:
            CallList.read(path)
        except TaskError as error:
            problems["script"] = str(error)
        return
    without = [task.name for task in chosen if not gold_path(task.source).is_file()]
    if without:
        names = ", ".join(without[:3]) + (f" and {len(without) - 3} more" if len(without) > 3 else "")
        verb = "has" if len(without) == 1 else "have"
        problems["script"] = f"{names} {verb} no gold list beside the task: name a call list, or leave out the task"


def _gyms(choice: GymKind | None, chosen: Sequence[Task], problems: dict[Field, str]) -> str:
    try:
        configured = DomainPlaces.read()
        found = [place for task in chosen for place in places(task, choice, configured)]
    except TaskError as error:
        problems["gyms"] = str(error)
        return ""
    return _whereabouts(found)


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
    if addresses := list(dict.fromkeys(place.url for place in found if place.url)):
        more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
        words.append(f"at {addresses[0]}{more}")
    if "docker" in kinds:
        words.append("in containers")
    return ", ".join(words)


def _path(typed: str) -> Path | None:
    return Path(typed.strip()).expanduser() if typed.strip() else None


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
