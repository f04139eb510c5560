"""The fields of the Launch screen: four lines, and what is seldom changed folded under "more"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from engine.runs.places import KINDS, GymKind
from engine.runs.rules import Approve
from engine.runs.spec import AgentKind
from eog_tui.literal import content
from eog_tui.screens.launch_choices import Choices, Field
from eog_tui.screens.launch_proposals import propose_configs, propose_folders, propose_scripts, propose_sources
from eog_tui.widgets.one_of import OneOf
from eog_tui.widgets.proposal_list import Offer
from eog_tui.widgets.proposing_field import ProposingField

AGENTS: tuple[AgentKind, ...] = ("scripted", "react", "planner_react", "human")
GYMS: dict[str, GymKind | None] = {"default": None, **{kind: kind for kind in KINDS}}
CLOCKS = ("running", "frozen")
PEEKS = ("no", "yes")
assert set(AGENTS) == set(get_args(AgentKind))

_ROWS: dict[Field, str] = {
    "source": "tasks",
    "tasks": "tasks",
    "agent": "agent",
    "llm": "model",
    "planner_llm": "planner",
    "script": "script",
    "plan": "plan",
    "gyms": "gyms",
    "approve": "approve",
    "allow": "approve",
    "repeat": "how many",
    "concurrency": "how many",
    "max_steps": "steps",
    "pause_s": "steps",
    "seed_root": "seeds",
}
"""Which row has to be changed for which problem."""


class LaunchFields(Vertical):
    """What can be set before a launch; says ``Changed`` whenever something is."""

    DEFAULT_CSS = """
    LaunchFields {
        height: auto;
        & Horizontal { height: 1; padding: 0 1; }
        & .row--label { width: 10; color: $dim; }
        & Horizontal.-bad > .row--label { color: $error; text-style: bold; }
        & .row--words { width: auto; color: $dim; padding: 0 1; }
        & OneOf { margin-right: 1; }
        & ProposingField { width: 1fr; }
        & Input { border: none; height: 1; padding: 0; background: $surface; }
        & Input:focus { border: none; background: $panel; }
        & Horizontal > Input { width: 5; }
        & Button {
            width: 1fr;
            content-align: left middle;
            height: 1;
            text-align: left;
            text-style: none;
            background: transparent;
            color: $dim;
        }
        & Button:focus { background: $cursor; color: $foreground; text-style: bold; }
        & .-asks, & .-plays, & .-acts, & .-watched, & .-plans { display: none; }
        &.-planning .-plans { display: block; }
        &.-asking .-asks, &.-playing .-plays, &.-acting .-acts, &.-watching .-watched { display: block; }
        & Horizontal > #allow { width: 1fr; }
        & .-more { display: none; }
        &.-open .-more { display: block; }
        & .-more.-root-unused { display: none; }
    }
    LaunchFields:nocolor Button:focus { text-style: bold reverse; }
    LaunchFields:nocolor Input:focus { text-style: underline; }
    LaunchFields:nocolor Horizontal.-bad > .row--label { text-style: bold reverse; }
    """

    @dataclass
    class Changed(Message):
        """A field holds something else."""

        choices: Choices

    @dataclass
    class Submitted(Message):
        """Enter in a field: the person is done with it."""

    def __init__(self, choices: Choices, propose_plans: Callable[[str], Sequence[Offer]]) -> None:
        """``propose_plans``: ways to go on with what names a plan; called in a thread."""
        super().__init__()
        self._propose_plans = propose_plans
        self._choices = choices
        self._show_rows()

    @property
    def choices(self) -> Choices:
        """What the fields say."""
        return self._choices

    def compose(self) -> ComposeResult:
        """A row a question."""
        now = self._choices
        yield self._row("tasks", ProposingField(propose_sources, now.source, id="source"), _Words(id="chosen"))
        yield self._row("agent", OneOf(AGENTS, now.agent, id="agent"), _Words(id="acts"))
        config = ProposingField(propose_configs, now.llm, placeholder="LLM config, ↓ lists what there is", id="llm")
        yield self._row("model", config, _Words(id="model"), classes="-asks")
        planner = ProposingField(
            propose_configs, now.planner_llm, placeholder="the same model; another LLM config", id="planner_llm"
        )
        yield self._row("planner", planner, _Words(id="planner"), classes="-plans")
        yield self._row(
            "script",
            ProposingField(propose_scripts, now.script, placeholder="the gold calls beside each task", id="script"),
            classes="-plays",
        )
        named = "a plan's number, library, or a file"
        plan = ProposingField(self._propose_plans, now.plan, placeholder=named, id="plan")
        yield self._row("plan", plan, _Words(id="planned"), classes="-asks")
        review = OneOf(PEEKS, PEEKS[now.review_plan], id="review_plan")
        yield self._row("review", review, _Words("its plan waits until you accept or change it"), classes="-plans")
        yield self._row(
            "approve",
            OneOf(get_args(Approve), now.approve, id="approve"),
            _Words("calls; unasked"),
            Input(now.allow, placeholder="such as find_*", id="allow", compact=True),
            classes="-acts",
        )
        peek = OneOf(PEEKS, PEEKS[now.peek], id="peek")
        yield self._row("peek", peek, _Words("whoever acts or approves sees rows and verifiers"), classes="-watched")
        yield self._row("gyms", OneOf(tuple(GYMS), now.gyms or "default", id="gyms"), _Words(id="lives"))
        yield self._row(
            "how many",
            _number("repeat", now.repeat),
            _Words("of each task,"),
            _number("concurrency", now.concurrency),
            _Words("at once"),
        )
        yield self._row("", Button(content(""), id="more", compact=True))
        yield self._row(
            "steps",
            _number("max_steps", now.max_steps),
            _Words("model calls, pause"),
            _number("pause_s", now.pause_s, "number"),
            _Words("s before each scripted call"),
            classes="-more",
        )
        clock = OneOf(CLOCKS, CLOCKS[now.frozen_clock], id="clock")
        yield self._row("clock", clock, _Words("frozen gives embedded gyms the same times"), classes="-more")
        root = ProposingField(
            propose_folders, now.seed_root, placeholder="the folder that seeds are relative to", id="seed_root"
        )
        yield self._row("seeds", root, classes="-more -root")

    @staticmethod
    def _row(label: str, *widgets: Widget, classes: str = "") -> Horizontal:
        row = Horizontal(Static(content(label), classes="row--label"), *widgets, classes=classes)
        row.set_class(bool(label), f"row-{label.replace(' ', '-')}")
        return row

    def on_mount(self) -> None:
        """Say what is folded."""
        self._say_more()

    # What others say here.

    def say(self, said: Mapping[str, str], problems: Mapping[Field, str]) -> None:
        """Tell what became of the fields.

        Args:
            said: words by the place beside a field that they stand in: chosen, acts, model, planner,
                planned, lives.
            problems: by field; their rows are marked.
        """
        for place, words in said.items():
            self.query_one(f"#{place}", _Words).update(content(words))
        bad = {_ROWS[field] for field in problems}
        for row in self.query(Horizontal):
            row.set_class(any(row.has_class(f"row-{name.replace(' ', '-')}") for name in bad), "-bad")
        if bad & {"steps", "seeds"}:
            self.add_class("-open")
            self._say_more()

    def focus_on(self, field: Field) -> None:
        """Go to the field that has to be changed."""
        if field not in ("tasks", "agent"):
            self.query_one(f"#{field}").focus()

    def _say_more(self) -> None:
        now, is_open = self._choices, self.has_class("-open")
        pause = f"{now.pause_s} s pause" if now.pause_s.strip() not in ("", "0") else "no pause"
        said = f" · {now.max_steps} steps · {pause} · {'frozen' if now.frozen_clock else 'running'} clock"
        self.query_one("#more", Button).label = content("▾ less" if is_open else f"▸ more{said}")
        self.query_one(".-root").set_class(now.builtin, "-root-unused")

    def _show_rows(self) -> None:
        """Show what the agent needs: a model, a list of calls, somebody who acts."""
        now = self._choices
        self.set_class(now.asks_model, "-asking")
        self.set_class(now.agent == "scripted", "-playing")
        self.set_class(now.plans, "-planning")
        self.set_class(now.agent != "human", "-acting")
        self.set_class(now.watched, "-watching")

    # What people change.

    def _change(self, **values: object) -> None:
        self._choices = self._choices.model_copy(update=values)
        self._show_rows()
        self._say_more()
        self.post_message(self.Changed(self._choices))

    def leave_out(self, names: frozenset[str]) -> None:
        """Set which of the source's tasks are not to run."""
        self._change(left_out=names)

    @on(ProposingField.Changed)
    def _path(self, event: ProposingField.Changed) -> None:
        field = event.field.id or ""
        if event.value == getattr(self._choices, field):
            return  # a field tells its first value too
        # Another source has other tasks: all of them, until someone leaves one out.
        self._change(**{field: event.value}, **({"left_out": frozenset()} if field == "source" else {}))

    @on(ProposingField.Submitted)
    @on(Input.Submitted)
    def _done(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Submitted())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._change(**{event.input.id or "": event.value})

    @on(OneOf.Changed, "#agent")
    def _agent(self, event: OneOf.Changed) -> None:
        self._change(agent=event.value)

    @on(OneOf.Changed, "#gyms")
    def _gyms(self, event: OneOf.Changed) -> None:
        self._change(gyms=GYMS[event.value])

    @on(OneOf.Changed, "#approve")
    def _approve(self, event: OneOf.Changed) -> None:
        self._change(approve=event.value)

    @on(OneOf.Changed, "#review_plan")
    def _review(self, event: OneOf.Changed) -> None:
        self._change(review_plan=event.value == PEEKS[True])

    @on(OneOf.Changed, "#peek")
    def _peek(self, event: OneOf.Changed) -> None:
        self._change(peek=event.value == PEEKS[True])

    @on(OneOf.Changed, "#clock")
    def _clock(self, event: OneOf.Changed) -> None:
        self._change(frozen_clock=event.value == CLOCKS[True])

    @on(Button.Pressed)
    def _fold(self, event: Button.Pressed) -> None:
        event.stop()
        self.toggle_class("-open")
        self._say_more()


class _Words(Static):
    """Words beside a field."""

    def __init__(self, words: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(content(words), id=id, classes="row--words")


def _number(field: Field, value: str, kind: str = "integer") -> Input:
    return Input(value, type="number" if kind == "number" else "integer", id=field, compact=True, max_length=6)
