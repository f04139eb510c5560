"""The tasks of a launch as a list: those that can run, and the files that were refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.tasks.models import Task
from engine.tasks.source import TaskSet
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column

READING = "reading tasks…"

_COLUMNS = (
    Column("mark", " ", 1, at_least=1, keep=9, sorts=False),
    Column("name", "task", 28, at_least=16, grows=True, keep=8, sorts=False),
    Column("tools", "tools", 5, at_least=5, right=True, keep=2, sorts=False),
    Column("verifiers", "verif", 5, at_least=5, right=True, keep=3, sorts=False),
)


@dataclass(frozen=True)
class Entry:
    """A line of the task list: a task, or a file that was refused."""

    name: str
    task: Task | None
    problem: str = ""
    """What is wrong with the file, a line each."""

    def holds(self, words: list[str]) -> bool:
        """Whether every word is in the name, the prompt or the refusal."""
        said = f"{self.name} {self.task.user_prompt if self.task else self.problem}".lower()
        return all(word in said for word in words)


def entries(found: TaskSet) -> list[Entry]:
    """The tasks of a source, then what was refused."""
    refused = []
    for error in found.refused:
        file = str(error).partition(": ")[0]
        refused.append(Entry(file.rpartition("/")[2], None, str(error).replace(f"{file}: ", "")))
    return [*(Entry(task.name, task) for task in found.tasks), *refused]


class TaskTable(RowTable[Entry]):
    """The list of tasks. Enter is the screen's: it starts the launch."""

    def __init__(self, is_chosen: Callable[[Entry], bool], *, id: str | None = None) -> None:  # noqa: A002
        """``is_chosen``: whether a task is to run."""
        super().__init__(_COLUMNS, self._cells_of, lambda entry: entry.name, empty=READING, id=id)
        self._is_chosen = is_chosen

    def _cells_of(self, entry: Entry) -> list[Cell]:
        if entry.task is None:
            problem = Cell(f"{entry.name}: {entry.problem.splitlines()[0]}", "dim")
            return [Cell("!", "error"), problem, Cell(""), Cell("")]
        chosen, tools = self._is_chosen(entry), entry.task.selected_tools
        return [
            Cell("✓", "accent") if chosen else Cell("·", "dim"),
            Cell(entry.name, "" if chosen else "dim"),
            Cell("all" if tools is None else str(len(tools)), "dim"),
            Cell(str(len(entry.task.verifiers)), "dim"),
        ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A row is not opened here."""
        return action != "open" and super().check_action(action, parameters)

    def copyable(self) -> str | None:
        """Nothing of its own: what is copied here is the command of the whole launch."""
        return None
