"""What is wrong with data, in words that name the field and what is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from engine.llm.config import LLMConfig
from engine.runs.places import DomainPlaces
from engine.runs.spec import Launch
from engine.tasks.models import Task
from engine.tasks.plan_files import PlanFile
from engine.tasks.refusals import refusals

GYM = {"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": "http://x"}
TASK = {"system_prompt": "p", "user_prompt": "u", "gym_servers_config": [GYM]}
AUTH = "gym_servers_config.0.auth_config"


@pytest.mark.parametrize(
    ("model", "data", "said"),
    [
        (Task, {"user_prompt": "u"}, ["system_prompt: is missing", "gym_servers_config: is missing"]),
        (Task, TASK | {"user_prompt": 7}, ["user_prompt: must be text"]),
        (Task, TASK | {"gym_servers_config": []}, ["gym_servers_config: is empty"]),
        (Task, TASK | {"gym_servers_config": {}}, ["gym_servers_config: must be a list"]),
        (Task, TASK | {"verifiers": [[]]}, ["verifiers.0: must be an object with names and values"]),
        (Task, TASK | {"number_of_runs": 0}, ["number_of_runs: must be at least 1"]),
        (Task, TASK | {"number_of_runs": 1.5}, ["number_of_runs: must be a whole number"]),
        (Task, TASK | {"temperature": "hot"}, ["temperature: must be a number"]),
        (Task, TASK | {"reset_database_between_runs": "often"}, ["reset_database_between_runs: must be true or false"]),
        (
            Task,
            TASK | {"gym_servers_config": [GYM | {"auth_config": {"type": "bearer", "token": "t", "evil": 1}}]},
            [f"{AUTH}.evil: unknown field; known are type, token, header_name"],
        ),
        (
            Task,
            TASK | {"gym_servers_config": [GYM | {"auth_config": {"type": "basic", "token": "t"}}]},
            [f"{AUTH}.type: must be bearer or api_key"],
        ),
        (
            PlanFile,
            {"text": "x", "evil": "1"},
            ["evil: unknown field; known are task, domain, title, author, id, version, at"],
        ),
        (PlanFile, {"text": "x", "title": "x" * 301}, ["title: can have at most 300 characters"]),
        (PlanFile, {"text": "x", "title": ""}, ["title: is empty"]),
        (PlanFile, {"text": "x", "at": "noon"}, ["at: must be a time with its zone, such as 2026-01-02T03:04:05Z"]),
        (
            PlanFile,
            {"text": "x", "at": "2026-01-02"},
            ["at: must be a time with its zone, such as 2026-01-02T03:04:05Z"],
        ),
        (DomainPlaces, {"itsm": {"where": "x"}}, ["itsm.where: unknown field; known are gyms, url, image"]),
        (DomainPlaces, [], ["must be an object with names and values"]),
        (Launch, {"sources": ["x"], "approve": "some"}, ["approve: must be none, writing or every"]),
        (Launch, {"sources": ["x"], "pause_s": float("inf")}, ["pause_s: must be a finite number"]),
        (Launch, {"sources": ["x"], "pause_s": float("nan")}, ["pause_s: must be a finite number"]),
        (
            LLMConfig,
            {"llm_provider": "openai", "llm_model": "m", "llm_api_key": "k", "top_p": 3},
            ["top_p: must be at most 1"],
        ),
        (
            LLMConfig,
            {"llm_provider": "openai", "llm_model": "m", "llm_api_key": "k", "top_p": 0},
            ["top_p: must be more than 0"],
        ),
        (LLMConfig, [], ["must be an object with names and values"]),
    ],
)
def test_a_refusal_names_the_field_and_what_is_allowed(model: Any, data: Any, said: list[str]) -> None:
    with pytest.raises(ValidationError) as raised:
        model.model_validate(data)
    assert refusals(raised.value, model) == said
