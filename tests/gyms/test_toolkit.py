"""The toolkit on a shop of one table: what a tool's signature gives, and what the verbs do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import apsw
import pytest
from pydantic import Field, ValidationError
from typing_extensions import TypedDict, Unpack

from engine.gyms.toolkit import (
    PLAIN,
    Clearable,
    Domain,
    FrozenClock,
    Gym,
    Maybe,
    Reference,
    Refusal,
    Row,
    Rule,
    Table,
    Toolbox,
    Unique,
    UnknownTool,
    WallClock,
    shown,
)

Colour = Literal["red", "blue"]
tools = Toolbox()
strict_tools = Toolbox(closed=True, absent=(None, ""))


class Shop(Gym):
    actor_header = "x-clerk"

    def refused(self, refusal: Refusal) -> str:
        return json.dumps([refusal.code, refusal.message])

    def malformed(self, error: ValidationError) -> str:
        return json.dumps([fault["type"] for fault in error.errors()])


class ItemFields(TypedDict, total=False):
    colour: Annotated[Colour | None, "Its colour."]
    price: Annotated[float, Field(ge=0), "Its price."]
    kind: Annotated[Literal["toy", "tool"], PLAIN, "What it is."]


class Notes(TypedDict, total=False):
    note: Annotated[Clearable[str], "A note."]
    name: Annotated[str, "Its name."]


class ItemBounds(TypedDict, total=False):
    colour: list[Colour]
    price_range_start: float
    price_range_end: float


@tools.write
def add_item(
    gym: Shop,
    name: Annotated[str, Field(min_length=1, max_length=8), "Its name."],
    count: Annotated[int, "How many."] = 1,
    note: Annotated[Maybe[str], shown("none"), "A note."] = None,
    **fields: Unpack[ItemFields],
) -> Row:
    """Add an item."""
    return gym.insert("item", name=name, count=count, note=note, **fields)


@tools.write
def add_pair(gym: Shop, first: str, second: str) -> list[Row]:
    """Add two items or none."""
    return [gym.insert("item", name=name) for name in (first, second)]


@strict_tools.write_any_of("name", "note")
def rename_item(gym: Shop, item_id: str, name: str | None = None, note: str | None = None) -> Row:
    """Rename an item."""
    changes = {k: v for k, v in {"name": name, "note": note}.items() if v is not None}
    return gym.update(gym.require("item", item_id), changes)


@tools.write
def note_item(gym: Shop, item_id: str, **changes: Unpack[Notes]) -> Row:
    """Change what is noted about an item."""
    return gym.update(gym.require("item", item_id), changes)


@tools.write
def log_visit(gym: Shop) -> Row:
    """Count a visitor."""
    return gym.insert("visit")


@tools.write
def forget_visits(gym: Shop) -> int:
    """Delete all visits."""
    return len(gym.delete_matching("visit", {}))


@tools.read
def compare_items(gym: Shop, **filters: Unpack[ItemBounds]) -> dict[str, object]:
    """Count and sum up items per colour."""
    return {
        "names": [item.only(("name",)) for item in gym.select("item", filters, order="name")],
        "sum": gym.measure("item", filters, "total(price)"),
        "per": gym.per("item", "colour", filters, listed=["red", "blue"]),
    }


@tools.read
def list_items(gym: Shop, name: str = "", created_after: str = "") -> list[Row]:
    """List items."""
    after = datetime.fromisoformat(created_after) if created_after else None
    return gym.select("item", {"name": name, "created_after": after}, contains=("name",))


@pytest.fixture
def shop(tmp_path: Path) -> Domain:
    (tmp_path / "schema.sql").write_text(
        "CREATE TABLE item (item_id TEXT PRIMARY KEY, name TEXT, colour TEXT, price REAL, kind TEXT, count INTEGER,"
        " note TEXT REFERENCES item, sold BOOLEAN, created_at DATETIME, updated_at DATETIME,"
        " CHECK (count < 100));"
        "CREATE TABLE visit (visit_id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT);"
    )
    item = Table(
        "item",
        "Item",
        ids="IT",
        hidden=frozenset({"kind"}),
        defaults={"sold": False},
        checks=(
            Unique(("name",), code="TAKEN"),
            Reference("note", "item", code="NO_SUCH_NOTE"),
            Rule(("count",), "TOO_MANY", "{count} is too many", "SELECT 1 WHERE :count > 10 AND :price > 5"),
        ),
    )
    tables = (item, Table("visit", "Visit"))
    return Domain("shop", "gym-shop", tmp_path, Shop, tables, (tools, strict_tools), order=("list_items", "log_visit"))


@pytest.fixture
def call(shop: Domain):
    connection = apsw.Connection(":memory:")
    connection.execute(shop.schema_sql)
    clock = FrozenClock()

    def caller(tool: str, **arguments: object):
        answer = shop.call(connection, tool, arguments, {}, clock)
        return answer.is_error, json.loads(answer.text)

    return caller


def test_a_signature_gives_the_input_schema(shop: Domain):
    listed = {tool["name"]: tool for tool in shop.tool_list()}
    assert listed["add_item"]["description"] == "Add an item."
    assert listed["add_item"]["inputSchema"] == {
        "type": "object",
        "properties": {
            "colour": {"type": ["string", "null"], "enum": ["red", "blue"], "description": "Its colour."},
            "count": {"type": "integer", "default": 1, "description": "How many."},
            "kind": {"type": "string", "description": "What it is. One of: toy, tool."},
            "name": {"type": "string", "minLength": 1, "maxLength": 8, "description": "Its name."},
            "note": {"type": "string", "default": "none", "description": "A note."},
            "price": {"type": "number", "minimum": 0, "description": "Its price."},
        },
        "required": ["name"],
    }
    strict = listed["rename_item"]["inputSchema"]
    assert strict["additionalProperties"] is False
    assert strict["anyOf"] == [{"required": ["name"]}, {"required": ["note"]}]
    assert strict["properties"]["name"] == {"type": ["string", "null"]}


def test_rows_get_ids_times_and_defaults_and_are_shown_as_json(call):
    assert call("add_item", name="saw", kind="tool") == (
        False,
        {
            "item_id": "IT_001", "name": "saw", "colour": None, "price": None, "count": 1, "note": None, "sold": False,
            "created_at": "2026-01-01T00:00:00.000000", "updated_at": "2026-01-01T00:00:00.000000",
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"name": ""}, ["string_too_short"]),
        ({"name": "x" * 9, "price": -1}, ["string_too_long", "greater_than_equal"]),
        ({"name": 5}, ["string_type"]),
        ({"colour": "green"}, ["literal_error", "missing"]),
        ({"name": "saw"}, ["TAKEN", "Item with name 'saw' already exists"]),
        ({"name": "axe", "note": "IT_9"}, ["NO_SUCH_NOTE", "Item 'IT_9' not found"]),
        ({"name": "axe", "count": 20, "price": 6}, ["TOO_MANY", "20 is too many"]),
        ({"name": "axe", "count": 100}, ["CONSTRAINT_VIOLATION", "CHECK constraint failed: count < 100"]),
        ({"name": "axe", "count": 2**70}, ["CONSTRAINT_VIOLATION", "Python int too large to convert to C long"]),
    ],
)
def test_what_is_wrong_is_refused(call, arguments, error):
    call("add_item", name="saw")
    failed, answer = call("add_item", **arguments)
    assert failed
    assert answer[0] == error[0]
    assert answer == error or "too large" in error[1]


def test_a_call_that_fails_half_way_leaves_nothing(call):
    call("add_item", name="saw")
    assert call("add_pair", first="axe", second="saw")[0]
    assert [item["name"] for item in call("list_items")[1]] == ["saw"]


def test_null_was_not_given_and_open_tools_overlook_what_they_do_not_know(call):
    failed, item = call("add_item", name="saw", count=None, colour=None, unknown=1)
    assert not failed
    assert item["count"] == 1


def test_null_clears_what_is_clearable_and_was_not_given_elsewhere(shop: Domain, call):
    call("add_item", name="saw")
    call("add_item", name="axe", note="IT_001")
    assert call("note_item", item_id="IT_002", note=None, name=None)[1]["note"] is None
    [listed] = [tool for tool in shop.tool_list() if tool["name"] == "note_item"]
    assert listed["inputSchema"]["properties"]["note"] == {"type": "string", "description": "A note."}


def test_ids_without_a_prefix_are_numbers_that_do_not_come_back(call):
    assert [call("log_visit")[1]["visit_id"] for _ in range(2)] == [1, 2]
    assert call("forget_visits") == (False, 2)
    assert call("log_visit")[1] == {"visit_id": 3, "note": None}


def test_lists_and_ranges_filter_what_is_listed_and_measured(call):
    for name, colour, price in (("saw", "red", 1), ("axe", "blue", 3), ("adze", "blue", 5)):
        call("add_item", name=name, colour=colour, price=price)
    assert call("compare_items", colour=["red", "blue"], price_range_start=1, price_range_end=3)[1] == {
        "names": [{"name": "axe"}, {"name": "saw"}], "sum": 4.0, "per": {"red": 1, "blue": 1},
    }  # fmt: skip
    assert call("compare_items", colour=["blue"])[1]["per"] == {"red": 0, "blue": 2}


def test_tools_are_listed_in_the_order_of_the_domain(shop: Domain):
    assert [tool["name"] for tool in shop.tool_list()][:3] == ["list_items", "log_visit", "add_item"]


def test_a_strict_tool_refuses_unknown_arguments_and_needs_one_of_its_group(call):
    call("add_item", name="saw")
    assert call("rename_item", item_id="IT_001", name="axe", colour="red") == (True, ["extra_forbidden"])
    assert call("rename_item", item_id="IT_001", name="")[1] == [
        "VALIDATION_ERROR",
        "At least one of name, note is required",
    ]
    assert call("rename_item", item_id="IT_001", name="saw")[1][0] == "NO_CHANGES_DETECTED"
    assert call("rename_item", item_id="IT_404", name="axe")[1] == [
        "NOT_FOUND",
        "Item not found with identifier 'IT_404'",
    ]
    assert call("rename_item", item_id="IT_001", name="axe")[1]["updated_at"] > "2026-01-01T00:00:00.000000"


def test_half_a_surrogate_pair_is_mended_and_a_split_pair_joined(call):
    assert call("add_item", name="a\ud83d")[1]["name"] == "a\ufffd"
    assert call("add_item", name="\ud83d\ude00")[1]["name"] == "\U0001f600"


def test_bounds_compare_times_whatever_their_precision(call):
    for name in ("saw", "axe", "adze"):
        call("add_item", name=name)
    after = call("list_items", created_after="2026-01-01T00:00:00")[1]
    assert [item["name"] for item in after] == ["adze", "axe"]
    assert [item["name"] for item in call("list_items", name="A%")[1]] == []
    assert [item["name"] for item in call("list_items", name="AD")[1]] == ["adze"]


def test_an_unknown_tool_is_the_servers_business(shop: Domain):
    with pytest.raises(UnknownTool):
        shop.call(apsw.Connection(":memory:"), "sell", {}, {}, WallClock())
    with pytest.raises(UnknownTool):
        shop.writes("sell")


def test_a_frozen_clock_repeats_and_the_wall_clock_does_not():
    one, other = FrozenClock(), FrozenClock()
    assert [one.now(), one.now(), one.token(9)] == [other.now(), other.now(), other.token(9)]
    assert one.now() - other.now() == timedelta(0)
    wall = WallClock()
    assert len(wall.token(9)) == 9
    assert wall.token(32) != wall.token(32)
    assert abs(wall.now() - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)
    assert wall.state is None


def test_a_frozen_clock_goes_on_where_another_one_stood():
    one = FrozenClock("2026-01-01T12:00:00.5")
    _ = one.now(), one.token(64), one.now(), one.token(3)
    other = FrozenClock.at(one.state)
    assert [one.now(), one.token(64), one.token(8)] == [other.now(), other.token(64), other.token(8)]
    assert other.state == one.state == "2026-01-01T12:00:00.500000 3 4"
    assert FrozenClock.at(FrozenClock().state).now() == FrozenClock().now()


@pytest.mark.parametrize("state", ["", "2026-01-01T00:00:00", "noon 1 1", "2026-01-01 1 x", "9999-12-31 86400 0"])
def test_a_state_that_no_clock_can_have_is_refused(state: str):
    with pytest.raises(ValueError, match=r"unpack|isoformat|int|calendar"):
        FrozenClock.at(state)
