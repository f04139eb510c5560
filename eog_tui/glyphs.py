"""The interface's signs: one glyph a meaning, always beside a word, and what stands for them under ``--ascii``."""

from __future__ import annotations

from typing import Literal, NamedTuple

Tone = Literal["", "pass", "fail", "error", "running", "waiting", "stopped", "dim", "accent", "strong"]
"""What a piece of text means; views turn it into a style of the theme (``.tone--pass`` and so on)."""


class Status(NamedTuple):
    """How a run's status or a verifier's outcome is shown."""

    glyph: str
    word: str
    tone: Tone

    def __str__(self) -> str:
        return f"{self.glyph} {self.word}"


STATUS: dict[str, Status] = {
    "queued": Status("◌", "queued", "waiting"),
    "running": Status("▶", "running", "running"),
    "waiting": Status("◌", "waiting", "waiting"),
    "paused": Status("◌", "paused", "waiting"),
    "passed": Status("✓", "pass", "pass"),
    "failed": Status("✗", "fail", "fail"),
    "errored": Status("!", "error", "error"),
    "stopped": Status("■", "stopped", "stopped"),
    "interrupted": Status("■", "interrupted", "stopped"),
}
"""By ``RunStatus``."""

OUTCOME: dict[str, Status] = {
    "pass": Status("✓", "pass", "pass"),
    "fail": Status("✗", "fail", "fail"),
    "error": Status("!", "error", "error"),
}
"""By verifier outcome."""

_ASCII = str.maketrans(
    {
        **dict.fromkeys("─╌┄▁▂▔", "-"),
        **dict.fromkeys("│┃╎┆║▏▎▍▌▐▊▉▕", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛╷╵╴╶╞╡╪┠┨", "+"),
        **dict.fromkeys("█▓▒▇▆▅▄▃▀▟▙▜▛■", "#"),
        **dict.fromkeys("·•⋅", "."),
        **dict.fromkeys("▶▸→⏵›", ">"),
        **dict.fromkeys("◀◂←⏴‹", "<"),
        **dict.fromkeys("↑▲⌃", "^"),
        **dict.fromkeys("↓▼▾⌄", "v"),
        **dict.fromkeys("✗×✕", "x"),
        **dict.fromkeys("✓✔", "+"),
        **dict.fromkeys("◌○", "o"),
        **dict.fromkeys("━═", "="),
        "●": "*",
        "◆": "*",
        "◇": "@",
        "…": "~",
        "⏎": "$",
        "⇥": ">",
        "–": "-",
        "—": "-",
        "�": "?",
        "␡": "?",
        **{chr(0x2400 + code): "?" for code in range(0x20)},
    }
)


def ascii_only(text: str) -> str:
    """Replace the interface's glyphs and box drawing by ASCII, cell for cell; letters of any script stay."""
    return text if text.isascii() else text.translate(_ASCII)
