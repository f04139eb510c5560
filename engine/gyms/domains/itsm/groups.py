"""Tools for user groups and their members."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import (
    BLANK,
    After,
    GroupId,
    GroupType,
    MemberId,
    StrictlyBefore,
    UserId,
    is_email,
)
from engine.gyms.toolkit import STRICT, Maybe, Refusal, Row, Toolbox, shown

tools = Toolbox(closed=True)


def _group_email(text: str) -> str:
    if not text.strip():
        raise Refusal("VALIDATION_ERROR", "Email cannot be empty", "email")
    if not is_email(text):
        raise ValueError("invalid email format, expected name@host.tld")
    return text


GroupEmail = Annotated[str, AfterValidator(_group_email), shown("", format="email")]
GroupName = Annotated[str, Field(min_length=1, max_length=80)]


class GroupFilters(TypedDict, total=False):
    """Filters of list_user_groups."""

    group_id: Annotated[GroupId, BLANK]
    name: Annotated[str, BLANK, "Part of the group's name, any case."]
    type: Annotated[GroupType, "Kind of group."]
    active: Annotated[bool, "Only active (true) or only inactive (false) groups."]
    created_after: Annotated[After, BLANK]
    created_before: Annotated[StrictlyBefore, BLANK]


class MemberFilters(TypedDict, total=False):
    """Filters of list_group_members."""

    member_id: Annotated[MemberId, BLANK]
    group_id: Annotated[GroupId, BLANK]
    user_id: Annotated[UserId, BLANK]
    created_after: Annotated[After, BLANK]
    created_before: Annotated[StrictlyBefore, BLANK]


class GroupChanges(TypedDict, total=False):
    """What update_user_group may change."""

    name: Annotated[GroupName, BLANK, "New name, not used by another group."]
    type: Annotated[GroupType, "New kind of group."]
    active: Annotated[bool, "Whether the group is in use."]


@tools.read
def list_user_groups(gym: Itsm, **filters: Unpack[GroupFilters]) -> dict[str, object]:
    """List groups, newest first, as `user_groups` and `total_count`. All given filters must fit."""
    return gym.listing("user_group", filters, contains=("name",), bounds=STRICT)


@tools.read
def find_group_by_name(gym: Itsm, name: Annotated[str, "The group's whole name, in its own case."]) -> Row:
    """Look up one group by its exact name. Fails with NOT_FOUND; list_user_groups finds parts of names."""
    return gym.lookup("user_group", name=name)


@tools.write
def add_new_user_group(
    gym: Itsm,
    name: Annotated[GroupName, "Name, up to 80 characters, not used by another group."],
    type: Annotated[GroupType, "Kind of group."],  # noqa: A002 - the benchmark's name
    manager_id: Annotated[UserId, "Id of the group's manager, a user with the role manager. Needed."] = "",
    email: Annotated[Maybe[GroupEmail], "The group's e-mail address, not used by another group."] = None,
    description: Annotated[str, "What the group does."] = "",
    active: Annotated[bool, "Whether the group is in use."] = True,
) -> Row:
    """Create a group in your organisation and return it with its new id.

    A manager is needed although the schema does not insist, and must be a user whose role is manager.
    """
    return gym.insert(
        "user_group",
        name=name,
        type=type,
        manager_id=manager_id,
        email=email,
        description=description or None,
        active=active,
    )


@tools.write
def update_user_group(gym: Itsm, group_id: Annotated[GroupId, BLANK], **changes: Unpack[GroupChanges]) -> Row:
    """Rename a group, change its type or switch it on or off, and return it as it is then.

    Fails with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    group = gym.require("user_group", group_id)
    gym.must_give(changes)
    return gym.update(group, changes, touch=False)


@tools.write
def add_new_group_member(gym: Itsm, group_id: Annotated[GroupId, BLANK], user_id: Annotated[UserId, BLANK]) -> Row:
    """Put a user into a group and return the membership. Fails with DUPLICATE_MEMBERSHIP if the user is in already."""
    group = gym.require("user_group", group_id)
    gym.require("users", user_id)
    return gym.insert("user_group_member", group_id=group_id, user_id=user_id, org_id=group["org_id"])


@tools.write
def remove_group_membership(
    gym: Itsm,
    group_id: Annotated[GroupId, BLANK],
    user_id: Annotated[UserId, BLANK],
    member_id: Annotated[
        MemberId, "Membership id; when given it must be the membership of this user in this group."
    ] = "",
) -> dict[str, str]:
    """Take a user out of a group. Fails with NOT_FOUND when the user is not in it."""
    gym.require("user_group", group_id)
    gym.require("users", user_id)
    if member_id:
        member = gym.require("user_group_member", member_id)
        if (member["group_id"], member["user_id"]) != (group_id, user_id):
            message = f"Membership '{member_id}' is not that of user '{user_id}' in group '{group_id}'"
            raise Refusal("VALIDATION_ERROR", message, "member_id", member_id)
    gym.delete(gym.lookup("user_group_member", group_id=group_id, user_id=user_id))
    return {"message": "Group membership removed successfully"}


@tools.read
def list_group_members(gym: Itsm, **filters: Unpack[MemberFilters]) -> dict[str, object]:
    """List memberships, newest first, as `group_members` and `total_count`. All given filters must fit."""
    return gym.listing("user_group_member", filters, bounds=STRICT)
