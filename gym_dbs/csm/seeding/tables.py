"""The tables of a CSM seed in the order in which they are written; their ids are plain integers."""

from __future__ import annotations

from gym_dbs.seeding.rows import Ids

TABLES = {
    "location": Ids("location_id"),
    "user": Ids("user_id"),
    "user_group": Ids("group_id"),
    "user_group_member": Ids("member_id"),
    "account": Ids("account_id"),
    "product": Ids("product_id"),
    "contact": Ids("contact_id"),
    "installed_product": Ids("installed_product_id"),
    "contract": Ids("contract_id"),
    "entitlement": Ids("entitlement_id"),
    "sla_definition": Ids("sla_def_id"),
    "customer_case": Ids("case_id", number=("number", "CS-{:07d}")),
    "case_sla": Ids("case_sla_id"),
    "interaction": Ids("interaction_id"),
    "knowledge": Ids("knowledge_id", number=("kb_number", "KB-{:07d}")),
    "case_knowledge": Ids("case_kb_id"),
    "notification": Ids("notification_id"),
}
