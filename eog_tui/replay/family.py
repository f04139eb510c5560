"""The runs that were forked from each other, as a tree; and which of a fork's steps are its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.trajectory.events import PROMPTS, Forked
from engine.trajectory.reading import RunRow

if TYPE_CHECKING:
    from engine.trajectory.store import Store


@dataclass(frozen=True)
class Branch:
    """A run among its relatives."""

    run: RunRow
    depth: int
    """0 for the run that all others come from."""
    edited: str = ""
    """What it began with instead of what followed in its parent: message or arguments."""


def inherited(run: RunRow) -> int:
    """How many of a run's first steps are its parent's; the step behind them says that it was forked."""
    # A fork whose prompts were edited began anew: it has no step of its parent, and is recorded as forked at 0.
    return run.parent_step + 1 if run.parent_id is not None and run.parent_step else 0


def origin(run: RunRow) -> str:
    """Where a fork comes from, in words: ``fork of #118 at 6``; empty for a run that is none."""
    return f"fork of #{run.parent_id} at {run.parent_step}" if run.parent_id is not None else ""


def tree(rows: Iterable[RunRow]) -> list[Branch]:
    """Relatives, each with its forks right behind it, oldest first."""
    known = sorted(rows, key=lambda row: row.id)
    ids = {row.id for row in known}
    forks: dict[int | None, list[RunRow]] = {}
    for row in known:
        forks.setdefault(row.parent_id if row.parent_id in ids else None, []).append(row)
    found: list[Branch] = []
    waiting = [Branch(row, 0) for row in reversed(forks.get(None, []))]
    while waiting:
        branch = waiting.pop()
        found.append(branch)
        waiting += [Branch(row, branch.depth + 1) for row in reversed(forks.get(branch.run.id, []))]
    return found


def read_family(store: Store, run_id: int) -> list[Branch]:
    """A run's whole family; off the event loop.

    Raises:
        StoreError: the store cannot be read.
    """
    return [
        Branch(branch.run, branch.depth, _edited(store, branch.run)) if branch.run.parent_id else branch
        for branch in tree(store.family(run_id))
    ]


def _edited(store: Store, run: RunRow) -> str:
    said = (event for event in store.events(run.id, inherited(run) or PROMPTS) if isinstance(event, Forked))
    return next((event.edited or "" for event in said if event.parent == run.parent_id), "")
