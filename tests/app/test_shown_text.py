"""A stranger's text in an editor: what is shown, and what an untouched line still is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eog_tui.literal import is_literal, literal
from eog_tui.plans.shown_text import ShownText

odd_lines = st.lists(st.text(st.sampled_from("ab ␛�\x1b\x07\r\t\x85\u202e\u2028"), max_size=6), min_size=1, max_size=8)


@given(odd_lines)
def test_a_text_that_nobody_touched_is_as_it_was(lines: list[str]) -> None:
    text, shown = "\n".join(lines), ShownText()
    held = shown.show(text)
    assert is_literal(held)
    assert shown.original(held) == text


@given(odd_lines, odd_lines, st.integers(0, 8))
def test_what_comes_between_or_goes_changes_no_other_line(lines: list[str], added: list[str], at: int) -> None:
    """Lines are told apart by a number here; of two that look alike, nobody could say which one went."""
    lines = [f"{number} {line}" for number, line in enumerate(lines)]
    shown = ShownText()
    held = shown.show("\n".join(lines)).split("\n")
    typed = [literal(line.replace("\r", "")) for line in added]
    assert shown.original("\n".join(held[:at] + typed + held[at:])) == "\n".join(lines[:at] + typed + lines[at:])
    assert shown.original("\n".join(held[at:])) == "\n".join(lines[at:])


def test_lines_that_look_alike_keep_their_order() -> None:
    shown = ShownText()
    assert shown.show("a\x1b\na␛\na\x1b") == "a␛\na␛\na␛"
    assert shown.original("new\na␛\na␛\na␛") == "new\na\x1b\na␛\na\x1b"


def test_a_text_that_was_replaced_can_come_back() -> None:
    shown = ShownText()
    first = shown.show("one\x07")
    shown.show("two\x1b")
    assert shown.original(first) == "one\x07"
    assert shown.original("two␛") == "two\x1b"
