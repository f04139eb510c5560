"""How the Workbench looks in each state, at the sizes that people have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from engine.runs.engine import Engine
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.workbench import WorkbenchScreen
from eog_tui.screens.workbench_dialogs import ToolScreen
from tests.app.launching import settled
from tests.app.sitting import Person, begun

SIZES = pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 48)], ids=["80x24", "100x30", "160x48"])

SnapCompare = Callable[..., bool]
Then = Callable[[Person], Awaitable[object]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    # Whatever depends on the day, on who runs the tests and on how fast they do.
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    monkeypatch.setattr("eog_tui.workbench.telling.clock", lambda _: "03:12")
    monkeypatch.setattr("eog_tui.workbench.telling.duration", lambda _: "0.0s")
    with Store.open(tmp_path / "store.db") as store:
        yield store


@pytest.fixture
def picture(store: Store, engine: Engine, snap_compare: SnapCompare) -> Callable[..., bool]:
    def compare(size: tuple[int, int], then: Then, *, peek: bool = False, calls: bool = True) -> bool:
        made = (
            ("get_incidents_assigned_to", {"assigned_to": "USER_008"}),
            ("update_incident", {"incident_id": "INC_022", "status": "on_hold", "on_hold_reason": "Awaiting Caller"}),
            ("get_user", {"user_id": "USER_999"}),
            ("find_incident_slas", {"incident_id": "INC_022"}),
        )
        run_id = begun(store, engine, *(made if calls else ()), peek=peek)
        app = EogApp(store, engine, start=lambda: WorkbenchScreen(run_id))

        async def before(pilot: Pilot[Any]) -> None:
            person = Person(app, pilot, store)
            await person.seated()
            await then(person)
            await settled(pilot)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


async def nothing(person: Person) -> None:
    pass


async def form(person: Person) -> None:
    await person.choose("update_incident")
    await person.type("INC")
    await person.until(lambda: person.form._editor.proposing)


async def result(person: Person) -> None:
    await person.call("get_incidents_assigned_to", assigned_to="USER_008")


async def refused(person: Person) -> None:
    await person.call("get_user", user_id="USER_999")


async def palette(person: Person) -> None:
    await person.press("t")
    await person.until(lambda: isinstance(person.screen, ToolScreen))
    await person.type("sla")


async def paused(person: Person) -> None:
    await person.choose("get_user")
    await person.press("escape", "space")
    await person.until(lambda: "you paused" in person.said())


async def line(person: Person) -> None:
    await person.press("semicolon")
    await person.until(lambda: person.line.has_focus_within)
    await person.type("get_user user_id=")


async def opens(person: Person, key: str) -> None:
    """Press the key of a dialog for words, and wait until it takes them."""
    await person.press(key)
    await person.until(lambda: isinstance(person.screen.focused, TextArea))


async def note(person: Person) -> None:
    await opens(person, "w")
    await person.type("the clock")


async def answer(person: Person) -> None:
    await opens(person, "d")
    await person.type("It is on hold.")


async def refusal(person: Person) -> None:
    await opens(person, "F")
    await person.press("ctrl+j")
    await person.until(lambda: "a refusal needs a reason" in person.drawn)


async def ended(person: Person) -> None:
    await person.write("d", "It is on hold.")
    await person.until(lambda: "of 5 verifiers" in person.drawn)


async def seen(person: Person) -> None:
    while not person.bench.focused or person.bench.focused.id != "things":
        await person.press("tab")


async def database(person: Person) -> None:
    await person.until(lambda: person.bench.query("#tables"))
    while not person.bench.focused or person.bench.focused.id != "tables":
        await person.press("tab")
    await person.until(lambda: "configuration_item" in person.drawn)


async def rows(person: Person) -> None:
    await database(person)
    await person.press("g", "down", "down", "down", "down", "enter")
    await person.until(lambda: "Suspicious" in person.drawn or "INC_001" in person.drawn)


@SIZES
@pytest.mark.parametrize(
    "then", [nothing, form, result, palette, paused, answer, ended], ids=lambda each: each.__name__
)
def test_states(size: tuple[int, int], then: Then, picture: Callable[..., bool]) -> None:
    assert picture(size, then)


@SIZES
def test_before_anything_was_done(size: tuple[int, int], picture: Callable[..., bool]) -> None:
    assert picture(size, nothing, calls=False)


@pytest.mark.parametrize("then", [refused, line, note, refusal, seen], ids=lambda each: each.__name__)
def test_rarer_states(then: Then, picture: Callable[..., bool]) -> None:
    assert picture((80, 24), then)


@SIZES
@pytest.mark.parametrize("then", [result, database, rows], ids=lambda each: each.__name__)
def test_peeking(size: tuple[int, int], then: Then, picture: Callable[..., bool]) -> None:
    assert picture(size, then, peek=True)


def test_at_the_width_where_panes_stand_side_by_side(picture: Callable[..., bool]) -> None:
    assert picture((110, 30), form)
