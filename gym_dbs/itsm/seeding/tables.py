"""The tables of an ITSM seed in the order in which they are written, with the form of their ids."""

from __future__ import annotations

from gym_dbs.seeding.rows import Ids

TABLES = {
    "organization": Ids("org_id", "ORG_{:03d}"),
    "role": Ids("role_id", "ROLE_{:03d}"),
    "permission": Ids("perm_id", "PERM_{:03d}"),
    "role_permission": None,
    "location": Ids("location_id", "LOC_{:03d}"),
    "users": Ids("user_id", "USER_{:03d}"),
    "user_role": None,
    "user_group": Ids("group_id", "GROUP_{:03d}"),
    "user_group_member": Ids("member_id", "MEMBER_{:03d}"),
    "service": Ids("service_id", "SVC_{:03d}"),
    "service_offering": Ids("service_offering_id", "SVCOFF_{:03d}"),
    "configuration_item": Ids("configuration_item_id", "CI_{:03d}"),
    "sla_definition": Ids("sla_def_id", "SLA_{:03d}"),
    "incident_template": Ids("incident_template_id", "TMPL_{:03d}"),
    "knowledge": Ids("knowledge_id", "KB_{:03d}", ("kb_number", "KB{:07d}")),
    "problem": Ids("problem_id", "PRB_{:03d}", ("number", "PRB{:07d}")),
    "change": Ids("change_id", "CHG_{:03d}", ("number", "CHG{:07d}")),
    "incident": Ids("incident_id", "INC_{:03d}", ("number", "INC-{:06d}")),
    "child_incident": Ids("child_incident_mapping_id", "CINC_{:03d}"),
    "change_request_mapping": Ids("change_request_mapping_id", "CRM_{:03d}"),
    "incident_affected_cis": Ids("incident_affected_cis_id", "TASKCI_{:03d}"),
    "incident_knowledge": Ids("incident_kb_id", "IKB_{:03d}"),
    "incident_sla": Ids("incident_sla_id", "TSLA_{:03d}"),
    "notification": Ids("notification_id", "NOTIF_{:03d}"),
}
