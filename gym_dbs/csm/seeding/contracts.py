"""What customers have agreed on, year after year, and what it entitles them to."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from gym_dbs.csm.seeding.customer import COVERAGE, MOST_CASES, Customer, anniversary, stamps
from gym_dbs.csm.seeding.firm import Firm
from gym_dbs.seeding.moments import NOW
from gym_dbs.seeding.rows import Ref, Rows

YEARLY_PRICE = {"standard": 2200, "premium": 4100, "enterprise": 7600}


def cover(rows: Rows, firm: Firm, customer: Customer, rng: random.Random) -> None:
    """Contracts and their entitlements: support year after year, software by subscription, some longer warranties."""
    products = list(dict.fromkeys(unit.product for unit in customer.units))
    software = [name for name in products if category(firm, name) == "software"]
    hardware = [name for name in products if category(firm, name) == "hardware"]
    entitled = customer.facts.get("entitlements", products if customer.by_product else [None])
    price = YEARLY_PRICE[customer.level] * (2 + len(customer.units) // 3)
    start = customer.since
    while start < customer.covered_until:
        end = anniversary(start, 1)
        last = end == customer.covered_until
        agreed = customer.facts.get("price", price) if last else price
        contract(rows, customer, "support", start, end, agreed, entitled)
        start, price = end, round(price * 1.03)
    if customer.plan != "lapsed" and (customer.covered_until - NOW).days < 50:
        contract(rows, customer, "support", start, anniversary(start, 1), price, [])
    if software and not customer.in_story:
        begin = customer.covered_until - timedelta(days=700 + rng.randrange(30))
        if begin > customer.since:
            contract(rows, customer, "subscription", begin, anniversary(begin, 2), 900 * len(software), software)
    if hardware and not customer.in_story and rng.random() < 0.45:
        begin = customer.since + timedelta(days=rng.randrange(20, 60))
        chosen = rng.sample(hardware, k=min(len(hardware), 2))
        suspended = rng.random() < 0.2
        contract(
            rows, customer, "warranty", begin, anniversary(begin, 3), 650 * len(chosen), chosen, suspended=suspended
        )


def category(firm: Firm, product: str) -> str:
    """Whether a product is hardware, software or a service."""
    return str(firm.catalogue["families"][firm.family_of(product)]["category"])


def contract(
    rows: Rows,
    customer: Customer,
    kind: str,
    start: datetime,
    end: datetime,
    price: int,
    products: list[str | None],
    *,
    suspended: bool = False,
) -> None:
    """One contract until the day before ``end``, with an entitlement for each product (None: for the whole account)."""
    status = "expired" if end <= NOW else "draft" if start > NOW else "suspended" if suspended else "active"
    signed = min(start, NOW) - timedelta(days=11, hours=9)
    signed = max(signed, customer.since + timedelta(hours=10))
    changed = {"expired": end, "suspended": NOW - timedelta(days=40)}.get(status, signed) - signed
    dates = stamps(signed, changed)
    ref = rows.add(
        "contract",
        f"{customer.key}/{kind} {start:%Y}",
        account_id=customer.ref,
        contract_type=kind,
        status=status,
        contract_price=price,
        start_date=f"{start:%Y-%m-%d}",
        end_date=f"{end - timedelta(days=1):%Y-%m-%d}",
        **dates,
    )
    for product in products:
        rows.add(
            "entitlement",
            f"{ref.key}/{product}",
            account_id=customer.ref,
            product_id=Ref("product", product) if product else None,
            contract_id=ref,
            support_level=customer.level,
            coverage_hours=COVERAGE[customer.level],
            max_cases_per_month=MOST_CASES[customer.level][product is not None],
            active=status == "active",
            **dates,
        )
