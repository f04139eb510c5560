"""A tool reaches the model with every argument it has, whatever its schema looks like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.gyms.session import ToolSpec
from engine.llm import schemas


def described(schema: dict[str, Any], description: str = "Do it.") -> dict[str, Any]:
    spec = ToolSpec(name="do_it", description=description, input_schema=schema, gym="gym", writes=True)
    return schemas.function(spec)["function"]


def test_a_plain_schema_is_left_as_it_is() -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "stage": {"type": ["string", "null"], "enum": ["open", None]},
            "message": {"anyOf": [{"type": "object", "properties": {"raw": {"type": "string"}}}, {"type": "null"}]},
        },
        "required": ["id"],
    }
    assert described(schema) == {"name": "do_it", "description": "Do it.", "parameters": schema}


def test_alternatives_of_required_arguments_become_a_sentence() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b", "c"]}],
    }
    tool = described(schema)
    assert tool["parameters"] == {"type": "object", "properties": schema["properties"]}
    assert tool["description"] == "Do it.\n\nAt least one of: a, b and c is required."
    assert "anyOf" in schema


def test_exclusive_alternatives_are_called_so() -> None:
    schema = {"properties": {"raw": {}, "payload": {}}, "oneOf": [{"required": ["raw"]}, {"required": ["payload"]}]}
    assert described(schema, "")["description"] == "Exactly one of: raw, payload is required."


def test_arguments_that_stand_only_in_the_branches_are_kept() -> None:
    schema = {
        "type": "object",
        "allOf": [
            {"properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"b": {"type": "integer"}}, "anyOf": [{"required": ["b"]}, {"required": ["c"]}]},
        ],
        "anyOf": [{"properties": {"c": {"type": "string"}}}, {"required": ["a"]}],
    }
    tool = described(schema)
    assert set(tool["parameters"]["properties"]) == {"a", "b", "c"}
    assert tool["parameters"]["required"] == ["a"]
    assert tool["description"] == "Do it.\n\nAt least one of: b, c is required."


def test_a_tool_without_arguments_has_an_empty_object() -> None:
    assert described({})["parameters"] == {"type": "object", "properties": {}}


def test_no_tool_of_the_live_itsm_server_loses_an_argument(reference: Path) -> None:
    tools = json.loads((reference / "domains" / "itsm" / "tools_list.json").read_text())
    lost_before = {
        "map_change_request": "At least one of: incident_id, problem_id is required.",
        "delete_change_request_mappings": "At least one of: change_request_mapping_id, change_id, incident_id",
        "remove_affected_ci_from_incident": "At least one of: incident_affected_cis_id, configuration_item",
        "delete_incident_slas": "At least one of: incident_sla_id, incident_id, sla_def_id, stage, has_breached",
    }
    for tool in tools:
        told = described(tool["inputSchema"], tool["description"])
        assert told["parameters"].get("properties") == tool["inputSchema"].get("properties", {})
        assert not {"anyOf", "oneOf", "allOf"} & set(told["parameters"])
        assert lost_before.pop(tool["name"], "") in told["description"]
    assert lost_before == {}


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [True]},
        {"allOf": [True, {"required": ["a"]}], "required": "a"},
        {"oneOf": "a"},
        {"properties": ["a"]},
        {"properties": {"a": True}, "anyOf": [{"required": [["a"]]}, {"properties": 5}]},
    ],
    ids=json.dumps,
)
def test_what_is_no_schema_is_passed_over(schema: dict[str, Any]) -> None:
    tool = described(schema)
    assert tool["description"] == "Do it."
    assert isinstance(tool["parameters"]["properties"], dict)
    assert not tool["parameters"].keys() & {"anyOf", "oneOf", "allOf"}
