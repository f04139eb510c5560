"""A model service on a free local port: OpenAI's (both), Anthropic's and Google's protocols, answers from a script.

    with OpenAIServer(replies=[Say(calls=[("get_user", {"user_id": "USER_001"})]), Say("Done.")]) as server:
        ...  # an OpenAI client with base URL server.url, or an Anthropic client with server.root
        server.requests[0].body["messages"]

``replies`` is a list, played in order, or a function of the request's messages, so that anything can play the
model; ``playing`` makes one from a list of calls. A list that has run dry answers with status 400, which no client
tries again.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route


@dataclass(frozen=True)
class Say:
    """The model answers: text, tool calls, or both."""

    text: str = ""
    calls: Sequence[tuple[str, Mapping[str, Any] | str]] = ()
    """Tool and arguments; arguments as text are sent as they are, so they need not be JSON."""
    ids: Sequence[str] | None = None
    """Ids of the calls; by default they differ."""
    tokens: tuple[int, int] = (100, 10)
    """Tokens in and out."""


@dataclass(frozen=True)
class Fail:
    """The service answers with an error, or with a body that is not what it should be."""

    status: int = 500
    body: Any = field(default_factory=lambda: {"error": {"message": "scripted failure", "type": "server_error"}})
    """Sent as JSON, unless it is bytes."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drop:
    """The connection breaks in the middle of the answer."""


@dataclass(frozen=True)
class Hang:
    """Nothing comes for a while, and then an answer nobody waits for."""

    seconds: float


@dataclass(frozen=True)
class Wait:
    """The model thinks until it may answer; each answer uses up one permission."""

    may: threading.Semaphore
    then: Say


Reply = Say | Fail | Drop | Hang | Wait
Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: dict[str, Any]


class OpenAIServer:
    """Serves while its ``with`` block runs, in a thread with an event loop of its own."""

    def __init__(self, replies: Sequence[Reply] | Callable[[Messages], Reply]) -> None:
        self._reply = replies if callable(replies) else _in_order(replies)
        self.requests: list[Received] = []
        self.given_up = 0
        """Requests whose client went away before it had an answer."""
        # With its protocol named, or asyncio leaves TCP_NODELAY off and every answer comes 40 ms late.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen()
        app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["POST"])])
        config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def root(self) -> str:
        """Address without a path, as Anthropic and Azure clients want it."""
        host, port = self._socket.getsockname()
        return f"http://{host}:{port}"

    @property
    def url(self) -> str:
        """Base address for OpenAI clients."""
        return f"{self.root}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    async def _answer(self, request: Request) -> Response:
        path, body = request.url.path, await request.json()
        self.requests.append(Received(path, dict(request.query_params), dict(request.headers), body))
        conversation, write = _protocol(path)
        match self._reply(body[conversation]):
            case Say() as say:
                return _json(write(say, body.get("model"), len(self.requests)))
            case Fail(status, bytes() as raw, headers):
                return Response(raw, status, headers, media_type="application/json")
            case Fail(status, error, headers):
                return _json(error, status, headers)
            case Drop():
                return StreamingResponse(_broken(), headers={"content-length": "1000"})
            case Hang(seconds):
                deadline = time.monotonic() + seconds
                await self._think(request, lambda: time.monotonic() >= deadline)
                return Response(status_code=204)
            case Wait(may, say):
                if await self._think(request, lambda: may.acquire(blocking=False)):
                    return _json(write(say, body.get("model"), len(self.requests)))
                return Response(status_code=204)

    async def _think(self, request: Request, done: Callable[[], bool]) -> bool:
        """Whether the client is still there when it is done."""
        while True:
            if await request.is_disconnected():
                self.given_up += 1
                return False
            if done():
                return True
            await asyncio.sleep(0.01)


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    # Not JSONResponse: that refuses the lone surrogates that a real service can send.
    return Response(json.dumps(content), status, headers, media_type="application/json")


def playing(calls: Sequence[tuple[str, Mapping[str, Any]]], answer: str) -> Callable[[Messages], Say]:
    """A model of OpenAI's protocol that makes the calls one by one and then answers, for any number of runs at once."""

    def reply(messages: Messages) -> Say:
        done = sum(message["role"] == "tool" for message in messages)
        return Say(calls=[calls[done]]) if done < len(calls) else Say(answer)

    return reply


def _in_order(replies: Sequence[Reply]) -> Callable[[Messages], Reply]:
    remaining = iter(replies)
    dry = Fail(400, {"error": {"message": "the script has no more replies", "type": "invalid_request_error"}})
    return lambda _messages: next(remaining, dry)


async def _broken() -> Any:
    yield b'{"id": "cut'
    raise ConnectionAbortedError


def _protocol(path: str) -> tuple[str, Callable[[Say, str | None, int], dict[str, Any]]]:
    """The field that holds a request's messages, and what writes the answer."""
    if path.endswith("/responses"):
        return "input", _responses
    if path.endswith("/messages"):
        return "messages", _anthropic
    if path.endswith(":generateContent"):
        return "contents", _google
    return "messages", _openai


def _calls(say: Say, number: int) -> list[tuple[str, str, Mapping[str, Any] | str]]:
    ids = say.ids or [f"call_{number}_{index}" for index in range(len(say.calls))]
    return [(call_id, tool, arguments) for call_id, (tool, arguments) in zip(ids, say.calls, strict=True)]


def _openai(say: Say, model: str | None, number: int) -> dict[str, Any]:
    calls = [
        {
            "id": call_id,
            "type": "function",
            "function": {"name": tool, "arguments": raw if isinstance(raw, str) else json.dumps(raw)},
        }
        for call_id, tool, raw in _calls(say, number)
    ]
    message = {"role": "assistant", "content": say.text or None} | ({"tool_calls": calls} if calls else {})
    tokens_in, tokens_out = say.tokens
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_767_225_600,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}],
        "usage": {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        },
    }


def _responses(say: Say, model: str | None, number: int) -> dict[str, Any]:
    text = {"type": "output_text", "text": say.text, "annotations": []}
    said = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [text]}
    calls = [
        {
            "type": "function_call",
            "id": f"fc_{call_id}",
            "call_id": call_id,
            "name": tool,
            "arguments": raw if isinstance(raw, str) else json.dumps(raw),
            "status": "completed",
        }
        for call_id, tool, raw in _calls(say, number)
    ]
    tokens_in, tokens_out = say.tokens
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 1_767_225_600,
        "model": model,
        "status": "completed",
        "output": [*([said] if say.text else []), *calls],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {"input_tokens": tokens_in, "output_tokens": tokens_out, "total_tokens": tokens_in + tokens_out},
    }


def _anthropic(say: Say, model: str | None, number: int) -> dict[str, Any]:
    text = [{"type": "text", "text": say.text}] if say.text else []
    calls = [
        {"type": "tool_use", "id": call_id, "name": tool, "input": arguments}
        for call_id, tool, arguments in _calls(say, number)
    ]
    tokens_in, tokens_out = say.tokens
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [*text, *calls],
        "stop_reason": "tool_use" if calls else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": tokens_in, "output_tokens": tokens_out},
    }


def _google(say: Say, _model: str | None, number: int) -> dict[str, Any]:
    text = [{"text": say.text}] if say.text else []
    calls = [{"functionCall": {"name": tool, "args": raw}} for _, tool, raw in _calls(say, number)]
    tokens_in, tokens_out = say.tokens
    return {
        "candidates": [{"index": 0, "content": {"role": "model", "parts": [*text, *calls]}, "finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": tokens_in,
            "candidatesTokenCount": tokens_out,
            "totalTokenCount": tokens_in + tokens_out,
        },
    }
