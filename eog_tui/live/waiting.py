"""What a run waits for a person's word about, what waits behind it, and when the bell rings for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from engine.runs.orders import Answer, ApproveCall, Reject, TakeOver
from engine.trajectory.events import Event, Intervention, Message, Note, Plan, Proposal, RunStarted
from engine.trajectory.headline import title
from engine.trajectory.query import RunQuery
from engine.trajectory.reading import RunRow

if TYPE_CHECKING:
    from engine.trajectory.store import Store

MOST = 100
"""Waiting runs that are looked at."""
_FAR_BACK = 64
"""Steps that are looked through for the message that asked for a call: as many as one message asks for, and more."""


@dataclass(frozen=True)
class Word:
    """What a person decided."""

    order: ApproveCall | Reject | Answer | TakeOver
    allow: str = ""
    """The tool that runs unasked from here on."""
    keep: bool = False
    """Whether it does so in later launches, too."""


@dataclass(frozen=True)
class Asked:
    """A call that waits, and what is needed to judge it."""

    run_id: int
    proposal: Proposal
    started: RunStarted | None
    verifiers: Sequence[str]
    """Names, in the task's order."""


def awaited(store: Store, run: RunRow) -> Proposal | Plan | None:
    """The call or plan that waits for a word; None where none does: the run goes on, or a person acts in it.

    Raises:
        StoreError: the store cannot be read.
    """
    if run.status != "waiting" or not run.steps:
        return None
    for event in reversed(store.events(run.id, run.steps - 1)):
        match event:
            case Intervention(action="pause" | "resume" | "step" | "supervise") | Note():
                pass  # ordered while it waits
            case Proposal() | Plan(waits=True):
                return event
            case _:
                return None
    return None


def pause_ordered(store: Store, run: RunRow) -> bool:
    """Whether a pause was ordered since a run began to wait for a word, and not taken back.

    Raises:
        StoreError: the store cannot be read.
    """
    for event in reversed(store.events(run.id, run.steps - 1)):
        if isinstance(event, Intervention) and event.action in ("pause", "resume", "step"):
            return event.action != "resume"
    return False


def pauses_after_person(events: Iterable[Event]) -> bool:
    """Whether an agent waits once the person who took over hands back.

    It does where a pause was ordered while its call waited for a word. A pause that held it up already ended when the
    person took over, and one in which they acted was theirs.
    """
    asked = ordered = waits = False
    for event in events:
        match event:
            case Proposal() | Plan(waits=True):
                asked, ordered = True, False
            case Intervention(action="pause" | "resume" | "step"):
                ordered = asked and event.action == "pause"
            case Intervention(action="take_over"):
                waits, asked = asked and ordered, False
            case Intervention(action="supervise") | Note():
                pass
            case _:
                asked = False
    return waits


def person_acts(run: RunRow, events: Iterable[Event]) -> bool:
    """Whether a living run does what a person orders: it is theirs, or one who took over has not handed back.

    Of its events only the interventions matter, and what a fork has from its parent does not.
    """
    acts, own = run.agent == "human", -1 if run.parent_step is None else run.parent_step
    for event in events:
        if isinstance(event, Intervention) and event.action in ("take_over", "hand_back") and event.step > own:
            acts = event.action == "take_over"
    return run.alive and acts


def waits_for(run: RunRow, asked: Proposal | Plan | None) -> str:
    """What a waiting run waits for, in words."""
    match asked:
        case Proposal():
            return f"waits for a word: {title(asked)}"
        case Plan():
            return "waits for a word about its plan"
    return "waits for its person" if run.agent == "human" else "waits for the person who took over"


def behind(store: Store, run: RunRow, proposal: Proposal) -> str:
    """What waits beside a proposed call, in words: the calls of the same message, and the experiment's other runs.

    Raises:
        StoreError: the store cannot be read.
    """
    said = []
    for step in range(proposal.step, max(proposal.step - _FAR_BACK, 0), -1):
        messages = [event for event in store.events(run.id, step) if isinstance(event, Message) and event.calls]
        if messages:
            ids = [call.id for call in messages[-1].calls]
            if len(ids) > 1 and proposal.call_id in ids:
                said.append(f"call {ids.index(proposal.call_id) + 1} of {len(ids)}")
            break
    if run.experiment_id is not None:
        query = RunQuery(filters={"experiment": str(run.experiment_id), "status": "waiting"})
        others = store.count(query) - (run.status == "waiting")
        if others > 0:
            said.append(f"{others} more {'run waits' if others == 1 else 'runs wait'}")
    return " · ".join(said)


class Waits:
    """Remembers which waits were noticed, so that each rings once."""

    def __init__(self) -> None:
        self._known: set[tuple[int, int]] | None = None
        self._revision: int | None = None
        self._lock = Lock()

    def new(self, store: Store) -> list[RunRow]:
        """Runs that have begun to wait for a word since the last look; at the first look none is new.

        While nothing is written, a look costs next to nothing.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._lock:
            revision = store.revision()
            if revision == self._revision:
                return []
            rows = store.runs(RunQuery(filters={"status": "waiting"}), limit=MOST)
            waits = {(row.id, row.steps): row for row in rows}
            known, self._known, self._revision = self._known, set(waits), revision
        if known is None:
            return []
        return [row for wait, row in waits.items() if wait not in known and awaited(store, row) is not None]
