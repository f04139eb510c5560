"""Tools for configuration items."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.itsm.house import Itsm
from engine.gyms.domains.itsm.words import After, Before, ItemId, ItemStatus, LocationId, UserId
from engine.gyms.toolkit import Row, Toolbox

tools = Toolbox()

SerialNumber = Annotated[str, Field(min_length=1, max_length=60)]
Cost = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ItemFilters(TypedDict, total=False):
    """Filters of find_configuration_items."""

    configuration_item_id: ItemId | None
    serial_number: Annotated[str | None, "The whole serial number."]
    owner_id: Annotated[UserId | None, "Id of the user who owns the item."]
    location_id: LocationId | None
    status: Annotated[ItemStatus | None, "State of the item."]
    cost: Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, "Exact cost."]
    created_after: After | None
    created_before: Before | None


class ItemChanges(TypedDict, total=False):
    """What update_configuration_item may change."""

    name: Annotated[Annotated[str, Field(max_length=120)] | None, "New name."]
    serial_number: Annotated[SerialNumber | None, "New serial number, not used by another item."]
    owner_id: Annotated[UserId | None, "Id of the new owner."]
    location_id: Annotated[LocationId | None, "Id of the new location."]
    status: Annotated[ItemStatus | None, "New state."]
    cost: Annotated[Cost | None, "New cost, at least 0."]


@tools.write
def register_configuration_item(
    gym: Itsm,
    name: Annotated[str, Field(min_length=1, max_length=120), "Name, not used by another item."],
    serial_number: Annotated[SerialNumber, "Serial number, up to 60 characters, not used by another item."],
    owner_id: Annotated[UserId, "Id of the user who owns the item."],
    location_id: LocationId,
    status: Annotated[ItemStatus, "State of the item."],
    cost: Annotated[Cost, "Cost, at least 0."],
) -> Row:
    """Register a configuration item (a device, server, application...) and return it with its new id."""
    return gym.insert(
        "configuration_item",
        name=name,
        serial_number=serial_number,
        owner_id=owner_id,
        location_id=location_id,
        status=status,
        cost=cost,
    )


@tools.write
def update_configuration_item(gym: Itsm, configuration_item_id: ItemId, **changes: Unpack[ItemChanges]) -> Row:
    """Change fields of a configuration item and return it as it is then.

    Give only what changes. Fails with NO_CHANGES_DETECTED when every given field already holds its value and no status
    is given.
    """
    item = gym.require("configuration_item", configuration_item_id)
    gym.must_give(changes)
    return gym.update(item, changes, always=("status",))


@tools.read
def find_configuration_item_by_serial_number(
    gym: Itsm, serial_number: Annotated[str, "The whole serial number."]
) -> Row:
    """Look up one configuration item by serial number. Fails with NOT_FOUND when there is none."""
    return gym.lookup("configuration_item", serial_number=serial_number)


@tools.read
def find_configuration_items(gym: Itsm, **filters: Unpack[ItemFilters]) -> dict[str, object]:
    """List configuration items, newest first, as `configuration_items` and `total_count`.

    All given filters must fit exactly; there is no filter by name.
    """
    return gym.listing("configuration_item", filters)
