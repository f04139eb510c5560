"""Runs as a table shows them: its columns, a run's cells, and the store as a source of rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime

from engine.trajectory.events import RunStarted
from engine.trajectory.store import RunQuery, RunRow, Store
from eog_tui.figures import ago, amount, duration, money, verified
from eog_tui.glyphs import STATUS
from eog_tui.replay.family import origin, tree
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


def cells(row: RunRow, now: datetime, *, wide: bool = True) -> list[Cell]:
    """A run's cells, one a column of ``COLUMNS``; ``wide``: whether there is room for more than the task's name."""
    status = STATUS[row.status]
    return [
        Cell(str(status), status.tone),
        _task(row, wide=wide),
        Cell(agent(row)),
        Cell(verified(row)),
        Cell(str(row.steps)),
        Cell(amount(row.tokens_in + row.tokens_out)),
        Cell(money(row.cost_usd)),
        Cell(duration(row.duration_s)),
        Cell(ago(row.started_at or row.created_at, now), "dim"),
    ]


def _task(row: RunRow, *, wide: bool) -> Cell:
    """The task, and how many forks it has; beneath its parent a fork says where it is from instead."""
    listed = row if isinstance(row, ListedRun) else None
    if listed is not None and listed.depth:
        return Cell(f"{'  ' * (listed.depth - 1)}└ #{row.id} fork at {row.parent_step}")
    if listed is not None and listed.forks:
        more = f"{'▾' if listed.unfolded else '▸'} +{listed.forks}"
        if not wide:  # there is no room for a word behind the name
            return Cell(f"{more} {row.task}")
        return Cell(f"{row.task}  {more} {'fork' if listed.forks == 1 else 'forks'}")
    if row.parent_id is not None:
        return Cell(f"{row.task}  └ {origin(row)}" if wide else f"└ of #{row.parent_id} {row.task}")
    return Cell(row.task)


def agent(row: RunRow) -> str:
    """Who acts, and with which model; of a model's path only the name, which is what tells it from others."""
    return f"{row.agent} · {row.model.rpartition('/')[2]}" if row.model else row.agent


def gyms(row: RunRow, started: RunStarted | None) -> str:
    """Where its gyms live: ``embedded``, or such as ``remote at http://localhost:8006`` once it has begun."""
    addresses = dict.fromkeys(gym.where for gym in started.gyms if gym.where != EMBEDDED) if started else {}
    return f"{row.gyms} at {', '.join(addresses)}" if addresses else row.gyms


@dataclass(frozen=True, slots=True)
class ListedRun(RunRow):
    """A run in the list, where forks are folded under their parent."""

    forks: int = 0
    """How many are forked from it, forks of forks included."""
    depth: int = 0
    """0 for a run that stands by itself, 1 for a fork beneath its parent."""
    unfolded: bool = False


class StoredRuns:
    """The runs of a query, straight from the store.

    Who filters nothing sees forks folded under their parents, but for those that were unfolded; a filter finds forks
    wherever they are, so there the list is flat. The unfolded are few: they are read whole and put between the pages.
    """

    at_hand = False

    def __init__(self, store: Store, query: RunQuery, unfolded: Iterable[int] = ()) -> None:
        folds = not query.text and not any(query.filters.values())
        self.query = replace(query, folded=folds)
        self._store = store
        self._unfolded = frozenset(unfolded) if folds else frozenset[int]()
        self._between: list[tuple[int, list[ListedRun]]] = []
        """Forks that are shown, in the list's order: how many parents stand before them, and themselves."""

    def count(self) -> int:
        """How many rows there are."""
        between = []
        for root in self._unfolded:
            place = self._store.place(root, self.query)
            if place is not None:
                listed = [_listed(branch.run, depth=branch.depth) for branch in tree(self._store.family(root))]
                between.append((place + 1, [run for run in listed if run.depth]))
        self._between = sorted(between, key=lambda each: each[0])
        return self._store.count(self.query) + sum(len(forks) for _, forks in self._between)

    def rows(self, offset: int, limit: int) -> list[RunRow]:
        """One page of rows."""
        found: list[RunRow] = []
        end = offset + limit
        at = taken = 0  # rows of the list, and parents among them, before the part at hand
        for before, forks in (*self._between, (None, [])):
            size = max(end - at, 0) if before is None else before - taken
            first, last = max(offset - at, 0), min(end - at, size)
            found += self._parents(taken + first, last - first) if first < last else []
            at, taken = at + size, taken + size
            found += forks[max(offset - at, 0) : max(end - at, 0)]
            at += len(forks)
        return found

    def _parents(self, offset: int, limit: int) -> list[RunRow]:
        rows = self._store.runs(self.query, offset, limit)
        forks = self._store.fork_counts([row.id for row in rows]) if self.query.folded else {}
        return [
            _listed(row, forks=forks[row.id], unfolded=row.id in self._unfolded) if row.id in forks else row
            for row in rows
        ]

    def find(self, row_id: Hashable) -> int | None:
        """The place of a run; of one that is folded away, that of the run it is folded under."""
        run_id, below = int(str(row_id)), 0
        place = self._store.place(run_id, self.query)
        if place is None and self.query.folded and (family := tree(self._store.family(run_id))):
            root = family[0].run.id
            place = self._store.place(root, self.query)
            if root in self._unfolded:
                below = [branch.run.id for branch in family].index(run_id)
        if place is None:
            return None
        return place + below + sum(len(forks) for before, forks in self._between if before <= place)


def _listed(row: RunRow, *, forks: int = 0, depth: int = 0, unfolded: bool = False) -> ListedRun:
    own = {field.name: getattr(row, field.name) for field in fields(RunRow)}
    return ListedRun(**own, forks=forks, depth=depth, unfolded=unfolded)
