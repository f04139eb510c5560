"""One model call over real HTTP: what comes back, what is tried again, what is said when it fails."""

from __future__ import annotations

import asyncio
import email.utils
import re
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.llm import client
from engine.llm.client import Model, ModelError, Reply
from engine.llm.config import LLMConfig
from engine.trajectory.events import RequestedCall
from tests.agents.openai_server import Drop, Fail, Hang, OpenAIServer, Say
from tests.agents.openai_server import Reply as Scripted
from tests.runs.people import until

pytestmark = pytest.mark.usefixtures("_warm")

ROOT = Path(__file__).parents[2]
KEY = "sk-secret/with+odd=signs"
HELLO = [{"role": "user", "content": "Hello"}]
Retries = list[tuple[int, str, float]]


def model(server: OpenAIServer | str, *, provider: str = "openai", name: str = "gpt-4o", **settings: Any) -> Model:
    address = server if isinstance(server, str) else server.root if provider == "anthropic" else server.url
    config = {"llm_provider": provider, "llm_model": name, "llm_api_key": KEY, "llm_api_endpoint": address}
    return Model(LLMConfig.model_validate(config), **{"first_wait_s": 0.01} | settings)


async def ask(asked: Model, retries: Retries | None = None) -> Reply:
    noted: Retries = [] if retries is None else retries

    async def note(attempt: int, reason: str, wait_s: float) -> None:
        noted.append((attempt, reason, wait_s))

    return await asked.complete(HELLO, [], note)


async def answered(say: Say, **settings: Any) -> Reply:
    with OpenAIServer(replies=[say]) as server:
        return await ask(model(server, **settings))


async def failed(*replies: Scripted, retries: Retries | None = None, **settings: Any) -> tuple[str, int]:
    """The error's words and the number of requests that came in."""
    with OpenAIServer(replies=replies) as server:
        with pytest.raises(ModelError) as error:
            await ask(model(server, **settings), retries)
        assert error.value.__context__ is None  # a logged traceback must not lead to the key either
        return str(error.value), len(server.requests)


async def test_an_answer_has_text_calls_tokens_cost_and_time() -> None:
    reply = await answered(Say("Two calls.", calls=[("a", {"x": 1}), ("b", {})], tokens=(1000, 100)))
    assert reply.text == "Two calls."
    assert reply.calls == (
        RequestedCall(id="call_1_0", tool="a", arguments={"x": 1}),
        RequestedCall(id="call_1_1", tool="b", arguments={}),
    )
    assert (reply.usage.tokens_in, reply.usage.tokens_out) == (1000, 100)
    assert reply.usage.cost_usd == pytest.approx(0.0035)  # 2.50 and 10 dollars a million tokens
    assert reply.model == "openai/gpt-4o"
    assert 0 < reply.duration_s < 60


async def test_a_model_without_a_known_price_has_no_cost() -> None:
    assert (await answered(Say("Hi"), provider="vllm", name="mine")).usage.cost_usd is None


async def test_an_answer_may_be_empty() -> None:
    reply = await answered(Say())
    assert (reply.text, reply.calls) == ("", ())


@pytest.mark.parametrize("raw", ['{"x": ', "[1]", "null", '"x"'])
async def test_arguments_that_are_no_object_are_kept_as_written(raw: str) -> None:
    reply = await answered(Say(calls=[("a", raw)]))
    assert reply.calls == (RequestedCall(id="call_1_0", tool="a", arguments={}, malformed=raw),)
    assert reply.message["tool_calls"][0]["function"]["arguments"] == "{}"


async def test_a_call_without_arguments_is_not_malformed() -> None:
    [call] = (await answered(Say(calls=[("a", "")]))).calls
    assert (call.arguments, call.malformed) == ({}, None)


@pytest.mark.parametrize("ids", [["", ""], ["same", "same"], ["", "same"]])
async def test_calls_without_an_id_of_their_own_get_one(ids: Sequence[str]) -> None:
    reply = await answered(Say(calls=[("a", {}), ("b", {})], ids=ids))
    first, second = (call.id for call in reply.calls)
    assert first
    assert second
    assert first != second
    assert [call["id"] for call in reply.message["tool_calls"]] == [first, second]


async def test_text_that_is_no_unicode_is_made_storable() -> None:
    reply = await answered(Say("a \ud800 b", calls=[("a", '{"x": "\\ud800 ü \\u00fc"}')]))
    assert reply.text == "a ? b"
    assert reply.calls[0].arguments == {"x": "? ü ü"}


async def test_no_tools_are_sent_when_there_are_none() -> None:
    with OpenAIServer(replies=[Say("Hi")]) as server:
        await ask(model(server))
    assert "tools" not in server.requests[0].body


PASSING: dict[str, Scripted] = {
    "rate limit": Fail(429),
    "server error": Fail(500),
    "overloaded": Fail(529),
    "bad gateway": Fail(502, b"<html>Bad gateway</html>"),
    "no JSON": Fail(200, b"not json"),
    "other JSON": Fail(200, {"hello": "world"}),
    "no choices": Fail(200, {"choices": []}),
    "dropped": Drop(),
    "hangs": Hang(5),
}


@pytest.mark.parametrize("provider", ["openai", "vllm", "anthropic"])
@pytest.mark.parametrize("trouble", PASSING.values(), ids=PASSING)
async def test_what_may_pass_is_tried_again(provider: str, trouble: Scripted) -> None:
    retries: Retries = []
    with OpenAIServer(replies=[trouble, Say("There you are.")]) as server:
        reply = await ask(model(server, provider=provider, timeout_s=0.5 if isinstance(trouble, Hang) else 60), retries)
    assert reply.text == "There you are."
    [(attempt, reason, wait_s)] = retries
    assert attempt == 1
    assert reason
    assert "\n" not in reason
    assert 0.01 <= wait_s <= 0.02
    assert len(server.requests) == 2


async def test_after_three_attempts_it_is_over() -> None:
    retries: Retries = []
    words, requests = await failed(*[Fail(503)] * 4, retries=retries)
    assert words.startswith("openai/gpt-4o: no answer after 3 attempts. ")
    assert "scripted failure" in words
    assert words.count("Error:") <= 1
    assert requests == 3
    assert [attempt for attempt, *_ in retries] == [1, 2]
    assert 0.02 <= retries[1][2] <= 0.03


@pytest.mark.parametrize("written", ["0.25", "date"])
async def test_the_service_says_how_long_to_wait(written: str) -> None:
    retries: Retries = []
    after = email.utils.formatdate(time.time() + 2, usegmt=True) if written == "date" else written
    with OpenAIServer(replies=[Fail(429, headers={"retry-after": after}), Say("Now.")]) as server:
        started = time.monotonic()
        await ask(model(server), retries)
    wait_s = retries[0][2]
    assert wait_s == 0.25 if written != "date" else 0 < wait_s <= 2
    assert time.monotonic() - started >= wait_s


@pytest.mark.parametrize(
    ("written", "waited"), [("86400", 0.05), ("inf", 0.05), ("nan", 0), ("-5", 0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0)]
)
async def test_no_service_can_make_it_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch, written: str, waited: float
) -> None:
    monkeypatch.setattr(client, "LONGEST_WAIT_S", 0.05)
    retries: Retries = []
    with OpenAIServer(replies=[Fail(429, headers={"retry-after": written}), Say("Now.")]) as server:
        await ask(model(server), retries)
    assert retries[0][2] == waited


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "scripted failure"),
        (401, "refused the key: check llm_api_key"),
        (402, "has no credit"),
        (403, "may not use this model"),
        (404, "does not know the model or the address"),
        (422, "scripted failure"),
    ],
)
@pytest.mark.parametrize("provider", ["openai", "vllm", "anthropic"])
async def test_what_cannot_pass_fails_at_once(provider: str, status: int, words: str) -> None:
    retries: Retries = []
    said, requests = await failed(Fail(status), retries=retries, provider=provider)
    assert said.startswith(f"{provider}/gpt-4o: ")
    assert words in said
    assert (requests, retries) == (1, [])


@pytest.mark.parametrize("provider", ["openai", "vllm", "anthropic"])
@pytest.mark.parametrize("status", [401, 500])
async def test_the_key_is_in_no_error(provider: str, status: int) -> None:
    retries: Retries = []
    leak = {"error": {"message": f"no such key: {KEY} (sk-secret%2Fwith%2Bodd%3Dsigns)", "type": "x"}}
    words, _ = await failed(*[Fail(status, leak)] * 3, retries=retries, provider=provider)
    assert "no such key: [key] ([key])" in words
    assert "sk-secret" not in f"{words} {retries}"


@pytest.mark.parametrize("provider", ["openai", "vllm", "anthropic"])
async def test_the_key_is_hidden_however_json_spells_it(provider: str) -> None:
    spelt = KEY.replace("/", "\\/").replace("+", "\\u002b")
    words, _ = await failed(Fail(401, b'{"error": {"message": "no such key: %s"}}' % spelt.encode()), provider=provider)
    assert words.endswith("no such key: [key]")


@pytest.mark.parametrize("provider", ["openai", "vllm", "anthropic"])
async def test_a_conversation_that_is_too_long_is_told_in_plain_words(provider: str) -> None:
    service = "prompt is too long: 210000 tokens > 200000 maximum"
    if provider != "anthropic":
        service = "This model's maximum context length is 8192 tokens. However, you asked for 9000."
    body = {"error": {"message": service, "type": "invalid_request_error", "code": "context_length_exceeded"}}
    words, requests = await failed(Fail(400, body), provider=provider)
    plain = "The conversation is longer than the model can read: use another model, or fewer --max-steps."
    assert words == f"{provider}/gpt-4o: {plain} {service}"
    assert requests == 1


@pytest.mark.parametrize("provider", ["openai", "vllm", "anthropic"])
async def test_an_address_with_a_page_behind_it_is_told_as_such(provider: str) -> None:
    words, _ = await failed(*[Fail(200, b"<html>Log in</html>")] * 3, provider=provider)
    assert "The service's answer is not JSON: check llm_api_endpoint." in words


@pytest.mark.parametrize("provider", ["openai", "vllm", "anthropic"])
@pytest.mark.parametrize("status", [401, 429, 500])
async def test_the_service_speaks_without_the_librarys_names_and_braces(provider: str, status: int) -> None:
    words, _ = await failed(*[Fail(status, headers={"retry-after": "0"})] * 3, provider=provider)
    assert words.endswith("scripted failure")
    assert not re.search(r"Error|Exception|[{}]", words)


def finished(reason: str, **message: Any) -> Fail:
    """An answer of OpenAI's protocol that ended for this reason."""
    said = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": None} | message}
    return Fail(200, {"id": "a", "object": "chat.completion", "created": 1, "model": "gpt-4o", "choices": [said]})


@pytest.mark.parametrize("provider", ["openai", "vllm"])
async def test_an_answer_that_was_cut_off_says_where(provider: str) -> None:
    with OpenAIServer([finished("length", content="It is beca"), finished("stop", content="Done.")]) as server:
        cut, whole = [await ask(model(server, provider=provider)) for _ in range(2)]
    assert (cut.text, cut.cut_at) == ("It is beca", 4096)
    assert whole.cut_at is None


async def test_a_refusal_of_openais_is_what_the_model_said() -> None:
    with OpenAIServer([finished("stop", refusal="I cannot help with that.")]) as server:
        reply = await ask(model(server))
    assert reply.text == reply.message["content"] == "I cannot help with that."


@pytest.mark.parametrize("provider", ["openai", "vllm"])
async def test_an_answer_that_the_service_withheld_is_no_answer(provider: str) -> None:
    words, requests = await failed(finished("content_filter"), provider=provider)
    assert words == f"{provider}/gpt-4o: The service withheld the whole answer (content_filter)."
    assert requests == 1


async def test_a_call_can_be_cancelled() -> None:
    retries: Retries = []
    with OpenAIServer(replies=[Hang(30)]) as server:
        asking = asyncio.ensure_future(ask(model(server), retries))
        await asyncio.to_thread(until, lambda: server.requests)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert (len(server.requests), retries) == (1, [])


async def test_an_error_has_no_traceback_of_the_library() -> None:
    words, _ = await failed(*[Say(calls=[("a", "[" * 5_000)])] * 3)
    assert "Traceback" not in words
    assert "Invalid response object" in words


@pytest.mark.parametrize("provider", ["openai", "vllm", "anthropic"])
async def test_a_service_that_is_not_there_is_named_with_its_address_and_the_reason(provider: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        address = f"http://127.0.0.1:{reserved.getsockname()[1]}/v1"
    retries: Retries = []
    with pytest.raises(ModelError) as error:
        await ask(model(f"{address}?key={KEY}", provider=provider), retries)
    reason = f"Connection to {address} failed: Connection refused"
    assert str(error.value) == f"{provider}/gpt-4o: no answer after 3 attempts. {reason}"
    assert {told for _, told, _ in retries} == {reason}


async def test_a_service_that_hangs_up_is_named_too() -> None:
    words, _ = await failed(*[Drop()] * 3)
    assert re.search(r"Connection to http://127\.0\.0\.1:\d+/v1 failed: Response payload is not completed", words)


QUIET = """
import asyncio
from engine.llm.client import Model, ModelError
from engine.llm.config import LLMConfig
from tests.agents.openai_server import Fail, OpenAIServer, Say

TOOL = {"type": "function", "function": {"name": "a", "parameters": {"type": "object", "properties": {}}}}

async def main(provider, name, address):
    config = {"llm_provider": provider, "llm_model": name, "llm_api_key": "k", "llm_api_endpoint": address}
    config["effort"] = "low"
    model = Model(LLMConfig.model_validate(config), first_wait_s=0)
    async def ignore(*_): pass
    for _ in range(3):
        try:
            await model.complete([{"role": "user", "content": "Hello"}], [TOOL], ignore)
        except ModelError:
            pass

for provider, name in (("openai", "gpt-4o"), ("openai", "gpt-5.4"), ("anthropic", "claude-sonnet-4-5"), ("vllm", "m")):
    replies = [Fail(500), Say("Hi", calls=[("a", {})]), Fail(401), Fail(200, b"?"), Fail(429), Fail(400)]
    with OpenAIServer(replies=replies) as server:
        asyncio.run(main(provider, name, server.url))
        assert len(server.requests) == 6
"""


def test_nothing_but_us_writes_to_the_terminal() -> None:
    done = subprocess.run([sys.executable, "-c", QUIET], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
