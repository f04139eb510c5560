"""What reaches a service over HTTP for each provider of the benchmark."""

from __future__ import annotations

from typing import Any

import pytest

from engine.llm.client import Model
from engine.llm.config import LLMConfig
from tests.agents.openai_server import OpenAIServer, Received, Say

TOOL = {
    "type": "function",
    "function": {
        "name": "get_user",
        "description": "Look up a user.",
        "parameters": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
    },
}
START = [{"role": "system", "content": "Be exact."}, {"role": "user", "content": "Who is USER_001?"}]


async def never(attempt: int, reason: str, wait_s: float) -> None:
    raise AssertionError(f"attempt {attempt} failed: {reason}")


async def sent(provider: str, model: str = "some-model", key: str = "sk-secret", **fields: Any) -> Received:
    """Have the model call the tool and end; the second request, which carries the whole conversation."""
    replies = [Say("Let me see.", calls=[("get_user", {"id": "USER_001"})]), Say("It is Ann.")]
    with OpenAIServer(replies=replies) as server:
        plain = provider in ("anthropic", "azureopenai", "google")
        settings = {
            "llm_provider": provider,
            "llm_model": model,
            "llm_api_key": key,
            "llm_api_endpoint": server.root if plain else server.url,
        }
        asked = Model(LLMConfig.model_validate(settings | fields))
        messages: list[Any] = list(START)
        first = await asked.complete(messages, [TOOL], never)
        assert first.text == "Let me see."
        [call] = first.calls
        assert (call.tool, call.arguments) == ("get_user", {"id": "USER_001"})
        messages += [first.message, {"role": "tool", "tool_call_id": call.id, "content": '{"name": "Ann"}'}]
        last = await asked.complete(messages, [TOOL], never)
        assert (last.text, last.calls) == ("It is Ann.", ())
        assert (last.usage.tokens_in, last.usage.tokens_out) == (100, 10)
        return server.requests[1]


OPENAI_MESSAGES = [
    *START,
    {
        "role": "assistant",
        "content": "Let me see.",
        "tool_calls": [
            {
                "id": "call_1_0",
                "type": "function",
                "function": {"name": "get_user", "arguments": '{"id": "USER_001"}'},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "call_1_0", "content": '{"name": "Ann"}'},
]


@pytest.mark.parametrize(
    ("provider", "fields", "body"),
    [
        ("openai", {"max_tokens": 99, "top_p": 0.5}, {"temperature": 0.0, "top_p": 0.5, "max_completion_tokens": 99}),
        ("openai", {"effort": "high"}, {"temperature": 0.0, "max_completion_tokens": 4096, "reasoning_effort": "high"}),
        ("openai", {"model": "gpt-5", "effort": "low"}, {"max_completion_tokens": 4096, "reasoning_effort": "low"}),
        ("vllm", {"max_tokens": 99, "temperature": 0.7}, {"temperature": 0.7, "max_tokens": 99}),
        (
            "vllm",
            {"effort": "low", "reasoning": {"enabled": False}, "llm_api_version": "v2"},
            {
                "temperature": 0.0,
                "max_tokens": 4096,
                "reasoning_effort": "low",
                "reasoning": {"enabled": False},
                "api_version": "v2",
            },
        ),
        (
            "openrouter",
            {"model": "openai/gpt-oss-20b", "effort": "low", "reasoning": {"max_tokens": 9}},
            {
                "temperature": 0.0,
                "max_tokens": 4096,
                "reasoning_effort": "low",
                "reasoning": {"max_tokens": 9},
                "usage": {"include": True},
            },
        ),
        ("qwq", {"top_p": 0.5}, {"temperature": 0.0, "top_p": 0.5, "max_tokens": 4096}),
        (
            "deepseek",
            {"model": "deepseek-chat"},
            {"temperature": 0.0, "max_tokens": 4096, "reasoning": {"enabled": True, "effort": "medium"}},
        ),
        (
            "deepseek",
            {"model": "deepseek-chat", "effort": "high"},
            {"temperature": 0.0, "max_tokens": 4096, "reasoning": {"enabled": True, "effort": "high"}},
        ),
    ],
)
async def test_services_with_openais_protocol(provider: str, fields: dict[str, Any], body: dict[str, Any]) -> None:
    request = await sent(provider, **fields)
    model = fields.get("model", "some-model")
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer sk-secret"
    assert request.body == body | {"model": model, "messages": OPENAI_MESSAGES, "tools": [TOOL]}


async def test_an_openai_model_that_reasons_and_calls_tools_only_there_is_asked_through_the_responses_api() -> None:
    request = await sent("openai", "gpt-5.4", effort="high", max_tokens=99)
    assert request.path == "/v1/responses"
    assert request.body["instructions"] == "Be exact."
    assert request.body["reasoning"]["effort"] == "high"
    assert request.body["max_output_tokens"] == 99
    assert request.body["tools"][0]["strict"] is not True  # strict would demand every optional argument
    kinds = [item["type"] for item in request.body["input"]]
    assert kinds == ["message", "message", "function_call", "function_call_output"]
    assert request.body["input"][2]["call_id"] == request.body["input"][3]["call_id"] == "call_1_0"


async def test_vllm_without_a_key_gets_a_placeholder() -> None:
    assert (await sent("vllm", key="")).headers["authorization"] == "Bearer not-needed"


async def test_azure_takes_the_model_as_its_deployment() -> None:
    request = await sent("azureopenai", "my-deployment", llm_api_version="2024-10-21", effort="low")
    assert request.path == "/openai/deployments/my-deployment/chat/completions"
    assert request.query == {"api-version": "2024-10-21"}
    assert request.headers["api-key"] == "sk-secret"
    assert request.body["max_completion_tokens"] == 4096
    assert request.body["reasoning_effort"] == "low"
    assert request.body["messages"] == OPENAI_MESSAGES


async def test_anthropic_gets_its_own_protocol() -> None:
    request = await sent("anthropic", "claude-sonnet-4-5")
    assert request.path == "/v1/messages"
    assert request.headers["x-api-key"] == "sk-secret"
    assert request.body["system"] == [{"type": "text", "text": "Be exact."}]
    assert request.body["max_tokens"] == 4096
    assert request.body["temperature"] == 0.0
    assert request.body["tools"][0]["input_schema"] == TOOL["function"]["parameters"]  # type: ignore[index]
    question, answer, result = request.body["messages"]
    assert question["role"] == "user"
    assert answer["content"][1]["input"] == {"id": "USER_001"}
    assert result["content"][0]["tool_use_id"] == answer["content"][1]["id"]


async def test_anthropic_thinks_when_asked_and_then_without_a_temperature() -> None:
    request = await sent("anthropic", "claude-sonnet-4-5", effort="low", temperature=0.5, top_p=0.9)
    assert request.body["thinking"]["type"] == "enabled"
    assert request.body["thinking"]["budget_tokens"] < request.body["max_tokens"]
    assert not {"temperature", "top_p"} & set(request.body)


async def test_google_gets_its_own_protocol() -> None:
    request = await sent("google", "gemini-2.5-pro")
    assert request.path == "/models/gemini-2.5-pro:generateContent"
    assert request.headers["x-goog-api-key"] == "sk-secret"
    assert "sk-secret" not in str(request.query)
    assert request.body["generationConfig"] == {"temperature": 0.0, "max_output_tokens": 4096}
    assert request.body["contents"][1]["parts"][1]["function_call"]["args"] == {"id": "USER_001"}
