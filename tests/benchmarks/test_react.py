"""What the react agent costs on top of LiteLLM's own calls, in CPU time of the thread that runs it.

The same requests are made twice against a local server: by the agent, and by ``litellm.acompletion`` alone. The
server has a thread of its own, so its work does not count. Run with ``-s`` to see the figures.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from engine.agents.conversation import Conversation
from engine.agents.react import React
from engine.gyms.session import CallOutcome, ToolSpec
from engine.llm.client import Model
from engine.llm.config import LLMConfig
from engine.trajectory.events import Message, RequestedCall, ToolCall, ToolResult
from tests.agents.openai_server import Messages, OpenAIServer, Received, Say

STEPS = 30
TOOLS = 30
RESULT = {"content": [{"type": "text", "text": "An incident's row as JSON text. " * 60}], "isError": False}
LIMIT_MS = 3.0


def tool(number: int) -> ToolSpec:
    """One of eight arguments."""
    schema = {
        "type": "object",
        "properties": {f"argument_{n}": {"type": "string", "description": "Its meaning."} for n in range(8)},
        "anyOf": [{"required": ["argument_0"]}, {"required": ["argument_1"]}],
    }
    return ToolSpec(f"tool_{number}", "What it does. " * 20, schema, "gym", False)


class Instant:
    """An environment in which every call takes no time; the conversation is kept as in a run."""

    tools = tuple(tool(number) for number in range(TOOLS))
    max_steps = STEPS

    def __init__(self) -> None:
        self.asks_left = STEPS
        self._conversation = Conversation()
        self._conversation.take(Message(role="system", content="You are a service desk with many rules. " * 200))
        self._conversation.take(Message(role="user", content="Close every incident of the network team."))

    def messages(self) -> list[dict[str, Any]]:
        """All that was said and done."""
        return self._conversation.messages()

    async def ready(self) -> None:
        """Never paused."""

    async def say(self, content: str, *, calls: Sequence[RequestedCall], raw: Mapping[str, Any], **_: Any) -> None:
        """One turn less is left."""
        self.asks_left -= 1
        self._conversation.take(Message(role="assistant", content=content, calls=tuple(calls)), raw)

    async def call(self, tool: str, arguments: Mapping[str, Any], *, call_id: str, **_: Any) -> CallOutcome:
        """Answer with the same row always."""
        self._conversation.take(ToolCall(call_id=call_id, tool=tool, arguments=arguments, gym="gym"))
        done = ToolResult(
            call_id=call_id, tool=tool, gym="gym", is_error=False, result=RESULT, error=None, duration_s=0
        )
        self._conversation.take(done)
        return CallOutcome(RESULT, is_error=False)

    async def retried(self, attempt: int, reason: str, wait_s: float) -> None:
        """No call may fail here."""
        raise AssertionError(reason)

    async def limited(self, name: str, value: float) -> None:
        """Record nothing."""


def play(messages: Messages) -> Say:
    """Two calls a step, until the limit."""
    return Say("Next.", calls=[(f"tool_{number}", {"argument_0": f"INC_{len(messages)}"}) for number in range(2)])


async def with_the_agent(server: OpenAIServer) -> float:
    settings = {"llm_provider": "openai", "llm_model": "gpt-4o", "llm_api_key": "k", "llm_api_endpoint": server.url}
    react = React(Model(LLMConfig.model_validate(settings)))
    started = time.thread_time()
    await react.act(Instant())
    return (time.thread_time() - started) / STEPS * 1000


async def with_litellm_alone(server: OpenAIServer, requests: Sequence[Received]) -> float:
    import litellm  # after the agent has prepared it

    tools = requests[0].body["tools"]
    started = time.thread_time()
    for request in requests:
        await litellm.acompletion(
            model="openai/gpt-4o",
            messages=request.body["messages"],
            tools=tools,
            api_base=server.url,
            api_key="k",
            temperature=0.0,
            max_completion_tokens=4096,
            timeout=600,
            drop_params=True,
            num_retries=0,
            max_retries=0,
        )
    return (time.thread_time() - started) / STEPS * 1000


async def test_react_adds_little_to_litellms_own_call() -> None:
    agent, alone = [], []
    with OpenAIServer(replies=play) as server:
        await with_the_agent(server)
        requests = server.requests[:STEPS]
        for _ in range(5):
            alone.append(await with_litellm_alone(server, requests))
            agent.append(await with_the_agent(server))
    added = statistics.median(agent) - statistics.median(alone)
    print(
        f"\nreact {statistics.median(agent):.2f} ms CPU a step, litellm alone {statistics.median(alone):.2f}, "
        f"added {added:.2f} ({STEPS} steps, {2 * STEPS} calls, {TOOLS} tools)"
    )
    assert added <= LIMIT_MS
