"""Runs an app in a real pseudo-terminal and says what hostile came through to it. Pilot never sees bytes; this does.

    output = screen_bytes("tests.app.gallery:hostile_list", keys=["j", "?"])
    assert violations(output) == []

A factory is ``module:function``; the function takes nothing and returns a Textual app. Fill its screen with
``HOSTILE`` (all of the corpus in one line) wherever text of a run can stand.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CORPUS = {
    "clipboard (OSC 52)": "\x1b]52;c;SE9TVElMRQ==\x07",
    "title (OSC 0)": "\x1b]0;EVIL-TITLE\x07",
    "hyperlink (OSC 8)": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "colour (CSI m)": "\x1b[31337m",
    "cursor (CSI H)": "\x1b[3133;7H",
    "query (CSI c)": "\x1b[31337c",
    "string (DCS)": "\x1bPevil-dcs\x1b\\",
    "reset (ESC c)": "\x1bc",
    "one byte CSI (C1)": "\x9b31337m",
    "one byte OSC (C1)": "\x9d0;EVIL\x9c",
    "bell, backspace, delete, null": "\x07\x08\x7f\x00",
    "carriage return": "before\rAFTER",
    "bidi override": "\u202egnp.exe\u202c\u2066iso\u2069",
    "zero width": "a\u200bb\u200db\u2060c\ufeff",
    "invisible tags": "\U000e0041\U000e0042",
    "line separators": "x\u2028y\u2029z\x85",
    "markup": "[@click=app.quit]quit[/] [b]bold[/b] [/] [link=http://evil.example]x[/link]",
}
HOSTILE = " ".join(CORPUS.values())

_OF_TEXTUAL = re.compile(
    r"\x1b(?:\[[0-9;:<>=?$ ]*[@-~]|[78=>]|\(B|P[=+$]?[0-9;]*[a-zA-Z|][^\x1b]*\x1b\\|\]22;[a-z-]+\x07)"
)
"""What Textual itself sends: CSI sequences, saving the cursor, keypad modes, the pointer's shape."""
_HOSTILE_SEQUENCE = re.compile(r"\x1b\[(?:31337|3133;7H)|\x1b\](?:52|0|8);|\x1bc|\x1bPevil")
"""What only the corpus sends. The same in plain sight, such as ``␛[31337m``, is what should be there."""


def screen_bytes(
    factory: str,
    *,
    keys: Sequence[str] = (),
    size: tuple[int, int] = (80, 24),
    env: dict[str, str] | None = None,
) -> bytes:
    """All that an app writes: at its start, and after each of ``keys`` (bytes as a terminal sends them, as text).

    Raises:
        AssertionError: the app ended by itself, or drew nothing.
    """
    module, function = factory.split(":")
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    child = subprocess.Popen(
        [sys.executable, "-c", f"from {module} import {function}; {function}().run()"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT), **(env or {})},
        start_new_session=True,
    )
    os.close(slave)
    try:
        output = _until_quiet(master, first=15.0)
        for key in keys:
            os.write(master, key.encode())
            output += _until_quiet(master, first=1.5)
        assert child.poll() is None, output[-2_000:].decode(errors="replace")
        assert b"\x1b[?1049h" in output, "the app did not take the screen"
        return output
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        os.close(master)


def _until_quiet(master: int, *, first: float, pause: float = 0.4) -> bytes:
    output, until = b"", time.monotonic() + first
    while time.monotonic() < until:
        readable, _, _ = select.select([master], [], [], 0.05)
        if readable:
            try:
                output += os.read(master, 1 << 16)
            except OSError:  # the other end is closed
                return output
            # An app that has begun to draw goes on until it pauses; modes alone are not a picture.
            if len(output) > 500 or first < 5:
                until = time.monotonic() + pause
    return output


def violations(output: bytes) -> list[str]:
    """What of the corpus came through, in words; empty when all of it was made literal."""
    text = output.decode(errors="surrogateescape")
    found = [f"{sequence!r} was sent" for sequence in set(_HOSTILE_SEQUENCE.findall(text))]
    rest = _OF_TEXTUAL.sub("", text)
    for character in sorted(set(rest)):
        category = unicodedata.category(character)
        if category in {"Cf", "Zl", "Zp", "Cs"} or (category == "Cc" and character not in "\r\n"):
            found.append(f"U+{ord(character):04X} {unicodedata.name(character, 'control')} was sent")
    return found


def picture(output: bytes, size: tuple[int, int] = (80, 24)) -> list[str]:
    """The lines that a terminal shows after ``output``."""
    import pyte

    screen = pyte.Screen(*size)
    pyte.ByteStream(screen).feed(output)
    return [line.rstrip() for line in screen.display]
