"""The plan library: texts by people that tell an agent how to do a task, every version of them kept."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from engine.tasks.plan_files import MAX_NAME, tidy
from engine.trajectory.bodies import storable
from engine.trajectory.database import StoreError, new_id
from engine.trajectory.events import now
from engine.trajectory.tables import StoredPlan, StoredPlanVersion

if TYPE_CHECKING:
    from engine.trajectory.store import Store


_NUMBER = re.compile(r"(\d{1,18})(?:(?:\.| v)(\d{1,18}))?")


def plan_label(plan_id: int, version: int) -> str:
    """How a run names the version of a plan that it was launched with: ``12 v3``."""
    return f"{plan_id} v{version}"


def plan_number(text: str) -> tuple[int, int | None] | None:
    """Number and version of ``12.3`` or ``12 v3``, or ``12`` without a version; None for anything else."""
    found = _NUMBER.fullmatch(text)
    return found and (int(found[1]), int(found[2]) if found[2] else None)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan as lists show it."""

    id: int
    task: str
    """The name of the task that it is for."""
    domain: str
    title: str
    created_at: datetime
    updated_at: datetime
    """When its latest version was saved, UTC."""
    author: str
    """Who began it; each version says who wrote that one."""
    versions: int
    """How many there are, which is the number of the latest."""


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """What a plan said once."""

    plan_id: int
    number: int
    """From 1."""
    author: str
    at: datetime
    origin: str
    """``written``, ``imported``, or ``run 12`` for a draft made of a run."""
    text: str


@dataclass(frozen=True, slots=True)
class DeletedPlan:
    """What brings a deleted plan back, with its number and every version."""

    plan: Mapping[str, Any]
    versions: tuple[Mapping[str, Any], ...]


# The library has a method of this name, which would be meant inside it.
Versions = list[PlanVersion]
Lines = list[str]


class PlanLibrary:
    """The plans of one store; reached as ``Store.plans``. Any thread may call it; all times are UTC."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._database = store.database

    def list(self, task: str | None = None, domain: str | None = None, words: str = "") -> list[PlanRow]:
        """The plans for a task, of a domain, with every one of some words in title, task or author; latest first."""
        rows = _rows()
        if task is not None:
            rows = rows.where(StoredPlan.task == task)
        if domain is not None:
            rows = rows.where(StoredPlan.domain == domain)
        for word in words.split():
            places = (StoredPlan.title, StoredPlan.task, StoredPlanVersion.author)
            rows = rows.where(or_(*(place.icontains(word, autoescape=True) for place in places)))
        with self._database.read() as connection:
            found = connection.execute(rows).all()
        plans = [PlanRow(**row._asdict()) for row in found]
        return sorted(plans, key=lambda plan: (plan.updated_at, plan.id), reverse=True)

    def get(self, plan_id: int) -> PlanRow:
        """One plan.

        Raises:
            StoreError: there is no such plan.
        """
        with self._database.read() as connection:
            row = connection.execute(_rows().where(StoredPlan.id == plan_id)).first()
        if row is None:
            raise self._unknown(plan_id)
        return PlanRow(**row._asdict())

    def version(self, plan_id: int, number: int | None = None) -> PlanVersion:
        """What a plan says, or said in a version.

        Raises:
            StoreError: there is no such plan, or it has no such version.
        """
        versions = self.get(plan_id).versions
        wanted = versions if number is None else number
        if not 1 <= wanted <= versions:
            raise StoreError(f"Plan {plan_id} has no version {wanted}; it has 1 to {versions}.")
        [version] = self._versions(plan_id, wanted)
        return version

    def history(self, plan_id: int) -> Versions:
        """Every version of a plan, oldest first.

        Raises:
            StoreError: there is no such plan.
        """
        if not (versions := self._versions(plan_id)):
            raise self._unknown(plan_id)
        return versions

    def create(self, task: str, domain: str, title: str, author: str, text: str, origin: str = "written") -> int:
        """Begin a plan; returns its number.

        Raises:
            StoreError: a name or the text is empty or too long.
        """
        plan = {
            "task": _name("task", task),
            "domain": _name("domain", domain),
            "title": _name("title", title),
            "created_at": now(),
        }
        version = self._new_version(author, text, origin)
        with self._database.write() as connection:
            plan_id = new_id(connection.execute(insert(StoredPlan), plan))
            connection.execute(insert(StoredPlanVersion), version | {"plan_id": plan_id, "number": 1})
        return plan_id

    def save(self, plan_id: int, author: str, text: str, origin: str = "written") -> int:
        """Add a version and return its number; the text that the latest has makes no new one.

        Raises:
            StoreError: there is no such plan, or the text is empty or too long.
        """
        version = self._new_version(author, text, origin)
        latest = (
            select(StoredPlanVersion.number, StoredPlanVersion.text_hash)
            .where(StoredPlanVersion.plan_id == plan_id)
            .order_by(StoredPlanVersion.number.desc())
            .limit(1)
        )
        with self._database.write() as connection:
            self._lock(connection, plan_id)
            number, digest = connection.execute(latest).one()
            if digest == version["text_hash"]:
                return int(number)
            connection.execute(insert(StoredPlanVersion), version | {"plan_id": plan_id, "number": number + 1})
        return int(number) + 1

    def rename(self, plan_id: int, title: str) -> None:
        """Give a plan another title.

        Raises:
            StoreError: there is no such plan, or the title is empty or too long.
        """
        with self._database.write() as connection:
            self._lock(connection, plan_id)
            connection.execute(update(StoredPlan).where(StoredPlan.id == plan_id).values(title=_name("title", title)))

    def delete(self, plan_id: int) -> DeletedPlan:
        """Remove a plan with all its versions; runs that had it keep what they were told. ``restore`` undoes it.

        Raises:
            StoreError: there is no such plan.
        """
        versions = select(StoredPlanVersion).where(StoredPlanVersion.plan_id == plan_id)
        with self._database.write() as connection:
            plan = self._lock(connection, plan_id)
            kept = connection.execute(versions.order_by(StoredPlanVersion.number)).all()
            connection.execute(delete(StoredPlan).where(StoredPlan.id == plan_id))
        return DeletedPlan(plan, tuple(row._asdict() for row in kept))

    def restore(self, deleted: DeletedPlan) -> None:
        """Bring a deleted plan back, with its number."""
        with self._database.write() as connection:
            if connection.scalar(select(StoredPlan.id).where(StoredPlan.id == deleted.plan["id"])) is None:
                connection.execute(insert(StoredPlan), dict(deleted.plan))
                connection.execute(insert(StoredPlanVersion), [dict(version) for version in deleted.versions])

    def diff(self, plan_id: int, old: int, new: int) -> Lines:
        """What changed between two versions, as the lines of a unified diff; empty when nothing did.

        Raises:
            StoreError: there is no such plan, or it has no such version.
        """
        before, after = self.version(plan_id, old), self.version(plan_id, new)
        names = (f"plan {plan_id} v{old}", f"plan {plan_id} v{new}")
        return list(difflib.unified_diff(before.text.split("\n"), after.text.split("\n"), *names, lineterm=""))

    def _versions(self, plan_id: int, number: int | None = None) -> Versions:
        rows = select(StoredPlanVersion).where(StoredPlanVersion.plan_id == plan_id)
        if number is not None:
            rows = rows.where(StoredPlanVersion.number == number)
        with self._database.read() as connection:
            found = connection.execute(rows.order_by(StoredPlanVersion.number)).all()
        return [
            PlanVersion(row.plan_id, row.number, row.author, row.at, row.origin, self._store.text(row.text_hash))
            for row in found
        ]

    def _new_version(self, author: str, text: str, origin: str) -> dict[str, Any]:
        return {
            "author": _name("author", author),
            "at": now(),
            "origin": _name("origin", origin),
            "text_hash": self._store.put_text(_text(text)),
        }

    def _lock(self, connection: Connection, plan_id: int) -> dict[str, Any]:
        """The plan, which nobody else changes until the transaction is over."""
        row = connection.execute(select(StoredPlan).where(StoredPlan.id == plan_id).with_for_update()).first()
        if row is None:
            raise self._unknown(plan_id)
        return row._asdict()

    def _unknown(self, plan_id: int) -> StoreError:
        return StoreError(f"There is no plan {plan_id} in {self._database}.")


def _rows() -> Select[*tuple[Any, ...]]:
    """Every plan with its first version's author and its last version's number and time."""
    latest = aliased(StoredPlanVersion)
    count = select(func.max(latest.number)).where(latest.plan_id == StoredPlan.id).correlate(StoredPlan)
    last = aliased(StoredPlanVersion)
    return (
        select(
            StoredPlan.id,
            StoredPlan.task,
            StoredPlan.domain,
            StoredPlan.title,
            StoredPlan.created_at,
            last.at.label("updated_at"),
            StoredPlanVersion.author,
            last.number.label("versions"),
        )
        .join(StoredPlanVersion, (StoredPlanVersion.plan_id == StoredPlan.id) & (StoredPlanVersion.number == 1))
        .join(last, (last.plan_id == StoredPlan.id) & (last.number == count.scalar_subquery()))
    )


def _name(what: str, value: str) -> str:
    """A name on one line, as a database can hold it."""
    line = " ".join((storable(value) or "").split())
    if not line:
        raise StoreError(f"A plan needs {'an' if what in ('author', 'origin') else 'a'} {what}.")
    if len(line) > MAX_NAME:
        raise StoreError(f"The plan's {what} has {len(line):,} characters; it can have {MAX_NAME}.")
    return line


def _text(text: str) -> str:
    try:
        return tidy(text)
    except ValueError as error:
        raise StoreError(f"This plan cannot be kept: {error}.") from error
