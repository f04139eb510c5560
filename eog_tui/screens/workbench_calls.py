"""Calling tools at the Workbench: fill a form or type a line, send it, see what came back, send it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual import on, work

from engine.gyms.session import ToolSpec
from engine.runs.orders import Call
from engine.trajectory.events import ToolCall
from engine.trajectory.steps import StepHead
from eog_tui.screens.workbench_dialogs import ToolScreen
from eog_tui.screens.workbench_panes import CallPane, History
from eog_tui.screens.workbench_seat import SeatScreen
from eog_tui.widgets.call_line import CallLine
from eog_tui.widgets.panes import Panes
from eog_tui.widgets.result_view import ResultView
from eog_tui.widgets.row_table import RowTable
from eog_tui.widgets.tool_form import ToolForm
from eog_tui.workbench.desk import Desk
from eog_tui.workbench.seen import Thing
from eog_tui.workbench.unsent import Unsent


class CallsScreen(SeatScreen):
    """A seat at which tools are called. Composes what ``workbench_panes`` has, in Panes ``#desk``."""

    @property
    def _unsent(self) -> Unsent:
        return self.eog.unsent[self.run_id]

    def _tell(self) -> None:
        """Say how the run stands."""
        raise NotImplementedError

    # Filling in.

    def action_tool(self) -> None:
        """Find a tool."""
        if self._desk is not None and self._ready():
            self.app.push_screen(ToolScreen(self._desk.tools, self._desk.used), self._choose)

    def _choose(self, tool: ToolSpec | None) -> None:
        if tool is not None:
            self._fill(tool, typed=self._unsent.form(tool.name))

    def _fill(
        self, tool: ToolSpec, arguments: Mapping[str, Any] | None = None, typed: Mapping[str, str] | None = None
    ) -> None:
        self._take_in_hand(tool, arguments, typed)
        pane = self.query_one(CallPane)
        self.query_one("#desk", Panes).show_pane(pane)
        if not pane.focus_form():
            pane.focus()

    def _take_in_hand(
        self, tool: ToolSpec, arguments: Mapping[str, Any] | None, typed: Mapping[str, str] | None
    ) -> None:
        self._keep_form()  # a key may be ahead of the message that tells of it
        self.query_one(ToolForm).show(tool, arguments, typed=typed)
        self.query_one(CallPane).add_class("-tool")

    @on(ToolForm.Changed)
    def _keep_form(self) -> None:
        form = self.query_one(ToolForm)
        if form.tool is not None:
            self._unsent.keep(form.tool.name, form.typed())

    @on(CallLine.Changed)
    def _keep_line(self, event: CallLine.Changed) -> None:
        self._unsent.line = event.line.value

    def _pick_up(self) -> None:
        """Go on where somebody left who had typed something."""
        unsent = self._unsent
        tool = self._desk.tool(unsent.tool) if self._desk is not None else None
        if tool is not None and (typed := unsent.form(tool.name)):
            self._take_in_hand(tool, None, typed)
        if unsent.line:
            self.query_one(CallLine).value = unsent.line
            self.add_class("-lines")

    def action_fill(self) -> None:
        """Go into the form, or to the tools where none is chosen."""
        if self.query_one(ToolForm).tool is None:
            self.action_tool()
        elif not self.query_one(CallPane).focus_form() and self._ready():
            self.eog.toast("This tool has no fields: ctrl+j sends the call.")

    def action_line(self) -> None:
        """Show the line for calls and type into it, or hide it."""
        line = self.query_one_optional(CallLine)
        if line is None:
            self._ready()
            return
        self.toggle_class("-lines")
        self.query_one("#desk", Panes).show_pane(self.query_one(CallPane))
        self.call_after_refresh(line.focus) if self.has_class("-lines") else self.focus_main()

    @on(RowTable.Opened, "#things")
    def _put(self, event: RowTable.Opened) -> None:
        """Put what was seen into the field that has the cursor."""
        form = self.query_one(ToolForm)
        assert isinstance(event.row, Thing)
        if form.filling is None or not form.filling.fields:
            self.eog.toast("There is no field to put it into: t chooses a tool.")
            return
        form.put(form.field.name, event.row.value)
        self.query_one("#desk", Panes).show_pane(self.query_one(CallPane))
        self.query_one(CallPane).focus_form()

    # Sending.

    def action_send(self) -> None:
        """Send what the form or the line says."""
        line, form = self.query_one_optional(CallLine), self.query_one(ToolForm)
        if line is not None and line.has_focus_within:
            self._send_line(line)
        elif form.tool is None:
            self.eog.toast("There is no call yet: t chooses a tool.")
        elif problems := form.problems:
            field, words = next(iter(problems.items()))
            self._not_sent(f"{field}: {words}" if field else words)
            self.query_one("#desk", Panes).show_pane(self.query_one(CallPane))
            self.query_one(CallPane).remove_class("-reading")
            self.call_after_refresh(form.go_to, field)
        else:
            self._call(form.tool, form.arguments, form.typed())

    def _send_line(self, line: CallLine) -> None:
        read = line.read
        if read.tool is None or read.problems:
            self._not_sent(read.problems[0].words if read.problems else "there is no call in the line")
        elif self._call(read.tool, read.arguments):
            line.value = self._unsent.line = ""

    def _not_sent(self, why: str) -> None:
        # Who tries again and again is told what is wrong now, not what was.
        self.app.clear_notifications()
        self.eog.toast(why, title="Not sent", severity="warning")

    def _call(self, tool: ToolSpec, arguments: Mapping[str, Any], typed: dict[str, str] | None = None) -> bool:
        """Send a call, if the person may act now; ``typed`` is the form that it was. Returns whether they may."""
        if self._desk is None or not self._ready():
            return False
        self._awaited = self._desk.run.steps
        self._tell()
        self._send(Call(by=self._by, tool=tool.name, arguments=arguments), typed)
        return True

    @work(group="order")
    async def _send(self, call: Call, typed: dict[str, str] | None) -> None:
        if await self._give(call) and typed is not None:
            self._unsent.sent(call.tool, typed)

    @on(ToolForm.Submitted)
    def _form_done(self) -> None:
        self.action_send()

    @on(CallLine.Submitted)
    def _line_done(self, event: CallLine.Submitted) -> None:
        self._send_line(event.line)

    # What came back.

    def _show_awaited(self, desk: Desk) -> None:
        """Show the result of the call that was sent, once it is there."""
        if self._awaited is None:
            return
        came = [head for head in desk.heads if head.number >= self._awaited and head.kind == "call"]
        if came and came[-1].ok is not None:
            self._awaited = None
            self._show_step(came[-1])

    def _show_step(self, head: StepHead) -> None:
        pane = self.query_one(CallPane)
        pane.show_step(head, self._reader.events(head.number))
        self.query_one("#desk", Panes).show_pane(pane)
        self.query_one(History).select(head.number)
        line = self.query_one_optional(CallLine)
        # Who types lines types on; everybody else looks at what came back.
        if line is None or not line.has_focus_within:
            pane.focus_result()

    @on(RowTable.Opened, "#history")
    def _open_step(self, event: RowTable.Opened) -> None:
        assert isinstance(event.row, StepHead)
        self._show_step(event.row)

    def action_edit(self) -> None:
        """Fill the form with an earlier call."""
        history, step = self.query_one(History), self.query_one(CallPane).step
        if history.has_focus and history.selected is not None:
            step = history.selected.number
        calls = [event for event in self._reader.events(step or 0) if isinstance(event, ToolCall)]
        if not calls or self._desk is None:
            self.eog.toast("No call is selected that could be sent again.")
            return
        tool = self._desk.tool(calls[-1].tool)
        if tool is None:
            self.eog.toast(f"{calls[-1].tool} is not among the tools of this task.", severity="warning")
        elif self._ready():
            self._fill(tool, calls[-1].arguments)

    def action_view(self) -> None:
        """Show the result's rows as a table, or all of it as JSON."""
        if not self.query_one(ResultView).turn():
            self.eog.toast("The result is no list of several rows, so it has no table.")
