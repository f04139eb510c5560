"""A customer as the code of the seed knows it: an account, its sites, people and units, and what it is owed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from gym_dbs.seeding.moments import NOW, text
from gym_dbs.seeding.rows import Ref

COVERAGE = {"standard": "h8x5", "premium": "h12x6", "enterprise": "h24x7"}
MOST_CASES = {  # a month: for a whole account, and for one product; 0 is any number
    "standard": (8, 4),
    "premium": (15, 8),
    "enterprise": (0, 0),
}


class Site(NamedTuple):
    """Where a customer has units and people."""

    name: str
    city: str
    location: Ref


class Unit(NamedTuple):
    """One installed product."""

    ref: Ref
    product: str
    family: str
    site: Site
    bought: datetime
    used_until: datetime
    """When it went to repair or was retired; a spare was never in use."""


class Person(NamedTuple):
    """A contact."""

    ref: Ref
    name: str
    site: Site


@dataclass
class Customer:
    """One account and all that hangs on it."""

    key: str
    name: str
    domain: str
    trade: str
    since: datetime
    plan: str
    level: str
    facts: dict[str, Any]
    """Its sites as written by hand; for a customer of a story also its people, units and more."""
    sites: dict[str, Site] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)

    @property
    def ref(self) -> Ref:
        """The account."""
        return Ref("account", self.key)

    @property
    def in_story(self) -> bool:
        """Whether people and units were written by hand."""
        return "units" in self.facts

    @property
    def mail(self) -> str:
        """The domain of its addresses."""
        return f"{self.domain}.example"

    @property
    def covered_until(self) -> datetime:
        """Until when the support contracts, one a year from the first day on, hold without a gap."""
        years = (NOW - self.since).days // 365
        return anniversary(self.since, years if self.plan == "lapsed" else years + 1)

    @property
    def by_product(self) -> bool:
        """Whether each product has an entitlement of its own instead of one for the whole account."""
        return self.plan == "units" or "entitlements" in self.facts

    def quota(self) -> int:
        """How many cases an entitlement of the support contract allows in a month."""
        return MOST_CASES[self.level][self.by_product]


def anniversary(first: datetime, years: int) -> datetime:
    """The same day some years later; 29 February becomes 1 March."""
    if (first.month, first.day) == (2, 29):
        first += timedelta(days=1)
    return first.replace(year=first.year + years)


def stamps(moment: datetime, later: timedelta = timedelta(0)) -> dict[str, str]:
    """Creation time, and an update some time later but before the seed stands still."""
    created = moment + timedelta(hours=9) if moment.hour == 0 else moment
    return {"sys_created_on": text(created), "sys_updated_on": text(min(created + later, NOW - timedelta(minutes=31)))}
