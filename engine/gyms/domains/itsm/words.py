"""The types of ITSM's arguments: ids, accepted values, and texts with their limits."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from engine.gyms.toolkit import PLAIN, MomentOrBlank, shown

# Ids

UserId = Annotated[str, "User id, such as USER_001."]
GroupId = Annotated[str, "Group id, such as GROUP_001."]
MemberId = Annotated[str, "Membership id, such as MEMBER_001."]
LocationId = Annotated[str, "Location id, such as LOC_001."]
IncidentId = Annotated[str, "Incident id, such as INC_001 (not the number INC-000001)."]
TemplateId = Annotated[str, "Incident template id, such as TMPL_001."]
ItemId = Annotated[str, "Configuration item id, such as CI_001."]
ServiceId = Annotated[str, "Business service id, such as SVC_001."]
OfferingId = Annotated[str, "Service offering id, such as SVCOFF_001. It belongs to one service."]
ChangeId = Annotated[str, "Change id, such as CHG_001 (not the number CHG0000001)."]
ProblemId = Annotated[str, "Problem id, such as PRB_001 (not the number PRB0000001)."]
ArticleId = Annotated[str, "Knowledge article id, such as KB_001 (not the number KB0000001)."]
ArticleLinkId = Annotated[str, "Id of the link between incident and article, such as IKB_001."]
SlaDefinitionId = Annotated[str, "SLA definition id, such as SLA_001."]
IncidentSlaId = Annotated[str, "Id of the SLA record of an incident, such as TSLA_001."]
NotificationId = Annotated[str, "Notification id, such as NOTIF_001."]
MappingId = Annotated[str, "Id of the change mapping, such as CRM_001."]
AffectedItemId = Annotated[str, "Id of the link between incident and configuration item, such as TASKCI_001."]
ChildLinkId = Annotated[str, "Id of the parent-child link, such as CINC_001."]
Assignee = Annotated[str, "Id of the user who works on it, such as USER_003."]
AssignmentGroup = Annotated[str, "Id of the group that works on it, such as GROUP_001."]

# Accepted values (all are case-sensitive)

Role = Literal["admin", "manager", "agent", "reporter"]
GroupType = Literal["IT Support", "Service Desk", "Field Support Technicians", "Infrastructure Problem Team"]
ItemStatus = Literal["in_use", "in_stock", "maintenance", "retired", "disposed"]
ServiceStatus = Literal["operational", "non-operational", "repair_in_progress", "ready", "retired"]
UsedFor = Literal["production", "QA", "test", "development"]
Classification = Literal["business", "technology-management", "application"]
Criticality = Literal["critical", "somewhat-critical", "less-critical", "not-critical"]
Level = Literal["high", "medium", "low"]
Priority = Literal["critical", "high", "moderate", "low", "planning"]
SlaPriority = Literal["critical", "high", "moderate", "low"]
SlaMetric = Literal["response", "resolution"]
SlaStage = Literal["in_progress", "paused", "completed", "cancelled", "breached"]
IncidentStatus = Literal["new", "in_progress", "on_hold", "resolved", "closed", "canceled"]
Category = Literal["inquiry-help", "software", "hardware", "database", "password-reset", "network"]
TemplateCategory = Literal["inquiry-help", "software", "hardware", "database", "password-reset"]
Channel = Literal["self-service", "phone", "email", "chat", "walk-in", "virtual-agent"]
StoredChannel = Literal["self-service", "phone", "email", "chat", "walk-in", "virtual-agent", "web"]
OnHoldReason = Literal["Awaiting Change", "Awaiting Caller", "Awaiting Problem"]
ResolutionCode = Literal[
    "Duplicate",
    "Known Error",
    "No resolution provided",
    "Resolved By Caller",
    "Resolved By Problem",
    "Resolved By Change",
    "Solution Provided",
    "Workaround Provided",
    "User error",
]
ArticleState = Literal["draft", "review", "published", "retired"]
Visibility = Literal["internal", "external"]
UsedAs = Literal["suggested", "applied", "resolution"]
NotificationType = Literal["alert", "update", "reminder", "report", "solution_proposal", "other"]
NotificationStatus = Literal["queued", "sent", "delivered", "opened", "failed"]

# Changes and problems check their values, but their schemas show plain strings.

ChangeStatus = Annotated[
    Literal["new", "assess", "authorize", "scheduled", "implement", "review", "closed", "canceled"],
    PLAIN,
    "Stage of the change.",
]
ChangeCategory = Annotated[
    Literal[
        "network",
        "software",
        "hardware",
        "documentation",
        "system_software",
        "application_software",
        "service",
        "telecom",
        "other",
    ],
    PLAIN,
    "Kind of change.",
]
ChangePriority = Annotated[SlaPriority, PLAIN, "How soon it must be dealt with."]
CloseCode = Annotated[
    Literal["successful", "successful_with_issues", "unsuccessful"], PLAIN, "How the change turned out."
]
ProblemStatus = Annotated[
    Literal["new", "assess", "root_cause", "fix_in_progress", "resolved", "closed"], PLAIN, "Stage of the problem."
]
ProblemCategory = Annotated[Literal["network", "software", "hardware", "database"], PLAIN, "Kind of problem."]
ProblemPriority = Annotated[Priority, PLAIN, "How soon it must be dealt with."]
Impact = Annotated[Level, PLAIN, "How much of the business it touches."]
Urgency = Annotated[Level, PLAIN, "How quickly it must be dealt with."]
Risk = Annotated[Level, PLAIN, "How likely the change does harm."]

# Texts and times

_EMAIL = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}")
_PHONE = r"^\+\d{1,3}-\d{3}-\d{3}-\d{4}$"


def is_email(text: str) -> bool:
    """Say whether a text has the form of an e-mail address that the server takes."""
    return _EMAIL.fullmatch(text) is not None


def _email(text: str) -> str:
    if not is_email(text):
        raise PydanticCustomError(
            "value_error", "Invalid email format, expected name@host.tld", {"error_code": "INVALID_EMAIL_FORMAT"}
        )
    return text


def _phone(text: str) -> str:
    if not re.match(_PHONE, text):
        raise PydanticCustomError(
            "value_error", "Invalid phone format, expected +1-415-555-0101", {"error_code": "INVALID_PHONE_FORMAT"}
        )
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("value_error", "Field cannot be blank", {"error_code": "BLANK_FIELD"})
    return text


def _not_empty(text: str) -> str:
    if not text:
        raise PydanticCustomError("string_too_short", "Field cannot be empty string", {"min_length": 1})
    return text


def _lower(text: object) -> object:
    return text.strip().lower() if isinstance(text, str) else text


AnyEmail = Annotated[str, AfterValidator(_email), "E-mail address, complete."]
Email = Annotated[AnyEmail, Field(json_schema_extra={"format": "email"})]
Phone = Annotated[
    str, AfterValidator(_phone), Field(json_schema_extra={"pattern": _PHONE}), "Phone number, as +1-415-555-0101."
]
NotBlank = AfterValidator(_not_blank)
NotEmpty = AfterValidator(_not_empty)
Trimmed = AfterValidator(str.strip)
BLANK = shown("")
"""The schema shows "" as the default; what is left out is not given all the same."""
After = Annotated[MomentOrBlank, "Only what was created after this time (ISO 8601, UTC)."]
Before = Annotated[MomentOrBlank, "Only what was created up to and including this time (ISO 8601, UTC)."]
From = Annotated[MomentOrBlank, "Only what was created at or after this time (ISO 8601, UTC)."]
StrictlyBefore = Annotated[MomentOrBlank, "Only what was created before this time (ISO 8601, UTC)."]
Stage = Annotated[SlaStage, BeforeValidator(_lower), PLAIN, "State of the SLA clock, in any case."]
