from __future__ import annotations

from dataclasses import replace

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot

from engine.trajectory.steps import StepHead
from eog_tui.app import EogApp
from eog_tui.screens.base import EogScreen
from eog_tui.widgets.step_list import StepList
from eog_tui.widgets.timeline import Timeline

from .gallery import app, head, story


class StepsScreen(EogScreen[None]):
    MAIN = "StepList"

    def __init__(self, heads: list[StepHead]) -> None:
        super().__init__()
        self.heads = heads
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield Timeline()
        yield StepList(empty="Waiting for the first step.")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(StepList).show(self.heads)
        self.query_one(Timeline).show(self.heads, ["fixed", "kept"], ["fail", "pass"])

    def on_step_list_selected(self, event: StepList.Selected) -> None:
        self.heard.append(f"selected {event.number}")

    def on_step_list_opened(self, event: StepList.Opened) -> None:
        self.heard.append(f"opened {event.number}")

    def on_timeline_jumped(self, event: Timeline.Jumped) -> None:
        self.heard.append(f"jumped {event.position}")


def screens(heads: list[StepHead]) -> EogApp:
    return app(lambda: StepsScreen(heads))


def screen(pilot: Pilot[object]) -> StepsScreen:
    shown = pilot.app.screen
    assert isinstance(shown, StepsScreen)
    return shown


def steps(pilot: Pilot[object]) -> StepList:
    return screen(pilot).query_one(StepList)


def lines(widget: StepList | Timeline) -> list[str]:
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def calls(first: int, last: int) -> list[StepHead]:
    return [head(number, ok=True, shape="1 row · 20 B") for number in range(first, last)]


async def test_a_step_says_what_came_back_or_what_it_wrote_or_that_it_waits() -> None:
    async with screens(story()).run_test(size=(80, 24)) as pilot:
        drawn = lines(steps(pilot))
        assert drawn[1] == "  1 user   An update came in from the caller: the printer is on fire."
        assert drawn[4] == "    └ ok   1 incident · INC_003 · 640 B"
        assert drawn[6] == "    └ ok ● incident INC_003 · impact medium → high"
        assert drawn[8] == "    └ ✗ error NOT_FOUND SLA not found"
        assert drawn[10] == "    └ …    waiting for gym-itsm-mcp"


async def test_at_the_end_the_list_follows_new_steps() -> None:
    async with screens(calls(0, 50)).run_test(size=(80, 24)) as pilot:
        shown = steps(pilot)
        shown.add(calls(50, 53))
        await pilot.pause()
        assert screen(pilot).heard[-1] == "selected 52"
        assert "INC_052" in lines(shown)[-2]


async def test_away_from_the_end_nothing_moves_and_a_chip_counts_what_is_new() -> None:
    async with screens(calls(0, 50)).run_test(size=(80, 24)) as pilot:
        shown = steps(pilot)
        await pilot.press("g", "j")
        before = lines(shown)
        shown.add(calls(50, 62))
        await pilot.pause()
        after = lines(shown)
        assert after[:-1] == before[:-1]
        assert after[-1].endswith("12 new ↓")
        await pilot.press("G")
        assert shown.following
        assert "new" not in lines(shown)[-1]


async def test_a_click_on_the_chip_goes_to_the_end() -> None:
    async with screens(calls(0, 50)).run_test(size=(80, 24)) as pilot:
        shown = steps(pilot)
        await pilot.press("g")
        shown.add(calls(50, 51))
        await pilot.click(StepList, offset=(76, shown.size.height - 1))
        assert screen(pilot).heard[-1] == "selected 50"


async def test_a_call_that_was_under_way_gets_its_result_in_place() -> None:
    async with screens(story()).run_test(size=(80, 24)) as pilot:
        shown = steps(pilot)
        shown.add([replace(story()[-1], ok=True, shape="3 definitions")])
        await pilot.pause()
        assert len(shown.heads) == len(story())
        assert lines(shown)[10] == "    └ ok   3 definitions"


async def test_keys_and_clicks_choose_steps_by_number() -> None:
    async with screens(calls(0, 200)).run_test(size=(80, 24)) as pilot:
        await pilot.press("g", "j", "enter")
        assert screen(pilot).heard[-2:] == ["selected 1", "opened 1"]
        await pilot.press("pagedown")
        assert steps(pilot).selected is not None
        assert steps(pilot).selected.number > 5  # type: ignore[union-attr]
        await pilot.press("g")
        await pilot.click(StepList, offset=(10, 5))
        assert screen(pilot).heard[-1] == "selected 2"
        steps(pilot).select(150)
        await pilot.pause()
        assert any("INC_150" in line for line in lines(steps(pilot)))


async def test_no_steps_say_so() -> None:
    async with screens([]).run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "G", "enter", "pagedown")
        assert "Waiting for the first step." in lines(steps(pilot))[1]


async def test_the_timeline_has_a_cell_a_step_and_a_row_a_verifier() -> None:
    async with screens(story()).run_test(size=(80, 24)) as pilot:
        shown = screen(pilot).query_one(Timeline)
        shown.position = 4
        assert lines(shown) == [
            "   ···○[●]✗▶",
            "v1 ──── ✓ ✓✓   fixed",
            "v2 ✓✓✓✓ ✗ ✗✗   kept",
        ]


@pytest.mark.parametrize(("x", "place"), [(4, 0), (6, 2), (8, 4), (9, 4), (10, 4), (11, 5), (12, 6)])
async def test_a_click_on_a_cell_jumps_there(x: int, place: int) -> None:
    async with screens(story()).run_test(size=(80, 24)) as pilot:
        screen(pilot).query_one(Timeline).position = 4
        await pilot.click(Timeline, offset=(x, 0))
        assert screen(pilot).heard[-1] == f"jumped {place}"


async def test_a_long_run_has_a_window_and_an_overview() -> None:
    async with screens(calls(0, 1_000)).run_test(size=(80, 24)) as pilot:
        shown = screen(pilot).query_one(Timeline)
        shown.position = 999
        await pilot.pause()
        drawn = lines(shown)
        assert drawn[0].endswith("○[○]")
        assert len(drawn[0]) <= 78
        assert drawn[1].strip().startswith("─")
        assert drawn[1].endswith("━")
        await pilot.click(Timeline, offset=(4, 1))
        assert screen(pilot).heard[-1] == "jumped 0"


async def test_on_a_narrow_screen_a_long_run_keeps_its_verifiers_names() -> None:
    async with screens([]).run_test(size=(80, 24)) as pilot:
        shown = screen(pilot).query_one(Timeline)
        notes = [("broken at 812", "fail"), ("kept", "pass")]
        shown.show(calls(0, 1_000), ["the manager of the group was told at once", "kept"], ["pass", "pass"], notes)
        await pilot.pause()
        broken, kept = lines(shown)[2:4]
        assert broken.startswith("v1")
        assert broken.endswith("   the manager … · broken at 812")
        assert kept.endswith("   kept · kept")


async def test_a_verifier_that_never_passes_ends_with_a_cross() -> None:
    failing = [head(0, "user"), head(1, ok=True, writes=1, verifiers=("fail", "pass")), head(2, ok=True)]
    async with screens(failing).run_test(size=(80, 24)) as pilot:
        assert lines(screen(pilot).query_one(Timeline))[1].startswith("v1  ─ ─✗")
