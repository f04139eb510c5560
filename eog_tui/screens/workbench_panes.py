"""The Workbench's panes: what is asked, what was done, the tool in hand with its result, what was seen."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.widget import Widget

from engine.trajectory.events import Event, ToolResult
from engine.trajectory.headline import result_text
from engine.trajectory.steps import StepHead
from eog_tui.glyphs import Tone
from eog_tui.transcript import step_lines
from eog_tui.widgets.call_line import CallLine
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.panes import Pane, Panes
from eog_tui.widgets.piece_lines import PieceLines, Pieces
from eog_tui.widgets.prose_view import ProseView
from eog_tui.widgets.result_view import ResultView
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand
from eog_tui.widgets.step_list import KIND_WORDS
from eog_tui.widgets.text_view import TextView
from eog_tui.widgets.tool_form import ToolForm
from eog_tui.workbench.desk import Desk
from eog_tui.workbench.seen import Seen, Thing
from eog_tui.workbench.telling import notes_text, result_title, step_words

NO_TOOL: list[list[tuple[str, Tone]]] = [
    [("t", "accent"), ("  choose a tool and fill in its form; ctrl+j sends it", "")],
    [(";", "accent"), ("  or type the call as a line", "")],
    [("d", "accent"), ("  give the answer once all is done", "")],
    [("F", "accent"), ("  refuse, if it cannot or must not be done", "")],
]

_HISTORY = (
    Column("number", "", 3, 2, right=True, keep=9, sorts=False),
    Column("call", "call", 20, 12, grows=True, keep=8, sorts=False),
    Column("result", "came back", 18, 10, grows=True, keep=7, sorts=False),
)
_THINGS = (
    Column("noun", "what", 9, 5, keep=7, sorts=False),
    Column("value", "value", 10, 8, keep=9, sorts=False),
    Column("label", "is", 14, 6, grows=True, keep=8, sorts=False),
    Column("step", "step", 4, 4, right=True, keep=6, sorts=False),
)


class History(RowTable[StepHead]):
    """What was done so far, a line a step; the latest is selected as long as nobody chooses another."""

    def __init__(self) -> None:
        super().__init__(_HISTORY, history_cells, lambda head: head.number, empty="Nothing was done yet.", id="history")
        self._last = -1

    def take(self, heads: Sequence[StepHead]) -> None:
        """Show these; who was at the end stays there."""
        follows = self.selected is None or self.selected.number == self._last
        self.show(RowsAtHand(heads, lambda head: head.number))
        last = heads[-1].number if heads else -1
        if follows and last != self._last:
            self.select(last)
        self._last = last

    def copyable(self) -> str | None:
        """The selected step: its call, what came back and what it wrote."""
        head = self.selected
        return "\n".join(filter(None, (head.title, head.shape, head.change_line))) if head else None


class Brief(Pane):
    """What the person goes by: the task, the policy, their notes, and what they did so far."""

    def __init__(self) -> None:
        self._texts = Panes(
            Pane("Task", ProseView(id="task")),
            Pane("Policy", ProseView(id="policy")),
            Pane("Notes", TextView(id="notes")),
            tabs=True,
            id="texts",
        )
        super().__init__(
            "Brief", self._texts, FilterBar("words", id="search"), Pane("History", History(), id="done"), id="brief"
        )

    def take(self, desk: Desk) -> None:
        """Show what there is now."""
        for name, text in (("task", desk.task), ("policy", desk.policy), ("notes", notes_text(desk.notes))):
            view = self.query_one(f"#{name}", TextView)
            if view.text != text:
                view.show(text)
        count = f"Notes {len(desk.notes)}" if desk.notes else "Notes"
        if self._texts.panes[2].title != count:
            self._texts.panes[2].title = count
            self._texts.refresh_titles()
        self.query_one(History).take(desk.heads)

    @property
    def text(self) -> TextView:
        """The text that is in front."""
        return self._texts.panes[self._texts.shown].query_one(TextView)

    @on(FilterBar.Changed)
    def _search(self, event: FilterBar.Changed) -> None:
        event.stop()
        self.text.search(event.value)

    @on(TextView.Found)
    def _found(self, event: TextView.Found) -> None:
        event.stop()
        self.query_one(FilterBar).say_found(event.words)

    def on_filter_bar_left(self, event: FilterBar.Left) -> None:
        """Go to what was searched."""
        event.stop()
        self.text.focus()


class CallPane(Pane, can_focus=True):
    """The tool in hand, and below it what a call brought. With the focus on the pane itself, letters are commands."""

    def __init__(self, seen: Seen) -> None:
        self._form, self._result = ToolForm(seen, id="form"), ResultView(id="result")
        super().__init__(
            "Call",
            PieceLines(id="first"),
            self._form,
            Pane(
                "Result", PieceLines(id="wrote"), FilterBar("words", id="result-find"), self._result, id="result-pane"
            ),
            id="call",
        )
        self.step: int | None = None
        """Number of the step whose result is shown."""

    def on_mount(self) -> None:
        """Begin with an empty desk."""
        self.query_one("#first", PieceLines).show(NO_TOOL)

    def show_step(self, head: StepHead, events: Sequence[Event]) -> None:
        """Show what a step brought."""
        self.step = head.number
        self.query_one("#result-pane", Pane).title = result_title(head)
        wrote: list[Pieces] = [[("● ", "accent"), (head.change_line, "")]] if head.change_line else []
        self.query_one("#wrote", PieceLines).show(wrote)
        result = next((event for event in reversed(events) if isinstance(event, ToolResult)), None)
        if result is not None:
            self._result.show(result_text(result), head.shape)
        else:
            self._result.show("\n".join(step_lines(head, events, fold=False)), head.shape)
        self.query_one(FilterBar).value = ""
        self._result.set_class(head.ok is False, "-failed")
        self.add_class("-result")

    def focus_form(self) -> bool:
        """Type into the form; returns whether it has anything to type into."""
        if self._form.disabled or not self._form.filling or not self._form.filling.fields:
            return False
        self.remove_class("-reading")
        self.call_after_refresh(self._form.focus)
        return True

    def forget_search(self) -> bool:
        """Show all of the result again; returns whether something of it was searched for."""
        return self.query_one(FilterBar).step_out()

    def focus_result(self) -> None:
        """Read the result."""
        self.add_class("-reading")
        tables = self._result.query(RowTable)
        wanted: Widget = (
            tables.last() if self._result.has_class("-rows") and tables else self._result.query_one(TextView)
        )
        self.call_after_refresh(wanted.focus)

    @on(FilterBar.Changed)
    def _find(self, event: FilterBar.Changed) -> None:
        event.stop()
        event.bar.note = self._result.find(event.value)

    @on(TextView.Found)
    def _found(self, event: TextView.Found) -> None:
        event.stop()
        self.query_one(FilterBar).say_found(event.words)

    def on_filter_bar_left(self, event: FilterBar.Left) -> None:
        """Go to what was searched."""
        event.stop()
        self.focus_result()

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        # On a low screen the one that is used has the room; who types lines has no use for the form.
        line = self.query_one_optional(CallLine)
        reading = self.query_one("#result-pane").has_focus_within
        self.set_class(reading or (line is not None and line.has_focus_within), "-reading")


class SeenPane(Pane):
    """The things that the run has shown so far; Enter puts one into the field that has the cursor."""

    def __init__(self) -> None:
        super().__init__(
            "Seen",
            FilterBar("words", id="seen-filter"),
            RowTable[Thing](
                _THINGS,
                lambda thing: [
                    Cell(thing.noun.replace("_", " "), "dim"),
                    Cell(str(thing.value)),
                    Cell(thing.label, "dim"),
                    Cell(str(thing.step or "task"), "dim"),
                ],
                lambda thing: (thing.noun, thing.value),
                empty="What results tell of, such as incidents\nand users, is listed here.",
                id="things",
            ),
            id="seen",
        )
        self._things: Sequence[Thing] = ()

    def take(self, things: Sequence[Thing]) -> None:
        """Show what was seen, the latest first."""
        if things != self._things:
            self._things = things
            self._list()

    @on(FilterBar.Changed)
    def _list(self) -> None:
        words = self.query_one(FilterBar).value.casefold().split()
        shown = [
            thing
            for thing in self._things
            if all(word in f"{thing.noun} {thing.value} {thing.label}".casefold() for word in words)
        ]
        self.query_one(RowTable).show(RowsAtHand(shown, lambda thing: (thing.noun, thing.value)))
        self.query_one(FilterBar).note = f"{len(shown)} of {len(self._things)}" if words else ""
        self.title = f"Seen {len(self._things):,}" if self._things else "Seen"

    def on_filter_bar_left(self, event: FilterBar.Left) -> None:
        """Go to what was filtered."""
        event.stop()
        self.query_one(RowTable).focus()


def history_cells(head: StepHead) -> list[Cell]:
    """A step's number, what was done, what came of it."""
    words, tone = step_words(head)
    kind = "" if head.kind == "call" else f"{KIND_WORDS.get(head.kind, head.kind)}: "
    return [Cell(str(head.number), "dim"), Cell(f"{kind}{head.title}", "" if head.kind == "call" else "dim"),
            Cell(words, tone)]  # fmt: skip
