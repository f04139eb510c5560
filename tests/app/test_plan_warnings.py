"""Which words of a plan are warned of, and which are left alone."""

from __future__ import annotations

import pytest

from engine.tasks import builtin_root
from engine.tasks.source import read_tasks
from eog_tui.plans.subject import of_task
from eog_tui.plans.tool_names import ToolNames

TASK = "builtin:itsm/stolen-tablet"


@pytest.fixture(scope="module")
def names() -> ToolNames:
    return ToolNames(of_task(read_tasks(TASK).require()[0], builtin_root()))


@pytest.mark.parametrize("word", ["no_such_tool", "other_tool", "escalate_ticket", "find_nothing"])
def test_a_name_in_backticks_that_is_none_of_the_tasks_is_warned_of(names: ToolNames, word: str) -> None:
    assert [warned.name for warned in names.warnings([f"Call `{word}` first."])] == [word]


@pytest.mark.parametrize("word", ["find_incident_by_id", "incident_id", "serial_number", "ab_12", "x"])
def test_tools_arguments_columns_and_ids_in_backticks_are_not(names: ToolNames, word: str) -> None:
    assert names.warnings([f"Mind `{word}`."]) == []


def test_a_plain_word_is_warned_of_only_where_it_looks_like_a_tool(names: ToolNames) -> None:
    assert [warned.name for warned in names.warnings(["other_tool, find_nothing"])] == ["find_nothing"]
