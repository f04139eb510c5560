"""Keys one after the other: each goes to what has the focus once the one before it has done its work.

Textual hands keys out as they come. Those that come together, as over a slow line or from quick fingers, all go to what
had the focus before the first of them: of ``/`` and a word, the word's letters would be commands.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from textual import events
from textual.app import App, ReturnType, ScreenStackError
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea
from textual.worker import WorkerError

DOORS = "doors"
"""Group of the workers that read something and then open a screen, which the keys behind the command are meant for."""
PATIENCE_SECONDS = 1.0
"""How long a key is waited for; what takes longer goes on while the next ones are taken."""


class KeysInOrder(App[ReturnType]):
    """An app in which a key, or text that is pasted, waits until the one before it has moved the focus."""

    def __init__(self) -> None:
        super().__init__()
        self._held: deque[events.Key | events.Paste] = deque()
        self._let_go: events.Event | None = None
        """The one of them that is handed out next."""
        self._waiting: asyncio.Task[None] | None = None
        """For what the latest key does; None while nothing is held up."""
        self._in_sight: Screen[object] | None = None
        """The screen that is known to have taken the focus; what was opened without a key still has to."""

    async def on_event(self, event: events.Event) -> None:
        """Hand it out, or hold it."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._waiting is not None and event is not self._let_go:
            self._held.append(event)
        elif self.screen is not self._in_sight and event is not self._let_go:
            self._held.append(event)
            self._waiting = asyncio.create_task(self._wait(self.screen))
        else:
            told = self.focused
            await super().on_event(event)
            if not isinstance(told, Input | TextArea) or (isinstance(event, events.Key) and not event.is_printable):
                self._waiting = asyncio.create_task(self._wait(told or self.screen))
            else:  # text for a field, which moves no focus
                self._go_on()

    async def _wait(self, told: Widget) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                # A key that a widget has no use for goes up to the app, where it may turn out to be a command; the
                # second time, what the widget told in answer to it has gone up as well.
                for node in 2 * told.ancestors_with_self:
                    await _done(node.call_later)
                for door in [each for each in self.workers if each.group == DOORS]:
                    with suppress(WorkerError):
                        await door.wait()
                if self.screen is not self._in_sight or self.focused is not told:
                    await self._come_into_sight()
        except (TimeoutError, ScreenStackError):
            pass
        finally:
            self._go_on()

    async def _come_into_sight(self) -> None:
        """Wait until the screen that is on top has been drawn once, and has taken the focus."""
        self._in_sight = None
        while self._in_sight is not self.screen:  # what is opened may open another screen
            self._in_sight = self.screen
            await _done(self._in_sight.call_later)
            await _done(self._in_sight.call_after_refresh)
            await _done(self.call_later)

    def _go_on(self) -> None:
        if self._held:
            self._let_go = self._held.popleft()
            self.post_message(self._let_go)
        else:
            self._let_go = self._waiting = None


async def _done(ask: Callable[[Callable[[], object]], bool]) -> None:
    """Wait until a message pump has done what it was given so far."""
    done = asyncio.Event()
    if ask(done.set):
        await done.wait()
