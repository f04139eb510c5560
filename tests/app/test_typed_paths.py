"""Paths that nothing can have: the home of somebody unknown, a name too long. Each is told where it was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.runs.engine import Engine
from engine.tasks.files import TaskError, typed_path
from engine.tasks.source import read_tasks
from engine.trajectory.store import Store
from eog_tui.cli import app as command_line
from eog_tui.completion import paths
from eog_tui.replay.fork_form import ForkChoices
from eog_tui.replay.fork_form import check as check_fork
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.launch_choices import Choices
from eog_tui.screens.launch_form import check
from eog_tui.screens.plans import PlansScreen
from eog_tui.widgets.proposing_field import ProposingField
from tests.app.forks import failed_run
from tests.app.launching import app_on, from_palette, picture, settled, toasts
from tests.app.planning import add_plans, opened

STRANGER = "~nobody-by-that-name"
NO_HOME = f"{STRANGER}: Could not determine home directory"
FOUND = "builtin:itsm/printer-impact-and-sla"


@pytest.mark.parametrize("typed", [STRANGER, "n" * 300])
def test_a_path_that_nothing_can_have_is_refused_by_its_name(typed: str) -> None:
    with pytest.raises(TaskError, match=f"^{typed[:200]}: "):
        typed_path(typed)


def test_a_home_is_understood_and_there_need_not_be_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert typed_path("~/not/there") == tmp_path / "not/there"


@pytest.mark.parametrize("typed", [STRANGER, f"{STRANGER}/", "n" * 300 + "/"])
def test_nothing_is_proposed_there(typed: str) -> None:
    assert paths(typed) == []


@pytest.mark.parametrize(
    ("field", "choices"),
    [
        ("llm", {"agent": "react"}),
        ("plan", {"agent": "react"}),
        ("planner_llm", {"agent": "planner_react"}),
        ("script", {}),
        ("seed_root", {"source": "tasks"}),
    ],
)
@pytest.mark.parametrize("typed", [STRANGER, "n" * 300])
def test_launch_tells_it_of_the_field(field: str, choices: dict[str, str], typed: str, store: Store) -> None:
    checked = check(Choices.model_validate({**choices, field: typed}), read_tasks(FOUND), store)
    assert checked.problems[field].startswith(f"{typed[:200]}: ")  # type: ignore[index]


@pytest.mark.parametrize("field", ["llm", "script", "plan"])
def test_fork_tells_it(field: str, store: Store, engine: Engine) -> None:
    run_id = failed_run(engine)
    agent = "scripted" if field == "script" else "react"
    example = "" if field == "script" else "conf.example/llm/openai.json"
    choices = ForkChoices.model_validate({"agent": agent, "llm": example, field: STRANGER})
    assert check_fork(store, run_id, 2, choices).problem.startswith(NO_HOME)


async def test_who_types_one_in_launch_is_told_and_goes_on_typing(store: Store) -> None:
    app = app_on(store, screen=lambda: LaunchScreen(Choices(agent="react")))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        app.screen.query_one("#llm", ProposingField).focus()
        await pilot.press("tilde", *STRANGER[1:].replace("-", "x"))
        await settled(pilot)
        assert f"! {STRANGER.replace('-', 'x')}: Could not determine home directory" in picture(pilot)
        app.screen.query_one("#plan", ProposingField).focus()
        await pilot.press("tilde", "q", "q", "slash")
        await settled(pilot)
        assert isinstance(app.screen, LaunchScreen)


@pytest.mark.parametrize("verb", ["import", "export"])
async def test_a_plan_file_that_cannot_be_is_told(verb: str, store: Store) -> None:
    add_plans(store)
    async with opened(store, PlansScreen()) as (_, pilot):
        await from_palette(pilot, verb)
        await settled(pilot)
        pilot.app.screen.query_one(ProposingField).value = STRANGER
        await pilot.press("enter")
        await settled(pilot)
        assert NO_HOME in toasts(pilot)
        assert isinstance(pilot.app.screen, PlansScreen)


def test_the_command_line_tells_of_a_file_that_cannot_be(tmp_path: Path) -> None:
    store = str(tmp_path / "store.db")
    told = CliRunner().invoke(command_line, ["fork", "1", "--step", "2", "--message", f"@{STRANGER}", "--store", store])
    assert told.exit_code != 0
    assert NO_HOME in told.output
