"""One run as Replay goes through it: the outline of every step at hand, bodies fetched as someone looks.

Opening costs an outline a step, whatever the texts weigh; a live run is followed by reading only what moved.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from engine.tasks.models import Verifier
from engine.trajectory.changes import Change
from engine.trajectory.events import Event, Outcome, RunStarted, Verdict
from engine.trajectory.reading import RunRow
from engine.trajectory.steps import StepHead
from eog_tui.glyphs import OUTCOME, Tone
from eog_tui.widgets.change_groups import net_changes

if TYPE_CHECKING:
    from engine.trajectory.store import Store

_KEPT_STEPS = 32
"""Steps whose events stay at hand: enough to walk to and fro, little enough for steps of megabytes."""


@dataclass(frozen=True, slots=True)
class Check:
    """A verifier, as far as the run has got with it."""

    index: int
    """Position in the task's list, from 0."""
    name: str
    type: str
    description: str
    gym: str | None
    query: str | None
    comparison: str | None
    expected: Any
    untouched: Outcome | None
    """Its outcome on the untouched seed; None before the run began."""
    verdict: Verdict | None = None
    """What it found in the end; None before that."""

    @property
    def kept(self) -> bool:
        """Whether it passes with nothing done, and so only guards what must be kept."""
        return self.untouched == "pass"


@dataclass(frozen=True)
class Outline:
    """All of a run but its texts, at one moment."""

    run: RunRow
    started: RunStarted | None
    """None before the run began."""
    heads: tuple[StepHead, ...]
    checks: tuple[Check, ...]
    outcomes: tuple[tuple[Outcome, ...], ...]
    """Of every verifier after every step; empty tuples where they never ran."""

    @property
    def last(self) -> int:
        """Number of the latest step; -1 before the first."""
        return len(self.heads) - 1

    def turns(self, check: int) -> list[tuple[int, Outcome]]:
        """Where a verifier's outcome became another one: number of the step, and what it became."""
        found = []
        before = self.checks[check].untouched
        for step, outcomes in enumerate(self.outcomes):
            if outcomes and outcomes[check] != before:
                before = outcomes[check]
                found.append((step, before))
        return found

    def story(self, check: int) -> tuple[str, Tone]:
        """What became of a verifier, in a few words, and what that means: ``broken at 8``."""
        turns = self.turns(check)
        if turns:
            good = "restored" if self.checks[check].kept else "done"
            words = {"pass": good, "fail": "broken", "error": "cannot run"}
            shown = [f"{words[outcome]} at {step}" for step, outcome in turns[-2:]]
            return ("… " if len(turns) > 2 else "") + ", ".join(shown), OUTCOME[turns[-1][1]].tone
        match self.checks[check].untouched:
            case "pass":
                return "kept", "dim"
            case "fail":
                return ("not done yet", "dim") if self.run.alive else ("never done", "fail")
            case "error":
                return "cannot run", "error"
        return "not checked", "dim"

    def next_write(self, step: int, by: int) -> int | None:
        """The nearest step after (``by`` 1) or before (-1) ``step`` that wrote; None when there is none."""
        return _nearest(self.writes, step, by)

    def next_turn(self, step: int, by: int) -> int | None:
        """The nearest step after or before ``step`` at which a verifier's outcome became another one."""
        return _nearest(self.turning, step, by)

    @cached_property
    def writes(self) -> list[int]:
        """Numbers of the steps that wrote."""
        return [head.number for head in self.heads if head.writes]

    @cached_property
    def turning(self) -> list[int]:
        """Numbers of the steps at which a verifier's outcome became another one."""
        return sorted({step for check in self.checks for step, _ in self.turns(check.index)})


class Trajectory:
    """Reads one run for Replay. Every method may be called from any thread; all of them read the store."""

    def __init__(self, store: Store, run_id: int) -> None:
        self.run_id = run_id
        self._store = store
        self._lock = Lock()
        self._outline: Outline | None = None
        self._events: OrderedDict[Hashable, list[Event]] = OrderedDict()
        self._changes: list[tuple[int, Change]] = []
        self._changes_until = -1
        self._net: list[Change] = []
        self._net_of = 0

    def outline(self) -> Outline:
        """The run as it is now; of one that was read before only the steps that may have moved are read.

        Raises:
            StoreError: there is no such run, or the store cannot be read.
        """
        with self._lock:
            run = self._store.run(self.run_id)
            old = self._outline
            started = (old and old.started) or self._store.started(self.run_id)
            # All but the latest step are over; that one may have got its result or its verdicts meanwhile.
            settled = old.heads[:-1] if old is not None else ()
            heads = settled + tuple(self._store.steps(self.run_id, since=len(settled)))
            checks = self._checks(old, run, started)
            known = old.outcomes[: len(settled)] if old is not None else ()
            self._outline = Outline(run, started, heads, checks, _outcomes(known, started, heads))
            return self._outline

    def events(self, step: int) -> list[Event]:
        """Everything that happened in a step, in order.

        Raises:
            StoreError: the store cannot be read.
        """
        outline = self._outline or self.outline()
        head = outline.heads[step] if step <= outline.last else None
        # A step that goes on has another outline, a run that goes on another status or another latest step.
        key = (head, outline.run.status, step == outline.last)
        with self._lock:
            if key in self._events:
                self._events.move_to_end(key)
                return self._events[key]
        events = self._store.events(self.run_id, step)
        with self._lock:
            self._events[key] = events
            while len(self._events) > _KEPT_STEPS:
                self._events.popitem(last=False)
        return events

    def changes_so_far(self, step: int) -> list[Change]:
        """What the steps up to and with ``step`` made of the seed: one change a row, from its first to its last value.

        Raises:
            StoreError: the store cannot be read.
        """
        outline = self._outline or self.outline()
        # The latest step of a live run may yet write, so it is not kept.
        settled = min(step, outline.last - 1) if outline.run.alive else step
        with self._lock:
            if settled > self._changes_until:
                self._changes += self._store.changes(self.run_id, self._changes_until + 1, settled)
                self._changes_until = settled
            end = bisect_right(self._changes, settled, key=lambda found: found[0])
            known = self._net if self._net_of <= end else []
            new = self._changes[self._net_of if known else 0 : end]
            self._net, self._net_of = net_changes([*known, *(change for _, change in new)]), end
            net = self._net
        if settled < step:
            latest = self._store.changes(self.run_id, settled + 1, step)
            net = net_changes([*net, *(change for _, change in latest)])
        return net

    def search(self, text: str) -> list[int]:
        """Numbers of the steps that hold a phrase.

        Raises:
            StoreError: the phrase is too long, or the store cannot be read.
        """
        return self._store.search(self.run_id, text)

    def text(self, digest: str) -> str:
        """A shared text, such as the list of offered tools.

        Raises:
            StoreError: the store does not have it.
        """
        return self._store.text(digest)

    def _checks(self, old: Outline | None, run: RunRow, started: RunStarted | None) -> tuple[Check, ...]:
        untouched = started.untouched if started else ()
        if old is not None and old.run.status == run.status and len(old.checks) == run.verifiers_total:
            checks = old.checks
        else:
            verifiers = self._store.task(self.run_id).verifiers
            verdicts = {verdict.index: verdict for verdict in self._store.verdicts(self.run_id)}
            checks = tuple(_check(index, each, verdicts.get(index)) for index, each in enumerate(verifiers))
        return tuple(
            replace(check, untouched=untouched[check.index] if check.index < len(untouched) else None)
            for check in checks
        )


def _nearest(numbers: Sequence[int], step: int, by: int) -> int | None:
    """The nearest of ascending ``numbers`` after or before ``step``."""
    at = bisect_right(numbers, step) if by > 0 else bisect_left(numbers, step) - 1
    return numbers[at] if 0 <= at < len(numbers) else None


def _check(index: int, verifier: Verifier, verdict: Verdict | None) -> Check:
    config = verifier.validation_config
    return Check(
        index=index,
        name=verifier.name or verifier.description or f"verifier {index + 1}",
        type=verifier.verifier_type,
        description=verifier.description,
        gym=verifier.gym_name,
        query=verdict.query if verdict and verdict.query else config.get("query"),
        comparison=verdict.comparison if verdict and verdict.comparison else config.get("comparison_type"),
        expected=verdict.expected if verdict else config.get("expected_value"),
        untouched=None,
        verdict=verdict,
    )


def _outcomes(
    known: tuple[tuple[Outcome, ...], ...], started: RunStarted | None, heads: Sequence[StepHead]
) -> tuple[tuple[Outcome, ...], ...]:
    """Outcomes after every step: a step that wrote nothing leaves them as they were."""
    found = list(known)
    latest = found[-1] if found else started.untouched if started else ()
    for head in heads[len(found) :]:
        latest = latest if head.verifiers is None else head.verifiers
        found.append(latest)
    return tuple(found)
