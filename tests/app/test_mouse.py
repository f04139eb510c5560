"""The mouse can be given to the terminal and taken back while the app runs."""

from __future__ import annotations

from tests.app.pty_corpus import screen_bytes

PALETTE = "\x10"
ON, OFF = b"\x1b[?1000h", b"\x1b[?1000l"


def test_the_palette_gives_the_mouse_to_the_terminal_and_takes_it_back() -> None:
    turn = [PALETTE, "mouse on", "\r"]

    output = screen_bytes("tests.app.gallery:hostile_empty", keys=[*turn, *turn])

    assert output.index(ON) < output.index(OFF) < output.rindex(ON)
