"""Finds a tool by what is typed of its name or description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Static

from engine.gyms.session import ToolSpec
from eog_tui.literal import content
from eog_tui.widgets.form_help import kind_words
from eog_tui.widgets.line_input import LineInput
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.rows import Cell, Column, RowsAtHand
from eog_tui.workbench.tool_search import ToolSearch, first_sentence

_COLUMNS = (
    Column("name", "tool", 34, 16, keep=9, sorts=False),
    Column("kind", "", 8, 8, keep=8, sorts=False),
    Column("used", "used", 5, 4, right=True, keep=7, sorts=False),
    Column("what", "what it does", 30, 12, grows=True, keep=5, sorts=False),
)


class _Typed(LineInput):
    """What is searched for."""

    def edited(self) -> None:
        """Search."""
        self.query_ancestor(ToolPalette).find()


class _Found(RowTable[ToolSpec], can_focus=False):
    """The tools that fit; keys stay with the field."""

    virtual_size = Reactive(Size(0, 0))
    """As every widget has it, but how many tools fit changes nothing of the screen; the bar beside them is told."""

    def watch_virtual_size(self, size: Size) -> None:
        """Tell it."""
        self.show_bar(size.height, self.size.height)


class ToolPalette(Vertical):
    """A field over the tools that fit: names first, then descriptions. ↑↓ choose, Enter takes; Esc is the owner's."""

    DEFAULT_CSS = """
    ToolPalette {
        height: 1fr;
        & > Input { border: none; height: 1; padding: 0 1; background: $surface; color: $foreground; }
        & > Input:focus { border: none; padding: 0 1; background: $panel; }
        & > .palette--count { height: 1; padding: 0 1; color: $dim; }
        & > _Found { height: 3fr; }
        & > _Found > .line--cursor-blurred { background: $cursor; text-style: bold; }
        & > .palette--about { height: 2fr; min-height: 5; padding: 0 1; background: $surface; color: $foreground; }
    }
    ToolPalette:nocolor > _Found > .line--cursor-blurred { text-style: reverse; }
    ToolPalette:ansi > _Found > .line--cursor-blurred { text-style: reverse; }
    """

    @dataclass
    class Chosen(Message):
        """Enter or a double click on a tool."""

        palette: ToolPalette
        tool: ToolSpec

        @property
        def control(self) -> ToolPalette:
            """The palette."""
            return self.palette

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._search = ToolSearch(())
        self._used: Mapping[str, int] = {}
        self._told: ToolSpec | None = None
        """The tool that is described."""
        self._field = _Typed(placeholder="find a tool: words of its name or description", compact=True)
        self._found = _Found(_COLUMNS, self._cells, lambda tool: tool.name, empty="No tool fits. Other words?")

    def compose(self) -> ComposeResult:
        """The field, how many fit, the tools, what the chosen one does."""
        yield self._field
        yield Static("", classes="palette--count")
        yield self._found
        yield Static("", classes="palette--about")

    def show(self, tools: Sequence[ToolSpec], used: Mapping[str, int] | None = None) -> None:
        """Offer these tools; ``used`` counts how often each was called, by name."""
        self._search = ToolSearch(tools)
        self._used = dict(used or {})
        self.find()

    @property
    def typed(self) -> str:
        """What is searched for."""
        return self._field.value

    @property
    def selected(self) -> ToolSpec | None:
        """The tool that Enter takes."""
        return self._found.selected

    def open(self) -> None:
        """Begin anew: empty the field and type into it."""
        self._field.value = ""
        self._field.focus()

    def focus(self, scroll_visible: bool = True) -> ToolPalette:
        """Type into the field."""
        self._field.focus(scroll_visible)
        return self

    def _cells(self, tool: ToolSpec) -> list[Cell]:
        used = self._used.get(tool.name, 0)
        return [
            Cell(tool.name),
            Cell(kind_words(tool), "waiting" if tool.writes else "dim"),
            Cell(f"{used}×" if used else "", "dim"),
            Cell(first_sentence(tool.description), "dim"),
        ]

    def find(self) -> None:
        """Show the tools that fit what is typed."""
        found = self._search.find(self.typed, self._used)
        self._found.show(RowsAtHand(found, lambda tool: tool.name))
        self._found.action_first()
        total = len(self._search.tools)
        count = f"{len(found)} of {total} tools" if self.typed.strip() else f"{total} tools"
        used = sum(1 for tool in self._search.tools if self._used.get(tool.name))
        self.query_one(".palette--count", Static).update(content(f"{count} · {used} used"), layout=False)
        self._tell_about(self.selected)

    @on(Input.Changed)
    def _typed_on(self, event: Input.Changed) -> None:
        event.stop()
        self.find()

    @on(Input.Submitted)
    def _taken(self, event: Input.Submitted) -> None:
        event.stop()
        if self.selected is not None:
            self.post_message(self.Chosen(self, self.selected))

    @on(RowTable.Opened)
    def _clicked(self, event: RowTable.Opened) -> None:
        event.stop()
        assert isinstance(event.row, ToolSpec)
        self.post_message(self.Chosen(self, event.row))

    @on(RowTable.Selected)
    def _selected(self, event: RowTable.Selected) -> None:
        event.stop()
        self._tell_about(self.selected)

    def _tell_about(self, tool: ToolSpec | None) -> None:
        if tool is not self._told:
            self._told = tool
            lines = [part.strip() for part in tool.description.splitlines()] if tool else []
            said = content("\n".join(part for part in lines if part))
            self.query_one(".palette--about", Static).update(said, layout=False)

    def on_key(self, event: events.Key) -> None:
        """Keys that move go to the list."""
        moves = {"down": ("move", 1), "up": ("move", -1), "pagedown": ("page", 1), "pageup": ("page", -1)}
        if event.key in moves:
            event.stop()
            what, by = moves[event.key]
            (self._found.action_move if what == "move" else self._found.action_page)(by)
