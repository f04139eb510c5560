"""Tools for notifications: messages about incidents that are stored, not mailed."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import (
    After,
    AnyEmail,
    Before,
    IncidentId,
    NotEmpty,
    NotificationId,
    NotificationStatus,
    NotificationType,
)
from engine.gyms.toolkit import Maybe, Refusal, Row, Toolbox

tools = Toolbox()

Text = Annotated[str, NotEmpty]
Recipient = Annotated[str, "E-mail address of the user it is for; must be that of a known user, and not your own."]
Incidents = Annotated[Maybe[list[str]], "Only these incident ids; all that have notifications if left out."]


class NotificationFilters(TypedDict, total=False):
    """Filters of find_notifications."""

    notification_id: NotificationId | None
    incident_id: IncidentId | None
    email: Annotated[str | None, "The recipient's whole address."]
    type: Annotated[NotificationType | None, "Kind of notification."]
    status: Annotated[NotificationStatus | None, "How far it got."]
    created_after: After | None
    created_before: Before | None


class NotificationChanges(TypedDict, total=False):
    """What update_notification may change."""

    incident_id: IncidentId
    email: Annotated[str, "New recipient's address; must be that of a known user."]
    subject: Annotated[Text, "New subject, not empty."]
    message: Annotated[Text, "New text, not empty."]
    type: Annotated[NotificationType, "New kind."]
    status: Annotated[NotificationStatus, "New status."]


@tools.read
def count_notifications_by_status(
    gym: Itsm, status: Annotated[Maybe[list[NotificationStatus]], "Only these; all that occur if left out."] = None
) -> dict[str, object]:
    """Count notifications per status, as `metrics`: STATUS to count. Every listed status appears, also with 0."""
    return gym.metrics("notification", "status", status)


@tools.read
def count_notifications_by_incident(gym: Itsm, incident_id: Incidents = None) -> dict[str, object]:
    """Count notifications per incident, as `metrics`: incident id to count. Every listed id appears, also with 0."""
    return {"metrics": _per_incident(gym, incident_id)}


@tools.read
def average_notifications_by_incident(gym: Itsm, incident_id: Incidents = None) -> dict[str, float]:
    """Return the `average` number of notifications of the incidents that have any, rounded to two places."""
    counts = [count for count in _per_incident(gym, incident_id).values() if count]
    return {"average": round(sum(counts) / len(counts), 2) if counts else 0.0}


@tools.read
def count_notifications_by_type(
    gym: Itsm,
    type: Annotated[Maybe[list[NotificationType]], "Only these; all that occur if left out."] = None,  # noqa: A002
) -> dict[str, object]:
    """Count notifications per type, as `metrics`: TYPE to count. Every listed type appears, also with 0."""
    return gym.metrics("notification", "type", type)


@tools.read
def find_notifications_for_email(gym: Itsm, email: AnyEmail) -> dict[str, object]:
    """List the notifications sent to an address, newest first, as `notifications` and `count`.

    None at all is an error (RESOURCE_NOT_FOUND), not an empty list.
    """
    return _some(gym, email=email)


@tools.read
def find_notifications_sent_for_incident(gym: Itsm, incident_id: IncidentId) -> dict[str, object]:
    """List the notifications of an incident, newest first, as `notifications` and `count`.

    None at all is an error (RESOURCE_NOT_FOUND), not an empty list.
    """
    return _some(gym, incident_id=incident_id)


@tools.read
def find_notifications(gym: Itsm, **filters: Unpack[NotificationFilters]) -> dict[str, object]:
    """List notifications, newest first, as `notifications` and `count`.

    All given filters must fit exactly. An unknown notification or incident id is an error, not an empty list.
    """
    for name, table in (("notification_id", "notification"), ("incident_id", "incident")):
        value = filters.get(name)
        if value == "":
            raise Refusal("MISSING_REQUIRED_VALUE", f"{name} cannot be empty", name)
        if value and not gym.find(table, **{name: value}):
            noun = gym.tables[table].noun
            raise Refusal(f"{noun.upper()}_NOT_FOUND", f"{noun} '{value}' not found", name, value)
    rows = gym.select("notification", filters)
    return {"notifications": rows, "count": len(rows)}


@tools.write
def send_notification(
    gym: Itsm,
    incident_id: IncidentId,
    email: Recipient,
    subject: Annotated[Maybe[Text], "Subject, not empty."] = None,
    message: Annotated[Maybe[Text], "Text, not empty."] = None,
    type: Annotated[Maybe[NotificationType], "Kind of notification; other if left out."] = None,  # noqa: A002
    status: Annotated[NotificationStatus, "How far it got."] = "queued",
) -> Row:
    """Store a notification about an incident for one known user and return it. No mail is sent.

    The address must belong to a user and must not be your own. One call for each recipient.
    """
    absent = Refusal("VALIDATION_ERROR", f"Incident '{incident_id}' not found", "incident_id", incident_id)
    gym.require("incident", incident_id, otherwise=absent)
    _refuse_unknown_address(gym, email)
    if email == gym.actor["email"]:
        raise Refusal("CANNOT_SEND_TO_SELF", "You cannot send a notification to yourself", "email", email)
    return gym.insert(
        "notification", incident_id=incident_id, email=email, subject=subject, message=message, type=type, status=status
    )


@tools.write
def update_notification(gym: Itsm, notification_id: NotificationId, **changes: Unpack[NotificationChanges]) -> Row:
    """Change fields of a notification and return it as it is then.

    Give only what changes. Fails with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    notification = gym.require("notification", notification_id)
    gym.must_give(changes)
    if "email" in changes:
        _refuse_unknown_address(gym, changes["email"])
    return gym.update(notification, changes)


@tools.write
def delete_notifications(
    gym: Itsm, notification_id: Annotated[NotificationId, "Id of the notification to delete, such as NOTIF_001."]
) -> dict[str, str]:
    """Delete one notification for good. Fails with RESOURCE_NOT_FOUND when there is none of this id."""
    gym.delete(gym.require("notification", notification_id))
    return {"message": f"Notification '{notification_id}' deleted successfully"}


def _per_incident(gym: Itsm, listed: list[str] | None) -> dict[str, int]:
    if unknown := [value for value in listed or () if not gym.find("incident", incident_id=value)]:
        message = f"Invalid incident_id reference(s): {', '.join(unknown)}"
        raise Refusal("INVALID_REFERENCE", message, "incident_id", unknown)
    return gym.per("notification", "incident_id", listed=listed)


def _some(gym: Itsm, **where: str) -> dict[str, object]:
    rows = gym.select("notification", where)
    if not rows:
        ((name, value),) = where.items()
        message = f"Notifications not found with identifier '{name}={value}'"
        raise Refusal("RESOURCE_NOT_FOUND", message, name, value)
    return {"notifications": rows, "count": len(rows)}


def _refuse_unknown_address(gym: Itsm, email: str) -> None:
    if not gym.find("users", email=email):
        cause = Refusal("USER_EMAIL_NOT_FOUND", f"No user has the email '{email}'", "email", email)
        raise Refusal("VALIDATION_ERROR", cause.message, causes=(cause,))
