"""Asking a model through LiteLLM: one call, its retries, and what came back.

LiteLLM takes seconds to import, so that happens with the first call, in a thread. Its own retries, its log
output and its downloads at import are off: what is tried again is recorded, and nothing but us writes to the terminal.
"""

from __future__ import annotations

import asyncio
import email.utils
import functools
import gc
import json
import logging
import os
import random
import re
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from engine.llm.config import LLMConfig
from engine.llm.providers import arguments, marked, may_think
from engine.llm.replies import call_ids, calls, plain
from engine.network import shown_address, why
from engine.trajectory.events import RequestedCall, Usage

OnRetry = Callable[[int, str, float], Awaitable[None]]
"""Told before each wait: number of the failed attempt from 1, reason, seconds until the next."""

GO_ON = {"role": "user", "content": "Go on."}
"""What the user says behind an answer of the model that is to go on, as in a fork: many services refuse a request that
ends with the model's own words."""

LONGEST_WAIT_S = 60.0
"""Longest wait between two attempts, whatever the service asks for."""

_OVERLOADED = "The service is overloaded: lower the concurrency, or try again later."

_WHAT_TO_DO = {
    401: "The service refused the key: check llm_api_key.",
    402: "The account has no credit: top it up, or use another key.",
    403: "The key may not use this model: check llm_api_key and llm_model.",
    404: "The service does not know the model or the address: check llm_model and llm_api_endpoint.",
    408: "No answer in time: check llm_api_endpoint, or try again later.",
    429: "The service is over its limit: lower the concurrency, or check the account's quota.",
    503: _OVERLOADED,
    529: _OVERLOADED,
}

_ITS_NAMES = re.compile(r"^\s*(?:\w+(?:Error|Exception)(?:: | - | (?=\w+Error - )))+")
"""What LiteLLM puts before the words of a service."""

_TOO_LONG = "The conversation is longer than the model can read: use another model, or fewer --max-steps."

_NO_JSON = "The service's answer is not JSON: check llm_api_endpoint."


class ModelError(Exception):
    """A model cannot be asked; the text says why and what a person can do, and never contains the key."""


class _UnreadableError(Exception):
    """The service answered, but not with an answer of a model."""

    status_code = 502


class _WithheldError(Exception):
    """The service made an answer and gave nothing of it; asked again, it would not either."""


@dataclass(frozen=True)
class Reply:
    """What a model answered."""

    text: str
    calls: tuple[RequestedCall, ...]
    message: Mapping[str, Any]
    """The answer as it goes back to the model in the next request, with what providers hide in it (thinking,
    signatures)."""
    usage: Usage
    model: str
    duration_s: float
    """Seconds that the successful attempt took."""
    cut_at: int | None = None
    """The ``max_tokens`` at which the service cut the answer off; None when it is whole."""


class Model:
    """A configured model. It keeps no conversation and can serve many runs at once."""

    def __init__(
        self,
        config: LLMConfig,
        *,
        attempts: int = 3,
        first_wait_s: float = 1.0,
        timeout_s: float = 600.0,
    ) -> None:
        self.name = config.name
        self._attempts = attempts
        self._first_wait_s = first_wait_s
        self._where = shown_address(config.llm_api_endpoint) or "the service"
        self._config = config
        self._unthinking = config.model_copy(update={"effort": None})
        self._settings = {
            "timeout": timeout_s,
            "drop_params": True,  # temperature with a model that has none, and the like
            "num_retries": 0,
            "max_retries": 0,
        }
        key = config.llm_api_key.get_secret_value()
        # A placeholder like "x" is no secret, and taking it out would mangle every text.
        self._secrets = {key, quote(key, safe="")} if len(key) > 3 else set()

    async def complete(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        on_retry: OnRetry,
    ) -> Reply:
        """Ask for the next answer.

        Args:
            messages: the conversation so far, as OpenAI's protocol has it.
            tools: what ``schemas.function`` makes of the offered tools.
            on_retry: awaited after each failed attempt that is tried again.

        Raises:
            ModelError: the service refused, or no attempt succeeded.
        """
        litellm = await asyncio.to_thread(_litellm)
        if messages and messages[-1]["role"] == "assistant":
            messages = [*messages, GO_ON]
        config = self._config if may_think(self._config, messages) else self._unthinking
        settings = arguments(config) | self._settings
        attempt = 0
        while True:
            attempt += 1
            started = time.perf_counter()
            try:
                response = await litellm.acompletion(messages=messages, tools=tools or None, **settings)
            except Exception as error:  # LiteLLM lets much through of what providers' clients raise
                failure = error
            else:
                if response.choices:
                    reply = self._reply(response, call_ids(messages), time.perf_counter() - started)
                    if reply.text or reply.calls or response.choices[0].finish_reason != "content_filter":
                        return reply
                    failure = _WithheldError("The service withheld the whole answer (content_filter).")
                else:
                    failure = _UnreadableError("The service's answer holds no message.")
            reason = self._words(failure)
            if not _passing(failure):
                raise ModelError(f"{self.name}: {reason}")
            if attempt == self._attempts:
                raise ModelError(f"{self.name}: no answer after {attempt} attempts. {reason}")
            wait_s = _retry_after(failure)
            if wait_s is None:
                wait_s = self._first_wait_s * (2 ** (attempt - 1) + random.random())  # noqa: S311
            wait_s = min(wait_s, LONGEST_WAIT_S)
            await on_retry(attempt, reason, wait_s)
            await asyncio.sleep(wait_s)

    def _reply(self, response: Any, taken: set[str], duration_s: float) -> Reply:
        message = marked(self._config, plain(response.choices[0].message, taken))
        usage = getattr(response, "usage", None)
        return Reply(
            text=message["content"] or "",
            calls=calls(message),
            message=message,
            usage=Usage(
                tokens_in=getattr(usage, "prompt_tokens", None) or 0,
                tokens_out=getattr(usage, "completion_tokens", None) or 0,
                cost_usd=response._hidden_params.get("response_cost"),  # where LiteLLM documents it
            ),
            model=self.name,
            duration_s=duration_s,
            cut_at=self._config.max_tokens if response.choices[0].finish_reason == "length" else None,
        )

    def _words(self, error: Exception) -> str:
        """Why it failed, in one line, without tracebacks and without the key."""
        lost = _lost_connection(error)
        text = f"Connection to {self._where} failed: {lost}" if lost else str(error)
        text = text.partition("Traceback (most recent call last)")[0]
        text = re.sub(r"litellm\.|Handle with `\S+`\.?", "", text)
        text = _ITS_NAMES.sub("", text)
        text = " ".join(_message(text).split())
        for secret in self._secrets:  # at last: JSON may spell it in another way
            text = text.replace(secret, "[key]")
        return " ".join(filter(None, [_what_to_do(error), text[:600] or type(error).__name__]))


@functools.cache
def _litellm() -> Any:
    """LiteLLM, made quiet and kept from calling home at import."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")  # in DEV it reads .env files from anywhere above it
    # A service's answer that is not quite OpenAI's is read all the same; nobody needs a warning across the screen.
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings", category=UserWarning)
    import litellm

    litellm.suppress_debug_info = True
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    # 300,000 objects that stay to the end: each full collection would look at all of them again, for 200 ms in which
    # no thread draws or answers.
    gc.freeze()
    return litellm


def _message(text: str) -> str:
    """What a service says in the JSON of its error; other texts as they are."""
    try:
        body = json.loads(text.strip().removesuffix("."))  # LiteLLM ends some with a full stop
    except (ValueError, RecursionError):
        return text
    said = body.get("error", body) if isinstance(body, dict) else None
    message = said.get("message") if isinstance(said, dict) else said
    return message if isinstance(message, str) and message else text


def _what_to_do(error: Exception) -> str | None:
    """What a person can do about a failed call."""
    if type(error).__name__ == "ContextWindowExceededError":  # LiteLLM's, which is loaded late
        return _TOO_LONG
    garbled = any(isinstance(each, json.JSONDecodeError) for each in _causes(error))
    return _WHAT_TO_DO.get(getattr(error, "status_code", None) or 0) or (_NO_JSON if garbled else None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what caused it, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _passing(failure: Exception) -> bool:
    """Whether it may pass: rate limits, time-outs, a service in trouble, a success that was garbage."""
    status = getattr(failure, "status_code", None)
    return status is not None and (status < 300 or status in (408, 409, 429) or status >= 500)


def _lost_connection(failure: Exception) -> str | None:
    """Why no answer came over the network; LiteLLM says "Connection error" and hides the rest in its causes."""
    import aiohttp  # LiteLLM has loaded it by now

    reason = None
    for error in _causes(failure):
        if isinstance(error, OSError):
            reason = why(error)
        elif isinstance(error, aiohttp.ClientError) and not isinstance(error, aiohttp.ClientResponseError):
            reason = str(error)
    return reason


def _retry_after(error: Exception) -> float | None:
    """Seconds that the service asked to wait, given as a number or as a date."""
    headers = getattr(error, "litellm_response_headers", None) or {}
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))  # in this order "nan" gives 0
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
