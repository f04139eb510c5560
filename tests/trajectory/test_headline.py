"""The one line that stands for an event."""

import json
from types import SimpleNamespace

import pytest

from engine.trajectory import headline
from engine.trajectory.changes import Change
from engine.trajectory.events import Message, ToolCall, ToolResult
from engine.trajectory.headline import WIDTH, change_line, shape, title


def call(tool: str, **arguments) -> str:
    return title(ToolCall(call_id="c", tool=tool, arguments=arguments, gym=None))


@pytest.mark.parametrize(
    ("line", "tool", "arguments"),
    [
        ("find_incident_by_number INC-000003", "find_incident_by_number", {"number": "INC-000003"}),
        ("find_incident_by_id INC_003", "find_incident_by_id", {"incident_id": "INC_003"}),
        (
            "update_incident INC_003 impact=high priority=high",
            "update_incident",
            {"impact": "high", "incident_id": "INC_003", "priority": "high"},
        ),
        ("find_sla_definitions applies_to=high limit=5", "find_sla_definitions", {"applies_to": "high", "limit": 5}),
        ("list_users active=true", "list_users", {"active": True}),
        ('find_service_by_name "E-mail gateway"', "find_service_by_name", {"name": "E-mail gateway"}),
        ('note ids=["a", "b"] text="one two" none=null', "note", {"ids": ["a", "b"], "text": "one\ntwo", "none": None}),
        ("list_incidents", "list_incidents", {}),
    ],
)
def test_a_call_reads_tool_first_then_what_it_is_about(line, tool, arguments):
    assert call(tool, **arguments) == line


def test_long_texts_cost_one_line():
    long = call("note", text="word " * 100_000, **{f"more_{n}": "x" * 100 for n in range(50)})
    assert len(long) == WIDTH
    assert long.endswith("…")
    said = title(Message(role="assistant", content="\n\n  First.\r\nSecond." + "x" * 100_000))
    assert said == "First."


def test_control_characters_stay_for_the_screen_to_show():
    assert title(Message(role="user", content="\x1b[31mred\x07")) == "\x1b[31mred\x07"


def result(text: str | None, tool: str = "list_things", *, is_error: bool = False, gym: str | None = "g") -> str:
    block = {"content": [{"type": "text", "text": text}]} if text is not None else None
    return shape(
        ToolResult(call_id="c", tool=tool, gym=gym, is_error=is_error, result=block, error="no answer", duration_s=0)
    )


@pytest.mark.parametrize(
    ("line", "data", "tool"),
    [
        ("14 incidents · 364 B", [{"incident_id": "INC_003"}] * 14, "list_incidents"),
        ("0 incidents · 2 B", [], "list_incidents"),
        ("0 incidents · 2 B", [], "get_incidents_assigned_to"),
        ("0 notifications · 2 B", [], "find_notifications_sent_for_incident"),
        ("1 incident · INC_003 · 26 B", {"incident_id": "INC_003"}, "find_incident_by_number"),
        ("2 of 57 users · 47 B", {"users": [{"user_id": 1}] * 2, "total_count": 57}, "list_users"),
        ("1 user · 46 B", {"users": [{"user_id": "U"}], "total_count": 1}, "list_users"),
        ("2 accounts · 22 B", [{"id": 1}, {"id": 2}], "find_account_by_name"),
        ("1 account · 8 · 9 B", {"id": 8}, "get_account"),
        ("3 companies · 24 B", [{"id": 1}] * 3, "find_company"),
        ("Removed successfully · 35 B", {"message": "Removed successfully"}, "remove_link"),
        ("high 3, low 2 · 34 B", {"metrics": {"high": 3, "low": 2}}, "count"),
        ("deleted_count 2 · 20 B", {"deleted_count": 2}, "delete"),
        ("empty · 2 B", {}, "get_user"),
        ("text · 13.0 kB", None, "read"),
    ],
)
def test_a_result_shows_what_and_how_much(line, data, tool):
    text = "x" * 13_000 if data is None else json.dumps(data)
    assert result(text, tool).split(" · ")[:-1] == line.split(" · ")[:-1]
    assert result(text, tool).endswith("B")


def test_sizes_are_rounded_to_their_unit():
    assert result("x" * 640) == "text · 640 B"
    assert result("x" * 2_149) == "text · 2.1 kB"
    assert result("x" * 2_149_000) == "text · 2.1 MB"
    assert result("é") == "text · 2 B"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "error: NOT_FOUND User not found",
            json.dumps({"detail": {"error": True, "error_code": "NOT_FOUND", "message": "User not found"}}),
        ),
        (
            "error: VALIDATION_ERROR One or more errors The group is unknown",
            json.dumps(
                {
                    "detail": {
                        "error_code": "VALIDATION_ERROR",
                        "message": "One or more errors",
                        "details": [{"field": "group", "message": "The group is unknown"}],
                    }
                }
            ),
        ),
        (
            "error: VALIDATION_ERROR The group is unknown",
            json.dumps(
                {
                    "detail": {
                        "error_code": "VALIDATION_ERROR",
                        "message": "The group is unknown",
                        "details": [{"field": "group", "message": "The group is unknown"}],
                    }
                }
            ),
        ),
        (
            "error: INVALID_PHONE_FORMAT body.phone: Too short",
            json.dumps(
                {
                    "detail": [
                        {
                            "loc": ["body", "phone"],
                            "msg": "Too short",
                            "ctx": {"error_code": "INVALID_PHONE_FORMAT"},
                        }
                    ]
                }
            ),
        ),
        ("error: it broke", "it broke\nin line 3"),
        ("no result: no answer", None),
        ("error: {}", "{}"),
        ("error: without a reason", ""),
    ],
)
def test_an_error_shows_its_reason(line, text):
    assert result(text, is_error=True) == line


def test_a_call_that_no_gym_has_is_refused():
    assert result(None, is_error=True, gym=None) == "error: no answer"


def test_text_that_only_looks_like_json_is_text():
    assert result("{not json") == "text · 9 B"
    assert result("[" * 100_000).startswith("text · ")
    assert result('["' + "x" * 300_000 + '"]') == "text · 300.0 kB"


def changed(table: str, op: str, key: str, before=None, after=None) -> Change:
    return Change(gym="g", table=table, op=op, key={"id": key}, before=before, after=after)


def test_a_result_is_parsed_once_while_it_is_recorded(monkeypatch, store, record):
    parsed = []

    def counting(text):
        parsed.append(text)
        return json.loads(text)

    run = record().start()
    monkeypatch.setattr(headline, "json", SimpleNamespace(loads=counting, dumps=json.dumps))
    run.call("list_incidents", {}, '[{"incident_id": "INC_001"}]')
    assert parsed == ['[{"incident_id": "INC_001"}]']
    assert store.steps(run.run_id)[-1].shape.startswith("1 incident ")


def test_a_write_tells_its_story_in_one_line():
    update = changed(
        "incident",
        "update",
        "INC_003",
        {"updated_at": "a", "impact": "medium", "note": None},
        {"updated_at": "b", "impact": "high", "note": "two words"},
    )
    new = changed("incident_sla", "insert", "TSLA_011", None, {"id": "TSLA_011"})
    gone = changed("task_ci", "delete", "TASKCI_002", {"id": "TASKCI_002"})
    touched = changed("incident", "update", "INC_004", {"updated_at": "a"}, {"updated_at": "b"})
    assert change_line([update]) == 'incident INC_003 · impact medium → high, note null → "two words"'
    assert change_line([new]) == "incident_sla TSLA_011 · new"
    assert change_line([gone, new]) == "task_ci TASKCI_002 · deleted +1 more"
    assert change_line([gone, update, new], "link_new_incident_sla") == "incident_sla TSLA_011 · new +2 more"
    assert change_line([touched]) == "incident INC_004 · updated_at a → b"
    assert change_line([]) == ""


def test_a_long_write_stays_one_line():
    wide = changed("t", "update", "1", {f"c{n}": "x" * 99 for n in range(9)}, {f"c{n}": "y" * 99 for n in range(9)})
    line = change_line([wide, wide])
    assert len(line) == WIDTH
    assert line.endswith("… +1 more")
