"""What a key paints: all that it changed, in one go, and nothing beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from rich.segment import Segment
from textual._compositor import ChopsUpdate, Compositor
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Key
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from eog_tui.app import EogApp
from eog_tui.painting import NarrowCompositor
from eog_tui.screens.base import EogScreen
from eog_tui.widgets.line_view import LineView
from eog_tui.widgets.proposal_list import ProposalList
from eog_tui.widgets.proposing_field import ProposingField
from tests.app.gallery import app as app_with

from .gallery import form_app, line_app, palette_app
from .material import seen, tools
from .test_form import NAMES

SIZE = (120, 30)


def form() -> EogApp:
    return form_app(tools()["update_change"])


def palette() -> EogApp:
    return palette_app(tools().values())


def line() -> EogApp:
    return line_app(list(tools().values()))


def full_line() -> EogApp:
    return line_app(list(tools().values()), seen(), "update_incident ")


@asynccontextmanager
async def begun(app: EogApp, keys: list[str]) -> AsyncIterator[Pilot[Any]]:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        yield pilot


async def from_terminal(pilot: Pilot[Any], letter: str) -> None:
    """Press a key as a terminal brings it; the Pilot's own way wakes every widget."""
    key = Key(NAMES.get(letter, letter), letter)
    key.set_sender(pilot.app)
    assert pilot.app._driver is not None
    pilot.app._driver.send_message(key)
    await pilot.pause(0.15)


@contextmanager
def noted(kind: type, name: str, note: Callable[..., object]) -> Iterator[list[Any]]:
    """Call ``note`` with what each call of a method got and gave, and keep what it says."""
    said: list[Any] = []
    method = getattr(kind, name)

    def noting(self: Any, *given: Any, **named: Any) -> Any:
        gave = method(self, *given, **named)
        said.append(note(self, gave))
        return gave

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, name, noting)
        yield said


class Rows(LineView):
    """Rows beside a field; knows which it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Region] = []

    def render_lines(self, crop: Region) -> list[Strip]:
        self.asked.append(crop)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        return self.strip([(f"row {y}", "dim")], self.size.width, self.rich_style)


class FieldBesideRows(EogScreen[None]):
    MAIN = "ProposingField"
    CSS = "ProposingField { width: 20; }"

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield ProposingField(lambda typed: [f"{typed}{n}" for n in range(3)], at_hand=True)
            yield Rows()


async def test_a_letter_asks_nothing_of_what_stands_beside_its_field() -> None:
    app = app_with(FieldBesideRows, bell=False)
    async with begun(app, []) as pilot:
        app.screen.query_one(ProposingField).focus()
        await pilot.press("a")
        rows = app.screen.query_one(Rows)
        rows.asked.clear()
        await from_terminal(pilot, "b")
        assert app.screen.query_one(ProposingField).value == "ab"
        assert rows.asked == []


async def test_a_row_that_changed_is_the_only_one_that_is_asked_for() -> None:
    app = app_with(FieldBesideRows, bell=False)
    async with begun(app, []) as pilot:
        rows = app.screen.query_one(Rows)
        rows.asked.clear()
        rows.refresh_line(7)
        await pilot.pause(0.1)
        assert [(crop.y, crop.height) for crop in rows.asked] == [(7, 1)]


@pytest.mark.parametrize(
    ("app", "before", "word"),
    [
        pytest.param(form, ["tab", "tab", "i"], "vo mari", id="form"),
        pytest.param(palette, ["k", "n"], "owledge", id="palette"),
        pytest.param(line, ["g"], "et_user_", id="line"),
    ],
)
async def test_letters_and_all_that_they_bring_are_painted_together(
    app: Callable[[], EogApp], before: list[str], word: str
) -> None:
    async with begun(app(), before) as pilot:
        with noted(Screen, "_compositor_refresh", lambda *_: 1) as paints:
            for letter in word:
                await from_terminal(pilot, letter)
    # Textual hears of each widget by a message: now and then one comes a frame later. Each by itself would be twice.
    assert len(word) <= len(paints) <= len(word) * 4 // 3


async def test_a_letter_lays_the_screen_out_once_if_its_list_has_another_height_and_else_never() -> None:
    async with begun(line(), ["g"]) as pilot:
        proposals, laid_out = pilot.app.screen.query_one(ProposalList), set()
        for letter in "et_use":
            height = proposals.size.height
            with noted(Screen, "_refresh_layout", lambda *_: 1) as layouts:
                await from_terminal(pilot, letter)
            changed = proposals.size.height != height
            assert len(layouts) == changed, letter
            laid_out.add(changed)
        assert laid_out == {False, True}


async def test_typing_into_the_palette_lays_nothing_out() -> None:
    async with begun(palette(), ["k", "n"]) as pilot:
        with noted(Screen, "_refresh_layout", lambda *_: 1) as layouts:
            for letter in "ow":
                await from_terminal(pilot, letter)
        assert layouts == []


@pytest.mark.parametrize(
    ("app", "keys"),
    [
        pytest.param(
            form,
            ["tab", "tab", *"ivo", "down", "down", "backspace", "escape", "tab", *"xyz", "f2", "escape"],
            id="form",
        ),
        pytest.param(palette, [*"know", "down", "backspace", "backspace", *"zzz", "pagedown"], id="palette"),
        pytest.param(full_line, [*"assi", "tab", "a", "backspace", "down", "enter", "escape", "home", "x"], id="line"),
    ],
)
async def test_the_screen_is_what_textual_would_have_painted(app: Callable[[], EogApp], keys: list[str]) -> None:
    dirty: list[set[Region]] = []
    paint = NarrowCompositor.render_partial_update

    def painted(compositor: NarrowCompositor) -> ChopsUpdate | None:
        dirty.append(set(compositor._dirty_regions))
        return paint(compositor)

    def compared(compositor: NarrowCompositor, ours: ChopsUpdate | None) -> bool:
        compositor._dirty_regions = dirty.pop()
        return cells(ours) == cells(Compositor.render_partial_update(compositor))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NarrowCompositor, "render_partial_update", painted)
        async with begun(app(), []) as pilot:
            with noted(NarrowCompositor, "render_partial_update", compared) as same:
                for key in keys:
                    await pilot.press(key)
    assert len(same) >= len(keys) // 2
    assert all(same)


def cells(update: ChopsUpdate | None) -> list[list[Segment]]:
    """What an update writes, row by row of each region."""
    return [] if update is None else [_within(update.chops[y], update.chop_ends[y], x1, x2)
                                      for y, x1, x2 in update.spans]  # fmt: skip


def _within(chops: Mapping[int, Strip | None], ends: list[int], left: int, right: int) -> list[Segment]:
    parts = [
        strip.crop(max(left - x, 0), right - x)
        for (x, strip), end in zip(chops.items(), ends, strict=True)
        if strip is not None and x < right and end > left
    ]
    return list(Strip.join(parts).simplify())
