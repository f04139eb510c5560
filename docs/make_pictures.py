"""Takes the pictures of README and docs from the real app; needs Chromium and the font Fira Code.

Each picture is the app on a store of its own, after real runs of built-in tasks in a clock that stands still.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.screen import Screen

from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.runs import RunsScreen

IMAGES = Path(__file__).parent / "images"
SIZE = (132, 36)
DEMO = "builtin:itsm/vip-laptop-outage"


async def picture(store: Store, engine: Engine, name: str, start: Callable[[], Screen[Any]], keys: str = "") -> None:
    """Open a screen, press keys, and save what is there as ``images/NAME.png``."""
    app = EogApp(store, engine, start=start)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.0)
        for key in keys.split():
            await pilot.press(key)
            await pilot.pause(0.3)
        await pilot.pause(1.0)
        svg = app.export_screenshot(title="eog-tui")
    to_png(svg, IMAGES / f"{name}.png")


def to_png(svg: str, target: Path) -> None:
    """Let a browser draw an SVG at its own size."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("chromium is needed to draw the pictures")
    width, height = (round(float(value)) for value in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "picture.html")
        page.write_text(f"<body style='margin:0'>{svg}</body>", encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        flags += [f"--user-data-dir={folder}/profile"]
        size = [f"--window-size={width},{height}", f"--screenshot={target}"]
        subprocess.run([chromium, *flags, *size, page.as_uri()], check=True, capture_output=True)  # noqa: S603
    print(target.name)


def wait_for_steps(store: Store, run_id: int, number: int) -> None:
    """Wait until a run has come so far."""
    while store.run(run_id).steps < number:
        time.sleep(0.05)


async def main() -> None:
    """Record some runs and take all pictures."""
    tasks = builtin_root() / "itsm" / "tasks"
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder, "store.db")) as store,
        Engine(store) as engine,
    ):
        engine.launch(Launch(sources=("builtin:itsm",))).done.result()
        for wrong in sorted(tasks.glob("*.wrong-*.json"))[:8]:
            task = wrong.name.partition(".")[0]
            engine.launch(Launch(sources=(f"builtin:itsm/{task}",), script=wrong)).done.result()
        [demo] = engine.launch(Launch(sources=(DEMO,))).run_ids
        wrong = tasks / "vip-laptop-outage.wrong-rotterdam-pool.json"
        failing = engine.launch(Launch(sources=(DEMO,), script=wrong))
        failing.done.result()
        [failed] = failing.run_ids
        await picture(store, engine, "replay", lambda: ReplayScreen(demo, 8))
        await picture(store, engine, "replay-failed", lambda: ReplayScreen(failed, 8))
        await picture(store, engine, "launch", LaunchScreen, "tab tab down down")
        live = engine.launch(Launch(sources=(DEMO,), pause_s=0.5))
        [running] = live.run_ids
        wait_for_steps(store, running, 9)
        engine.pause(running)
        await picture(store, engine, "live", lambda: LiveScreen(running))
        await picture(store, engine, "runs", lambda: RunsScreen("default"))


if __name__ == "__main__":
    asyncio.run(main())
