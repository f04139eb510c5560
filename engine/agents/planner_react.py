"""An agent that asks for a plan first, shows it to a person if they want, and then works by it as ``react`` does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine.agents.environment import AgentError, Environment
from engine.agents.react import React
from engine.gyms.session import ToolSpec
from engine.llm.client import Model, ModelError

_ORDER = (
    "You are the planner of an agent that works in a business system through tools. You do not act yourself and "
    "cannot call anything. Write the plan that the agent will carry out for the task below.\n\n"
    "Number the steps from 1. A step names one tool and the arguments to call it with, or one decision and what it "
    "depends on. Where a value is only known from an earlier result, say from which step and field it comes, and "
    "never invent an id. Look things up before you change them, obey the policy, and change nothing that the task "
    "does not ask for. If the policy or the tools do not allow the task, say so instead and name the reason. End "
    "with what the agent is to answer. Write the plan and nothing else."
)

_GOES_ON = (
    " The work has begun: under 'Done so far' stands what was said and called, and what came of it. Plan only what is "
    "left to do from there, and use what was found."
)


class PlannerReact:
    """One call to a planner, then the loop of ``react`` with the plan in the user's message."""

    name = "planner_react"

    def __init__(self, model: Model, planner: Model | None = None, *, review: bool = False) -> None:
        """``planner`` writes the plan (the agent's own model without one); ``review`` has a person look at it."""
        self._loop = React(model)
        self._planner = planner or model
        self._review = review

    @property
    def model(self) -> str:
        """``provider/model`` of the config that acts."""
        return self._loop.model

    async def act(self, env: Environment) -> str:
        """Plan, unless there is a plan already: one that was given, or from before a person took over."""
        if not env.plan:
            await self._make_plan(env)
        return await self._loop.act(env)

    async def _make_plan(self, env: Environment) -> None:
        await env.ready()
        try:
            reply = await self._planner.complete(_request(env.messages(), env.tools), (), env.retried)
        except ModelError as error:
            raise AgentError(f"no plan: {error}") from None
        if not reply.text.strip():
            raise AgentError(f"no plan: {reply.model} answered without a text; try again, or another --planner-llm")
        await env.planned(
            reply.text, model=reply.model, usage=reply.usage, duration_s=reply.duration_s, review=self._review
        )


def _request(told: Sequence[Mapping[str, Any]], tools: Sequence[ToolSpec]) -> list[dict[str, str]]:
    """What the planner is asked: policy and task as the agent is told them, and every tool as JSON.

    In a fork, or after a person acted, it is also told what was done so far.
    """
    begins = next((place for place, said in enumerate(told) if said["role"] in ("assistant", "tool")), len(told))
    policy, task = (
        "\n\n".join(str(said["content"]) for said in told[:begins] if said["role"] == role)
        for role in ("system", "user")
    )
    offered = [{"name": tool.name, "description": tool.description, "inputSchema": tool.input_schema} for tool in tools]
    parts = {"Policy": policy, "Task": task, "Tools": json.dumps(offered, ensure_ascii=False)}
    if done := told[begins:]:
        parts["Done so far"] = json.dumps(done, ensure_ascii=False)
    asked = "\n\n".join(f"# {name}\n\n{text}" for name, text in parts.items())
    return [{"role": "system", "content": _ORDER + (_GOES_ON if done else "")}, {"role": "user", "content": asked}]
