"""What follows from a case: SLA records, talks, articles that helped and the messages that people got about it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from gym_dbs.csm.seeding.cases import CHANNELS, FIRST_DAY, Case
from gym_dbs.csm.seeding.customer import Customer
from gym_dbs.csm.seeding.firm import Firm
from gym_dbs.seeding.moments import NOW, text
from gym_dbs.seeding.rows import Ref, Rows


def follow_up(rows: Rows, firm: Firm, found: list[Case], customers: list[Customer], rng: random.Random) -> None:
    """Everything that hangs on the cases, oldest case first, and talks that led to no case."""
    for case in found:
        sla_records(rows, case)
        talks(rows, firm, case, rng)
        article = article_used(rows, case, rng)
        messages(rows, firm, case, article, rng)
    for number in range(60):
        talk_without_case(rows, customers, number, rng)
    rows.number("interaction", order=lambda row: row["sys_created_on"])
    rows.number("notification", order=lambda row: row["sys_created_on"])


def sla_records(rows: Rows, case: Case) -> None:
    """One record of the response and one of the resolution, as the policy keeps them."""
    row = rows.row(case.ref)
    for metric, met in (("response", case.life.responded), ("resolution", case.life.resolved)):
        promise = Ref("sla_definition", f"{row['priority']} {metric}")
        due = case.created + timedelta(minutes=rows.row(promise)["target_mins"])
        stage = "in_progress"
        judged = met or NOW
        if row["state"] == "canceled":
            stage = "canceled"
        elif met:
            stage = "completed"
        elif row["state"] == "pending":
            stage, judged = "paused", case.life.touched
        rows.add(
            "case_sla",
            f"{case.ref.key} {metric}",
            case_id=case.ref,
            sla_def_id=promise,
            stage=stage,
            start_time=text(case.created),
            breach_time=text(due),
            has_breached=stage != "canceled" and judged > due,
            completed_time=text(met) if met else None,
        )


def talks(rows: Rows, firm: Firm, case: Case, rng: random.Random) -> None:
    """How the case came in, and a later talk about it."""
    row = rows.row(case.ref)
    spoken = row["channel"] in ("phone", "chat")
    started = case.created - timedelta(minutes=rng.randrange(2, 15)) if spoken else case.created
    waiting = row["state"] == "new" and row["channel"] != "phone"
    taker = row["assigned_to"] or Ref("user", rng.choice(firm.agents(case.group)))
    talk(
        rows, case, "opening", row["channel"], started, None if waiting else case.created + timedelta(minutes=1), taker
    )
    if case.facts.get("interaction") == "open":
        talk(rows, case, "later", "phone", case.life.touched, None, taker)
    elif case.life.resolved and rng.random() < 0.22:
        channel = rng.choice(["phone", "phone", "email", "chat"])
        talk(
            rows,
            case,
            "later",
            channel,
            case.life.resolved,
            case.life.resolved + timedelta(minutes=rng.randrange(2, 25)),
            taker,
        )


def talk(rows: Rows, case: Case, key: str, channel: str, started: datetime, ended: datetime | None, taker: Ref) -> None:
    """One interaction; open while it has no end, closed once its case is."""
    status = "open" if ended is None else "closed" if rows.row(case.ref)["closed_on"] else "handled"
    rows.add(
        "interaction",
        f"{case.ref.key} {key}",
        channel=channel,
        account_id=case.customer.ref,
        contact_id=case.contact.ref,
        case_id=case.ref,
        interacted_user=taker,
        status=status,
        started_at=text(started),
        ended_at=text(min(ended, NOW - timedelta(seconds=30))) if ended else None,
        sys_created_on=text(started),
    )


def talk_without_case(rows: Rows, customers: list[Customer], number: int, rng: random.Random) -> None:
    """Somebody asked something that needed no case."""
    customer = rng.choice(customers)
    contact = rng.choice(customer.people)
    minutes = int((NOW - FIRST_DAY).total_seconds() // 60)
    started = FIRST_DAY + timedelta(minutes=rng.randrange(minutes - 120))
    started = max(started, customer.since + timedelta(days=30))
    members = rows.refs("user_group_member")
    rows.add(
        "interaction",
        f"question {number}",
        channel=rng.choice(CHANNELS),
        account_id=customer.ref,
        contact_id=contact.ref,
        case_id=None,
        interacted_user=rows.row(rng.choice(members))["user_id"],
        status="closed",
        started_at=text(started),
        ended_at=text(started + timedelta(minutes=rng.randrange(2, 40))),
        sys_created_on=text(started),
    )


def article_used(rows: Rows, case: Case, rng: random.Random) -> Ref | None:
    """Link the article on the issue if it is published and was there in time; it comes back if it solved the case."""
    for key, used_as in case.facts.get("articles", []):
        link(rows, case, Ref("knowledge", key), used_as)
    if not case.article or not case.life.responded:
        return None
    article = Ref("knowledge", case.article)
    row = rows.row(article)
    if row["state"] != "published" or row["sys_created_on"] > text(case.created) or rng.random() > 0.62:
        return None
    used_as = rng.choices(["resolution", "applied", "suggested"], [5, 3, 2])[0] if case.life.resolved else "suggested"
    link(rows, case, article, used_as)
    return article if used_as == "resolution" else None


def link(rows: Rows, case: Case, article: Ref, used_as: str) -> None:
    """One article on one case."""
    key = f"{case.ref.key} {article.key}"
    rows.add("case_knowledge", key, case_id=case.ref, knowledge_id=article, used_as=used_as)


def messages(rows: Rows, firm: Firm, case: Case, article: Ref | None, rng: random.Random) -> None:
    """What the contact, and with critical and escalated cases the group's manager, were sent."""
    row = rows.row(case.ref)
    contact = rows.row(rows.row(case.contact.ref)["portal_user_id"])
    outside = article if article and rows.row(article)["visibility"] == "external" else None
    sent: list[tuple[str, str, datetime, Ref | None]] = []
    if row["priority"] == "critical" or row["escalation"]:
        manager = rows.row(Ref("user", firm.manager(case.group)))
        sent.append(("alert", manager["email"], case.life.responded or case.created + timedelta(minutes=1), None))
    if rng.random() < 0.18:
        sent.append(("update", contact["email"], case.created + timedelta(minutes=2), None))
    if row["state"] == "pending":
        sent.append((rng.choice(["reminder", "next_steps"]), contact["email"], case.life.touched, None))
    if case.life.resolved and outside:
        sent.append(("solution_proposal", contact["email"], case.life.resolved, outside))
    elif case.life.resolved and rng.random() < 0.35:
        sent.append((rng.choice(["update", "update", "other", "report"]), contact["email"], case.life.resolved, None))
    for number, (kind, email, moment, about) in enumerate(sent):
        rows.add(
            "notification",
            f"{case.ref.key} {number}",
            case_id=case.ref,
            knowledge_id=about,
            email=email,
            type=kind,
            status="failed" if not case.facts and rng.random() < 0.03 else "success",
            sys_created_on=text(min(moment, NOW - timedelta(seconds=20))),
        )
