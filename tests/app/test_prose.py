"""Lines that were wrapped for another page fill this one; everything else keeps its lines."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eog_tui.prose import prose_lines, unwrapped

words = st.text("abcdefghij", min_size=1, max_size=12)
paragraphs = st.lists(st.lists(words, min_size=1, max_size=80).map(" ".join), min_size=1, max_size=5)
anything = st.lists(
    st.sampled_from(
        ["- ", "1. ", "  ", "    ", "# ", "| a | b |", "> ", "```", "---", "\t", '"k": ', "\x1c", ""]
    ).flatmap(lambda start: st.text("ab .:|\\\u2028\x0b", max_size=140).map(lambda rest: start + rest)),
    max_size=12,
).map("\n".join)


@given(paragraphs, st.integers(80, 120), st.sampled_from(["", "- ", "12. "]))
def test_wrapped_paragraphs_and_items_are_whole_again(paragraphs: list[str], width: int, mark: str) -> None:
    wrapped = [
        textwrap.fill(text, width, initial_indent=mark, subsequent_indent=" " * len(mark)) for text in paragraphs
    ]
    assert unwrapped("\n\n".join(wrapped)) == "\n\n".join(mark + text for text in paragraphs)
    if mark:
        assert unwrapped("\n".join(wrapped)) == "\n".join(mark + text for text in paragraphs)


@given(anything)
def test_all_words_stay_in_their_order_and_the_end_is_reached(text: str) -> None:
    lines = list(prose_lines(text))
    assert " ".join(line.text for line in lines).split() == text.split()
    assert [line.used for line in lines] == sorted(line.used for line in lines)
    assert lines[-1].used == len(text) + 1


@given(st.lists(st.text("ab |-#>", max_size=59)).map("\n".join))
def test_short_lines_stay_as_they_are(text: str) -> None:
    assert unwrapped(text) == text


FULL = "a line that goes as far as the page of its author went, which was about ninety characters"


@pytest.mark.parametrize(
    "text",
    [
        f"# {FULL}\nBelow a heading.",
        f"{FULL}\n# A heading",
        f"{FULL}\n- an item",
        f"{FULL}\n2) an item",
        f"| {FULL} | b |\nbelow a table",
        f"a | {FULL}\nb | second",
        f"> {FULL}\n> quoted",
        f"```\n{FULL}\ncode\n```",
        f"    {FULL}\n    code",
        f"{FULL}\n    code",
        f"{FULL}\n---\n{FULL}",
        f"{FULL}  \na break of the author's",
        f"{FULL}\\\na break of the author's",
        f"{FULL}:\nwhat was announced",
        f"{FULL}.\nA sentence a line.",
        f"2026-01-02 {FULL}\n2026-01-03 another",
        f'  "name": "{FULL}",\n  "other": 1',
        f'  "{FULL}",\n  "other"',
        f"{FULL}\n{'x' * 131}\nand",
        f"Name: Kim\nRole: manager\n{FULL}",
        f"{FULL}\n\nAnother paragraph",
    ],
)
def test_what_has_a_line_of_its_own_keeps_it(text: str) -> None:
    assert unwrapped(text) == text


@pytest.mark.parametrize(
    ("text", "whole", "hang"),
    [
        (f"{FULL}\nend.", f"{FULL} end.", 0),
        (f"{FULL}.\n{FULL}\nend.", f"{FULL}. {FULL} end.", 0),
        (f"- {FULL}.\n  Next.", f"- {FULL}. Next.", 2),
        (f"- {FULL}\nlazy", f"- {FULL} lazy", 2),
        (f"  10. {FULL}\n      end", f"  10. {FULL} end", 6),
        (f"- [ ] {FULL}\n  end", f"- [ ] {FULL} end", 6),
        (f"{FULL}\r\nend.", f"{FULL} end.", 0),
    ],
)
def test_what_was_only_wrapped_is_joined(text: str, whole: str, hang: int) -> None:
    [line] = prose_lines(text)
    assert (line.text, line.hang) == (whole, hang)


def test_a_paragraph_without_an_end_is_cut_where_a_view_would() -> None:
    lines = list(prose_lines(f"{FULL}\n" * 1_000))
    assert 4_000 <= max(len(line.text) for line in lines) < 4_200
