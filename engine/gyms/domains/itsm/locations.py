"""Tools for locations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import BLANK, Before, From, LocationId, NotBlank, Trimmed
from engine.gyms.toolkit import INCLUSIVE, Refusal, Row, Toolbox, blanks_as_null, shown

tools = Toolbox()

Place = Annotated[str, Field(min_length=1), NotBlank]
Flag = Annotated[bool | None, shown(True)]


class LocationFilters(TypedDict, total=False):
    """Filters of find_locations."""

    name: Annotated[str | None, BLANK, "Part of the name, any case."]
    city: Annotated[str | None, BLANK, "Part of the city, any case."]
    country: Annotated[str | None, BLANK, "Part of the country, any case."]
    active: Annotated[Flag, "Only active (true) or inactive (false) locations; leave it out for both."]
    created_after: Annotated[From | None, BLANK]
    created_before: Annotated[Before | None, BLANK]


class LocationChanges(TypedDict, total=False):
    """What update_location may change."""

    name: Annotated[str | None, NotBlank, Trimmed, BLANK, "New name, not used by another location."]
    city: Annotated[Annotated[Place, Trimmed] | None, "New city."]
    country: Annotated[Annotated[Place, Trimmed] | None, "New country."]
    state: Annotated[str | None, BLANK, 'New state or region; "" clears it.']
    street: Annotated[str | None, BLANK, 'New street; "" clears it.']
    plot_no: Annotated[str | None, BLANK, 'New building number; "" clears it.']
    active: Annotated[Flag, "Whether the location is in use; leave it out to keep it as it is."]


@tools.read
def find_location_by_given_name(gym: Itsm, name: Annotated[str, "The location's whole name, in its own case."]) -> Row:
    """Look up one location by its exact name. Fails with RESOURCE_NOT_FOUND when there is none."""
    return gym.lookup("location", name=name.strip() or "empty name")


@tools.read
def find_locations(gym: Itsm, **filters: Unpack[LocationFilters]) -> dict[str, object]:
    """List locations, newest first, as `locations` and `total_count`.

    All given filters must fit. Leave a filter out instead of passing "", which is an error.
    """
    for name, value in filters.items():
        if value in ("", None):
            raise Refusal("EMPTY_FILTER_VALUE", f"Filter '{name}' cannot be empty", name)
    return gym.listing("location", filters, contains=("name", "city", "country"), bounds=INCLUSIVE)


@tools.write
def add_location(
    gym: Itsm,
    name: Annotated[Place, "Name, not used by any other location."],
    city: Annotated[Place, "City."],
    country: Annotated[Place, "Country."],
    state: Annotated[str | None, BLANK, "State or region."] = None,
    street: Annotated[str | None, BLANK, "Street."] = None,
    plot_no: Annotated[str | None, BLANK, "Building number."] = None,
    active: Annotated[Flag, "Whether the location is in use."] = True,
) -> Row:
    """Create a location in your organisation and return it with its new id."""
    details = blanks_as_null({"state": state, "street": street, "plot_no": plot_no})
    return gym.insert("location", name=name, city=city, country=country, active=active, **details)


@tools.read
def get_location_by_id(gym: Itsm, location_id: LocationId) -> Row:
    """Look up one location by id. Fails with RESOURCE_NOT_FOUND when there is none."""
    return gym.require("location", location_id)


@tools.write
def update_location(gym: Itsm, location_id: LocationId, **changes: Unpack[LocationChanges]) -> Row:
    """Change fields of a location and return it as it is then.

    Give only what changes. Fails with NO_CHANGES_DETECTED when every given field already holds its value.
    """
    gym.must_give(changes)
    return gym.update(gym.require("location", location_id), blanks_as_null(changes))
