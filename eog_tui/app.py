"""The Textual app: what all screens share. It reads the store and asks the engine; it holds no truth of its own."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import work
from textual.app import SuspendNotSupported
from textual.binding import ActiveBinding
from textual.filter import LineFilter
from textual.screen import Screen

from engine.trajectory.database import StoreError
from eog_tui.actions import bindings
from eog_tui.answers import ANSWERS, Answer, Answered
from eog_tui.clipboard import copy_natively
from eog_tui.keys_in_order import KeysInOrder
from eog_tui.line_filters import AsciiGlyphs, DropControls
from eog_tui.literal import literal
from eog_tui.live.waiting import Waits
from eog_tui.pager import NoPagerError, open_in_pager
from eog_tui.palette import EogCommands
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.help import HelpScreen
from eog_tui.themes import DARK, OWN_VARIABLES, THEMES, UnknownThemeError
from eog_tui.workbench.unsent import Unsent

if TYPE_CHECKING:
    from engine.runs.engine import Engine
    from engine.trajectory.store import Store

NOTICE_SECONDS = 10.0
"""How often it is looked for runs whose process died."""

BELL_SECONDS = 0.5
"""How often it is looked for runs that begin to wait for a person."""

Leave = Literal["leave", "stop"]
"""What becomes of the runs that live when the app is left."""


class EogApp(KeysInOrder[Leave]):
    """eog-tui. ``run()`` returns what becomes of runs that live, or None when none do."""

    TITLE = "eog-tui"
    CSS_PATH = "styles/app.tcss"
    BINDINGS = bindings("app")
    COMMANDS = {EogCommands}  # noqa: RUF012
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    ESCAPE_TO_MINIMIZE: ClassVar[bool] = False

    def __init__(
        self,
        store: Store,
        engine: Engine,
        *,
        start: Callable[[], Screen[Any]],
        theme: str | None = None,
        ascii_only: bool = False,
        keys: dict[str, str] | None = None,
        bell: bool = True,
    ) -> None:
        """Make the app.

        Args:
            store: what is shown.
            engine: what runs are launched and steered through.
            start: makes the first screen.
            theme: a name in ``THEMES``.
            ascii_only: draw with ASCII signs.
            keys: a person's own keys, action id to keys.
            bell: ring when a run begins to wait for a person.

        Raises:
            UnknownThemeError: there is no such theme.
        """
        theme = theme or DARK.name
        if theme not in THEMES:
            raise UnknownThemeError(theme)
        self._filters_of_ours = [DropControls(), *([AsciiGlyphs()] if ascii_only else [])]
        super().__init__()
        self.store, self.engine = store, engine
        self._start = start
        self.ascii_only = ascii_only
        self.unsent: defaultdict[int, Unsent] = defaultdict(Unsent)
        """What was typed at the Workbench and not sent, by run."""
        self._waits = Waits() if bell else None
        """Which waits were rung for; None while the bell is off."""
        self._listening = False
        for each in THEMES.values():
            self.register_theme(each)
        self.theme = theme
        # A text that moves cannot be read, and an animated page takes half a second.
        self.animation_level = "none"
        self.set_keymap(keys or {})

    def get_default_screen(self) -> Screen[Any]:
        """The screen to begin with."""
        screen = self._start()
        self._load_screen_css(screen)  # Textual does so only for screens that are pushed
        return screen

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for the moment before our theme is set."""
        return {name: DARK.variables[name] for name in OWN_VARIABLES}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Whatever is drawn passes these."""
        return [*super().get_line_filters(), *self._filters_of_ours]

    def on_mount(self) -> None:
        """Look from time to time what begins to wait, and whether the processes of other runs are still there."""
        self._listen()
        self.set_interval(BELL_SECONDS, self._listen)
        self.set_interval(NOTICE_SECONDS, self._notice_deaths)

    @work(exclusive=True, group="deaths")
    async def _notice_deaths(self) -> None:
        with suppress(StoreError):  # the screen says so
            await asyncio.to_thread(self.store.mark_interrupted)

    # Talking to the person.

    def toast(
        self, message: str, *, title: str = "", severity: Literal["information", "warning", "error"] = "information"
    ) -> None:
        """Show a message for a moment; any text is literal."""
        self.notify(literal(message), title=literal(title), severity=severity, markup=False)

    @work
    async def ask(
        self,
        question: str,
        choices: Sequence[Answer],
        then: Callable[[str], object],
        *,
        detail: str = "",
        cancel: str = "cancel",
    ) -> None:
        """Ask before doing something; ``then`` gets the letter of the choice, and is not called on Cancel."""
        answer = await self.push_screen_wait(ConfirmScreen(question, choices, detail=detail, cancel=cancel))
        if answer is not None:
            then(answer)

    @work
    async def copy(self, text: str) -> None:
        """Copy text, made literal, through the system's tool and the terminal, and say how."""
        text = literal(text)
        tool = await copy_natively(text)
        self.copy_to_clipboard(text)
        how = f"{tool} and OSC 52" if tool else "OSC 52; your terminal may have to allow it"
        self.toast(f"Copied {len(text):,} characters through {how}.")

    @work
    async def page(self, text: str) -> None:
        """Open text in the pager; the event loop goes on meanwhile."""
        try:
            await open_in_pager(self, text)
        except SuspendNotSupported:
            self.toast("This terminal cannot be lent to a pager; y copies the text.", severity="warning")
        except (NoPagerError, OSError) as error:
            self.toast(str(error), severity="error")

    @work(group="bell")
    async def _listen(self) -> None:
        """Ring once when a run begins to wait for a person's word, whatever is on the screen."""
        if (waits := self._waits) is None or self._listening:
            return
        self._listening = True
        try:
            if await asyncio.to_thread(waits.new, self.store) and self._waits is waits:
                self.bell()
        except StoreError:
            pass  # the screen says so
        finally:
            self._listening = False

    def toggle_bell(self) -> None:
        """Ring when a run begins to wait for a person, or do not."""
        self._waits = Waits() if self._waits is None else None
        self.toast("The bell rings when a run begins to wait for you." if self._waits else "The bell is off.")

    def toggle_mouse(self) -> None:
        """Leave the mouse to the terminal, whose own selection works then, or take it back."""
        # Textual decides on the mouse once, at its start; its drivers can do it at any time.
        driver: Any = self._driver
        if not hasattr(driver, "_enable_mouse_support"):
            self.toast("Here the mouse can only be left alone from the start, with --no-mouse.", severity="warning")
        elif driver._mouse:
            driver._disable_mouse_support()
            driver._mouse = False
            self.toast("The mouse is the terminal's now.")
        else:
            driver._mouse = True
            driver._enable_mouse_support()
            self.toast("The mouse works in the app again.")

    # Actions.

    def action_help(self) -> None:
        """Say what can be done here, and do what is picked."""
        if isinstance(self.screen, HelpScreen):
            return

        below = self.screen

        async def run(picked: ActiveBinding | Answer | None) -> None:
            if isinstance(picked, ActiveBinding):
                await self.run_action(picked.binding.action, picked.node)
            elif picked is not None and isinstance(below, Answered):
                below.give(picked)

        answers = tuple(below.answers()) if isinstance(below, Answered) else ()
        self.push_screen(HelpScreen(below.active_bindings, answers), run)

    async def action_quit(self) -> None:
        """Leave; ask while runs of this process live that would not stay open by themselves, as a person's do."""
        alive = len(self.engine.going())
        if not alive:
            self.exit()
            return
        what = "A run is" if alive == 1 else f"{alive} runs are"
        self.ask(
            f"{what} still going. What shall become of it?" if alive == 1 else f"{what} still going. What then?",
            ANSWERS["quit"],
            lambda letter: self.exit("leave" if letter == "l" else "stop"),
            detail="Left running, they go on in this terminal, without the app, until they are done.",
            cancel="stay",
        )

    def action_copy_selection(self) -> None:
        """Copy the selected text; ctrl+c ends nothing."""
        text = self.screen.get_selected_text()
        if text:
            self.copy(text)
        else:
            self.toast("Ctrl+C copies selected text. q leaves.")
