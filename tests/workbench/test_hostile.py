"""Tool descriptions, seen values and arguments of strangers do nothing to the terminal."""

from __future__ import annotations

import pytest

from tests.app.pty_corpus import screen_bytes, violations

DOWN, ESC, TAB, F2 = "\x1b[B", "\x1b", "\t", "\x1bOQ"


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])
@pytest.mark.parametrize(
    ("factory", "keys"),
    [
        ("hostile_form", [DOWN, TAB, TAB, DOWN, DOWN, TAB, TAB, F2, "x", ESC, ESC]),
        ("hostile_form", [TAB, DOWN, DOWN, "\r", F2]),
        ("hostile_palette", ["e", DOWN]),
        ("hostile_line", ["c", TAB, "i", TAB, DOWN, "\r", "\r"]),
    ],
)
def test_nothing_of_the_corpus_reaches_the_terminal(factory: str, keys: list[str], size: tuple[int, int]) -> None:
    assert violations(screen_bytes(f"tests.workbench.gallery:{factory}", keys=keys, size=size)) == []
