"""What customers report: cases that stories tell and cases by chance, each with a life that adds up."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from gym_dbs.csm.seeding.customer import Customer, Person, Unit
from gym_dbs.csm.seeding.customers import install
from gym_dbs.csm.seeding.firm import PRIORITIES, Firm
from gym_dbs.seeding.moments import NOW, text
from gym_dbs.seeding.rows import Ref, Rows

FIRST_DAY = datetime(2025, 9, 1)
QUIET_SINCE = datetime(2026, 10, 1)
"""From here on, customers of stories have only the cases that are told."""

LONG_CASES = timedelta(days=20)
"""For so long some cases wait for parts, visits or answers."""

AHEAD_OF_UTC = {"new_york": -5.0, "london": 0.0, "mumbai": 5.5, "tokyo": 9.0, "sydney": 11.0}
"""Hours by which a city's clock is ahead of UTC."""

ESCALATED = {"critical": 0.5, "high": 0.12, "moderate": 0.015, "low": 0.015}
REASONS = ["impact", "urgency", "customer_request", "breach_risk", "vip"]
CHANNELS = ["web"] * 6 + ["email"] * 5 + ["phone"] * 5 + ["chat"] * 3 + ["community", "social"]
WATCHED = ("mobile", "gate", "shelf", "fleet", "stock")
"""Families whose devices raise alerts by themselves."""


@dataclass(frozen=True)
class Case:
    """A case and what is known about it beside its row."""

    ref: Ref
    customer: Customer
    contact: Person
    group: str
    created: datetime
    life: Life
    article: str | None
    """The key of the article on the issue, if it is a known one."""
    facts: dict[str, Any]
    """What its story says; empty for a case by chance."""


@dataclass(frozen=True)
class Report:
    """What somebody reports, before it has become a case."""

    key: str
    customer: Customer
    contact: Person
    product: str
    unit: Unit | None
    summary: str
    priority: str
    channel: str
    group: str
    created: datetime
    article: str | None = None


def cases(
    rows: Rows, firm: Firm, customers: list[Customer], stories: dict[str, Any], rng: random.Random, wanted: int
) -> list[Case]:
    """Add ``wanted`` cases, numbered by the time when they were opened, and give them back in that order."""
    by_key = {customer.key: customer for customer in customers}
    found = [told(rows, firm, by_key[facts["account"]], facts, rng) for facts in stories["cases"]]
    chance = Chance(firm, customers, rng)
    found += [opened(rows, firm, chance.draw(), rng) for _ in range(wanted - len(found))]
    rows.number("customer_case", order=lambda row: row["sys_created_on"])
    return sorted(found, key=lambda case: case.created)


class Chance:
    """Draws reports that the customers' entitlements allow, none told twice."""

    def __init__(self, firm: Firm, customers: list[Customer], rng: random.Random) -> None:
        self._firm = firm
        self._rng = rng
        self._customers = customers
        self._weights = [len(customer.sites) * (3 if customer.level == "enterprise" else 2) for customer in customers]
        self._numbers = count(1)
        self._used: Counter[tuple[Any, ...]] = Counter()
        self._said: set[str] = set()
        self._issues: dict[str, list[dict[str, Any]]] = {}
        for issue in firm.catalogue["issues"]:
            self._issues.setdefault(issue["family"], []).append(issue)

    def draw(self) -> Report:
        """The next report."""
        while True:
            (customer,) = self._rng.choices(self._customers, self._weights)
            unit = self._rng.choice(customer.units)
            created = self._moment(unit)
            if created and (report := self._report(customer, unit, created)):
                return report

    def _moment(self, unit: Unit) -> datetime | None:
        """Some minute, mostly of a working day at the unit's site, after the unit was there."""
        day = FIRST_DAY + timedelta(days=self._rng.randrange((NOW - FIRST_DAY).days + 1))
        night = self._rng.random() < 0.08
        minute = self._rng.randrange(24 * 60) if night else self._rng.randrange(7 * 60, 18 * 60)
        moment = day + timedelta(minutes=minute, seconds=self._rng.randrange(60), hours=-AHEAD_OF_UTC[unit.site.city])
        weekend = day.weekday() >= 5 and not night
        used = unit.bought <= moment < min(unit.used_until, NOW - timedelta(minutes=4))
        return moment if used and not weekend else None

    def _report(self, customer: Customer, unit: Unit, created: datetime) -> Report | None:
        if created >= customer.covered_until or (customer.in_story and created > QUIET_SINCE):
            return None
        visit = not customer.by_product and self._rng.random() < 0.05
        family = "visit" if visit else unit.family
        product = self._rng.choice(self._firm.catalogue["families"]["visit"]["models"])[0] if visit else unit.product
        counted = (customer.key, product if customer.by_product else None, created.year, created.month)
        if customer.quota() and self._used[counted] >= customer.quota():
            return None
        issue = self._rng.choice(self._issues[family])
        summary = self._rng.choice(issue["told"]).format(site=unit.site.name)
        if summary in self._said:
            return None
        self._said.add(summary)
        self._used[counted] += 1
        near = [person for person in customer.people if person.site == unit.site]
        group = self._firm.catalogue["families"][family]["group"]
        category = self._firm.catalogue["families"][family]["category"]
        if category == "hardware" and self._rng.random() < 0.15:
            group = f"field_{unit.site.city}"
        priority = issue["priority"]
        if self._rng.random() < 0.12:
            priority = PRIORITIES[min(PRIORITIES.index(priority) + 1, 3)]
        alert = family in WATCHED and self._rng.random() < 0.25
        return Report(
            key=f"drawn {next(self._numbers)}",
            customer=customer,
            contact=self._rng.choice(near or customer.people),
            product=product,
            unit=None if visit else unit,
            summary=summary,
            priority=priority,
            channel="alert" if alert else self._rng.choice(CHANNELS),
            group=group,
            created=created,
            article=f"{issue['family']}/{issue['key']}",
        )


def told(rows: Rows, firm: Firm, customer: Customer, facts: dict[str, Any], rng: random.Random) -> Case:
    """The case of a story."""
    if "unit" in facts:
        unit = next(unit for unit in customer.units if unit.ref.key == f"{customer.key}/{facts['unit']}")
    else:
        site = customer.sites[facts["site"]]
        unit = install(rows, firm, customer, facts["key"], facts["product"], site, 90_000 + len(customer.units), rng)
    named = [person for person in customer.people if person.name == facts.get("contact")]
    near = [person for person in customer.people if person.site == unit.site]
    report = Report(
        key=facts["key"],
        customer=customer,
        contact=(named or near or customer.people)[0],
        product=unit.product,
        unit=unit,
        summary=facts["text"],
        priority=facts["priority"],
        channel=facts["channel"],
        group=facts["group"],
        created=datetime.fromisoformat(facts["created"]),
    )
    return opened(rows, firm, report, rng, facts)


class Life(NamedTuple):
    """How far a case has come by the time at which the seed stands still."""

    state: str
    responded: datetime | None
    resolved: datetime | None
    touched: datetime


def opened(rows: Rows, firm: Firm, report: Report, rng: random.Random, facts: dict[str, Any] | None = None) -> Case:
    """Add the case of a report; ``facts`` are those of its story, if it has one."""
    facts = facts or {}
    rank = PRIORITIES.index(report.priority)
    respond, resolve = (firm.facts["promises"][metric][rank] for metric in ("response", "resolution"))
    resolved = report.created + timedelta(minutes=resolve * share(rng, late=0.14), seconds=rng.randrange(60))
    responded = report.created + timedelta(minutes=respond * share(rng, late=0.08), seconds=rng.randrange(60))
    responded = min(responded, resolved - timedelta(minutes=3))
    if facts:
        life = life_told(report.created, responded, resolved, facts["state"], rng)
    else:
        life = life_by_chance(report.created, responded, resolved, rng)
    escalated = not facts and life.responded is not None and rng.random() < ESCALATED[report.priority]
    assignee = facts.get("assignee") or rng.choice(firm.agents(report.group))
    ref = rows.add(
        "customer_case",
        report.key,
        account_id=report.customer.ref,
        contact_id=report.contact.ref,
        product_id=Ref("product", report.product),
        installed_product_id=report.unit.ref if report.unit else None,
        channel=report.channel,
        priority=report.priority,
        state=life.state,
        short_description=report.summary,
        assignment_group_id=Ref("user_group", report.group),
        assigned_to=Ref("user", assignee) if life.responded else None,
        escalation=escalated,
        escalation_reason=rng.choice(REASONS) if escalated else None,
        reopen_count=1 if life.resolved and not facts and rng.random() < 0.06 else 0,
        sys_created_on=text(report.created),
        sys_updated_on=text(life.touched),
        closed_on=text(life.touched) if life.state in ("closed", "canceled") else None,
    )
    return Case(ref, report.customer, report.contact, report.group, report.created, life, report.article, facts)


def life_by_chance(created: datetime, responded: datetime, resolved: datetime, rng: random.Random) -> Life:
    """The life of a case whose times are drawn: its state is what these times make of it today."""
    if created > NOW - LONG_CASES and rng.random() < 0.3:
        resolved = NOW + timedelta(days=2)
    closed = resolved + timedelta(days=rng.randrange(1, 4), minutes=rng.randrange(400))
    canceled = created + timedelta(hours=1, minutes=rng.randrange(600))
    if rng.random() < 0.04 and canceled < NOW:
        return Life("canceled", None, None, canceled)
    if closed < NOW:
        return Life("closed", responded, resolved, closed)
    if resolved < NOW:
        return Life("resolved", responded, resolved, resolved)
    if responded > NOW:
        return Life("new", None, None, created)
    state = rng.choice(["in_progress", "in_progress", "pending"])
    return Life(state, responded, None, last_work(responded, rng))


def life_told(created: datetime, responded: datetime, resolved: datetime, state: str, rng: random.Random) -> Life:
    """The life of a case whose state is told: the times follow it."""
    responded = min(responded, created + (NOW - created) / 3)
    resolved = min(resolved, created + (NOW - created) / 2)
    match state:
        case "new":
            return Life(state, None, None, created)
        case "canceled":
            return Life(state, None, None, responded)
        case "resolved":
            return Life(state, responded, resolved, resolved)
        case "closed":
            return Life(state, responded, resolved, resolved + (NOW - resolved) / 2)
        case _:
            return Life(state, responded, None, last_work(responded, rng))


def last_work(responded: datetime, rng: random.Random) -> datetime:
    """When somebody last touched a case that is being worked on."""
    return min(responded + timedelta(minutes=rng.randrange(5, 200)), NOW - timedelta(minutes=2))


def share(rng: random.Random, late: float) -> float:
    """How much of the promised time is used; over 1 with the probability ``late``."""
    return rng.uniform(1.05, 1.8) if rng.random() < late else rng.uniform(0.08, 0.9)
