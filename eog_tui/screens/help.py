"""``?``: what can be done here, with its keys; typing filters, Enter does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from eog_tui.actions import BY_ID, MEANINGS, bindings, key_sign
from eog_tui.answers import Answer
from eog_tui.widgets.help_list import HelpList
from eog_tui.widgets.key_footer import shown_actions


class _Entry(NamedTuple):
    picked: ActiveBinding | Answer
    keys: str
    help: str
    said: str
    """All the words that find it."""


class HelpScreen(ModalScreen[ActiveBinding | Answer | None]):
    """Lists the answers and actions that are possible now and returns the one that is picked."""

    BINDINGS = bindings("dialog")
    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > Vertical {
        width: 90%;
        max-width: 96;
        height: 90%;
        max-height: 40;
        background: $surface;
        border: round $line;
        border-title-color: $primary;
        padding: 0 1;
    }
    HelpScreen Input { border: none; height: 1; padding: 0 1; margin-bottom: 1; background: $panel; }
    HelpScreen HelpList { background: $surface; }
    HelpScreen .help--note { height: 1; color: $dim; padding: 0 1; }
    HelpScreen:ansi { background: transparent; }
    """

    def __init__(self, active: dict[str, ActiveBinding], answers: Sequence[Answer] = ()) -> None:
        super().__init__()
        keys: dict[str, list[str]] = {}
        answering = {key for answer in answers for key in answer.keys}
        # A key that answers does nothing else meanwhile.
        active = {key: bound for key, bound in active.items() if key not in answering}
        for key, bound in active.items():
            keys.setdefault(bound.binding.id or "", []).append(key)
        order = list(MEANINGS)
        actions = [(bound, BY_ID[bound.binding.id or ""]) for bound in shown_actions(active)]
        actions.sort(key=lambda each: (each[1].footer or 1_000, order.index(each[1].meaning)))
        # What is asked goes before what can be done besides.
        self._entries = [
            *(_Entry(answer, answer.sign, answer.help, _words(answer)) for answer in answers),
            *(
                _Entry(bound, signs := _signs(keys[action.id], action.keys), action.help,
                       f"{signs} {action.help} {action.label} {MEANINGS[action.meaning]}".lower())
                for bound, action in actions
            ),
        ]  # fmt: skip

    def compose(self) -> ComposeResult:
        """A field and the list."""
        with Vertical() as box:
            box.border_title = "help"
            yield Input(placeholder="type to filter", compact=True)
            yield HelpList[_Entry]()
            yield Static(self._named("⏎ does it   ↑↓ choose   Esc back"), classes="help--note", markup=False)

    def on_mount(self) -> None:
        """Show all, and type at once."""
        self._show(self._entries)
        self.query_one(Input).focus()

    def _show(self, entries: Sequence[_Entry]) -> None:
        self.query_one(HelpList).show([entry._replace(keys=self._named(entry.keys)) for entry in entries])

    def _named(self, keys: str) -> str:
        """Without a sign for Enter that ASCII has not."""
        return keys.replace("⏎", "Enter") if getattr(self.app, "ascii_only", False) else keys

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        words = event.value.lower().split()
        self._show([entry for entry in self._entries if all(word in entry.said for word in words)])

    def on_key(self, event: object) -> None:
        """Move in the list while typing."""
        key = getattr(event, "key", "")
        listed = self.query_one(HelpList)
        if key in ("up", "down") and not listed.has_focus:
            listed.action_move(1 if key == "down" else -1)
        elif key in ("pageup", "pagedown") and not listed.has_focus:
            listed.action_page(1 if key == "pagedown" else -1)

    @on(Input.Submitted)
    def _submit(self) -> None:
        self.query_one(HelpList).action_open()

    @on(HelpList.Opened)
    def _pick(self, event: HelpList.Opened) -> None:
        assert isinstance(event.told, _Entry)
        self.dismiss(event.told.picked)

    def action_cancel(self) -> None:
        """Do nothing."""
        self.dismiss(None)


def _words(answer: Answer) -> str:
    return f"{answer.sign} {answer.words} {answer.help}".lower()


def _signs(keys: Sequence[str], order: Sequence[str]) -> str:
    """Keys for people; in the registry's order, a person's own ones last."""
    ranked = sorted(keys, key=lambda key: order.index(key) if key in order else len(order))
    return " ".join(key_sign(key) for key in ranked)
