"""What views cost, in CPU time: a Pilot key press alone waits 42 ms, so wall time would say nothing.

``pytest -n 0 tests/benchmarks/test_views.py -s`` prints the figures.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import pytest
from textual.pilot import Pilot

from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.step_list import StepList
from eog_tui.widgets.text_view import TextView
from tests.app.gallery import ListScreen, app, head, records, source
from tests.app.test_steps_and_timeline import StepsScreen
from tests.app.test_text_view import TextScreen

NOISE_MS = 10.0
"""What a machine with other work adds now and then."""


async def cpu_ms(pilot: Pilot[Any], work: Callable[[], Awaitable[None] | None], rounds: int = 7) -> float:
    """Median CPU milliseconds of ``work`` and of the drawing that follows."""
    spent = []
    for _ in range(rounds):
        await pilot.pause()
        start = time.process_time()
        done = work()
        if done is not None:
            await done
        await pilot.pause()
        spent.append((time.process_time() - start) * 1_000)
    return median(spent)


def say(what: str, **figures: float) -> None:
    print(f"\n{what}: " + ", ".join(f"{name} {value:.1f} ms" for name, value in figures.items()))


async def test_a_table_of_100_000_rows_opens_as_fast_as_one_of_100() -> None:
    opened, keyed = {}, {}
    for count in (100, 100_000):
        rows = source(records(count))
        async with app(lambda: ListScreen()).run_test(size=(120, 40)) as pilot:
            table = pilot.app.screen.query_one(RowTable)
            opened[count] = await cpu_ms(pilot, lambda: table.show(rows))  # noqa: B023
            keyed[count] = await cpu_ms(pilot, lambda: pilot.press("pagedown"))
    say("RowTable opens", hundred=opened[100], hundred_thousand=opened[100_000])
    say("RowTable page down", hundred=keyed[100], hundred_thousand=keyed[100_000])
    assert opened[100_000] < opened[100] * 2 + NOISE_MS
    assert keyed[100_000] < keyed[100] * 2 + NOISE_MS


def prose(tokens: int) -> str:
    return "The caller says that the printer prints nothing but help.\n" * (tokens * 4 // 58)


def json_text(tokens: int) -> str:
    row = {"incident_id": "INC_003", "impact": "high", "short_description": "The printer prints nothing but help."}
    return json.dumps([row] * (tokens * 4 // 116))


@pytest.mark.parametrize("kind", ["prose", "json"])
async def test_a_text_of_900_000_tokens_opens_and_scrolls_like_one_of_90_000(kind: str) -> None:
    make, is_json = (json_text, True) if kind == "json" else (prose, False)
    opened, keyed = {}, {}
    for tokens in (90_000, 900_000):
        text = make(tokens)
        async with app(lambda: TextScreen("", False)).run_test(size=(120, 40)) as pilot:
            view = pilot.app.screen.query_one(TextView)
            opened[tokens] = await cpu_ms(pilot, lambda: view.show(text, is_json=is_json))  # noqa: B023
            keyed[tokens] = await cpu_ms(pilot, lambda: pilot.press("pagedown"))
    say(f"TextView opens {kind}", small=opened[90_000], large=opened[900_000])
    say(f"TextView page down {kind}", small=keyed[90_000], large=keyed[900_000])
    assert opened[900_000] < opened[90_000] * 2 + NOISE_MS * 2
    assert keyed[900_000] < keyed[90_000] * 2 + NOISE_MS


async def test_a_step_more_costs_the_same_at_20_and_at_2_000() -> None:
    appended = {}
    for count in (20, 2_000):
        heads = [head(number, ok=True, shape="1 row · 20 B") for number in range(count)]
        async with app(lambda: StepsScreen(heads)).run_test(size=(120, 40)) as pilot:  # noqa: B023
            steps = pilot.app.screen.query_one(StepList)
            numbers = iter(range(count, count + 1_000))
            appended[count] = await cpu_ms(
                pilot,
                lambda: steps.add([head(next(numbers), ok=True, shape="1 row · 20 B")]),  # noqa: B023
                rounds=25,
            )
    say("StepList append", at_20=appended[20], at_2_000=appended[2_000])
    assert appended[2_000] < appended[20] * 2 + NOISE_MS
