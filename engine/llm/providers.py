"""How a config becomes LiteLLM's arguments, provider by provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from engine.llm.config import LLMConfig

_PREFIX = {
    "anthropic": "anthropic",
    "azureopenai": "azure",
    "deepseek": "deepseek",
    "google": "gemini",
    "openai": "openai",
    "openrouter": "openrouter",
    # Both serve OpenAI's protocol under an address of the user's.
    "qwq": "hosted_vllm",
    "vllm": "hosted_vllm",
}


def arguments(config: LLMConfig) -> dict[str, Any]:
    """Arguments of ``litellm.acompletion`` that say whom to ask and how, key included."""
    provider = config.llm_provider
    given: dict[str, Any] = {
        "model": f"{_PREFIX[provider]}/{config.llm_model}",
        "api_key": config.llm_api_key.get_secret_value() or "not-needed",
        "api_base": config.llm_api_endpoint or None,
        "temperature": config.temperature,
        "top_p": config.top_p,
        "reasoning_effort": config.effort,
        "max_tokens": config.max_tokens,
    }
    match provider:
        case "openai" | "azureopenai":
            given["max_completion_tokens"] = given.pop("max_tokens")  # newer models refuse the old name
            if provider == "azureopenai":
                given["api_version"] = config.llm_api_version
        case "anthropic" if config.effort:
            given["temperature"] = given["top_p"] = None  # refused together with thinking
        case "vllm" | "openrouter":
            extra = {"reasoning": config.reasoning, "api_version": config.llm_api_version}
            given["extra_body"] = {name: value for name, value in extra.items() if value} or None
        case "deepseek":
            given["reasoning_effort"] = None
            given["extra_body"] = {"reasoning": {"enabled": True, "effort": config.effort or "medium"}}
    if config.effort and provider not in ("anthropic", "google"):
        # LiteLLM would drop it for every model that it does not know as a reasoning one.
        given["allowed_openai_params"] = ["reasoning_effort"]
    return {name: value for name, value in given.items() if value is not None}


def may_think(config: LLMConfig, messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the model may be asked to think about how a conversation goes on.

    Anthropic refuses that unless what the model said since the user last spoke begins as the service gave it, with its
    thinking (``marked``). A message from a record, where a fork goes on, or a call that a person made does not.
    """
    if config.llm_provider != "anthropic":
        return True
    turn = takewhile(lambda message: message["role"] != "user", reversed(messages))
    said = [message for message in turn if message["role"] == "assistant"]
    return not said or "thinking_blocks" in said[-1]


def marked(config: LLMConfig, message: dict[str, Any]) -> dict[str, Any]:
    """A message of the service's, told apart from those of a record even where its model did not think."""
    return {"thinking_blocks": []} | message if config.llm_provider == "anthropic" else message
