"""Threads for a loop in which models are asked: what they made for somebody who is gone is put away in silence.

LiteLLM prepares each request in a thread of the loop's executor, which gives a coroutine to await. A run that is
stopped in that moment never does, and Python says so on the terminal, across whatever is drawn there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


class ModelThreads(ThreadPoolExecutor):
    """An executor whose results may be coroutines that nobody comes to await."""

    def submit(self, call: Callable[..., Result], /, *args: Any, **named: Any) -> Future[Result]:
        """Do something in a thread."""
        return super().submit(_prepared, call, *args, **named)


def _prepared(call: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
    made = call(*args, **named)
    return _Prepared(made) if inspect.iscoroutine(made) else made


class _Prepared(Coroutine[Any, Any, Any]):
    """A coroutine that is closed when it is dropped before it began."""

    def __init__(self, inner: Coroutine[Any, Any, Any]) -> None:
        self._inner = inner

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()

    def send(self, value: Any) -> Any:
        """Go on."""
        return self._inner.send(value)

    def throw(self, *error: Any) -> Any:
        """Go on with an error."""
        return self._inner.throw(*error)

    def close(self) -> None:
        """Give it up."""
        self._inner.close()

    def __del__(self) -> None:
        if inspect.getcoroutinestate(self._inner) == inspect.CORO_CREATED:
            self._inner.close()
