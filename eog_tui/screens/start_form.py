"""A form that starts runs: its fields are looked at while someone types, and once more before anything starts."""

from __future__ import annotations

from textual import work
from textual.timer import Timer

from eog_tui.screens.background import ScreenResult
from eog_tui.screens.base import EogScreen

_PAUSE_S = 0.15
"""Seconds without a key after which files are read."""


class StartForm(EogScreen[ScreenResult]):
    """The base of Launch and Fork. A subclass says how its fields are read and what is started then."""

    def __init__(self) -> None:
        super().__init__()
        self._later: Timer | None = None
        self._starting = False

    async def read_fields(self) -> None:
        """Read what the fields name, and show what it makes."""
        raise NotImplementedError

    async def start(self) -> None:
        """Look at the fields, and start what they say."""
        raise NotImplementedError

    def look_soon(self) -> None:
        """Look at the fields once nobody types."""
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(_PAUSE_S, self._look_again)

    def _look_again(self) -> None:
        if self._starting:  # which looks for itself; what is typed meanwhile is for the next time
            self.look_soon()
        else:
            self.look()

    @work(exclusive=True, group="look")
    async def look(self) -> None:
        """Look at the fields; a look that is under way is given up for it."""
        await self.read_fields()

    async def look_now(self) -> None:
        """Look at the fields in the caller's own worker: what was typed a moment ago may not have been looked at."""
        if self._later is not None:
            self._later.stop()
        self.workers.cancel_group(self, "look")
        await self.read_fields()

    @work(group="start")
    async def action_start(self) -> None:
        """Start what the fields say."""
        if self._starting:
            return
        self._starting = True
        try:
            await self.start()
        finally:
            self._starting = False
