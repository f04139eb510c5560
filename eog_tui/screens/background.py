"""What a screen does beside the event loop: calls in threads, and work that lets what is under way finish first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from textual import events, work
from textual.screen import Screen

ScreenResult = TypeVar("ScreenResult")
Result = TypeVar("Result")
P = ParamSpec("P")


class Background(Screen[ScreenResult]):
    """A screen that reads and asks off the event loop; ours all are."""

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name, id, classes)
        self._due: dict[Callable[[], Awaitable[None]], bool] = {}
        """Work that is under way, and whether it was asked for again."""

    async def on_event(self, event: events.Event) -> None:
        """A screen that was left before it came into sight has no widgets, so it is not begun."""
        if not (isinstance(event, events.Mount) and self._pruning):
            await super().on_event(event)

    async def in_thread(self, call: Callable[P, Result], *arguments: P.args, **named: P.kwargs) -> Result:
        """Call in a thread what may take its time, such as the store, and come back with what it returns.

        A worker that comes back to a screen that is being taken down ends here, before it misses its widgets.
        """
        try:
            return await asyncio.to_thread(call, *arguments, **named)
        finally:
            if self._pruning or not (self.is_attached and self.app.is_running):
                raise asyncio.CancelledError

    def in_turn(self, look: Callable[[], Awaitable[None]]) -> None:
        """Look in a worker; asked for again while a look is under way, it is taken once more after that one.

        So there is always news, however long a look takes and however often it is asked for: of looks that cancel
        each other none would come to its end.

        Args:
            look: a method; it reads anew what it depends on each time.
        """
        under_way = look in self._due
        self._due[look] = True
        if not under_way:
            self._take_turns(look)

    def under_way(self, group: str) -> bool:
        """Whether a worker of this screen, of a group, has not ended: who asks again then has the same wish."""
        return any(each.node is self and each.group == group and not each.is_finished for each in self.workers)

    @work(group="turns")
    async def _take_turns(self, look: Callable[[], Awaitable[None]]) -> None:
        try:
            while self._due[look]:
                self._due[look] = False
                await look()
        finally:
            del self._due[look]
