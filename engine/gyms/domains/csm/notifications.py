"""Tools for notifications: records of what was sent about a case, to whom."""

from __future__ import annotations

from typing import Annotated, Any

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.csm.house import Csm
from engine.gyms.domains.csm.words import (
    After,
    ArticleId,
    Before,
    CaseId,
    Name,
    NotificationId,
    NotificationStatus,
    NotificationType,
)
from engine.gyms.toolkit import Clearable, Maybe, Moment, Row, Toolbox

tools = Toolbox()

Recipient = Annotated[Name, "E-mail address of the recipient."]
Enclosed = Annotated[ArticleId, "Id of the article that goes with it."]


class NotificationFilters(TypedDict, total=False):
    """Filters of find_notifications."""

    notification_id: NotificationId
    case_id: CaseId
    knowledge_id: Enclosed
    email: Annotated[str, "Whole e-mail address of the recipient."]
    type: NotificationType
    status: NotificationStatus
    sys_created_on: Annotated[Moment, "Sent exactly then, UTC (YYYY-MM-DD HH:MM:SS)."]


class DeletionFilters(NotificationFilters, total=False):
    """Filters of delete_notifications."""

    created_before: Before
    created_after: After


class NotificationChanges(TypedDict, total=False):
    """What update_notification may change."""

    case_id: CaseId
    knowledge_id: Clearable[Enclosed]
    email: Recipient
    type: NotificationType
    status: NotificationStatus


@tools.read
def find_notifications(gym: Csm, **filters: Unpack[NotificationFilters]) -> list[Row]:
    """List notifications by id. All given filters must fit; without any, all notifications are listed."""
    return gym.listing("notification", filters)


@tools.write
def send_notification(
    gym: Csm,
    case_id: CaseId,
    email: Recipient,
    type: NotificationType,  # noqa: A002 - the benchmark's name
    knowledge_id: Maybe[Enclosed] = None,
) -> Row:
    """Record a notification about a case, with status success, and return it. The recipient need not be a user."""
    return gym.insert("notification", case_id=case_id, knowledge_id=knowledge_id, email=email, type=type)


@tools.write
def update_notification(gym: Csm, notification_id: NotificationId, **changes: Unpack[NotificationChanges]) -> Row:
    """Change fields of a notification and return it as it is then."""
    return gym.update(gym.require("notification", notification_id), changes)


@tools.write
def delete_notifications(gym: Csm, **filters: Unpack[DeletionFilters]) -> dict[str, int]:
    """Delete all notifications that pass every given filter (at least one). Answers how many were `deleted`.

    Filters reach across all cases: give case_id unless all are meant.
    """
    return {"deleted": len(gym.delete_matching("notification", filters))}


@tools.read
def count_notifications_by_status(
    gym: Csm, status: Maybe[NotificationStatus] = None
) -> list[dict[str, Any]] | dict[str, Any]:
    """Count notifications per status, as a list of `status` and `count`; with a status, as one such object."""
    if status:
        return {"status": status, "count": gym.measure("notification", {"status": status})}
    return gym.groups("notification", "status", {})


@tools.read
def count_notifications_by_type(
    gym: Csm,
    type: Annotated[Maybe[list[NotificationType]], "Only these types; all if left out."] = None,  # noqa: A002
) -> list[dict[str, Any]]:
    """Count notifications per type, as a list of `type` and `count`. A type without any is left out."""
    return gym.groups("notification", "type", {"type": type})


@tools.read
def count_notifications_by_case(
    gym: Csm, case_id: Annotated[Maybe[CaseId], "The case; all notifications are counted if left out."] = None
) -> dict[str, int]:
    """Count the notifications about a case, or all of them, as `count`."""
    return {"count": gym.measure("notification", {"case_id": case_id})}


@tools.read
def avg_notifications_by_case(
    gym: Csm, case: Annotated[Maybe[CaseId], "Count those of this case instead."] = None
) -> dict[str, float]:
    """Average the notifications over the cases that have any, as `avg_count`; with a case, its count."""
    measure = "1.0 * count(*)" if case is not None else "1.0 * count(*) / max(count(DISTINCT case_id), 1)"
    return {"avg_count": gym.measure("notification", {"case_id": case}, measure)}
