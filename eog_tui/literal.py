"""Makes text from runs literal: what a stranger wrote can be read, and can do nothing.

Textual passes escape sequences and bidi overrides on to the terminal, and reads ``str`` as markup in most widgets
and messages. So text crosses the border here, once: :func:`literal` for text, :func:`line` for one line,
:func:`content` for widgets that want a renderable. ``line_filters`` is the second wall: it sees every line that leaves
the app and drops what came around the first. Clipboard, pager, terminal title and the command line do not pass the
second wall, so they call :func:`literal` themselves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.content import Content

_FORMAT_RANGES = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
"""Unicode's format characters (bidi, zero width, invisible tags) and its line and paragraph separators."""

_UNSAFE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_FORMAT_RANGES}]")
_UNSAFE_IN_LINE = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_FORMAT_RANGES}]")

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_NAMED = {chr(code): chr(0x2400 + code) for code in range(0x20)} | {"\x7f": "\N{SYMBOL FOR DELETE}"}
_IN_LINE = _NAMED | {"\n": "\N{RETURN SYMBOL}", "\t": " "}


def is_literal(text: str) -> bool:
    """Whether ``text`` holds nothing that :func:`literal` would replace."""
    return _UNSAFE.search(text) is None


def literal(text: str) -> str:
    """Return ``text`` with every control and invisible character replaced by a visible one of one cell.

    Newlines and tabs stay; a Windows line end becomes a newline. C0 controls and DEL get their Unicode picture
    (ESC becomes ``␛``); C1, bidi, zero-width and other format characters and lone surrogates become ``�``.
    """
    if _UNSAFE.search(text) is None:
        return text
    text = text.replace("\r\n", "\n")
    return _UNSAFE.sub(lambda match: _NAMED.get(match[0], _UNKNOWN), text)


def drop_controls(text: str) -> str:
    """Return ``text`` without what :func:`line` would replace: the last resort, where a glyph may not fit."""
    return _UNSAFE_IN_LINE.sub("", text)


def line(text: str) -> str:
    """Return ``text`` as one literal line: like :func:`literal`, a newline shows as ``⏎``, a tab as a space."""
    if _UNSAFE_IN_LINE.search(text) is None:
        return text
    return _UNSAFE_IN_LINE.sub(lambda match: _IN_LINE.get(match[0], _UNKNOWN), text.replace("\r\n", "\n"))


def content(text: str, style: str = "") -> Content:
    """Return ``text`` as a renderable that no markup parser sees, for labels, options, titles and toasts."""
    from textual.content import Content  # here: the command line needs this module without Textual

    return Content.styled(literal(text), style) if style else Content(literal(text))
