"""Tools for interactions: what was said with whom, over which channel."""

from __future__ import annotations

from typing import Annotated, Any

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.csm.house import Csm
from engine.gyms.domains.csm.words import (
    AccountId,
    After,
    Before,
    CaseId,
    Channel,
    ContactId,
    InteractionId,
    InteractionStatus,
    UserId,
)
from engine.gyms.toolkit import Clearable, Maybe, Moment, Row, Toolbox

tools = Toolbox()

Interlocutor = Annotated[UserId, "Id of the user on our side."]
Started = Annotated[Moment, "When it started, UTC (YYYY-MM-DD HH:MM:SS)."]
Ended = Annotated[Moment, "When it ended, UTC (YYYY-MM-DD HH:MM:SS)."]


class Partners(TypedDict, total=False):
    """What interactions are averaged by."""

    account_id: AccountId
    contact_id: ContactId
    channel: Channel


class Parties(Partners, total=False):
    """What interactions are counted by."""

    case_id: CaseId


class InteractionFilters(Parties, total=False):
    """Filters of find_interactions."""

    interaction_id: InteractionId
    interacted_user: Interlocutor
    status: InteractionStatus
    started_at: Annotated[Started, "Started exactly then, UTC (YYYY-MM-DD HH:MM:SS)."]
    ended_at: Annotated[Ended, "Ended exactly then, UTC (YYYY-MM-DD HH:MM:SS)."]
    created_before: Before
    created_after: After
    started_at_before: Annotated[Moment, "Started at or before this time, UTC."]
    started_at_after: Annotated[Moment, "Started at or after this time, UTC."]
    ended_at_before: Annotated[Moment, "Ended at or before this time, UTC."]
    ended_at_after: Annotated[Moment, "Ended at or after this time, UTC."]


class InteractionChanges(TypedDict, total=False):
    """What update_interaction may change."""

    channel: Channel
    account_id: Clearable[AccountId]
    contact_id: Clearable[ContactId]
    case_id: Clearable[CaseId]
    interacted_user: Clearable[Interlocutor]
    status: InteractionStatus
    started_at: Clearable[Started]
    ended_at: Clearable[Ended]


@tools.read
def find_interactions(gym: Csm, **filters: Unpack[InteractionFilters]) -> list[Row]:
    """List interactions by id. All given filters must fit; without any, all interactions are listed."""
    return gym.listing("interaction", filters)


@tools.write
def register_new_interaction(
    gym: Csm,
    channel: Channel,
    status: InteractionStatus,
    account_id: Maybe[AccountId] = None,
    contact_id: Maybe[ContactId] = None,
    case_id: Maybe[CaseId] = None,
    interacted_user: Maybe[Interlocutor] = None,
    started_at: Annotated[Maybe[Started], "When it started, UTC (YYYY-MM-DD HH:MM:SS); now if left out."] = None,
    ended_at: Maybe[Ended] = None,
) -> Row:
    """Log an interaction and return it with its new id. Account and contact are not taken from the case: give them."""
    return gym.insert(
        "interaction",
        channel=channel,
        account_id=account_id,
        contact_id=contact_id,
        case_id=case_id,
        interacted_user=interacted_user,
        status=status,
        started_at=started_at or gym.now,
        ended_at=ended_at,
    )


@tools.write
def update_interaction(gym: Csm, interaction_id: InteractionId, **changes: Unpack[InteractionChanges]) -> Row:
    """Change fields of an interaction and return it as it is then."""
    return gym.update(gym.require("interaction", interaction_id), changes)


@tools.read
def count_interaction_by_status(gym: Csm, **filters: Unpack[Parties]) -> list[dict[str, Any]]:
    """Count interactions per status, as a list of `status` and `count`. A status without any is left out."""
    return gym.groups("interaction", "status", filters)


@tools.read
def avg_interactions_per_case_by_status(gym: Csm, **filters: Unpack[Partners]) -> list[dict[str, Any]]:
    """Average the interactions per case and status, over the cases that have any in that status."""
    measure = "1.0 * count(*) / max(count(DISTINCT case_id), 1)"
    return gym.groups("interaction", "status", filters, "avg_interactions_per_case", measure)
