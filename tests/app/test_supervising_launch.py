"""Launching runs that a person supervises or makes: what the fields say, as a launch and as its command."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.tasks.source import read_tasks
from engine.trajectory.store import Store
from eog_tui.live.rules import patterns, save_rule
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.launch_choices import Choices
from eog_tui.screens.launch_fields import LaunchFields
from eog_tui.screens.launch_form import check
from eog_tui.widgets.piece_lines import PieceLines
from tests.app.launching import app_on, settled

ONE = "builtin:itsm/printer-impact-and-sla"


def test_rules_become_a_launch_and_its_command() -> None:
    choices = Choices(source=ONE, approve="writing", allow="find_*  list_*", peek=True)
    launch = check(choices, read_tasks(ONE)).launch
    assert launch is not None
    assert (launch.approve, launch.allow, launch.peek) == ("writing", ("find_*", "list_*"), True)
    assert "--approve writing --allow 'find_*' --allow 'list_*' --peek" in launch.command()


def test_nobody_who_is_not_asked_may_peek() -> None:
    launch = check(Choices(source=ONE, allow="find_*", peek=True), read_tasks(ONE)).launch
    assert launch is not None
    assert (launch.approve, launch.allow, launch.peek) == ("none", (), False)


def test_a_person_needs_neither_model_nor_script() -> None:
    choices = Choices(source=ONE, agent="human", llm="nowhere.json", script="nowhere.json", approve="every", peek=True)
    checked = check(choices, read_tasks(ONE))
    assert checked.problems == {}
    assert checked.launch is not None
    assert (checked.launch.agent, checked.launch.approve, checked.launch.peek) == ("human", "none", True)


@pytest.mark.parametrize("typed", ["find_(", "a;b", "$(x)"])
def test_what_can_be_no_tool_is_refused(typed: str) -> None:
    checked = check(Choices(source=ONE, approve="every", allow=typed), read_tasks(ONE))
    assert checked.launch is None
    assert "is no name of a tool" in checked.problems["allow"]


def test_patterns_may_be_separated_by_commas() -> None:
    assert patterns(" find_*, list_*  find_* ") == ("find_*", "list_*")


async def test_the_fields_follow_the_agent_and_show_saved_rules(tmp_path: Path) -> None:
    save_rule("find_*")
    with Store.open(tmp_path / "store.db") as store:
        app = app_on(store, screen=LaunchScreen)
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot)
            fields = app.screen.query_one(LaunchFields)

            def shown(name: str) -> bool:
                row = fields.query_one(f"#{name}").parent
                return row is not None and row.display

            assert (shown("script"), shown("llm"), shown("approve"), shown("peek")) == (True, False, True, False)
            assert fields.query_one("#allow").value == "find_*"
            fields.query_one("#approve").focus()
            await pilot.press("right")
            await settled(pilot)
            assert shown("peek")
            assert "--approve writing --allow 'find_*'" in app.screen.query_one("#command", PieceLines).text
            fields.query_one("#agent").focus()
            await pilot.press("left")
            await settled(pilot)
            assert fields.choices.agent == "human"
            assert (shown("script"), shown("llm"), shown("approve"), shown("peek")) == (False, False, False, True)
            assert "--agent human" in app.screen.query_one("#command", PieceLines).text
