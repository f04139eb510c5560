"""The last line of each screen: the keys that matter most here, as many as fit."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import ActiveBinding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, TextArea

from eog_tui.actions import BY_ID, Action, key_sign, types_text

_GAP = 2


def shown_actions(
    active: dict[str, ActiveBinding], place: Callable[[Action], int] = attrgetter("footer")
) -> list[ActiveBinding]:
    """One binding an action of the registry, in the footer's order; those that the footer leaves out come last."""
    first: dict[str, ActiveBinding] = {}
    for bound in active.values():
        action = BY_ID.get(bound.binding.id or "")
        if action is None:
            continue
        known = first.get(action.id)
        # Of several keys the registry's first is shown, wherever Textual has put it.
        if known is None or bound.binding.key == action.keys[0]:
            first[action.id] = bound
    return sorted(first.values(), key=lambda bound: place(_action(bound)) or 1_000)


def _action(bound: ActiveBinding) -> Action:
    return BY_ID[bound.binding.id or ""]


def reachable(screen: Screen[object]) -> dict[str, ActiveBinding]:
    """The bindings whose keys arrive: while a field has the focus, letters type."""
    active, focused = screen.active_bindings, screen.focused
    if not (isinstance(focused, Input | TextArea) or getattr(focused, "takes_letters", False)):
        return active
    return {key: bound for key, bound in active.items() if not types_text(key)}


class KeyFooter(Widget):
    """Shows keys by priority, "+4" for those that did not fit, and ``? help`` at the right. Each can be clicked."""

    COMPONENT_CLASSES = {"footer--key", "footer--label"}  # noqa: RUF012
    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom;
        height: 1;
        background: $surface;
        & > .footer--key { color: $primary; text-style: bold; }
        & > .footer--label { color: $foreground; }
    }
    """

    def __init__(
        self,
        label: Callable[[Action], str] = attrgetter("label"),
        place: Callable[[Action], int] = attrgetter("footer"),
    ) -> None:
        """Make it.

        Args:
            label: what an action is called just now; empty leaves it out, though its key may still say why it cannot
                be done.
            place: where it stands just now, as ``Action.footer`` says it.

        Whoever answers otherwise than before refreshes the footer.
        """
        super().__init__()
        self._label, self._place = label, place
        self._spots: list[tuple[int, int, ActiveBinding | None]] = []

    def on_mount(self) -> None:
        """Follow what is possible."""
        self.set_class(getattr(self.app, "ascii_only", False), "-ascii")
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render_line(self, y: int) -> Strip:
        """Draw the keys."""
        width, base = self.size.width, self.rich_style
        key_style = base + self.get_component_rich_style("footer--key", partial=True)
        label_style = base + self.get_component_rich_style("footer--label", partial=True)
        actions = shown_actions(reachable(self.screen), self._place)
        wanted = [bound for bound in actions if self._place(known := _action(bound)) and self._label(known)]
        others = sum(
            (known := _action(bound)).in_palette and bool(self._label(known))
            for bound in actions
            if bound not in wanted
        )
        self._spots = []
        segments = [Segment(" ", base)]
        x, room = 1, width - len(" ? help  +99 ")
        fitted = 0
        for bound in wanted:
            sign = key_sign(bound.binding.key, ascii_only=self.has_class("-ascii"))
            label = self._label(_action(bound))
            needed = len(sign) + 1 + len(label)
            if x + needed > room:
                break
            self._spots.append((x, x + needed, bound))
            segments += [Segment(f"{sign} ", key_style), Segment(label, label_style), Segment(" " * _GAP, base)]
            x += needed + _GAP
            fitted += 1
        left = len(wanted) - fitted + others
        tail = f"  +{left} " if left else " "
        pad = max(0, width - x - len("? help") - len(tail))
        self._spots.append((x + pad, width, None))
        segments += [Segment(" " * pad, base), *self._help(key_style, label_style), Segment(tail, label_style)]
        return Strip(segments).adjust_cell_length(width, base)

    @staticmethod
    def _help(key_style: Style, label_style: Style) -> list[Segment]:
        return [Segment("? ", key_style), Segment("help", label_style)]

    async def on_click(self, event: events.Click) -> None:
        """Do what was clicked."""
        for start, end, bound in self._spots:
            if start <= event.x < end:
                if bound is None:
                    await self.run_action("app.help")
                else:
                    await self.app.run_action(bound.binding.action, bound.node)
                return
