"""Tools for business services and their offerings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Fields, Itsm
from engine.gyms.domains.itsm.words import (
    After,
    Before,
    Classification,
    Criticality,
    NotBlank,
    OfferingId,
    ServiceId,
    ServiceStatus,
    UsedFor,
    UserId,
)
from engine.gyms.toolkit import Row, Toolbox, blanks_as_null

tools = Toolbox(closed=True)
offering_tools = Toolbox(closed=True)

ServiceName = Annotated[str, Field(min_length=1, max_length=100), NotBlank]
OfferingName = Annotated[str, Field(min_length=1, max_length=120)]
Brief = Annotated[str, Field(max_length=120)]
Owner = Annotated[UserId, "Id of the user who is responsible for it."]
Parent = Annotated[ServiceId, "Id of the service that the offering belongs to, such as SVC_001."]


class Kind(TypedDict, total=False):
    """What services and offerings have in common."""

    used_for: Annotated[UsedFor, "Environment; production unless set."]
    status: Annotated[ServiceStatus, "State; operational unless set."]
    service_classification: Annotated[Classification, "Sort of service; business unless set."]
    business_criticality: Annotated[Criticality, "Weight for the business; critical unless set."]


class Described(Kind, total=False):
    """What add_new_service may be given."""

    description: Annotated[str, "What the service does."]


class ServiceChanges(Described, total=False):
    """What update_service may change."""

    name: Annotated[ServiceName, "New name, not used by another service."]
    owned_by: Owner


class ServiceFilters(Kind, total=False):
    """Filters of find_services."""

    service_id: ServiceId
    name: Annotated[str, "Part of the name, any case."]
    owned_by: Owner
    created_after: After
    created_before: Before


class OfferingChanges(Kind, total=False):
    """What update_service_offering may change."""

    name: Annotated[OfferingName, "New name, not used by another offering."]
    short_description: Annotated[Brief, "New description, up to 120 characters."]
    owned_by: Owner
    parent: Parent


class OfferingFilters(Kind, total=False):
    """Filters of find_service_offerings."""

    service_offering_id: OfferingId
    name: Annotated[str, "Part of the name, any case."]
    short_description: Annotated[str, "Part of the description, any case."]
    owned_by: Owner
    parent: Parent
    created_after: After
    created_before: Before


@tools.read
def find_services(gym: Itsm, **filters: Unpack[ServiceFilters]) -> dict[str, object]:
    """List business services, newest first, as `services` and `total_count`. All given filters must fit."""
    return gym.listing("service", filters, contains=("name",))


@tools.read
def find_service_by_name(gym: Itsm, name: Annotated[str, "The service's whole name, in its own case."]) -> Row:
    """Look up one business service by its exact name. Fails with NOT_FOUND when there is none."""
    return gym.lookup("service", name=name.strip())


@tools.write
def add_new_service(
    gym: Itsm,
    name: Annotated[ServiceName, "Name, up to 100 characters, not used by another service."],
    owned_by: Owner,
    **fields: Unpack[Described],
) -> Row:
    """Create a business service in your organisation and return it with its new id."""
    return gym.insert("service", name=name, owned_by=owned_by, **_blank_description(fields))


@tools.write
def update_service(gym: Itsm, service_id: ServiceId, **changes: Unpack[ServiceChanges]) -> Row:
    """Change fields of a business service and return it as it is then.

    Give only what changes; an empty description clears it. Fails with NO_CHANGES_DETECTED when every given field
    already holds its value.
    """
    gym.must_give(changes)
    return gym.update(gym.require("service", service_id), _blank_description(changes))


@offering_tools.read
def find_service_offerings(gym: Itsm, **filters: Unpack[OfferingFilters]) -> dict[str, object]:
    """List service offerings, newest first, as `service_offerings` and `total_count`. All given filters must fit."""
    return gym.listing("service_offering", _stored(filters), contains=("name", "short_description"))


@offering_tools.read
def find_service_offering_by_name(
    gym: Itsm, name: Annotated[str, "The offering's whole name, in its own case."]
) -> Row:
    """Look up one service offering by its exact name. Fails with NOT_FOUND when there is none."""
    return gym.lookup("service_offering", name=name.strip())


@offering_tools.write
def register_new_service_offering(
    gym: Itsm,
    name: Annotated[OfferingName, "Name, up to 120 characters, not used by another offering."],
    short_description: Annotated[Brief, "What is offered, up to 120 characters."],
    owned_by: Owner,
    parent: Parent,
    **kind: Unpack[Kind],
) -> Row:
    """Create an offering below a business service and return it with its new id."""
    values = {"name": name, "short_description": short_description, "owned_by": owned_by, "business_service": parent}
    return gym.insert("service_offering", **values, **kind)


@offering_tools.write
def update_service_offering(gym: Itsm, service_offering_id: OfferingId, **changes: Unpack[OfferingChanges]) -> Row:
    """Change fields of a service offering and return it as it is then.

    Give only what changes. Fails with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    gym.must_give(changes)
    offering = gym.require("service_offering", service_offering_id)
    trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    return gym.update(offering, blanks_as_null(_stored(trimmed)))


def _blank_description(fields: Fields) -> dict[str, object]:
    """Clear a description of blanks; "" clears any field."""
    return {name: (value if str(value).strip() else None) for name, value in fields.items()}


def _stored(fields: Fields) -> dict[str, object]:
    """Call the parent what the table calls it."""
    return {"business_service" if name == "parent" else name: value for name, value in fields.items()}
