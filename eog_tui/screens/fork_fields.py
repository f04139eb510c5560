"""The fields of the Fork screen: who goes on and how, and with what the fork begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from eog_tui.literal import content
from eog_tui.replay.fork_form import AGENTS, APPROVALS, ForkChoices
from eog_tui.screens.launch_proposals import propose_configs, propose_scripts
from eog_tui.widgets.one_of import OneOf
from eog_tui.widgets.proposing_field import ProposingField

Edit = Literal["message", "arguments"]

BEGINS: dict[Edit | None, tuple[str, ...]] = {
    None: ("nothing changed",),
    "message": ("nothing changed", "another message"),
    "arguments": ("nothing changed", "other arguments"),
}
"""What can be different from the start, by what the step is."""
PEEKING = ("no", "yes")
REVIEWS = ("no", "yes")

_ACTS = {
    "react": "asks a model",
    "planner_react": "plans first",
    "human": "you act",
    "scripted": "plays a list",
}
PLANS_ANEW = "a plan is made for what is left, from what was done so far"
PLAN_KEPT = "the plan of the kept steps holds; fork before it for a new one"
PLAN_GIVEN = "none: the given plan holds from here on"


class ForkFields(Vertical):
    """What can be set before a fork; says ``Changed`` whenever something is."""

    DEFAULT_CSS = """
    ForkFields {
        height: auto;
        & Horizontal { height: 1; padding: 0 1; }
        & .row--label { width: 13; color: $dim; }
        & .row--words { width: auto; color: $dim; padding: 0 1; }
        & .row--fact { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        & OneOf { margin-right: 1; }
        & ProposingField { width: 1fr; }
        & Input { border: none; height: 1; width: 1fr; padding: 0; background: $surface; }
        & Input:focus { border: none; background: $panel; }
        & #max_steps { width: 6; }
        & #more {
            width: 1fr;
            content-align: left middle;
            height: 1;
            text-align: left;
            text-style: none;
            background: transparent;
            color: $dim;
        }
        & #more:focus { background: $cursor; color: $foreground; text-style: bold; }
        & .-asks, & .-scripted, & .-planner { display: none; }
        &.-is-react .-asks, &.-is-planner_react .-asks, &.-is-scripted .-scripted { display: block; }
        &.-is-planner_react .-planner { display: block; }
        & .-plans { display: none; }
        &.-open.-planning .-plans { display: block; }
        & .-more { display: none; }
        &.-open .-more { display: block; }
        &.-is-human .-more.-unattended, &.-is-scripted .-more.-planned { display: none; }
    }
    ForkFields:nocolor #more:focus { text-style: bold reverse; }
    ForkFields:nocolor Input:focus { text-style: underline; }
    """

    @dataclass
    class Changed(Message):
        """A field holds something else."""

    @dataclass
    class Submitted(Message):
        """Enter in a field: the person is done with it."""

    def __init__(self, edit: Edit | None) -> None:
        super().__init__()
        self._edit = edit
        self._kept_plan = False
        self.choices = ForkChoices()
        """What the fields say."""

    def compose(self) -> ComposeResult:
        """A row a question."""
        now = self.choices
        yield _row("from", Static("", id="place", classes="row--fact"))
        yield _row("keeps", Static("", id="kept", classes="row--fact"))
        yield _row("restores", Static("", id="restored", classes="row--fact"))
        yield _row("agent", OneOf(AGENTS, now.agent, id="agent"), _Words(id="acts"))
        config = ProposingField(propose_configs, placeholder="LLM config, ↓ lists what there is", id="llm")
        yield _row("model", config, _Words(id="model"), classes="-asks")
        yield _row("planning", Static("", id="planning", classes="row--fact"), classes="-planner")
        calls = ProposingField(propose_scripts, placeholder="the calls to play from here on", id="script")
        yield _row("script", calls, classes="-scripted")
        yield _row("begins with", OneOf(BEGINS[self._edit], BEGINS[self._edit][0], id="begins"))
        yield _row("", Button(content(""), id="more", compact=True))
        plan = Input(placeholder="none; its number, or a Markdown file", id="plan", compact=True)
        yield _row("plan", plan, classes="-more -planned")
        planner = ProposingField(propose_configs, placeholder="the same model; another LLM config", id="planner_llm")
        yield _row("planner", planner, classes="-plans")
        review = OneOf(REVIEWS, REVIEWS[now.review_plan], id="review_plan")
        yield _row("review", review, _Words("the plan waits until you accept or change it"), classes="-plans")
        yield _row(
            "approve",
            OneOf(APPROVALS, now.approve, id="approve"),
            _Words("calls wait for your word"),
            classes="-more -unattended",
        )
        yield _row(
            "allow",
            Input(placeholder="tools that run unasked all the same, such as find_*", id="allow", compact=True),
            classes="-more -unattended",
        )
        yield _row(
            "peek",
            OneOf(PEEKING, PEEKING[0], id="peek"),
            _Words("whether you may read the databases"),
            classes="-more",
        )
        steps = Input(now.max_steps, type="integer", id="max_steps", compact=True, max_length=6)
        yield _row("steps", steps, _Words("model calls at most"), classes="-more -unattended")

    def on_mount(self) -> None:
        """Say what holds."""
        self._say()

    def fill(self, choices: ForkChoices, *, kept_plan: bool) -> None:
        """Take other choices over, such as the parent's; ``kept_plan``: whether the kept steps have a plan."""
        self.choices, self._kept_plan = choices, kept_plan
        with self.prevent(OneOf.Changed, Input.Changed):
            self.query_one("#agent", OneOf).value = choices.agent
            self.query_one("#approve", OneOf).value = choices.approve
            self.query_one("#peek", OneOf).value = PEEKING[choices.peek]
            self.query_one("#review_plan", OneOf).value = REVIEWS[choices.review_plan]
            for name in ("plan", "allow", "max_steps"):
                self.query_one(f"#{name}", Input).value = getattr(choices, name)
            for name in ("llm", "planner_llm", "script"):
                self.query_one(f"#{name}", ProposingField).value = getattr(choices, name)
        self._say()

    @property
    def edits(self) -> bool:
        """Whether the fork begins with something else than the parent had."""
        return self.query_one("#begins", OneOf).value != BEGINS[None][0]

    def say(self, **said: str) -> None:
        """Tell something beside the fields: ``place``, ``kept``, ``restored`` or ``model``."""
        for name, words in said.items():
            self.query_one(f"#{name}", Static).update(content(words))

    def _say(self) -> None:
        now, is_open = self.choices, self.has_class("-open")
        for kind in AGENTS:
            self.set_class(kind == now.agent, f"-is-{kind}")
        given = bool(now.plan.strip())
        self.set_class(now.agent == "planner_react" and not given and not self._kept_plan, "-planning")
        self.say(acts=_ACTS[now.agent], planning=PLAN_GIVEN if given else PLAN_KEPT if self._kept_plan else PLANS_ANEW)
        peek = "peeking" if now.peek else "no peeking"
        asks = [] if now.agent == "human" else [f"approve {now.approve}", f"{now.max_steps} steps"]
        plan = [f"plan {now.plan}"] if now.plan.strip() and now.agent != "scripted" else []
        self.query_one("#more", Button).label = content(
            "▾ less" if is_open else " · ".join(["▸ more", *plan, *asks, peek])
        )

    def _change(self, **values: object) -> None:
        self.choices = self.choices.model_copy(update=values)
        self._say()
        self.post_message(self.Changed())

    @on(ProposingField.Changed)
    def _path(self, event: ProposingField.Changed) -> None:
        if event.value != getattr(self.choices, event.field.id or ""):
            self._change(**{event.field.id or "": event.value})

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != getattr(self.choices, event.input.id or ""):
            self._change(**{event.input.id or "": event.value})

    @on(ProposingField.Submitted)
    @on(Input.Submitted)
    def _done(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Submitted())

    @on(OneOf.Changed)
    def _chosen(self, event: OneOf.Changed) -> None:
        event.stop()
        match event.one_of.id:
            case "review_plan":
                self._change(review_plan=event.value == REVIEWS[True])
            case "peek":
                self._change(peek=event.value == PEEKING[True])
            case "agent" | "approve" as name:
                self._change(**{name: event.value})
            case _:
                self.post_message(self.Changed())

    @on(Button.Pressed)
    def _fold(self, event: Button.Pressed) -> None:
        event.stop()
        self.toggle_class("-open")
        self._say()


class _Words(Static):
    """Words beside a field."""

    def __init__(self, words: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(content(words), id=id, classes="row--words")


def _row(label: str, *widgets: Widget, classes: str = "") -> Horizontal:
    return Horizontal(Static(content(label), classes="row--label"), *widgets, classes=classes)
