"""What a person asks for when they launch: which tasks, which agent, how often, how many at once."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.runs.places import GymKind
from engine.runs.rules import Approve, Rules

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
    pause_s: float = Field(default=0.0, ge=0, allow_inf_nan=False)
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
                words += ["--" + name.removesuffix("_s").replace("_", "-"), f"{value:.15g}"]
        return shlex.join([*words, "--frozen-clock"] if self.frozen_clock else words)

    def _begins(self) -> list[str]:
        if self.fork is None:
            return ["run", *self.sources]
        fork = self.fork
        words = ["fork", str(fork.run_id), "--step", str(fork.step)]
        if fork.message is not None:
            words += ["--message", ("@" if fork.message.startswith("@") else "") + fork.message]  # @FILE reads a file
        return words + (["--arguments", json.dumps(fork.arguments)] if fork.arguments is not None else [])
