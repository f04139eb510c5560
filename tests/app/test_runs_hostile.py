"""Hostile texts of runs, task files and file names on the Runs and Launch screens, in a real pty."""

from __future__ import annotations

import pytest

from .pty_corpus import picture, screen_bytes, violations

DOWN, TAB, ESC, ENTER = "\x1b[B", "\t", "\x1b", "\r"
SIZES = [(80, 24), (160, 48)]


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "160x48"])
@pytest.mark.parametrize(
    ("factory", "keys"),
    [
        ("hostile_runs", ["y", "x", ESC, "S", ESC, "/", "task:x", ESC, ":", ESC]),
        ("hostile_launch", ["j", "m", TAB, "G", TAB, "x/", DOWN, ESC]),
    ],
)
def test_nothing_hostile_reaches_the_terminal(factory: str, keys: list[str], size: tuple[int, int]) -> None:
    output = screen_bytes(f"tests.app.launching:{factory}", keys=keys, size=size)
    assert violations(_without_copied(output)) == []


def _without_copied(output: bytes) -> bytes:
    """Without what ``y`` sends to the clipboard: the app's own sequence, with literal text in base 64."""
    import re

    return re.sub(rb"\x1b\]52;c;[A-Za-z0-9+/=]*\x07", lambda copied: _checked(copied[0]), output)


def _checked(sequence: bytes) -> bytes:
    import base64

    text = base64.b64decode(sequence.removeprefix(b"\x1b]52;c;").removesuffix(b"\x07")).decode()
    assert "\x1b" not in text
    assert "\x07" not in text
    return b""


@pytest.mark.parametrize("factory", ["hostile_runs", "hostile_launch"])
def test_it_can_be_read(factory: str) -> None:
    assert "␛" in "\n".join(picture(screen_bytes(f"tests.app.launching:{factory}", size=(160, 48)), (160, 48)))
