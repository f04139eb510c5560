from __future__ import annotations

import pytest
from rich.color import Color as RichColor
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual._ansi_theme import ALABASTER, MONOKAI
from textual.color import Color
from textual.theme import Theme

from eog_tui.app import EogApp
from eog_tui.glyphs import STATUS
from eog_tui.themes import DARK, LIGHT, THEMES, UnknownThemeError
from eog_tui.widgets.row_table import RowTable

from .gallery import ListScreen, app, records

ENOUGH = 4.5
"""WCAG AA for text."""


def shown(colour: RichColor | None, terminal: TerminalTheme, *, foreground: bool) -> Color:
    triplet = (colour or RichColor.default()).get_truecolor(terminal, foreground=foreground)
    return Color(*triplet)


def ratio(one: Color, other: Color) -> float:
    """Contrast as WCAG 2 defines it, 1 to 21."""

    def luminance(colour: Color) -> float:
        parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def contrast(style: Style, terminal: TerminalTheme) -> float:
    text = shown(style.color, terminal, foreground=True)
    ground = shown(style.bgcolor, terminal, foreground=False)
    return ratio(text.blend(ground, 0.33) if style.dim else text, ground)


@pytest.mark.parametrize("selected", [False, True])
@pytest.mark.parametrize("theme", THEMES)
async def test_verdict_words_have_contrast_on_rows_and_on_the_selected_row(theme: str, selected: bool) -> None:
    terminal = MONOKAI if THEMES[theme].dark else ALABASTER
    async with app(lambda: ListScreen(records(20)), theme=theme).run_test(size=(80, 24)) as pilot:
        table = pilot.app.screen.query_one(RowTable)
        for place, record in enumerate(records(9)):
            if selected:
                table._move_to(place)
                table.focus()
                await pilot.pause()
            status = STATUS[record.status]
            segment = next(s for s in table.render_line(place + 1) if status.word in s.text)
            assert segment.style is not None
            assert contrast(segment.style, terminal) >= ENOUGH, (status.word, segment.style)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_colour_has_contrast_on_every_ground(theme: Theme) -> None:
    for ground in (theme.background, theme.surface, theme.variables["cursor"], theme.variables["cursor-blurred"]):
        for colour in (
            theme.foreground,
            theme.primary,
            theme.success,
            theme.warning,
            theme.error,
            theme.variables["dim"],
        ):
            found = ratio(Color.parse(str(colour)), Color.parse(str(ground)))
            assert found >= ENOUGH, (colour, ground, found)


async def test_without_colour_fail_is_the_loudest_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with app(lambda: ListScreen(records(20))).run_test(size=(80, 24)) as pilot:
        table = pilot.app.screen.query_one(RowTable)
        styles = {}
        for place, record in enumerate(records(9)):
            word = STATUS[record.status].word
            styles[word] = next(s.style for s in table.render_line(place + 1) if word in s.text)
        assert styles["fail"].bold
        assert styles["fail"].reverse
        assert styles["pass"].bold
        assert not styles["pass"].reverse


async def test_ascii_draws_no_other_character_of_ours() -> None:
    async with app(lambda: ListScreen(records(20)), ascii_only=True).run_test(size=(80, 24)) as pilot:
        from rich.segment import Segment

        table = pilot.app.screen.query_one(RowTable)
        for place in range(20):
            segments = list(table.render_line(place))
            for line_filter in pilot.app.get_line_filters():
                segments = line_filter.apply(segments, Color(0, 0, 0))
            assert "".join(segment.text for segment in segments if isinstance(segment, Segment)).isascii()


def test_an_unknown_theme_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownThemeError, match="eog-light"):
        EogApp(None, None, start=lambda: ListScreen(), theme="pink")  # type: ignore[arg-type]
