"""LLM configs: the benchmark's files load as they are, a wrong one is refused with file, field and reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.llm.config import ConfigError, LLMConfig, load

EXAMPLES = sorted((Path(__file__).parents[2] / "conf.example" / "llm").glob("*.json"))
MINIMAL = {"llm_provider": "openai", "llm_model": "gpt-4o", "llm_api_key": "sk-secret"}


def write(folder: Path, content: Any) -> Path:
    file = folder / "model.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def refusal(folder: Path, content: Any) -> str:
    with pytest.raises(ConfigError) as refused:
        load(write(folder, content))
    assert "sk-secret" not in str(refused.value)
    assert refused.value.__cause__ is None
    return str(refused.value)


def test_what_is_not_given_has_the_benchmarks_default(tmp_path: Path) -> None:
    [config] = load(write(tmp_path, MINIMAL))
    assert config.name == "openai/gpt-4o"
    assert config.llm_api_key.get_secret_value() == "sk-secret"
    assert config.model_dump(exclude=set(MINIMAL)) == {
        "llm_api_endpoint": "",
        "llm_api_version": "",
        "llm_region": None,
        "temperature": 0.0,
        "max_tokens": 4096,
        "top_p": None,
        "effort": None,
        "reasoning": None,
    }


def test_a_file_that_an_editor_began_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    [config] = load(write(tmp_path, "\ufeff" + json.dumps(MINIMAL)))
    assert config.name == "openai/gpt-4o"


def test_a_file_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    assert "nested too deeply" in refusal(tmp_path, "[" * 100_000)


def test_a_list_is_a_pool(tmp_path: Path) -> None:
    pool = load(write(tmp_path, [MINIMAL, MINIMAL | {"llm_model": "gpt-5"}]))
    assert [config.llm_model for config in pool] == ["gpt-4o", "gpt-5"]


def test_an_unknown_field_is_refused_by_name(tmp_path: Path) -> None:
    words = refusal(tmp_path, [MINIMAL, MINIMAL | {"temprature": 1}])
    assert words.startswith(f"{tmp_path / 'model.json'}: entry 2: temprature: unknown field; known are llm_provider")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ([], "the pool is empty"),
        (["gpt"], "entry 1: must be a JSON object"),
        ({"llm_provider": "openai", "llm_model": "gpt-4o"}, "llm_api_key: is missing"),
        (MINIMAL | {"llm_provider": "acme"}, "llm_provider: must be anthropic, azureopenai"),
        (MINIMAL | {"llm_provider": "aws_bedrock"}, "llm_provider: the provider aws_bedrock is not supported yet"),
        (MINIMAL | {"llm_provider": "vllm"}, "llm_api_endpoint: vllm needs the address of the service"),
        (MINIMAL | {"llm_api_endpoint": "localhost:8000/v1"}, "llm_api_endpoint: must be an address such as http://"),
        (MINIMAL | {"llm_api_endpoint": "http://[::1/v1"}, "llm_api_endpoint: must be an address such as http://"),
        (
            MINIMAL | {"llm_api_endpoint": "https://me:sk-secret@x/v1"},
            "llm_api_endpoint: can hold no user and password",
        ),
        (
            '{"llm_provider": "openai", "llm_model": "m", "llm_api_key": "k", "temperature": NaN}',
            "temperature: must be",
        ),
        (MINIMAL | {"llm_provider": "azureopenai", "llm_api_endpoint": "https://x"}, "llm_api_version: azureopenai"),
        (MINIMAL | {"llm_api_key": ""}, "llm_api_key: openai needs a key"),
        (MINIMAL | {"llm_api_key": ["sk-secret"]}, "llm_api_key: must be text"),
        (MINIMAL | {"max_tokens": "many"}, "max_tokens: must be a whole number"),
    ],
)
def test_a_config_that_cannot_work_is_refused(tmp_path: Path, content: Any, words: str) -> None:
    assert words in refusal(tmp_path, content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.json: cannot be read"):
        load(tmp_path / "nowhere.json")


@pytest.mark.parametrize("written", ["$MY_KEY", "${MY_KEY}"])
def test_a_key_can_stand_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    file = write(tmp_path, MINIMAL | {"llm_api_key": written})
    monkeypatch.setenv("MY_KEY", "sk-from-environment")
    assert load(file)[0].llm_api_key.get_secret_value() == "sk-from-environment"
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(ConfigError, match="llm_api_key: the environment variable MY_KEY is not set"):
        load(file)


def test_a_key_is_never_shown() -> None:
    config = LLMConfig.model_validate(MINIMAL)
    assert "sk-secret" not in f"{config!r} {config} {config.model_dump()} {config.model_dump_json()}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_loads_and_holds_no_key(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = json.loads(example.read_text())
    for item in raw if isinstance(raw, list) else [raw]:
        if item["llm_api_key"]:
            monkeypatch.setenv(item["llm_api_key"].strip("${}"), "sk-example")
    for config in load(example):
        assert config.llm_api_key.get_secret_value() in ("sk-example", "")


def test_there_is_an_example_for_every_provider() -> None:
    raw = [json.loads(example.read_text()) for example in EXAMPLES]
    named = {item["llm_provider"] for content in raw for item in (content if isinstance(content, list) else [content])}
    assert named == {"anthropic", "azureopenai", "deepseek", "google", "openai", "openrouter", "qwq", "vllm"}
