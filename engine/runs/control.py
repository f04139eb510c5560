"""A person's hold on a run: pause, resume, stop."""

from __future__ import annotations

import asyncio


class Control:
    """What was asked of one run. Belongs to the engine's loop; other threads go through the engine."""

    def __init__(self) -> None:
        self._may_go = asyncio.Event()
        self._may_go.set()
        self.by = ""
        """Who asked last."""
        self.stopped = False
        self.task: asyncio.Task[object] | None = None
        """What ``stop`` cancels; None before the run has a task and once its agent is done."""

    @property
    def paused(self) -> bool:
        """Whether the run is to wait before its next call."""
        return not self._may_go.is_set()

    def pause(self, by: str) -> None:
        """Let the run wait before its next model or tool call."""
        self.by = by
        self._may_go.clear()

    def resume(self, by: str) -> None:
        """Let a paused run go on."""
        self.by = by
        self._may_go.set()

    def stop(self, by: str) -> None:
        """End the run now; what it is waiting for is given up. Asking twice is asking once."""
        if not self.stopped:
            self.by = by
            self.stopped = True
            if self.task is not None:
                self.task.cancel()

    async def resumed(self) -> None:
        """Wait until the run may go on."""
        await self._may_go.wait()

    def caught(self) -> None:
        """Say that the run took note of the stop and now ends in its own way: verify, record, clean up."""
        if self.task is not None:
            self.task.uncancel()
