"""Names in a narrow column: short, and still different."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from eog_tui.literal import is_literal
from eog_tui.told_apart import told_apart

names = st.lists(st.text(st.sampled_from("ab-… 1漢\x1b\n"), max_size=24), max_size=12)


@given(names, st.integers(8, 30))
def test_no_two_names_look_alike_and_all_fit(names: list[str], width: int) -> None:
    shown = told_apart(names, width)
    assert shown.keys() == set(names)
    assert len({text.rstrip() for text in shown.values()}) == len(set(names))
    assert all(cell_len(text) <= width and is_literal(text) and "\n" not in text for text in shown.values())


def test_only_what_has_to_be_is_cut() -> None:
    models = ["react · gpt-5-mini", "react · gpt-5-nano", "react · opus", "planner_react · claude-sonnet-4.5"]
    assert list(told_apart(models, 15).values()) == [
        "react ·…-5-mini",
        "react ·…-5-nano",
        "react · opus",
        "planner_react …",
    ]


def test_names_that_differ_where_nothing_can_be_shown_get_numbers() -> None:
    assert list(told_apart(["aaaaaaaa-1-zzzzzzzz", "aaaaaaaa-2-zzzzzzzz"], 10).values()) == ["aaaaaaaa…1", "aaaaaaaa…2"]


def test_a_name_that_fits_keeps_its_looks_whatever_others_become() -> None:
    shown = told_apart(["aaaaaaa…", "aaaaaaab", "aaaaaaaaaa", "aaaaaaaaab"], 8)
    assert (shown["aaaaaaa…"], shown["aaaaaaab"]) == ("aaaaaaa…", "aaaaaaab")
    assert len(set(shown.values())) == 4
