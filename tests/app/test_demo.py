"""The demo, as someone sees it who has only just installed the app."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from textual.pilot import Pilot

from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.commands.demo import TASK
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.runs import RunsScreen
from eog_tui.widgets.piece_lines import PieceLines
from eog_tui.widgets.step_list import StepList


async def until(pilot: Pilot[object], seen: object, seconds: float = 30.0) -> None:
    end = monotonic() + seconds
    while not seen():  # type: ignore[operator]
        assert monotonic() < end, "it never came"
        await pilot.pause(0.02)


async def test_the_demo_plays_and_then_offers_the_replay(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        launch = Launch(sources=(TASK,), agent="scripted", pause_s=0.15)
        app = EogApp(store, engine, start=lambda: RunsScreen(launch=launch))
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, LiveScreen) and app.screen.query(StepList))
            live = app.screen
            steps, ending = live.query_one(StepList), live.query_one("#ending", PieceLines)
            await until(pilot, lambda: len(steps.heads) > 2)

            def ended() -> bool:
                said = ending.text
                assert not (said and store.run(1).alive), "nothing is said of an end before it"
                return "✓ pass  7 of 7 verifiers pass" in said

            await until(pilot, ended)
            assert steps.following
            await until(pilot, lambda: "⏎ replay" in ending.render_line(0).text)

            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
            replay = app.screen
            await until(pilot, lambda: replay.position == steps.heads[-1].number)
            await pilot.press("left")
            await until(pilot, lambda: replay.position == steps.heads[-1].number - 1)

            await pilot.press("escape")
            await until(pilot, lambda: app.screen is live)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, RunsScreen))
