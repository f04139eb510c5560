"""Tools for change requests."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import (
    After,
    Assignee,
    AssignmentGroup,
    Before,
    ChangeCategory,
    ChangeId,
    ChangePriority,
    ChangeStatus,
    CloseCode,
    Impact,
    ItemId,
    OfferingId,
    Risk,
    ServiceId,
    UserId,
)
from engine.gyms.toolkit import Maybe, Row, Toolbox

tools = Toolbox(absent=(None, ""))

_TEXTS = ("short_description", "description", "implementation_plan", "testing_plan", "close_notes")
ShortText = Annotated[str, "Short description, up to 120 characters."]
Number = Annotated[str, "Number of the change, such as CHG0000001."]


class ChangeFields(TypedDict, total=False):
    """What a change may have beside what it must have."""

    service: ServiceId
    service_offering: OfferingId
    configuration_item: ItemId
    assigned_to: Assignee
    assignment_group: AssignmentGroup
    category: ChangeCategory
    description: Annotated[str, "Longer description, up to 120 characters."]
    implementation_plan: Annotated[str, "How it will be carried out, up to 120 characters."]
    testing_plan: Annotated[str, "How it will be tested, up to 120 characters."]
    close_code: CloseCode
    close_notes: Annotated[str, "Notes on how it ended, up to 120 characters."]


class OptionalFields(ChangeFields, total=False):
    """What create_change may be given."""

    cab_required: Annotated[bool, "Whether the change advisory board must approve; false if left out."]


class EveryField(ChangeFields, total=False):
    """All that can be searched."""

    number: Number
    short_description: ShortText
    requested_by: Annotated[UserId, "Id of the user who asked for the change."]
    status: ChangeStatus
    impact: Impact
    priority: ChangePriority
    risk: Risk


class ChangeChanges(EveryField, total=False):
    """What update_change may change."""

    cab_required: Annotated[bool, "Whether the change advisory board must approve."]


class ChangeFilters(EveryField, total=False):
    """Filters of list_changes."""

    change_id: ChangeId
    created_after: After
    created_before: Before


@tools.write
def create_change(
    gym: Itsm,
    short_description: ShortText,
    status: ChangeStatus,
    impact: Impact,
    risk: Risk,
    priority: ChangePriority,
    **fields: Unpack[OptionalFields],
) -> Row:
    """Create a change request and return it with its new id and number; you are recorded as the requester.

    Category is other unless given. All referenced users, groups, items and services must exist.
    """
    return gym.insert(
        "change",
        number=f"CHG{gym.next_number('change', 'number'):07d}",
        short_description=short_description,
        requested_by=gym.actor.id,
        status=status,
        impact=impact,
        risk=risk,
        priority=priority,
        **fields,
    )


@tools.write
def update_change(gym: Itsm, change_id: ChangeId, **changes: Unpack[ChangeChanges]) -> Row:
    """Change fields of a change request and return it as it is then.

    Give only what changes; "" counts as not given, so fields cannot be cleared. Any status may follow any other. Fails
    with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    gym.must_give(changes)
    return gym.update(gym.require("change", change_id), changes)


@tools.read
def find_change_by_number(gym: Itsm, number: Number) -> Row:
    """Look up one change by its number. Numbers can repeat between organisations; the first row is returned."""
    return gym.lookup("change", number=number)


@tools.read
def list_changes(gym: Itsm, **filters: Unpack[ChangeFilters]) -> dict[str, object]:
    """List changes, newest first, as `changes` and `total_count`.

    All given filters must fit. Descriptions, plans and notes match in part and in any case, everything else exactly.
    """
    return gym.listing("change", filters, contains=_TEXTS)


@tools.read
def get_changes_assigned_to(
    gym: Itsm, assigned_to: Maybe[Assignee] = None, assignment_group: Maybe[AssignmentGroup] = None
) -> dict[str, object]:
    """List the changes of a user, of a group, or of that user within that group. At least one of the two is needed."""
    if not (assigned_to or assignment_group):
        raise gym.nothing_given(("assigned_to", "assignment_group"))
    return gym.listing("change", {"assigned_to": assigned_to, "assignment_group": assignment_group})
