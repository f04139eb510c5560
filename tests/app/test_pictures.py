"""Pictures of the gallery; ``pytest tests/app --snapshot-update`` takes new ones after a look at the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eog_tui.app import EogApp

from .gallery import ListScreen, PanesScreen, app, calm_list, calm_panes, changes, head, story

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])
Compare = Callable[..., bool]


def empty() -> EogApp:
    return app(lambda: ListScreen([], empty="No runs yet.\nr launches one, D plays the demo."))


def long_run() -> EogApp:
    heads = [
        head(n, ok=True, writes=n % 7 == 0, shape="1 row · 20 B", change_line="x" * (n % 7 == 0)) for n in range(400)
    ]
    return app(lambda: PanesScreen(heads, changes(), "A text.", '{"id": 1}', "object · 9 B"))


@SIZES
@pytest.mark.parametrize("factory", [calm_list, calm_panes, empty, long_run])
def test_gallery(snap_compare: Compare, factory: Callable[[], EogApp], size: tuple[int, int]) -> None:
    assert snap_compare(factory(), terminal_size=size)


@pytest.mark.parametrize(
    ("name", "press"),
    [
        ("filter", ["slash", *"Stark"]),
        ("help", ["question_mark"]),
        ("confirm", ["x"]),
        ("palette", ["colon"]),
        ("row marked by cursor", ["j", "j", "j"]),
    ],
)
def test_list_states(snap_compare: Compare, name: str, press: list[str]) -> None:
    assert snap_compare(calm_list(), press=press, terminal_size=(80, 24))


@pytest.mark.parametrize("press", [["tab"], ["tab", "tab"], ["z"], ["ctrl+o"]], ids=["changes", "text", "zoom", "jump"])
def test_panes_states(snap_compare: Compare, press: list[str]) -> None:
    assert snap_compare(calm_panes(), press=press, terminal_size=(80, 24))


@pytest.mark.parametrize(
    "options",
    [{"theme": "eog-light"}, {"theme": "ansi-dark"}, {"theme": "ansi-light"}, {"ascii_only": True}],
    ids=lambda options: str(next(iter(options.values()))),
)
def test_appearances(snap_compare: Compare, options: dict[str, Any]) -> None:
    screen = PanesScreen(story(), changes(), "A text.", '[{"id": 1}, {"id": 2}]', "2 rows · 20 B")
    assert snap_compare(app(lambda: screen, **options), terminal_size=(80, 24))


def test_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(calm_list(), terminal_size=(80, 24))
