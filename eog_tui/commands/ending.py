"""Signals while runs live: the first ends the command in order, so that nothing stays on servers; the next at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from eog_tui.commands.output import say

if TYPE_CHECKING:
    from engine.runs.engine import Engine
    from engine.trajectory.store import Store
    from eog_tui.app import EogApp

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Ctrl-C, a polite ``kill``, and a terminal that went away."""


class Ending:
    """What was asked for so far."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        """Numbers of the signals, in order."""
        self.leave: Callable[[], None] | None = None
        """What the first one does instead of raising KeyboardInterrupt."""
        self._terminal = [number for number in range(3) if os.isatty(number)]

    @property
    def code(self) -> int:
        """The exit code that shells expect of a command that a signal ended."""
        return 128 + (self.heard[0] if self.heard else signal.SIGINT)

    def hear(self, number: int, _frame: FrameType | None) -> None:
        """A signal came."""
        self.heard.append(number)
        if number == getattr(signal, "SIGHUP", None):
            self._let_go_of_terminal()
        if self.leave is not None and len(self.heard) == 1:
            self.leave()
        else:
            raise KeyboardInterrupt

    def _let_go_of_terminal(self) -> None:
        """It is gone, and whatever is still written there would fail."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in self._terminal:
            os.dup2(nowhere, number)
        os.close(nowhere)


@contextmanager
def ending_in_order(engine: Engine, store: Store) -> Iterator[Ending]:
    """Close the engine behind the block, which stops its runs; a first signal ends the block, a second the process.

    Signals that whoever started us wants ignored (``nohup``) stay ignored.
    """
    ending = Ending()
    here = threading.current_thread() is threading.main_thread()
    mine = [each for each in SIGNALS if here and signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, ending.hear) for each in mine}
    try:
        try:
            yield ending
        except KeyboardInterrupt:
            if len(ending.heard) > 1:
                raise
            say("stopping … (once more ends at once, and may leave databases on servers)", err=True)
        engine.close()
    except KeyboardInterrupt:
        for each in mine:
            signal.signal(each, signal.SIG_IGN)
        _end_at_once(engine, store, ending.code)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def leaving(app: EogApp) -> Callable[[], None]:
    """What leaves the app on a signal, wherever it is."""

    def leave() -> None:
        try:
            # A plain call would wait for the next key: only this wakes the loop.
            asyncio.get_running_loop().call_soon_threadsafe(app.exit)
        except RuntimeError:
            raise KeyboardInterrupt from None

    return leave


def _end_at_once(engine: Engine, store: Store, code: int) -> NoReturn:
    from engine.trajectory.databases import databases_left

    left = databases_left(store, engine.alive())
    for each in left:
        say(f"database {each.database_id} of run {each.run_id} stays behind at {each.where}", err=True)
    if left:
        say("to delete what stays behind: eog-tui gym clean", err=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
