from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from eog_tui.actions import BY_ID
from eog_tui.app import EogApp
from eog_tui.screens.base import EogScreen, StoreChanged
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.help import HelpScreen
from eog_tui.screens.jump import JumpScreen
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.help_list import HelpList
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.step_list import StepList
from tests.app.launching import from_palette, sees, until

from .gallery import FakeEngine, FakeStore, ListScreen, PanesScreen, app, calm_list, calm_panes, records


def footer(pilot: Pilot[object]) -> str:
    return pilot.app.screen.query_one(KeyFooter).render_line(0).text


def toasts(pilot: Pilot[object]) -> list[str]:
    return [notification.message for notification in pilot.app._notifications]


async def test_the_footer_shows_what_fits_and_counts_the_rest() -> None:
    async with calm_list().run_test(size=(80, 24)) as pilot:
        assert footer(pilot).startswith(" ⏎ open  r launch  a act  / find")
        assert footer(pilot).rstrip().split("? help  +")[1].isdecimal()
        await pilot.resize_terminal(160, 48)
        assert "q quit" in footer(pilot)


async def test_a_click_on_the_footer_does_what_it_says() -> None:
    async with calm_list().run_test(size=(80, 24)) as pilot:
        await pilot.click(KeyFooter, offset=(footer(pilot).index("/ find"), 0))
        assert isinstance(pilot.app.focused, Input)
        await pilot.press("escape")
        await pilot.click(KeyFooter, offset=(footer(pilot).index("? help"), 0))
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_while_a_field_has_focus_the_footer_offers_no_letters() -> None:
    async with calm_list().run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", "q")
        assert pilot.app.screen.query_one(FilterBar).value == "q"
        assert "r launch" not in footer(pilot)
        assert "Esc leave" in footer(pilot)


async def test_filter_as_you_type_and_the_esc_ladder() -> None:
    async with calm_list().run_test(size=(80, 24)) as pilot:
        table = pilot.app.screen.query_one(RowTable)
        await pilot.press("slash", *"Stark")
        assert table.count == 10
        assert pilot.app.screen.query_one(FilterBar).note == "10 of 40 shown"
        await pilot.press("escape")
        assert table.has_focus
        assert table.count == 10
        await pilot.press("escape")
        assert table.count == 40
        assert not pilot.app.screen.query_one(FilterBar).display


async def test_esc_leaves_zoom_then_pane_then_screen() -> None:
    async with calm_list().run_test(size=(160, 48)) as pilot:
        panes = calm_panes()._start()
        await pilot.app.push_screen(panes)
        await pilot.pause()
        await pilot.press("tab", "z")
        assert pilot.app.screen.maximized is not None
        await pilot.press("escape")
        assert pilot.app.screen.maximized is None
        assert not isinstance(pilot.app.focused, StepList)
        await pilot.press("escape")
        assert isinstance(pilot.app.focused, StepList)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ListScreen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ListScreen)


async def test_on_a_narrow_terminal_tab_goes_through_panes_that_are_tabs() -> None:
    async with calm_panes().run_test(size=(80, 24)) as pilot:
        seen = []
        for _ in range(7):
            await pilot.press("tab")
            await pilot.pause()
            assert pilot.app.focused is not None
            assert pilot.app.focused.region
            seen.append(pilot.app.focused)
        assert {type(widget).__name__ for widget in seen} == {
            "Timeline",
            "StepList",
            "ChangeView",
            "TextView",
            "RowTable",
        }


async def test_jump_mode_goes_to_the_pane_of_the_letter() -> None:
    async with calm_panes().run_test(size=(160, 48)) as pilot:
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, JumpScreen)
        await pilot.press("a")
        assert type(pilot.app.focused).__name__ == "Timeline"


async def test_help_filters_as_you_type_and_enter_does_it() -> None:
    async with calm_list().run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark", *"filter the")
        assert isinstance(pilot.app.screen, HelpScreen)
        assert pilot.app.screen.query_one(HelpList).count == 1
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.focused, Input)
        assert pilot.app.screen.query_one(FilterBar).display


async def test_help_tells_each_sentence_in_full() -> None:
    async with calm_list().run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        listed = pilot.app.screen.query_one(HelpList)
        read: list[str] = []
        for _ in range(listed.count):
            drawn = [listed.render_line(y).text.rstrip() for y in range(listed.size.height)]
            assert not any("…" in row for row in drawn)
            read += [row for row in drawn if row not in read]
            await pilot.press("down")
        told = " ".join(" ".join(read).split())
        assert f" a {BY_ID['runs.act'].help} " in told
        assert f" x {BY_ID['runs.stop'].help} " in told


async def test_a_click_in_help_chooses_and_a_second_one_does_it() -> None:
    async with calm_list().run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        listed = pilot.app.screen.query_one(HelpList)
        rows = [listed.render_line(y).text for y in range(listed.size.height)]
        [find] = [y for y, row in enumerate(rows) if BY_ID["find"].help in row]
        await pilot.click(HelpList, offset=(20, find))
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.click(HelpList, offset=(20, find), times=2)
        await pilot.pause()
        assert pilot.app.screen.query_one(FilterBar).display


async def test_enter_has_a_name_where_ascii_has_no_sign_for_it() -> None:
    async with app(lambda: ListScreen(records(40)), ascii_only=True).run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        shown = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
        assert any("Enter" in row and BY_ID["list.open"].help in row for row in shown)
        assert any("Enter does it" in row for row in shown)


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_offers_actions_and_what_the_screen_adds(key: str) -> None:
    async with calm_list().run_test(size=(80, 24)) as pilot:
        await from_palette(pilot, "zoom", key)
        await until(pilot, lambda: pilot.app.screen.maximized is not None)


@pytest.mark.parametrize(
    ("keys", "stopped"), [(["enter"], False), (["escape"], False), (["x"], True), (["right", "enter"], True)]
)
async def test_a_confirmation_does_harm_only_when_it_is_chosen(keys: list[str], stopped: bool) -> None:
    async with calm_list().run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        await sees(pilot, ConfirmScreen)
        await pilot.press(*keys)
        await sees(pilot, ListScreen)
        assert ("stopped" in toasts(pilot)) is stopped


async def test_q_leaves_at_once_when_nothing_runs() -> None:
    shown = calm_list()
    async with shown.run_test() as pilot:
        await pilot.press("q")
    assert shown.return_value is None
    assert shown.return_code == 0


@pytest.mark.parametrize(("key", "result"), [("l", "leave"), ("s", "stop")])
async def test_q_asks_what_becomes_of_runs_that_live(key: str, result: str) -> None:
    shown = EogApp(FakeStore(), FakeEngine([1, 2]), start=lambda: ListScreen(records(3)))  # type: ignore[arg-type]
    async with shown.run_test() as pilot:
        await pilot.press("q")
        await sees(pilot, ConfirmScreen)
        await pilot.press("escape")
        await sees(pilot, ListScreen)
        await pilot.press("q")
        await sees(pilot, ConfirmScreen)
        await pilot.press(key)
        await until(pilot, lambda: shown._exit)
    assert shown.return_value == result


async def test_ctrl_c_ends_nothing() -> None:
    async with calm_list().run_test() as pilot:
        await pilot.press("ctrl+c")
        assert pilot.app.is_running
        assert "q leaves" in toasts(pilot)[0]


async def test_toasts_are_literal() -> None:
    async with calm_list().run_test() as pilot:
        pilot.app.toast("[b]x[/] \x1b[2J [/", title="[/]")  # type: ignore[attr-defined]
        await pilot.pause()
        assert toasts(pilot) == ["[b]x[/] ␛[2J [/"]


async def test_copying_is_literal_and_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "xclip"
    tool.write_text(f'#!/bin/sh\ncat > "{tmp_path}/copied"\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    screen = PanesScreen(calm_panes()._start()._content[0], [], "a \x1b[2J b", "")  # type: ignore[attr-defined]
    async with app(lambda: screen).run_test(size=(160, 48)) as pilot:
        next(iter(pilot.app.query("Panes Panes"))).show_pane(1)  # type: ignore[attr-defined]
        await pilot.pause()
        pilot.app.screen.query("TextView").first().focus()
        await pilot.press("y")
        await pilot.app.workers.wait_for_complete()
        assert (tmp_path / "copied").read_text() == "a ␛[2J b"
        assert pilot.app.clipboard == "a ␛[2J b"
        assert toasts(pilot) == ["Copied 8 characters through xclip and OSC 52."]


async def test_where_the_app_cannot_be_suspended_the_pager_says_so() -> None:
    async with calm_panes().run_test(size=(160, 48)) as pilot:
        await pilot.press("end")
        pilot.app.query_one("ChangeView").focus()
        await pilot.press("o")
        await pilot.app.workers.wait_for_complete()
        assert "cannot be lent" in toasts(pilot)[0]


class AskedStore(FakeStore):
    """Counts how often it is asked whether there is news."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def revision(self) -> int:
        self.asked += 1
        return super().revision()

    async def is_asked(self, pilot: Pilot[object], more: int) -> None:
        """Wait until it was asked so many more times, and what came of the last but one is told."""
        before = self.asked
        await until(pilot, lambda: self.asked >= before + more)


class Listener(EogScreen[None]):
    def __init__(self) -> None:
        super().__init__()
        self.news = 0

    def compose(self) -> ComposeResult:
        yield KeyFooter()

    def on_store_changed(self, event: StoreChanged) -> None:
        self.news += 1


async def test_a_screen_hears_of_news_in_the_store_while_it_is_on_top_and_catches_up() -> None:
    store, below = AskedStore(), Listener()
    shown = EogApp(store, FakeEngine(), start=lambda: below)  # type: ignore[arg-type]
    async with shown.run_test() as pilot:
        await store.is_asked(pilot, 3)
        at_first = below.news
        store.number += 1
        await until(pilot, lambda: below.news > at_first)
        await store.is_asked(pilot, 3)
        assert below.news == at_first + 1
        await pilot.app.push_screen(Listener())
        store.number += 1
        await store.is_asked(pilot, 3)
        assert below.news == at_first + 1
        pilot.app.pop_screen()
        await until(pilot, lambda: below.news > at_first + 1)
        await store.is_asked(pilot, 3)
        assert below.news == at_first + 2


async def test_keys_can_be_other_ones() -> None:
    async with app(lambda: ListScreen(records(5)), keys={"find": "F"}).run_test(size=(80, 24)) as pilot:
        await pilot.press("slash")
        assert not isinstance(pilot.app.focused, Input)
        assert "F find" in footer(pilot)
        await pilot.press("F")
        assert isinstance(pilot.app.focused, Input)
