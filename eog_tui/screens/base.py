"""What every screen of ours can do: step out, move between panes, find, copy, page, zoom, and follow the store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, runtime_checkable

from textual import events, work
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from engine.trajectory.database import StoreError
from eog_tui.actions import bindings
from eog_tui.painting import NarrowCompositor
from eog_tui.screens.background import Background, ScreenResult
from eog_tui.screens.jump import JumpScreen
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.panes import Pane, Panes

if TYPE_CHECKING:
    from collections.abc import Callable

    from eog_tui.app import EogApp

FOLLOW_SECONDS = 0.25
"""How often a screen asks the store for news."""
WIDE = 110
"""Columns from which panes stand beside each other."""


class Command(NamedTuple):
    """Something that only the palette offers."""

    title: str
    help: str
    run: Callable[[], object]


@runtime_checkable
class Offering(Protocol):
    """A screen that adds to the palette."""

    def commands(self) -> Iterable[Command]:
        """What the palette offers here beyond the actions that have keys."""
        ...


class StoreChanged(Message):
    """Something was committed to the store since the screen last heard of it."""


class EogScreen(Background[ScreenResult]):
    """The base of our screens.

    A subclass composes its panes and, last, a ``KeyFooter``; sets ``MAIN`` and adds ``bindings("its place")``.
    ``self.eog`` is the app with ``store`` and ``engine``.
    """

    BINDINGS = bindings("screen")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    ALLOW_IN_MAXIMIZED_VIEW = "KeyFooter"
    ESCAPE_TO_MINIMIZE = False
    DEFAULT_CSS = """
    EogScreen { background: $background; color: $foreground; }
    """

    MAIN: ClassVar[str] = ""
    """Selector of the pane that has the focus first, and to which Esc goes back."""

    def __init_subclass__(cls, **named: Any) -> None:
        """Give the main pane the focus from the first frame on: a key means the same however early it comes."""
        super().__init_subclass__(**named)
        if "MAIN" in vars(cls) and "AUTO_FOCUS" not in vars(cls):
            cls.AUTO_FOCUS = cls.MAIN

    def __init__(self, *, name: str | None = None, id: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, id=id)
        self._compositor = NarrowCompositor()
        self._revision: int | None = None
        self._follower: Timer | None = None
        self._asking = False
        self._trouble = ""

    @property
    def eog(self) -> EogApp:
        """The app."""
        from eog_tui.app import EogApp

        assert isinstance(self.app, EogApp)
        return self.app

    # For subclasses.

    def commands(self) -> Iterable[Command]:
        """What the palette offers here beyond the actions that have keys."""
        return ()

    def step_out(self) -> bool:
        """Leave one inner state of the screen on Esc, such as a search; returns whether there was one."""
        return False

    def copyable(self) -> str | None:
        """What ``y`` copies when nothing that has the focus can say it."""
        return None

    # Following the store.

    def on_mount(self) -> None:
        """Begin in the main pane; what took the focus as the first may keep it, and its pane comes to the front."""
        # Textual does so after the first frame, which shows things where a click would not find them a moment later.
        self.add_class("-wide" if self.app.size.width >= WIDE else "-narrow")
        if self.focused is None:
            self.focus_main()
        else:
            self._focus_in_pane(self.focused)

    def on_screen_resume(self) -> None:
        """Catch up and follow."""
        self._ask_store()
        if self._follower is None:
            self._follower = self.set_interval(FOLLOW_SECONDS, self._ask_store)
        else:
            self._follower.resume()

    def on_screen_suspend(self) -> None:
        """A covered screen rests."""
        if self._follower is not None:
            self._follower.pause()

    def _ask_store(self) -> None:
        if not self._asking:
            self._asking = True
            self._compare_revision()

    @work(group="store")
    async def _compare_revision(self) -> None:
        try:
            revision = await self.in_thread(self.eog.store.revision)
        except StoreError as error:
            # It is asked again a moment later; one word about the same trouble is enough.
            if str(error) != self._trouble:
                self._trouble = str(error)
                self.eog.toast(self._trouble, title="The store cannot be read", severity="error")
            return
        finally:
            self._asking = False
        self._trouble = ""
        if not self.is_active:
            return
        known, self._revision = self._revision, revision
        if known != revision:  # what came between the first load and the first question would else be missed
            self.post_message(StoreChanged())

    # Panes.

    def focus_main(self) -> None:
        """Give the main pane the focus."""
        if self.MAIN:
            self._focus_in_pane(self.query_one(self.MAIN))

    def _stations(self) -> list[Widget]:
        """What Tab goes to: all that could have the focus, behind other tabs too."""
        return [widget for widget in self.query(Widget) if widget.can_focus and self._within_reach(widget)]

    @staticmethod
    def _within_reach(widget: Widget) -> bool:
        for node in widget.ancestors_with_self:
            if not isinstance(node, Widget) or isinstance(node, Screen):
                return True
            behind_tab = isinstance(node, Pane) and isinstance(node.parent, Panes)
            if node.disabled or not (node.display or behind_tab):
                return False
        return True

    def _focus_in_pane(self, widget: Widget) -> None:
        for node in reversed(widget.ancestors_with_self):
            if isinstance(node, Pane) and isinstance(node.parent, Panes):
                node.parent.show_pane(node)
        # A pane that was hidden can take the focus only after the styles are applied.
        self.call_after_refresh(widget.focus) if not widget.focusable else widget.focus()

    def action_next_pane(self, by: int) -> None:
        """Go to the next or previous pane."""
        stations = self._stations()
        if stations:
            at = stations.index(self.focused) + by if self.focused in stations else 0
            self._focus_in_pane(stations[at % len(stations)])

    def action_jump(self) -> None:
        """Let a letter choose the pane."""

        def go(widget: Widget | None) -> None:
            if widget is not None:
                self._focus_in_pane(widget)

        targets = [widget for widget in self._stations() if widget.focusable and widget.region]
        self.app.push_screen(JumpScreen(targets), go)

    def action_zoom(self) -> None:
        """Give the focused pane the whole screen, or take it back."""
        if self.maximized is not None:
            self.minimize()
        elif self.focused is not None:
            panes = [node for node in self.focused.ancestors_with_self if isinstance(node, Pane)]
            self.maximize(panes[0] if panes else self.focused, container=False)

    def action_edge(self, by: int) -> None:
        """Go to the first or last row or line of the focused pane."""
        for node in self.focused.ancestors_with_self if self.focused else ():
            go = getattr(node, "action_last" if by > 0 else "action_first", None)
            if go is not None:
                go()
                return

    # Stepping out.

    async def action_back(self) -> None:
        """Take one step of the Esc ladder: inner state, filter, zoom, pane, screen."""
        for node in self.focused.ancestors_with_self if self.focused else ():
            if node is not self and hasattr(node, "step_out") and node.step_out():
                return
        if self.step_out():
            return
        for bar in self.query(FilterBar):
            if bar.display and bar.step_out():
                return
        if self.maximized is not None:
            self.minimize()
        elif (
            self.MAIN and self.focused is not None and self.query_one(self.MAIN) not in self.focused.ancestors_with_self
        ):
            self.focus_main()
        elif len(self.app.screen_stack) > 1 and self.app.screen_stack[0] is not self:
            self.dismiss()

    # Finding, copying, paging.

    def action_find(self) -> None:
        """Open the screen's filter or search field."""
        if bar := self.query_one_optional(FilterBar):
            bar.open()

    def on_filter_bar_left(self, event: FilterBar.Left) -> None:
        """Go to what was filtered or searched."""
        self.focus_main()

    def _copyable(self) -> str | None:
        for node in self.focused.ancestors_with_self if self.focused else ():
            text = node.copyable() if hasattr(node, "copyable") else None
            if text:
                return str(text)
        return None

    def action_copy(self) -> None:
        """Copy the selected text, or else what the focused pane holds."""
        text = self.get_selected_text() or self._copyable()
        if text:
            self.eog.copy(text)
        else:
            self.eog.toast("There is nothing to copy here.")

    def action_pager(self) -> None:
        """Open what the focused pane holds in the pager."""
        text = self._copyable()
        if text:
            self.eog.page(text)
        else:
            self.eog.toast("There is nothing to open here.")

    def on_resize(self, event: events.Resize) -> None:
        """A zoomed pane and tabs depend on the size."""
        for panes in self.query(Panes):
            panes.refresh(layout=True)
