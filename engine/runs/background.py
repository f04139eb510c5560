"""An event loop on a thread of its own, so that nobody who looks on can slow what runs there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from engine.llm.threads import ModelThreads

Result = TypeVar("Result")

LEFTOVER_SECONDS = 2.0
"""How long closing waits for background tasks of libraries that were cancelled."""


class Background:
    """Begun by the first work that is given to it. Every method may be called from any thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        """Whoever begins or ends the thread has it."""

    @property
    def begun(self) -> bool:
        """Whether there is a loop."""
        return self._loop is not None

    def submit(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Run a coroutine there."""
        with self._lock:
            if self._loop is None:
                try:
                    self._begin()
                except BaseException:  # Ctrl-C, most likely: nobody will come to await the work
                    work.close()
                    raise
            assert self._loop is not None
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _begin(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ModelThreads(thread_name_prefix=self._name))
        self._thread = threading.Thread(target=self._loop.run_forever, name=self._name, daemon=True)
        self._thread.start()

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Call a function there, soon; it has to have begun."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(function, *arguments)

    def close(self) -> None:
        """Cancel what is left, and end the thread; new work begins another."""
        with self._lock:
            if self._loop is None or self._thread is None:
                return
            asyncio.run_coroutine_threadsafe(_end_leftovers(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = self._thread = None


async def _end_leftovers() -> None:
    """Cancel what libraries left running on this loop, such as LiteLLM's logging, before it is closed."""
    if leftovers := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in leftovers:
            task.cancel()
        await asyncio.wait(leftovers, timeout=LEFTOVER_SECONDS)
