"""The firm's customers: sites, people and units, as the files written by hand say or as their trade has them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from gym_dbs.csm.seeding.customer import Customer, Person, Site, Unit, stamps
from gym_dbs.csm.seeding.firm import Firm, person, place
from gym_dbs.seeding.moments import NOW, text
from gym_dbs.seeding.rows import Ref, Rows


def customers(
    rows: Rows, firm: Firm, listed: dict[str, Any], stories: dict[str, Any], rng: random.Random
) -> list[Customer]:
    """Add all accounts, oldest first, with sites, people and units; those with units come back."""
    found = [
        Customer(domain, name, domain, trade, datetime.fromisoformat(since), plan, level, {"sites": sites})
        for name, domain, trade, since, plan, level, sites in listed["accounts"]
    ]
    for facts in stories["accounts"]:
        since = datetime.fromisoformat(facts["since"])
        names = (facts["key"], facts["name"], facts["domain"], facts["trade"])
        found.append(Customer(*names, since, facts["plan"], facts["level"], facts))
    found.sort(key=lambda customer: customer.since)
    serials = count(10_418, 7)
    draw = namer(rows, firm, rng)
    for customer in found:
        account(rows, customer.key, customer.name, "customer", customer.mail, customer.since)
        settle(rows, firm, customer, draw, rng)
        equip(rows, firm, customer, serials, rng)
    others(rows, firm, listed, draw)
    return found


def namer(rows: Rows, firm: Firm, rng: random.Random) -> Callable[[str], str]:
    """A function that gives a new name for somebody in a city; nobody else in the seed is called so."""

    def draw(city: str) -> str:
        taken = {ref.key for ref in rows.refs("user")}
        names = firm.cities[city]
        while (name := f"{rng.choice(names['first'])} {rng.choice(names['last'])}") in taken:
            pass
        return name

    return draw


def account(rows: Rows, key: str, name: str, kind: str, mail: str, since: datetime) -> Ref:
    """An account, without anything."""
    return rows.add(
        "account",
        key,
        name=name,
        account_type=kind,
        email_domain=mail,
        active=True,
        **stamps(since),
    )


def settle(rows: Rows, firm: Firm, customer: Customer, draw: Callable[[str], str], rng: random.Random) -> None:
    """Sites and contacts; the first contact is the main one."""
    for label in customer.facts["sites"]:
        name, city = label.split("@")
        street = rng.choice(firm.cities[city]["streets"])
        home = place(
            rows, firm, f"{customer.name} - {name}", city, str(rng.randrange(2, 240)), street, stamps(customer.since)
        )
        customer.sites[name] = Site(name, city, home)
    people: list[tuple[str | None, Site]] = []
    if customer.in_story:
        people += [(name, customer.sites[site]) for name, site in customer.facts["people"]]
    else:
        for site in customer.sites.values():
            people += [(None, site)] * rng.choice([1, 2, 2, 3])
    for number, (told, site) in enumerate(people):
        name = told or draw(site.city)
        active = number == 0 or customer.in_story or rng.random() > 0.06
        joined = customer.since + timedelta(days=number * 3, minutes=rng.randrange(400))
        later = timedelta(0) if active else timedelta(days=rng.randrange(100, 300))
        user = person(
            rows, firm, name, customer.mail, "customer", site.city, site.location, stamps(joined, later), active
        )
        contact = rows.add(
            "contact",
            f"{customer.key}/{name}",
            account_id=customer.ref,
            portal_user_id=user,
            active=active,
            is_primary=number == 0,
            **stamps(joined, later),
        )
        if active:
            customer.people.append(Person(contact, name, site))


def equip(rows: Rows, firm: Firm, customer: Customer, serials: Iterator[int], rng: random.Random) -> None:
    """The units of a customer: those of its story, or what its trade needs at each site."""
    if customer.in_story:
        for key, product, site, *status in customer.facts["units"]:
            install(rows, firm, customer, key, product, customer.sites[site], next(serials), rng, *status)
        return
    families = firm.facts["trades"][customer.trade]
    for site in customer.sites.values():
        for family in rng.sample(families, k=min(len(families), rng.randrange(3, 6))):
            models = firm.catalogue["families"][family]
            product, _ = rng.choice(models["models"] + models["retired"][:1])
            for _ in range(rng.choice([1, 1, 2])):
                serial = next(serials)
                status = rng.choices(["in_use", "in_stock", "repair", "retired"], [88, 5, 3, 4])[0]
                install(rows, firm, customer, str(serial), product, site, serial, rng, status)


def install(
    rows: Rows,
    firm: Firm,
    customer: Customer,
    key: str,
    product: str,
    site: Site,
    serial: int,
    rng: random.Random,
    status: str = "in_use",
) -> Unit:
    """Add one unit at a site."""
    family = firm.family_of(product)
    span = max((NOW - customer.since).days - 60, 1)
    bought = customer.since + timedelta(days=rng.randrange(min(span, 700)), hours=9)
    hardware = firm.catalogue["families"][family]["category"] == "hardware"
    left_use = (
        NOW if status == "in_use" else min(bought + timedelta(days=rng.randrange(90, 400)), NOW - timedelta(days=2))
    )
    ref = rows.add(
        "installed_product",
        f"{customer.key}/{key}",
        account_id=customer.ref,
        product_id=Ref("product", product),
        location_id=site.location,
        serial_number=f"{firm.catalogue['families'][family]['serial']}{bought:%y}-{serial:05d}",
        status=status,
        warranty_end=text(bought + timedelta(days=730))[:10] if hardware else None,
        **stamps(bought, timedelta(0) if status == "in_use" else left_use - bought),
    )
    unit = Unit(ref, product, family, site, bought, bought if status == "in_stock" else left_use)
    customer.units.append(unit)
    return unit


def others(rows: Rows, firm: Firm, listed: dict[str, Any], draw: Callable[[str], str]) -> None:
    """Partners and the firm's own account: one contact each, no units."""
    kinds = [(*partner, "partner") for partner in listed["partners"]]
    name, since, city = listed["internal"]
    kinds.append((name, "demo.alderway", since, city, "internal"))
    for name, domain, since, city, kind in kinds:
        begin = datetime.fromisoformat(since)
        ref = account(rows, domain, name, kind, f"{domain}.example", begin)
        office = place(rows, firm, name, city, "1", firm.cities[city]["streets"][0], stamps(begin))
        user = person(rows, firm, draw(city), f"{domain}.example", "customer", city, office, stamps(begin), True)
        rows.add(
            "contact",
            f"{domain}/main",
            account_id=ref,
            portal_user_id=user,
            active=True,
            is_primary=True,
            **stamps(begin),
        )
