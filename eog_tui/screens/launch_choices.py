"""Everything that a person sets before a launch, as they typed it. No widget here."""

from __future__ import annotations

from typing import Literal

from engine.runs.places import GymKind
from engine.runs.spec import AgentKind
from engine.tasks.models import Task
from engine.tasks.source import BUILTIN, TaskSet
from eog_tui.agent_choices import AgentChoices

Field = Literal[
    "source",
    "tasks",
    "agent",
    "llm",
    "planner_llm",
    "script",
    "plan",
    "approve",
    "allow",
    "gyms",
    "repeat",
    "concurrency",
    "max_steps",
    "pause_s",
    "seed_root",
]

ACTS: dict[AgentKind, str] = {
    "scripted": "plays a list",
    "react": "asks a model",
    "planner_react": "plans, then acts",
    "human": "you act",
}
"""What each agent does, in a few words."""


class Choices(AgentChoices):
    """Everything that a person sets before a launch; also what is remembered until the next one."""

    source: str = "builtin:itsm"
    left_out: frozenset[str] = frozenset()
    """Names of the source's tasks that are not to run. So a task that is added to a folder later is in."""
    gyms: GymKind | None = None
    """None: as ``conf/domains.json`` says, which without such a file is embedded."""
    repeat: str = "1"
    concurrency: str = "4"
    pause_s: str = "0"
    seed_root: str = ""
    frozen_clock: bool = False

    @property
    def builtin(self) -> bool:
        """Whether the source is built in, so that its seeds need no root."""
        return self.source.startswith(BUILTIN)

    @property
    def watched(self) -> bool:
        """Whether a person acts, or is asked about calls."""
        return self.agent == "human" or self.approve != "none"

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
