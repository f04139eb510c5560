"""A company as its file describes it, and the rows that stand before anything happens: people, services, devices."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gym_dbs.seeding.moments import text
from gym_dbs.seeding.names import slug
from gym_dbs.seeding.rows import Ref, Rows

PRIORITIES = {  # (impact, urgency); the policy's table
    ("high", "high"): "critical",
    ("high", "medium"): "high",
    ("medium", "high"): "high",
    ("medium", "medium"): "moderate",
    ("high", "low"): "moderate",
    ("low", "high"): "moderate",
    ("low", "medium"): "low",
    ("medium", "low"): "low",
    ("low", "low"): "planning",
}


@dataclass
class Company:
    """One organisation: what its file says, and how its rows are found again."""

    key: str
    facts: dict[str, Any]
    org: Ref = field(init=False)

    def ref(self, table: str, key: str) -> Ref:
        """The row of this company that its file calls ``key``."""
        return Ref(table, f"{self.key}/{key}")

    def maybe(self, table: str, facts: dict[str, Any], name: str) -> Ref | None:
        """The row that ``facts[name]`` refers to, if it refers to one."""
        return self.ref(table, facts[name]) if facts.get(name) else None

    def offering(self, facts: dict[str, Any]) -> Ref | None:
        """The service offering that ``facts`` names."""
        return self.maybe("service_offering", facts, "offering")

    @property
    def joined(self) -> datetime:
        """When the organisation became a customer; nothing of it is older."""
        return datetime.fromisoformat(self.facts["joined"]) + timedelta(hours=8)

    def stamps(self, days: int = 0, *, suffix: str = "on") -> dict[str, str]:
        """Creation and update times for rows of the set-up, some ``days`` after the company joined."""
        moment = text(self.joined + timedelta(days=days))
        return {f"created_{suffix}": moment, f"updated_{suffix}": moment}


def set_up(rows: Rows, company: Company, laptops: list[list[Any]], rng: random.Random) -> None:
    """Add everything that a company has before its first incident."""
    company.org = rows.add(
        "organization",
        company.key,
        name=company.facts["name"],
        active=True,
        **company.stamps(suffix="at"),
    )
    places_and_people(rows, company, rng)
    groups(rows, company)
    services(rows, company)
    devices(rows, company, laptops, rng)
    promises(rows, company)
    articles(rows, company, rng)
    templates(rows, company)


def places_and_people(rows: Rows, company: Company, rng: random.Random) -> None:
    """Locations, users and their roles."""
    for key, place in company.facts["locations"].items():
        rows.add(
            "location",
            f"{company.key}/{key}",
            **place,
            active=True,
            org_id=company.org,
            **company.stamps(),
        )
    for count, (name, role, place) in enumerate(company.facts["people"], start=1):
        first, last = name.split(" ", 1)
        user = rows.add(
            "users",
            f"{company.key}/{name}",
            user_name=slug(name),
            first_name=first,
            last_name=last,
            email=f"{slug(name)}@{company.facts['mail']}",
            phone=f"{company.facts['phone']}-555-{count + 100:04d}",
            role=role,
            active=name not in company.facts["inactive"],
            static_token=f"token-{slug(name, between='-')}",
            org_id=company.org,
            location_id=company.ref("location", place),
            **company.stamps(count + rng.randrange(300)),
        )
        rows.add("user_role", user.key, user_id=user, role_id=Ref("role", role), org_id=company.org)


def groups(rows: Rows, company: Company) -> None:
    """Support groups and who belongs to them."""
    for key, group in company.facts["groups"].items():
        ref = rows.add(
            "user_group",
            f"{company.key}/{key}",
            name=group["name"],
            type=group["type"],
            active=True,
            email=f"{key}@{company.facts['mail']}",
            description=group["description"],
            manager_id=company.ref("users", group["manager"]),
            org_id=company.org,
            **company.stamps(10),
        )
        for member in group["members"]:
            user = company.ref("users", member)
            rows.add(
                "user_group_member",
                f"{ref.key}/{member}",
                group_id=ref,
                user_id=user,
                org_id=company.org,
                created_on=rows.row(user)["created_on"],
                updated_on=rows.row(user)["updated_on"],
            )


def services(rows: Rows, company: Company) -> None:
    """Business services and their offerings; an offering is found again by its name."""
    for key, service in company.facts["services"].items():
        shared = {
            "owned_by": company.ref("users", service["owner"]),
            "org_id": company.org,
            "used_for": "production",
            "status": "operational",
            "service_classification": service["classification"],
            "business_criticality": service["criticality"],
            **company.stamps(20),
        }
        ref = rows.add(
            "service",
            f"{company.key}/{key}",
            name=service["name"],
            description=service["description"],
            **shared,
        )
        for name, short_description in service["offerings"]:
            rows.add(
                "service_offering",
                f"{company.key}/{name}",
                name=name,
                short_description=short_description,
                business_service=ref,
                description=f"{short_description}. Part of {service['name']}.",
                **shared,
            )


def devices(rows: Rows, company: Company, laptops: list[list[Any]], rng: random.Random) -> None:
    """The configuration items of the company's file, and a laptop for everybody who still works there."""

    def add(key: str, **columns: Any) -> None:
        rows.add("configuration_item", f"{company.key}/{key}", **columns, org_id=company.org, **company.stamps(days))

    days = 25
    for key, item in company.facts["items"].items():
        add(
            key,
            name=item["name"],
            serial_number=item["serial"],
            owner_id=company.ref("users", item["owner"]),
            location_id=company.ref("location", item["location"]),
            status=item.get("status", "in_use"),
            cost=item["cost"],
        )
    for count, (name, _, place) in enumerate(company.facts["people"], start=1):
        if name in company.facts["inactive"]:
            continue
        model, cost = rng.choice(laptops)
        days = 30 + rng.randrange(300)
        add(
            f"laptop of {name}",
            name=f"{model} of {name}",
            serial_number=f"{company.facts['short']}-LT-{count + 1000}",
            owner_id=company.ref("users", name),
            location_id=company.ref("location", place),
            status="in_use",
            cost=cost,
        )


def promises(rows: Rows, company: Company) -> None:
    """SLA definitions: how fast somebody answers and how fast it is solved, per priority."""
    for priority, minutes in company.facts["sla"].items():
        for metric, target in zip(("response", "resolution"), minutes, strict=True):
            if target:
                rows.add(
                    "sla_definition",
                    f"{company.key}/{priority} {metric}",
                    name=f"{company.facts['name'].split()[0]} {priority} {metric}",
                    metric=metric,
                    target_mins=target,
                    pause_on_pending=metric == "resolution",
                    applies_to_priority=priority,
                    active=True,
                    schedule="24x7" if priority in ("critical", "high") else "business-hours",
                    org_id=company.org,
                    **company.stamps(40),
                )


def articles(rows: Rows, company: Company, rng: random.Random) -> None:
    """Knowledge articles."""
    for article in company.facts["articles"]:
        created = company.joined + timedelta(days=60 + rng.randrange(300), minutes=rng.randrange(500))
        rows.add(
            "knowledge",
            f"{company.key}/{article['key']}",
            title=article["title"],
            short_description=article["summary"],
            body=article["body"],
            state=article.get("state", "published"),
            visibility=article.get("visibility", "internal"),
            owner_id=company.ref("users", article["owner"]),
            org_id=company.org,
            created_on=text(created),
            updated_on=text(created + timedelta(days=rng.randrange(90))),
        )


def templates(rows: Rows, company: Company) -> None:
    """Incident templates."""
    for facts in company.facts["templates"]:
        rows.add(
            "incident_template",
            f"{company.key}/{facts['name']}",
            name=facts["name"],
            active=facts.get("active", True),
            caller_id=company.ref("users", facts["caller"]),
            channel=facts["channel"],
            short_description=facts["summary"],
            category=facts["category"],
            impact=facts["impact"],
            urgency=facts["urgency"],
            priority=PRIORITIES[facts["impact"], facts["urgency"]],
            configuration_item=company.maybe("configuration_item", facts, "item"),
            service=company.ref("service", facts["service"]),
            service_offering=company.offering(facts),
            org_id=company.org,
            **company.stamps(50, suffix="at"),
        )
