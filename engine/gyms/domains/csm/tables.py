"""What the CSM tools know about their tables: references, uniqueness, defaults."""

from __future__ import annotations

from engine.gyms.toolkit import Reference, Table, Unique

_TAKEN = "DUPLICATE"

TABLES = (
    Table("location", "Location"),
    Table("user", "User", checks=(Unique(("email",), _TAKEN), Reference("location_id", "location"))),
    Table("user_group", "User group", checks=(Unique(("name",), _TAKEN),)),
    Table("account", "Account", checks=(Unique(("name",), _TAKEN),)),
    Table("product", "Product", checks=(Unique(("name",), _TAKEN),)),
    Table(
        "installed_product",
        "Installed product",
        checks=(
            Reference("account_id", "account"),
            Reference("product_id", "product"),
            Reference("location_id", "location"),
            Unique(("account_id", "product_id", "serial_number"), _TAKEN),
        ),
    ),
    Table(
        "contact",
        "Contact",
        checks=(Reference("account_id", "account"), Reference("portal_user_id", "user")),
    ),
    Table("contract", "Contract", checks=(Reference("account_id", "account"),)),
    Table(
        "entitlement",
        "Entitlement",
        checks=(
            Reference("account_id", "account"),
            Reference("product_id", "product"),
            Reference("contract_id", "contract"),
        ),
        defaults={"coverage_hours": "h8x5", "max_cases_per_month": 0},
    ),
    Table("sla_definition", "SLA definition"),
    Table(
        "customer_case",
        "Case",
        checks=(
            Reference("account_id", "account"),
            Reference("contact_id", "contact"),
            Reference("product_id", "product"),
            Reference("installed_product_id", "installed_product"),
            Reference("assignment_group_id", "user_group"),
            Reference("assigned_to", "user"),
        ),
        defaults={"escalation": False, "reopen_count": 0},
    ),
    Table(
        "case_sla",
        "Case SLA",
        checks=(Reference("case_id", "customer_case"), Reference("sla_def_id", "sla_definition")),
        defaults={"has_breached": False},
    ),
    Table(
        "interaction",
        "Interaction",
        checks=(
            Reference("account_id", "account"),
            Reference("contact_id", "contact"),
            Reference("case_id", "customer_case"),
            Reference("interacted_user", "user"),
        ),
    ),
    Table(
        "knowledge",
        "Knowledge article",
        checks=(
            Unique(("kb_number",), _TAKEN),
            Reference("product_id", "product"),
            Reference("owner_id", "user"),
        ),
    ),
    Table(
        "case_knowledge",
        "Case knowledge link",
        checks=(
            Reference("case_id", "customer_case"),
            Reference("knowledge_id", "knowledge"),
            Unique(("case_id", "knowledge_id"), _TAKEN),
        ),
    ),
    Table(
        "notification",
        "Notification",
        checks=(Reference("case_id", "customer_case"), Reference("knowledge_id", "knowledge")),
        defaults={"status": "success"},
    ),
    Table(
        "user_group_member",
        "Group member",
        checks=(
            Reference("group_id", "user_group"),
            Reference("user_id", "user"),
            Unique(("group_id", "user_id"), _TAKEN),
        ),
    ),
)
