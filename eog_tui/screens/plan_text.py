"""The text of a plan while it is written: tool names complete at the cursor, and wrong ones are named below."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

from eog_tui.literal import line, literal
from eog_tui.plans.shown_text import ShownText
from eog_tui.plans.tool_names import ToolNames, Typed
from eog_tui.widgets.long_text_area import LongTextArea
from eog_tui.widgets.piece_lines import PieceLines, Pieces
from eog_tui.widgets.proposal_list import Offer, ProposalList
from eog_tui.workbench.tool_search import first_sentence

_PAUSE_S = 0.12
"""Seconds without a key after which the whole text is looked at."""
_MOST_OFFERED = 40
_MOST_WARNED = 2
_EMPTY = """\
How should an agent go about this task? Markdown.
Names of tools complete while you type: Tab takes one.
Esc leads to the commands; ctrl+j saves."""
_LEAST_WIDTH = 46
_WIDTH = 70


class _Written(LongTextArea):
    """The text itself; keys that work on the list of names go there first. It holds nothing invisible."""

    async def _on_key(self, event: events.Key) -> None:
        if self.query_ancestor(PlanText).use_key(event.key):
            event.stop()
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = literal(event.text)


class PlanText(Vertical):
    """Markdown with a list of tool names under the cursor: ↓↑ choose, Tab or Enter takes, Esc closes.

    A word of prose is completed by Tab only, so that Enter goes on to make lines.
    """

    DEFAULT_CSS = """
    PlanText {
        height: 1fr;
        & > _Written {
            height: 1fr; border: none; padding: 0; background: $background; color: $foreground;
            scrollbar-size-vertical: 1;
            & .text-area--cursor-line { background: $cursor-blurred; }
            & .text-area--gutter { color: $dim; }
            & .text-area--cursor-gutter { color: $dim; background: $cursor-blurred; }
        }
        & > _Written:focus { border: none; }
        & > PieceLines { background: $surface; }
    }
    """

    @dataclass
    class Edited(Message):
        """The text is another one."""

        editor: PlanText

        @property
        def control(self) -> PlanText:
            """The editor."""
            return self.editor

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._written = _Written(placeholder=_EMPTY)
        self._list = ProposalList()
        self._shown = ShownText()
        self._begun = False
        self._names: ToolNames | None = None
        self._typed: Typed | None = None
        self._just_taken = False
        self._loading = ""
        self._later: Timer | None = None

    def compose(self) -> ComposeResult:
        """The text, the names over it, the warnings below it."""
        yield self._written
        yield self._list
        yield PieceLines(id="warnings")

    # What the owner uses.

    @property
    def text(self) -> str:
        """What is written. Lines that nobody touched are as they came, though controls show as signs."""
        return self._shown.original(self._written.text)

    def show(self, text: str) -> None:
        """Begin with a text; what can be undone begins here. What was typed before it came stands at its start."""
        early = "" if self._begun else self._written.text
        self._begun = True
        self._written.load_text(self._shown.show(text))
        if early:
            self._written.insert(early)

    def replace(self, text: str) -> None:
        """Put another text in the place of all that is written; ctrl+z takes it back."""
        self._written.replace(self._shown.show(text), (0, 0), self._written.document.end)
        self._written.move_cursor((0, 0))

    def insert(self, text: str) -> None:
        """Write at the cursor."""
        self._just_taken = True
        self._written.insert(literal(text))

    def check_against(self, names: ToolNames) -> None:
        """Complete and check these names from now on."""
        self._names = names
        self._check()

    def focus(self, scroll_visible: bool = True) -> PlanText:
        """Write."""
        self._written.focus(scroll_visible)
        return self

    @property
    def writing(self) -> bool:
        """Whether letters go into the text."""
        return self._written.has_focus

    @property
    def naming(self) -> bool:
        """Whether names are listed."""
        return self._list.display

    def copyable(self) -> str:
        """What ``y`` copies: the selected text, or all of it."""
        return self._written.selected_text or self.text

    # Names.

    def use_key(self, key: str) -> bool:
        """Do what a key means for the names; returns whether it meant anything."""
        if not self.naming:
            return False
        match key:
            case "down" | "up":
                self._list.move(1 if key == "down" else -1)
            case "tab":
                self._take(self._list.highlighted or 0)
            case "enter" if self._list.highlighted is not None:
                self._take(self._list.highlighted)
            case "escape":
                self._close()
            case _:
                return False
        return True

    def step_out(self) -> bool:
        """Close the list; returns whether it was open."""
        was_open = self.naming
        self._close()
        return was_open

    def _close(self) -> None:
        if self._typed is not None:
            self._typed = None
            self._list.display = False
            self._check_soon()

    def _look_up(self) -> None:
        row, column = self._written.cursor_location
        before = self._written.document.get_line(row)[:column]
        typed = self._names.typed(before) if self._names and self._written.selection.is_empty else None
        if typed is None or self._just_taken:
            self._close()
            self._just_taken = False
            return
        self._typed = typed
        shown = typed.tools[:_MOST_OFFERED]
        room = self.screen.size.width - self._written.cursor_screen_offset.x
        self._list.styles.width = min(max(room, _LEAST_WIDTH), _WIDTH)
        offers = [Offer(tool.name, label=first_sentence(tool.description)) for tool in shown]
        self._list.show(offers, len(typed.tools) - len(shown))
        if typed.as_name:
            self._list.highlighted = 0
        self._list.display = True
        self.call_after_refresh(self._place, column - typed.start)

    def _place(self, back: int) -> None:
        """Below the word, or above it where there is no room."""
        at, size, screen = self._written.cursor_screen_offset, self._list.outer_size, self.screen.size
        below = at.y + 1 + size.height < screen.height
        self._list.absolute_offset = Offset(
            max(min(at.x - back, screen.width - size.width), 0), at.y + 1 if below else at.y - size.height
        )

    def _take(self, place: int) -> None:
        if self._typed is None or place >= len(self._typed.tools):
            return
        row, column = self._written.cursor_location
        name, start = self._typed.tools[place].name, self._typed.start
        after = self._written.document.get_line(row)[column:]
        rest = len(after) - len(after.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"))
        self._just_taken = True
        opened = self._written.document.get_line(row)[:start].count("`") % 2 == 1 and after[rest : rest + 1] != "`"
        taken = line(name) + "`" * opened
        self._written.replace(taken, (row, start), (row, column + rest), maintain_selection_offset=False)
        self._written.move_cursor((row, start + len(taken)))
        self._close()

    @on(ProposalList.Clicked)
    def _clicked(self, event: ProposalList.Clicked) -> None:
        event.stop()
        self._take(event.place)
        self._written.focus()

    # What happens to the text.

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.writing:
            self._look_up()
        self._check_soon()
        self.post_message(self.Edited(self))

    @on(TextArea.SelectionChanged)
    def _moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        if self._typed is None:
            return
        row, column = self._written.cursor_location
        now = self._names.typed(self._written.document.get_line(row)[:column]) if self._names else None
        if now is None or now.start != self._typed.start:
            self._close()

    @on(events.DescendantBlur)
    def _left(self) -> None:
        self._close()

    def _check_soon(self) -> None:
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(_PAUSE_S, self._check)

    def _check(self) -> None:
        if self._names is None or not self.is_mounted:
            return
        found = self._names.warnings(self._written.document.lines)
        if self._typed is not None:  # who is in the middle of a name has not written a wrong one
            row, column = self._written.cursor_location
            begun = row + 1, self._written.document.get_line(row)[self._typed.start : column]
            found = [each for each in found if each[:2] != begun]
        told: list[Pieces] = [[("! ", "error"), (str(each), "")] for each in found[:_MOST_WARNED]]
        more = len(found) - _MOST_WARNED
        self.query_one("#warnings", PieceLines).show(told, [[(f"+{more} more", "dim")]] if more > 0 else [])
