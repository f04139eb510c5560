"""Fork: from which step does another run go on, and how?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static, TextArea

from engine.gyms.session import ToolSpec
from engine.trajectory.database import StoreError
from engine.trajectory.events import Event, Message, Plan, ToolCall, ToolResult
from engine.trajectory.headline import result_text
from engine.trajectory.reading import RunRow
from engine.trajectory.steps import StepHead
from eog_tui.actions import bindings
from eog_tui.literal import content
from eog_tui.replay.fork_form import Checked, ForkChoices, check, kept_words, restored_words
from eog_tui.replay.step_text import StepText
from eog_tui.screens.fork_fields import Edit, ForkFields
from eog_tui.screens.launch_form import LAUNCH_ERRORS
from eog_tui.screens.start_form import StartForm
from eog_tui.widgets.key_footer import KeyFooter
from eog_tui.widgets.panes import Pane, Panes
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.prose_view import ProseView
from eog_tui.widgets.text_view import TextView
from eog_tui.widgets.tool_form import ToolForm
from eog_tui.workbench.offered import offered_tools
from eog_tui.workbench.seen import Seen

if TYPE_CHECKING:
    from engine.trajectory.store import Store


_SAID = ("system", "user", "say")
"""Kinds of steps that are a message."""


@dataclass(frozen=True)
class Origin:
    """The step to fork from, and what the screen needs of its run."""

    run: RunRow
    head: StepHead
    events: list[Event]
    choices: ForkChoices
    frozen: bool
    """Whether a clock of its gyms stands still between calls, so that it can be restored."""
    tool: ToolSpec | None
    """What the step called; None when it was no call of an offered tool."""
    kept_plan: bool
    """Whether the run had a plan by then."""

    @property
    def message(self) -> str:
        """What the step says."""
        return next((event.content for event in self.events if isinstance(event, Message)), "")

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What the step was called with."""
        return next((event.arguments for event in reversed(self.events) if isinstance(event, ToolCall)), {})


def read_origin(store: Store, run_id: int, step: int, seen: Seen) -> Origin:
    """Read it, and remember in ``seen`` what the run had shown until then; off the event loop.

    Raises:
        StoreError: there is no such run or step, or the store cannot be read.
    """
    run, [head, *_] = store.run(run_id), store.steps(run_id, step)
    started = store.started(run_id)
    events, kept_plan = [], False
    for event in store.history(run_id, step):
        kept_plan = kept_plan or isinstance(event, Plan)
        if event.step == step:
            events.append(event)
        if isinstance(event, Message) and event.step < step:
            seen.take_text(event.step, event.content)
        elif isinstance(event, ToolResult) and event.step < step:
            seen.take_result(event.step, event.tool, result_text(event))
    tools = offered_tools(store, started) if started and head.kind == "call" else ()
    return Origin(
        run,
        head,
        events,
        ForkChoices.of_parent(store.settings(run_id)),
        any(gym.clock for gym in started.gyms) if started else False,
        next((tool for tool in tools if tool.name == head.tool), None),
        kept_plan,
    )


def editable(head: StepHead) -> Edit | None:
    """What of a step can be different in a fork."""
    if head.kind == "call" and head.tool is not None:
        return "arguments"
    return "message" if head.kind in _SAID else None


class ForkScreen(StartForm[tuple[int, bool] | None]):
    """Who goes on from a step, with what, and the command that does the same.

    Returns the fork that was started, and whether a person acts in it.
    """

    BINDINGS = bindings("fork")
    CSS_PATH = "fork.tcss"
    MAIN = "#agent"

    def __init__(self, run_id: int, head: StepHead) -> None:
        super().__init__()
        self.run_id, self._head = run_id, head
        self._origin: Origin | None = None
        self._seen = Seen()
        self._checked = Checked(None)

    def compose(self) -> ComposeResult:
        """From top to bottom: which run, fields, the step or its editor, the command."""
        yield PieceLines(id="sums")
        yield ForkFields(editable(self._head))
        yield Panes(
            Pane(
                f"step {self._head.number}",
                (ProseView if self._head.kind in _SAID else TextView)(id="step-text"),
                TextArea(id="message", compact=True),
                ToolForm(self._seen, id="arguments"),
                id="step-pane",
            ),
        )
        yield Static(id="problem")
        yield PieceLines(id="command")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read the step."""
        self._read()

    @property
    def _fields(self) -> ForkFields:
        return self.query_one(ForkFields)

    @property
    def _edit(self) -> Edit | None:
        """What begins differently, as the fields say."""
        return editable(self._head) if self._fields.edits else None

    @work
    async def _read(self) -> None:
        try:
            origin = await self.in_thread(read_origin, self.eog.store, self.run_id, self._head.number, self._seen)
        except StoreError as error:
            self._say_problem(str(error))
            return
        self._origin = origin
        self.query_one("#step-text", TextView).show(StepText(origin.head, origin.events).copyable())
        with self.prevent(TextArea.Changed, ToolForm.Changed):
            words = self.query_one("#message", TextArea)
            words.text = origin.message
            words.move_cursor(words.document.end)
            if origin.tool is not None:
                self.query_one(ToolForm).show(origin.tool, origin.arguments)
        self._fields.fill(origin.choices, kept_plan=origin.kept_plan)
        self.look()

    # Looking at what the fields name.

    @on(ForkFields.Changed)
    @on(TextArea.Changed)
    @on(ToolForm.Changed)
    def _changed(self) -> None:
        self.look_soon()
        self._show_editor()

    def _show_editor(self) -> None:
        edit = self._edit
        for kind in ("message", "arguments"):
            self.set_class(edit == kind, f"-{kind}")

    async def read_fields(self) -> None:
        """Read what is named, and show what it makes."""
        origin, edit = self._origin, self._edit
        if origin is None:
            return
        message = self.query_one("#message", TextArea).text if edit == "message" else None
        arguments = self.query_one(ToolForm).arguments if edit == "arguments" else None
        wrong = self._wrong_arguments(origin) if edit == "arguments" else ""
        step, choices = origin.head.number, self._fields.choices
        self._checked = (
            Checked(None, wrong)
            if wrong
            else await self.in_thread(
                check,
                self.eog.store,
                self.run_id,
                step,
                choices,
                message=message,
                arguments=arguments,
                kept_plan=origin.kept_plan,
            )
        )
        self._say(origin, edited=edit is not None)

    def _wrong_arguments(self, origin: Origin) -> str:
        if origin.tool is None:
            return f"{origin.head.tool} is no tool that the run offers, so there is no form for its arguments"
        problems = self.query_one(ToolForm).problems
        return next((f"{name}: {words}" if name else words for name, words in problems.items()), "")

    def _say(self, origin: Origin, *, edited: bool) -> None:
        step, ready = origin.head.number, self._checked.launch is not None
        self._fields.say(
            place=f"step {step}  {origin.head.title}",
            kept=kept_words(step, edited=edited),
            restored=restored_words(step, edited=edited, frozen=origin.frozen),
            model=self._checked.model,
        )
        self.query_one("#sums", PieceLines).show(
            [[("Fork  ", "strong"), (f"#{origin.run.id} ", "dim"), (origin.run.task, "strong")]],
            [[("✓ ready", "pass") if ready else ("! not yet", "error")]],
        )
        self._say_problem(self._checked.problem)
        command = self._checked.launch.command() if self._checked.launch else f"eog-tui fork {self.run_id} …"
        self.query_one("#command", PieceLines).show([[("$ ", "dim"), (command, "" if ready else "dim")]])

    def _say_problem(self, problem: str) -> None:
        said = self.query_one("#problem", Static)
        said.update(content(f"! {problem}"))
        said.display = bool(problem)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to search here."""
        return action != "find" and super().check_action(action, parameters)

    def copyable(self) -> str | None:
        """The command line that starts the same."""
        return self._checked.launch.command() if self._checked.launch else None

    # Starting.

    @on(ForkFields.Submitted)
    @on(ToolForm.Submitted)
    def _to_agent(self) -> None:
        self.focus_main()

    async def start(self) -> None:
        """Start what the fields say."""
        await self.look_now()
        launch = self._checked.launch
        if launch is None:
            return
        try:
            launched = await self.in_thread(self.eog.engine.launch, launch)
        except LAUNCH_ERRORS as error:
            self._say_problem(str(error))
            return
        self.dismiss((launched.run_ids[0], launch.agent == "human"))
