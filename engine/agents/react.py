"""The benchmark's loop: ask, run every call of the answer one after another, tell the results, ask again."""

from __future__ import annotations

import json
from typing import Any

from engine.agents.environment import AgentError, Environment
from engine.gyms.session import CallOutcome
from engine.llm import schemas
from engine.llm.client import Model, ModelError


class React:
    """An agent that ends with the first answer that calls nothing, or at the environment's limit."""

    name = "react"

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def model(self) -> str:
        """``provider/model`` of the config."""
        return self._model.name

    async def act(self, env: Environment) -> str:
        """Work until the model calls nothing more; at the limit the answer is the last tool result."""
        tools = [schemas.function(tool) for tool in env.tools]
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": env.system_prompt},
            {"role": "user", "content": env.user_prompt},
        ]
        for _ in range(env.max_steps):
            await env.ready()
            try:
                reply = await self._model.complete(messages, tools, env.retried)
            except ModelError as error:
                raise AgentError(str(error)) from None
            await env.say(
                reply.text,
                calls=reply.calls,
                model=reply.model,
                usage=reply.usage,
                duration_s=reply.duration_s,
            )
            if not reply.calls:
                return reply.text
            messages.append(dict(reply.message))
            for call in reply.calls:
                outcome = await env.call(call.tool, call.arguments, call_id=call.id, malformed=call.malformed)
                messages.append({"role": "tool", "tool_call_id": call.id, "content": _told(outcome)})
        await env.limited("max_steps", env.max_steps)
        return str(messages[-1]["content"])


def _told(outcome: CallOutcome) -> str:
    """What the model reads: the whole MCP result, as the benchmark gives it, or why there is none."""
    return json.dumps(outcome.result) if outcome.result is not None else outcome.error or ""
