"""What follows from an incident: links, SLA records and the messages that people got about it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from gym_dbs.itsm.seeding.company import Company
from gym_dbs.itsm.seeding.happenings import link_change
from gym_dbs.seeding.moments import NOW, text
from gym_dbs.seeding.rows import Ref, Rows


def follow_up(rows: Rows, companies: list[Company], everyday: dict[str, Any], rng: random.Random) -> None:
    """Links, SLA records and notifications of all incidents, oldest incident first."""
    by_key = {company.key: company for company in companies}
    stories = {
        f"{company.key}/{facts['key']}": facts
        for company in companies
        for facts in [*company.facts["situations"], *everyday["situations"]]
    }
    for ref in rows.refs("incident"):
        company = by_key[ref.key.split("/")[0]]
        links(rows, company, ref, stories.get(ref.key, {}))
        sla_records(rows, company, ref, rng)
        notices(rows, company, ref, everyday["notices"], rng)


def links(rows: Rows, company: Company, ref: Ref, facts: dict[str, Any]) -> None:
    """Parent, change, affected devices and the article that helped, if it is published."""
    row = rows.row(ref)
    stamps = {"created_on": row["created_at"], "updated_on": row["created_at"]}
    if row["parent_incident"]:
        rows.add(
            "child_incident",
            ref.key,
            parent_incident=row["parent_incident"],
            child_incident=ref,
            created_at=row["created_at"],
            updated_at=row["created_at"],
        )
    if row["change_request"]:
        link_change(rows, company, row["change_request"], "incident_id", ref)
    affected = [row["configuration_item"]] if row["configuration_item"] else []
    affected += [company.ref("configuration_item", key) for key in facts.get("also", [])]
    for item in affected:
        rows.add(
            "incident_affected_cis",
            f"{ref.key} {item.key}",
            configuration_item=item,
            incident_id=ref,
            org_id=company.org,
            **stamps,
        )
    published = {article["key"] for article in company.facts["articles"] if "state" not in article}
    if facts.get("article") in published:
        rows.add(
            "incident_knowledge",
            ref.key,
            incident_id=ref,
            knowledge_id=company.ref("knowledge", facts["article"]),
            org_id=company.org,
            used_as=facts.get("articles", "suggested"),
            **stamps,
        )


def sla_records(rows: Rows, company: Company, ref: Ref, rng: random.Random) -> None:
    """One record for each promise of the company that is meant for the incident's priority."""
    row = rows.row(ref)
    start = datetime.fromisoformat(row["created_at"])
    for definition in rows.refs("sla_definition"):
        promise = rows.row(definition)
        if promise["org_id"] != company.org or promise["applies_to_priority"] != row["priority"]:
            continue
        due = start + timedelta(minutes=promise["target_mins"])
        met: datetime | None = None
        if promise["metric"] == "response" and row["assigned_to"]:
            met = start + timedelta(seconds=round(promise["target_mins"] * 60 * rng.uniform(0.1, 1.1)))
        elif row["resolved"]:
            met = datetime.fromisoformat(row["resolved"])
        stage = "completed" if met else "breached" if due < NOW else "in_progress"
        if row["status"] == "canceled":
            stage, met = "cancelled", None
        elif row["status"] == "on_hold" and not met and promise["pause_on_pending"]:
            stage = "paused"
        rows.add(
            "incident_sla",
            f"{ref.key} {definition.key}",
            incident_id=ref,
            sla_def_id=definition,
            org_id=company.org,
            stage=stage,
            has_breached=stage == "breached" or (met is not None and met > due),
            start_time=text(start),
            breach_time=text(due),
            completed_time=text(met) if met else None,
            created_on=text(start),
            updated_on=text(met) if met else max(text(start), min(row["updated_at"], text(NOW))),
        )


def notices(rows: Rows, company: Company, ref: Ref, forms: list[dict[str, Any]], rng: random.Random) -> None:
    """What callers and group managers were told about an incident."""
    row = rows.row(ref)
    caller = rows.row(row["caller_id"])
    occasions = {
        "resolved": row["resolved"] if rng.random() < 0.6 else None,
        "critical": row["created_at"] if row["priority"] == "critical" and not row["parent_incident"] else None,
        "hold": row["updated_at"] if row["status"] == "on_hold" else None,
        "open": row["created_at"] if row["status"] == "new" and rng.random() < 0.8 else None,
    }
    words = {
        "number": row["number"],
        "caller": caller["first_name"],
        "summary": row["short_description"],
        "detail": row["description"],
        "work": row["worknotes"],
        "fix": row["resolution_notes"],
    }
    for form in forms:
        moment = occasions[form["when"]]
        if not moment:
            continue
        manager = rows.row(rows.row(row["assignment_group"])["manager_id"])
        status = rng.choice(["delivered", "delivered", "opened", "opened", "opened", "sent", "failed"])
        rows.add(
            "notification",
            f"{ref.key} {form['when']}",
            incident_id=ref,
            org_id=company.org,
            email=(manager if form["when"] == "critical" else caller)["email"],
            subject=form["subject"].format(**words),
            message=rng.choice(form["messages"]).format(**words),
            type=form["type"],
            status="queued" if moment > text(NOW - timedelta(hours=2)) else status,
            created_on=moment,
            updated_on=moment,
        )
