"""Screens that hold every widget, filled with what a test gives: calm content for pictures, hostile for the pty."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from engine.trajectory.changes import Change
from engine.trajectory.steps import StepHead
from eog_tui.actions import bindings
from eog_tui.answers import Answer
from eog_tui.app import EogApp
from eog_tui.glyphs import STATUS
from eog_tui.screens.base import Command, EogScreen
from eog_tui.widgets.change_view import ChangeView
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.panes import Pane, Panes
from eog_tui.widgets.result_view import ResultView
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand
from eog_tui.widgets.step_list import StepList
from eog_tui.widgets.text_view import TextView
from eog_tui.widgets.timeline import Timeline

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass
class FakeStore:
    """As much of a store as the app and the base screen ask for."""

    number: int = 0

    def revision(self) -> int:
        return self.number

    def runs(self, *_: object, **__: object) -> list[object]:
        return []

    def mark_interrupted(self) -> list[int]:
        return []


@dataclass
class FakeEngine:
    running: list[int] = field(default_factory=list)

    def alive(self) -> list[int]:
        return self.running

    def going(self) -> list[int]:
        return self.running


@dataclass(frozen=True)
class Record:
    id: int
    status: str
    task: str
    agent: str
    steps: int
    cost: str


COLUMNS = (
    Column("status", "status", 13, 9, keep=9),
    Column("task", "task", 30, 12, grows=True, keep=8),
    Column("agent", "agent", 20, 8, keep=5),
    Column("steps", "steps", 6, 5, right=True, keep=4),
    Column("cost", "cost", 7, 6, right=True, keep=3),
)


def cells(record: Record) -> list[Cell]:
    status = STATUS[record.status]
    return [
        Cell(str(status), status.tone),
        Cell(record.task),
        Cell(record.agent, "dim"),
        Cell(str(record.steps)),
        Cell(record.cost),
    ]


def table(**options: Any) -> RowTable[Record]:
    return RowTable(COLUMNS, cells, lambda record: record.id, **options)


def source(records: Sequence[Record]) -> RowsAtHand[Record]:
    return RowsAtHand(records, lambda record: record.id)


def records(count: int) -> list[Record]:
    statuses = list(STATUS)
    tasks = ["INC0000003 printer impact", "Reassign the Stark case", "Change request without CAB", "Retire a server"]
    return [
        Record(n, statuses[n % len(statuses)], tasks[n % 4], "react · gpt-5-mini", n % 17, f"${n % 40 / 100:.2f}")
        for n in range(count)
    ]


def head(number: int, kind: str = "call", title: str = "", **fields: Any) -> StepHead:
    return StepHead(1, number, kind, title or f"find_incident INC_{number:03}", NOON, **fields)  # type: ignore[arg-type]


def story(title: str = "", shape: str = "1 incident · INC_003 · 640 B") -> list[StepHead]:
    """A short run: two prompts, a reading and a writing call, an error, a call under way."""
    return [
        head(0, "system", title or "You are an agent of the service desk.", ok=True),
        head(1, "user", title or "An update came in from the caller: the printer is on fire.", ok=True),
        head(2, "say", title or "I need the incident first.", ok=True),
        head(3, title=title or "find_incident_by_number INC0000003", ok=True, shape=shape),
        head(
            4,
            title=title or "update_incident INC_003 impact=high",
            ok=True,
            writes=1,
            shape=shape,
            change_line=title or "incident INC_003 · impact medium → high",
            verifiers=("pass", "fail"),
        ),
        head(5, title=title or "link_sla INC_003", ok=False, shape=title or "error: NOT_FOUND SLA not found"),
        head(6, title=title or "find_sla_definitions applies_to=high", gym="gym-itsm-mcp"),
    ]


def changes(value: str = "high") -> list[Change]:
    gym = "gym-itsm-mcp"
    return [
        Change(
            gym=gym,
            table="incident",
            op="update",
            key={"incident_id": "INC_003"},
            before={"impact": "medium", "updated_at": "2026-01-01 12:00:00"},
            after={"impact": value, "updated_at": "2026-01-02 09:30:00"},
        ),
        Change(
            gym=gym,
            table="incident_sla",
            op="insert",
            key={"sla_id": "SLA_9"},
            after={"sla_id": "SLA_9", "stage": value, "notes": None},
        ),
        Change(gym=gym, table="task", op="delete", key={"task_id": 4}, before={"task_id": 4, "title": value}),
    ]


LONG = "A caller reports that the printer on the third floor prints nothing but the word help, again and again."
RESULT = json.dumps(
    {
        "incidents": [
            {"incident_id": f"INC_{n:03}", "impact": "high", "open": True, "short_description": LONG[: 20 + n]}
            for n in range(14)
        ]
    }
)


class ListScreen(EogScreen[None]):
    """A table under a filter."""

    MAIN = "RowTable"
    BINDINGS = bindings("runs")

    def __init__(self, rows: Sequence[Record] = (), empty: str = "No runs yet.") -> None:
        super().__init__()
        self._rows, self._empty = rows, empty

    def compose(self) -> ComposeResult:
        yield table(empty=self._empty)
        yield FilterBar("filter: words, status:failed")
        yield KeyFooter()

    def on_mount(self) -> None:
        self.query_one(RowTable).show(source(self._rows))

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        kept = [row for row in self._rows if event.value in row.task]
        self.query_one(RowTable).show(source(kept))
        event.bar.note = f"{len(kept)} of {len(self._rows)} shown"

    def commands(self) -> list[Command]:
        return [Command(row.task, row.agent, lambda: None) for row in self._rows[:3]]

    def action_launch(self) -> None:
        self.eog.toast(self._rows[0].task if self._rows else "launch")

    def action_stop(self) -> None:
        task = self._rows[0].task
        self.eog.ask(task, [Answer(("x",), "stop", "")], lambda _: self.eog.toast("stopped"), detail=task)


class PanesScreen(EogScreen[None]):
    """Timeline, steps, changes, a text and a result."""

    MAIN = "StepList"

    def __init__(
        self,
        heads: Sequence[StepHead],
        row_changes: Sequence[Change],
        text: str,
        result: str,
        shape: str = "14 incidents · 3.2 kB",
        verifiers: Sequence[str] = ("the printer is fixed", "nothing else changed"),
    ) -> None:
        super().__init__()
        self._content = heads, row_changes, text, result, shape, verifiers

    def compose(self) -> ComposeResult:
        title = self._content[0][0].title
        yield Timeline()
        yield Panes(
            Pane("steps", StepList()),
            Pane(
                title[:20],
                Panes(
                    Pane("changes", ChangeView()),
                    Pane("text", TextView()),
                    Pane("json", TextView(id="json")),
                    tabs=True,
                ),
            ),
        )
        yield Pane("result", ResultView())
        yield KeyFooter()

    def on_mount(self) -> None:
        super().on_mount()
        heads, row_changes, text, result, shape, verifiers = self._content
        timeline = self.query_one(Timeline)
        timeline.show(heads, verifiers, ("fail", "pass"))
        timeline.position = 4
        self.query_one(StepList).show(heads, select=4)
        self.query_one(ChangeView).show(row_changes)
        self.query(TextView).exclude("#json").first(TextView).show(text)
        self.query_one("#json", TextView).show(result, is_json=True)
        self.query_one(ResultView).show(result, shape)


def app(start: Callable[[], Screen[Any]], **options: Any) -> EogApp:
    return EogApp(FakeStore(), FakeEngine(), start=start, **options)  # type: ignore[arg-type]


def calm_list() -> EogApp:
    return app(lambda: ListScreen(records(40)))


def calm_panes() -> EogApp:
    return app(lambda: PanesScreen(story(), changes(), LONG * 3, RESULT))


def hostile_list() -> EogApp:
    from .pty_corpus import HOSTILE

    rows = [Record(n, "failed", HOSTILE, HOSTILE, n, HOSTILE) for n in range(40)]
    return app(lambda: ListScreen(rows))


def hostile_empty() -> EogApp:
    from .pty_corpus import HOSTILE

    return app(lambda: ListScreen([], empty=HOSTILE))


def hostile_panes() -> EogApp:
    from .pty_corpus import HOSTILE

    rows = [{HOSTILE: HOSTILE, "id": n} for n in range(3)]
    result = json.dumps(rows, ensure_ascii=False)
    text = f"{HOSTILE}\n{HOSTILE}\n"
    return app(
        lambda: PanesScreen(
            story(HOSTILE, HOSTILE), hostile_changes(HOSTILE), text, result, HOSTILE, (HOSTILE, HOSTILE)
        )
    )


def hostile_changes(value: str) -> list[Change]:
    return [change.model_copy(update={"gym": f"gym {n} {value}"}) for n, change in enumerate(changes(value))]


def unguarded() -> App[None]:
    """An app without our walls: what the harness must find."""
    from .pty_corpus import HOSTILE

    class Unguarded(App[None]):
        def compose(self) -> ComposeResult:
            yield Static(HOSTILE, markup=False)

    return Unguarded()
