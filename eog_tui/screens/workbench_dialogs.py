"""What the Workbench asks over itself: which tool, which words, and what to do once the run has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from engine.gyms.session import ToolSpec
from eog_tui.actions import bindings
from eog_tui.literal import content
from eog_tui.painting import NarrowCompositor
from eog_tui.widgets.piece_lines import PieceLines, Pieces
from eog_tui.widgets.tool_palette import ToolPalette

Next = Literal["replay", "leave"]


class ToolScreen(ModalScreen[ToolSpec | None]):
    """Finds a tool; returns it, or None."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    ToolScreen { align: center middle; background: $background 60%; }
    ToolScreen > Vertical {
        width: 90%; max-width: 110; height: 90%; padding: 0 1; background: $surface; border: round $line;
    }
    ToolScreen:ansi { background: transparent; }
    """

    def __init__(self, tools: Sequence[ToolSpec], used: Mapping[str, int]) -> None:
        super().__init__()
        self._compositor = NarrowCompositor()
        self._tools, self._used = tools, used

    def compose(self) -> ComposeResult:
        """The palette alone."""
        with Vertical():
            yield ToolPalette()

    def on_mount(self) -> None:
        """Type at once."""
        palette = self.query_one(ToolPalette)
        palette.show(self._tools, self._used)
        palette.open()

    @on(ToolPalette.Chosen)
    def _chosen(self, event: ToolPalette.Chosen) -> None:
        self.dismiss(event.tool)

    def action_cancel(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


class _Words(TextArea):
    """The words; ctrl+j is the dialog's."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "ctrl+j":
            event.stop()
            event.prevent_default()
            assert isinstance(self.screen, WordsScreen)
            self.screen.send()
        else:
            await super()._on_key(event)


class WordsScreen(ModalScreen[str | None]):
    """Asks for words; returns them, or None. Esc with words written asks to be pressed again."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    WordsScreen { align: center middle; background: $background 60%; }
    WordsScreen > Vertical {
        width: 90%; max-width: 90; height: auto; max-height: 90%; padding: 1 2;
        background: $surface; border: round $line;
    }
    WordsScreen .words--title { text-style: bold; height: 1; }
    WordsScreen PieceLines { background: $surface; padding: 0; margin-top: 1; }
    WordsScreen TextArea {
        height: 7; border: none; padding: 0 1; margin-top: 1; background: $background; color: $foreground;
        &:focus { border: none; }
        & .text-area--cursor-line { background: $cursor-blurred; }
    }
    WordsScreen .words--problem { color: $error; height: 1; }
    WordsScreen .words--keys { color: $dim; height: 1; }
    WordsScreen:nocolor .words--problem { text-style: bold; }
    WordsScreen:ansi { background: transparent; }
    """

    def __init__(self, title: str, keys: str, *, facts: Sequence[Pieces] = (), needed: str = "") -> None:
        """Ask.

        Args:
            title: what is asked for.
            keys: what ctrl+j does, in a word or two.
            facts: what else will be recorded.
            needed: what to say when there are no words; empty where there need not be any.
        """
        super().__init__()
        self._title, self._keys, self._facts, self._needed = title, keys, facts, needed
        self._leaving = False

    def compose(self) -> ComposeResult:
        """Title, facts, the words, what is wrong, keys."""
        with Vertical():
            yield Static(content(self._title), classes="words--title")
            yield PieceLines()
            yield _Words(theme="css", show_line_numbers=False)
            yield Static("", classes="words--problem")
            yield Static(content(f"ctrl+j {self._keys}   Esc back"), classes="words--keys")

    def on_mount(self) -> None:
        """Type at once."""
        lines = self.query_one(PieceLines)
        lines.show(self._facts)
        lines.display = bool(self._facts)
        self.query_one(TextArea).focus()

    def send(self) -> None:
        """Take the words."""
        words = self.query_one(TextArea).text.strip()
        if not words and self._needed:
            self._say(self._needed)
        else:
            self.dismiss(words)

    def action_cancel(self) -> None:
        """Go back; words that are written are dropped at the second time only."""
        if self._leaving or not self.query_one(TextArea).text.strip():
            self.dismiss(None)
        else:
            self._leaving = True
            self._say("! Esc again drops what you wrote.")

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._leaving = False
        self._say("")

    def _say(self, words: str) -> None:
        self.query_one(".words--problem", Static).update(content(words))


class EndedScreen(ModalScreen[Next]):
    """How the run ended; Enter replays it, Esc leaves the Workbench."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    EndedScreen { align: center middle; background: $background 60%; }
    EndedScreen > Vertical {
        width: 90%; max-width: 100; height: auto; max-height: 90%; padding: 1 2;
        background: $surface; border: round $line;
    }
    EndedScreen PieceLines { background: $surface; padding: 0; max-height: 100%; }
    EndedScreen .ended--keys { color: $dim; height: 1; margin-top: 1; }
    EndedScreen:ansi { background: transparent; }
    """

    def __init__(self, told: Sequence[Pieces]) -> None:
        super().__init__()
        self._told = told

    def compose(self) -> ComposeResult:
        """How it ended, keys."""
        with Vertical():
            yield PieceLines()
            yield Static(content("⏎ replay it   Esc leave"), classes="ended--keys")

    def on_mount(self) -> None:
        """Tell."""
        self.query_one(PieceLines).show(self._told)

    def on_key(self, event: events.Key) -> None:
        """Enter replays."""
        if event.key == "enter":
            event.stop()
            self.dismiss("replay")

    def action_cancel(self) -> None:
        """Leave."""
        self.dismiss("leave")
