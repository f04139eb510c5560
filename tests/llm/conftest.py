"""What tests of model calls share."""

from __future__ import annotations

import asyncio

import pytest

from engine.llm.client import Model
from engine.llm.config import LLMConfig
from tests.agents.openai_server import OpenAIServer, Say


@pytest.fixture(scope="session")
def _warm() -> None:
    """Ask a model once: the first call of a process takes seconds, and none that a test times is to wait for that."""

    async def ignore(*_: object) -> None: ...

    with OpenAIServer([Say("Hi.")]) as server:
        config = {"llm_provider": "openai", "llm_model": "m", "llm_api_key": "k", "llm_api_endpoint": server.url}
        model = Model(LLMConfig.model_validate(config))
        asyncio.run(model.complete([{"role": "user", "content": "Hello"}], [], ignore))
