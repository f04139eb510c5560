"""Tools for contracts and the entitlements that they give."""

from __future__ import annotations

from typing import Annotated, Any

from typing_extensions import TypedDict, Unpack

from engine.gyms.domains.csm.house import Csm
from engine.gyms.domains.csm.words import (
    AccountId,
    Active,
    After,
    Before,
    ContractId,
    ContractStatus,
    ContractType,
    Coverage,
    EntitlementId,
    Price,
    ProductId,
    SupportLevel,
)
from engine.gyms.toolkit import Clearable, Day, Maybe, Row, Toolbox

tools = Toolbox()

CONTRACT = (
    "contract_id",
    "account_id",
    "contract_type",
    "status",
    "contract_price",
    "start_date",
    "end_date",
    "sys_created_on",
)
ENTITLEMENT = (
    "entitlement_id",
    "account_id",
    "product_id",
    "contract_id",
    "support_level",
    "coverage_hours",
    "max_cases_per_month",
    "active",
    "sys_created_on",
)

Start = Annotated[Day, "First day (YYYY-MM-DD)."]
End = Annotated[Day, "Last day (YYYY-MM-DD)."]
MaxCases = Annotated[int, "How many cases a month are covered; 0 means any number."]
CoveredProduct = Annotated[ProductId, "Id of the product that is covered; an entitlement without one covers all."]
Source = Annotated[ContractId, "Id of the contract that it comes from."]


class ContractFields(TypedDict, total=False):
    """What a contract has, whether it is searched or changed."""

    account_id: AccountId
    contract_type: ContractType
    status: ContractStatus
    start_date: Start
    end_date: End


class ContractFilters(ContractFields, total=False):
    """Filters of find_contracts."""

    contract_id: ContractId
    contract_price: Annotated[Price, "Exactly this price."]
    contract_price_range_start: Annotated[Price, "At least this price."]
    contract_price_range_end: Annotated[Price, "At most this price."]
    created_before: Before
    created_after: After


class ContractChanges(ContractFields, total=False):
    """What update_contract may change."""

    contract_price: Clearable[Price]


class EntitlementFields(TypedDict, total=False):
    """What an entitlement has, whether it is searched or changed."""

    account_id: AccountId
    support_level: SupportLevel
    coverage_hours: Coverage
    max_cases_per_month: MaxCases
    active: Active


class EntitlementFilters(EntitlementFields, total=False):
    """Filters of find_entitlements."""

    entitlement_id: EntitlementId
    product_id: Annotated[ProductId, "Only entitlements of this very product, not those that cover the whole account."]
    contract_id: Source
    created_before: Before
    created_after: After


class EntitlementChanges(EntitlementFields, total=False):
    """What update_entitlement may change."""

    product_id: Clearable[CoveredProduct]
    contract_id: Clearable[Source]


@tools.read
def find_contracts(gym: Csm, **filters: Unpack[ContractFilters]) -> list[Row]:
    """List contracts by id. All given filters must fit; without any, all contracts are listed."""
    return gym.listing("contract", filters, CONTRACT)


@tools.write
def enlist_new_contract(
    gym: Csm,
    account_id: AccountId,
    contract_type: ContractType,
    status: ContractStatus,
    start_date: Start,
    end_date: End,
    contract_price: Maybe[Price] = None,
) -> Row:
    """Create a contract with an account and return it with its new id."""
    return gym.insert(
        "contract",
        account_id=account_id,
        contract_type=contract_type,
        status=status,
        start_date=start_date,
        end_date=end_date,
        contract_price=contract_price,
    )


@tools.write
def update_contract(gym: Csm, contract_id: ContractId, **changes: Unpack[ContractChanges]) -> Row:
    """Change fields of a contract and return it as it is then. Its entitlements stay as they are."""
    return gym.update(gym.require("contract", contract_id), changes)


@tools.read
def count_contract_by_status(
    gym: Csm,
    account_id: Annotated[Maybe[int], "Only contracts of this account."] = None,
    contract_type: Maybe[ContractType] = None,
) -> list[dict[str, Any]]:
    """Count contracts per status, as a list of `status` and `count`. A status without any is left out."""
    return gym.groups("contract", "status", {"account_id": account_id, "contract_type": contract_type})


@tools.read
def avg_contracts_per_account_by_status(gym: Csm, contract_type: Maybe[ContractType] = None) -> list[dict[str, Any]]:
    """Average the contracts per account and status, over the accounts that have any in that status."""
    measure = "1.0 * count(*) / count(DISTINCT account_id)"
    return gym.groups("contract", "status", {"contract_type": contract_type}, "avg_contracts_per_account", measure)


@tools.read
def find_entitlements(gym: Csm, **filters: Unpack[EntitlementFilters]) -> list[Row]:
    """List entitlements by id. All given filters must fit; without any, all entitlements are listed.

    One whose product_id is null covers every product of its account; a product_id filter does not find it.
    """
    return gym.listing("entitlement", filters, ENTITLEMENT)


@tools.write
def add_new_entitlement(
    gym: Csm,
    account_id: AccountId,
    support_level: SupportLevel,
    active: Active,
    product_id: Maybe[CoveredProduct] = None,
    contract_id: Maybe[Source] = None,
    coverage_hours: Maybe[Coverage] = None,
    max_cases_per_month: Maybe[MaxCases] = None,
) -> Row:
    """Entitle an account to support and return the entitlement. Unless given: coverage h8x5, any number of cases."""
    return gym.insert(
        "entitlement",
        account_id=account_id,
        product_id=product_id,
        contract_id=contract_id,
        support_level=support_level,
        coverage_hours=coverage_hours,
        max_cases_per_month=max_cases_per_month,
        active=active,
    )


@tools.write
def update_entitlement(gym: Csm, entitlement_id: EntitlementId, **changes: Unpack[EntitlementChanges]) -> Row:
    """Change fields of an entitlement and return it as it is then."""
    return gym.update(gym.require("entitlement", entitlement_id), changes)


@tools.read
def total_sum_of_max_cases_per_support_level(gym: Csm, support_level: Maybe[SupportLevel] = None) -> dict[str, Any]:
    """Add up the monthly case limits of the entitlements of one level, or of `all`."""
    total = gym.measure("entitlement", {"support_level": support_level}, "total(max_cases_per_month)")
    return {"support_level": support_level or "all", "sum": int(total)}
