"""Tools for cases."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.csm.house import Csm
from engine.gyms.domains.csm.words import (
    AccountId,
    After,
    Assignee,
    AssignmentGroup,
    Before,
    CaseId,
    Channel,
    ContactId,
    EscalationReason,
    InstalledId,
    Priority,
    ProductId,
    State,
)
from engine.gyms.toolkit import Clearable, Maybe, Moment, Row, Toolbox

tools = Toolbox()

ASSIGNED = (
    "case_id",
    "number",
    "account_id",
    "contact_id",
    "product_id",
    "installed_product_id",
    "channel",
    "priority",
    "state",
    "short_description",
    "assignment_group_id",
    "assigned_to",
    "sys_created_on",
)
SEARCHED = (
    *ASSIGNED[:10],
    "escalation",
    "escalation_reason",
    "reopen_count",
    "sys_created_on",
    "sys_updated_on",
    "closed_on",
    "assignment_group_id",
    "assigned_to",
)
CHANNELS = get_args(get_args(Channel)[0])
_REOPENED = "coalesce(avg(reopen_count), 0.0)"

Subject = Annotated[str, Field(min_length=1, max_length=500), "What it is about, up to 500 characters."]
Reason = Annotated[EscalationReason, Field(json_schema_extra={"minLength": 1})]
ClosedOn = Annotated[Moment, "When it was closed, UTC (YYYY-MM-DD HH:MM:SS). It is not filled by itself."]
Escalated = Annotated[bool, "Whether the case is escalated."]
Reopened = Annotated[int, "How often it was opened again. It is not counted by itself."]


class CaseFilters(TypedDict, total=False):
    """Filters of search_cases."""

    case_id: CaseId
    number: Annotated[str, "Number of the case, such as CS-0000001."]
    account_id: AccountId
    contact_id: ContactId
    product_id: ProductId
    installed_product_id: InstalledId
    channel: Channel
    priority: Priority
    state: State
    short_description: Annotated[str, "Part of what it is about, any case."]
    escalation: Escalated
    escalation_reason: EscalationReason
    reopen_count: Annotated[int, "Opened again exactly this often."]
    closed_on: Annotated[Moment, "Closed exactly then, UTC (YYYY-MM-DD HH:MM:SS)."]
    created_before: Before
    created_after: After


class CaseDetails(TypedDict, total=False):
    """What a case may have besides what it must have."""

    product_id: Clearable[ProductId]
    installed_product_id: Clearable[InstalledId]
    escalation: Escalated
    escalation_reason: Clearable[Reason]
    reopen_count: Reopened
    closed_on: Clearable[ClosedOn]
    assignment_group_id: Clearable[AssignmentGroup]
    assigned_to: Clearable[Assignee]


class CaseChanges(CaseDetails, total=False):
    """What update_case may change."""

    account_id: AccountId
    contact_id: ContactId
    channel: Channel
    priority: Priority
    state: State
    short_description: Subject


class Kind(TypedDict, total=False):
    """What cases are counted by."""

    channel: Channel
    priority: Priority


class StateAndKind(Kind, total=False):
    """What cases are counted and averaged by."""

    state: State


class GroupCases(StateAndKind, total=False):
    """Filters of count_case_for_assignment_group."""

    account_id: AccountId
    product_id: ProductId


class StatesOf(Kind, total=False):
    """Filters of count_case_by_state."""

    account_id: AccountId
    product_id: ProductId
    assignment_group_id: AssignmentGroup
    assigned_to: Assignee


@tools.read
def search_cases(gym: Csm, **filters: Unpack[CaseFilters]) -> list[Row]:
    """List cases with all their fields, by id. All given filters must fit; without any, all cases are listed."""
    return gym.listing("customer_case", filters, SEARCHED, contains=("short_description",))


@tools.read
def get_cases_assigned_to(
    gym: Csm, assignment_group_id: Maybe[AssignmentGroup] = None, assigned_to: Maybe[Assignee] = None
) -> list[Row]:
    """List the cases of a group, of a user, or of that user within that group; without either, all cases."""
    filters = {"assignment_group_id": assignment_group_id, "assigned_to": assigned_to}
    return gym.listing("customer_case", filters, ASSIGNED)


@tools.write
def create_new_case(
    gym: Csm,
    account_id: AccountId,
    contact_id: ContactId,
    channel: Channel,
    priority: Priority,
    state: State,
    short_description: Subject,
    **details: Unpack[CaseDetails],
) -> Row:
    """Open a case and return it with its new id and number.

    Nothing else is made: no SLA clock starts, no interaction is logged, nobody is notified. It is not checked whether
    contact, product and unit belong to the account, and the assignee to the group.
    """
    case_id = gym.next_id("customer_case")
    return gym.insert(
        "customer_case",
        case_id=case_id,
        number=f"CS-{case_id:07d}",
        account_id=account_id,
        contact_id=contact_id,
        channel=channel,
        priority=priority,
        state=state,
        short_description=short_description,
        **details,
    )


@tools.write
def update_case(gym: Csm, case_id: CaseId, **changes: Unpack[CaseChanges]) -> Row:
    """Change fields of a case and return it as it is then.

    Give only what changes; null empties a field that may be empty. Nothing follows by itself: SLA clocks, closed_on and
    reopen_count stay as they are whatever the state becomes.
    """
    return gym.update(gym.require("customer_case", case_id), changes)


@tools.write
def assign_case_to_user(
    gym: Csm, case_id: CaseId, assigned_to_user_id: Annotated[Assignee, "Id of the user who takes over the case."]
) -> dict[str, object]:
    """Make a user the assignee of a case. Whether the user belongs to the case's group is not checked."""
    gym.update(gym.require("customer_case", case_id), {"assigned_to": assigned_to_user_id})
    return {
        "assignment_status": "success",
        "assigned_to": assigned_to_user_id,
        "assigned_at": gym.stored(gym.now),
    }


@tools.write
def set_case_assignment_group(
    gym: Csm,
    case_id: CaseId,
    assignment_group_id: Annotated[AssignmentGroup, "Id of the group that takes over the case."],
) -> dict[str, object]:
    """Hand a case to a group. The assignee stays."""
    gym.update(gym.require("customer_case", case_id), {"assignment_group_id": assignment_group_id})
    return {"status": "success", "assignment_group_id": assignment_group_id, "set_at": gym.stored(gym.now)}


@tools.read
def count_case_by_state(gym: Csm, **filters: Unpack[StatesOf]) -> list[dict[str, Any]]:
    """Count cases per state, as a list of `state` and `count`. A state without any is left out."""
    return gym.groups("customer_case", "state", filters)


@tools.read
def get_count_of_cases_priority_wise(gym: Csm, priority: Maybe[Priority] = None) -> list[dict[str, Any]]:
    """Count cases per priority, as a list of `priority` and `count`. A priority without any is left out."""
    return gym.groups("customer_case", "priority", {"priority": priority})


@tools.read
def get_channel_wise_case_count(gym: Csm, channel: Maybe[Channel] = None) -> dict[str, int]:
    """Count cases per channel, as an object with the channels as keys; with a channel, only that one."""
    return gym.per("customer_case", "channel", listed=[channel] if channel else CHANNELS)


@tools.read
def count_case_for_assignment_group(
    gym: Csm, assignment_group_id: AssignmentGroup, **filters: Unpack[GroupCases]
) -> dict[str, int]:
    """Count the cases of a group, as `count`."""
    wanted = {"assignment_group_id": assignment_group_id, **filters}
    return {"assignment_group_id": assignment_group_id, "count": gym.measure("customer_case", wanted)}


@tools.read
def get_average_case_reopen_count(gym: Csm, **filters: Unpack[StateAndKind]) -> dict[str, float]:
    """Average how often cases were opened again, as `avg_reopen_count`; 0 when no case fits."""
    return {"avg_reopen_count": gym.measure("customer_case", filters, _REOPENED)}


@tools.read
def avg_reopen_count_for_assignment_group(
    gym: Csm, assignment_group_id: AssignmentGroup, **filters: Unpack[StateAndKind]
) -> dict[str, float]:
    """Average how often the cases of a group were opened again, as `avg_reopen_count`; 0 when no case fits."""
    wanted = {"assignment_group_id": assignment_group_id, **filters}
    average = gym.measure("customer_case", wanted, _REOPENED)
    return {"assignment_group_id": assignment_group_id, "avg_reopen_count": average}
