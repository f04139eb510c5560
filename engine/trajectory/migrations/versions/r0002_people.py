"""People in the loop: forks, interventions, orders to other processes, plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what runs with people in them need."""
    op.add_column("run", sa.Column("parent_id", sa.Integer()))
    op.add_column("run", sa.Column("parent_step", sa.Integer()))
    op.add_column("run", sa.Column("interventions", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("plan", sa.Text()))
    # In SQL: for a reference Alembic would copy the table, and dropping the old one cascades to every event.
    op.execute("ALTER TABLE run ADD COLUMN plan_hash VARCHAR(64) REFERENCES text (hash)")
    op.create_index("run_by_parent", "run", ["parent_id"])
    op.create_table(
        "order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("order_by_run", "order", ["run_id", "taken_at"])
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("plan_by_task", "plan", ["task"])
    op.create_table(
        "plan_version",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["text_hash"], ["text.hash"]),
        sa.PrimaryKeyConstraint("plan_id", "number"),
    )
