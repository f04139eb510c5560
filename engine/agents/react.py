"""The benchmark's loop: ask, run every call of the answer one after another, tell the results, ask again."""

from __future__ import annotations

from engine.agents.environment import AgentError, Environment
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
        while env.asks_left > 0:
            await env.ready()
            try:
                reply = await self._model.complete(env.messages(), tools, env.retried)
            except ModelError as error:
                raise AgentError(str(error)) from None
            await env.say(
                reply.text,
                calls=reply.calls,
                model=reply.model,
                usage=reply.usage,
                duration_s=reply.duration_s,
                raw=reply.message,
            )
            if not reply.calls:
                if reply.cut_at is not None:
                    await env.limited("max_tokens", reply.cut_at)
                return reply.text
            for call in reply.calls:
                await env.call(call.tool, call.arguments, call_id=call.id, malformed=call.malformed)
        await env.limited("max_steps", env.max_steps)
        return str(env.messages()[-1]["content"])
