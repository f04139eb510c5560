from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from eog_tui.glyphs import ascii_only
from eog_tui.line_filters import AsciiGlyphs, DropControls
from eog_tui.literal import content, drop_controls, is_literal, line, literal

HOSTILE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def hostile(character: str) -> bool:
    return unicodedata.category(character) in HOSTILE_CATEGORIES


def test_every_control_and_format_character_of_unicode_is_replaced_by_one_cell() -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        if hostile(character) and character not in "\n\t":
            shown = literal(character)
            assert len(shown) == 1, hex(ord(character))
            assert cell_len(shown) == 1, hex(ord(character))
            assert not hostile(shown), hex(ord(character))


@given(st.text())
def test_no_hostile_character_is_left(text: str) -> None:
    assert not any(hostile(character) and character not in "\n\t" for character in literal(text))
    assert not any(hostile(character) for character in line(text))
    assert is_literal(literal(text))
    assert literal(literal(text)) == literal(text)


@given(st.text(alphabet=st.characters(exclude_categories={*HOSTILE_CATEGORIES, "Cn"})))
def test_plain_text_in_any_script_stays_as_it_is(text: str) -> None:
    assert literal(text) == line(text) == drop_controls(text) == text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]52;c;cm0=\x07", "␛]52;c;cm0=␇"),
        ("a\x9b31mb", "a�31mb"),
        ("\u202egnp.exe", "�gnp.exe"),
        ("a\r\nb\rc", "a\nb␍c"),
        ("a\tb\n", "a\tb\n"),
        ("\x7f\x00", "␡␀"),
        ("lone \ud800 half", "lone � half"),
    ],
)
def test_what_was_there_can_be_read(raw: str, shown: str) -> None:
    assert literal(raw) == shown


def test_a_line_stays_one_line() -> None:
    assert line("two\nlines\tand \x1b[2J") == "two⏎lines and ␛[2J"


@pytest.mark.parametrize("text", ["[@click=app.quit]x[/]", "path [/usr/bin]", "[/", "[b]$name[/b]", "[link=http://x]y"])
def test_content_is_never_markup(text: str) -> None:
    assert content(text).plain == text
    assert content(text, "bold").plain == text
    assert content(text).spans == []


def test_the_line_filter_drops_controls_and_links_and_keeps_styles() -> None:
    bold = Style(bold=True)
    segments = [Segment("ok\x1b[2J\u202e", bold), Segment("x", Style(link="http://evil"))]
    first, second = DropControls().apply(segments, Color(0, 0, 0))
    assert (first.text, first.style) == ("ok[2J", bold)
    assert second.style is not None
    assert second.style.link is None


def test_ascii_replaces_the_interface_s_glyphs_cell_for_cell_and_no_letter() -> None:
    drawn = "✓ pass ✗ fail ◌ ▶ ■ ● ○ · … │ ─ └ → ⏎ ␛ ↓ é 漢"
    shown = ascii_only(drawn)
    assert cell_len(shown) == cell_len(drawn)
    assert [character for character in shown if not character.isascii()] == ["é", "漢"]
    assert AsciiGlyphs().apply([Segment("✓", None)], Color(0, 0, 0))[0].text == "+"
