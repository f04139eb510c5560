"""The family of a run: every run that was forked from another, as a tree to jump in."""

from __future__ import annotations

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from engine.trajectory.database import StoreError
from eog_tui.actions import bindings
from eog_tui.figures import verified
from eog_tui.glyphs import STATUS
from eog_tui.literal import content
from eog_tui.replay.family import Branch, read_family
from eog_tui.screens.run_rows import agent
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand

_COLUMNS = (
    Column("run", "run", 16, at_least=10, grows=True, keep=9, sorts=False),
    Column("step", "at step", 7, at_least=7, right=True, keep=7, sorts=False),
    Column("edited", "begins with", 15, at_least=15, keep=4, sorts=False),
    Column("status", "status", 13, at_least=13, keep=8, sorts=False),
    Column("verif", "verif", 6, at_least=6, right=True, keep=6, sorts=False),
    Column("agent", "agent", 24, at_least=13, keep=5, sorts=False),
)


def _cells(branch: Branch) -> list[Cell]:
    run, sign = branch.run, STATUS[branch.run.status]
    tree = f"{'  ' * (branch.depth - 1)}└ " if branch.depth else ""
    step = "" if run.parent_step is None else str(run.parent_step)
    return [
        Cell(f"{tree}#{run.id}"),
        Cell(step),
        Cell(f"other {branch.edited}" if branch.edited else "", "dim"),
        Cell(str(sign), sign.tone),
        Cell(verified(run) if run.verifiers_total else ""),
        Cell(agent(run)),
    ]


class FamilyScreen(ModalScreen[int | None]):
    """Shows the tree with the run at hand selected; returns the number of the one that is opened."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    FamilyScreen { align: center middle; background: $background 60%; }
    FamilyScreen > Vertical {
        width: 96;
        max-width: 95%;
        height: auto;
        max-height: 80%;
        background: $surface;
        border: round $line;
        border-title-color: $primary;
        border-subtitle-color: $dim;
        padding: 0 1;
    }
    FamilyScreen RowTable { background: $surface; height: 3; }
    FamilyScreen:ansi { background: transparent; }
    """

    def __init__(self, run_id: int) -> None:
        super().__init__()
        self._run_id = run_id

    def compose(self) -> ComposeResult:
        """The tree in a box."""
        with Vertical() as box:
            box.border_title = content("family")
            box.border_subtitle = content("⏎ goes there, same step   Esc back")
            yield RowTable[Branch](_COLUMNS, _cells, lambda branch: branch.run.id, empty="…")

    def on_mount(self) -> None:
        """Read."""
        self.query_one(RowTable).focus()
        self._read()

    @work
    async def _read(self) -> None:
        from eog_tui.app import EogApp

        assert isinstance(self.app, EogApp)
        table = self.query_one(RowTable)
        try:
            branches = await asyncio.to_thread(read_family, self.app.store, self._run_id)
        except StoreError as error:
            table.empty = str(error)
            table.refresh()
            return
        table.styles.height = len(branches) + 1
        table.select(self._run_id)
        table.show(RowsAtHand(branches, lambda branch: branch.run.id))

    @on(RowTable.Opened)
    def _take(self, event: RowTable.Opened) -> None:
        assert isinstance(event.row, Branch)
        self.dismiss(event.row.run.id)

    def action_cancel(self) -> None:
        """Stay with the run at hand."""
        self.dismiss(None)
