"""Takes the pictures of README and docs from the real app; needs Chromium, Pillow and the font Fira Code.

Each picture is the app on a store of its own, after real runs of built-in tasks.
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
from unittest import mock

from PIL import Image
from textual.screen import Screen

from engine.runs.engine import Engine
from engine.runs.orders import ApproveCall, Call, Come, Pause, WriteNote
from engine.runs.spec import Fork, Launch
from engine.tasks import builtin_root
from engine.tasks.calls import CallList
from engine.trajectory.events import Proposal
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens.launch import LaunchScreen
from eog_tui.screens.live import LiveScreen
from eog_tui.screens.plan import PlanScreen
from eog_tui.screens.replay import ReplayScreen
from eog_tui.screens.runs import RunsScreen
from eog_tui.screens.workbench import WorkbenchScreen

IMAGES = Path(__file__).parent / "images"
SIZE = (132, 36)
TASKS = builtin_root() / "itsm" / "tasks"
DEMO = "builtin:itsm/vip-laptop-outage"
GOLD = CallList.read(TASKS / "vip-laptop-outage.gold.json")
WRONG = TASKS / "vip-laptop-outage.wrong-rotterdam-pool.json"
MISTAKE = 8
"""The step at which the wrong calls hand out the laptop of another site."""
ANN = "ann"

PLAN = """\
# Find out
1. `get_user_using_name` for whoever rang.
2. `find_configuration_items` by their id: which machine is dead?
3. `find_locations` for the site, then `find_configuration_items`
   with `status=in_stock` and that location: the one to hand out.

# Change
4. `create_incident` in their name, with the dead machine on it.
5. `update_configuration_item`: the dead one to `maintenance`.
6. `update_configuration_item`: the new one to `in_use`, theirs.
7. `find_sla_definitions`, then `link_new_incident_sla`.
"""


class Studio:
    """A store with runs in it, and the app in front of a camera."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self.store, self.engine = store, engine

    async def take(self, name: str, start: Callable[[], Screen[Any]], keys: str = "") -> None:
        """Open a screen, press keys (a word in quotes is typed), and save what is there as ``images/NAME.png``."""
        app = EogApp(self.store, self.engine, start=start)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(1.5)
            for key in keys.split():
                await pilot.press(*key.strip("'") if key.startswith("'") else [key])
                await pilot.pause(0.4)
            await pilot.pause(1.5)
            svg = app.export_screenshot(title="eog-tui")
        to_png(svg, IMAGES / f"{name}.png")

    def begun(self, *sources: str, **more: Any) -> int:
        """Launch something, and give the number of its first run."""
        return self.engine.launch(Launch(sources=sources, **more)).run_ids[0]

    def ended(self, *sources: str, **more: Any) -> int:
        """The same, waiting for the end."""
        launched = self.engine.launch(Launch(sources=sources, **more))
        launched.done.result()
        return launched.run_ids[0]

    def until(self, run_id: int, *, steps: int = 0, status: str = "") -> None:
        """Wait until a run has come so far."""
        while (row := self.store.run(run_id)).steps < steps or (status and row.status != status):
            time.sleep(0.05)

    # What there is to see.

    def several_runs(self) -> tuple[int, int]:
        """Some that passed and some that failed; returns one of the demo's task of either kind."""
        self.ended("builtin:itsm")
        for wrong in sorted(TASKS.glob("*.wrong-*.json"))[:8]:
            self.ended(f"builtin:itsm/{wrong.name.partition('.')[0]}", script=wrong)
        return self.ended(DEMO), self.ended(DEMO, script=WRONG)

    def by_hand(self) -> int:
        """A person's run with some calls behind it and a note."""
        run_id = self.begun(DEMO, agent="human")
        self.engine.order(run_id, Come(by=ANN)).result()
        for call in GOLD.calls[:4]:
            self.engine.order(run_id, Call(by=ANN, tool=call.tool, arguments=call.arguments)).result()
        self.engine.order(run_id, WriteNote(by=ANN, text="two pools: Savannah is LOC_001")).result()
        return run_id

    def watched(self) -> int:
        """A supervised run whose mistake waits for a word."""
        run_id = self.begun(DEMO, script=WRONG, approve="writing", allow=("create_*",), peek=True)
        while (proposal := self._proposal(run_id)).step < MISTAKE:
            self.engine.order(run_id, ApproveCall(by=ANN, call_id=proposal.call_id)).result()
        return run_id

    def _proposal(self, run_id: int) -> Proposal:
        while True:
            self.until(run_id, status="waiting")
            match self.store.events(run_id, self.store.run(run_id).steps - 1):
                case [*_, Proposal() as proposal]:
                    return proposal

    def forks(self, failed: int, folder: Path) -> None:
        """The failed run twice from just before its mistake: with the right laptop, and with it for somebody else."""
        right, rest = GOLD.calls[6].arguments, folder / "rest.json"
        rest.write_text(GOLD.model_copy(update={"calls": GOLD.calls[7:]}).model_dump_json())
        for laptop in (right, {**right, "owner_id": "USER_002"}):
            fork = Fork(run_id=failed, step=MISTAKE, by=ANN, arguments=laptop)
            self.ended(fork=fork, agent="scripted", script=rest)


def to_png(svg: str, target: Path) -> None:
    """Let a browser draw an SVG at its own size, and keep 256 of its colours: a third of the bytes."""
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
    with Image.open(target) as picture:
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(target, optimize=True)
    print(target.name)


async def main() -> None:
    """Record some runs and take all pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch("getpass.getuser", return_value=ANN),
        mock.patch.dict("os.environ", XDG_STATE_HOME=folder, XDG_CONFIG_HOME=folder),
        Store.open(Path(folder, "store.db")) as store,
        Engine(store) as engine,
    ):
        studio = Studio(store, engine)
        demo, failed = studio.several_runs()
        await studio.take("replay", lambda: ReplayScreen(demo, 8))
        await studio.take("replay-failed", lambda: ReplayScreen(failed, MISTAKE))
        await studio.take("launch", LaunchScreen, "tab tab down down")

        mine = studio.by_hand()
        await studio.take(
            "workbench", lambda: WorkbenchScreen(mine), "t 'findconf' enter ctrl+j t 'updateconf' enter 'thinkp'"
        )
        watched = studio.watched()
        await studio.take("approve", lambda: LiveScreen(watched))

        await studio.take("fork", lambda: ReplayScreen(failed, MISTAKE), "f tab right")
        studio.forks(failed, Path(folder))
        await studio.take("family", lambda: ReplayScreen(failed, MISTAKE), "T")
        plan = store.plans.create("vip-laptop-outage", "itsm", "The laptop of the right site", ANN, PLAN)
        await studio.take("plan", lambda: PlanScreen(plan), "pagedown end enter '8.' space '`send'")

        running = studio.begun(DEMO, pause_s=0.5)
        studio.until(running, steps=9)
        engine.order(running, Pause(by=ANN)).result()
        await studio.take("live", lambda: LiveScreen(running))
        await studio.take("runs", lambda: RunsScreen("default"))


if __name__ == "__main__":
    asyncio.run(main())
