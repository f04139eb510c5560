"""Runs an app in a real pseudo-terminal and says what hostile came through to it. Pilot never sees bytes; this does.

The app tells through the terminal which keys it is done with, so that none is pressed before all of the one before it
is drawn, however busy the machine is.

The app tells through the terminal which keys it is done with, so that none is pressed before all of the one before it
is drawn, however busy the machine is.

    output = screen_bytes("tests.app.gallery:hostile_list", keys=["j", "?"])
    assert violations(output) == []

A factory is ``module:function``; the function takes nothing and returns a Textual app. Fill its screen with
``HOSTILE`` (all of the corpus in one line) wherever text of a run can stand.
"""

from __future__ import annotations

import asyncio
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
from typing import Any

from textual import events
from textual.app import App

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
_DONE = "\x1b[?31338;{}n"
"""What an app sends once it is done with so many keys; no part of what it shows."""
_QUIET_SECONDS = 0.4
"""How long an app has nothing to do before it counts as done; all that it puts off, it puts off for less."""
_DONE = "\x1b[?31338;{}n"
"""What an app sends once it is done with so many keys; no part of what it shows."""
_QUIET_SECONDS = 0.4
"""How long an app has nothing to do before it counts as done; all that it puts off, it puts off for less."""


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
    program = f"from {module} import {function}; from tests.app.pty_corpus import show; show({function})"
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT), **(env or {})},
        start_new_session=True,
    )
    os.close(slave)
    try:
        pressed, output = 0, _until_done(master, 0)
        for key in keys:
            os.write(master, key.encode())
            pressed += 1 if key.startswith("\x1b") else len(key)
            output += _until_done(master, pressed)
        assert child.poll() is None, output[-2_000:].decode(errors="replace")
        assert b"\x1b[?1049h" in output, "the app did not take the screen"
        return output
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        os.close(master)


def _until_done(master: int, keys: int, *, seconds: float = 60.0) -> bytes:
    """What comes until the app is done with so many keys."""
    output, done, end = b"", _DONE.format(keys).encode(), time.monotonic() + seconds
    while done not in output:
        assert time.monotonic() < end, f"it is not done with key {keys}: {output[-2_000:].decode(errors='replace')}"
        if select.select([master], [], [], 0.5)[0]:
            try:
                output += os.read(master, 1 << 16)
            except OSError:  # the other end is closed
                raise AssertionError(f"the app ended: {output[-2_000:].decode(errors='replace')}") from None
    return re.sub(rb"\x1b\[\?31338;\d+n", b"", output)


def show(factory: Any) -> None:
    """In the child: run the app; after its start and after each key, say so once nothing is left to do."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # whoever loses the terminal ends, as in a window that is closed
    handle, handled, teller = App.on_event, 0, None

    async def on_event(app: App[Any], event: events.Event) -> None:
        nonlocal handled, teller
        is_pressed = isinstance(event, events.InputEvent) and not event.is_forwarded
        await handle(app, event)
        if is_pressed:
            handled += 1
        elif teller is not None:
            return
        if teller is not None:
            teller.cancel()
        teller = asyncio.create_task(_tell(app, handled))

    App.on_event = on_event  # type: ignore[method-assign]
    factory().run()


async def _tell(app: App[Any], keys: int) -> None:
    quiet_since = time.monotonic()
    while time.monotonic() < quiet_since + _QUIET_SECONDS:
        await asyncio.sleep(0.02)
        if _is_busy(app):
            quiet_since = time.monotonic()
    assert app._driver is not None
    app._driver.write(_DONE.format(keys))
    app._driver.flush()


def _is_busy(app: App[Any]) -> bool:
    from tests.app.launching import at_work  # which is imported by what knows this module

    if not app.screen_stack or at_work(app):
        return True
    return any(widget.message_queue_size for widget in (app, *app.screen.walk_children(with_self=True)))


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
