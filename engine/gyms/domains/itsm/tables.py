"""What the ITSM tools know about their tables: ids, references, uniqueness, hidden columns, defaults."""

from __future__ import annotations

from typing import Any

from engine.gyms.toolkit import Reference, Rule, Table, Unique

_ORG = frozenset({"org_id"})
_SERVED_BY = (
    Reference("service", "service", code="INVALID_REFERENCE"),
    Reference("service_offering", "service_offering", code="INVALID_REFERENCE"),
)
_SERVICE_DEFAULTS = {
    "used_for": "production",
    "status": "operational",
    "service_classification": "business",
    "business_criticality": "critical",
}

TEMPLATE_VALUES = (
    "caller_id",
    "short_description",
    "channel",
    "category",
    "impact",
    "urgency",
    "priority",
    "configuration_item",
    "service",
    "service_offering",
)
"""The columns of a template that tools show together, as `change_request_values`."""


def _template(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "incident_template_id": row.pop("incident_template_id"),
        "name": row.pop("name"),
        "active": row.pop("active"),
        "change_request_values": {name: row.pop(name) for name in TEMPLATE_VALUES},
        **row,
    }


def _offering(row: dict[str, Any]) -> dict[str, Any]:
    return {"parent" if name == "business_service" else name: value for name, value in row.items()}


TABLES = (
    Table(
        "users",
        "User",
        ids="USER",
        plural="users",
        hidden=frozenset({"static_token"}),
        checks=(
            Reference("location_id", "location", code="LOCATION_NOT_FOUND"),
            Rule(
                ("location_id",),
                "CROSS_ORGANIZATION_ACCESS",
                "Location '{location_id}' belongs to another organization",
                "SELECT 1 FROM location WHERE location_id = :location_id AND org_id <> :org_id",
            ),
            Unique(("email",), code="DUPLICATE_EMAIL", within=("org_id",)),
            Unique(("phone",), code="DUPLICATE_PHONE"),
        ),
    ),
    Table(
        "user_group",
        "User group",
        ids="GROUP",
        plural="user_groups",
        gathers=True,
        checks=(
            Unique(("name",), code="DUPLICATE_GROUP_NAME"),
            Unique(("email",), code="DUPLICATE_GROUP_EMAIL"),
            Reference("manager_id", "users", code="MANAGER_NOT_FOUND"),
            Rule(
                ("manager_id",),
                "INVALID_MANAGER_ROLE",
                "User '{manager_id}' does not have the role manager",
                "SELECT 1 FROM users WHERE user_id = :manager_id AND role <> 'manager'",
            ),
        ),
    ),
    Table(
        "user_group_member",
        "Group member",
        ids="MEMBER",
        plural="group_members",
        checks=(
            Reference("group_id", "user_group", code="NOT_FOUND"),
            Reference("user_id", "users", code="NOT_FOUND"),
            Unique(("group_id", "user_id"), code="DUPLICATE_MEMBERSHIP"),
        ),
    ),
    Table(
        "location",
        "Location",
        ids="LOC",
        plural="locations",
        missing="RESOURCE_NOT_FOUND",
        checks=(Unique(("name",), code="DUPLICATE_LOCATION_NAME"),),
        defaults={"active": True},
    ),
    Table(
        "incident_template",
        "Incident template",
        ids="TMPL",
        plural="incident_templates",
        shape=_template,
        gathers=True,
        checks=(
            Reference("caller_id", "users"),
            Reference("service", "service"),
            Reference("service_offering", "service_offering"),
            Reference("configuration_item", "configuration_item"),
            Rule(
                ("service", "service_offering"),
                "VALIDATION_ERROR",
                "Service offering '{service_offering}' does not belong to service '{service}'",
                "SELECT 1 FROM service_offering"
                " WHERE service_offering_id = :service_offering AND business_service <> :service",
            ),
        ),
        defaults={"impact": "low", "urgency": "low", "priority": "planning", "active": True},
    ),
    Table(
        "configuration_item",
        "Configuration item",
        ids="CI",
        plural="configuration_items",
        hidden=_ORG,
        checks=(
            Reference("owner_id", "users", code="NOT_FOUND"),
            Unique(("name",), code="DUPLICATE_NAME"),
            Unique(("serial_number",), code="DUPLICATE_SERIAL_NUMBER"),
            Reference("location_id", "location", code="INVALID_REFERENCE"),
        ),
    ),
    Table(
        "service",
        "Service",
        ids="SVC",
        plural="services",
        hidden=frozenset({"org_id", "description"}),
        checks=(
            Reference("owned_by", "users", code="USER_NOT_FOUND"),
            Unique(("name",), code="DUPLICATE_SERVICE_NAME"),
        ),
        defaults=_SERVICE_DEFAULTS,
    ),
    Table(
        "service_offering",
        "Service Offering",
        ids="SVCOFF",
        plural="service_offerings",
        shape=_offering,
        hidden=frozenset({"org_id", "description"}),
        checks=(
            Reference("owned_by", "users", code="USER_NOT_FOUND"),
            Reference("business_service", "service", code="SERVICE_NOT_FOUND"),
            Unique(("name",), code="DUPLICATE_SERVICE_OFFERING_NAME"),
        ),
        defaults=_SERVICE_DEFAULTS,
    ),
    Table(
        "change",
        "Change",
        ids="CHG",
        plural="changes",
        hidden=_ORG,
        checks=(
            Reference("requested_by", "users"),
            Reference("assigned_to", "users"),
            Reference("assignment_group", "user_group"),
            Reference("configuration_item", "configuration_item"),
            *_SERVED_BY,
            Unique(("number",), code="DUPLICATE_NUMBER", within=("org_id",)),
        ),
        defaults={"category": "other", "cab_required": False},
    ),
    Table(
        "problem",
        "Problem",
        ids="PRB",
        plural="problems",
        hidden=_ORG,
        checks=(
            Reference("opened_by", "users"),
            Reference("assigned_to", "users"),
            Reference("assignment_group", "user_group"),
            Reference("configuration_item", "configuration_item"),
            Reference("original_task", "incident"),
            *_SERVED_BY,
        ),
    ),
    Table(
        "incident",
        "Incident",
        ids="INC",
        gathers=True,
        hidden=frozenset(
            {
                "org_id",
                "contact_type",
                "service_display",
                "service_offering_display",
                "configuration_item_display",
                "assigned_to_display",
                "assignment_group_display",
                "parent_incident_display",
                "problem_display",
                "change_request_display",
                "incident_template_display",
            }
        ),
        checks=(
            Reference("caller_id", "users"),
            Reference("assigned_to", "users"),
            Reference("assignment_group", "user_group"),
            Reference("resolved_by", "users"),
            Reference("service", "service"),
            Reference("service_offering", "service_offering"),
            Reference("configuration_item", "configuration_item"),
            Reference("problem", "problem"),
            Reference("change_request", "change"),
            Reference("caused_by_change", "change"),
            Reference("incident_template", "incident_template"),
        ),
        defaults={
            "status": "new",
            "category": "inquiry-help",
            "impact": "low",
            "urgency": "low",
            "priority": "planning",
        },
    ),
    Table(
        "child_incident",
        "Child incident link",
        ids="CINC",
        unchanged="INVALID_RELATIONSHIP",
        missing="MAPPING_NOT_FOUND",
        checks=(
            Reference("parent_incident", "incident", code="NOT_FOUND"),
            Reference("child_incident", "incident", code="NOT_FOUND"),
            Rule(
                ("parent_incident", "child_incident"),
                "INVALID_RELATIONSHIP",
                "Incident '{child_incident}' cannot be its own child",
                "SELECT 1 WHERE :parent_incident = :child_incident",
            ),
            Unique(("parent_incident", "child_incident"), code="INVALID_RELATIONSHIP"),
            Rule(
                ("parent_incident", "child_incident"),
                "INVALID_RELATIONSHIP",
                "Incident '{parent_incident}' already is a child of '{child_incident}'",
                "SELECT 1 FROM child_incident WHERE parent_incident = :child_incident"
                " AND child_incident = :parent_incident",
            ),
        ),
    ),
    Table(
        "knowledge",
        "Knowledge article",
        ids="KB",
        plural="knowledges",
        hidden=frozenset({"org_id", "short_description"}),
        checks=(
            Reference("owner_id", "users", code="USER_NOT_FOUND"),
            Unique(("title", "owner_id"), code="DUPLICATE_ARTICLE", within=("org_id",)),
        ),
        defaults={"state": "published", "visibility": "internal"},
    ),
    Table(
        "incident_knowledge",
        "Knowledge link",
        ids="IKB",
        missing="LINK_NOT_FOUND",
        hidden=_ORG,
        checks=(
            Reference("incident_id", "incident", code="RESOURCE_NOT_FOUND"),
            Reference("knowledge_id", "knowledge", code="RESOURCE_NOT_FOUND"),
            Unique(("incident_id", "knowledge_id", "used_as"), code="DUPLICATE_LINK"),
            Unique(("incident_id", "knowledge_id"), code="CONSTRAINT_VIOLATION", within=("org_id",)),
        ),
        defaults={"used_as": "suggested"},
    ),
    Table(
        "sla_definition",
        "SLA definition",
        ids="SLA",
        plural="sla_definitions",
        hidden=_ORG,
        checks=(Unique(("name",), code="DUPLICATE_NAME"),),
    ),
    Table(
        "notification",
        "Notification",
        ids="NOTIF",
        missing="RESOURCE_NOT_FOUND",
        checks=(Reference("incident_id", "incident"),),
        defaults={"type": "other", "status": "queued"},
    ),
    Table(
        "change_request_mapping",
        "Change request mapping",
        ids="CRM",
        plural="change_request_mappings",
        checks=(
            Reference("change_id", "change"),
            Reference("incident_id", "incident"),
            Reference("problem_id", "problem"),
            Unique(("change_id", "incident_id"), code="DUPLICATE_MAPPING"),
            Unique(("change_id", "problem_id"), code="DUPLICATE_MAPPING"),
        ),
    ),
    Table(
        "incident_affected_cis",
        "Affected configuration item",
        ids="TASKCI",
        plural="incident_affected_cis",
        checks=(
            Reference("configuration_item", "configuration_item"),
            Reference("incident_id", "incident"),
            Unique(("incident_id", "configuration_item"), code="VALIDATION_ERROR"),
        ),
    ),
    Table(
        "incident_sla",
        "Incident SLA",
        ids="TSLA",
        plural="incident_slas",
        unchanged="VALIDATION_ERROR",
        checks=(
            Reference("incident_id", "incident"),
            Reference("sla_def_id", "sla_definition"),
            Unique(("incident_id", "sla_def_id"), code="VALIDATION_ERROR", within=("org_id",)),
        ),
        defaults={"stage": "in_progress", "has_breached": False},
    ),
)
