"""A short dialog: which calls of a run wait for a person's word?"""

from __future__ import annotations

from typing import cast, get_args

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from engine.runs.rules import Approve, Rules
from eog_tui.actions import bindings
from eog_tui.answers import ANSWERS
from eog_tui.literal import content
from eog_tui.live.rules import patterns
from eog_tui.widgets.one_of import OneOf


class RulesScreen(ModalScreen[Rules | None]):
    """Shows the rules that hold in a run; returns others, or None."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    RulesScreen { align: center middle; background: $background 60%; }
    RulesScreen > Vertical {
        width: 90%; max-width: 76; height: auto; padding: 1 2; background: $surface; border: round $line;
    }
    RulesScreen .rules--title { text-style: bold; margin-bottom: 1; }
    RulesScreen Horizontal { height: 1; }
    RulesScreen .rules--label { width: 10; color: $dim; }
    RulesScreen OneOf { background: $surface; }
    RulesScreen Input { border: none; height: 1; padding: 0; width: 1fr; background: $panel; }
    RulesScreen Input:focus { border: none; background: $panel; }
    RulesScreen .rules--problem { color: $error; height: auto; min-height: 1; }
    RulesScreen .rules--keys { color: $dim; }
    RulesScreen:nocolor Input:focus { text-style: underline; }
    RulesScreen:nocolor .rules--problem { text-style: bold; }
    RulesScreen:ansi { background: transparent; }
    """

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self._rules = rules

    def compose(self) -> ComposeResult:
        """Which calls are asked about, and which tools run all the same."""
        with Vertical():
            yield Static(content("Which calls wait for a person's word?"), classes="rules--title")
            with Horizontal():
                yield Static("approve", classes="rules--label")
                yield OneOf(get_args(Approve), self._rules.approve, id="approve")
            with Horizontal():
                yield Static("unasked", classes="rules--label")
                yield Input(" ".join(self._rules.allow), placeholder="such as find_*", id="allow", compact=True)
            yield Static("", classes="rules--problem")
            keys = "   ".join(f"{answer.sign} {answer.words}" for answer in ANSWERS["rules"])
            yield Static(content(keys), classes="rules--keys")

    def on_mount(self) -> None:
        """Choose at once."""
        self.query_one(OneOf).focus()

    def on_key(self, event: events.Key) -> None:
        """Set the rules, or go to the other field."""
        if event.key in ("enter", "ctrl+j"):
            event.stop()
            self._set()
        elif event.key in ("up", "down"):
            event.stop()
            self.focus_next()

    @on(Input.Submitted)
    def _set(self) -> None:
        try:
            allow = patterns(self.query_one(Input).value)
        except ValueError as error:
            self.query_one(".rules--problem", Static).update(content(f"! {error}"))
            return
        approve = cast("Approve", self.query_one(OneOf).value)
        self.dismiss(Rules(approve=approve, allow=allow))

    def action_cancel(self) -> None:
        """Leave the rules as they are."""
        self.dismiss(None)
