"""The colours: one accent, and green, red and amber for verdicts and danger only."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="eog-dark",
    dark=True,
    background="#15181d",
    surface="#1c2027",
    panel="#252a32",
    boost="#2b313a",
    foreground="#d5d9e0",
    primary="#85a9e6",
    secondary="#b7a5d9",
    accent="#85a9e6",
    success="#8cc47c",
    warning="#dcb35f",
    error="#ef8a84",
    variables={
        "dim": "#98a0ac",
        "cursor": "#2a3342",
        "cursor-blurred": "#20252d",
        "line": "#3a414c",
        "border": "#3a414c",
        "scrollbar": "#333a45",
        "scrollbar-hover": "#4a5361",
        "scrollbar-active": "#85a9e6",
        "scrollbar-background": "#15181d",
        "scrollbar-background-hover": "#15181d",
        "scrollbar-background-active": "#15181d",
        "scrollbar-corner-color": "#15181d",
        "footer-key-foreground": "#85a9e6",
        "input-selection-background": "#85a9e6 35%",
    },
)

LIGHT = Theme(
    name="eog-light",
    dark=False,
    background="#fbfaf7",
    surface="#f2f1ed",
    panel="#e8e6e0",
    boost="#dedcd5",
    foreground="#23272e",
    primary="#2b5aa8",
    secondary="#6a4c93",
    accent="#2b5aa8",
    success="#2a6b2d",
    warning="#7a5200",
    error="#ad2a20",
    variables={
        "dim": "#5f6670",
        "cursor": "#dbe4f3",
        "cursor-blurred": "#eceae4",
        "line": "#c9c6bd",
        "border": "#c9c6bd",
        "scrollbar": "#cfccc3",
        "scrollbar-hover": "#b3afa4",
        "scrollbar-active": "#2b5aa8",
        "scrollbar-background": "#fbfaf7",
        "scrollbar-background-hover": "#fbfaf7",
        "scrollbar-background-active": "#fbfaf7",
        "scrollbar-corner-color": "#fbfaf7",
        "footer-key-foreground": "#2b5aa8",
        "input-selection-background": "#2b5aa8 25%",
    },
)

OWN_VARIABLES = ("dim", "cursor", "cursor-blurred", "line")
"""What our styles use beyond Textual's variables."""


def _ansi(name: str, **colours: str) -> Theme:
    """The terminal's own 16 colours, which know no shades: dim, bold and reverse stand in, see ``:ansi`` in styles."""
    theme = BUILTIN_THEMES[name]
    variables = {**theme.variables, **dict.fromkeys(OWN_VARIABLES, "ansi_default")}
    return Theme(**{**vars(theme), **colours, "variables": variables})


ANSI_DARK = _ansi("ansi-dark", primary="ansi_cyan", accent="ansi_cyan", error="ansi_bright_red")

# On white, the green and yellow of most terminals are too faint to read: a pass is black there, and bold.
ANSI_LIGHT = _ansi("ansi-light", accent="ansi_blue", success="ansi_default", warning="ansi_magenta")

THEMES = {theme.name: theme for theme in (DARK, LIGHT, ANSI_DARK, ANSI_LIGHT)}
"""By name, in the order in which they are offered."""


class UnknownThemeError(ValueError):
    """There is no theme of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no theme is called {name}; there are {', '.join(THEMES)}")
