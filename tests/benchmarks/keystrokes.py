"""Measures what a key costs, from the terminal's bytes to all that they bring being drawn."""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import Any, NamedTuple

from textual.events import Key
from textual.pilot import Pilot

FRAME_MS = 16.0
SIZE = (160, 48)
SETTLED_SECONDS = 0.12
"""How long a key and what it brings may take to be drawn, several frames."""

_NAMES = {"_": "underscore", "=": "equals_sign"}


class KeyCost(NamedTuple):
    """CPU milliseconds of the whole process for a key."""

    typical: float
    """Of the middle letter of a word."""
    dearest: float
    """Of its dearest letter."""

    def __str__(self) -> str:
        return f"{self.typical:.1f} ms, the dearest letter of a word {self.dearest:.1f} ms"


async def key_cost(pilot: Pilot[Any], word: str, *, then: tuple[str, ...] = (), rounds: int = 6) -> KeyCost:
    """What the letters of a word cost, each in its quietest round: neighbours on the machine only add to it.

    Keys come as the terminal brings them: a key press of the Pilot wakes every widget of the screen, which costs
    milliseconds that no person pays. The word is taken back after each round with Backspace, and ``then`` is pressed.
    """
    quietest = [float("inf")] * len(word)
    for _ in range(rounds + 1):  # the first one warms up, and only adds
        for place, letter in enumerate(word):
            await pilot.pause()
            start = time.process_time()
            await _from_terminal(pilot, letter)
            quietest[place] = min(quietest[place], (time.process_time() - start) * 1_000)
        await pilot.press(*["backspace"] * len(word), *then)
    return KeyCost(median(quietest), max(quietest))


async def _from_terminal(pilot: Pilot[Any], letter: str) -> None:
    key = Key(_NAMES.get(letter, letter), letter)
    key.set_sender(pilot.app)
    assert pilot.app._driver is not None
    pilot.app._driver.send_message(key)
    await asyncio.sleep(SETTLED_SECONDS)
