"""Looking up, listing and counting: exact and partial filters, bounds, order, the shapes of answers."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import pytest

MISSES = [
    ("find_user", {"name": "Ana"}),
    ("find_user_by_email", {"email": "ANA@desk.com"}),
    ("find_account", {"name": "Hooli Inc"}),
    ("find_contact_by_portal_user", {"portal_user_id": 1}),
    ("find_product", {"name": "Router"}),
    ("find_product_by_id", {"product_id": 9}),
    ("find_installed_product_by_serial", {"serial_number": "P1"}),
    ("find_location", {"name": "Hooli"}),
    ("find_user_group", {"name": "Tier"}),
]


@pytest.mark.parametrize(("tool", "arguments"), MISSES, ids=[tool for tool, _ in MISSES])
def test_a_finder_that_finds_nothing_answers_an_empty_object(desk, tool, arguments):
    assert desk.ok(tool, **arguments) == {}


def test_a_finder_shows_the_stored_values_of_its_few_columns(desk):
    assert desk.ok("find_user", name="ANA Lind") == {
        "user_id": 1, "first_name": "Ana", "last_name": "Lind", "email": "ana@desk.com", "role": "agent",
        "location_id": 1, "active": 0,
    }  # fmt: skip
    assert desk.ok("find_product", name="Router X") == {
        "product_id": 1, "name": "Router X", "category": "hardware", "lifecycle_state": "active",
    }  # fmt: skip
    assert desk.ok("find_contact_by_portal_user", portal_user_id=4) == {
        "contact_id": 2, "account_id": 2, "portal_user_id": 4, "active": 0,
    }  # fmt: skip
    assert desk.ok("check_user_membership", user_id=2, group_id=1) == {"exists": True, "member_id": 3}
    assert desk.ok("check_user_membership", user_id=2, group_id=2) == {"exists": False, "member_id": None}


FOUND = [
    ("list_users", {}, "user_id", [1, 2, 3, 4]),
    ("list_users", {"first_name": "AN"}, "user_id", [1, 4]),
    ("list_users", {"email": "ana"}, "user_id", []),
    ("list_users", {"role": "customer", "active": True}, "user_id", [3, 4]),
    ("list_users", {"active": False}, "user_id", [1]),
    ("list_users", {"created_after": "2025-08-02 08:00:00", "created_before": "2025-08-03T08:00:00Z"}, "user_id", [2, 3]),
    ("list_users", {"created_after": "2025-08-03"}, "user_id", [3, 4]),
    ("list_users", {"role": None, "last_name": ""}, "user_id", [1, 2, 3, 4]),
    ("list_user_groups", {"name": "Tier 1"}, "group_id", [1]),
    ("list_user_groups", {"type": "field"}, "group_id", [2]),
    ("list_group_members", {"group_id": 1}, "member_id", [1, 3]),
    ("get_accounts", {"name": "hoo"}, "account_id", [2]),
    ("get_accounts", {"account_types": ["partner", "internal"]}, "account_id", [1, 3]),
    ("get_accounts", {"account_types": []}, "account_id", [1, 2, 3]),
    ("find_contacts", {"account_id": 2, "is_primary": True}, "contact_id", [1]),
    ("find_locations", {"street": "ferry", "city": "tokyo"}, "location_id", [2]),
    ("find_products", {"name": "router x"}, "product_id", [1, 2]),
    ("find_products", {"product_price": 90}, "product_id", [3]),
    ("retrieve_installed_products", {"serial_number": "-100"}, "installed_product_id", [1, 3]),
    ("retrieve_installed_products", {"warranty_end": "2026-01-31"}, "installed_product_id", [1]),
    ("find_contracts", {"contract_price_range_start": 200, "contract_price_range_end": 300}, "contract_id", [2, 3]),
    ("find_contracts", {"contract_price": 1000}, "contract_id", [1]),
    ("find_entitlements", {"product_id": 1}, "entitlement_id", [2]),
    ("find_entitlements", {"max_cases_per_month": 0}, "entitlement_id", [2]),
    ("find_sla_definitions", {"name": "response", "active": True}, "sla_def_id", [1, 3]),
    ("search_cases", {"short_description": "ROUTER"}, "case_id", [1]),
    ("search_cases", {"escalation": True}, "case_id", [2]),
    ("search_cases", {"closed_on": "2025-08-09 08:00:00"}, "case_id", [1]),
    ("search_cases", {"number": "CS-0000003"}, "case_id", [3]),
    ("get_cases_assigned_to", {"assignment_group_id": 1, "assigned_to": 2}, "case_id", [2]),
    ("get_cases_assigned_to", {}, "case_id", [1, 2, 3]),
    ("find_case_slas", {"has_breached": True, "stage": "completed"}, "case_sla_id", [1]),
    ("find_case_slas", {"start_time": "2025-08-01 08:00:00"}, "case_sla_id", [1, 2]),
    ("find_interactions", {"started_at_after": "2025-08-02 10:00:00", "ended_at_before": "2025-08-02 10:20:00"}, "interaction_id", [2]),
    ("find_interactions", {"started_at": "2025-08-03 10:00:00"}, "interaction_id", [3]),
    ("find_interactions", {"channel": "phone", "created_before": "2025-08-02 11:00:00"}, "interaction_id", [2]),
    ("find_case_knowledge_linkages", {"knowledge_id": 1}, "case_kb_id", [1, 2]),
    ("find_notifications", {"sys_created_on": "2025-08-02 09:00:00"}, "notification_id", [2]),
    ("find_notifications", {"email": "cy@hooli.com", "status": "success"}, "notification_id", [1]),
    ("retrieve_knowledge", {}, "knowledge_id", [1, 2, 3]),
    ("retrieve_knowledge", {"title": "router", "state": "published"}, "knowledge_id", [1]),
    ("retrieve_knowledge", {"search_text": "packets ROUTER"}, "knowledge_id", [2, 1]),
    ("retrieve_knowledge", {"search_text": "slow"}, "knowledge_id", [3]),
    ("retrieve_knowledge", {"search_text": "router", "limit": 2}, "knowledge_id", [1, 2]),
    ("retrieve_knowledge", {"search_text": "zebra"}, "knowledge_id", []),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "field", "ids"), FOUND)
def test_filters_choose_rows_and_ids_order_them(desk, tool, arguments, field, ids):
    assert [row[field] for row in desk.ok(tool, **arguments)] == ids


def test_a_search_scores_how_often_the_words_occur(desk):
    found = desk.ok("retrieve_knowledge", search_text="packets")
    assert [(article["knowledge_id"], article["score"]) for article in found] == [(2, 2.0), (1, 1.0)]
    assert "score" not in desk.ok("retrieve_knowledge")[0]


COUNTS = [
    ("installed_product_warranties_ended_count", {"on_date": "2025-12-31"}, {"ended_count": 1}),
    ("installed_product_warranties_ended_count", {"on_date": "2026-01-31", "account_id": 2}, {"ended_count": 1}),
    ("count_installed_product_by_status", {}, [{"status": "in_use", "count": 3}, {"status": "repair", "count": 1}]),
    ("avg_installed_per_account_by_status", {"product_id": 1}, [{"account_id": None, "status": "in_use", "avg_installed_per_account": 2.0}]),
    ("avg_installed_per_account_by_status", {"account_id": 3}, [{"account_id": 3, "status": "in_use", "avg_installed_per_account": 1.0}, {"account_id": 3, "status": "repair", "avg_installed_per_account": 1.0}]),
    ("count_contract_by_status", {"contract_type": "support"}, [{"status": "active", "count": 2}, {"status": "expired", "count": 1}]),
    ("avg_contracts_per_account_by_status", {}, [{"status": "active", "avg_contracts_per_account": 1.5}, {"status": "expired", "avg_contracts_per_account": 1.0}]),
    ("total_sum_of_max_cases_per_support_level", {}, {"support_level": "all", "sum": 40}),
    ("total_sum_of_max_cases_per_support_level", {"support_level": "enterprise"}, {"support_level": "enterprise", "sum": 0}),
    ("total_sum_of_target_mins_per_priority", {"priority": "high"}, {"priority": "high", "sum": 510}),
    ("total_sum_of_target_mins_per_priority", {}, {"priority": "all", "sum": 675}),
    ("average_target_mins_per_priority", {}, [{"priority": "high", "avg_target_mins": 255.0}, {"priority": "low", "avg_target_mins": 120.0}]),
    ("average_target_mins_per_priority", {"priority_list": ["low", "critical"]}, [{"priority": "low", "avg_target_mins": 120.0}]),
    ("get_average_case_reopen_count", {}, {"avg_reopen_count": 1.0}),
    ("get_average_case_reopen_count", {"priority": "critical"}, {"avg_reopen_count": 0.0}),
    ("avg_reopen_count_for_assignment_group", {"assignment_group_id": 1}, {"assignment_group_id": 1, "avg_reopen_count": 1.5}),
    ("get_count_of_cases_priority_wise", {}, [{"priority": "high", "count": 1}, {"priority": "low", "count": 2}]),
    ("get_count_of_cases_priority_wise", {"priority": "low"}, [{"priority": "low", "count": 2}]),
    ("count_case_for_assignment_group", {"assignment_group_id": 1, "state": "new"}, {"assignment_group_id": 1, "count": 1}),
    ("count_case_by_state", {"channel": "phone"}, [{"state": "new", "count": 2}]),
    ("get_channel_wise_case_count", {"channel": "chat"}, {"chat": 0}),
    ("get_channel_wise_case_count", {}, {"web": 1, "email": 0, "phone": 2, "chat": 0, "social": 0, "alert": 0, "community": 0}),
    ("find_stage_wise_breached_case_sla_counts", {}, {"in_progress": 1, "paused": 0, "completed": 1, "canceled": 0}),
    ("find_stage_wise_breached_case_sla_counts", {"stage": "paused"}, {"paused": 0}),
    ("count_interaction_by_status", {"channel": "phone"}, [{"status": "closed", "count": 2}]),
    ("avg_interactions_per_case_by_status", {}, [{"status": "closed", "avg_interactions_per_case": 1.5}, {"status": "open", "avg_interactions_per_case": 1.0}]),
    ("count_notifications_by_status", {}, [{"status": "failed", "count": 2}, {"status": "success", "count": 1}]),
    ("count_notifications_by_status", {"status": "failed"}, {"status": "failed", "count": 2}),
    ("count_notifications_by_type", {}, [{"type": "solution_proposal", "count": 1}, {"type": "update", "count": 2}]),
    ("count_notifications_by_type", {"type": ["update", "alert"]}, [{"type": "update", "count": 2}]),
    ("count_notifications_by_case", {"case_id": 1}, {"count": 2}),
    ("count_notifications_by_case", {}, {"count": 3}),
    ("avg_notifications_by_case", {}, {"avg_count": 1.5}),
    ("avg_notifications_by_case", {"case": 3}, {"avg_count": 0.0}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments", "answer"), COUNTS)
def test_counts_sums_and_averages(desk, tool, arguments, answer):
    assert desk.ok(tool, **arguments) == answer


def test_no_reading_tool_changes_anything(desk):
    before = desk.database.hash()
    for tool, arguments, *_ in [*MISSES, *FOUND, *COUNTS]:
        desk.ok(tool, **arguments)
    assert desk.database.hash() == before
