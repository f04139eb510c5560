"""Tool calls as lines: read, written, completed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eog_tui.literal import is_literal
from eog_tui.workbench.call_line import as_line, parse, specs_of
from eog_tui.workbench.completing import Completer
from eog_tui.workbench.tool_search import ToolSearch

from .material import every_kind, seen, tools
from .test_values import value_of

ALL = {**tools(), "plan_everything": every_kind()}
BASE = "plan_everything title=Printer impact=high active=true"


def arguments(line: str) -> Any:
    read = parse(line, ALL)
    assert read.problems == (), read.problems
    return {key: value for key, value in read.arguments.items() if key not in ("title", "impact", "active")}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("reason=leaver", {"reason": "leaver"}),
        ("state=null", {"state": None}),
        ('extra="two words"', {"extra": "two words"}),
        ("extra='two words'", {"extra": "two words"}),
        ('extra="a \\"quote\\" and\\na line"', {"extra": 'a "quote" and\na line'}),
        ("extra=7 count=7", {"extra": 7, "count": 7}),
        ('extra="7"', {"extra": "7"}),
        ("""settings='{"zone": "it\\'s"}'""", {"settings": {"zone": "it's"}}),
        ('settings={"zone":"UTC"}', {"settings": {"zone": "UTC"}}),
        ("severities=high,low", {"severities": ["high", "low"]}),
        ("notify=false   hours=1.5", {"notify": False, "hours": 1.5}),
        ("extra=a=b", {"extra": "a=b"}),
    ],
)
def test_values_are_typed_by_the_schema(said: str, value: dict[str, Any]) -> None:
    assert arguments(f"{BASE} {said}") == value


@pytest.mark.parametrize(
    ("line", "start", "words"),
    [
        ("updte_incident", 0, "no tool is called updte_incident; near: update_incident, update_child_incident"),
        ("update_incident incident_id=INC_1 impct=high", 34, "no argument is called impct; near: impact"),
        ("update_incident incident_id=INC_1 impact=hgh", 41, "impact: one of high, medium, low"),
        ("update_incident incident_id=INC_1 high", 34, "high: name=value is expected"),
        ('update_incident incident_id="INC_1', 28, 'incident_id: the " is not closed'),
        ('update_incident incident_id="INC"_1', 28, 'incident_id: a blank is missing after the closing "'),
        ("update_incident incident_id=", 28, "incident_id: a value is missing"),
        ("update_incident incident_id=A incident_id=B", 42, "incident_id is given twice"),
        ("update_incident impact=high", 27, "incident_id: required"),
        ("update_incident\x1b[31m", 0, "no tool is called update_incident␛[31m"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(line: str, start: int, words: str) -> None:
    read = parse(line, ALL)
    assert read.problems[0].start == start
    assert read.problems[0].words.startswith(words)


@given(st.data())
def test_a_line_says_the_call_that_it_was_made_from(data: st.DataObject) -> None:
    call: dict[str, Any] = {}
    for spec in specs_of(ALL["plan_everything"]):
        if spec.required or data.draw(st.booleans()):
            call[spec.name] = data.draw(value_of(spec))
    line = as_line(ALL["plan_everything"], call)
    assert is_literal(line)
    assert "\n" not in line
    read = parse(line, ALL)
    assert read.problems == ()
    assert read.arguments == call


def ways(line: str, cursor: int | None = None) -> list[tuple[str, str]]:
    completer = Completer(ToolSearch(tuple(tools().values())), seen())
    return [(way.word, way.text) for way in completer.ways_on(line, len(line) if cursor is None else cursor)]


def test_a_tools_name_is_completed() -> None:
    assert ways("updch")[0] == ("update_change", "update_change ")


def test_arguments_are_completed_the_required_ones_first_and_never_twice() -> None:
    words = [word for word, _ in ways("update_change ")]
    assert words[0] == "change_id="
    assert "change_id=" not in [word for word, _ in ways("update_change change_id=CHG_1 ")]
    assert ways("update_change cab")[0] == ("cab_required=", "update_change cab_required=")


def test_choices_and_values_that_were_seen_are_completed() -> None:
    assert [word for word, _ in ways("update_change cab_required=")] == ["true", "false"]
    assert [word for word, _ in ways("update_change impact=")][:3] == ["high", "medium", "low"]
    assert ways("create_change assigned_to=ivo")[0] == ("USER_025", "create_change assigned_to=USER_025 ")


def test_what_stands_behind_the_cursor_stays() -> None:
    line = "update_change assigned_to= impact=high"
    [(word, text), *_] = ways(line, line.index("= ") + 1)
    assert (word, text) == ("USER_025", "update_change assigned_to=USER_025 impact=high")
