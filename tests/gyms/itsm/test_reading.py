"""Looking up, listing and counting: exact and partial filters, bounds, order, answers' shapes."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import pytest

LOOKUPS = [
    ("get_user", {"user_id": "USER_002"}, "user_id", "USER_002"),
    ("get_user_using_email", {"email": "cy@north.org"}, "user_id", "USER_003"),
    ("get_user_using_name", {"first_name": "dina", "last_name": "REIS"}, "user_id", "USER_004"),
    ("find_group_by_name", {"name": "Field Crew"}, "group_id", "GROUP_002"),
    ("find_location_by_given_name", {"name": " Hill Office "}, "location_id", "LOC_002"),
    ("get_location_by_id", {"location_id": "LOC_001"}, "name", "Harbour Office"),
    ("get_incident_template_by_name", {"name": "Lost badge"}, "incident_template_id", "TMPL_001"),
    ("find_configuration_item_by_serial_number", {"serial_number": "SN-2"}, "configuration_item_id", "CI_002"),
    ("find_service_by_name", {"name": " Mail "}, "service_id", "SVC_001"),
    ("find_service_offering_by_name", {"name": "Mailbox"}, "parent", "SVC_001"),
    ("find_change_by_number", {"number": "CHG0000007"}, "change_id", "CHG_002"),
    ("find_problem_by_number", {"number": "PRB0000001"}, "problem_id", "PRB_001"),
    ("find_incident_by_number", {"number": "INC0000001"}, "incident_id", "INC_001"),
    ("find_incident_by_id", {"incident_id": "INC_009"}, "short_description", "Printer jam"),
    ("find_sla_definition_by_name", {"name": "Fast fix"}, "sla_def_id", "SLA_002"),
    ("find_parent_incident", {"child_incident": "INC_002"}, "parent_incident", "INC_001"),
]


@pytest.mark.parametrize(("tool", "arguments", "field", "value"), LOOKUPS, ids=[case[0] for case in LOOKUPS])
def test_a_lookup_finds_the_one_record(desk, tool, arguments, field, value):
    assert desk.ok(tool, **arguments)[field] == value


MISSES = [
    ("get_user", {"user_id": "USER_099"}, "NOT_FOUND", "User not found with identifier 'USER_099'"),
    ("get_user_using_name", {"first_name": "A", "last_name": "B"}, "NOT_FOUND", "User not found with identifier 'A B'"),
    ("find_group_by_name", {"name": "field crew"}, "NOT_FOUND", "User group not found with identifier 'field crew'"),
    ("find_location_by_given_name", {"name": " "}, "RESOURCE_NOT_FOUND", "Location not found with identifier 'empty name'"),
    ("find_service_by_name", {"name": "X"}, "NOT_FOUND", "Service not found with identifier 'X'"),
    ("find_service_offering_by_name", {"name": "X"}, "NOT_FOUND", "Service Offering not found with identifier 'X'"),
    ("find_change_by_number", {"number": "X"}, "NOT_FOUND", "Change not found with identifier 'X'"),
    ("find_problem_by_number", {"number": "X"}, "NOT_FOUND", "Problem with number 'X' not found"),
    ("find_incident_by_number", {"number": "X"}, "NOT_FOUND", "Incident with number 'X' not found"),
    ("find_incident_by_id", {"incident_id": "X"}, "NOT_FOUND", "Incident with ID 'X' not found"),
    ("find_parent_incident", {"child_incident": "X"}, "NOT_FOUND", "No parent found for child incident 'X'"),
    ("find_notifications_for_email", {"email": "a@b.co"}, "RESOURCE_NOT_FOUND", "Notifications not found with identifier 'email=a@b.co'"),
    ("find_notifications_sent_for_incident", {"incident_id": "INC_009"}, "RESOURCE_NOT_FOUND", "Notifications not found with identifier 'incident_id=INC_009'"),
    ("find_notifications", {"incident_id": "X"}, "INCIDENT_NOT_FOUND", "Incident 'X' not found"),
    ("find_notifications", {"notification_id": ""}, "MISSING_REQUIRED_VALUE", "notification_id cannot be empty"),
    ("find_locations", {"city": ""}, "EMPTY_FILTER_VALUE", "Filter 'city' cannot be empty"),
    ("find_change_request_mappings_for_incident", {"incident_id": "X"}, "NOT_FOUND", "Incident 'X' not found"),
    ("count_incident_for_assignment_group", {"assignment_group_id": "X"}, "NOT_FOUND", "Assignment Group not found with identifier 'X'"),
    ("count_notifications_by_incident", {"incident_id": ["INC_001", "X"]}, "INVALID_REFERENCE", "Invalid incident_id reference(s): X"),
    ("get_changes_assigned_to", {}, "VALIDATION_ERROR", "At least one of assigned_to, assignment_group is required"),
    ("find_incident_knowledge_links", {"used_as": "applied,Read"}, "INVALID_ENUM_VALUE", "used_as takes suggested, applied, resolution, not Read"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "code", "message"), MISSES)
def test_a_miss_says_what_was_not_there(desk, tool, arguments, code, message):
    error = desk.error(tool, **arguments)
    assert (error["error_code"], error["message"]) == (code, message)
    assert error["error"] is True
    assert error["request_id"] is None
    assert error["timestamp"] == "2026-01-01T12:00:00.000000Z"


# tool, filters, key of the list (None: the answer is the list), the ids that come back, in order
LISTS = [
    ("list_users", {}, "users", ["USER_001", "USER_002", "USER_003", "USER_004"]),
    ("list_users", {"active": "false", "email": "", "role": ""}, "users", ["USER_003"]),
    ("list_users", {"active": True, "phone": "555-010", "last_name": "o"}, "users", ["USER_002"]),
    ("list_users", {"created_after": "2025-01-03T08:00:00Z", "created_before": "2025-01-04 08:00:00"}, "users", ["USER_003"]),
    ("list_user_groups", {"name": "level 1"}, "user_groups", ["GROUP_001"]),
    ("list_user_groups", {"created_after": "2025-01-06T08:00:00", "created_before": "2025-01-07T08:00:00"}, "user_groups", []),
    ("list_group_members", {"user_id": "USER_003"}, "group_members", ["MEM_007"]),
    ("find_locations", {}, "locations", ["LOC_002", "LOC_001"]),
    ("find_locations", {"active": False, "created_after": "2025-02-01T08:00:00Z", "created_before": "2025-02-01T08:00:00Z"}, "locations", ["LOC_002"]),
    ("get_incident_templates", {"active": True, "name": "Lost badge"}, "incident_templates", ["TMPL_001"]),
    ("find_configuration_items", {}, "configuration_items", ["CI_002", "CI_001"]),
    ("find_configuration_items", {"cost": 1200.0, "status": "in_use"}, "configuration_items", ["CI_001"]),
    ("find_services", {"name": "PAY"}, "services", ["SVC_002"]),
    ("find_service_offerings", {"parent": "SVC_001"}, "service_offerings", ["SVCOFF_001"]),
    ("list_changes", {"short_description": "MAIL", "category": ""}, "changes", ["CHG_001"]),
    ("get_problems_assigned_to", {}, "problems", ["PRB_001"]),
    ("list_problems", {"workaround": "restart", "status": "new"}, "problems", ["PRB_001"]),
    ("list_incidents", {}, None, ["INC_009", "INC_002", "INC_001"]),
    ("list_incidents", {"called_id": "USER_004"}, None, ["INC_002"]),
    ("list_incidents", {"caller_id": "USER_004"}, None, ["INC_002"]),
    ("list_incidents", {"description": "no MAIL", "channel": "web", "status": None}, None, ["INC_001"]),
    ("list_incidents", {"created_after": "2025-03-01T08:00:00", "created_before": "2025-03-02T08:00:00"}, None, ["INC_002"]),
    ("get_incidents_assigned_to", {"assigned_to": "USER_002", "assignment_group": "GROUP_001"}, None, ["INC_001"]),
    ("list_child_incidents", {"parent_incident": "INC_404"}, None, []),
    ("retrieve_knowledge_articles", {"title": "PRINTER", "kb_number": "KB0000001"}, "knowledges", ["KB_002"]),
    ("find_incident_knowledge_links", {"used_as": "suggested, applied"}, None, ["IKB_001"]),
    ("find_sla_definitions", {"target_mins": 0, "name": "", "active": False}, "sla_definitions", ["SLA_003"]),
    ("find_notifications", {"type": "update"}, "notifications", ["NOTIF_003", "NOTIF_001"]),
    ("find_notifications_sent_for_incident", {"incident_id": "INC_001"}, "notifications", ["NOTIF_002", "NOTIF_001"]),
    ("list_change_request_mappings", {"created_after": "2025-03-05T08:00:00", "created_before": "2025-03-05T08:00:00"}, "change_request_mappings", ["CRM_001"]),
    ("find_change_request_mappings_for_incident", {"incident_id": "INC_002"}, "change_request_mappings", []),
    ("list_incident_affected_cis", {"created_after": "2025-03-05T09:00:00"}, "incident_affected_cis", []),
    ("find_incident_slas", {"stage": " BREACHED "}, "incident_slas", ["TSLA_001"]),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "filters", "key", "ids"), LISTS)
def test_a_list_holds_what_fits_all_filters_in_its_order(desk, tool, filters, key, ids):
    answer = desk.ok(tool, **filters)
    rows = answer if key is None else answer[key]
    assert [next(value for name, value in row.items() if name.endswith("_id")) for row in rows] == ids
    if key is not None:
        assert answer["count" if key == "notifications" else "total_count"] == len(ids)


REFUSED_FILTERS = [
    ("list_incidents", {"status": "New"}, "enum"),
    ("list_incidents", {"created_after": "yesterday"}, "datetime_parsing"),
    ("list_changes", {"status": "done"}, "enum"),
    ("list_users", {"role": "boss"}, "INVALID_ENUM_VALUE"),
    ("find_sla_definitions", {"metric": ""}, "enum"),
    ("count_incident_for_assignment_group", {"assignment_group_id": "GROUP_001", "status": ""}, "enum"),
    ("find_notifications_for_email", {"email": "nobody"}, "value_error"),
    ("list_user_groups", {"nmae": "x"}, "extra_forbidden"),
]


@pytest.mark.parametrize(("tool", "filters", "code"), REFUSED_FILTERS)
def test_a_filter_outside_its_set_is_an_error_and_not_an_empty_list(desk, tool, filters, code):
    assert desk.code(tool, **filters) == code


COUNTS = [
    ("get_count_of_incident_priority_wise", {}, {"critical": 1, "low": 2}),
    ("get_count_of_incident_priority_wise", {"priority_list": ["high", "low"]}, {"high": 0, "low": 2}),
    ("count_incident_for_assignment_group", {"assignment_group_id": "GROUP_001"}, {"GROUP_001": 2}),
    ("count_incident_for_assignment_group", {"assignment_group_id": "GROUP_001", "status": "closed"}, {"GROUP_001": 1}),
    ("total_sum_of_target_mins_per_priority", {}, {"metrics": {"CRITICAL": 255, "LOW": 2880}}),
    ("average_target_mins_per_priority", {"priority": ["critical", "high"]}, {"metrics": {"CRITICAL": 127.5, "HIGH": 0}}),
    ("count_notifications_by_status", {}, {"metrics": {"QUEUED": 2, "SENT": 1}}),
    ("count_notifications_by_type", {"type": ["update", "report"]}, {"metrics": {"UPDATE": 2, "REPORT": 0}}),
    ("count_notifications_by_incident", {"incident_id": ["INC_009", "INC_001"]}, {"metrics": {"INC_009": 0, "INC_001": 2}}),
    ("average_notifications_by_incident", {}, {"average": 1.5}),
    ("average_notifications_by_incident", {"incident_id": ["INC_009"]}, {"average": 0.0}),
    ("find_stage_wise_breached_incident_sla_counts", {}, {"counts": {"breached": 1}}),
    ("find_stage_wise_breached_incident_sla_counts", {"stages": ["PAUSED"]}, {"counts": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "answer"), COUNTS)
def test_counts_and_averages_are_those_of_the_rows(desk, tool, arguments, answer):
    assert desk.ok(tool, **arguments) == answer


def test_the_token_says_who_acts_and_a_wrong_one_is_refused(desk):
    desk.headers = {"X-ITSM-User-Token": " token-bo "}
    change = desk.ok("create_change", short_description="x", status="new", impact="low", risk="low", priority="low")
    assert change["requested_by"] == "USER_002"
    desk.headers = {"x-itsm-user-token": "forged"}
    assert desk.code("list_incidents") == "UNAUTHORIZED"


def test_a_malformed_call_gets_every_fault_at_once_in_the_body_list(desk):
    error = desk.error("add_new_user", first_name="E", last_name="D", email="no", phone="1", role="agent", active=True)
    assert error["loc"] == ["body", "email"]
    assert error["ctx"] == {"error_code": "INVALID_EMAIL_FORMAT"}
    assert error["input"] == "no"
