"""The benchmark's LLM config files: which model to ask, where, with which key.

A file holds one object or a list of them. A list is a pool: whoever starts a run picks one at random. Names and
defaults are the benchmark's, so its files load as they are. ``"$NAME"`` or ``"${NAME}"`` as a value is read
from the environment, so that no key needs to stand in a file.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from engine.tasks.refusals import refusals

Provider = Literal["anthropic", "azureopenai", "deepseek", "google", "openai", "openrouter", "qwq", "vllm"]

_LATER = frozenset({"aws_bedrock", "googlevertexai"})
_NEEDS_ENDPOINT = frozenset({"azureopenai", "qwq", "vllm"})
_NEEDS_NO_KEY = frozenset({"qwq", "vllm"})
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


class ConfigError(Exception):
    """An LLM config cannot be used; the text names file, field and reason, and never a key."""


class LLMConfig(BaseModel):
    """One model and how to ask it."""

    # Without hide_input_in_errors a refusal would print the key.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    llm_provider: Provider
    llm_model: str = Field(min_length=1)
    """The provider's name for the model; the deployment's name with ``azureopenai``."""
    llm_api_key: SecretStr
    llm_api_endpoint: str = ""
    """Base address of the service; empty means the provider's own."""
    llm_api_version: str = ""
    llm_region: str | None = None
    temperature: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    max_tokens: int = Field(default=4096, ge=1)
    """Most tokens in one answer."""
    top_p: float | None = Field(default=None, gt=0, le=1)
    effort: str | None = None
    """Reasoning effort: ``low``, ``medium``, ``high`` or what else the model knows."""
    reasoning: dict[str, Any] | None = None
    """Sent as ``reasoning`` in the body to ``vllm`` and ``openrouter``."""

    @property
    def name(self) -> str:
        """``provider/model``, as the benchmark names it in result files."""
        return f"{self.llm_provider}/{self.llm_model}"

    @field_validator("llm_provider", mode="before")
    @classmethod
    def _known(cls, value: Any) -> Any:
        provider = value.lower() if isinstance(value, str) else value
        if provider in _LATER:
            raise ValueError(f"the provider {provider} is not supported yet")
        return provider

    @field_validator("llm_api_endpoint")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
        except ValueError:  # brackets that do not close
            parts = urlsplit("")
        if value and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("must be an address such as http://localhost:8000/v1")
        if "@" in parts.netloc:  # no provider's client sends them beside the key
            raise ValueError("can hold no user and password: the service gets llm_api_key")
        return value

    @field_validator("effort", "llm_region", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.llm_provider in _NEEDS_ENDPOINT and not self.llm_api_endpoint:
            raise ValueError(f"llm_api_endpoint: {self.llm_provider} needs the address of the service")
        if self.llm_provider == "azureopenai" and not self.llm_api_version:
            raise ValueError("llm_api_version: azureopenai needs one, such as 2024-10-21")
        if self.llm_provider not in _NEEDS_NO_KEY and not self.llm_api_key.get_secret_value():
            raise ValueError(f"llm_api_key: {self.llm_provider} needs a key")
        return self


def load(path: Path) -> list[LLMConfig]:
    """Read one config or a pool of them; never an empty list.

    Raises:
        ConfigError: the file cannot be read, is not JSON, or does not fit, field by field.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except ValueError as error:
        raise ConfigError(f"{path}: is not JSON: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path}: is nested too deeply") from None
    if not isinstance(content, list):
        return [_config(content, str(path))]
    if not content:
        raise ConfigError(f"{path}: the pool is empty; put at least one config into the list")
    return [_config(item, f"{path}: entry {number}") for number, item in enumerate(content, 1)]


def _config(content: Any, where: str) -> LLMConfig:
    if not isinstance(content, dict):
        raise ConfigError(f"{where}: must be a JSON object")
    try:
        return LLMConfig.model_validate(
            {field: _from_environment(value, f"{where}: {field}") for field, value in content.items()}
        )
    except ValidationError as error:
        raise ConfigError("\n".join(f"{where}: {problem}" for problem in refusals(error, LLMConfig))) from None


def _from_environment(value: Any, where: str) -> Any:
    variable = _VARIABLE.fullmatch(value) if isinstance(value, str) else None
    if variable is None:
        return value
    name = variable[1] or variable[2]
    if name not in os.environ:
        raise ConfigError(f"{where}: the environment variable {name} is not set")
    return os.environ[name]
