"""What the palette offers: the actions that make sense now, what the screen adds, and the themes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from eog_tui.actions import BY_ID, key_sign
from eog_tui.answers import Answered
from eog_tui.literal import content, line
from eog_tui.live.rules import forget_rule, saved_rules
from eog_tui.screens.base import Command, EogScreen, Offering
from eog_tui.screens.choose import ChooseScreen
from eog_tui.themes import THEMES
from eog_tui.widgets.key_footer import shown_actions


class EogCommands(Provider):
    """Finds actions by the words that name them."""

    def _commands(self) -> Iterator[Command]:
        for bound in shown_actions(self.screen.active_bindings):
            action = BY_ID[bound.binding.id or ""]
            if action.in_palette:
                title = f"{action.label}  {key_sign(bound.binding.key)}"
                yield Command(title, action.help, partial(self.app.run_action, bound.binding.action, bound.node))
        if isinstance(self.screen, Answered):
            for answer in self.screen.answers():
                yield Command(f"{answer.words}  {answer.sign}", answer.help, partial(self.screen.give, answer))
        if isinstance(self.screen, Offering):
            yield from self.screen.commands()
        if isinstance(self.screen, EogScreen):
            mouse = "Leave the mouse to the terminal, or take it back."
            yield Command("mouse on or off", mouse, self.screen.eog.toggle_mouse)
            bell = "Ring when a run begins to wait for a person, or do not."
            yield Command("bell on or off", bell, self.screen.eog.toggle_bell)
            yield Command("rules kept for later launches", "Tools that run unasked; delete one.", self._rules)
        for name in THEMES:
            yield Command(f"theme {name}", "Use these colours.", partial(setattr, self.app, "theme", name))

    def _rules(self) -> None:
        self.app.run_worker(self._delete_rule(), group="rules", exclusive=True)

    async def _delete_rule(self) -> None:
        """Let one of the kept rules be chosen, and keep it no longer."""
        rules = await asyncio.to_thread(saved_rules)
        if not rules:
            self.app.notify("No rule is kept. A, then k, at a call that waits keeps one.", markup=False)
            return
        choices = [(rule, f"delete {rule}") for rule in rules]
        rule = await self.app.push_screen_wait(ChooseScreen("run unasked in later launches", choices, rules[0]))
        if rule is None:
            return
        try:
            await asyncio.to_thread(forget_rule, rule)
        except OSError as error:
            self.app.notify(line(f"{rule} stays kept: {error}"), severity="error", markup=False)
        else:
            self.app.notify(line(f"{rule} is kept no longer."), markup=False)

    async def discover(self) -> Hits:
        """All of them."""
        for command in self._commands():
            yield DiscoveryHit(
                content(line(command.title)), command.run, text=line(command.title), help=_plain(command)
            )

    async def search(self, query: str) -> Hits:
        """Those whose title or sentence fits."""
        matcher = self.matcher(query)
        for command in self._commands():
            title = line(command.title)
            score = max(matcher.match(title), matcher.match(command.help) * 0.6)
            if score > 0:
                yield Hit(score, content(title), command.run, text=title, help=_plain(command))


def _plain(command: Command) -> str:
    """The sentence, safe for the palette, which reads help as markup."""
    return line(command.help).replace("[", "(").replace("]", ")")
