"""What typed texts come to, field by field, and back."""

from __future__ import annotations

import json
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.gyms.registry import DOMAINS
from engine.gyms.session import ToolSpec
from eog_tui.workbench.call_line import specs_of
from eog_tui.workbench.fields import UNSET, FieldSpec, fields_of
from eog_tui.workbench.filling import Filling
from eog_tui.workbench.values import Problem, as_text, check

from .material import every_kind, tool, tools

SPECS = {spec.name: spec for spec in specs_of(every_kind())}


def test_required_fields_come_first_then_the_schemas_order() -> None:
    assert [spec.name for spec in specs_of(every_kind())][:5] == ["title", "impact", "active", "incident_id", "state"]


@pytest.mark.parametrize(
    ("field", "kind", "type_words"),
    [
        ("title", "text", "text"),
        ("impact", "choice", "one of 3"),
        ("state", "choice", "one of 2"),
        ("active", "switch", "switch"),
        ("count", "integer", "whole number"),
        ("hours", "number", "number"),
        ("due", "date", "date"),
        ("starts", "date", "date and time"),
        ("severities", "list", "list"),
        ("attendees", "json", "list of objects"),
        ("settings", "json", "object"),
        ("extra", "any", "any value"),
    ],
)
def test_the_schema_says_what_kind_a_field_is(field: str, kind: str, type_words: str) -> None:
    assert (SPECS[field].kind, SPECS[field].type_words) == (kind, type_words)


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("title", " Printer ", "Printer"),
        ("title", '"  Printer"', "  Printer"),
        ("extra", '""', ""),
        ("impact", "high", "high"),
        ("state", "null", None),
        ("reason", "null", None),
        ("active", "True", True),
        ("notify", "null", None),
        ("count", "7", 7),
        ("hours", "1.5", 1.5),
        ("hours", "2", 2),
        ("due", "2026-01-31", "2026-01-31"),
        ("starts", "2026-01-31T09:30:00", "2026-01-31T09:30:00"),
        ("starts", "2026-01-31", "2026-01-31"),
        ("severities", "high, low", ["high", "low"]),
        ("severities", '["high"]', ["high"]),
        ("attendees", '[{"email": "a@b.c"}]', [{"email": "a@b.c"}]),
        ("settings", '{"zone": "UTC"}', {"zone": "UTC"}),
        ("extra", "12", 12),
        ("extra", '"12"', "12"),
        ("extra", "some words", "some words"),
        ("incident_id", "  ", UNSET),
    ],
)
def test_a_text_comes_to_a_value(field: str, typed: str, value: Any) -> None:
    found = check(SPECS[field], typed)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("title", "", "required"),
        ("title", "ab", "needs at least 3 characters, has 2"),
        ("title", "x" * 65, "at most 64 characters, has 65"),
        ("incident_id", "INC-3", r"does not have the form ^INC_\d+$"),
        ("incident_id", "null", r"does not have the form ^INC_\d+$"),
        ("impact", "hihg", "one of high, medium, low"),
        ("active", "yes", "needs true or false"),
        ("count", "1.5", "needs a whole number"),
        ("count", "0", "at least 1"),
        ("count", "21", "at most 20"),
        ("hours", "1e999", "needs a number"),
        ("hours", "nan", "needs a number"),
        ("due", "2026-13-01", "not a date: use YYYY-MM-DD"),
        ("due", "2026-02-30", "not a date: use YYYY-MM-DD"),
        ("starts", "tomorrow", "not a date: use YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS"),
        ("email", "ann", "not an e-mail address"),
        ("severities", "high, urgent", "[1]: one of critical, high, low"),
        ("attendees", "[{]", "not JSON: expecting property name enclosed in double quotes at line 1, column 3"),
        ("attendees", '[{"optional": true}]', "[0]: needs email"),
        ("attendees", '[{"email": "a@b.c", "vip": 1}]', "[0]: knows no vip"),
        ("settings", '{"zone": "UTC", "depth": 6}', "depth: at most 5"),
        ("settings", "NaN", "not JSON: NaN is no JSON"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(field: str, typed: str, words: str) -> None:
    assert check(SPECS[field], typed) == Problem(words)


def value_of(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Values that the field's schema allows."""
    text = st.text(max_size=12)
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "text": text.filter(lambda value: not isinstance(as_judged(spec, value), Problem)),
        "choice": st.sampled_from(spec.choices) if spec.choices else st.nothing(),
        "switch": st.booleans(),
        "integer": st.integers(1, 20),
        "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
        "date": st.sampled_from(["2026-01-31"] if spec.schema.get("format") == "date" else ["2026-01-31T10:00:00"]),
        "list": st.lists(st.sampled_from(["critical", "high", "low"])),
        "json": st.sampled_from([{"zone": "it's \\' \" \n x\u202e"}, {"zone": "", "depth": 1}])
        if spec.name == "settings"
        else st.lists(st.fixed_dictionaries({"email": st.emails()})),
        "any": st.recursive(
            st.none() | st.booleans() | st.integers() | text,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
            max_leaves=4,
        ),
    }
    if spec.name == "title":
        by_kind["text"] = st.text(min_size=3, max_size=20)
    if spec.name == "incident_id":
        by_kind["text"] = st.from_regex(r"\AINC_[0-9]{1,4}\Z")
    if spec.name == "email":
        by_kind["text"] = st.emails()
    return by_kind[spec.kind] | st.none() if spec.nullable else by_kind[spec.kind]


def as_judged(spec: FieldSpec, value: Any) -> Any:
    from eog_tui.workbench.values import judge

    return judge(spec, value)


@given(st.data())
def test_every_value_has_a_text_that_comes_to_it(data: st.DataObject) -> None:
    spec = SPECS[data.draw(st.sampled_from(sorted(SPECS)))]
    value = data.draw(value_of(spec))
    assert check(spec, as_text(spec, value)) == value


def test_unset_fields_are_left_out_and_null_is_sent_on_purpose() -> None:
    filling = Filling(every_kind())
    filling.put("title", "Printer")
    filling.put("hours", "null")
    filling.put("count", "many")
    assert filling.arguments == {"title": "Printer", "hours": None}
    assert filling.problems == {"impact": "required", "active": "required", "count": "needs a whole number"}


def test_rules_over_several_arguments_are_told_too() -> None:
    pair = tool(
        {"id": {"type": "string"}, "number": {"type": "string"}}, anyOf=[{"required": ["id"]}, {"required": ["number"]}]
    )
    filling = Filling(pair)
    assert filling.problems == {"": "needs id"}
    filling.put("number", "7")
    assert filling.problems == {}


def test_arguments_that_the_schema_does_not_name_keep_a_field() -> None:
    filling = Filling(every_kind(), {"invented": {"a": 1}})
    assert filling.fields[-1].name == "invented"
    assert filling.arguments == {"invented": {"a": 1}}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "strong"}, "b": {"type": "integer"}}},
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "("}, "b": {"type": "integer"}}},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}, "b": {"type": "integer"}}},
        {"type": "object", "properties": {"a": True, "b": {"type": "integer"}}, "required": "b"},
    ],
)
def test_a_broken_schema_still_gives_a_form(schema: dict[str, Any]) -> None:
    filling = Filling(ToolSpec("broken", "", schema, "gym", writes=False))
    filling.put("a", "words")
    filling.put("b", "7")
    assert filling.arguments == {"a": "words", "b": 7}
    filling.put("b", "x")
    assert filling.problem("b") == "needs a whole number"


def test_values_that_only_the_description_names_are_offered_not_enforced() -> None:
    [spec] = fields_of(
        tool({"impact": {"type": "string", "description": "How much. One of: high, medium or low."}}).input_schema
    )
    assert spec.named == ("high", "medium", "low")
    assert check(spec, "extreme") == "extreme"
    [plain] = fields_of(
        tool({"a": {"type": "string", "description": "One of the users, who is in charge."}}).input_schema
    )
    assert plain.named == ()


@pytest.mark.parametrize(
    ("name", "description", "date_format"),
    [
        ("breach_time", "When the target is missed (ISO 8601, UTC); it is not computed.", "date-time"),
        ("warranty_end", "Last day of the warranty (YYYY-MM-DD).", "date"),
        ("closed_on", "When it was closed, UTC (YYYY-MM-DD HH:MM:SS).", "date-time"),
        ("created_after", "Only what was created at or after this time, UTC.", "date-time"),
        ("assigned_to", "Id of the user who works on it.", ""),
        ("uptime", "The time that it promises, such as 99.9 %.", ""),
        ("based_on", "Number of the change that it follows.", ""),
    ],
)
def test_a_text_that_name_and_description_call_a_date_is_doubted_not_refused(
    name: str, description: str, date_format: str
) -> None:
    filling = Filling(tool({name: {"type": "string", "description": description}}))
    assert filling.fields[0].date_format == date_format
    filling.put(name, "next Monday")
    assert filling.arguments == {name: "next Monday"}
    assert filling.problems == {}
    assert filling.doubt(name).startswith("not a date: use YYYY-MM-DD") == bool(date_format)
    for text in ("2026-11-20", "", *(["2026-11-20T09:00:00Z", "2026-11-20 09:00"] if date_format != "date" else [])):
        filling.put(name, text)
        assert filling.doubt(name) == ""


def test_every_argument_that_our_tools_read_as_a_time_is_known_for_one() -> None:
    """Their schemas say only that it is text, as the benchmark's do; so names and descriptions have to."""
    kept = {"format", "pattern"}
    for each in (*tools("itsm").values(), *tools("csm").values()):
        for spec in fields_of(each.input_schema):
            if spec.name.endswith(("_time", "_after", "_before", "_date", "ed_at", "ed_on", "warranty_end")):
                assert spec.date_format, f"{each.name} {spec.name}: {spec.description}"
                assert not kept & set(spec.schema)


@pytest.mark.parametrize("name", DOMAINS)
def test_every_tool_of_the_gyms_becomes_a_form(name: str) -> None:
    for each in tools(name).values():
        filling = Filling(each)
        assert {spec.name for spec in filling.fields} == set(each.input_schema["properties"])
        assert all(spec.type_words and spec.validator is not None for spec in filling.fields)
        assert set(filling.problems) >= set(each.input_schema.get("required", ()))


def test_every_tool_of_the_reference_lists_becomes_a_form(reference: Path) -> None:
    seen = 0
    for path in reference.glob("domains/*/tools_list.json"):
        for item in json.loads(path.read_text("utf-8")):
            each = ToolSpec(item["name"], item["description"], item["inputSchema"], "gym", writes=False)
            assert {spec.name for spec in Filling(each).fields} == set(item["inputSchema"].get("properties", {}))
            seen += 1
    assert seen == 182


@pytest.mark.parametrize("field", ["count", "hours"])
def test_endless_digits_are_no_number_and_that_is_known_at_once(field: str) -> None:
    begun = thread_time()
    assert str(check(SPECS[field], "1" * 20_000 + "x")).startswith("needs a ")
    assert thread_time() - begun < 1
