"""Runs as a table shows them: its columns, a run's cells, and the store as a source of rows."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

from engine.trajectory.events import RunStarted
from engine.trajectory.store import RunQuery, RunRow, Store
from eog_tui.figures import NOTHING, ago, amount, duration, money
from eog_tui.glyphs import STATUS
from eog_tui.widgets.rows import Cell, Column

COLUMNS = (
    Column("status", "status", 13, at_least=13, keep=9),
    Column("task", "task", 40, at_least=22, grows=True, keep=8),
    Column("agent", "agent", 24, at_least=13, keep=5),
    Column("verifiers_passed", "verif", 6, at_least=6, right=True, keep=7),
    Column("steps", "steps", 6, at_least=6, right=True, keep=4),
    Column("tokens_in", "tokens", 7, at_least=7, right=True, keep=1),
    Column("cost_usd", "cost", 7, at_least=6, right=True, keep=3),
    Column("duration_s", "time", 6, at_least=6, right=True, keep=2),
    Column("id", "when", 5, at_least=5, right=True, keep=6),
)
"""Each is wide enough for its head and an arrow. Keys are names of ``RunQuery`` sorts; runs are numbered as they are
launched, so ``when`` sorts by number."""


EMBEDDED = "embedded"
"""What is recorded of gyms in this process."""


def cells(row: RunRow, now: datetime) -> list[Cell]:
    """A run's cells, one a column of ``COLUMNS``."""
    status = STATUS[row.status]
    return [
        Cell(str(status), status.tone),
        Cell(row.task),
        Cell(agent(row)),
        Cell(NOTHING if row.verifiers_passed is None else f"{row.verifiers_passed}/{row.verifiers_total}"),
        Cell(str(row.steps)),
        Cell(amount(row.tokens_in + row.tokens_out)),
        Cell(money(row.cost_usd)),
        Cell(duration(row.duration_s)),
        Cell(ago(row.started_at or row.created_at, now), "dim"),
    ]


def agent(row: RunRow) -> str:
    """Who acts, and with which model; of a model's path only the name, which is what tells it from others."""
    return f"{row.agent} · {row.model.rpartition('/')[2]}" if row.model else row.agent


def gyms(row: RunRow, started: RunStarted | None) -> str:
    """Where its gyms live: ``embedded``, or such as ``remote at http://localhost:8006`` once it has begun."""
    addresses = dict.fromkeys(gym.where for gym in started.gyms if gym.where != EMBEDDED) if started else {}
    return f"{row.gyms} at {', '.join(addresses)}" if addresses else row.gyms


class StoredRuns:
    """The runs of a query, straight from the store."""

    at_hand = False

    def __init__(self, store: Store, query: RunQuery) -> None:
        self.query = query
        self._store = store

    def count(self) -> int:
        """How many runs there are."""
        return self._store.count(self.query)

    def rows(self, offset: int, limit: int) -> list[RunRow]:
        """One page of runs."""
        return self._store.runs(self.query, offset, limit)

    def find(self, row_id: Hashable) -> int | None:
        """The place of a run."""
        return self._store.place(int(str(row_id)), self.query)
