from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.app import ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection

from eog_tui.app import EogApp
from eog_tui.screens.base import EogScreen
from eog_tui.widgets.line_view import LineView
from eog_tui.widgets.text_view import LONGEST_LINE, TextView
from eog_tui.widgets.wrapping import breaks, json_lines

from .gallery import app


class TextScreen(EogScreen[None]):
    MAIN = "TextView"

    def __init__(self, text: str, is_json: bool) -> None:
        super().__init__()
        self.content_text, self.is_json = text, is_json
        self.found: tuple[int, int] | None = None
        self.words = ""

    def compose(self) -> ComposeResult:
        yield TextView(self.content_text, is_json=self.is_json)

    def on_text_view_found(self, event: TextView.Found) -> None:
        self.found = event.number, event.total
        self.words = event.words


def texts(text: str, *, is_json: bool = False) -> EogApp:
    return app(lambda: TextScreen(text, is_json))


def view(pilot: Pilot[object]) -> TextView:
    return pilot.app.screen.query_one(TextView)


def lines(pilot: Pilot[object]) -> list[str]:
    shown = view(pilot)
    return [shown.render_line(y).text.rstrip() for y in range(shown.size.height)]


async def searched(pilot: Pilot[object], needle: str) -> tuple[int, int] | None:
    view(pilot).search(needle)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, TextScreen)
    return screen.found


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories={"Cc", "Cf", "Cn", "Mn", "Me"})),
    st.integers(2, 40),
)
def test_rows_hold_the_whole_text_and_fit(text: str, width: int) -> None:
    rows = list(breaks(text, width))
    assert "".join(text[start:end] for start, end in rows) == text
    for start, end in rows:
        assert cell_len(text[start:end].rstrip(" ")) <= width


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
)


@given(JSON)
def test_laid_out_json_is_what_python_writes(value: object) -> None:
    compact = json.dumps(value, ensure_ascii=False)
    assert "\n".join(line for line, _ in json_lines(compact)) == json.dumps(value, ensure_ascii=False, indent=2)


def test_broken_json_is_laid_out_as_far_as_it_goes() -> None:
    assert [line for line, _ in json_lines('{"a": [1, {"b": "cut of')] == [
        "{",
        '  "a": [',
        "    1,",
        "    {",
        '      "b": "cut of',
    ]


async def test_long_lines_wrap_at_blanks_and_again_when_the_width_changes() -> None:
    async with texts("alpha beta gamma delta " * 10).run_test(size=(24, 10)) as pilot:
        assert lines(pilot)[:2] == ["alpha beta gamma", "delta alpha beta"]
        await pilot.resize_terminal(60, 10)
        assert lines(pilot)[0] == "alpha beta gamma delta alpha beta gamma delta alpha beta"


async def test_what_cannot_be_shown_is_counted() -> None:
    async with texts("x" * (LONGEST_LINE + 3_120)).run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        await pilot.pause(0.05)
        assert any("+3,120 chars" in line for line in lines(pilot))


async def test_keys_scroll_and_the_end_of_a_very_long_text_is_reached() -> None:
    async with texts("\n".join(f"line {n}" for n in range(50_000))).run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j")
        assert lines(pilot)[0] == "line 2"
        await pilot.press("pagedown")
        assert lines(pilot)[0] == "line 25"
        await pilot.press("G")
        for _ in range(200):
            if "line 49999" in lines(pilot)[-1]:
                break
            await pilot.pause(0.02)
        assert lines(pilot)[-1] == "line 49999"
        await pilot.press("g")
        assert lines(pilot)[0] == "line 0"


async def test_json_is_laid_out_and_its_escapes_stay() -> None:
    async with texts('{"a":[1,"\\u001b[2J"],"b":{}}', is_json=True).run_test(size=(80, 24)) as pilot:
        assert lines(pilot)[:7] == ["{", '  "a": [', "    1,", '    "\\u001b[2J"', "  ],", '  "b": {}', "}"]


async def test_hostile_text_is_literal_and_markup_is_text() -> None:
    async with texts("\x1b]52;c;x\x07 [@click=app.quit]here[/]\u202e").run_test(size=(80, 24)) as pilot:
        assert lines(pilot)[0] == "␛]52;c;x␇ [@click=app.quit]here[/]�"


async def test_search_finds_every_match_in_any_case_and_n_goes_round() -> None:
    text = "\n".join(f"line {n} {'Needle' if n % 100 == 50 else ''}" for n in range(1_000))
    async with texts(text).run_test(size=(80, 24)) as pilot:
        assert await searched(pilot, "needle") == (1, 10)
        assert any("line 50 N" in line for line in lines(pilot))
        await pilot.press("n")
        await pilot.pause()
        assert any("line 150 N" in line for line in lines(pilot))
        await pilot.press("N", "N")
        await pilot.pause(0.1)
        assert any("line 950 N" in line for line in lines(pilot))
        assert await searched(pilot, "nowhere") == (0, 0)


async def test_selected_text_is_copied_as_it_was_written() -> None:
    async with texts("alpha beta gamma delta\nsecond").run_test(size=(14, 10)) as pilot:
        shown = view(pilot)
        assert lines(pilot)[:3] == ["alpha beta", "gamma delta", "second"]
        assert shown.get_selection(Selection(Offset(6, 0), Offset(3, 2))) == ("beta gamma delta\nsec", "\n")
        assert shown.get_selection(Selection(None, None)) == ("alpha beta gamma delta\nsecond", "\n")


@pytest.mark.parametrize("text", ["", "\n", "[]", "{}"])
async def test_little_is_shown_too(text: str) -> None:
    async with texts(text).run_test(size=(80, 24)) as pilot:
        await pilot.press("G", "g", "pagedown", "n")
        assert lines(pilot)[0].strip() == text.strip()


async def test_each_row_looks_only_at_its_own_part_of_a_long_line_full_of_matches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    styles = 0

    def counted(self: TextView, name: str, base: Style) -> Style:
        nonlocal styles
        styles += 1
        return LineView.part(self, name, base)

    async with texts("a" * 7000).run_test(size=(160, 48)) as pilot:
        shown = view(pilot)
        assert await searched(pilot, "a") == (1, 7000)
        monkeypatch.setattr(TextView, "part", counted)
        await pilot.press("n")
        await pilot.pause()
        drawn = [segment for y in range(shown.size.height) for segment in shown.render_line(y)]
        assert sum(bool(segment.style and segment.style.underline) for segment in drawn) == 6999
        assert [segment.text for segment in drawn if segment.style and segment.style.reverse] == ["a"]
        assert styles == 7000, "one for each match, not one in each row"


async def test_more_matches_than_are_looked_for_are_told_as_such() -> None:
    async with texts("a" * 6000 + "\n" + "a" * 6000).run_test(size=(160, 48)) as pilot:
        assert await searched(pilot, "a") == (1, 10_000)
        screen = pilot.app.screen
        assert isinstance(screen, TextScreen)
        assert screen.words == "1 of 10,000+"
        await searched(pilot, "aa")
        assert screen.words == "1 of 6,000"


def test_json_nested_without_end_is_laid_out_in_space_that_a_reader_needs() -> None:
    laid = list(json_lines("[" * 20_000))
    assert len(laid) == 20_000
    assert max(len(line) for line, _ in laid) < 80
    assert "".join(line.strip() for line, _ in laid) == "[" * 20_000
    closed = [line for line, _ in json_lines("[" * 30 + "1" + "]" * 30)]
    assert closed[0] == "["
    assert closed[-1] == "]"
