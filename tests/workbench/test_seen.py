"""What was seen so far, and which of it fits a field."""

from __future__ import annotations

import json

from engine.trajectory.changes import Change
from eog_tui.workbench.completing import values_for
from eog_tui.workbench.fields import fields_of
from eog_tui.workbench.seen import Proposal, Seen, Thing

from .material import seen, tools

CREATE = tools()["create_change"].input_schema["properties"]
LIST = tools()["list_incidents"].input_schema["properties"]


def values(memory: Seen, field: str, schema: dict[str, object], typed: str = "", tool: str = "") -> list[object]:
    return [proposal.value for proposal in memory.proposals(field, schema, typed, tool)]


def test_results_of_a_real_gym_are_remembered_newest_first() -> None:
    things = [(thing.noun, thing.value, thing.label, thing.step) for thing in seen().things()]
    assert things[0] == ("user", "USER_025", "Ivo Marinov", 4)
    assert ("user_group", "GROUP_007", "Control Systems Operations", 3) in things or any(
        thing[1:] == ("GROUP_007", "Control Systems Operations", 3) for thing in things
    )
    assert things[-1][1:] == ("PRB_009", "Firmware A6 marks healthy disks as failed after 8,000 hours", 1)
    assert [thing[3] for thing in things] == sorted((thing[3] for thing in things), reverse=True)


def test_a_field_for_a_user_gets_users_by_their_names() -> None:
    assert seen().proposals("assigned_to", CREATE["assigned_to"], "mari", "create_change") == [
        Proposal("USER_025", "Ivo Marinov", 4, "user id")
    ]


def test_a_field_that_is_named_after_a_thing_gets_its_ids_first() -> None:
    schema = tools()["map_change_request"].input_schema["properties"]
    assert set(values(seen(), "incident_id", schema["incident_id"])[:2]) == {"INC_107", "INC_116"}
    assert values(seen(), "problem_id", schema["problem_id"]) == ["PRB_009"]


def test_what_a_person_has_assigned_is_called_as_what_it_is() -> None:
    memory = Seen()
    row = json.dumps([{"incident_id": "INC_001", "number": "INC-000001", "short_description": "No light"}])
    for step, tool in enumerate(("get_incidents_assigned_to", "list_incidents", "find_incidents_sent_for_user"), 1):
        memory.take_result(step, tool, row)
    assert memory.things() == [Thing("incident", "INC_001", "No light", 3)]


def test_a_date_that_only_the_description_tells_of_gets_dates_from_texts() -> None:
    memory = Seen()
    memory.take_text(0, "Do it by 2026-01-31, INC0000003 says.")
    [spec] = fields_of({"properties": {"due": {"type": "string", "description": "When it is due (ISO 8601)."}}})
    assert [value.value for value in values_for(spec, "", memory, "create_task")] == ["2026-01-31"]


def test_a_field_gets_nothing_of_another_type() -> None:
    memory = Seen()
    memory.take_result(1, "find_account", json.dumps({"accounts": [{"account_id": 8, "name": "Stark Industries"}]}))
    assert memory.proposals("account_id", {"type": "integer"}, "stark", "get_cases") == [
        Proposal(8, "Stark Industries", 1, "account id")
    ]
    assert values(memory, "account_id", {"type": "string"}) == []


def test_what_stood_under_a_name_teaches_what_it_refers_to() -> None:
    memory = Seen()
    memory.take_result(1, "list_tickets", json.dumps([{"ticket_id": "T_1", "owner": "P_1", "title": "Fire"}]))
    memory.take_result(2, "list_people", json.dumps([{"person_id": f"P_{n}", "name": f"Ann {n}"} for n in (1, 2)]))
    assert set(values(memory, "owner", {"type": "string"})) == {"P_1", "P_2"}
    assert memory.proposals("owner", {"type": "string"}, "ann 2")[0].label == "Ann 2"


def test_a_bare_id_belongs_to_what_the_tool_is_about() -> None:
    memory = Seen()
    memory.take_result(1, "find_event", json.dumps({"id": "e1", "summary": "Stand-up"}))
    memory.take_result(2, "find_room", json.dumps({"id": "r1", "name": "Blue"}))
    assert values(memory, "id", {"type": "string"}, tool="update_event")[0] == "e1"
    assert values(memory, "id", {"type": "string"}, tool="update_room")[0] == "r1"
    assert values(memory, "event_id", {"type": "string"})[0] == "e1"


def test_ids_addresses_and_dates_are_found_in_prompts() -> None:
    memory = Seen()
    memory.take_text(0, "Ann (ann.lee@corp.example) reports INC0000003 since 2026-01-31, please.")
    memory.take_result(1, "find_incident", json.dumps({"incident_id": "INC_9", "number": "INC0000009"}))
    assert values(memory, "number", LIST["number"]) == ["INC0000009", "INC0000003"]
    assert values(memory, "email", {"type": "string", "format": "email"}) == ["ann.lee@corp.example"]
    assert values(memory, "due", {"type": "string", "format": "date"}) == ["2026-01-31"]
    label = memory.proposals("number", LIST["number"], "INC0000003")[0].label
    assert "reports INC0000003 since" in label


def test_prose_fields_are_not_offered_ids() -> None:
    memory = seen()
    memory.take_text(0, "INC0000003")
    assert all(" " in str(value) for value in values(memory, "short_description", CREATE["short_description"]))


def test_rows_that_a_call_changed_are_remembered() -> None:
    memory = Seen()
    after = {"incident_id": "INC_024", "short_description": "Fire"}
    memory.take_changes(
        5, [Change(gym="g", table="incident", op="insert", key={"incident_id": "INC_024"}, after=after)]
    )
    assert [tuple(thing) for thing in memory.things()] == [("incident", "INC_024", "Fire", 5)]


def test_typing_narrows_and_going_back_widens() -> None:
    memory = Seen()
    memory.take_result(1, "list_users", json.dumps([{"user_id": f"USER_{n}", "name": f"Ann {n}"} for n in range(30)]))
    schema = {"type": "string"}
    counts = [len(memory.proposals("user_id", schema, typed)) for typed in ("", "ann", "ann 1", "ann", "")]
    assert counts[0] == counts[1] == counts[3] == counts[4] == 30
    assert counts[2] < 30
    assert memory.proposals("user_id", schema, "ann 12")[0].value == "USER_12"


def test_results_of_any_form_do_no_harm() -> None:
    memory = Seen()
    for text in ("", "null", "[[[1]]]", "{", '{"a": {"b": [1, "x", null, {}]}}', "[" * 5_000, json.dumps({"id": None})):
        memory.take_result(1, "odd", text)
    assert memory.things() == []
