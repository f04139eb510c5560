"""The Runs screen under real keys, on a real store."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from engine.runs.engine import Engine
from engine.runs.orders import Stop
from engine.runs.spec import Launch
from engine.trajectory.events import Database
from engine.trajectory.query import RunQuery
from engine.trajectory.store import NewRun, Store, StoreError
from eog_tui.app import EogApp
from eog_tui.screens.choose import ChooseScreen
from eog_tui.screens.confirm import ConfirmScreen
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.plan_uplift import UpliftScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.runs import RunsScreen
from eog_tui.widgets.filter_bar import FilterBar
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.row_table import RowTable
from tests.app.launching import app_on, from_palette, lines, picture, sees, settled, shows, toasts, told_store, until
from tests.app.recorded import record_story
from tests.app.tape import GYM, Check, Tape

SIZE = (100, 24)
TASK = "builtin:itsm/printer-impact-and-sla"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with told_store(tmp_path / "store.db") as store:
        yield store


async def test_every_run_is_listed_newest_first(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        shown = lines(pilot)
        assert "Runs 5  ▶ 1 running  ✓ 1 pass  ✗ 1 fail  ! 1 error  ■ 1 interrupted" in shown[0]
        assert shown[0].endswith("$0.02")
        words = ["running", "interrupted", "error", "fail", "pass"]
        assert [line.split()[1] for line in shown[2:7]] == words
        assert "Resolve the VPN outage" in shown[2]
        assert "1/2" in shown[2]


async def test_the_strip_explains_the_selected_run(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("j", "j", "j")
        await settled(pilot)
        assert "#2 Change request without CAB · react · opus-4.5" in picture(pilot)
        assert "✗ CAB approval is required before scheduling: status is 'scheduled'" in picture(pilot)


async def test_filter_while_typing_completes_and_esc_clears(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("/", *"status:fa")
        await settled(pilot)
        assert "1 of 5 shown" in picture(pilot)
        await pilot.press("right")
        assert app.screen.query_one(FilterBar).value == "status:failed"
        await pilot.press("enter")
        assert isinstance(app.focused, RowTable)
        await pilot.press("escape")
        await settled(pilot)
        assert app.screen.query_one(RowTable).count == 5


async def test_a_letter_of_the_filter_lays_nothing_out_while_it_finds_the_same_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    layouts: list[Screen[Any]] = []
    lay_out = Screen._refresh_layout
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"res")
        await settled(pilot)
        assert "1 of 5 shown" in lines(pilot)[1]
        monkeypatch.setattr(Screen, "_refresh_layout", lambda *of: (layouts.append(of[0]), lay_out(*of))[1])
        for letter in "olve":
            await pilot.press(letter)
            await settled(pilot)
        assert lines(pilot)[1].startswith(" / resolve")
    assert layouts == []


async def test_a_wrong_filter_says_what_there_is(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("/")
        app.screen.query_one(FilterBar).value = "colour:red"
        await shows(pilot, "no such filter: colour:")
        assert app.screen.query_one(RowTable).count == 5, "the rows stay while the filter is wrong"
        await pilot.press("enter", "escape")
        await settled(pilot)
        assert "no such filter" not in picture(pilot)


async def test_rows_that_come_late_do_not_take_back_what_is_wrong_with_the_filter(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("G", "/")
        app.screen.query_one(FilterBar).value = "colour:red"
        await shows(pilot, "no such filter: colour:")
        table = app.screen.query_one(RowTable)
        selected = table.selected.id
        store.delete_run(selected)
        table.reload()
        await settled(pilot)
        assert table.selected.id != selected
        assert "no such filter: colour:" in picture(pilot)


async def test_no_match_says_how_to_get_the_runs_back(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("/", *"unicorn")
        await settled(pilot)
        assert "No run matches the filter. Esc clears it." in picture(pilot)


async def test_an_empty_store_teaches(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty.db") as store:
        app = app_on(store)
        async with app.run_test(size=SIZE) as pilot:
            await settled(pilot)
            assert "No runs yet: r launches one, D plays the demo." in picture(pilot)
            for key in ("enter", "x", "y", "o"):
                await pilot.press(key)
            assert isinstance(app.screen, RunsScreen)


async def test_sorting_keeps_the_selected_run(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("j", "j", "j")
        table = app.screen.query_one(RowTable)
        assert table.selected is not None
        before = table.selected.id
        await pilot.press("S")
        await sees(pilot, ChooseScreen)
        await pilot.press("g", "j", "enter")  # task
        await until(pilot, lambda: lines(pilot)[2].split()[2] == "Change")  # tasks from A on
        assert table.selected.id == before
        await pilot.press("S")
        await sees(pilot, ChooseScreen)
        await pilot.press("enter")
        await until(pilot, lambda: "Retire" in lines(pilot)[2])  # the same column again turns the order around
        assert table.selected.id == before


async def test_a_click_on_a_head_sorts(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.click(RowTable, offset=(lines(pilot)[1].index("steps"), 0))
        await settled(pilot)
        assert "steps↓" in picture(pilot)
        assert "Change request" in lines(pilot)[2], "most steps first"


async def test_enter_replays_what_ended_and_watches_what_lives(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await sees(pilot, LiveScreen)
        app.pop_screen()
        await settled(pilot)
        await pilot.press("j", "enter")
        await sees(pilot, ReplayScreen)


async def test_new_runs_appear_by_themselves_and_the_selection_stays(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("j")
        table = app.screen.query_one(RowTable)
        assert table.selected is not None
        before = table.selected.id
        tape = Tape(store, "A new ticket", "Do it.", [Check("done", "SELECT 1", 1, "fail")]).start()
        await shows(pilot, "A new ticket")
        assert table.count == 6
        assert table.selected.id == before
        assert "A new ticket" in lines(pilot)[2]
        await until(pilot, lambda: "▶ 2 running" in lines(pilot)[0])
        tape.end("stopped")
        await until(pilot, lambda: "■ stopped" in lines(pilot)[2])


async def test_who_is_at_the_top_of_a_long_list_sees_new_runs_come(store: Store) -> None:
    for nth in range(40):
        Tape(store, f"Old ticket {nth}", "Do it.", [Check("done", "SELECT 1", 1, "fail")]).start().end("stopped")
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        table = app.screen.query_one(RowTable)
        assert table.selected is not None
        before = table.selected.id
        tape = Tape(store, "A new ticket", "Do it.", [Check("done", "SELECT 1", 1, "fail")]).start()
        await until(pilot, lambda: "A new ticket" in lines(pilot)[2])
        assert table.selected.id == before

        await pilot.press("end")
        await settled(pilot)
        shown = lines(pilot)[2:10]
        tape.end("stopped")
        Tape(store, "Another ticket", "Do it.", [Check("done", "SELECT 1", 1, "fail")]).start()
        await until(pilot, lambda: lines(pilot)[1].endswith("1 new ↑"))
        assert lines(pilot)[2:10] == shown, "what is read further down does not move"
        await pilot.press("home")
        await until(pilot, lambda: "Another ticket" in lines(pilot)[2])
        await until(pilot, lambda: "new ↑" not in lines(pilot)[1])


async def test_who_comes_back_from_a_new_run_finds_it_selected(store: Store) -> None:
    with Engine(store) as engine:
        app = app_on(store, engine)
        async with app.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await pilot.press("j", "j")
            await pilot.press("D")
            await sees(pilot, LiveScreen)
            run_id = app.screen.run_id
            await settled(pilot)
            await pilot.press("escape")
            await sees(pilot, RunsScreen)
            table = app.screen.query_one(RowTable)
            await until(pilot, lambda: table.selected and table.selected.id == run_id)
            if run_id in engine.alive():
                engine.order(run_id, Stop(by="kim"))


async def test_a_run_that_no_process_has_cannot_be_stopped_and_that_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eog_tui.live.ordering.PATIENCE_SECONDS", 0.3)
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("x")
        await sees(pilot, ConfirmScreen)
        await pilot.press("s")
        await until(pilot, lambda: "open, or it does not answer. The order is taken back." in toasts(pilot))
        assert store.take_orders() == []
        assert store.count(RunQuery(filters={"status": "stopped"})) == 0


async def test_x_ends_a_persons_run_that_nobody_has_open(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        begin = (
            "import sys\nfrom engine.runs.engine import Engine\nfrom engine.trajectory.store import Store\n"
            "from engine.runs.orders import Come, Go\nfrom tests.app.sitting import begin\n"
            "with Store.open(sys.argv[1]) as store, Engine(store) as engine:\n    run = begin(engine)\n"
            "    engine.order(run, Come(by='ann')).result(20)\n    engine.order(run, Go(by='ann')).result(20)\n"
        )
        subprocess.run(  # noqa: ASYNC221 - nothing else goes on yet
            [sys.executable, "-c", begin, str(tmp_path / "store.db")], check=True, timeout=60, cwd=ROOT
        )
        assert store.run(1).alive
        with Engine(store) as engine:
            app = app_on(store, engine)
            async with app.run_test(size=SIZE) as pilot:
                await settled(pilot)
                await pilot.press("x")
                await sees(pilot, ConfirmScreen)
                await pilot.press("s")
                await shows(pilot, "■ stopped")
                await until(pilot, lambda: "Nobody had run 1 open; it has ended." in toasts(pilot))
        assert store.run(1).status == "stopped"


async def test_the_palette_of_runs_knows_the_uplift_report(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await from_palette(pilot, "uplift")
        await sees(pilot, UpliftScreen)


async def test_an_ended_run_is_deleted_only_after_its_letter(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("G", "x")
        await sees(pilot, ConfirmScreen)
        await pilot.press("enter")
        await sees(pilot, RunsScreen)
        assert store.count() == 5, "Cancel has the focus"
        await pilot.press("x")
        await sees(pilot, ConfirmScreen)
        await pilot.press("d")
        await until(pilot, lambda: store.count() == 4)
        await until(pilot, lambda: app.screen.query_one(RowTable).count == 4)


async def test_who_deletes_a_run_is_told_of_the_databases_that_only_its_record_knows(store: Store) -> None:
    run = Tape(store, "Elsewhere", "Go.", address="http://localhost:8006").start()
    for action, database in (("made", "eog-1"), ("made", "eog-2"), ("deleted", "eog-1")):
        run._append(Database, 1, action=action, gym=GYM, where="http://localhost:8006", database_id=database)
    run.end("stopped")
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        app.screen.query_one(RowTable).select(run.run_id)
        await pilot.press("x")
        await shows(pilot, "! It left database eog-2 at http://localhost:8006")
        assert "eog-1" not in "".join(lines(pilot))
        assert "eog-tui gym clean" in "".join(lines(pilot))
        await pilot.press("escape")
        await settled(pilot)
        assert store.run(run.run_id)


async def test_stop_asks_and_stops_a_run_of_this_process(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        app = app_on(store, engine)
        async with app.run_test(size=SIZE) as pilot:
            await settled(pilot)
            run_id = engine.launch(Launch(sources=(TASK,), pause_s=600)).run_ids[0]
            await shows(pilot, "▶ running")
            table = app.screen.query_one(RowTable)
            await until(pilot, lambda: table.selected and table.selected.id == run_id)
            await pilot.press("x")
            await sees(pilot, ConfirmScreen)
            await pilot.press("s")
            await until(pilot, lambda: not engine.alive())
            assert store.run(run_id).status == "stopped"


async def test_launch_opens(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert isinstance(app.screen, LaunchScreen)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, RunsScreen)


async def test_the_pager_gets_the_whole_run(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    paged: list[str] = []
    monkeypatch.setattr(EogApp, "page", lambda self, text: paged.append(text))
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("G", "o")
        await settled(pilot)
    assert "call update_incident" in paged[0]
    assert "✓ pass the impact is high" in paged[0]


class Broken(Store):
    """A store that can be broken and mended."""

    broken = False

    def runs(self, query: RunQuery | None = None, offset: int = 0, limit: int = 100) -> Any:
        if self.broken:
            raise StoreError("The store failed: disk I/O error")
        return super().runs(query, offset, limit)


async def test_a_store_that_fails_is_explained_and_the_rows_stay(tmp_path: Path) -> None:
    with Broken.open(tmp_path / "store.db") as store:
        record_story(store)
        app = app_on(store)
        async with app.run_test(size=SIZE) as pilot:
            await settled(pilot)
            store.broken = True
            store.create_run(NewRun(task=store.task(1), task_name="later", domain="itsm", agent="scripted"))
            await shows(pilot, "! The store failed: disk I/O error")
            assert "Resolve the VPN outage" in picture(pilot)
            store.broken = False
            store.create_run(NewRun(task=store.task(1), task_name="mended", domain="itsm", agent="scripted"))
            await shows(pilot, "mended")
            await until(pilot, lambda: "disk I/O" not in picture(pilot))


async def test_the_palette_offers_filters_that_make_sense(store: Store) -> None:
    app = app_on(store)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, RunsScreen)
        commands = {command.title: command for command in screen.commands()}
        assert "Only failed runs" in commands
        assert "Only stopped runs" not in commands
        assert "Copy: eog-tui replay 5" in commands
        commands["Only failed runs"].run()
        await settled(pilot)
        assert screen.query_one(RowTable).count == 1


async def test_quitting_with_a_live_run_asks_first(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        app = app_on(store, engine)
        async with app.run_test(size=SIZE) as pilot:
            await settled(pilot)
            engine.launch(Launch(sources=(TASK,), pause_s=600))
            await pilot.press("q")
            await sees(pilot, ConfirmScreen)
            await pilot.press("escape")
            await sees(pilot, RunsScreen)
            assert app.is_running
            assert len(engine.alive()) == 1
            await pilot.press("q")
            await sees(pilot, ConfirmScreen)
            await pilot.press("s")
            await until(pilot, lambda: app._exit)
        assert app.return_value == "stop"


async def test_without_a_run_nothing_is_offered_that_needs_one_and_its_keys_say_why(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        async with app_on(store).run_test(size=SIZE) as pilot:
            await shows(pilot, "No runs yet")
            footer = lines(pilot)[-1]
            assert "r launch" in footer
            assert not any(words in footer for words in ("open", "a act", "x stop", "T forks", "copy", "pager"))
            await pilot.press("o")
            assert toasts(pilot) == "No run is selected."
            record_story(store)
            await until(pilot, lambda: "⏎ open  r launch  a act" in lines(pilot)[-1])


async def test_every_status_is_counted_where_one_line_does_not_hold_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = dict.fromkeys(store.counts(), 0) | {"running": 1234, "passed": 12_345, "failed": 1234, "interrupted": 1234}
    monkeypatch.setattr(store, "counts", lambda: many)
    async with app_on(store).run_test(size=(60, 24)) as pilot:
        await shows(pilot, "Runs 16,047")
        assert lines(pilot)[0].startswith(" Runs 16,047  ▶ 1,234 running  ✓ 12,345 pass")
        assert lines(pilot)[0].endswith("$0.02")
        assert lines(pilot)[1] == "   ✗ 1,234 fail  ■ 1,234 interrupted"
        assert lines(pilot)[2].startswith(" status")
        await pilot.resize_terminal(100, 24)
        await settled(pilot)
        assert lines(pilot)[1].startswith(" status")


async def test_the_first_line_says_less_where_there_is_less_room(store: Store) -> None:
    app = EogApp(store, Engine(store), start=lambda: RunsScreen("team.db"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "interrupted" in lines(pilot)[0]
        await pilot.resize_terminal(160, 48)
        await settled(pilot)
        assert "store team.db" in lines(pilot)[0]
        assert app.screen.query_one("#sums", PieceLines).text.startswith("eog-tui")
