"""A run as the person sees it who acts in it: only what the agent has seen, unless they may look into the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING

from engine.gyms.session import ToolSpec
from engine.trajectory.attendance import Attended, attended
from engine.trajectory.events import PROMPTS, Event, Message, Note, RunStarted, ToolResult, Verdict
from engine.trajectory.headline import result_text
from engine.trajectory.reading import RunRow
from engine.trajectory.steps import StepHead
from eog_tui.call_words import kept_back
from eog_tui.live.waiting import pauses_after_person, person_acts
from eog_tui.workbench.offered import offered_tools
from eog_tui.workbench.seen import Seen

if TYPE_CHECKING:
    from engine.trajectory.store import Store


@dataclass(frozen=True)
class Desk:
    """What lies on the desk at one look."""

    number: int
    """Counts the looks: of two, the one with the higher number knows more."""
    run: RunRow
    started: RunStarted | None
    """None while the gyms are being seeded."""
    tools: Sequence[ToolSpec]
    policy: str
    task: str
    heads: Sequence[StepHead]
    """Steps after the prompts. Without peeking they say nothing about rows and verifiers."""
    notes: Sequence[Note]
    attended: Attended
    used: Mapping[str, int]
    """How often each tool was called, by name."""
    written: int
    """Rows that all calls wrote together."""
    person_acts: bool
    """Whether the run does what a person orders; false while a model acts."""
    pauses: bool
    """Whether an agent that is handed back to waits until someone lets it go on."""
    verdicts: Sequence[Verdict]
    """Empty before the end."""
    taken: str = ""
    """Why this person has to wait: somebody sits at it elsewhere. Empty when nobody does."""

    @property
    def peeks(self) -> bool:
        """Whether the person may read the database beside the tools."""
        return bool(self.started and self.started.peek)

    @property
    def took_over(self) -> bool:
        """Whether there is an agent to hand back to."""
        return self.person_acts and self.run.agent != "human"

    @property
    def seated(self) -> bool:
        """Whether the run does what this person orders; they may pause."""
        return self.run.alive and self.started is not None and self.person_acts and not self.taken

    @property
    def open(self) -> bool:
        """Whether the person can act now."""
        return self.seated and not self.attended.paused

    def tool(self, name: str | None) -> ToolSpec | None:
        """An offered tool by its name."""
        return next((tool for tool in self.tools if tool.name == name), None)


class DeskReader:
    """Looks at one run again and again; a look costs what is new. Call it in threads: looks wait for each other."""

    def __init__(self, store: Store, run_id: int) -> None:
        self.run_id = run_id
        self.seen = Seen()
        """What can be completed into fields; fed by looking."""
        self._store = store
        self._lock = Lock()
        self._started: RunStarted | None = None
        self._tools: tuple[ToolSpec, ...] = ()
        self._heads: list[StepHead] = []
        self._events: dict[int, list[Event]] = {}
        self._looks = 0

    def look(self) -> Desk:
        """The run as it is now.

        Raises:
            StoreError: there is no such run, or the store cannot be read.
        """
        with self._lock:
            if self._started is None and (started := self._store.started(self.run_id)) is not None:
                self._tools, self._started = offered_tools(self._store, started), started
            # The run's own row is read first: if it has ended there, all its steps can be read below.
            run = self._store.run(self.run_id)
            known = max(len(self._heads) - 1, 0)
            self._heads[known:] = self._store.steps(self.run_id, known)
            self._take_events(known)
            return self._desk(run)

    def events(self, step: int) -> Sequence[Event]:
        """What happened in a step, as of the latest look."""
        return self._events.get(step, ())

    def _take_events(self, known: int) -> None:
        if not self._events:
            fresh: dict[int, list[Event]] = {}
            for event in self._store.history(self.run_id):
                fresh.setdefault(event.step, []).append(event)
        else:
            steps = range(known, max(len(self._heads), known + 1))
            fresh = {step: self._store.events(self.run_id, step) for step in steps}
        for step, events in fresh.items():
            for event in events[len(self._events.get(step, ())) :]:
                self._feed(event)
            self._events[step] = events

    def _feed(self, event: Event) -> None:
        match event:
            case Message():
                self.seen.take_text(event.step if event.step >= PROMPTS else 0, event.content)
            case ToolResult():
                self.seen.take_result(event.step, event.tool, result_text(event))
                if self._started is not None and self._started.peek:
                    self.seen.take_changes(event.step, event.changes)

    def _desk(self, run: RunRow) -> Desk:
        events = list(chain.from_iterable(self._events[step] for step in sorted(self._events)))
        said = {event.role: event.content for event in events if isinstance(event, Message) and event.step < PROMPTS}
        heads = self._heads[PROMPTS:]
        peeks = bool(self._started and self._started.peek)
        self._looks += 1
        return Desk(
            number=self._looks,
            run=run,
            started=self._started,
            tools=self._tools,
            policy=said.get("system", ""),
            task=said.get("user", ""),
            heads=heads if peeks else [replace(head, change_line="", writes=0, verifiers=None) for head in heads],
            notes=[event for event in events if isinstance(event, Note)],
            attended=attended(events),
            used=Counter(head.tool for head in heads if head.kind == "call" and head.tool and not kept_back(head)),
            written=sum(head.writes for head in heads),
            person_acts=person_acts(run, events),
            pauses=pauses_after_person(events),
            verdicts=() if run.alive else self._store.verdicts(self.run_id),
        )
