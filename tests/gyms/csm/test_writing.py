"""What writing tools store and answer, what they refuse and how, and what they leave alone."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import ast

import pytest

STAMPS = {"sys_created_on": "2026-01-01 12:00:00", "sys_updated_on": "2026-01-01 12:00:00"}
CREATED = {"sys_created_on": "2026-01-01 12:00:00"}
CASE = {
    "account_id": 2,
    "contact_id": 1,
    "channel": "email",
    "priority": "low",
    "state": "new",
    "short_description": "Help",
}

NEW = [
    ("add_new_user", {"first_name": "Di", "last_name": "Oh", "email": "di@desk.com", "role": "agent", "active": True},
     {"user_id": 5, "first_name": "Di", "last_name": "Oh", "email": "di@desk.com", "phone": None, "role": "agent", "location_id": None, "active": 1, **STAMPS}),
    ("add_new_user_group", {"name": "Tier 2", "type": "vendor", "active": False},
     {"group_id": 3, "name": "Tier 2", "type": "vendor", "active": 0, **STAMPS}),
    ("add_new_group_member", {"group_id": 2, "user_id": 2}, {"member_id": 4, "group_id": 2, "user_id": 2, **CREATED}),
    ("create_new_account", {"name": "Initech", "account_type": "customer", "active": True},
     {"account_id": 4, "name": "Initech", "account_type": "customer", "email_domain": None, "active": 1, **STAMPS}),
    ("create_contact", {"account_id": 3, "portal_user_id": 3, "active": True, "is_primary": True},
     {"contact_id": 3, "account_id": 3, "portal_user_id": 3, "active": 1, "is_primary": 1, **STAMPS}),
    ("add_location", {"name": "Yard", "active": True, "city": "london", "country": "japan"},
     {"location_id": 3, "name": "Yard", "plot_no": None, "street": None, "city": "london", "country": "japan", "active": 1, **STAMPS}),
    ("add_new_product", {"name": "Switch", "category": "hardware", "lifecycle_state": "active", "product_price": 5},
     {"product_id": 4, "name": "Switch", "category": "hardware", "product_price": 5, "lifecycle_state": "active", **STAMPS}),
    ("register_new_installed_product", {"account_id": 3, "product_id": 1, "serial_number": "S", "status": "in_stock", "location_id": 1, "warranty_end": "2026-05-01"},
     {"installed_product_id": 5, "account_id": 3, "product_id": 1, "location_id": 1, "serial_number": "S", "status": "in_stock", "warranty_end": "2026-05-01", **STAMPS}),
    ("enlist_new_contract", {"account_id": 3, "contract_type": "support", "status": "draft", "start_date": "2026-02-01", "end_date": "2026-01-01"},
     {"contract_id": 5, "account_id": 3, "contract_type": "support", "status": "draft", "contract_price": None, "start_date": "2026-02-01", "end_date": "2026-01-01", **STAMPS}),
    ("add_new_entitlement", {"account_id": 3, "support_level": "standard", "active": True},
     {"entitlement_id": 4, "account_id": 3, "product_id": None, "contract_id": None, "support_level": "standard", "coverage_hours": "h8x5", "max_cases_per_month": 0, "active": 1, **STAMPS}),
    ("add_new_sla_definition", {"metric": "response", "target_mins": 5, "name": "Fast", "pause_on_pending": False, "active": True},
     {"sla_def_id": 5, "name": "Fast", "metric": "response", "target_mins": 5, "pause_on_pending": 0, "applies_to_priority": None, "active": 1, **STAMPS}),
    ("create_new_case", {**CASE, "assigned_to": 3, "closed_on": "2026-02-01T10:00:00+02:00", "product_id": None},
     {"case_id": 4, "number": "CS-0000004", "account_id": 2, "contact_id": 1, "product_id": None, "installed_product_id": None, "channel": "email", "priority": "low", "state": "new",
      "short_description": "Help", "assignment_group_id": None, "assigned_to": 3, "escalation": 0, "escalation_reason": None, "reopen_count": 0, **STAMPS, "closed_on": "2026-02-01 08:00:00"}),
    ("link_new_case_sla", {"case_id": 2, "sla_def_id": 3, "stage": "paused"},
     {"case_sla_id": 4, "case_id": 2, "sla_def_id": 3, "stage": "paused", "start_time": "2026-01-01 12:00:00", "breach_time": None, "has_breached": 0, "completed_time": None}),
    ("register_new_interaction", {"channel": "chat", "status": "open", "case_id": 1},
     {"interaction_id": 5, "channel": "chat", "account_id": None, "contact_id": None, "case_id": 1, "interacted_user": None, "status": "open", "started_at": "2026-01-01 12:00:00", "ended_at": None, **CREATED}),
    ("create_knowledge", {"title": "T", "state": "draft", "body": "x" * 120, "visibility": "internal", "owner_id": 3},
     {"knowledge_id": 4, "kb_number": "KB000004", "title": "T", "body": "x" * 120, "state": "draft", "visibility": "internal", "product_id": None, "owner_id": 3, **STAMPS}),
    ("link_case_knowledge", {"case_id": 1, "knowledge_id": 2, "used_as": "applied"}, {"case_kb_id": 3, "case_id": 1, "knowledge_id": 2, "used_as": "applied"}),
    ("send_notification", {"case_id": 2, "email": "nobody@nowhere", "type": "next_steps"},
     {"notification_id": 4, "case_id": 2, "knowledge_id": None, "email": "nobody@nowhere", "type": "next_steps", "status": "success", **CREATED}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "row"), NEW, ids=[tool for tool, *_ in NEW])
def test_a_new_row_gets_the_next_number_defaults_and_the_second(desk, tool, arguments, row):
    with desk.database.record() as recording:
        answer = desk.ok(tool, **arguments)
    assert list(answer.items()) == list(row.items())
    assert [change.after for change in recording.changes] == [row], "nothing but the row was written"


CHANGES = [
    ("update_user_details", {"user_id": 1, "active": True, "phone": None}, {"active": 1, "phone": None}),
    ("update_user_group", {"group_id": 2, "name": "Field"}, {"name": "Field"}),
    ("update_account_details", {"account_id": 3, "account_type": "customer"}, {"account_type": "customer"}),
    ("update_contact", {"contact_id": 2, "is_primary": True}, {"is_primary": 1}),
    ("update_location", {"location_id": 2, "street": None, "city": "sydney"}, {"street": None, "city": "sydney"}),
    ("update_product", {"product_id": 2, "product_price": 7}, {"product_price": 7}),
    ("update_installed_product_details", {"installed_product_id": 1, "location_id": 1}, {"location_id": 1}),
    ("update_contract", {"contract_id": 3, "end_date": "2020-01-01"}, {"end_date": "2020-01-01"}),
    ("update_entitlement", {"entitlement_id": 3, "max_cases_per_month": 60}, {"max_cases_per_month": 60}),
    ("update_sla_definition", {"sla_def_id": 4, "applies_to_priority": "critical"}, {"applies_to_priority": "critical"}),
    ("update_case", {"case_id": 1, "state": "new", "reopen_count": 3, "closed_on": None}, {"state": "new", "reopen_count": 3, "closed_on": None}),
    ("update_knowledge", {"knowledge_id": 2, "state": "published", "kb_number": "KB-9"}, {"state": "published", "kb_number": "KB-9"}),
    ("update_case_sla_details", {"case_sla_id": 3, "stage": "completed"}, {"stage": "completed"}),
    ("update_interaction", {"interaction_id": 4, "ended_at": "2026-01-01 13:00:00"}, {"ended_at": "2026-01-01 13:00:00"}),
    ("updated_linked_case_knowledge", {"case_kb_id": 2, "used_as": "applied"}, {"used_as": "applied"}),
    ("update_notification", {"notification_id": 2, "status": "success"}, {"status": "success"}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "changed"), CHANGES, ids=[tool for tool, *_ in CHANGES])
def test_an_update_changes_the_given_fields_of_one_row_and_its_time(desk, tool, arguments, changed):
    with desk.database.record() as recording:
        answer = desk.ok(tool, **arguments)
    touched = {"sys_updated_on": "2026-01-01 12:00:00"} if "sys_updated_on" in answer else {}
    [change] = recording.changes
    assert change.after == changed | touched
    assert answer.items() >= change.after.items()
    assert change.key.items() <= arguments.items()


def test_an_update_to_the_same_value_is_a_change_of_its_time(desk):
    row = desk.ok("update_case", case_id=2, state="new", priority=None)
    assert (row["state"], row["priority"], row["sys_updated_on"]) == ("new", "low", "2026-01-01 12:00:00")


def test_assigning_answers_when_it_happened_and_leaves_the_rest(desk):
    assert desk.ok("assign_case_to_user", case_id=1, assigned_to_user_id=3) == {
        "assignment_status": "success", "assigned_to": 3, "assigned_at": "2026-01-01 12:00:00",
    }  # fmt: skip
    assert desk.ok("set_case_assignment_group", case_id=1, assignment_group_id=2) == {
        "status": "success", "assignment_group_id": 2, "set_at": "2026-01-01 12:00:01",
    }  # fmt: skip
    [case] = desk.ok("search_cases", case_id=1)
    assert (case["assigned_to"], case["assignment_group_id"], case["state"]) == (3, 2, "closed")


DELETIONS = [
    ("delete_products", {"name": "Router X"}, "product", [2, 3]),
    ("delete_products", {"category": "hardware", "created_after": "2025-08-02"}, "product", [1, 3]),
    ("delete_case_slas", {"has_breached": True}, "case_sla", [2]),
    ("delete_case_slas", {"case_id": 1, "breach_time": "2025-08-01 08:30:00"}, "case_sla", [2, 3]),
    ("delete_case_slas", {"case_id": 77}, "case_sla", [1, 2, 3]),
    ("delete_case_knowledge_linkages", {"knowledge_id": 1, "used_as": "suggested"}, "case_knowledge", [1]),
    ("delete_notifications", {"case_id": 1, "status": "failed"}, "notification", [1, 3]),
    ("delete_notifications", {"created_before": "2025-08-02 09:00:00"}, "notification", [3]),
    ("remove_group_membership", {"member_id": 1, "group_id": 99}, "user_group_member", [2, 3]),
    ("remove_group_membership", {"group_id": 1, "user_id": 2}, "user_group_member", [1, 2]),
    ("remove_group_membership", {"group_id": 2, "user_id": 2}, "user_group_member", [1, 2, 3]),
]


@pytest.mark.parametrize(("tool", "arguments", "table", "left"), DELETIONS)
def test_a_deletion_takes_what_passes_all_filters_and_counts_it(desk, tool, arguments, table, left):
    rows = desk.value(f"SELECT count(*) FROM {table}")
    assert desk.ok(tool, **arguments) == {"deleted": rows - len(left)}
    assert [key for key, *_ in desk.database.connection.execute(f"SELECT * FROM {table}")] == left


def test_the_number_of_a_deleted_row_does_not_come_back(desk):
    desk.ok("delete_notifications", notification_id=3)
    assert desk.ok("send_notification", case_id=1, email="a", type="other")["notification_id"] == 4


REFUSALS = [
    ("send_notification", {"case_id": 9, "email": "a", "type": "other"}, "Invalid case_id"),
    ("create_new_case", {**CASE, "contact_id": 9}, "Invalid contact_id"),
    ("create_new_case", {**CASE, "assigned_to": 9}, "Invalid assigned_to"),
    ("update_case", {"case_id": 1, "product_id": 9}, "Invalid product_id"),
    ("assign_case_to_user", {"case_id": 9, "assigned_to_user_id": 1}, "Case not found"),
    ("update_entitlement", {"entitlement_id": 9, "active": True}, "Entitlement not found"),
    ("update_contract", {"contract_id": 1}, "No fields to update"),
    ("add_new_user", {"first_name": "A", "last_name": "B", "email": "bo@desk.com", "role": "agent", "active": True}, "User with this email already exists"),
    ("create_new_account", {"name": "Desk", "account_type": "partner", "active": True}, "Account with this name already exists"),
    ("update_account_details", {"account_id": 2, "name": "Desk"}, "Account with this name already exists"),
    ("add_new_group_member", {"group_id": 1, "user_id": 1}, "Group member with this group_id and user_id already exists"),
    ("link_case_knowledge", {"case_id": 1, "knowledge_id": 1, "used_as": "applied"}, "Case knowledge link with this case_id and knowledge_id already exists"),
    ("updated_linked_case_knowledge", {"case_kb_id": 2, "case_id": 1}, "Case knowledge link with this case_id and knowledge_id already exists"),
    ("register_new_installed_product", {"account_id": 2, "product_id": 1, "serial_number": "P1-100-7", "status": "in_use"}, "Installed product with this account_id and product_id and serial_number already exists"),
    ("delete_products", {}, "At least one filter is required"),
    ("delete_case_slas", {"stage": None}, "At least one filter is required"),
    ("delete_notifications", {"email": ""}, "At least one filter is required"),
    ("remove_group_membership", {"group_id": 1}, "Give member_id, or group_id and user_id"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "words"), REFUSALS)
def test_a_refusal_is_one_plain_line(desk, tool, arguments, words):
    assert desk.error(tool, **arguments) == f"API Error [{tool}]: {words}"


FAULTS = [
    ("create_knowledge", {"title": "T", "state": "draft", "body": "x" * 121, "visibility": "internal", "owner_id": 1}, "string_too_long", "body"),
    ("create_new_case", {**CASE, "priority": "urgent"}, "enum", "priority"),
    ("create_new_case", {**CASE, "short_description": ""}, "string_too_short", "short_description"),
    ("update_case", {"state": "new"}, "missing", "case_id"),
    ("update_case", {"case_id": "one"}, "int_parsing", "case_id"),
    ("search_cases", {"created_after": "yesterday"}, "datetime_parsing", "created_after"),
    ("enlist_new_contract", {"account_id": 2, "contract_type": "support", "status": "active", "start_date": "01/02/2026", "end_date": "2026-01-01"}, "date_parsing", "start_date"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "kind", "field"), FAULTS)
def test_bad_arguments_are_listed_as_python_prints_them(desk, tool, arguments, kind, field):
    text = desk.error(tool, **arguments)
    head, _, listed = text.partition(": ")
    [fault] = ast.literal_eval(listed)
    assert head == f"API Error [{tool}]"
    assert (fault["type"], fault["loc"]) == (kind, ["body", field])
    assert list(fault) == ["type", "loc", "msg", "input", "ctx"][: len(fault)]


def test_the_caller_must_be_a_user_of_the_database_whatever_the_role(desk):
    desk.headers = {}
    assert desk.error("find_products") == "Error: x-user-email header is required for user identification"
    desk.headers = {" x-user-email ": "nobody@desk.com"}
    assert desk.error("update_case", case_id="one") == "Error: User not found for given email"
    desk.headers = {" x-user-email ": " cy@hooli.com "}
    assert desk.ok("update_case", case_id=1, state="canceled")["closed_on"] == "2025-08-09 08:00:00"
