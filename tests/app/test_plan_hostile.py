"""Hostile plans, tasks and authors on the plan screens, in a real pty."""

from __future__ import annotations

import pytest

from .pty_corpus import picture, screen_bytes, violations

DOWN, TAB, ESC, ENTER = "\x1b[B", "\t", "\x1b", "\r"
SIZES = [(80, 24), (160, 48)]


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "160x48"])
@pytest.mark.parametrize(
    ("factory", "keys"),
    [
        ("hostile_library", ["j", "x", ESC, "/", "x", ENTER, ":", ESC]),
        ("hostile_plan", ["`up", DOWN, ESC, ESC, TAB, TAB, TAB, TAB, TAB, TAB, "j", "u"]),
        ("hostile_editor", ["x", ESC, TAB, TAB, TAB, TAB, TAB, ESC, ESC, ESC]),
        ("hostile_uplift", ["j", ":", ESC]),
    ],
)
def test_nothing_hostile_reaches_the_terminal(factory: str, keys: list[str], size: tuple[int, int]) -> None:
    output = screen_bytes(f"tests.app.planning:{factory}", keys=keys, size=size)
    assert violations(output) == []


@pytest.mark.parametrize("factory", ["hostile_library", "hostile_plan"])
def test_it_can_be_read(factory: str) -> None:
    output = screen_bytes(f"tests.app.planning:{factory}", keys=[TAB], size=(160, 48))
    assert "␛" in "\n".join(picture(output, (160, 48)))
