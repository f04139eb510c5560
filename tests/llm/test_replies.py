"""Answers that are not as they should be: they can be recorded, go back to the service, and harm nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.llm.client import Model, ModelError, Reply
from engine.llm.config import LLMConfig
from engine.runs.orders import ApproveCall
from tests.agents.openai_server import Fail, OpenAIServer, Say

pytestmark = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")

HELLO = [{"role": "user", "content": "Hello"}]


class Sloppy:
    """A service that says what a test has it say, and a model that asks it."""

    def __init__(self, provider: str) -> None:
        self.message: dict[str, Any] = {}
        self.runner = asyncio.Runner()
        self.server = OpenAIServer(lambda _messages: Fail(200, self._body()))
        config = {"llm_provider": provider, "llm_model": "m", "llm_api_key": "k", "llm_api_endpoint": self.server.url}
        self.model = Model(LLMConfig.model_validate(config), attempts=1)

    def _body(self) -> dict[str, Any]:
        choice = {"index": 0, "message": {"role": "assistant", **self.message}, "finish_reason": "stop"}
        return {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}

    def ask(self, message: dict[str, Any], conversation: list[dict[str, Any]] = HELLO) -> Reply:
        async def ignore(*_: object) -> None: ...

        self.message = message
        return self.runner.run(self.model.complete(conversation, [], ignore))


@pytest.fixture(scope="module", params=["openai", "vllm"])
def sloppy(request: pytest.FixtureRequest) -> Iterator[Sloppy]:
    service = Sloppy(request.param)
    with service.runner, service.server:
        yield service


def asks(arguments: Any = "{}", **call: Any) -> dict[str, Any]:
    function = {"name": call.pop("name", "a"), "arguments": arguments}
    return {"content": None, "tool_calls": [{"id": "c", "type": "function", "function": function, **call}]}


def goes_back(sloppy: Sloppy, reply: Reply) -> None:
    results = [{"role": "tool", "tool_call_id": call.id, "content": "r"} for call in reply.calls]
    assert sloppy.ask({"content": "Next."}, [*HELLO, dict(reply.message), *results]).text == "Next."


def assert_recordable(reply: Reply) -> None:
    for call in reply.calls:
        ApproveCall(by="ada", call_id=call.id, arguments=call.arguments)
        assert call.id
        call.model_dump_json()
    assert len({call.id for call in reply.calls}) == len(reply.calls)
    reply.text.encode()


@pytest.mark.parametrize(
    "message",
    [
        asks('{"x": "\ud800"}'),
        asks(name="a\ud800"),
        asks(id="c\ud800"),
        asks(id=5),
        {"content": "a \ud800", "reasoning_content": "b \ud800"},
        {"content": "a", "logged": float("inf")},
    ],
    ids=["arguments", "name", "id", "number as id", "reasoning", "endless number"],
)
def test_what_no_request_can_hold_does_not_stop_the_next(sloppy: Sloppy, message: dict[str, Any]) -> None:
    reply = sloppy.ask(message)
    assert_recordable(reply)
    goes_back(sloppy, reply)


@pytest.mark.parametrize("raw", ['{"x": NaN}', '{"x": 1e999}', '{"x": [-Infinity]}'])
def test_numbers_that_json_has_not_make_arguments_malformed(sloppy: Sloppy, raw: str) -> None:
    reply = sloppy.ask(asks(raw))
    [call] = reply.calls
    assert (call.arguments, call.malformed) == ({}, raw)
    goes_back(sloppy, reply)


def test_an_id_that_the_conversation_has_already_is_given_to_no_other_call(sloppy: Sloppy) -> None:
    first = sloppy.ask(asks())
    told = [*HELLO, dict(first.message), {"role": "tool", "tool_call_id": "c", "content": "r"}]
    second = sloppy.ask(asks(), told)
    assert [call.id for call in first.calls] == ["c"]
    assert second.calls[0].id != "c"
    assert second.message["tool_calls"][0]["id"] == second.calls[0].id


texts = st.text(st.characters(), max_size=5) | st.sampled_from(["\ud800", "\0", "\\ud800", "NaN", "1e999", "[" * 300])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
odd_calls = st.fixed_dictionaries(
    {"function": st.fixed_dictionaries({"name": texts, "arguments": values.map(json.dumps) | values})},
    optional={"id": values, "type": st.just("function"), "index": values, "more": values},
)


@settings(max_examples=50, deadline=None)
@given(
    message=st.fixed_dictionaries(
        {"content": st.none() | texts},
        optional={"tool_calls": st.lists(odd_calls, max_size=3), "reasoning_content": values, "more": values},
    )
)
def test_any_answer_is_a_reply_that_can_be_recorded_and_sent_back_or_an_error_in_words(
    sloppy: Sloppy, message: dict[str, Any]
) -> None:
    try:
        reply = sloppy.ask(message)
    except ModelError:
        return
    assert_recordable(reply)
    goes_back(sloppy, reply)


def anthropic(server: OpenAIServer, effort: str = "low") -> Model:
    config = {"llm_provider": "anthropic", "llm_model": "claude-sonnet-4-5", "llm_api_key": "k", "temperature": 0.5}
    return Model(LLMConfig.model_validate(config | {"llm_api_endpoint": server.root, "effort": effort}))


ASKED = {"role": "assistant", "content": "I look.", "tool_calls": asks()["tool_calls"]}
FOUND = {"role": "tool", "tool_call_id": "c", "content": "found"}
THOUGHT = {"thinking_blocks": [{"type": "thinking", "thinking": "Hm.", "signature": "x"}]}


@pytest.mark.parametrize(
    ("said", "thinks"),
    [
        ([], True),
        ([ASKED, FOUND], False),
        ([ASKED | THOUGHT, FOUND], True),
        ([ASKED | THOUGHT, FOUND, ASKED, FOUND], True),
        ([ASKED, FOUND, {"role": "user", "content": "Careful."}], True),
        ([ASKED, FOUND, {"role": "user", "content": "Careful."}, ASKED, FOUND], False),
        ([{"role": "assistant", "content": "Done."}], True),
    ],
    ids=["task", "recorded", "thought", "person behind the model", "user spoke", "user spoke before", "answer"],
)
async def test_anthropic_is_asked_to_think_where_it_takes_that(said: list[dict[str, Any]], thinks: bool) -> None:
    async def ignore(*_: object) -> None: ...

    with OpenAIServer([Say("Hi.")]) as server:
        await anthropic(server).complete([*HELLO, *said], [], ignore)
    body = server.requests[0].body
    assert ("thinking" in body) == thinks
    assert body.get("temperature") == (None if thinks else 0.5)


async def test_a_model_that_did_not_think_for_once_is_asked_to_think_again() -> None:
    async def ignore(*_: object) -> None: ...

    with OpenAIServer([Say(calls=[("a", {})], ids=["c"]), Say("Hi.")]) as server:
        model = anthropic(server)
        reply = await model.complete(HELLO, [], ignore)
        await model.complete([*HELLO, reply.message, FOUND], [], ignore)
    assert "thinking" in server.requests[1].body


async def test_a_conversation_that_ends_with_the_models_words_is_gone_on_with_by_the_user() -> None:
    async def ignore(*_: object) -> None: ...

    with OpenAIServer([Say("Hi.")]) as server:
        await anthropic(server, "").complete([*HELLO, {"role": "assistant", "content": "I look."}], [], ignore)
    assert [message["role"] for message in server.requests[0].body["messages"]] == ["user", "assistant", "user"]
