"""The react agent against a model behind real HTTP: who is asked what, what is run, when it ends."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.agents.conversation import Conversation
from engine.agents.environment import AgentError
from engine.agents.react import React
from engine.gyms.session import CallOutcome, ToolSpec
from engine.llm.client import Model
from engine.llm.config import LLMConfig
from engine.trajectory.events import Message, RequestedCall, ToolCall, ToolResult, Usage
from tests.agents.openai_server import Fail, Messages, OpenAIServer, Reply, Say, playing

PROPERTIES = {"incident_id": {"type": "string"}, "note": {"type": ["string", "null"]}}


def tool(name: str, **schema: Any) -> ToolSpec:
    shape = {"type": "object", "properties": PROPERTIES} | schema
    return ToolSpec(name=name, description=f"{name}.", input_schema=shape, gym="gym-itsm-mcp", writes=False)


def frame(text: str, *, is_error: bool = False) -> dict[str, Any]:
    """A result as the live servers frame it."""
    block = {"type": "text", "text": text, "annotations": None, "meta": None}
    return {"meta": None, "content": [block], "structuredContent": None, "isError": is_error}


@dataclass
class Desk:
    """An environment with one incident, that notes what the agent does in the order in which it does it."""

    system_prompt: str = "You are a service desk."
    user_prompt: str = "Close INC_001."
    tools: Sequence[ToolSpec] = (tool("get_incident"), tool("close_incident", anyOf=[{"required": ["incident_id"]}]))
    max_steps: int = 50
    log: list[tuple[Any, ...]] = field(default_factory=list)
    asks_left: int = 50
    conversation: Conversation = field(default_factory=Conversation)

    def __post_init__(self) -> None:
        self.asks_left = self.max_steps
        self.conversation.take(Message(role="system", content=self.system_prompt))
        self.conversation.take(Message(role="user", content=self.user_prompt))

    def messages(self) -> list[dict[str, Any]]:
        return self.conversation.messages()

    async def hand_over(self) -> str:
        raise AssertionError("nobody is there")

    async def ready(self) -> None:
        self.log.append(("ready",))

    async def say(
        self,
        content: str,
        *,
        calls: Sequence[RequestedCall] = (),
        model: str | None = None,
        usage: Usage | None = None,
        duration_s: float | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> None:
        self.asks_left -= 1
        self.conversation.take(Message(role="assistant", content=content, calls=tuple(calls)), raw)
        assert model == "vllm/local"
        assert usage == Usage(tokens_in=100, tokens_out=10)
        assert duration_s is not None
        self.log.append(("say", content, [call.tool for call in calls]))

    async def call(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        *,
        call_id: str | None = None,
        malformed: str | None = None,
    ) -> CallOutcome:
        self.log.append(("call", tool, dict(arguments), call_id, malformed))
        refusal = f"Tool {tool} is not offered." if tool not in {spec.name for spec in self.tools} else None
        refusal = f"Arguments are not a JSON object: {malformed}" if malformed else refusal
        is_error = refusal is not None or "incident_id" not in arguments
        result = None if refusal else frame(f"{tool} done", is_error=is_error)
        self.conversation.take(ToolCall(call_id=call_id or "", tool=tool, arguments=arguments, gym=None))
        self.conversation.take(
            ToolResult(
                call_id=call_id or "",
                tool=tool,
                gym=None,
                is_error=is_error,
                result=result,
                error=refusal,
                duration_s=0,
            )
        )
        return CallOutcome(result, is_error, error=refusal)

    async def retried(self, attempt: int, reason: str, wait_s: float) -> None:
        self.log.append(("retried", attempt))

    async def limited(self, name: str, value: float) -> None:
        self.log.append(("limited", name, value))


def agent(server: OpenAIServer) -> React:
    config = {"llm_provider": "vllm", "llm_model": "local", "llm_api_key": "sk-secret", "llm_api_endpoint": server.url}
    return React(Model(LLMConfig.model_validate(config), first_wait_s=0.0))


async def act(desk: Desk, *replies: Reply) -> tuple[str, list[Messages]]:
    """The agent's answer, and the messages of each request that the model saw."""
    with OpenAIServer(replies=replies) as server:
        answer = await agent(server).act(desk)
        return answer, [request.body["messages"] for request in server.requests]


async def test_calls_run_one_after_another_and_the_model_reads_whole_results() -> None:
    desk = Desk()
    answer, asked = await act(
        desk,
        Say("First I look.", calls=[("get_incident", {"incident_id": "INC_001"}), ("get_incident", {})]),
        Say(calls=[("close_incident", {"incident_id": "INC_001", "note": None})]),
        Say("Closed."),
    )
    assert answer == "Closed."
    assert desk.log == [
        ("ready",),
        ("say", "First I look.", ["get_incident", "get_incident"]),
        ("call", "get_incident", {"incident_id": "INC_001"}, "call_1_0", None),
        ("call", "get_incident", {}, "call_1_1", None),
        ("ready",),
        ("say", "", ["close_incident"]),
        ("call", "close_incident", {"incident_id": "INC_001", "note": None}, "call_2_0", None),
        ("ready",),
        ("say", "Closed.", []),
    ]
    assert [len(messages) for messages in asked] == [2, 5, 7]
    assert asked[2][:2] == [
        {"role": "system", "content": "You are a service desk."},
        {"role": "user", "content": "Close INC_001."},
    ]
    assert asked[2][2]["content"] == "First I look."
    assert asked[2][3:5] == [
        {"role": "tool", "tool_call_id": "call_1_0", "content": json.dumps(frame("get_incident done"))},
        {"role": "tool", "tool_call_id": "call_1_1", "content": json.dumps(frame("get_incident done", is_error=True))},
    ]


async def test_the_model_is_offered_every_tool_with_all_arguments() -> None:
    with OpenAIServer(replies=[Say(calls=[("get_incident", {})]), Say("Done.")]) as server:
        await agent(server).act(Desk())
    first, second = (request.body["tools"] for request in server.requests)
    assert [offered["function"]["name"] for offered in first] == ["get_incident", "close_incident"]
    assert all(offered["function"]["parameters"]["properties"] == PROPERTIES for offered in first)
    assert first == second


@pytest.mark.parametrize(
    ("asked_for", "told"),
    [
        (("drop_table", {"name": "incident"}), "Tool drop_table is not offered."),
        (("close_incident", '{"incident_id": '), 'Arguments are not a JSON object: {"incident_id": '),
    ],
)
async def test_what_cannot_run_is_told_to_the_model_which_goes_on(asked_for: Any, told: str) -> None:
    answer, asked = await act(Desk(), Say(calls=[asked_for]), Say("Then not."))
    assert answer == "Then not."
    assert asked[1][-1] == {"role": "tool", "tool_call_id": "call_1_0", "content": told}


async def test_an_empty_answer_ends_it() -> None:
    desk = Desk()
    assert (await act(desk, Say()))[0] == ""
    assert desk.log == [("ready",), ("say", "", [])]


async def test_an_answer_that_was_cut_off_is_recorded_as_such() -> None:
    said = {"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": "It is beca"}}
    answer = {"id": "a", "object": "chat.completion", "created": 1, "model": "local", "choices": [said]}
    cut = Fail(200, answer | {"usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}})
    desk = Desk()
    assert (await act(desk, cut))[0] == "It is beca"
    assert desk.log == [("ready",), ("say", "It is beca", []), ("limited", "max_tokens", 4096)]


async def test_at_the_limit_the_last_tool_result_is_the_answer() -> None:
    def again(messages: Messages) -> Say:
        return Say(f"Round {len(messages) // 2}", calls=[("get_incident", {"incident_id": "INC_001"})])

    desk = Desk(max_steps=3)
    with OpenAIServer(replies=again) as server:
        answer = await agent(server).act(desk)
    assert answer == json.dumps(frame("get_incident done"))
    assert len(server.requests) == 3
    assert [entry[0] for entry in desk.log].count("call") == 3
    assert desk.log[-1] == ("limited", "max_steps", 3)


async def test_a_retry_is_recorded_and_costs_no_step() -> None:
    desk = Desk(max_steps=1)
    assert (await act(desk, Fail(500), Fail(429), Say("Closed.")))[0] == "Closed."
    assert desk.log == [("ready",), ("retried", 1), ("retried", 2), ("say", "Closed.", [])]


async def test_a_service_that_refuses_ends_the_agent_with_what_to_do() -> None:
    with pytest.raises(AgentError, match=r"vllm/local: The service refused the key: check llm_api_key") as error:
        await act(Desk(), Fail(401, {"error": {"message": "bad key sk-secret"}}))
    assert "sk-secret" not in str(error.value)
    assert error.value.__suppress_context__


async def test_runs_that_share_a_model_keep_their_conversations_apart() -> None:
    calls = [("get_incident", {"incident_id": "INC_001"}), ("close_incident", {"incident_id": "INC_001"})]
    desks = [Desk(user_prompt=f"Close INC_{number:03}.") for number in range(10)]
    with OpenAIServer(replies=playing(calls, "Closed.")) as server:
        react = agent(server)
        assert await asyncio.gather(*(react.act(desk) for desk in desks)) == ["Closed."] * 10
    for desk in desks:
        assert [entry[1:3] for entry in desk.log if entry[0] == "call"] == calls
    for request in server.requests:
        assert sum(message["role"] == "user" for message in request.body["messages"]) == 1
    assert {request.body["messages"][1]["content"] for request in server.requests} == {
        desk.user_prompt for desk in desks
    }


def test_importing_the_agent_does_not_import_litellm() -> None:
    program = "import sys, engine.agents.react; print([name for name in ('litellm', 'openai') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")
