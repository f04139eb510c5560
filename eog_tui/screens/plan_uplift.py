"""The uplift report: what are plans worth?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from engine.analysis.uplift import Gain, Pair, Uplift, uplift
from engine.trajectory.database import StoreError
from engine.trajectory.query import RunQuery, RunQueryError
from eog_tui.glyphs import Tone
from eog_tui.literal import content
from eog_tui.screens.base import Command, EogScreen, StoreChanged
from eog_tui.told_apart import told_apart
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.line_view import Piece
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand, layout

NO_PAIRS = "Run a task without a plan, then with one:\neog-tui run TASK --agent react --llm FILE --plan ID"

_Task = tuple[str, str]
"""Domain and name."""
_Agent = tuple[str, str | None]
"""Name and model."""
Thing = TypeVar("Thing", _Task, _Agent)

_COLUMNS = (
    Column("task", "task", 30, 20, grows=True, keep=9, sorts=False),
    Column("agent", "agent", 30, 20, grows=True, keep=8, sorts=False),
    Column("runs", "runs", 7, 7, right=True, keep=4, sorts=False),
    Column("success", "success", 13, 13, right=True, keep=6, sorts=False),
    Column("gain", "±", 7, 7, right=True, keep=7, sorts=False),
    Column("verifiers", "verifiers", 13, 13, right=True, keep=3, sorts=False),
    Column("verifier_gain", "±", 7, 7, right=True, keep=3, sorts=False),
)


class _Pairs(RowTable[Pair]):
    """A line a task and agent, no two of which look alike; there is nothing to open in it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(_COLUMNS, self._cells_of, _identity, empty="", id=id)
        self._shown: Sequence[Pair] = ()
        self._tasks: Mapping[_Task, str] = {}
        self._agents: Mapping[_Agent, str] = {}
        self._named: tuple[Sequence[Pair], Mapping[str, int]] = ((), {})
        """What the names were shortened for."""

    def take(self, pairs: Sequence[Pair]) -> None:
        """Show these."""
        self._shown = pairs
        self.show(RowsAtHand(pairs, _identity))

    def _cells_of(self, pair: Pair) -> list[Cell]:
        self._shorten()
        return [
            Cell(self._tasks[_task(pair)]),
            Cell(self._agents[_agent(pair)], "dim"),
            Cell(f"{pair.without.runs} → {pair.planned.runs}"),
            Cell(_change(pair.without.success, pair.planned.success)),
            _gain(pair.planned.success - pair.without.success),
            Cell(_change(pair.without.verifiers, pair.planned.verifiers), "dim"),
            _gain(pair.planned.verifiers - pair.without.verifiers),
        ]

    def _shorten(self) -> None:
        """Shorten the names to their columns, once for a report and a width."""
        widths = {column.key: width for _, column, width in layout(_COLUMNS, self.cells - 2)}
        if self._named == (self._shown, widths):
            return
        self._named = (self._shown, widths)
        self._tasks = _short(map(_task, self._shown), lambda task: task[1], "/".join, widths["task"])
        self._agents = _short(map(_agent, self._shown), _short_agent, _long_agent, widths["agent"])

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
        yield _Pairs(id="pairs")
        yield PieceLines(id="pair")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Count."""
        self.in_turn(self._load)

    @on(StoreChanged)
    @on(FilterBar.Changed)
    def _changed(self) -> None:
        self.in_turn(self._load)

    async def _load(self) -> None:
        try:
            query = RunQuery.parse(self.query_one(FilterBar).value)
            report = await self.in_thread(uplift, self.eog.store, query, intervened=self._intervened)
        except (RunQueryError, StoreError) as error:
            self._say_problem(str(error))
            return
        self._say_problem("")
        self._report = report
        table = self.query_one(_Pairs)
        table.empty = NO_PAIRS
        table.take(report.pairs)
        self._tell(report)

    @on(RowTable.Selected)
    def _tell_pair(self, event: RowTable.Selected) -> None:
        """Say of the selected row what may be cut or left out in it."""
        pair = event.row
        lines: list[list[Piece]] = []
        figures: list[Piece] = []
        if isinstance(pair, Pair):
            lines = [[("/".join(_task(pair)), "strong")], [(_long_agent(_agent(pair)), "")]]
            gain = pair.planned.verifiers - pair.without.verifiers
            figures = [(f"verifiers {_change(pair.without.verifiers, pair.planned.verifiers)}  {_points(gain)}", "dim")]
        self.query_one("#pair", PieceLines).show(lines, [figures])

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
        self.in_turn(self._load)

    def commands(self) -> Iterable[Command]:
        """Which runs count, and the command line."""
        which = "leave out runs that people reached into" if self._intervened else "count runs that people reached into"
        yield Command(which, "Runs in which somebody approved, edited, said or called something.", self._turn)
        command = self.copyable() or ""
        yield Command(f"copy the command: {command}", "The same as JSON.", lambda: self.eog.copy(command))


def _identity(pair: Pair) -> tuple[_Task, _Agent]:
    return _task(pair), _agent(pair)


def _task(pair: Pair) -> _Task:
    return pair.domain, pair.task


def _agent(pair: Pair) -> _Agent:
    return pair.agent, pair.model


def _short_agent(agent: _Agent) -> str:
    name, model = agent
    return f"{name} · {model.rpartition('/')[2]}" if model else name


def _long_agent(agent: _Agent) -> str:
    return " · ".join(filter(None, agent))


def _short(
    things: Iterable[Thing], short: Callable[[Thing], str], long: Callable[[Thing], str], width: int
) -> dict[Thing, str]:
    """A name for each thing, the short one where no other has it, in ``width`` cells."""
    things = list(dict.fromkeys(things))
    often = Counter(map(short, things))
    names = {thing: short(thing) if often[short(thing)] == 1 else long(thing) for thing in things}
    shown = told_apart(names.values(), width)
    return {thing: shown[name] for thing, name in names.items()}


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
