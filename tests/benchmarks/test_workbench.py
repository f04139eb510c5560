"""What a key costs in the whole Workbench: less than a frame, with 93 tools offered and 500 values seen.

CPU time of the whole process until the key has long been drawn. Keys come as the terminal brings them: a key press of
the Pilot wakes every widget of the screen, which costs milliseconds that no person pays. ``pytest -n 0
tests/benchmarks/test_workbench.py -s`` prints the figures.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from statistics import median

from textual.events import Key

from engine.runs.engine import Engine
from engine.tasks.source import builtin_root
from engine.trajectory.store import Store
from tests.app.sitting import Person, at_workbench, begin
from tests.benchmarks.test_typing import FRAME_MS, SIZE, crowd

SETTLED_SECONDS = 0.12
"""How long a key and what it brings may take to be drawn, several frames."""


async def test_typing_in_the_form_and_in_the_line_stays_in_one_frame(tmp_path: Path) -> None:
    task = json.loads((builtin_root() / "itsm/tasks/silent-planner-on-hold.json").read_text())
    task.pop("selected_tools", None)
    path = tmp_path / "all.json"
    path.write_text(json.dumps(task))
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        run_id = begin(engine, str(path), seed_root=builtin_root())
        async with at_workbench(store, engine, run_id, SIZE) as person:
            assert len(person.bench._desk.tools) == 93
            seen = person.bench._reader.seen
            for name in ("_things", "_nouns", "_of_id", "_by_key", "_in_text"):
                getattr(seen, name).update(getattr(crowd(), name))
            await person.choose("update_incident")
            form = await quietest_ms(person, "INC_4", "form")
            while person.form.has_focus_within:
                await person.press("escape")
            await person.press("semicolon")
            await person.until(lambda: person.line.has_focus_within)
            line = await quietest_ms(person, "get_u", "line")
            assert form < FRAME_MS
            assert line < FRAME_MS


async def quietest_ms(person: Person, word: str, where: str, rounds: int = 6) -> float:
    """CPU milliseconds of a key, the middle one of a word, in the quietest of the rounds: neighbours only add to it."""
    found = []
    for _ in range(rounds):
        spent = []
        for letter in word:
            await person.pilot.pause()
            start = time.process_time()
            await from_terminal(person, letter)
            spent.append((time.process_time() - start) * 1_000)
        await person.press(*["backspace"] * len(word))
        found.append(median(spent))
    print(f"\na key in the {where} costs {min(found):.1f} ms")
    return min(found)


async def from_terminal(person: Person, letter: str) -> None:
    """Press a key, and wait until all that it brings is drawn."""
    key = Key({"_": "underscore"}.get(letter, letter), letter)
    key.set_sender(person.app)
    assert person.app._driver is not None
    person.app._driver.send_message(key)
    await asyncio.sleep(SETTLED_SECONDS)
