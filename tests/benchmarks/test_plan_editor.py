"""What a key costs in the plan editor, in a plan of a page and in one of 200 kB: less than a frame.

Beside it stands what Textual's own text area costs in an app of its own, with the same text and nothing else to do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import TextArea

from engine.trajectory.store import Store
from eog_tui.screens.plan import PlanScreen
from tests.app.planning import TASK, opened
from tests.benchmarks.keystrokes import FRAME_MS, SIZE, KeyCost, key_cost

LINE = "{}. Look at incident {} with find_incident_by_number, then tell the caller what was found there.\n"
LONG = "".join(LINE.format(number, number) for number in range(2_200))[:200_000]
TEXTS = [pytest.param(LONG[:2_000], id="2 kB"), pytest.param(LONG, id="200 kB")]


class Alone(App[None]):
    """A text area and nothing else."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.written = text

    def compose(self) -> ComposeResult:
        yield TextArea(self.written, theme="css", soft_wrap=True, show_line_numbers=True)


@asynccontextmanager
async def editing(text: str, store: Path) -> AsyncIterator[Pilot[Any]]:
    with Store.open(store) as plans:
        number = plans.plans.create(TASK, "itsm", "Long", "kim", text)
        async with opened(plans, PlanScreen(number), SIZE) as (_, pilot):
            yield pilot


async def typing(pilot: Pilot[Any]) -> KeyCost:
    """Type in the middle of the text."""
    await pilot.pause(0.5)
    area = pilot.app.screen.query_one(TextArea)
    area.focus()
    area.move_cursor((area.document.line_count // 2, 0))
    return await key_cost(pilot, "update_in")


@pytest.mark.parametrize("text", TEXTS)
async def test_a_key_is_handled_within_a_frame(text: str, tmp_path: Path) -> None:
    async with editing(text, tmp_path / "store.db") as pilot:
        cost = await typing(pilot)
    async with Alone(text).run_test(size=SIZE) as pilot:
        alone = await typing(pilot)
    print(f"\na key costs {cost}\na key in a text area alone costs {alone}")
    assert cost.typical < FRAME_MS
