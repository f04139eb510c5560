"""Who acts, and who allows it: what is chosen before a launch and before a fork alike, as it was typed."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from engine.runs.rules import Approve
from engine.runs.spec import AgentKind
from engine.tasks.files import typed_path


class AgentChoices(BaseModel):
    """The part of a form that Launch and Fork share; fields hold what was typed, right or not."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    agent: AgentKind = "scripted"
    llm: str = ""
    planner_llm: str = ""
    """Another config for the planner; empty is the agent's own model."""
    script: str = ""
    plan: str = ""
    """As ``Launch.plan``; empty is none."""
    review_plan: bool = False
    approve: Approve = "none"
    allow: str = ""
    """Patterns of tools that run unasked, blanks between them."""
    peek: bool = False
    max_steps: str = "50"

    @property
    def asks_model(self) -> bool:
        """Whether the agent needs an LLM config."""
        return self.agent in ("react", "planner_react")

    @property
    def plans(self) -> bool:
        """Whether a model writes the plan."""
        return self.agent == "planner_react" and not self.plan.strip()

    @property
    def supervised(self) -> bool:
        """Whether somebody is asked about calls of the agent."""
        return self.agent != "human" and self.approve != "none"


def path_in(typed: str) -> Path | None:
    """The path that stands in a field; None when nothing does.

    Raises:
        TaskError: no file can be there.
    """
    return typed_path(typed.strip()) if typed.strip() else None
