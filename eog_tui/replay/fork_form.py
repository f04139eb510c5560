"""What a fork is launched with: choices as they were typed, and the launch that they come to. No widget here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from engine.runs.rules import Approve
from engine.runs.spec import AgentKind
from engine.trajectory.events import PROMPTS
from engine.who import me
from eog_tui.agent_choices import AgentChoices, path_in

if TYPE_CHECKING:
    from engine.runs.spec import Launch
    from engine.trajectory.steps import StepHead
    from engine.trajectory.store import Store

AGENTS: tuple[AgentKind, ...] = ("react", "planner_react", "human", "scripted")
"""In the order in which they are offered."""
APPROVALS: tuple[Approve, ...] = get_args(Approve)


class ForkChoices(AgentChoices):
    """Everything that a person sets before a fork starts."""

    agent: AgentKind = "human"

    @classmethod
    def of_parent(cls, settings: Mapping[str, Any]) -> ForkChoices:
        """What the parent was launched with. A list of calls is not taken over: it would be played from its start."""
        agent = settings.get("agent")
        names = ("llm", "planner_llm", "review_plan", "approve", "peek")
        taken = {name: settings.get(name) for name in names if settings.get(name)}
        known = ("react", "planner_react", "human")
        try:
            return cls.model_validate(
                {
                    "agent": agent if agent in known else "react" if taken.get("llm") else "human",
                    "allow": " ".join(settings.get("allow") or ()),
                    "max_steps": str(settings.get("max_steps") or 50),
                    **taken,
                }
            )
        except ValidationError:  # a store may come from a stranger
            return cls()


@dataclass(frozen=True)
class Checked:
    """Choices after a look at all that they name."""

    launch: Launch | None
    """None while there is a problem."""
    problem: str = ""
    model: str = ""
    """Who answers the agent."""


def check(
    store: Store,
    run_id: int,
    step: int,
    choices: ForkChoices,
    *,
    message: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    kept_plan: bool = False,
) -> Checked:
    """Turn choices into a launch. Reads the store and files; run it off the event loop.

    ``kept_plan``: whether the steps that are kept have a plan, so that nobody plans.
    """
    from engine.llm.config import ConfigError
    from engine.runs.preparing import prepare
    from engine.runs.spec import Fork, Launch
    from engine.tasks.files import TaskError
    from engine.tasks.refusals import refusals
    from engine.trajectory.database import StoreError

    agent = choices.agent
    plans = choices.plans and not kept_plan
    try:
        launch = Launch.model_validate(
            {
                "fork": Fork(run_id=run_id, step=step, by=me(), message=message, arguments=arguments),
                "agent": agent,
                "llm": path_in(choices.llm) if choices.asks_model else None,
                "planner_llm": path_in(choices.planner_llm) if plans else None,
                "review_plan": plans and choices.review_plan,
                "script": path_in(choices.script) if agent == "scripted" else None,
                "plan": choices.plan.strip() or None if agent != "scripted" else None,
                "approve": choices.approve if choices.supervised else "none",
                "allow": tuple(choices.allow.split()) if choices.supervised else (),
                "peek": choices.peek,
                "max_steps": choices.max_steps.strip(),
            }
        )
        [planned] = prepare(launch, store).runs
    except ValidationError as error:
        return Checked(None, refusals(error, Launch)[0].replace("_", " "))
    except (TaskError, ConfigError, StoreError) as error:
        return Checked(None, str(error))
    return Checked(launch, model=planned.agent.model or "")


def why_not(heads: tuple[StepHead, ...], step: int, *, alive: bool) -> str:
    """Why a step cannot be forked, in words; empty when it can. ``alive``: whether the run may still finish it."""
    if not 0 <= step < len(heads):
        return f"There is no step to fork from{' yet' if alive else ''}."
    if heads[step].ok is None and step == len(heads) - 1:
        why = "is still under way" if alive else "never ran"
        return f"Step {step} {why}; only what is done can be forked. ← goes to the step before it."
    return ""


def kept_words(step: int, *, edited: bool) -> str:
    """Which steps the fork has as they were, and what happens then."""
    if not edited:
        return f"steps 0 to {max(step, PROMPTS - 1)} are kept, the fork goes on after them"
    if step < PROMPTS:
        return f"the run begins anew, with another prompt at step {step}"
    return f"steps 0 to {step - 1} are kept, then step {step} happens differently"


def restored_words(step: int, *, edited: bool, frozen: bool) -> str:
    """What a fork brings back."""
    conversation = [] if edited and step < PROMPTS else ["conversation"]
    clock = "clock" if frozen else "the clock is today's"
    return " · ".join([*conversation, "tables", "id counters", clock])
