"""A run as Live follows it: a look costs what happened since the last one, however long the run is.

Bodies are never read here. Rows that were written come with the step that wrote them last, the latest first, so that
what happened just now stands on top and the rest need not be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from engine.trajectory.changes import Change
from engine.trajectory.databases import being_seeded
from engine.trajectory.events import Outcome, Plan, Proposal
from engine.trajectory.steps import StepHead
from eog_tui.live.waiting import awaited, pause_ordered, person_acts
from eog_tui.replay.trajectory import Check, Outline, Trajectory
from eog_tui.screens.run_rows import EMBEDDED
from eog_tui.widgets.change_groups import net_changes

if TYPE_CHECKING:
    from engine.trajectory.store import Store


class WrittenRow(NamedTuple):
    """A row of a gym's database that is no longer as it was seeded."""

    step: int
    """Number of the step that wrote it last."""
    change: Change
    """From its seeded values to those it has now."""


class Standing(NamedTuple):
    """How a verifier stands now."""

    check: Check
    outcome: Outcome | None
    """None before it ever ran."""
    since: int | None
    """Number of the step that made it so; None when it always was."""

    @property
    def story(self) -> str:
        """What became of it, in a word or three: ``done at 3``, ``kept``, ``broken at 8``."""
        match self.outcome, self.since:
            case "pass", None:
                return "kept"
            case "pass", step:
                return f"restored at {step}" if self.check.kept else f"done at {step}"
            case "fail", None:
                return "not yet" if self.check.verdict is None else "never done"
            case "fail", step:
                return f"broken at {step}" if self.check.kept else f"undone at {step}"
            case "error", _:
                return "cannot run"
        return "not checked"


@dataclass(frozen=True)
class Sight:
    """What one look found."""

    outline: Outline
    standings: tuple[Standing, ...]
    """One a verifier, in the task's order."""
    rows: Sequence[WrittenRow]
    """The latest written first."""
    waits: Proposal | Plan | None = None
    """The call or plan that waits for a person's word."""
    pauses: bool = False
    """Whether somebody asked the run, while it waits for the word, to pause after it."""
    person_acts: bool = False
    """Whether the run does what a person orders, and no agent is at work."""
    seeding: str = ""
    """Address of the server that makes the run's database at this moment."""

    @property
    def hides_verifiers(self) -> bool:
        """Whether who watches may not see how the verifiers stand: a person judges calls or acts, without peek."""
        started = self.outline.started
        return self.outline.run.alive and started is not None and started.peek is False


class Following:
    """Looks at one run again and again, from any thread; looks that would overlap wait for each other."""

    def __init__(self, store: Store, run_id: int) -> None:
        self.run_id = run_id
        self._store = store
        self._trajectory = Trajectory(store, run_id)
        self._rows: dict[tuple[str, str, str], WrittenRow] = {}
        self._rows_until = -1
        self._outcomes: tuple[Outcome, ...] = ()
        self._since: list[int | None] = []
        self._judged = 0
        self._lock = Lock()

    def look(self) -> Sight:
        """The run as it is now.

        Raises:
            StoreError: there is no such run, or the store cannot be read.
        """
        with self._lock:
            outline = self._trajectory.outline()
            self._judge(outline)
            self._add_rows(outline.heads)
            unknown = (None,) * len(outline.checks)
            standings = zip(outline.checks, self._outcomes or unknown, self._since or unknown, strict=False)
            told = tuple(Standing(*each) for each in standings)
            # Who waits is asked what for; who goes on costs nothing here.
            waits = awaited(self._store, outline.run)
            pauses = waits is not None and pause_ordered(self._store, outline.run)
            reached_in = self._store.interventions(self.run_id) if outline.run.interventions else ()
            acts = person_acts(outline.run, reached_in)
            return Sight(
                outline, told, list(reversed(self._rows.values())), waits, pauses, acts, self._seeding(outline)
            )

    def _seeding(self, outline: Outline) -> str:
        if outline.run.status != "queued" or outline.run.gyms == EMBEDDED:
            return ""
        asked_for = being_seeded(self._store, [self.run_id]).get(self.run_id)
        return asked_for.where if asked_for is not None else ""

    def _judge(self, outline: Outline) -> None:
        if not self._outcomes and outline.started is not None:
            self._outcomes = outline.started.untouched
            self._since = [None] * len(self._outcomes)
        for head in outline.heads[self._judged :]:
            if head.verifiers is None:
                continue
            for place, (before, after) in enumerate(zip(self._outcomes, head.verifiers, strict=False)):
                if before != after:
                    self._since[place] = head.number
            self._outcomes = head.verifiers
        # The latest step may yet get its result, or the verdicts.
        self._judged = max(len(outline.heads) - 1, 0)

    def _add_rows(self, heads: Sequence[StepHead]) -> None:
        if any(head.writes for head in heads[self._rows_until + 1 :]):
            # All rows that a step wrote are committed together, so a step that has some has all of them.
            for step, change in self._store.changes(self.run_id, self._rows_until + 1):
                self._write(step, change)
                self._rows_until = step
        # The latest step may yet write.
        self._rows_until = max(self._rows_until, len(heads) - 2)

    def _write(self, step: int, change: Change) -> None:
        place = (change.gym, change.table, repr(dict(change.key)))
        earlier = self._rows.pop(place, None)
        for net in net_changes([earlier.change, change] if earlier else [change]):
            self._rows[place] = WrittenRow(step, net)
