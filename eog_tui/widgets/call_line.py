"""A command line for tool calls: completes at the cursor, says below what is wrong, Enter sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from engine.gyms.session import ToolSpec
from eog_tui.literal import content, line
from eog_tui.widgets.form_help import kind_words
from eog_tui.widgets.proposal_list import Offer
from eog_tui.widgets.proposing_field import ProposingField
from eog_tui.workbench.call_line import CallLine as Read
from eog_tui.workbench.call_line import as_line, parse
from eog_tui.workbench.completing import Completer, WayOn
from eog_tui.workbench.on_demand import OnDemand
from eog_tui.workbench.seen import Seen
from eog_tui.workbench.tool_search import ToolSearch


class _Field(ProposingField):
    """The line itself: a Tab completes, as in a shell."""

    MOST_SHOWN: ClassVar[int] = 20

    def tell(self) -> None:
        """Have the line read."""
        self.query_ancestor(CallLine).edited()

    def use_key(self, key: str) -> bool:
        """Tab never leaves the line while something is typed."""
        if key == "tab" and not self.proposing and self.value:
            self.look_up(self.value)
            return True
        if key == "tab" and self.proposing and self._proposals.highlighted is None:
            self._take(0)
            return True
        return super().use_key(key)


class CallLine(Vertical):
    """``tool arg=value arg2="two words"``; Enter sends a line without problems."""

    DEFAULT_CSS = """
    CallLine {
        height: 2;
        & > Horizontal { height: 1; }
        & .call--sign { width: 2; color: $primary; text-style: bold; }
        & ProposingField { width: 1fr; }
        & _Typed:focus { background: $panel; }
        & > .call--note { height: 1; padding-left: 2; color: $dim; }
    }
    """

    @dataclass
    class Changed(Message):
        """Another line stands there; ``line.read`` says what it comes to."""

        line: CallLine

        @property
        def control(self) -> CallLine:
            """The line."""
            return self.line

    @dataclass
    class Submitted(Message):
        """Enter on a line that can be sent."""

        line: CallLine
        tool: ToolSpec
        arguments: Mapping[str, Any]

        @property
        def control(self) -> CallLine:
            """The line."""
            return self.line

    def __init__(self, tools: Sequence[ToolSpec], seen: Seen, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tools = {tool.name: tool for tool in tools}
        self._completer = Completer(ToolSearch(tools), seen)
        self._field = _Field(self._ways_on, at_hand=True, placeholder="tool name=value …")
        self.read = Read()
        """What the line comes to."""

    def compose(self) -> ComposeResult:
        """A sign, the line, a note."""
        with Horizontal():
            yield Static("›", classes="call--sign")
            yield self._field
        yield Static("", classes="call--note")

    @property
    def value(self) -> str:
        """What is typed."""
        return self._field.value

    @value.setter
    def value(self, value: str) -> None:
        self._field.value = value
        self._judge()

    def show(self, tool: ToolSpec, arguments: Mapping[str, Any]) -> None:
        """Write a call into the line."""
        self.value = as_line(tool, arguments)

    def focus(self, scroll_visible: bool = True) -> CallLine:
        """Type into the line."""
        self._field.focus(scroll_visible)
        return self

    def _ways_on(self, typed: str) -> Sequence[Offer]:
        return OnDemand(self._completer.ways_on(typed, self._field.cursor), _offer)

    def edited(self) -> None:
        """Read what was typed, and say what it comes to."""
        self._judge()
        self.post_message(self.Changed(self))

    @on(ProposingField.Submitted)
    def _sent(self, event: ProposingField.Submitted) -> None:
        event.stop()
        self._judge(at_once=True)
        if self.read.tool is not None and not self.read.problems:
            self.post_message(self.Submitted(self, self.read.tool, self.read.arguments))

    def _judge(self, *, at_once: bool = False) -> None:
        """Read the line and say what is wrong, or what will be sent.

        While a word is being typed, that it is not finished is no news: what is wrong before it comes first.
        """
        self.read = parse(self.value, self._tools)
        problems = self.read.problems
        if not at_once and problems and problems[0].end == len(self.value.rstrip()) == self._field.cursor:
            problems = problems[1:]
        said = Content("")
        if problems:
            first = problems[0]
            more = f" · {len(problems) - 1} more" if len(problems) > 1 else ""
            where = f"at {first.start + 1}: " if first.start < len(self.value) else ""
            said = content(f"✗ {where}{line(first.words)}{more}", "$error")
        elif self.read.tool is not None and not self.read.problems:
            said = content(f"✓ ⏎ sends it · {kind_words(self.read.tool)}")
            if unsure := self.read.doubts:
                said = content(f"! {line(unsure[0])}; ⏎ sends it", "$warning")
        self.query_one(".call--note", Static).update(said, layout=False)


def _offer(way: WayOn) -> Offer:
    return Offer(way.text, way.word, way.label, way.note, way.cursor, way.goes_on)
