"""The firm that the cases are raised with: its offices, staff, groups, promises, products and articles."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gym_dbs.seeding.moments import NOW, text
from gym_dbs.seeding.names import slug
from gym_dbs.seeding.rows import Ref, Rows

PRIORITIES = ("critical", "high", "moderate", "low")


@dataclass(frozen=True)
class Firm:
    """What the files written by hand say about the firm, and the cities that everybody lives in."""

    facts: dict[str, Any]
    catalogue: dict[str, Any]
    cities: dict[str, Any]

    @property
    def founded(self) -> datetime:
        """The first working day; nothing is older."""
        return datetime.fromisoformat(self.facts["founded"]) + timedelta(hours=8)

    def stamps(self, days: int) -> dict[str, str]:
        """Creation and update time of a row of the set-up, ``days`` after the founding."""
        moment = text(self.founded + timedelta(days=days))
        return {"sys_created_on": moment, "sys_updated_on": moment}

    def manager(self, group: str) -> str:
        """The name of the group's manager."""
        return str(self.facts["groups"][group]["members"][0])

    def agents(self, group: str) -> list[str]:
        """The names of those in the group who are given cases by chance."""
        spared = {*self.facts["cases"]["left"], *self.facts["cases"]["only_in_stories"]}
        return [name for name in self.facts["groups"][group]["members"][1:] if name not in spared]

    def family_of(self, product: str) -> str:
        """The key of the family that a product belongs to."""
        for key, family in self.catalogue["families"].items():
            if product in (name for name, _ in [*family["models"], *family["retired"]]):
                return str(key)
        raise KeyError(product)


def set_up(rows: Rows, firm: Firm, stories: dict[str, Any], rng: random.Random) -> None:
    """Add everything that the firm has before its first customer."""
    staff(rows, firm, rng)
    groups(rows, firm)
    promises(rows, firm)
    products(rows, firm, rng)
    articles(rows, firm, stories, rng)


def place(rows: Rows, firm: Firm, name: str, city: str, plot: str, street: str, stamps: dict[str, str]) -> Ref:
    """A location, found again by its name."""
    return rows.add(
        "location",
        name,
        name=name,
        plot_no=plot,
        street=street,
        city=city,
        country=firm.cities[city]["country"],
        active=True,
        **stamps,
    )


def person(
    rows: Rows, firm: Firm, name: str, mail: str, role: str, city: str, home: Ref, stamps: dict[str, str], active: bool
) -> Ref:
    """A user, found again by their name."""
    first, last = name.split(" ", 1)
    extension = len(rows.refs("user")) + 101
    return rows.add(
        "user",
        name,
        first_name=first,
        last_name=last,
        email=f"{slug(name)}@{mail}",
        phone=f"{firm.cities[city]['phone']}{extension:04d}",
        role=role,
        location_id=home,
        active=active,
        **stamps,
    )


def staff(rows: Rows, firm: Firm, rng: random.Random) -> None:
    """The offices and who works there."""
    for city, (name, plot, street) in firm.facts["offices"].items():
        office = place(rows, firm, name, city, plot, street, firm.stamps(0))
        for employee, role in firm.facts["staff"][city]:
            active = employee not in firm.facts["cases"]["left"]
            stamps = firm.stamps(rng.randrange(900))
            if not active:
                stamps["sys_updated_on"] = text(NOW - timedelta(days=rng.randrange(20, 200)))
            person(rows, firm, employee, firm.facts["mail"], role, city, office, stamps, active)


def groups(rows: Rows, firm: Firm) -> None:
    """The groups and their members; who leads one comes first."""
    for key, group in firm.facts["groups"].items():
        ref = rows.add(
            "user_group",
            key,
            name=group["name"],
            type=group["type"],
            active=group.get("active", True),
            **firm.stamps(10),
        )
        for member in group["members"]:
            user = Ref("user", member)
            rows.add(
                "user_group_member",
                f"{key}/{member}",
                group_id=ref,
                user_id=user,
                sys_created_on=max(rows.row(user)["sys_created_on"], rows.row(ref)["sys_created_on"]),
            )


def promises(rows: Rows, firm: Firm) -> None:
    """SLA definitions: today's terms, and those before them, switched off."""
    for terms, suffix, active in (("promises_2024", " (terms of 2024)", False), ("promises", "", True)):
        for metric, targets in firm.facts[terms].items():
            for priority, minutes in zip(PRIORITIES, targets, strict=True):
                rows.add(
                    "sla_definition",
                    f"{priority} {metric}{suffix}",
                    name=f"{metric.capitalize()}, {priority}{suffix}",
                    metric=metric,
                    target_mins=minutes,
                    pause_on_pending=metric == "resolution",
                    applies_to_priority=priority,
                    active=active,
                    **firm.stamps(690 if active else 15),
                )


def products(rows: Rows, firm: Firm, rng: random.Random) -> None:
    """The catalogue, family by family."""
    for family in firm.catalogue["families"].values():
        for state, models in (("retired", family["retired"]), ("active", family["models"])):
            for name, price in models:
                stamps = firm.stamps(20 + rng.randrange(40))
                if state == "retired":
                    stamps["sys_updated_on"] = text(firm.founded + timedelta(days=300 + rng.randrange(500)))
                rows.add(
                    "product",
                    name,
                    name=name,
                    category=family["category"],
                    product_price=price,
                    lifecycle_state=state,
                    **stamps,
                )


def articles(rows: Rows, firm: Firm, stories: dict[str, Any], rng: random.Random) -> None:
    """One article on each known issue, one on the first day with each product that is sold, and those of stories."""
    for issue in firm.catalogue["issues"]:
        family = firm.catalogue["families"][issue["family"]]
        model = rng.choice([name for name, _ in family["models"]])
        author = rng.choice(firm.agents(family["group"]))
        article(
            rows, firm, f"{issue['family']}/{issue['key']}", issue, author, model if rng.random() < 0.5 else None, rng
        )
    for family in firm.catalogue["families"].values():
        for name, _ in family["models"]:
            facts = {"title": f"First day with the {name}", "body": family["setup"]}
            author = rng.choice(firm.agents(family["group"]))
            article(rows, firm, f"first day/{name}", facts, author, name, rng)
    for facts in stories["articles"]:
        article(rows, firm, facts["key"], facts, facts["owner"], facts["product"], rng)


def article(
    rows: Rows, firm: Firm, key: str, facts: dict[str, Any], author: str, product: str | None, rng: random.Random
) -> None:
    """One article, written at some time in the first years unless ``facts`` say when."""
    created = firm.founded + timedelta(days=120 + rng.randrange(900), minutes=rng.randrange(480))
    if "created" in facts:
        created = datetime.fromisoformat(facts["created"])
    rows.add(
        "knowledge",
        key,
        title=facts["title"],
        body=facts["body"],
        state=facts.get("state", "published"),
        visibility=facts.get("visibility", "external"),
        product_id=Ref("product", product) if product else None,
        owner_id=Ref("user", author),
        sys_created_on=text(created),
        sys_updated_on=text(min(created + timedelta(days=rng.randrange(200)), NOW - timedelta(hours=20))),
    )
