"""Creating and changing records: ids, defaults, references, blanks, unchanged updates."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import pytest

NEW_USER = {
    "first_name": "Eva", "last_name": "Dahl", "email": "eva@north.org", "phone": "+47-220-555-0199",
    "role": "agent", "active": True,
}  # fmt: skip
NEW_GROUP = {"name": "Network", "type": "IT Support", "manager_id": "USER_002", "email": "net@north.org"}
NEW_CHANGE = {"short_description": "New switch", "status": "new", "impact": "low", "risk": "low", "priority": "low"}
NEW_PROBLEM = {"problem_statement": "Leak", "status": "new", "impact": "low", "urgency": "low", "priority": "planning"}
NEW_ITEM = {
    "name": "mail-02", "serial_number": "SN-9", "owner_id": "USER_002", "location_id": "LOC_001",
    "status": "in_use", "cost": 10,
}  # fmt: skip
NEW_TEMPLATE = {"name": "VPN", "change_request_values": {"caller_id": "USER_002", "short_description": "No VPN"}}
NEW_SLA = {"name": "Calm", "metric": "response", "target_mins": 60, "pause_on_pending": False, "active": True}
NEW_OFFERING = {"name": "Alias", "short_description": "One alias", "owned_by": "USER_002", "parent": "SVC_001"}

CREATIONS = [
    ("add_new_user", NEW_USER, {"user_id": "USER_005", "user_name": "eva.dahl", "org_id": "ORG_001"}),
    ("add_new_user_group", NEW_GROUP, {"group_id": "GROUP_003", "active": True, "description": None}),
    (
        "add_new_group_member",
        {"group_id": "GROUP_002", "user_id": "USER_001"},
        {"member_id": "MEMBER_008", "org_id": "ORG_001"},
    ),
    ("add_location", {"name": "Pier", "city": "Oslo", "country": "Norway"}, {"location_id": "LOC_003", "active": True}),
    ("register_configuration_item", NEW_ITEM, {"configuration_item_id": "CI_003", "cost": 10, "status": "in_use"}),
    (
        "add_new_service",
        {"name": "VPN", "owned_by": "USER_002"},
        {"service_id": "SVC_003", "used_for": "production", "status": "operational", "business_criticality": "critical"},
    ),
    (
        "register_new_service_offering",
        NEW_OFFERING,
        {"service_offering_id": "SVCOFF_002", "parent": "SVC_001", "service_classification": "business"},
    ),
    (
        "create_change",
        NEW_CHANGE,
        {
            "change_id": "CHG_003",
            "number": "CHG0000042",
            "requested_by": "USER_001",
            "category": "other",
            "cab_required": False,
        },
    ),
    (
        "create_problem",
        NEW_PROBLEM,
        {"problem_id": "PRB_002", "number": "PRB0000002", "opened_by": "USER_001", "category": None},
    ),
    (
        "create_incident",
        {"caller_id": "USER_004", "short_description": "No sound"},
        {
            "incident_id": "INC_010",
            "number": "INC-000010",
            "status": "new",
            "category": "inquiry-help",
            "impact": "low",
            "urgency": "low",
            "priority": "planning",
            "channel": None,
        },
    ),
    (
        "create_knowledge_article",
        {"title": "Use the VPN", "owner_id": "USER_002"},
        {"knowledge_id": "KB_003", "kb_number": "KB0000004", "state": "published", "visibility": "internal"},
    ),
    (
        "create_new_incident_template",
        NEW_TEMPLATE,
        {"incident_template_id": "TMPL_002", "active": True, "name": "VPN"},
    ),
    ("add_new_sla_definition", NEW_SLA, {"sla_def_id": "SLA_004", "applies_to_priority": None, "active": True}),
    (
        "send_notification",
        {"incident_id": "INC_002", "email": "dina@south.org"},
        {
            "notification_id": "NOTIF_004",
            "org_id": "ORG_001",
            "type": "other",
            "status": "queued",
            "subject": None,
            "message": None,
        },
    ),
    ("map_change_request", {"change_id": "CHG_001", "problem_id": "PRB_001"}, {"change_request_mapping_id": "CRM_002"}),
    (
        "link_affected_ci_to_incident",
        {"configuration_item": "CI_002", "incident_id": "INC_001"},
        {"incident_affected_cis_id": "TASKCI_002"},
    ),
    ("add_child_incident", {"parent_incident": "INC_001", "child_incident": "INC_009"}, {"child_incident_mapping_id": "CINC_002"}),
    (
        "link_knowledge_to_incident",
        {"incident_id": "INC_002", "knowledge_id": "KB_001"},
        {"incident_kb_id": "IKB_002", "used_as": "suggested"},
    ),
    (
        "link_new_incident_sla",
        {"incident_id": "INC_009", "sla_def_id": "SLA_002", "start_time": "2025-03-31T10:30:00+02:00"},
        {"incident_sla_id": "TSLA_003", "stage": "in_progress", "has_breached": False, "start_time": "2025-03-31T08:30:00.000000"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "expected"), CREATIONS, ids=[c[0] for c in CREATIONS])
def test_a_new_record_gets_the_next_id_its_defaults_and_one_time(desk, tool, arguments, expected):
    record = desk.ok(tool, **arguments)
    assert {name: record[name] for name in expected} == expected
    times = [record[name] for name in record if name.startswith(("created_", "updated_"))]
    assert times == ["2026-01-01T12:00:00.000000"] * 2


HIDDEN = [
    ("create_incident", {"caller_id": "USER_004", "short_description": "x"}, {"org_id", "contact_type", "service_display"}),
    ("create_change", NEW_CHANGE, {"org_id"}),
    ("register_configuration_item", NEW_ITEM, {"org_id"}),
    ("add_new_user", NEW_USER, {"static_token"}),
    ("create_knowledge_article", {"title": "t", "owner_id": "USER_002"}, {"org_id", "short_description"}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "columns"), HIDDEN, ids=[h[0] for h in HIDDEN])
def test_some_columns_are_never_shown(desk, tool, arguments, columns):
    assert columns.isdisjoint(desk.ok(tool, **arguments))


def test_an_incident_belongs_to_its_callers_organisation_and_a_knowledge_link_to_its_incidents(desk):
    incident = desk.ok("create_incident", caller_id="USER_004", short_description="x")["incident_id"]
    desk.ok("link_knowledge_to_incident", incident_id=incident, knowledge_id="KB_001")
    assert desk.value(f"SELECT org_id FROM incident WHERE incident_id = '{incident}'") == "ORG_002"
    assert desk.value(f"SELECT org_id FROM incident_knowledge WHERE incident_id = '{incident}'") == "ORG_002"


def test_times_are_stored_with_a_blank(desk):
    desk.ok("update_incident", incident_id="INC_001", resolved="2025-03-31T08:30:00Z", status="resolved")
    stored = desk.connection.execute("SELECT resolved, updated_at FROM incident WHERE incident_id = 'INC_001'").get
    assert stored == ("2025-03-31 08:30:00.000000", "2026-01-01 12:00:00.000000")


def test_a_freed_id_comes_back(desk):
    desk.ok("delete_notifications", notification_id="NOTIF_003")
    sent = desk.ok("send_notification", incident_id="INC_001", email="cy@north.org")
    assert sent["notification_id"] == "NOTIF_003"


REFUSED_CREATIONS = [
    ("add_new_user", NEW_USER | {"role": "Agent"}, "enum"),
    ("add_new_user", NEW_USER | {"location_id": "LOC_099"}, "LOCATION_NOT_FOUND"),
    ("add_new_user", NEW_USER | {"location_id": "LOC_002"}, "CROSS_ORGANIZATION_ACCESS"),
    ("add_new_user", NEW_USER | {"email": "bo@north.org"}, "DUPLICATE_EMAIL"),
    ("add_new_user", NEW_USER | {"phone": "+351-220-555-0104"}, "DUPLICATE_PHONE"),
    ("add_new_user", NEW_USER | {"first_name": ""}, "string_too_short"),
    ("add_new_user", {k: v for k, v in NEW_USER.items() if k != "role"}, "missing"),
    ("add_new_user_group", NEW_GROUP | {"name": "Field Crew"}, "DUPLICATE_GROUP_NAME"),
    ("add_new_user_group", NEW_GROUP | {"email": "l1@north.org"}, "DUPLICATE_GROUP_EMAIL"),
    ("add_new_user_group", NEW_GROUP | {"email": ""}, "VALIDATION_ERROR"),
    ("add_new_user_group", NEW_GROUP | {"manager_id": ""}, "MANAGER_NOT_FOUND"),
    ("add_new_user_group", NEW_GROUP | {"manager_id": "USER_003"}, "INVALID_MANAGER_ROLE"),
    ("add_new_user_group", NEW_GROUP | {"name": "Field Crew", "manager_id": "USER_003"}, "VALIDATION_ERROR"),
    ("add_new_user_group", NEW_GROUP | {"colour": "red"}, "extra_forbidden"),
    ("add_new_group_member", {"group_id": "GROUP_001", "user_id": "USER_003"}, "DUPLICATE_MEMBERSHIP"),
    ("add_new_group_member", {"group_id": "GROUP_009", "user_id": "USER_003"}, "NOT_FOUND"),
    ("add_location", {"name": "Hill Office", "city": "Oslo", "country": "Norway"}, "DUPLICATE_LOCATION_NAME"),
    ("add_location", {"name": "Pier", "city": " ", "country": "Norway"}, "value_error"),
    ("register_configuration_item", NEW_ITEM | {"cost": -1}, "greater_than_equal"),
    ("register_configuration_item", NEW_ITEM | {"serial_number": "SN-1"}, "DUPLICATE_SERIAL_NUMBER"),
    ("register_configuration_item", NEW_ITEM | {"location_id": "LOC_099"}, "INVALID_REFERENCE"),
    ("add_new_service", {"name": "Mail", "owned_by": "USER_099"}, "USER_NOT_FOUND"),
    ("add_new_service", {"name": "Mail", "owned_by": "USER_002"}, "DUPLICATE_SERVICE_NAME"),
    ("add_new_service", {"name": "  ", "owned_by": "USER_002"}, "value_error"),
    ("register_new_service_offering", NEW_OFFERING | {"parent": "SVC_099"}, "SERVICE_NOT_FOUND"),
    ("register_new_service_offering", NEW_OFFERING | {"name": "Mailbox"}, "DUPLICATE_SERVICE_OFFERING_NAME"),
    ("create_change", NEW_CHANGE | {"status": "NEW"}, "enum"),
    ("create_change", NEW_CHANGE | {"assigned_to": "USER_099"}, "VALIDATION_ERROR"),
    ("create_change", NEW_CHANGE | {"service": "SVC_099"}, "INVALID_REFERENCE"),
    ("create_problem", NEW_PROBLEM | {"original_task": "INC_099"}, "VALIDATION_ERROR"),
    ("create_incident", {"caller_id": "", "short_description": "x"}, "MISSING_FIELD"),
    ("create_incident", {"caller_id": "USER_004", "short_description": "x", "channel": "web"}, "enum"),
    ("create_knowledge_article", {"title": "t", "owner_id": "USER_002", "body": ""}, "string_too_short"),
    ("create_knowledge_article", {"title": "t", "owner_id": "USER_099"}, "USER_NOT_FOUND"),
    ("create_knowledge_article", {"title": "Unjam a printer", "owner_id": "USER_002"}, "DUPLICATE_ARTICLE"),
    ("create_new_incident_template", NEW_TEMPLATE | {"name": "Lost badge"}, "DUPLICATE_TEMPLATE_NAME"),
    ("create_new_incident_template", {"name": "VPN", "change_request_values": {"caller_id": "USER_002"}}, "MISSING_FIELD"),
    ("add_new_sla_definition", NEW_SLA | {"name": "Slow fix"}, "DUPLICATE_NAME"),
    ("add_new_sla_definition", NEW_SLA | {"target_mins": 0}, "greater_than_equal"),
    ("add_new_sla_definition", NEW_SLA | {"target_mins": 10**30}, "CONSTRAINT_VIOLATION"),
    ("send_notification", {"incident_id": "INC_099", "email": "cy@north.org"}, "VALIDATION_ERROR"),
    ("send_notification", {"incident_id": "INC_001", "email": "who@north.org"}, "VALIDATION_ERROR"),
    ("send_notification", {"incident_id": "INC_001", "email": "ada@north.org"}, "CANNOT_SEND_TO_SELF"),
    ("send_notification", {"incident_id": "INC_001", "email": "cy@north.org", "subject": ""}, "string_too_short"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "code"), REFUSED_CREATIONS)
def test_a_creation_is_refused_for_its_reason(desk, tool, arguments, code):
    assert desk.code(tool, **arguments) == code


def test_unknown_references_of_an_incident_are_reported_together_and_its_parent_is_not_checked(desk):
    error = desk.error(
        "create_incident", caller_id="USER_099", short_description="x", problem="PRB_099", service="SVC_099"
    )
    assert error["message"] == "User 'USER_099' not found; Service 'SVC_099' not found; Problem 'PRB_099' not found"
    assert [fault["field"] for fault in error["details"]] == ["caller_id", "service", "problem"]
    desk.ok("create_incident", caller_id="USER_004", short_description="x", parent_incident="INC_404", assigned_to="")


def test_an_unknown_address_is_named_inside_a_validation_error(desk):
    (fault,) = desk.error("send_notification", incident_id="INC_001", email="who@north.org")["details"]
    assert (fault["code"], fault["field"]) == ("USER_EMAIL_NOT_FOUND", "email")


UPDATES = [
    ("update_user_details", {"user_id": "USER_003", "active": True, "user_name": "x", "location_id": ""}, {"active": True, "user_name": "cy.ek", "location_id": None}),
    ("update_user_group", {"group_id": "GROUP_002", "active": True}, {"active": True, "updated_on": "2025-01-07T08:00:00"}),
    ("update_location", {"location_id": "LOC_002", "name": " Hill "}, {"name": "Hill", "active": False}),
    ("update_configuration_item", {"configuration_item_id": "CI_001", "status": "in_use"}, {"status": "in_use", "cost": 1200}),
    ("update_configuration_item", {"configuration_item_id": "CI_001", "name": ""}, {"name": ""}),
    ("update_service", {"service_id": "SVC_002", "name": "Wages"}, {"name": "Wages", "status": "ready"}),
    ("update_service_offering", {"service_offering_id": "SVCOFF_001", "parent": "SVC_002", "name": " Box "}, {"parent": "SVC_002", "name": "Box"}),
    ("update_change", {"change_id": "CHG_001", "status": "closed", "description": ""}, {"status": "closed", "description": None}),
    ("update_problem", {"number": "PRB0000001", "status": "new"}, {"problem_id": "PRB_001", "status": "new"}),
    ("update_incident", {"incident_id": "INC_001", "status": "resolved", "description": "", "impact": None}, {"status": "resolved", "description": None, "impact": "high"}),
    ("update_knowledge_article", {"knowledge_id": "KB_001", "body": ""}, {"body": None, "title": "Reset a password"}),
    ("update_knowledge_article", {"kb_number": "KB0000001", "state": "published"}, {"knowledge_id": "KB_002", "state": "published"}),
    ("update_sla_definition", {"sla_def_id": "SLA_001", "metric": "response"}, {"metric": "response"}),
    ("update_notification", {"notification_id": "NOTIF_001", "status": "opened"}, {"status": "opened"}),
    ("update_incident_sla_details", {"incident_sla_id": "TSLA_001", "stage": " Completed "}, {"stage": "completed"}),
    ("update_child_incident", {"child_incident_mapping_id": "CINC_001", "parent_incident": "INC_009", "child_incident": "INC_002"}, {"parent_incident": "INC_009"}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "expected"), UPDATES)
def test_an_update_writes_what_is_given_and_nothing_else(desk, tool, arguments, expected):
    record = desk.ok(tool, **arguments)
    assert {name: record[name] for name in expected} == expected
    stamp = next(record[name] for name in record if name.startswith("updated_"))
    assert stamp.startswith("2026-01-01") or tool == "update_user_group"


REFUSED_UPDATES = [
    ("update_user_details", {"user_id": "USER_099", "active": True}, "NOT_FOUND"),
    ("update_user_details", {"user_id": "USER_003", "user_name": "x"}, "NO_FIELDS_PROVIDED"),
    ("update_user_details", {"user_id": "USER_003", "first_name": "Cy", "active": False}, "NO_CHANGES_DETECTED"),
    ("update_user_details", {"user_id": "USER_003", "location_id": "LOC_099"}, "LOCATION_NOT_FOUND"),
    ("update_user_group", {"group_id": "GROUP_001"}, "VALIDATION_ERROR"),
    ("update_user_group", {"group_id": "GROUP_001", "name": "Field Crew"}, "DUPLICATE_GROUP_NAME"),
    ("update_user_group", {"group_id": "GROUP_001", "active": True}, "NO_CHANGES_DETECTED"),
    ("update_location", {"location_id": "LOC_099"}, "VALIDATION_ERROR"),
    ("update_location", {"location_id": "LOC_099", "city": "Oslo"}, "RESOURCE_NOT_FOUND"),
    ("update_location", {"location_id": "LOC_001", "city": " Oslo "}, "NO_CHANGES_DETECTED"),
    ("update_configuration_item", {"configuration_item_id": "CI_001", "serial_number": ""}, "string_too_short"),
    ("update_configuration_item", {"configuration_item_id": "CI_001", "owner_id": "USER_099"}, "NOT_FOUND"),
    ("update_configuration_item", {"configuration_item_id": "CI_001", "cost": 1200.0}, "NO_CHANGES_DETECTED"),
    ("update_service", {"service_id": "SVC_099"}, "VALIDATION_ERROR"),
    ("update_service", {"service_id": "SVC_001", "name": "Payroll"}, "DUPLICATE_SERVICE_NAME"),
    ("update_service", {"service_id": "SVC_001", "owned_by": ""}, "INTERNAL_ERROR"),
    ("update_service_offering", {"service_offering_id": "SVCOFF_001", "name": "Mailbox "}, "NO_CHANGES_DETECTED"),
    ("update_service_offering", {"service_offering_id": "SVCOFF_001", "name": "  "}, "INTERNAL_ERROR"),
    ("update_change", {"change_id": "CHG_001", "description": "", "category": ""}, "VALIDATION_ERROR"),
    ("update_change", {"change_id": "CHG_001", "number": "CHG0000007"}, "DUPLICATE_NUMBER"),
    ("update_change", {"change_id": "CHG_001", "status": "new"}, "NO_CHANGES_DETECTED"),
    ("update_problem", {"status": "closed"}, "VALIDATION_ERROR"),
    ("update_problem", {"problem_id": "PRB_099", "status": "closed"}, "VALIDATION_ERROR"),
    ("update_problem", {"problem_id": "PRB_001", "workaround": "Restart hourly"}, "NO_CHANGES_DETECTED"),
    ("update_incident", {"incident_id": "INC_001"}, "NO_CHANGES_DETECTED"),
    ("update_incident", {"incident_id": "INC_001", "status": "new"}, "NO_CHANGES_DETECTED"),
    ("update_incident", {"incident_id": "INC_001", "caller_id": ""}, "VALIDATION_ERROR"),
    ("update_incident", {"incident_id": "INC_001", "status": "Resolved"}, "enum"),
    ("update_knowledge_article", {"title": "x"}, "VALIDATION_ERROR"),
    ("update_knowledge_article", {"knowledge_id": "KB_002", "title": ""}, "string_too_short"),
    ("update_knowledge_article", {"knowledge_id": "KB_002", "title": "Reset a password"}, "DUPLICATE_ARTICLE"),
    ("update_sla_definition", {"sla_def_id": "SLA_099"}, "VALIDATION_ERROR"),
    ("update_sla_definition", {"sla_def_id": "SLA_001", "target_mins": 15}, "NO_CHANGES_DETECTED"),
    ("update_notification", {"notification_id": "NOTIF_099", "status": "sent"}, "RESOURCE_NOT_FOUND"),
    ("update_notification", {"notification_id": "NOTIF_001"}, "VALIDATION_ERROR"),
    ("update_incident_sla_details", {"incident_sla_id": "TSLA_001", "has_breached": True, "start_time": "2025-03-01T08:00:00"}, "VALIDATION_ERROR"),
    ("update_incident_sla_details", {"incident_sla_id": "TSLA_001", "breach_time": "2025-02-01"}, "CONSTRAINT_VIOLATION"),
    ("update_child_incident", {"child_incident_mapping_id": "CINC_001", "parent_incident": "INC_001", "child_incident": "INC_002"}, "INVALID_RELATIONSHIP"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "code"), REFUSED_UPDATES)
def test_an_update_is_refused_for_its_reason(desk, tool, arguments, code):
    assert desk.code(tool, **arguments) == code


def test_a_template_shows_its_values_together_and_null_clears_while_blank_leaves_alone(desk):
    template = desk.ok(
        "update_incident_template",
        incident_template_id="TMPL_001",
        name="",
        change_request_values={"channel": None, "service": "", "impact": "", "priority": "high"},
    )
    assert template["name"] == "Lost badge"
    values = template["change_request_values"]
    assert (values["channel"], values["service"], values["priority"]) == (None, "SVC_002", "high")


def test_a_templates_offering_must_belong_to_the_service_it_would_have(desk):
    offering = {"service_offering": "SVCOFF_001"}
    error = desk.error("update_incident_template", incident_template_id="TMPL_001", change_request_values=offering)
    assert error["message"] == "Service offering 'SVCOFF_001' does not belong to service 'SVC_002'"
    both = {"service_offering": "SVCOFF_001", "service": "SVC_001"}
    desk.ok("update_incident_template", incident_template_id="TMPL_001", change_request_values=both)


def test_unknown_template_values_are_listed_sorted(desk):
    values = NEW_TEMPLATE["change_request_values"] | {"zone": 1, "area": 2}
    error = desk.error("create_new_incident_template", name="VPN", change_request_values=values)
    assert error["message"].endswith("area, zone")
