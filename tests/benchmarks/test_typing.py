"""What a key costs while someone acts as the agent: less than a frame, with 93 tools and 500 completions.

``pytest -n 0 tests/benchmarks/test_typing.py -s`` prints the figures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input

from eog_tui.app import EogApp
from eog_tui.workbench.filling import Filling
from eog_tui.workbench.seen import Seen
from tests.benchmarks.keystrokes import FRAME_MS, SIZE, key_cost
from tests.workbench.gallery import form_app, line_app, palette_app
from tests.workbench.material import tools


def crowd(people: int = 500) -> Seen:
    """A memory with so many users, and other things beside."""
    memory = Seen()
    users = [
        {
            "user_id": f"USER_{n:03}",
            "first_name": f"Ann{n % 7}",
            "last_name": f"Marinov{n}",
            "email": f"a{n}@corp.example",
        }
        for n in range(people)
    ]
    memory.take_result(1, "list_users", json.dumps({"users": users}))
    incidents = [
        {
            "incident_id": f"INC_{n:03}",
            "number": f"INC-{n:06}",
            "short_description": f"Printer {n} prints help",
            "caller_id": f"USER_{n % people:03}",
        }
        for n in range(people)
    ]
    memory.take_result(2, "list_incidents", json.dumps({"incidents": incidents}))
    return memory


def form() -> EogApp:
    return form_app(tools()["update_incident"], crowd())


def palette() -> EogApp:
    assert len(tools()) == 93
    return palette_app(tools().values())


def call_line() -> EogApp:
    return line_app(list(tools().values()), crowd(), "update_incident incident_id=INC_003 ")


@pytest.mark.parametrize(
    ("app", "before", "word"),
    [
        pytest.param(form, ["tab"], "marinov1", id="form: label of 500 users"),
        pytest.param(form, ["tab"], "USER_12", id="form: id of 500 users"),
        pytest.param(palette, [], "knowledge", id="palette: 93 tools"),
        pytest.param(call_line, [], "caller_id=marinov1", id="call line: value of 500 users"),
    ],
)
async def test_a_key_is_handled_within_a_frame(app: Any, before: Sequence[str], word: str) -> None:
    async with app().run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press(*before)
        cost = await key_cost(pilot, word, then=("escape",))
    print(f"\na key costs {cost}")
    assert cost.dearest < FRAME_MS


class Alone(App[None]):
    """An input and nothing else."""

    def compose(self) -> ComposeResult:
        yield Input(compact=True)


async def test_what_textual_needs_for_a_key_in_an_input_alone() -> None:
    async with Alone().run_test(size=SIZE) as pilot:
        print(f"\na key costs {await key_cost(pilot, 'marinov1')}")


def test_500_completions_for_a_field(benchmark: Any) -> None:
    memory, tool = crowd(), tools()["update_incident"]
    spec = next(spec for spec in Filling(tool).fields if spec.name == "caller_id")
    memory.proposals(spec.name, spec.schema, "", tool.name)
    found = benchmark(memory.proposals, spec.name, spec.schema, "marinov1", tool.name)
    assert "Marinov1" in found[0].label
    assert benchmark.stats["median"] * 1_000 < FRAME_MS / 4


def test_a_large_result_is_remembered(benchmark: Any) -> None:
    rows = json.dumps(
        [{"incident_id": f"INC_{n}", "short_description": f"Printer {n}", "impact": "high"} for n in range(5_000)]
    )
    memory = Seen()
    benchmark(memory.take_result, 1, "list_incidents", rows)
    assert len(memory.things()) == 5_000
