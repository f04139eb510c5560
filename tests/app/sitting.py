"""A person at the Workbench: real runs of the engine, and hands that press keys."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import TextArea

from engine.runs.engine import Engine
from engine.runs.orders import Call, Come, WriteNote
from engine.runs.spec import Launch
from engine.trajectory.events import Event
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.runs import RunsScreen
from eog_tui.screens.workbench import WorkbenchScreen
from eog_tui.screens.workbench_dialogs import ToolScreen
from eog_tui.screens.workbench_panes import CallPane, history_cells
from eog_tui.widgets.call_line import CallLine
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.result_view import ResultView
from eog_tui.widgets.tool_form import ToolForm

SILENT = "builtin:itsm/silent-planner-on-hold"
LEAVER = "builtin:itsm/assign-to-leaver"

_KEYS = {
    " ": "space",
    "_": "underscore",
    "-": "minus",
    "=": "equals_sign",
    ".": "full_stop",
    ",": "comma",
    ":": "colon",
    "@": "at",
    '"': "quotation_mark",
    "'": "apostrophe",
    ";": "semicolon",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
}


class Person:
    """Someone at the keys."""

    def __init__(self, app: EogApp, pilot: Pilot[Any], store: Store) -> None:
        self.app, self.pilot, self.store = app, pilot, store
        self.press = pilot.press

    async def until(self, seen: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until something is to be seen."""
        end = monotonic() + seconds
        while not seen():
            assert monotonic() < end, "it never came"
            await self.pilot.pause(0.02)

    async def type(self, text: str) -> None:
        """Press a key a letter."""
        await self.pilot.press(*(_KEYS.get(letter, letter) for letter in text))

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    @property
    def bench(self) -> WorkbenchScreen:
        return next(screen for screen in reversed(self.app.screen_stack) if isinstance(screen, WorkbenchScreen))

    @property
    def form(self) -> ToolForm:
        return self.bench.query_one(ToolForm)

    @property
    def line(self) -> CallLine:
        return self.bench.query_one(CallLine)

    @property
    def result(self) -> str:
        return self.bench.query_one(ResultView)._text

    @property
    def history(self) -> list[list[str]]:
        """What the history says, a list of cells a line."""
        return [[cell.text for cell in history_cells(head)] for head in self.bench._desk.heads]

    def said(self, where: str = "head") -> str:
        """A line of the Workbench, its right end included."""
        lines = self.bench.query_one(f"#{where}", PieceLines)
        return "".join(strip.text for strip in (lines.render_line(y) for y in range(max(lines.size.height, 1))))

    @property
    def drawn(self) -> str:
        """All that stands on the screen."""
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())

    @property
    def toasts(self) -> str:
        return " ".join(str(toast.message) for toast in self.app._notifications)

    async def seated(self) -> None:
        """Wait until the clock runs."""
        await self.until(lambda: isinstance(self.screen, WorkbenchScreen))
        await self.until(lambda: self.bench._came and self.bench._desk and self.bench._desk.attended.present)
        await self.pilot.pause()

    async def choose(self, tool: str) -> None:
        """Find a tool with the palette."""
        await self.press("t")
        await self.until(lambda: isinstance(self.screen, ToolScreen))
        await self.type(tool)
        await self.press("enter")
        await self.until(lambda: self.form.tool is not None and self.form.tool.name == tool)
        await self.until(lambda: not self.form.filling.fields or self.form.has_focus_within)

    async def fill(self, values: Mapping[str, str]) -> None:
        """Go to fields with Tab, and type."""
        for name, text in values.items():
            places = [spec.name for spec in self.form.filling.fields]
            while self.form.field.name != name:
                ahead = places.index(name) > places.index(self.form.field.name)
                await self.press("escape" if self.form._editor.proposing else "tab" if ahead else "shift+tab")
            await self.type(text)

    async def send(self) -> None:
        """Send, and wait for the result."""
        before = self.store.run(self.bench.run_id).steps
        await self.press("ctrl+j")
        await self.until(lambda: self.bench.query_one(CallPane).step == before)
        await self.pilot.pause()

    async def call(self, tool: str, **values: str) -> None:
        """A whole call by the form."""
        await self.choose(tool)
        await self.fill(values)
        await self.send()

    async def call_by_line(self, text: str) -> None:
        """A whole call by the line; leaves the line again."""
        before = self.store.run(self.bench.run_id).steps
        if not self.bench.has_class("-lines"):
            await self.press("semicolon")
        await self.until(lambda: self.line.has_focus_within)
        await self.type(text)
        await self.press("enter")
        await self.until(lambda: self.bench.query_one(CallPane).step == before)
        await self.pilot.pause()
        assert self.line.has_focus_within
        await self.press("escape")

    async def write(self, key: str, words: str) -> None:
        """Fill in one of the dialogs for words, and send it."""
        await self.press(key)
        await self.until(lambda: isinstance(self.screen.focused, TextArea))
        await self.type(words)
        await self.press("ctrl+j")

    def events(self, kind: type[Event]) -> list[Any]:  # type: ignore[valid-type]
        return [event for event in self.store.history(self.bench.run_id) if isinstance(event, kind)]


@asynccontextmanager
async def at_runs(store: Store, engine: Engine, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Person]:
    """Someone in front of the first screen."""
    app = EogApp(store, engine, start=RunsScreen)
    async with app.run_test(size=size) as pilot:
        yield Person(app, pilot, store)


@asynccontextmanager
async def at_workbench(
    store: Store, engine: Engine, run_id: int, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Person]:
    """Someone who sat down at a run."""
    async with at_runs(store, engine, size) as person:
        await person.app.push_screen(WorkbenchScreen(run_id))
        await person.seated()
        yield person


def begin(engine: Engine, source: str = SILENT, **more: Any) -> int:
    """A person's run that has begun."""
    [run_id] = engine.launch(Launch(sources=(source,), agent="human", **more)).run_ids
    return run_id


# What the pty test and pictures open.


def begun(
    store: Store, engine: Engine, *calls: tuple[str, dict[str, Any]], notes: tuple[str, ...] = (), **more: Any
) -> int:
    """A run in which somebody made some calls already, at a clock that stands."""
    run_id = begin(engine, frozen_clock=True, **more)
    engine.order(run_id, Come(by="ann")).result(20)
    for tool, arguments in calls:
        engine.order(run_id, Call(by="ann", tool=tool, arguments=arguments)).result(20)
    for note in notes:
        engine.order(run_id, WriteNote(by="ann", text=note)).result(20)
    return run_id


def hostile() -> EogApp:
    """A run in which the task and every result is hostile."""
    import json

    from engine.tasks.source import builtin_root
    from tests.app.pty_corpus import HOSTILE

    folder = Path(tempfile.mkdtemp())
    task = json.loads((builtin_root() / "itsm/tasks/silent-planner-on-hold.json").read_text())
    verifiers = [each | {"name": HOSTILE, "description": HOSTILE} for each in task["verifiers"]]
    path = folder / f"{HOSTILE.replace('/', '_').replace(chr(0), '')[:80]}.json"
    path.write_text(
        json.dumps(task | {"user_prompt": HOSTILE, "system_prompt": HOSTILE, "verifiers": verifiers}), "utf-8"
    )
    store = Store.open(folder / "store.db")
    engine = Engine(store)
    run_id = begun(
        store,
        engine,
        ("update_incident", {"incident_id": "INC_022", "worknotes": HOSTILE, "short_description": HOSTILE}),
        ("get_incidents_assigned_to", {"assigned_to": "USER_008"}),
        (HOSTILE, {HOSTILE: HOSTILE}),
        source=str(path),
        seed_root=builtin_root(),
        notes=(HOSTILE,),
        peek=True,
    )
    return EogApp(store, engine, start=lambda: WorkbenchScreen(run_id))
