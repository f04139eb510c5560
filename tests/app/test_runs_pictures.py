"""Pictures of the Runs and Launch screens in each state, at the two sizes that they are made for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.runs.engine import Engine
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.runs import RunsScreen
from tests.app.launching import app_on, settled, stop_clocks
from tests.app.recorded import record_story

SIZES = {"80x24": (80, 24), "160x48": (160, 48)}

Compare = Callable[..., bool]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("TZ", "UTC")
    stop_clocks(monkeypatch)
    with Store.open(tmp_path / "store.db") as store:
        yield store


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return SIZES[request.param]


def after(*keys: str) -> Callable[[Any], Any]:
    """Press keys, then wait until everything is there."""

    async def run(pilot: Any) -> None:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)

    return run


def test_runs(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    record_story(store)
    assert snap_compare(app_on(store), terminal_size=size, run_before=after("j", "j", "j"))


def test_runs_filtered(store: Store, snap_compare: Compare) -> None:
    record_story(store)
    assert snap_compare(app_on(store), terminal_size=(80, 24), run_before=after("/", *"status:f"))


def test_runs_with_a_wrong_filter(store: Store, snap_compare: Compare) -> None:
    record_story(store)
    assert snap_compare(app_on(store), terminal_size=(80, 24), run_before=after("/", *"color:x"))


def test_runs_sorting(store: Store, snap_compare: Compare) -> None:
    record_story(store)
    assert snap_compare(app_on(store), terminal_size=(80, 24), run_before=after("S"))


def test_runs_before_deleting(store: Store, snap_compare: Compare) -> None:
    record_story(store)
    assert snap_compare(app_on(store), terminal_size=(80, 24), run_before=after("G", "x"))


def test_no_runs(store: Store, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(store), terminal_size=size, run_before=after())


def test_runs_in_ascii_without_colour(store: Store, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    record_story(store)
    app = EogApp(store, Engine(store), start=RunsScreen, ascii_only=True)
    assert snap_compare(app, terminal_size=(80, 24), run_before=after("j"))


def test_runs_in_the_light(store: Store, snap_compare: Compare) -> None:
    record_story(store)
    app = EogApp(store, Engine(store), start=RunsScreen, theme="eog-light")
    assert snap_compare(app, terminal_size=(80, 24), run_before=after("j", "j", "j"))


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a few tasks of our own making, one refused file and one LLM config."""
    from tests.app.test_launch_form import task_json

    work = tmp_path / "work"
    (work / "tasks").mkdir(parents=True)
    for name, prompt in (
        ("printer-impact", "The whole floor cannot print. Set the impact as the policy says."),
        ("vpn-outage", "Resolve INC-000009 and tell the caller."),
        ("workaround", "Publish the workaround of PRB-000002."),
    ):
        (work / "tasks" / f"{name}.json").write_text(task_json(user_prompt=prompt))
        (work / "tasks" / f"{name}.gold.json").write_text("[]")
    (work / "small.sql").write_text("")
    (work / "tasks" / "zebra.json").write_text('{"user_prompt": "no gyms"}')
    (work / "conf" / "llm").mkdir(parents=True)
    (work / "conf" / "llm" / "openai.json").write_text('{"llm_provider": "openai", "llm_model": "gpt-5-mini"}')
    monkeypatch.chdir(work)
    return work


def launch(store: Store, monkeypatch: pytest.MonkeyPatch, **choices: object) -> EogApp:
    monkeypatch.setattr("eog_tui.screens.launch.recall", lambda _: {"source": "tasks", **choices})
    return app_on(store, screen=LaunchScreen)


def test_launch(
    store: Store, tasks: Path, snap_compare: Compare, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert snap_compare(launch(store, monkeypatch), terminal_size=size, run_before=after("j", "m"))


def test_launch_preview(store: Store, tasks: Path, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    assert snap_compare(launch(store, monkeypatch), terminal_size=(80, 24), run_before=after("tab"))


def test_launch_react(
    store: Store, tasks: Path, snap_compare: Compare, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = launch(store, monkeypatch, agent="react", max_steps="20", frozen_clock=True)

    async def open_list(pilot: Any) -> None:
        await settled(pilot)
        pilot.app.screen.query_one("#llm").focus()
        await after("down")(pilot)

    assert snap_compare(app, terminal_size=size, run_before=open_list)


def test_launch_planner(
    store: Store, tasks: Path, snap_compare: Compare, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("large", "small"):
        config = {"llm_provider": "openai", "llm_model": f"gpt-5-{name}", "llm_api_key": "k"}
        Path(f"conf/llm/{name}.json").write_text(json.dumps(config))
    files = {"llm": "conf/llm/small.json", "planner_llm": "conf/llm/large.json"}
    app = launch(store, monkeypatch, agent="planner_react", **files)
    assert snap_compare(app, terminal_size=size, run_before=after())


def test_launch_more(store: Store, tasks: Path, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unfold(pilot: Any) -> None:
        await settled(pilot)
        pilot.app.screen.query_one("#more").focus()
        await after("enter")(pilot)

    assert snap_compare(
        launch(store, monkeypatch, repeat="0", gyms="remote"), terminal_size=(80, 24), run_before=unfold
    )


def test_launch_without_a_source(
    store: Store, tasks: Path, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = launch(store, monkeypatch, source="nowhere")
    assert snap_compare(app, terminal_size=(80, 24), run_before=after())
