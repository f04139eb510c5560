"""Live on told runs, at a fixed moment: every state that it has, for pictures and for the pty."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from engine.runs.engine import Engine
from engine.runs.orders import ORDER, Say
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.screens import live
from eog_tui.screens.live import LiveScreen
from tests.app.pty_corpus import HOSTILE
from tests.app.recorded import record_hostile, record_story
from tests.app.tape import START, Check, Tape, updated

MOMENT = START + timedelta(minutes=40, seconds=9)
CHECKS = [
    Check("the impact is high", "SELECT impact FROM incident WHERE incident_id = 'INC_003'", "high", "fail"),
    Check("no incident was added", "SELECT COUNT(*) FROM incident", 250, "pass"),
]
RAISE = updated("incident", "incident_id", "INC_003", impact=("medium", "high"))


def app(store: Store, run_id: int) -> EogApp:
    """The app on one run."""
    return EogApp(store, Engine(store), start=lambda: LiveScreen(run_id))


def tape(store: Store, task: str = "INC-000003 printer impact", **options: object) -> Tape:
    """A run that begins half a minute before the moment."""
    at = MOMENT - timedelta(seconds=30)
    return Tape(store, task, "Set the impact as the policy says.", CHECKS, at=at, **options)  # type: ignore[arg-type]


def passed(store: Store) -> EogApp:
    return app(store, record_story(store).passed)


def failed(store: Store) -> EogApp:
    return app(store, record_story(store).failed)


def errored(store: Store) -> EogApp:
    return app(store, record_story(store).errored)


def running(store: Store) -> EogApp:
    return app(store, record_story(store).running)


def queued(store: Store) -> EogApp:
    return app(store, tape(store).run_id)


def paused(store: Store) -> EogApp:
    story = tape(store, address="http://localhost:8006").start().say("I need the incident first.")
    story.call("find_incident", {"number": "INC-000003"}, {"incident_id": "INC_003"})
    return app(store, story.pause().run_id)


def said(store: Store) -> EogApp:
    """Somebody spoke to a run of another process while its model thinks."""
    story = tape(store).start().say("I need the incident first.")
    story.call("find_incident", {"number": "INC-000003"}, {"incident_id": "INC_003"})
    for by, text in (("kim", "The printer is the one in hall B."), ("ada", HOSTILE)):
        store.put_order(story.run_id, ORDER.dump_json(Say(by=by, text=text)).decode())
    return app(store, story.run_id)


def retrying(store: Store) -> EogApp:
    story = tape(store).start().say("I need the incident first.")
    return app(store, story.retry("RateLimitError: 429 Too Many Requests", 8.0).run_id)


def many(store: Store) -> EogApp:
    """An experiment of six, in every state of life."""
    experiment = store.create_experiment("eog-tui run builtin:itsm --concurrency 4", {})
    names = ["Printer impact", "Reassign a ticket", "Change without CAB", "Retire a router", "Publish a workaround"]
    tapes = [tape(store, name, experiment=experiment).start() for name in names]
    tape(store, "Close the old batch", experiment=experiment)
    tapes[0].call("update_incident", {"incident_id": "INC_003", "impact": "high"}, "ok", changes=[RAISE],
                  verifiers="pp").say("Done.").verdicts("pp").end("passed", "Done.")  # fmt: skip
    tapes[1].call("find_incident", {"number": "INC-000007"}, {"incident_id": "INC_007"})
    tapes[1].call("update_incident", {"incident_id": "INC_007"}, unanswered=True)
    tapes[2].say("I schedule it.").verdicts("fp", reasons=["found 'medium', expected 'high'"]).end("failed")
    tapes[3].pause()
    tapes[4].say("I look for the problem.")
    return app(store, tapes[1].run_id)


def hostile() -> EogApp:
    """For the pty: a run that ended and one that goes on, both as hostile as can be."""
    live.now = lambda: MOMENT  # type: ignore[attr-defined]
    store = Store.open(Path(tempfile.mkdtemp()) / "store.db")
    run_id = record_hostile(store)
    record_hostile_start(store)
    return app(store, run_id)


def record_hostile_start(store: Store) -> int:
    checks = [Check(HOSTILE, HOSTILE, HOSTILE, "fail")]
    story = Tape(store, HOSTILE, HOSTILE, checks, agent=HOSTILE, model=HOSTILE).start()
    change = updated(HOSTILE, HOSTILE, HOSTILE, **{HOSTILE: ("old", HOSTILE)})
    story.say(HOSTILE).call(HOSTILE, {HOSTILE: HOSTILE}, HOSTILE, changes=[change], verifiers="f")
    store.put_order(story.run_id, ORDER.dump_json(Say(by=HOSTILE, text=HOSTILE)).decode())
    return story.retry(HOSTILE).pause(HOSTILE).run_id
