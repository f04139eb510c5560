"""Tools for user accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import BLANK, After, Before, Email, LocationId, Phone, Role, UserId
from engine.gyms.toolkit import Maybe, Refusal, Row, Toolbox, without_blanks

tools = Toolbox()

PersonName = Annotated[str, Field(min_length=1, max_length=60)]


def _flag(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


class UserFilters(TypedDict, total=False):
    """Filters of list_users."""

    user_id: Annotated[UserId | None, BLANK]
    first_name: Annotated[str | None, BLANK, "Part of the first name, any case."]
    last_name: Annotated[str | None, BLANK, "Part of the last name, any case."]
    email: Annotated[str | None, BLANK, "The whole e-mail address."]
    phone: Annotated[str | None, BLANK, "Part of the phone number."]
    role: Annotated[str | None, BLANK, "One of admin, manager, agent, reporter."]
    active: Annotated[str | None, BeforeValidator(_flag), BLANK, 'The text "true" or "false".']
    created_after: Annotated[After | None, BLANK]
    created_before: Annotated[Before | None, BLANK]


class UserChanges(TypedDict, total=False):
    """What update_user_details may change."""

    first_name: Annotated[PersonName | None, "New first name; the login name stays as it is."]
    last_name: Annotated[PersonName | None, "New last name; the login name stays as it is."]
    email: Annotated[Email | None, "New e-mail address, not used by anybody else in the organisation."]
    phone: Annotated[Phone | None, "New phone number as +1-415-555-0101, not used by anybody else."]
    role: Annotated[Role | None, "New role."]
    active: Annotated[bool | None, "Whether the account can be used."]
    location_id: Annotated[LocationId | None, BLANK]
    user_name: Annotated[str | None, BLANK, "Accepted and ignored: login names cannot be changed."]
    company_id: Annotated[str | None, BLANK, "Accepted and ignored: users cannot change organisation."]


@tools.read
def get_user_using_email(gym: Itsm, email: Email) -> Row:
    """Look up one user by the whole e-mail address.

    Returns id, names, phone, role, active flag and location. Fails with NOT_FOUND when nobody has the address.
    """
    return gym.lookup("users", email=email)


@tools.read
def get_user(gym: Itsm, user_id: UserId) -> Row:
    """Look up one user by id. Fails with NOT_FOUND when there is none."""
    return gym.require("users", user_id)


@tools.read
def get_user_using_name(
    gym: Itsm, first_name: Annotated[str, "Whole first name."], last_name: Annotated[str, "Whole last name."]
) -> Row:
    """Look up one user by first and last name, both whole and in any case.

    When several people share the name the first is returned; use list_users to see them all.
    """
    found = gym.rows(
        "users", "WHERE lower(first_name) = lower(?) AND lower(last_name) = lower(?)", first_name, last_name
    )
    if not found:
        raise gym.missing(gym.tables["users"], {"first_name": first_name, "last_name": last_name})
    return found[0]


@tools.read
def list_users(gym: Itsm, **filters: Unpack[UserFilters]) -> dict[str, object]:
    """List users, oldest account first, as `users` and `total_count`.

    All given filters must fit; empty ones are ignored. Users of every organisation are listed.
    """
    wanted = without_blanks(filters)
    if wanted.get("role") not in (None, "admin", "manager", "agent", "reporter"):
        raise Refusal("INVALID_ENUM_VALUE", "role must be admin, manager, agent or reporter", "role", wanted["role"])
    if wanted.get("active") is not None:
        wanted["active"] = str(wanted["active"]).lower() == "true"
    return gym.listing("users", wanted, contains=("first_name", "last_name", "phone"), order="{created}, {key}")


@tools.write
def add_new_user(
    gym: Itsm,
    first_name: Annotated[PersonName, "First name, up to 60 characters."],
    last_name: Annotated[PersonName, "Last name, up to 60 characters."],
    email: Email,
    phone: Phone,
    role: Annotated[Role, "What the user may do."],
    active: Annotated[bool, "Whether the account can be used."],
    location_id: Annotated[LocationId, "Location in your own organisation, such as LOC_001."] = "",
    user_name: Annotated[Maybe[str], "Ignored: the login name is always first.last in lower case."] = None,
) -> Row:
    """Create a user in your organisation and return it with its new id.

    E-mail must be new in the organisation and phone everywhere; the location must belong to your organisation.
    """
    return gym.insert(
        "users",
        user_name=f"{first_name}.{last_name}".lower(),
        first_name=first_name,
        last_name=last_name,
        email=email,
        phone=phone,
        role=role,
        active=active,
        location_id=location_id or None,
        static_token=gym.clock.token(64),
    )


@tools.write
def update_user_details(gym: Itsm, user_id: UserId, **changes: Unpack[UserChanges]) -> Row:
    """Change fields of a user and return the user as it is then.

    Give only what changes. Fails with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    user = gym.require("users", user_id)
    wanted = {name: value for name, value in without_blanks(changes).items() if name not in ("user_name", "company_id")}
    if not wanted:
        raise Refusal("NO_FIELDS_PROVIDED", "No fields provided for update")
    return gym.update(user, wanted)
