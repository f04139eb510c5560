"""Tools for accounts, their contacts, and locations."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.csm.house import Csm
from engine.gyms.domains.csm.words import (
    AccountId,
    AccountType,
    Active,
    After,
    Before,
    City,
    ContactId,
    Country,
    LocationId,
    Name,
    PortalUserId,
)
from engine.gyms.toolkit import Clearable, Maybe, Row, Toolbox

tools = Toolbox()

FOUND_ACCOUNT = ("account_id", "name", "account_type", "email_domain", "active")
LISTED_ACCOUNT = ("account_id", "name", "email_domain", "account_type", "active", "sys_created_on")
FOUND_CONTACT = ("contact_id", "account_id", "portal_user_id", "active")
LISTED_CONTACT = (*FOUND_CONTACT, "is_primary", "sys_created_on")
FOUND_LOCATION = ("location_id", "name", "city", "country", "active")
LISTED_LOCATION = ("location_id", "name", "plot_no", "street", "city", "country", "active", "sys_created_on")

AccountName = Annotated[Name, "Name, used by no other account."]
EmailDomain = Annotated[Name, "Domain of the account's e-mail addresses, such as acme.com."]
Primary = Annotated[bool, "Whether this is the account's main contact."]
LocationName = Annotated[Name, "Name of the location."]


class AccountFilters(TypedDict, total=False):
    """Filters of get_accounts."""

    account_id: AccountId
    name: Annotated[Name, "Part of the name, any case."]
    email_domain: Annotated[Name, "Part of the e-mail domain, any case."]
    account_types: Annotated[list[AccountType], "Any of these kinds of account."]
    active: Active
    created_after: After
    created_before: Before


class AccountChanges(TypedDict, total=False):
    """What update_account_details may change."""

    name: AccountName
    email_domain: Clearable[EmailDomain]
    active: Active
    account_type: AccountType


class ContactFields(TypedDict, total=False):
    """What a contact has, whether it is searched or changed."""

    account_id: AccountId
    portal_user_id: PortalUserId
    active: Active
    is_primary: Primary


class ContactFilters(ContactFields, total=False):
    """Filters of find_contacts."""

    contact_id: ContactId
    created_after: After
    created_before: Before


class LocationFilters(TypedDict, total=False):
    """Filters of find_locations."""

    location_id: LocationId
    name: Annotated[str, "Part of the name, any case."]
    active: Active
    plot_no: Annotated[str, "Whole plot number, such as Plot 685."]
    street: Annotated[str, "Part of the street, any case."]
    city: Annotated[str, "City, such as new_york."]
    country: Annotated[str, "Country, such as usa."]
    created_before: Before
    created_after: After


class LocationChanges(TypedDict, total=False):
    """What update_location may change."""

    name: LocationName
    active: Active
    plot_no: Annotated[Clearable[str], "Plot number, such as Plot 685."]
    street: Annotated[Clearable[str], "Street."]
    city: City
    country: Country


@tools.read
def find_account(gym: Csm, name: Annotated[Name, "Whole name, with every comma."]) -> Row | dict[str, object]:
    """Look up an account, a company we deal with, by its exact name; the answer is {} when there is none."""
    return gym.one("account", FOUND_ACCOUNT, name=name)


@tools.read
def get_accounts(gym: Csm, **filters: Unpack[AccountFilters]) -> list[Row]:
    """List accounts by id. All given filters must fit; without any, all accounts are listed."""
    wanted = {"account_type" if name == "account_types" else name: value for name, value in filters.items()}
    return gym.listing("account", wanted, LISTED_ACCOUNT, contains=("name", "email_domain"))


@tools.write
def create_new_account(
    gym: Csm,
    name: AccountName,
    account_type: AccountType,
    active: Active,
    email_domain: Maybe[EmailDomain] = None,
) -> Row:
    """Create an account and return it with its new id."""
    return gym.insert("account", name=name, account_type=account_type, active=active, email_domain=email_domain)


@tools.write
def update_account_details(gym: Csm, account_id: AccountId, **changes: Unpack[AccountChanges]) -> Row:
    """Change fields of an account and return it as it is then."""
    return gym.update(gym.require("account", account_id), changes)


@tools.read
def find_contact_by_portal_user(gym: Csm, portal_user_id: PortalUserId) -> Row | dict[str, object]:
    """Look up the contact that a portal user (one with the role customer) is; the answer is {} when there is none."""
    return gym.one("contact", FOUND_CONTACT, portal_user_id=portal_user_id)


@tools.read
def find_contacts(gym: Csm, **filters: Unpack[ContactFilters]) -> list[Row]:
    """List contacts by id. All given filters must fit; without any, all contacts are listed."""
    return gym.listing("contact", filters, LISTED_CONTACT)


@tools.write
def create_contact(
    gym: Csm, account_id: AccountId, portal_user_id: PortalUserId, active: Active, is_primary: Primary
) -> Row:
    """Make a portal user a contact of an account and return the contact. A former main contact stays one."""
    return gym.insert(
        "contact", account_id=account_id, portal_user_id=portal_user_id, active=active, is_primary=is_primary
    )


@tools.write
def update_contact(gym: Csm, contact_id: ContactId, **changes: Unpack[ContactFields]) -> Row:
    """Change fields of a contact and return it as it is then. Other contacts of the account stay as they are."""
    return gym.update(gym.require("contact", contact_id), changes)


@tools.read
def find_location(gym: Csm, name: Annotated[Name, "Whole name of the location."]) -> Row | dict[str, object]:
    """Look up a site or a user's place by its exact name; the answer is {} when there is none."""
    return gym.one("location", FOUND_LOCATION, name=name)


@tools.read
def find_locations(gym: Csm, **filters: Unpack[LocationFilters]) -> list[Row]:
    """List locations by id. All given filters must fit; without any, all locations are listed."""
    return gym.listing("location", filters, LISTED_LOCATION, contains=("name", "street"))


@tools.write
def add_location(
    gym: Csm,
    name: LocationName,
    active: Active,
    city: City,
    country: Country,
    plot_no: Annotated[Maybe[str], "Plot number, such as Plot 685."] = None,
    street: Annotated[Maybe[str], "Street."] = None,
) -> Row:
    """Create a location and return it with its new id. Whether the city lies in the country is not checked."""
    return gym.insert("location", name=name, active=active, city=city, country=country, plot_no=plot_no, street=street)


@tools.write
def update_location(gym: Csm, location_id: LocationId, **changes: Unpack[LocationChanges]) -> Row:
    """Change fields of a location and return it as it is then."""
    return gym.update(gym.require("location", location_id), changes)
