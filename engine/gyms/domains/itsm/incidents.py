"""Tools for incidents."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import (
    BLANK,
    After,
    Assignee,
    AssignmentGroup,
    Before,
    Category,
    ChangeId,
    Channel,
    GroupId,
    IncidentId,
    IncidentStatus,
    ItemId,
    Level,
    OfferingId,
    OnHoldReason,
    Priority,
    ProblemId,
    ResolutionCode,
    ServiceId,
    StoredChannel,
    TemplateId,
    UserId,
)
from engine.gyms.toolkit import Maybe, MomentOrBlank, Refusal, Row, Toolbox, blanks_as_null, shown

tools = Toolbox()
counting_tools = Toolbox()

_TEXTS = ("short_description", "description", "worknotes", "resolution_notes", "close_notes")
_NEEDED = ("number", "short_description", "caller_id")
Number = Annotated[str, "Number of the incident, such as INC-000024 (older ones look like INC0000001)."]


class IncidentFields(TypedDict, total=False):
    """What an incident may have, whether it is created, changed or searched."""

    status: Annotated[IncidentStatus | None, "State of the incident; any may follow any other."]
    category: Annotated[Category | None, "Kind of incident."]
    impact: Annotated[Level | None, "How much of the business it touches."]
    urgency: Annotated[Level | None, "How quickly it must be dealt with."]
    priority: Annotated[Priority | None, "Priority. It is never computed from impact and urgency: say it."]
    description: Annotated[str | None, "Longer description, up to 120 characters."]
    assigned_to: Assignee | None
    assignment_group: AssignmentGroup | None
    service: ServiceId | None
    service_offering: OfferingId | None
    configuration_item: ItemId | None
    problem: Annotated[ProblemId | None, "Id of the problem behind it, such as PRB_001."]
    change_request: Annotated[ChangeId | None, "Id of the change that will fix it, such as CHG_001."]
    caused_by_change: Annotated[ChangeId | None, "Id of the change that caused it, such as CHG_001."]
    incident_template: TemplateId | None
    parent_incident: Annotated[IncidentId | None, "Id of the incident that this one is part of, such as INC_001."]
    on_hold_reason: Annotated[OnHoldReason | None, "What an incident on hold waits for."]
    worknotes: Annotated[str | None, "Notes of those who work on it."]
    resolution_code: Annotated[ResolutionCode | None, "How it was resolved."]
    resolution_notes: Annotated[str | None, "Notes on how it was resolved."]
    resolved: Annotated[MomentOrBlank | None, "When it was resolved (ISO 8601, UTC)."]
    resolved_by: Annotated[UserId | None, "Id of the user who resolved it."]
    close_notes: Annotated[str | None, "Notes on why it was closed."]


class NewIncident(IncidentFields, total=False):
    """What create_incident may be given."""

    channel: Annotated[Channel | None, "How the incident came in."]


class IncidentChanges(NewIncident, total=False):
    """What update_incident may change."""

    caller_id: Annotated[UserId | None, "Id of the user the incident is for."]
    number: Number | None
    short_description: Annotated[str | None, "What it is about, up to 120 characters."]


class IncidentFilters(IncidentFields, total=False):
    """Filters of list_incidents."""

    incident_id: IncidentId | None
    number: Number | None
    called_id: Annotated[
        UserId | None,
        Field(validation_alias=AliasChoices("called_id", "caller_id")),
        "Id of the caller, the user the incident is for (caller_id works too).",
    ]
    short_description: Annotated[str | None, "Part of the short description, any case."]
    channel: Annotated[StoredChannel | None, "How the incident came in."]
    created_after: After | None
    created_before: Before | None


@tools.read
def find_incident_by_number(gym: Itsm, number: Number) -> Row:
    """Look up one incident by its number. Numbers can repeat between organisations; the first row is returned."""
    absent = Refusal("NOT_FOUND", f"Incident with number '{number}' not found", "number", number)
    return gym.lookup("incident", number=number, otherwise=absent)


@tools.read
def find_incident_by_id(gym: Itsm, incident_id: IncidentId) -> Row:
    """Look up one incident by its id, such as INC_001. Use find_incident_by_number for INC-000001."""
    return _incident(gym, incident_id)


@tools.read
def list_incidents(gym: Itsm, **filters: Unpack[IncidentFilters]) -> list[Row]:
    """List incidents, newest first, as a plain array.

    All given filters must fit. Descriptions and notes match in part and in any case, everything else exactly. The
    caller is filtered by called_id.
    """
    wanted = {"caller_id" if name == "called_id" else name: value for name, value in filters.items()}
    return gym.select("incident", wanted, contains=_TEXTS)


@tools.read
def get_incidents_assigned_to(
    gym: Itsm, assigned_to: Assignee | None = None, assignment_group: AssignmentGroup | None = None
) -> list[Row]:
    """List the incidents of a user, of a group, or of that user within that group; without either, all incidents."""
    return gym.select("incident", {"assigned_to": assigned_to, "assignment_group": assignment_group})


@tools.write
def create_incident(
    gym: Itsm,
    caller_id: Annotated[UserId, "Id of the user the incident is for, such as USER_005."],
    short_description: Annotated[str, "What it is about, up to 120 characters."],
    **fields: Unpack[NewIncident],
) -> Row:
    """Open an incident and return it with its new id and number. It belongs to the caller's organisation.

    Unless given: status new, category inquiry-help, impact low, urgency low, priority planning. All referenced users,
    groups, items, services, problems, changes and templates must exist. No SLA is attached and nobody is notified.
    """
    for name, value in (("caller_id", caller_id), ("short_description", short_description)):
        if not value:
            raise Refusal("MISSING_FIELD", f"Field '{name}' is required", name)
    caller = gym.find("users", user_id=caller_id) or gym.actor  # an unknown caller is refused with the other references
    incident_id = gym.next_id("incident")
    return gym.insert(
        "incident",
        incident_id=incident_id,
        number=f"INC-{int(incident_id.rpartition('_')[2]):06d}",
        caller_id=caller_id,
        short_description=short_description,
        org_id=caller["org_id"],
        **blanks_as_null(fields),
    )


@tools.write
def update_incident(gym: Itsm, incident_id: IncidentId, **changes: Unpack[IncidentChanges]) -> Row:
    """Change fields of an incident and return it as it is then.

    Give only what changes; "" clears a field that may be empty. Any status may follow any other, and resolving asks
    for no other field. Fails with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    for name in _NEEDED:
        if changes.get(name) == "":
            raise Refusal("VALIDATION_ERROR", f"Field '{name}' cannot be empty", name)
    return gym.update(_incident(gym, incident_id), blanks_as_null(changes))


@counting_tools.read
def get_count_of_incident_priority_wise(
    gym: Itsm, priority_list: Annotated[Maybe[list[Priority]], shown([]), "Only these priorities; all if empty."] = None
) -> dict[str, int]:
    """Count incidents per priority, over all organisations.

    With a list every listed priority appears, also with 0; without one only priorities that occur.
    """
    return gym.per("incident", "priority", listed=priority_list)


@counting_tools.read
def count_incident_for_assignment_group(
    gym: Itsm,
    assignment_group_id: GroupId,
    status: Annotated[Maybe[IncidentStatus], BLANK, "Only incidents in this state; leave it out for all."] = None,
    priority: Annotated[Maybe[Priority], BLANK, "Only incidents of this priority; leave it out for all."] = None,
    channel: Annotated[
        Maybe[StoredChannel], BLANK, "Only incidents that came in this way; leave it out for all."
    ] = None,
) -> dict[str, int]:
    """Count the incidents of a group, as an object with the group's id as its one key.

    Leave a filter out instead of passing "", which is an error.
    """
    message = f"Assignment Group not found with identifier '{assignment_group_id}'"
    absent = Refusal("NOT_FOUND", message, "assignment_group_id", assignment_group_id)
    gym.require("user_group", assignment_group_id, otherwise=absent)
    filters = {"assignment_group": assignment_group_id, "status": status, "priority": priority, "channel": channel}
    return {assignment_group_id: gym.measure("incident", filters)}


def _incident(gym: Itsm, incident_id: str) -> Row:
    absent = Refusal("NOT_FOUND", f"Incident with ID '{incident_id}' not found", "incident_id", incident_id)
    return gym.require("incident", incident_id, otherwise=absent)
