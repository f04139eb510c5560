"""Tools for users, groups and who belongs to which."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.csm.house import Csm
from engine.gyms.domains.csm.words import (
    Active,
    After,
    Before,
    GroupId,
    GroupType,
    LocationId,
    MemberId,
    Name,
    Role,
    UserId,
)
from engine.gyms.toolkit import Clearable, Maybe, Refusal, Row, Toolbox

tools = Toolbox()

FOUND_USER = ("user_id", "first_name", "last_name", "email", "role", "location_id", "active")
LISTED_USER = (
    "user_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "role",
    "location_id",
    "active",
    "sys_created_on",
)
FOUND_GROUP = ("group_id", "name", "type", "active")
MEMBER = ("member_id", "group_id", "user_id", "sys_created_on")

FirstName = Annotated[Name, "First name."]
LastName = Annotated[Name, "Last name."]
Email = Annotated[Name, "E-mail address, used by no other user."]
GroupName = Annotated[Name, "Name, used by no other group."]


class UserFilters(TypedDict, total=False):
    """Filters of list_users."""

    user_id: UserId
    email: Annotated[str, "Whole e-mail address."]
    first_name: Annotated[str, "Part of the first name, any case."]
    last_name: Annotated[str, "Part of the last name, any case."]
    phone: Annotated[str, "Whole phone number, such as +44206753369."]
    role: Role
    location_id: LocationId
    active: Active
    created_after: After
    created_before: Before


class UserChanges(TypedDict, total=False):
    """What update_user_details may change."""

    email: Email
    first_name: FirstName
    last_name: LastName
    active: Active
    phone: Annotated[Clearable[str], "Phone number."]
    role: Role
    location_id: Annotated[Clearable[int], "Id of the user's location."]


class GroupFilters(TypedDict, total=False):
    """Filters of list_user_groups."""

    group_id: GroupId
    name: Annotated[str, "Whole name of the group."]
    active: Active
    type: GroupType
    created_after: After
    created_before: Before


class GroupChanges(TypedDict, total=False):
    """What update_user_group may change."""

    name: GroupName
    type: GroupType
    active: Active


class MemberFilters(TypedDict, total=False):
    """Filters of list_group_members."""

    member_id: MemberId
    group_id: GroupId
    user_id: UserId
    created_after: After
    created_before: Before


@tools.read
def find_user(
    gym: Csm, name: Annotated[str, "First and last name with a blank between, any case."]
) -> Row | dict[str, object]:
    """Look up a user by full name; the answer is {} when there is none.

    Names may repeat: the user with the lowest id is returned. list_users shows them all.
    """
    matching = "WHERE lower(first_name || ' ' || last_name) = lower(trim(?)) ORDER BY user_id LIMIT 1"
    return next((user.only(FOUND_USER) for user in gym.rows("user", matching, name)), {})


@tools.read
def find_user_by_email(gym: Csm, email: Annotated[str, "Whole e-mail address."]) -> Row | dict[str, object]:
    """Look up a user by e-mail address; the answer is {} when there is none."""
    return gym.one("user", FOUND_USER, email=email)


@tools.read
def list_users(gym: Csm, **filters: Unpack[UserFilters]) -> list[Row]:
    """List users by id. All given filters must fit; without any, all users are listed."""
    return gym.listing("user", filters, LISTED_USER, contains=("first_name", "last_name"))


@tools.write
def add_new_user(
    gym: Csm,
    first_name: FirstName,
    last_name: LastName,
    email: Email,
    role: Role,
    active: Active,
    phone: Annotated[Maybe[str], "Phone number."] = None,
    location_id: Annotated[Maybe[int], "Id of the user's location."] = None,
) -> Row:
    """Create a user and return it with its new id."""
    return gym.insert(
        "user",
        first_name=first_name,
        last_name=last_name,
        email=email,
        role=role,
        active=active,
        phone=phone,
        location_id=location_id,
    )


@tools.write
def update_user_details(gym: Csm, user_id: UserId, **changes: Unpack[UserChanges]) -> Row:
    """Change fields of a user and return it as it is then. Memberships stay: leavers are taken out of groups apart."""
    return gym.update(gym.require("user", user_id), changes)


@tools.read
def find_user_group(gym: Csm, name: Annotated[Name, "Whole name of the group."]) -> Row | dict[str, object]:
    """Look up a group by its exact name; the answer is {} when there is none."""
    return gym.one("user_group", FOUND_GROUP, name=name)


@tools.read
def list_user_groups(gym: Csm, **filters: Unpack[GroupFilters]) -> list[Row]:
    """List groups by id. All given filters must fit; without any, all groups are listed."""
    return gym.listing("user_group", filters, (*FOUND_GROUP, "sys_created_on"))


@tools.write
def add_new_user_group(gym: Csm, name: GroupName, type: GroupType, active: Active) -> Row:  # noqa: A002 - the benchmark's name
    """Create a group and return it with its new id."""
    return gym.insert("user_group", name=name, type=type, active=active)


@tools.write
def update_user_group(gym: Csm, group_id: GroupId, **changes: Unpack[GroupChanges]) -> Row:
    """Change fields of a group and return it as it is then."""
    return gym.update(gym.require("user_group", group_id), changes)


@tools.read
def check_user_membership(gym: Csm, user_id: UserId, group_id: GroupId) -> dict[str, object]:
    """Say whether a user belongs to a group: `exists`, and the `member_id` if so."""
    member = gym.find("user_group_member", user_id=user_id, group_id=group_id)
    return {"exists": member is not None, "member_id": member.id if member else None}


@tools.read
def list_group_members(gym: Csm, **filters: Unpack[MemberFilters]) -> list[Row]:
    """List memberships by id. All given filters must fit; without any, all memberships are listed."""
    return gym.listing("user_group_member", filters, MEMBER)


@tools.write
def add_new_group_member(gym: Csm, group_id: GroupId, user_id: UserId) -> Row:
    """Put a user into a group and return the membership. Fails when the user is in it already."""
    return gym.insert("user_group_member", group_id=group_id, user_id=user_id)


@tools.write
def remove_group_membership(
    gym: Csm,
    member_id: Annotated[Maybe[int], "Membership id; when given, the others are overlooked."] = None,
    group_id: Annotated[Maybe[int], "Group id, together with user_id."] = None,
    user_id: Annotated[Maybe[int], "User id, together with group_id."] = None,
) -> dict[str, int]:
    """Take a user out of a group, named by member_id or by group_id and user_id. Answers how many were `deleted`."""
    if member_id is not None:
        filters = {"member_id": member_id}
    elif group_id is not None and user_id is not None:
        filters = {"group_id": group_id, "user_id": user_id}
    else:
        raise Refusal("NO_FILTER", "Give member_id, or group_id and user_id")
    return {"deleted": len(gym.delete_matching("user_group_member", filters))}
