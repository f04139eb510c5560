"""The Launch screen under real keys: real task files, the real engine, the scripted agent."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from engine.gyms.registry import domain
from engine.gyms.server import build_app
from engine.gyms.toolkit import FrozenClock
from engine.runs.engine import Engine
from engine.tasks.source import TaskSet, read_tasks
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.help import HelpScreen
from eog_tui.screens.launch import REMEMBERED, LaunchScreen
from eog_tui.screens.launch_fields import LaunchFields
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.runs import RunsScreen
from eog_tui.settings import recall, remember
from eog_tui.widgets.one_of import OneOf
from eog_tui.widgets.proposing_field import ProposingField
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.text_view import TextView
from tests.app.launching import app_on, lines, picture, settled, shows, toasts, until
from tests.app.test_launch_form import task_json
from tests.gyms.serving import Served

SIZE = (80, 24)
GOLD = {"calls": [{"tool": "get_users", "arguments": {}}], "answer": "Done."}


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in: two good tasks, a refused file, a seed, two LLM configs."""
    work = tmp_path / "work"
    (work / "tasks").mkdir(parents=True)
    for name in ("printer", "router"):
        (work / "tasks" / f"{name}.json").write_text(task_json(user_prompt=f"Look after the {name}."))
        (work / "tasks" / f"{name}.gold.json").write_text(json.dumps(GOLD))
    (work / "tasks" / "broken.json").write_text('{"user_prompt": "no gyms"}')
    (work / "small.sql").write_text("")
    (work / "conf" / "llm").mkdir(parents=True)
    (work / "conf" / "llm" / "local.json").write_text(
        json.dumps({"llm_provider": "vllm", "llm_model": "m", "llm_api_key": "", "llm_api_endpoint": "http://x/v1"})
    )
    (work / "conf" / "llm" / "bad.json").write_text('{"llm_provider": "openai"}')
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        yield engine


@asynccontextmanager
async def opened(
    engine: Engine, size: tuple[int, int] = SIZE, **choices: object
) -> AsyncIterator[tuple[EogApp, Pilot[Any]]]:
    """The app with Launch open, as it remembers these choices."""
    if choices:
        remember(REMEMBERED, choices)
    app = app_on(engine._store, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("r")
        await settled(pilot)
        yield app, pilot


async def test_builtin_tasks_are_ready_to_start(engine: Engine) -> None:
    async with opened(engine) as (app, pilot):
        shown = picture(pilot)
        assert "builtin:itsm" in shown
        assert "✓ ready" in lines(pilot)[0]
        assert "$ eog-tui run builtin:itsm --agent scripted" in shown
        assert app.screen.query_one(RowTable).count >= 8


async def test_enter_starts_and_live_opens_on_the_first_run(engine: Engine, work: Path) -> None:
    async with opened(engine, source="tasks") as (app, pilot):
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, LiveScreen)
        rows = engine._store.runs()
        assert [row.task for row in rows] == ["router", "printer"], "the refused file did not stop the good tasks"
    assert recall(REMEMBERED)["source"] == "tasks"


async def test_keys_mean_the_same_before_the_tasks_are_read(
    engine: Engine, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, may_read = read_tasks, threading.Event()

    def slowly(source: str) -> TaskSet:
        may_read.wait(20)
        return read(source)

    monkeypatch.setattr("eog_tui.screens.launch.read_tasks", slowly)
    remember(REMEMBERED, {"source": "tasks"})
    app = app_on(engine._store, engine, LaunchScreen)
    async with app.run_test(size=SIZE) as pilot:
        try:
            first = app.screen.focused
            await pilot.pause()
            assert first is app.screen.focused is app.screen.query_one("#tasks"), "the first to have it keeps it"
            assert "reading tasks…" in picture(pilot)
            await pilot.press("m")
            assert "No task is selected." in toasts(pilot)
            await pilot.press("?")
            assert isinstance(app.screen, HelpScreen)
            await pilot.press("escape")
        finally:
            may_read.set()
        await settled(pilot)
        assert app.screen.query_one("#source", ProposingField).value == "tasks"
        assert "✓ ready" in lines(pilot)[0]
        assert app.focused is app.screen.query_one("#tasks")


async def test_nothing_but_the_main_pane_ever_has_the_focus_first(
    engine: Engine, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    set_focus = Screen.set_focus

    def noted(self: Screen[Any], widget: Widget | None, *args: Any, **named: Any) -> None:
        if widget is not None and isinstance(self, LaunchScreen | RunsScreen):
            given.append(f"{type(self).__name__} {widget.id}")
        set_focus(self, widget, *args, **named)

    monkeypatch.setattr(Screen, "set_focus", noted)
    async with opened(engine, source="tasks"):
        assert list(dict.fromkeys(given)) == ["RunsScreen runs", "LaunchScreen tasks"]


async def test_the_last_choice_comes_back(engine: Engine, work: Path) -> None:
    async with opened(engine, source="tasks", left_out=["router"], repeat="3", frozen_clock=True) as (_, pilot):
        assert "1 of 2 chosen, 1 refused" in picture(pilot)
        assert "3 runs" in lines(pilot)[0]
        assert "tasks/printer.json --agent scripted --repeat 3 --frozen-clock" in picture(pilot)


async def test_a_missing_seed_is_said_before_the_start(engine: Engine, work: Path) -> None:
    (work / "small.sql").unlink()
    async with opened(engine, source="tasks") as (app, pilot):
        assert "! not yet" in lines(pilot)[0]
        assert "! printer (and 1 more): gym-itsm-mcp: seed small.sql does not exist" in picture(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen.focused is not None
        assert app.screen.focused.id == "seed_root" or app.screen.query_one("#seed_root").has_focus_within
        assert engine._store.runs() == []


async def test_an_empty_list_says_whether_there_is_no_task_or_no_match(engine: Engine, work: Path) -> None:
    async with opened(engine, source="tasks") as (_, pilot):
        await pilot.press("slash", *"zebra")
        await settled(pilot)
        assert "No task matches the filter. Esc clears it." in picture(pilot)
    async with opened(engine, source="conf") as (_, pilot):
        assert "  conf: no task found there: expected JSON files with user_prompt" in picture(pilot)
    async with opened(engine, source="nowhere") as (_, pilot):
        assert "  nowhere: " in picture(pilot)


async def test_what_was_remembered_wrongly_is_forgotten(engine: Engine) -> None:
    async with opened(engine, agent="telepathic") as (_, pilot):
        assert "✓ ready" in lines(pilot)[0]


async def test_tasks_are_taken_out_and_in(engine: Engine, work: Path) -> None:
    async with opened(engine, source="tasks") as (app, pilot):
        assert "2 of 2 chosen" in picture(pilot)
        await pilot.press("m")
        await until(pilot, lambda: " 1 run " in lines(pilot)[0])
        assert "1 of 2 chosen" in picture(pilot)
        assert "· printer" in picture(pilot)
        assert "tasks/router.json" in lines(pilot)[22]
        await pilot.press("M")
        await until(pilot, lambda: " 2 runs " in lines(pilot)[0])
        assert "2 of 2 chosen" in picture(pilot)
        await pilot.press("M")
        await shows(pilot, "! no task is chosen: m takes one in")
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, LaunchScreen)
        assert engine._store.count() == 0


async def test_a_refused_file_says_why(engine: Engine, work: Path) -> None:
    async with opened(engine, size=(160, 48), source="tasks") as (app, pilot):
        await pilot.press("G")
        await settled(pilot)
        assert "! broken.json: " in picture(pilot)
        assert "system_prompt: is missing" in app.screen.query_one(TextView).text
        await pilot.press("m")
        await settled(pilot)
        assert "broken.json is no task" in toasts(pilot)


async def test_filter_by_the_words_of_a_prompt(engine: Engine, work: Path) -> None:
    async with opened(engine, source="tasks") as (app, pilot):
        await pilot.press("/", *"look rout", "enter")
        await settled(pilot)
        assert app.screen.query_one(RowTable).count == 1
        assert "1 of 3 shown" in picture(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert app.screen.query_one(RowTable).count == 3


async def test_a_path_is_completed_and_read(engine: Engine, work: Path) -> None:
    async with opened(engine) as (app, pilot):
        field = app.screen.query_one("#source", ProposingField)
        field.focus()
        await pilot.press("end", *["backspace"] * 12, *"ta")
        await settled(pilot)
        assert field.proposing
        assert "tasks/" in picture(pilot)
        await pilot.press("tab")
        await settled(pilot)
        assert field.value == "tasks/"
        assert "tasks/printer.json" in picture(pilot), "the folder was gone into"
        await pilot.press("escape")
        assert not field.proposing
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, RowTable))
        await shows(pilot, "2 of 2 chosen")


async def test_a_source_that_is_not_there(engine: Engine, work: Path) -> None:
    async with opened(engine, source="nowhere") as (app, pilot):
        assert "! nowhere: no such file or folder" in picture(pilot)
        assert "! not yet" in lines(pilot)[0]
        await pilot.press("enter")
        await settled(pilot)
        field = app.screen.query_one("#source", ProposingField)
        assert app.focused in field.query("*"), "Enter goes to what has to be changed"


async def test_react_takes_a_config_from_the_list(engine: Engine, work: Path) -> None:
    async with opened(engine, size=(160, 48), source="tasks") as (app, pilot):
        app.screen.query_one("#agent", OneOf).focus()
        await pilot.press("right")
        await shows(pilot, "react asks a model: choose its LLM config")
        field = app.screen.query_one("#llm", ProposingField)
        field.focus()
        await pilot.press("down")
        await until(pilot, lambda: field.proposing and "conf/llm/bad.json" in picture(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "llm_model: is missing" in picture(pilot).replace("\n ", " "))
        field.value = ""
        await pilot.press("down")
        await until(pilot, lambda: field.proposing and "conf/llm/local.json" in picture(pilot))
        await pilot.press("down", "down", "enter")
        await shows(pilot, "--agent react --llm conf/llm/local.json")
        await until(pilot, lambda: "✓ ready" in lines(pilot)[0])
        await shows(pilot, "vllm/m")


async def test_a_task_without_gold_calls_is_named(engine: Engine, work: Path) -> None:
    (work / "tasks" / "router.gold.json").unlink()
    async with opened(engine, source="tasks") as (_, pilot):
        assert "! router has no gold list beside the task" in picture(pilot)


async def test_what_only_the_start_can_find_is_said_on_the_form(engine: Engine, work: Path) -> None:
    (work / "small.sql").unlink()
    async with opened(engine, source="tasks") as (app, pilot):
        await pilot.press("ctrl+j")
        await settled(pilot)
        assert isinstance(app.screen, LaunchScreen)
        assert "seed small.sql does not exist below" in picture(pilot)


async def test_a_seed_root_helps(engine: Engine, work: Path) -> None:
    (work / "seeds").mkdir()
    (work / "small.sql").rename(work / "seeds" / "small.sql")
    async with opened(engine, source="tasks", seed_root="seeds") as (app, pilot):
        await pilot.press("ctrl+j")
        await settled(pilot)
        assert isinstance(app.screen, LiveScreen)


async def test_more_unfolds_and_a_wrong_number_unfolds_it_by_itself(engine: Engine) -> None:
    async with opened(engine) as (app, pilot):
        assert "▸ more · 50 steps · no pause · running clock" in picture(pilot)
        app.screen.query_one("#more").focus()
        await pilot.press("enter")
        await settled(pilot)
        assert "model calls, pause" in picture(pilot)
        app.screen.query_one("#pause_s").focus()
        await pilot.press("end", "backspace", *"1.5")
        await shows(pilot, "--pause 1.5")
        app.screen.query_one("#more").focus()
        await pilot.press("enter")
        assert not app.screen.query_one(LaunchFields).has_class("-open")
    async with opened(engine, max_steps="0") as (app, pilot):
        assert "! needs a whole number from 1 on, not 0" in picture(pilot)
        assert app.screen.query_one(LaunchFields).has_class("-open")


async def test_y_copies_the_command(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(EogApp, "copy", lambda self, text: copied.append(text))
    async with opened(engine) as (_, pilot):
        await pilot.press("y")
    assert copied == ["eog-tui run builtin:itsm --agent scripted"]


async def test_the_pager_gets_the_task_unfolded(engine: Engine, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paged: list[str] = []
    monkeypatch.setattr(EogApp, "page", lambda self, text: paged.append(text))
    async with opened(engine, source="tasks") as (_, pilot):
        await pilot.press("o")
    assert paged[0].startswith("Look after the printer.")
    assert "… +" not in paged[0]


@pytest.fixture
def served() -> Iterator[Served]:
    """An ITSM gym over HTTP, as ``eog-tui gym serve itsm`` makes it."""
    served = Served(build_app(domain("itsm"), clock=FrozenClock))
    yield served
    served.stop()


async def press_until(pilot: Pilot[Any], seen: Callable[[], object], *keys: str) -> None:
    """Press keys, if any, again and again until something is to be seen."""
    end = monotonic() + 20
    while not seen():
        assert monotonic() < end, picture(pilot)
        await pilot.press(*keys)
        await pilot.pause(0.02)


async def test_runs_in_gyms_of_a_server_are_launched_watched_and_replayed(
    engine: Engine, work: Path, served: Served
) -> None:
    (work / "conf" / "domains.json").write_text(json.dumps({"itsm": {"url": served.url}}))
    async with opened(engine, size=(110, 30), source="builtin:itsm/printer-impact-and-sla") as (app, pilot):
        assert "gyms in this process" in lines(pilot)[0]
        assert "● default" in picture(pilot)

        await press_until(pilot, lambda: app.focused is app.screen.query_one("#gyms"), "shift+tab")
        await pilot.press("right", "right")
        await press_until(pilot, lambda: f"1 run  gyms at {served.url}" in lines(pilot)[0])
        assert "nothing listens" not in picture(pilot)
        assert "● remote" in picture(pilot)
        assert "--gyms remote" in picture(pilot)
        await pilot.press("ctrl+j")

        await press_until(pilot, lambda: isinstance(app.screen, LiveScreen))
        await press_until(pilot, lambda: f"scripted · remote at {served.url}" in picture(pilot))
        await press_until(pilot, lambda: "✓ pass" in lines(pilot)[0])
        [row] = engine._store.runs()
        assert (row.status, row.gyms) == ("passed", "remote")
        assert (len(served.seeded), served.databases) == (1, 0)

        await pilot.press("escape")
        await press_until(pilot, lambda: f"scripted · remote at {served.url}" in picture(pilot))
        await pilot.press("enter")
        await press_until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await press_until(pilot, lambda: f"scripted · remote at {served.url}" in lines(pilot)[1])
        await pilot.press("home")
        await press_until(pilot, lambda: f"gym gym-itsm-mcp · {served.url}" in picture(pilot))
    assert recall(REMEMBERED)["gyms"] == "remote"


async def test_a_bad_domains_file_is_said_and_its_row_marked(engine: Engine, work: Path) -> None:
    (work / "conf" / "domains.json").write_text('{"itsm": {"gyms": "moon"}}')
    async with opened(engine, source="tasks") as (app, pilot):
        assert "! conf/domains.json: itsm.gyms" in picture(pilot)
        assert "! not yet" in lines(pilot)[0]
        assert app.screen.query_one(".row-gyms").has_class("-bad")
        await pilot.press("enter")
        await settled(pilot)
        assert app.focused is app.screen.query_one("#gyms", OneOf)
        assert engine._store.count() == 0


async def test_a_server_that_is_not_there_ends_the_run_with_its_address(engine: Engine, work: Path) -> None:
    (work / "conf" / "domains.json").write_text('{"itsm": {"gyms": "remote", "url": "http://127.0.0.1:9"}}')
    async with opened(engine, source="tasks") as (app, pilot):
        assert "gyms at http://127.0.0.1:9" in lines(pilot)[0]
        await press_until(pilot, lambda: "! nothing listens at http://127.0.0.1:9: Connection ref" in picture(pilot))
        assert "✓ ready" in lines(pilot)[0]  # which keeps nobody from starting
        await pilot.press("enter")
        await press_until(pilot, lambda: isinstance(app.screen, LiveScreen))
        await press_until(pilot, lambda: "! error" in lines(pilot)[0])
        assert "http://127.0.0.1:9/api/seed-database cannot be reached" in " ".join(picture(pilot).split())
