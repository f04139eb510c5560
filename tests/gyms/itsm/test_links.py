"""Links between records: making them, refusing bad ones, taking them away."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import pytest

REFUSED = [
    ("add_child_incident", {"parent_incident": "INC_001", "child_incident": "INC_001"}, "INVALID_RELATIONSHIP"),
    ("add_child_incident", {"parent_incident": "INC_001", "child_incident": "INC_002"}, "INVALID_RELATIONSHIP"),
    ("add_child_incident", {"parent_incident": "INC_002", "child_incident": "INC_001"}, "INVALID_RELATIONSHIP"),
    ("add_child_incident", {"parent_incident": "INC_099", "child_incident": "INC_001"}, "NOT_FOUND"),
    ("add_child_incidents", {"parent_incident": "INC_009", "child_incidents": ["INC_001", "INC_098", "INC_099"]}, "CHILD_INCIDENTS_NOT_FOUND"),
    ("add_child_incidents", {"parent_incident": "INC_001", "child_incidents": ["INC_009", "INC_002"]}, "INVALID_RELATIONSHIP"),
    ("remove_child_incident", {"parent_incident": "INC_001"}, "MISSING_IDENTIFIERS"),
    ("remove_child_incident", {"parent_incident": "INC_001", "child_incident": "INC_009"}, "MAPPING_NOT_FOUND"),
    ("link_knowledge_to_incident", {"incident_id": "INC_009", "knowledge_id": "KB_002", "used_as": "applied"}, "DUPLICATE_LINK"),
    ("link_knowledge_to_incident", {"incident_id": "INC_009", "knowledge_id": "KB_002"}, "CONSTRAINT_VIOLATION"),
    ("link_knowledge_to_incident", {"incident_id": "INC_099", "knowledge_id": "KB_002"}, "RESOURCE_NOT_FOUND"),
    ("remove_knowledge_link_to_incident", {"incident_id": "INC_009"}, "MISSING_IDENTIFIERS"),
    ("remove_knowledge_link_to_incident", {"incident_id": "INC_009", "knowledge_id": "KB_002", "used_as": "suggested"}, "LINK_NOT_FOUND"),
    ("map_change_request", {"change_id": "CHG_001"}, "VALIDATION_ERROR"),
    ("map_change_request", {"change_id": "CHG_001", "incident_id": "INC_001"}, "DUPLICATE_MAPPING"),
    ("map_change_request", {"change_id": "CHG_099", "incident_id": "INC_001"}, "VALIDATION_ERROR"),
    ("delete_change_request_mappings", {}, "VALIDATION_ERROR"),
    ("delete_change_request_mappings", {"change_id": "CHG_002"}, "NOT_FOUND"),
    ("link_affected_ci_to_incident", {"configuration_item": "CI_001", "incident_id": "INC_001"}, "VALIDATION_ERROR"),
    ("remove_affected_ci_from_incident", {"incident_id": ""}, "VALIDATION_ERROR"),
    ("link_new_incident_sla", {"incident_id": "INC_001", "sla_def_id": "SLA_001", "start_time": "2025-03-01"}, "VALIDATION_ERROR"),
    ("link_new_incident_sla", {"incident_id": "INC_001", "sla_def_id": "SLA_002", "start_time": ""}, "datetime_parsing"),
    ("link_new_incident_sla", {"incident_id": "INC_001", "sla_def_id": "SLA_002", "start_time": "2025-03-01", "stage": "late"}, "enum"),
    ("delete_incident_slas", {}, "VALIDATION_ERROR"),
    ("delete_incident_slas", {"incident_id": "INC_009", "has_breached": True}, "NOT_FOUND"),
    ("remove_group_membership", {"group_id": "GROUP_002", "user_id": "USER_003"}, "NOT_FOUND"),
    ("remove_group_membership", {"group_id": "GROUP_002", "user_id": "USER_003", "member_id": "MEM_007"}, "VALIDATION_ERROR"),
    ("delete_notifications", {"notification_id": "NOTIF_099"}, "RESOURCE_NOT_FOUND"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "code"), REFUSED)
def test_a_bad_link_is_refused_for_its_reason(desk, tool, arguments, code):
    assert desk.code(tool, **arguments) == code


REMOVALS = [
    ("remove_child_incident", {"child_incident_mapping_id": "CINC_001"}, "child_incident"),
    ("remove_child_incident", {"parent_incident": "INC_001", "child_incident": "INC_002"}, "child_incident"),
    ("remove_knowledge_link_to_incident", {"incident_kb_id": "IKB_001", "used_as": "suggested"}, "incident_knowledge"),
    ("remove_knowledge_link_to_incident", {"incident_id": "INC_009", "knowledge_id": "KB_002"}, "incident_knowledge"),
    ("delete_change_request_mappings", {"change_id": "CHG_001"}, "change_request_mapping"),
    ("remove_affected_ci_from_incident", {"created_after": "2025-03-05T09:00:00"}, "incident_affected_cis"),
    ("remove_group_membership", {"group_id": "GROUP_001", "user_id": "USER_003"}, "user_group_member"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "table"), REMOVALS)
def test_a_link_goes_and_what_it_linked_stays(desk, tool, arguments, table):
    incidents = desk.value("SELECT count(*) FROM incident")
    desk.ok(tool, **arguments)
    assert desk.value(f"SELECT count(*) FROM {table}") == 0
    assert desk.value("SELECT count(*) FROM incident") == incidents


def test_deleting_sla_records_takes_all_that_fit_every_filter_and_only_those(desk):
    bounds = {"created_after": "2025-03-01T08:00:00Z", "created_before": "2025-03-02T08:00:00Z"}
    assert desk.ok("delete_incident_slas", has_breached=False, **bounds) == {"deleted_count": 1}
    assert desk.value("SELECT group_concat(incident_sla_id) FROM incident_sla") == "TSLA_001"


def test_deleted_mappings_are_shown(desk):
    answer = desk.ok("delete_change_request_mappings", incident_id="INC_001")
    assert answer["message"] == "Successfully deleted change request mapping 'CRM_001'"
    assert [row["change_id"] for row in answer["deleted_mappings"]] == ["CHG_001"]


def test_a_change_can_be_mapped_to_incident_and_problem_in_one_row(desk):
    row = desk.ok("map_change_request", change_id="CHG_002", incident_id="INC_009", problem_id="PRB_001")
    assert (row["incident_id"], row["problem_id"]) == ("INC_009", "PRB_001")
    assert desk.ok("find_change_request_mappings_for_problem", problem_id="PRB_001")["total_count"] == 1


def test_several_children_are_linked_and_blank_ids_dropped(desk):
    links = desk.ok("add_child_incidents", parent_incident="INC_009", child_incidents=["INC_001", " ", "INC_002"])
    assert [link["child_incident"] for link in links] == ["INC_001", "INC_002"]
    assert desk.ok("find_parent_incident", child_incident="INC_001")["parent_incident"] == "INC_009"
