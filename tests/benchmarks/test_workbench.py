"""What a key costs in the whole Workbench: less than a frame, with 93 tools offered and 500 values seen.

``pytest -n 0 tests/benchmarks/test_workbench.py -s`` prints the figures.
"""

from __future__ import annotations

import json
from pathlib import Path

from engine.runs.engine import Engine
from engine.tasks.source import builtin_root
from engine.trajectory.store import Store
from eog_tui.screens.workbench_dialogs import ToolScreen
from tests.app.sitting import at_workbench, begin
from tests.benchmarks.keystrokes import FRAME_MS, SIZE, key_cost
from tests.benchmarks.test_typing import crowd


async def test_typing_in_the_form_in_the_line_and_in_the_palette_stays_in_one_frame(tmp_path: Path) -> None:
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
            form = await key_cost(person.pilot, "INC_4")
            while person.form.has_focus_within:
                await person.press("escape")
            await person.press("semicolon")
            await person.until(lambda: person.line.has_focus_within)
            line = await key_cost(person.pilot, "get_u")
            while person.line.has_focus_within:
                await person.press("escape")
            await person.press("t")
            await person.until(lambda: isinstance(person.screen, ToolScreen))
            palette = await key_cost(person.pilot, "knowledge")
    print(f"\na key in the form costs {form}\na key in the line {line}\na key in the palette {palette}")
    assert max(form.dearest, line.dearest, palette.dearest) < FRAME_MS
