"""What the tests of the plan screens open: a store with plans for built-in tasks, under a clock that stands still."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from textual.pilot import Pilot

from engine.runs.engine import Engine
from engine.tasks.models import Task
from engine.tasks.source import builtin_root, read_tasks
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.plans.subject import Subject, of_task
from eog_tui.screens.base import EogScreen
from tests.agents.openai_server import OpenAIServer
from tests.app.launching import NOW, app_on, settled
from tests.app.recorded import HOSTILE
from tests.app.tape import Check, Tape

TASK = "printer-impact-and-sla"
LONGER = "technician-leaves"

FIRST = """\
# What to find out
1. `find_incident_by_number` gives the incident on the ticket.
2. `find_sla_definitions` gives the SLA of its new impact.

# What to change
3. `update_incident`: impact and the reason.
"""
SECOND = FIRST.replace("impact and the reason", "impact, priority and the reason in the work notes") + (
    "4. `link_new_incident_sla` with the SLA of step 2.\n5. `send_notification` to the caller.\n"
)


def subject(name: str = TASK) -> Subject:
    found = read_tasks(f"builtin:itsm/{name}")
    return of_task(found.tasks[0], found.seed_root)


def at(minutes: int) -> Any:
    """Let the library believe that it is this many minutes before the pictures' now."""
    return mock.patch("engine.trajectory.plans.now", return_value=NOW - timedelta(minutes=minutes))


def add_plans(store: Store) -> int:
    """Three plans, two of them for one task; returns the number of the one with two versions."""
    with at(3_000):
        store.plans.create(LONGER, "itsm", "Hand over first, then close the account", "ines", "Ask who takes over.")
    with at(240):
        plan = store.plans.create(TASK, "itsm", "Look first, then raise", "kim", FIRST)
    with at(200):
        store.plans.create(TASK, "itsm", "As in run 4", "ola", "1. `get_user`", "run 4")
    with at(7):
        store.plans.save(plan, "ines", SECOND)
    return plan


def add_paired_runs(store: Store, tasks: int = 8) -> None:
    """Runs of some tasks without and with a plan; the plan helps with most."""
    checks = [Check(f"check {number}", "SELECT 1", 1, "fail") for number in range(4)]
    for number in range(tasks):
        for planned in (False, True, True):
            passes = planned if number else not planned
            tape = (
                Tape(store, f"task-{number}", "Do it.", checks, plan="5 v1" if planned else None).start().say("Done.")
            )
            tape.verdicts("pppp" if passes else "ppff").end("passed" if passes else "failed", "Done.")


def add_pairs_of_long_names(store: Store) -> None:
    """Runs with and without a plan whose tasks, domains and models differ late or only in what is left out."""
    checks = [Check(f"check {number}", "SELECT 1", 1, "fail") for number in range(2)]
    clinic = "escalate-the-outage-of-the-northern-clinic"
    for task, domain, agent, model in (
        (f"{clinic}-1", "csm", "react", "openai/gpt-5-nano-2026"),
        (f"{clinic}-1", "itsm", "react", "openai/gpt-5-nano-2026"),
        (f"{clinic}-1", "itsm", "react", "openrouter/gpt-5-nano-2026"),
        (f"{clinic}-2", "itsm", "react", "openai/gpt-5-nano-2026"),
        (f"{clinic}-2", "itsm", "planner_react", "anthropic/claude-sonnet-4.5"),
        (f"{clinic}-2", "itsm", "planner_react", "anthropic/claude-sonnet-4.6"),
    ):
        for plan in (None, "5 v1"):
            tape = Tape(store, task, "Do it.", checks, agent=agent, model=model, plan=plan, domain=domain)
            tape.start().say("Done.").verdicts("pp" if plan else "pf").end("passed" if plan else "failed", "Done.")


def llm_config(folder: Path, server: OpenAIServer) -> Path:
    """A config for the model that this server plays."""
    path = folder / "llm.json"
    path.write_text(
        json.dumps({"llm_provider": "openai", "llm_model": "m", "llm_api_key": "k", "llm_api_endpoint": server.url})
    )
    return path


@asynccontextmanager
async def opened(
    store: Store, screen: EogScreen[Any], size: tuple[int, int] = (120, 30), engine: Engine | None = None
) -> AsyncIterator[tuple[EogApp, Pilot[Any]]]:
    """The app with this screen over Runs."""
    app = app_on(store, engine)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await app.push_screen(screen)
        await settled(pilot)
        yield app, pilot


# What the pty test opens; each in a process of its own.


def hostile_task() -> Task:
    return Task.model_validate(
        {
            "name": f"task {HOSTILE}",
            "source": f"/nowhere/{HOSTILE}".replace("\0", ""),
            "system_prompt": HOSTILE,
            "user_prompt": HOSTILE,
            "gym_servers_config": [
                {"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": "http://x", "seed_database_file": HOSTILE}
            ],
        }
    )


def _hostile_store() -> Store:
    store = Store.open(Path(tempfile.mkdtemp()) / "store.db")
    plan = store.plans.create(
        f"task {HOSTILE}", f"domain {HOSTILE}", HOSTILE[:180], HOSTILE[:180], f"# {HOSTILE}\n{HOSTILE}"
    )
    store.plans.save(plan, f"other {HOSTILE}"[:180], f"update_incidnt {HOSTILE}\n" * 3, f"run {HOSTILE}"[:180])
    return store


def hostile_library() -> EogApp:
    from eog_tui.screens.plans import PlansScreen

    return app_on(_hostile_store(), screen=PlansScreen)


def hostile_editor() -> EogApp:
    from eog_tui.screens.plan import PlanScreen

    told = of_task(hostile_task(), builtin_root())
    return app_on(_hostile_store(), screen=lambda: PlanScreen(subject=told, text=HOSTILE * 3, title=HOSTILE[:180]))


def hostile_plan() -> EogApp:
    from eog_tui.screens.plan import PlanScreen

    return app_on(_hostile_store(), screen=lambda: PlanScreen(1))


def hostile_uplift() -> EogApp:
    from eog_tui.screens.plan_uplift import UpliftScreen

    store = Store.open(Path(tempfile.mkdtemp()) / "store.db")
    for planned in (None, f"plan {HOSTILE}"):
        tape = Tape(store, f"Task {HOSTILE}", "x", [Check("c", "SELECT 1", 1, "fail")], model=HOSTILE, plan=planned)
        tape.start().say("x").verdicts("p").end("passed", "x")
    return app_on(store, screen=UpliftScreen)
