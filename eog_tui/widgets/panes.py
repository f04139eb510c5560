"""Panes beside each other, with a line only where they meet; on a narrow terminal they become tabs."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from eog_tui.literal import content, line

_BETWEEN = " · "


class Pane(Vertical):
    """A part of a screen with a title of its own; ``z`` zooms it."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CSS = """
    Pane {
        width: 1fr;
        height: 1fr;
        border-top: solid $line;
        border-title-color: $dim;
        border-title-style: none;
        border-title-align: left;
    }
    Pane:focus-within { border-title-color: $primary; border-title-style: bold; }
    Pane:nocolor:focus-within { border-title-style: bold reverse; }
    Pane.-maximized { border: none !important; border-top: solid $line !important; }
    """

    def __init__(
        self,
        title: str,
        *children: Widget,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(*children, id=id, classes=classes)
        self.title = title

    @property
    def title(self) -> str:
        """What the pane is called; any text."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        self._title = line(title)
        self.border_title = content(self._title)  # a str would be read as markup


class TabLine(Widget):
    """Titles of panes, one of them chosen; a click chooses another."""

    COMPONENT_CLASSES = {"tabs--current"}  # noqa: RUF012
    DEFAULT_CSS = """
    TabLine { height: 1; padding: 0 1; color: $dim; display: none; }
    TabLine > .tabs--current { color: $primary; text-style: bold underline; }
    """

    def render_line(self, y: int) -> Strip:
        """Draw the titles."""
        base = self.rich_style
        current = base + self.get_component_rich_style("tabs--current", partial=True)
        segments: list[Segment] = []
        owner = self.query_ancestor(Panes)
        for nth, (pane, in_front) in enumerate(owner.tabs()):
            segments += [Segment(_BETWEEN, base)] if nth else []
            segments.append(Segment(pane.title, current if in_front else base))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def on_click(self, event: events.Click) -> None:
        """Choose a pane."""
        owner = self.query_ancestor(Panes)
        x = event.x - self.gutter.left
        for pane, _ in owner.tabs():
            if x < len(pane.title):
                owner.show_pane(pane)
                return
            x -= len(pane.title) + len(_BETWEEN)


class Panes(Container):
    """Lays panes out side by side; below 110 columns, or always with ``tabs=True``, as tabs."""

    DEFAULT_CSS = """
    Panes { layout: horizontal; height: 1fr; }
    Panes > Pane { border-left: none; }
    Panes > Pane.-later { border-left: solid $line; }
    .-narrow Panes, Panes.-tabs {
        layout: vertical;
        & > TabLine { display: block; }
        & > Pane { display: none; }
        /* With the class, or the order in which screens are first opened decides between this and the line above. */
        & > Pane, & > Pane.-later { border: none; }
        & > Pane.-shown { display: block; }
    }
    """

    shown: reactive[int] = reactive(0, init=False)
    """Number of the pane that is in front when they are tabs."""

    def __init__(
        self,
        *panes: Pane,
        tabs: bool = False,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.panes = panes
        self.set_class(tabs, "-tabs")
        for nth, pane in enumerate(panes):
            pane.set_class(nth > 0, "-later")
            pane.set_class(nth == 0, "-shown")

    def compose(self) -> ComposeResult:
        """The titles' line, then the panes."""
        yield TabLine()
        yield from self.panes

    def tabs(self) -> list[tuple[Pane, bool]]:
        """The panes that the line of titles names, and whether each is in front."""
        return [(pane, nth == self.shown) for nth, pane in enumerate(self.panes)]

    def add_pane(self, pane: Pane) -> None:
        """Put one more at the end."""
        pane.add_class("-later")
        self.panes = (*self.panes, pane)
        self.mount(pane)
        self.refresh_titles()

    def show_pane(self, pane: int | Pane) -> None:
        """Bring a pane to the front."""
        self.shown = pane if isinstance(pane, int) else self.panes.index(pane)

    def watch_shown(self, shown: int) -> None:
        """Show one pane, hide the others."""
        for nth, pane in enumerate(self.panes):
            pane.set_class(nth == shown, "-shown")
        self.refresh_titles()

    def refresh_titles(self) -> None:
        """Draw the line of titles again: a pane has another one."""
        self.query_one(TabLine).refresh()


class MainPanes(Panes):
    """The first pane at the left, one of the others beside it; all are tabs where there is no room for two."""

    SCOPED_CSS = False  # its looks depend on the screen's class
    DEFAULT_CSS = """
    MainPanes > Pane, MainPanes > Pane.-later { border: none; }
    MainPanes > TabLine { display: block; }
    .-narrow MainPanes > TabLine { dock: top; }
    .-wide MainPanes {
        layout: grid;
        grid-size: 2;
        grid-rows: 1 1fr;
        grid-columns: 11fr 9fr;
        & > TabLine { border-left: solid $line; }
        & > Pane, & > Pane.-later { display: none; border-left: solid $line; }
        & > Pane.-main { display: block; row-span: 2; border-left: none; border-top: solid $line; }
        & > Pane.-beside { display: block; }
    }
    """

    def compose(self) -> ComposeResult:
        """The main pane, the titles, the others."""
        main, *others = self.panes
        yield main
        yield TabLine()
        yield from others

    def on_mount(self) -> None:
        """Begin with the pane that stands second beside the main one."""
        self.panes[0].add_class("-main")
        self.panes[1].add_class("-beside")

    def tabs(self) -> list[tuple[Pane, bool]]:
        """The panes that the line of titles names: the main one only where it is a tab, too."""
        if self.screen.has_class("-narrow"):
            return super().tabs()
        return [(pane, pane.has_class("-beside")) for pane in self.panes[1:]]

    def watch_shown(self, shown: int) -> None:
        """Show a pane; the one beside the main one stays when that comes to the front."""
        if shown:
            for nth, pane in enumerate(self.panes):
                pane.set_class(nth == shown, "-beside")
        super().watch_shown(shown)
