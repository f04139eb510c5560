"""The area for long texts draws what Textual's draws, and for a key only the line that it is typed into."""

from __future__ import annotations

from unittest import mock

import pytest
from textual.app import App, ComposeResult
from textual.widgets import TextArea

from eog_tui.widgets.long_text_area import LongTextArea

TEXT = "\n".join(
    f"{n}. Look at (incident {n}) with `find_incident`, then tell the caller [what] was found there."
    for n in range(300)
)


class Editor(App[None]):
    def compose(self) -> ComposeResult:
        yield LongTextArea(placeholder="Write.")


@pytest.mark.parametrize("text", [TEXT, "", "one line\n\n"], ids=["long", "empty", "short"])
async def test_every_line_looks_as_textual_draws_it(text: str) -> None:
    app = Editor()
    async with app.run_test(size=(60, 20)) as pilot:
        area = app.query_one(LongTextArea)
        area.load_text(text)
        keys = [
            *"ab(", "down", "down", "enter", "(", "right", "left", "backspace", "delete", "pagedown", "x", "ctrl+k",
            "up", "shift+down", "shift+right", "left", "ctrl+z", "end", *" [y]", "left", "home", "ctrl+end", "tab", "z",
        ]  # fmt: skip
        for key in ["", *keys, "theme"]:
            if key == "theme":
                app.theme = "textual-light"
            elif key:
                await pilot.press(key)
            await pilot.pause()
            drawn = [area.render_line(y) for y in range(area.size.height)]
            area._line_cache.clear()
            assert drawn == [TextArea.render_line(area, y) for y in range(area.size.height)], key


async def test_a_letter_draws_the_line_that_it_is_typed_into() -> None:
    app = Editor()
    async with app.run_test(size=(60, 20)) as pilot:
        area = app.query_one(LongTextArea)
        area.load_text(TEXT)
        area.move_cursor((150, 0))
        await pilot.pause()
        await pilot.press("a")
        drawing = mock.patch.object(TextArea, "_render_line", autospec=True, side_effect=TextArea._render_line)
        with drawing as draw:
            await pilot.press("b")
            await pilot.pause()
        assert area.document.get_line(150).startswith("ab150.")
        assert 1 <= draw.call_count <= 3  # the line is wrapped to two or three
