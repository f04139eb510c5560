"""What happens to the companies: problems, changes, and incidents with lives that add up."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from gym_dbs.itsm.seeding.company import PRIORITIES, Company
from gym_dbs.seeding.moments import NOW, text
from gym_dbs.seeding.rows import Ref, Row, Rows

FIRST_DAY = datetime(2026, 9, 1)

CONTACT_TYPES = {
    "self-service": "portal",
    "phone": "phone",
    "email": "email",
    "chat": "chat",
    "walk-in": "walk_in",
    "virtual-agent": "chat",
}
USUAL_MINUTES = {"critical": 240, "high": 480, "moderate": 1440, "low": 4320, "planning": 7200}


def problems_and_changes(rows: Rows, company: Company) -> None:
    """Problems and changes as the company's file tells them, and the links from changes to problems."""
    for facts in company.facts.get("problems", []):
        created = datetime.fromisoformat(facts["created"])
        rows.add(
            "problem",
            f"{company.key}/{facts['key']}",
            problem_statement=facts["statement"],
            short_description=facts["summary"],
            opened_by=company.ref("users", facts["opened_by"]),
            service=company.ref("service", facts["service"]),
            service_offering=company.offering(facts),
            configuration_item=company.ref("configuration_item", facts["item"]),
            assigned_to=company.ref("users", facts["assignee"]),
            assignment_group=company.ref("user_group", facts["group"]),
            original_task=company.maybe("incident", facts, "origin"),
            org_id=company.org,
            status=facts["status"],
            category=facts["category"],
            worknotes=facts["work"],
            workaround=facts.get("workaround"),
            fix_notes=facts.get("fix"),
            impact=facts["impact"],
            urgency=facts["urgency"],
            priority=PRIORITIES[facts["impact"], facts["urgency"]],
            created_on=text(created),
            updated_on=text(min(created + timedelta(days=2, hours=3), NOW)),
        )
    for facts in company.facts.get("changes", []):
        created = datetime.fromisoformat(facts["created"])
        change = rows.add(
            "change",
            f"{company.key}/{facts['key']}",
            short_description=facts["summary"],
            requested_by=company.ref("users", facts["requested_by"]),
            service=company.ref("service", facts["service"]),
            service_offering=company.offering(facts),
            configuration_item=company.ref("configuration_item", facts["item"]),
            assigned_to=company.ref("users", facts["assignee"]),
            assignment_group=company.ref("user_group", facts["group"]),
            org_id=company.org,
            status=facts["status"],
            category=facts["category"],
            description=facts["detail"],
            implementation_plan=facts["plan"],
            testing_plan=facts["testing"],
            close_notes=facts.get("close"),
            cab_required=facts["cab"],
            impact=facts["impact"],
            priority=facts["priority"],
            risk=facts["risk"],
            close_code=facts.get("code"),
            created_on=text(created),
            updated_on=text(min(created + timedelta(days=9, hours=1), NOW)),
        )
        if facts.get("problem"):
            link_change(rows, company, change, "problem_id", company.ref("problem", facts["problem"]))


def link_change(rows: Rows, company: Company, change: Ref, column: str, target: Ref) -> None:
    """Map a change to the problem or incident for which it was raised."""
    moment = max(row.get("created_at") or row["created_on"] for row in (rows.row(change), rows.row(target)))
    rows.add(
        "change_request_mapping",
        f"{change.key} {target.key}",
        change_id=change,
        incident_id=target if column == "incident_id" else None,
        problem_id=target if column == "problem_id" else None,
        org_id=company.org,
        created_at=moment,
        updated_at=moment,
    )


def incidents(rows: Rows, companies: list[Company], everyday: dict[str, Any], rng: random.Random) -> None:
    """One incident for each situation that a company met, and one for each further report of it."""
    tellings: Counter[str] = Counter()
    stock = {situation["key"]: situation for situation in everyday["situations"]}
    for company in companies:
        for facts in company.facts["situations"]:
            incident(rows, company, facts, everyday, rng)
        for key in company.facts["everyday"]:
            telling = tellings[key]
            tellings[key] += 1
            facts = {
                name: value[telling % len(value)] if isinstance(value, list) else value
                for name, value in stock[key].items()
            }
            incident(rows, company, facts, everyday, rng)


def incident(rows: Rows, company: Company, facts: dict[str, Any], everyday: dict[str, Any], rng: random.Random) -> None:
    """Add the incident of one situation; what the file leaves open is drawn."""
    group = company.facts["groups"][facts["group"]]
    active = {name for name, _, _ in company.facts["people"]} - set(company.facts["inactive"])
    reporters = [name for name, role, _ in company.facts["people"] if role == "reporter" and name in active]
    caller = facts.get("caller") or rng.choice(reporters)
    assignee = facts.get("assignee") or rng.choice([name for name in group["members"] if name in active])
    created = datetime.fromisoformat(facts["created"]) if "created" in facts else office_moment(rng)
    channel = facts.get("channel") or rng.choice(list(CONTACT_TYPES))
    priority = PRIORITIES[facts["impact"], facts["urgency"]]
    item = f"laptop of {caller}" if facts.get("item") == "laptop" else facts.get("item")
    row: Row = {
        "short_description": facts["summary"],
        "caller_id": company.ref("users", caller),
        "service": company.ref("service", facts["service"]),
        "service_offering": company.offering(facts),
        "configuration_item": company.ref("configuration_item", item) if item else None,
        "assignment_group": company.ref("user_group", facts["group"]),
        "problem": company.maybe("problem", facts, "problem"),
        "change_request": company.maybe("change", facts, "change"),
        "caused_by_change": company.maybe("change", facts, "caused_by"),
        "incident_template": None,
        "parent_incident": company.maybe("incident", facts, "parent"),
        "org_id": company.org,
        "channel": channel,
        "contact_type": CONTACT_TYPES[channel],
        "category": facts["category"],
        "description": facts["detail"],
        "impact": facts["impact"],
        "urgency": facts["urgency"],
        "priority": priority,
        "created_at": text(created),
    }
    row |= life(facts, company.ref("users", assignee), caller, created, priority, everyday, rng)
    parent = rows.add("incident", f"{company.key}/{facts['key']}", **row)
    for count, summary in enumerate(facts.get("also_reported", []), start=1):
        later = created + timedelta(minutes=rng.randrange(6, 40))
        other = rng.choice([name for name in reporters if name != caller])
        copy = row | {
            "short_description": summary,
            "caller_id": company.ref("users", other),
            "configuration_item": None,
            "caused_by_change": None,
            "problem": None,
            "parent_incident": parent,
            "description": "Reported again while the team was already at work on it.",
            "worknotes": "Same outage as the parent incident, linked to it.",
            "created_at": text(later),
        }
        if copy["resolved"]:
            copy["resolution_code"] = "Duplicate"
            copy["resolution_notes"] = "Solved together with the parent incident."
        if copy["status"] == "closed":
            copy["close_notes"] = "Closed with the parent incident."
        rows.add("incident", f"{company.key}/{facts['key']} {count}", **copy)


def office_moment(rng: random.Random) -> datetime:
    """Some minute on a working day between the first day and the day before the seeds stand still."""
    days = (NOW - FIRST_DAY).days
    while True:
        day = FIRST_DAY + timedelta(days=rng.randrange(days))
        if day.weekday() < 5:
            return day + timedelta(minutes=rng.randrange(7 * 60, 17 * 60), seconds=rng.randrange(60))


def life(
    facts: dict[str, Any],
    assignee: Ref,
    caller: str,
    created: datetime,
    priority: str,
    everyday: dict[str, Any],
    rng: random.Random,
) -> Row:
    """The columns that tell how far an incident has come, all in agreement with one another."""
    share = rng.uniform(0.15, 0.9) if rng.random() < 0.85 else rng.uniform(1.1, 1.6)
    resolved = created + timedelta(seconds=round(USUAL_MINUTES[priority] * 60 * share))
    if "resolved" in facts:
        resolved = datetime.fromisoformat(facts["resolved"])
    closed = resolved + timedelta(days=rng.randrange(1, 4), minutes=rng.randrange(400))
    status = facts.get("status")
    if status is None:
        status = "canceled" if rng.random() < 0.05 else "closed"
        if closed > NOW:
            status = "resolved" if resolved < NOW else "in_progress"
    touched = min(created + timedelta(minutes=rng.randrange(20, 240)), NOW)
    moments = {"new": created, "resolved": resolved, "closed": closed}
    first_name = caller.split(" ", 1)[0]
    done = status in ("resolved", "closed")
    ending = {"closed": "closings", "canceled": "cancellations"}.get(status)
    return {
        "assigned_to": None if status == "new" else assignee,
        "resolved_by": assignee if done else None,
        "status": status,
        "worknotes": None if status in ("new", "canceled") else facts["work"],
        "resolution_notes": facts["fix"] if done else None,
        "resolution_code": facts["code"] if done else None,
        "close_notes": rng.choice(everyday[ending]).format(caller=first_name) if ending else None,
        "on_hold_reason": facts["hold"] if status == "on_hold" else None,
        "resolved": text(resolved) if done else None,
        "updated_at": text(moments.get(status, touched)),
    }
