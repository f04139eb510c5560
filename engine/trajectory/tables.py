"""The store's tables.

What happened is in ``event`` and ``change`` and nowhere else. ``run`` and ``step`` repeat its outline, kept up to
date by the recorder in the same transaction, so that lists and timelines open without reading a single body.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

REVISION = "0002"
"""The migration that makes the tables as they are declared here."""

SORTS = (
    "id",
    "task",
    "domain",
    "agent",
    "model",
    "status",
    "verifiers_passed",
    "steps",
    "tokens_in",
    "tokens_out",
    "cost_usd",
    "duration_s",
    "started_at",
    "ended_at",
)
"""What runs can be sorted by; each has an index."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. SQLite keeps no time zone, so it is always UTC there; naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a time zone cannot be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From what the database kept."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Declares the tables."""

    type_annotation_map = {datetime: UtcDateTime, str: Text}  # noqa: RUF012 - SQLAlchemy's own way


class StoredText(Base):
    """A text that many runs share, such as a policy, a seed or a list of tools; kept once."""

    __tablename__ = "text"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of its UTF-8 bytes, hexadecimal."""
    packed: Mapped[bool]
    """Whether ``body`` is compressed with zlib."""
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Experiment(Base):
    """Runs that were launched together."""

    __tablename__ = "experiment"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    settings: Mapped[str]
    created_at: Mapped[datetime]


class Process(Base):
    """A process that runs agents; its runs are interrupted once it is gone."""

    __tablename__ = "process"

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    started: Mapped[str | None]
    seen_at: Mapped[datetime]
    """Its last sign of life."""


class Run(Base):
    """One agent on one task, once."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiment.id"))
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id"))
    task: Mapped[str]
    domain: Mapped[str]
    agent: Mapped[str]
    model: Mapped[str | None]
    gyms: Mapped[str]
    status: Mapped[str]
    verifiers_passed: Mapped[int | None]
    verifiers_total: Mapped[int]
    steps: Mapped[int]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    cost_usd: Mapped[float | None]
    duration_s: Mapped[float | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    """When its latest event happened."""
    ended_at: Mapped[datetime | None]
    task_source: Mapped[str]
    task_hash: Mapped[str] = mapped_column(ForeignKey("text.hash"))
    settings_hash: Mapped[str] = mapped_column(ForeignKey("text.hash"))
    # The long ones stand behind: SQLite moves what does not fit a page out of the way of a scan.
    error: Mapped[str | None]
    answer: Mapped[str]
    parent_id: Mapped[int | None]
    """The run that it was forked from, which may be deleted by now; no other run ever gets its number."""
    parent_step: Mapped[int | None]
    interventions: Mapped[int] = mapped_column(server_default="0")
    """How often a person changed what happened (``events.is_intervention``)."""
    plan: Mapped[str | None]
    """The plan that it was launched with, as ``12 v3`` or a file's name."""
    plan_hash: Mapped[str | None] = mapped_column(ForeignKey("text.hash"))

    __table_args__: Any = (
        # A list sorted by any of these reads only the rows that it shows; equal values keep one order by id.
        *(Index(f"run_by_{name}", name, "id") for name in (*SORTS[1:], "experiment_id")),
        # Free words are looked for in these three, without touching the rows.
        Index("run_words", "task", "agent", "model"),
        Index("run_by_parent", "parent_id"),
        {"sqlite_autoincrement": True},  # the number of a deleted run is never given to another
    )


class Step(Base):
    """The outline of one step: all that a list or timeline shows of it."""

    __tablename__ = "step"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    tool: Mapped[str | None]
    gym: Mapped[str | None]
    title: Mapped[str]
    shape: Mapped[str]
    change_line: Mapped[str]
    ok: Mapped[bool | None]
    writes: Mapped[int]
    retries: Mapped[int]
    started_at: Mapped[datetime]
    duration_s: Mapped[float | None]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    cost_usd: Mapped[float | None]
    size: Mapped[int]
    verifiers: Mapped[str | None]
    """A letter an outcome: p, f or e."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - a run's steps lie side by side


class StoredEvent(Base):
    """One event. What a person would read and search in it is ``text``; ``body`` is the rest as JSON."""

    __tablename__ = "event"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Position in the run, from 0."""
    step: Mapped[int]
    kind: Mapped[str]
    at: Mapped[datetime]
    text_hash: Mapped[str | None] = mapped_column(ForeignKey("text.hash"))
    """Instead of ``text`` for prompts, which runs share."""
    body: Mapped[str]
    text: Mapped[str | None]

    __table_args__ = (Index("event_by_step", "run_id", "step"),)


class StoredChange(Base):
    """One row change that a tool result brought."""

    __tablename__ = "change"

    run_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ord: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Position among the changes of its result, from 0."""
    step: Mapped[int]
    gym: Mapped[str]
    table_name: Mapped[str]
    op: Mapped[str]
    key: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]

    __table_args__: Any = (
        ForeignKeyConstraint(["run_id", "seq"], ["event.run_id", "event.seq"], ondelete="CASCADE"),
        CheckConstraint("op IN ('insert', 'update', 'delete')", name="change_op"),
        {"sqlite_with_rowid": False},
    )


class StoredOrder(Base):
    """What somebody asks of a run that belongs to another process."""

    __tablename__ = "order"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    body: Mapped[str]
    """The order as JSON (``engine.runs.orders``)."""
    taken_at: Mapped[datetime | None]
    """When the run's process took it; None while it waits."""
    refusal: Mapped[str | None]
    """Why it was not carried out; empty when it was, None while nothing is known."""

    __table_args__ = (Index("order_by_run", "run_id", "taken_at"),)


class StoredPlan(Base):
    """A plan for a task; what it says stands in its versions."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]
    """The task's name."""
    domain: Mapped[str]
    title: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__: Any = (
        Index("plan_by_task", "task"),
        {"sqlite_autoincrement": True},  # runs name plans by number
    )


class StoredPlanVersion(Base):
    """What a plan said once. Versions are only ever added."""

    __tablename__ = "plan_version"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1."""
    author: Mapped[str]
    at: Mapped[datetime]
    origin: Mapped[str]
    """Where it is from: ``written``, ``imported``, or ``run 12`` for a draft made of a run."""
    text_hash: Mapped[str] = mapped_column(ForeignKey("text.hash"))
