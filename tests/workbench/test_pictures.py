"""Pictures of the workbench's widgets in each of their states."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eog_tui.app import EogApp

from .gallery import filled, form, form_app, kinds, line, palette
from .material import tool

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])
Compare = Callable[..., bool]


def no_fields() -> EogApp:
    return form_app(tool({}, name="who_am_i"))


@SIZES
@pytest.mark.parametrize(
    ("app", "press"),
    [
        pytest.param(form, [], id="form"),
        pytest.param(form, ["down", "down"], id="form choices named by the description"),
        pytest.param(form, [*["tab"] * 5, *"ivo"], id="form values that were seen"),
        pytest.param(filled, [], id="form of an earlier call"),
        pytest.param(kinds, [], id="form every kind"),
        pytest.param(kinds, [*["tab"] * 8, *"2026-13"], id="form a problem"),
        pytest.param(kinds, [*["tab"] * 12, "f2"], id="editor of an object"),
        pytest.param(kinds, [*["tab"] * 12, "f2", *"x"], id="editor a problem"),
        pytest.param(no_fields, [], id="form without fields"),
        pytest.param(palette, [], id="palette"),
        pytest.param(palette, [*"knowl", "down"], id="palette found"),
        pytest.param(palette, [*"zzz"], id="palette nothing found"),
        pytest.param(line, [], id="line"),
        pytest.param(line, [*"updch"], id="line tools"),
        pytest.param(line, [*"update_ch", "tab", *"as", "tab"], id="line values"),
        pytest.param(line, [*"update_change", "space", *"chnge_id=1", "escape", "enter"], id="line a problem"),
    ],
)
def test_widget(snap_compare: Compare, app: Callable[[], EogApp], press: list[str], size: tuple[int, int]) -> None:
    names = {"=": "equals_sign", "_": "underscore", "-": "minus"}
    assert snap_compare(app(), press=[names.get(key, key) for key in press], terminal_size=size)
