"""Tools for products and the units of them that are installed at customers."""

from __future__ import annotations

from typing import Annotated, Any

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.csm.house import Csm
from engine.gyms.domains.csm.words import (
    AccountId,
    After,
    Before,
    Category,
    InstalledId,
    InstalledStatus,
    Lifecycle,
    LocationId,
    Name,
    Price,
    ProductId,
)
from engine.gyms.toolkit import Clearable, Day, Maybe, Row, Toolbox

tools = Toolbox()

FOUND_PRODUCT = ("product_id", "name", "category", "lifecycle_state")
LISTED_PRODUCT = (*FOUND_PRODUCT, "product_price", "sys_created_on")
FOUND_UNIT = (
    "installed_product_id",
    "account_id",
    "product_id",
    "location_id",
    "serial_number",
    "status",
    "warranty_end",
)
LISTED_UNIT = (*FOUND_UNIT, "sys_created_on")

ProductName = Annotated[Name, "Name, used by no other product."]
Serial = Annotated[Name, "Serial number, such as P55-940931-6065."]
WarrantyEnd = Annotated[Day, "Last day of the warranty (YYYY-MM-DD)."]
Site = Annotated[LocationId, "Id of the location where the unit is."]


class ProductFilters(TypedDict, total=False):
    """What products are chosen by."""

    product_id: ProductId
    category: Category
    lifecycle_state: Lifecycle
    product_price: Annotated[Price, "Exactly this price."]
    created_before: Before
    created_after: After


class FindProducts(ProductFilters, total=False):
    """Filters of find_products."""

    name: Annotated[Name, "Part of the name, any case."]


class DeleteProducts(ProductFilters, total=False):
    """Filters of delete_products."""

    name: Annotated[str, "Whole name."]


class ProductChanges(TypedDict, total=False):
    """What update_product may change."""

    name: ProductName
    category: Category
    product_price: Clearable[Price]
    lifecycle_state: Lifecycle


class Installation(TypedDict, total=False):
    """What installed units are counted by."""

    product_id: ProductId
    location_id: Site
    account_id: AccountId


class UnitFilters(Installation, total=False):
    """Filters of retrieve_installed_products."""

    installed_product_id: InstalledId
    serial_number: Annotated[str, "Part of the serial number, any case."]
    status: InstalledStatus
    warranty_end: Annotated[Day, "Exactly this last day of the warranty (YYYY-MM-DD)."]
    created_before: Before
    created_after: After


class UnitChanges(TypedDict, total=False):
    """What update_installed_product_details may change."""

    location_id: Clearable[Site]
    account_id: AccountId
    product_id: ProductId
    serial_number: Serial
    status: InstalledStatus
    warranty_end: Clearable[WarrantyEnd]


@tools.read
def find_product(gym: Csm, name: Annotated[Name, "Whole name of the product."]) -> Row | dict[str, object]:
    """Look up a product by its exact name; the answer is {} when there is none. find_products shows prices too."""
    return gym.one("product", FOUND_PRODUCT, name=name)


@tools.read
def find_product_by_id(gym: Csm, product_id: ProductId) -> Row | dict[str, object]:
    """Look up a product by its id; the answer is {} when there is none. find_products shows prices too."""
    return gym.one("product", FOUND_PRODUCT, product_id=product_id)


@tools.read
def find_products(gym: Csm, **filters: Unpack[FindProducts]) -> list[Row]:
    """List products with their prices, by id. All given filters must fit; without any, all products are listed."""
    return gym.listing("product", filters, LISTED_PRODUCT, contains=("name",))


@tools.write
def add_new_product(
    gym: Csm,
    name: ProductName,
    category: Category,
    lifecycle_state: Lifecycle,
    product_price: Maybe[Price] = None,
) -> Row:
    """Create a product and return it with its new id."""
    return gym.insert(
        "product", name=name, category=category, lifecycle_state=lifecycle_state, product_price=product_price
    )


@tools.write
def update_product(gym: Csm, product_id: ProductId, **changes: Unpack[ProductChanges]) -> Row:
    """Change fields of a product and return it as it is then."""
    return gym.update(gym.require("product", product_id), changes)


@tools.write
def delete_products(gym: Csm, **filters: Unpack[DeleteProducts]) -> dict[str, int]:
    """Delete all products that pass every given filter (at least one). Answers how many were `deleted`.

    Installed units, entitlements, cases and articles of a deleted product stay and point to nothing.
    """
    return {"deleted": len(gym.delete_matching("product", filters))}


@tools.read
def find_installed_product_by_serial(
    gym: Csm, serial_number: Annotated[Name, "Whole serial number."]
) -> Row | dict[str, object]:
    """Look up an installed unit by its serial number; the answer is {} when there is none."""
    return gym.one("installed_product", FOUND_UNIT, serial_number=serial_number)


@tools.read
def retrieve_installed_products(gym: Csm, **filters: Unpack[UnitFilters]) -> list[Row]:
    """List installed units by id. All given filters must fit; without any, all units are listed."""
    return gym.listing("installed_product", filters, LISTED_UNIT, contains=("serial_number",))


@tools.write
def register_new_installed_product(
    gym: Csm,
    account_id: AccountId,
    product_id: ProductId,
    serial_number: Serial,
    status: InstalledStatus,
    location_id: Maybe[Site] = None,
    warranty_end: Maybe[WarrantyEnd] = None,
) -> Row:
    """Record a unit of a product at an account and return it with its new id.

    Account, product and serial number together must be new. The location need not be one of the account's.
    """
    return gym.insert(
        "installed_product",
        account_id=account_id,
        product_id=product_id,
        serial_number=serial_number,
        status=status,
        location_id=location_id,
        warranty_end=warranty_end,
    )


@tools.write
def update_installed_product_details(
    gym: Csm, installed_product_id: InstalledId, **changes: Unpack[UnitChanges]
) -> Row:
    """Change fields of an installed unit and return it as it is then."""
    return gym.update(gym.require("installed_product", installed_product_id), changes)


@tools.read
def installed_product_warranties_ended_count(
    gym: Csm,
    on_date: Annotated[Day, "The day (YYYY-MM-DD); a warranty that ends on it counts."],
    account_id: Annotated[Maybe[int], "Only units of this account."] = None,
    product_id: Annotated[Maybe[int], "Only units of this product."] = None,
) -> dict[str, int]:
    """Count the installed units whose warranty ended on or before a day, as `ended_count`."""
    filters = {"warranty_end_range_end": on_date, "account_id": account_id, "product_id": product_id}
    return {"ended_count": gym.measure("installed_product", filters)}


@tools.read
def count_installed_product_by_status(gym: Csm, **filters: Unpack[Installation]) -> list[dict[str, Any]]:
    """Count installed units per status, as a list of `status` and `count`. A status without any is left out."""
    return gym.groups("installed_product", "status", filters)


@tools.read
def avg_installed_per_account_by_status(gym: Csm, **filters: Unpack[Installation]) -> list[dict[str, Any]]:
    """Average the installed units per account and status, over the accounts that have any in that status.

    `account_id` in the answer is the one that was asked for, or null.
    """
    measure = "1.0 * count(*) / count(DISTINCT account_id)"
    groups = gym.groups("installed_product", "status", filters, "avg_installed_per_account", measure)
    return [{"account_id": filters.get("account_id"), **group} for group in groups]
