from __future__ import annotations

import pytest

from .pty_corpus import picture, screen_bytes, violations

ENTER, ESC, TAB, PALETTE, JUMP = "\r", "\x1b", "\t", "\x10", "\x0f"
GALLERY = "tests.app.gallery"


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])
@pytest.mark.parametrize(
    ("factory", "keys"),
    [
        ("hostile_list", ["j", "?", ESC, PALETTE, ESC, "r", "x"]),
        ("hostile_empty", ["/", "x"]),
        ("hostile_panes", [TAB, "G", TAB, TAB, "z", "z", ENTER, JUMP]),
    ],
)
def test_nothing_of_the_corpus_reaches_the_terminal(factory: str, keys: list[str], size: tuple[int, int]) -> None:
    output = screen_bytes(f"{GALLERY}:{factory}", keys=keys, size=size)
    assert violations(output) == []


def test_hostile_text_can_be_read() -> None:
    shown = "\n".join(picture(screen_bytes(f"{GALLERY}:hostile_list")))
    assert "␛]52;c;SE9TVElMRQ" in shown


def test_the_harness_finds_what_an_unguarded_app_lets_through() -> None:
    found = violations(screen_bytes(f"{GALLERY}:unguarded"))
    assert any("RIGHT-TO-LEFT OVERRIDE" in each for each in found)
    assert any("x1b" in each for each in found)
