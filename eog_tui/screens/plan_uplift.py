"""The uplift report: what are plans worth?"""

from __future__ import annotations

from collections.abc import Iterable

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from engine.analysis.uplift import Gain, Pair, Uplift, uplift
from engine.trajectory.database import StoreError
from engine.trajectory.query import RunQuery, RunQueryError
from eog_tui.glyphs import Tone
from eog_tui.literal import content
from eog_tui.screens.base import Command, EogScreen, StoreChanged
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.line_view import Piece
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand

NO_PAIRS = "Run a task without a plan, then with one:\neog-tui run TASK --agent react --llm FILE --plan ID"

_COLUMNS = (
    Column("task", "task", 30, 16, grows=True, keep=9, sorts=False),
    Column("agent", "agent", 22, 10, keep=3, sorts=False),
    Column("runs", "runs", 7, 7, right=True, keep=5, sorts=False),
    Column("success", "success", 13, 13, right=True, keep=7, sorts=False),
    Column("gain", "±", 7, 7, right=True, keep=8, sorts=False),
    Column("verifiers", "verifiers", 13, 13, right=True, keep=4, sorts=False),
    Column("verifier_gain", "±", 7, 7, right=True, keep=4, sorts=False),
)


class _Pairs(RowTable[Pair]):
    """A line a task; there is nothing to open in it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A row is not opened."""
        return action != "open" and super().check_action(action, parameters)


class UpliftScreen(EogScreen[None]):
    """The same tasks with and without a plan: a line a task, what it comes to, and whether that is beyond noise."""

    CSS_PATH = "plans.tcss"
    MAIN = "#pairs"

    def __init__(self) -> None:
        super().__init__()
        self._intervened = False
        self._report: Uplift | None = None

    def compose(self) -> ComposeResult:
        """What it comes to, the filter, the tasks."""
        yield PieceLines(id="sums")
        yield PieceLines(id="overall")
        yield Static(id="sentence")
        yield FilterBar("words, domain: agent: model: task:")
        yield Static(id="problem")
        yield _Pairs(
            _COLUMNS, _cells, lambda pair: (pair.domain, pair.task, pair.agent, pair.model), empty="", id="pairs"
        )
        yield KeyFooter()

    def on_mount(self) -> None:
        """Count."""
        super().on_mount()
        self._load()

    @on(StoreChanged)
    @on(FilterBar.Changed)
    def _changed(self) -> None:
        self._load()

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        try:
            query = RunQuery.parse(self.query_one(FilterBar).value)
            report = await self.in_thread(uplift, self.eog.store, query, intervened=self._intervened)
        except (RunQueryError, StoreError) as error:
            self._say_problem(str(error))
            return
        self._say_problem("")
        self._report = report
        table = self.query_one(RowTable)
        table.empty = NO_PAIRS
        table.show(RowsAtHand(report.pairs, lambda pair: (pair.domain, pair.task, pair.agent, pair.model)))
        self._tell(report)

    def _tell(self, report: Uplift) -> None:
        left_out = f"{report.unpaired:,} runs have no counterpart" if report.unpaired else ""
        people = "with runs that people reached into" if self._intervened else "without runs that people reached into"
        self.query_one("#sums", PieceLines).show(
            [[("Uplift of plans  ", "strong"), (f"{report.tasks:,} task{'' if report.tasks == 1 else 's'}", "")]],
            [[(" · ".join(part for part in (left_out, people) if part), "dim")], [(left_out, "dim")]],
        )
        lines: list[list[Piece]] = []
        if report.tasks:
            lines = [
                _overall("success  ", report.without.success, report.planned.success, report.success),
                _overall("verifiers", report.without.verifiers, report.planned.verifiers, report.verifiers),
                [(f"runs       {report.without.runs:,} without, {report.planned.runs:,} with a plan", "dim")],
            ]
        self.query_one("#sentence", Static).update(content(report.sentence, "bold"))
        self.query_one("#overall", PieceLines).show(lines)

    def _say_problem(self, problem: str) -> None:
        said = self.query_one("#problem", Static)
        said.update(content(f"! {problem}"))
        said.display = bool(problem)

    def copyable(self) -> str | None:
        """The command line that prints the same."""
        return f"eog-tui plans uplift{' --intervened' if self._intervened else ''} --json"

    def _turn(self) -> None:
        self._intervened = not self._intervened
        self._load()

    def commands(self) -> Iterable[Command]:
        """Which runs count, and the command line."""
        which = "leave out runs that people reached into" if self._intervened else "count runs that people reached into"
        yield Command(which, "Runs in which somebody approved, edited, said or called something.", self._turn)
        command = self.copyable() or ""
        yield Command(f"copy the command: {command}", "The same as JSON.", lambda: self.eog.copy(command))


def _cells(pair: Pair) -> list[Cell]:
    model = f" · {pair.model.rpartition('/')[2]}" if pair.model else ""
    return [
        Cell(pair.task),
        Cell(f"{pair.agent}{model}", "dim"),
        Cell(f"{pair.without.runs} → {pair.planned.runs}"),
        Cell(_change(pair.without.success, pair.planned.success)),
        _gain(pair.planned.success - pair.without.success),
        Cell(_change(pair.without.verifiers, pair.planned.verifiers), "dim"),
        _gain(pair.planned.verifiers - pair.without.verifiers),
    ]


def _change(before: float, after: float) -> str:
    return f"{before:.0%} → {after:.0%}"


def _gain(gain: float) -> Cell:
    points = round(gain * 100)
    return Cell(_points(gain), "pass" if points > 0 else "fail" if points < 0 else "dim")


def _points(gain: float) -> str:
    """Percentage points, with an arrow so that the direction is no matter of colour."""
    points = round(gain * 100)
    return f"{'▲' if points > 0 else '▼' if points < 0 else '='} {abs(points)}"


def _overall(name: str, before: float, after: float, gain: Gain) -> list[Piece]:
    tone: Tone = "pass" if gain.low is not None and gain.low > 0 else "fail" if (gain.high or 0) < 0 else ""
    told: list[Piece] = [
        (f"{name}  ", "dim"),
        (f"{before:.0%} → {after:.0%}  ", ""),
        (f"{gain.mean * 100:+.1f} points", tone),
    ]
    if gain.low is not None and gain.high is not None:
        told.append((f"  95 % interval {gain.low * 100:+.1f} to {gain.high * 100:+.1f}", "dim"))
    return told
