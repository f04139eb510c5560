"""The approval in every state that it has, on told runs and with told trials, for pictures and for the pty."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

from engine.runs.rebuild import RebuildError, Trial
from engine.trajectory.changes import Change
from engine.trajectory.events import Outcome
from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.live.rehearsal import Rehearsal
from eog_tui.screens import live
from tests.app import live_gallery
from tests.app.pty_corpus import HOSTILE
from tests.app.tape import Check, Tape, updated

CALL = {
    "change_id": "CHG_004",
    "status": "scheduled",
    "worknotes": "The window on Saturday night is free. " * 8,
    "approvals": [{"user_id": "USER_011", "state": "requested"}],
}
SCHEDULED = updated("change_request", "change_id", "CHG_004", status=("new", "scheduled"), approved_by=(None, "ada"))


def waiting(store: Store, *, peek: bool | None = True, arguments: Mapping[str, Any] | None = None) -> EogApp:
    """The app on a run whose next call waits; the first of two that its model asked for."""
    tape = live_gallery.tape(store, "Change request without CAB")
    tape.start(peek=peek).say("I look at the change first.")
    tape.call("get_change", {"change_id": "CHG_004"}, {"change_id": "CHG_004", "status": "new"})
    tape.propose("update_change", arguments or CALL, beside=("create_notification", {"user_id": "USER_011"}))
    return live_gallery.app(store, tape.run_id)


def trial(
    text: str = '{"change_id": "CHG_004", "status": "scheduled"}',
    *,
    is_error: bool = False,
    changes: tuple[Change, ...] = (SCHEDULED,),
    after: tuple[Outcome, ...] = ("fail", "pass"),
) -> Trial:
    return Trial(text, is_error, changes, ("fail", "pass"), after, 0.002)


TRIALS: dict[str, Trial | Exception] = {
    "plain": trial(),
    "turned": trial(after=("pass", "fail")),
    "error": trial(
        json.dumps({"detail": {"error_code": "INVALID_TRANSITION", "message": "A new change is not scheduled without "
                               "the approval of its CAB; ask for it first and schedule it then."}}),
        is_error=True,
        changes=(),
    ),
    "untried": RebuildError(
        "Run 1 cannot be rebuilt: gym-crm-mcp: only gyms of built-in domains can be rebuilt, this one lives elsewhere"
    ),
}  # fmt: skip


def tried(state: str) -> Any:
    """Patches what a trial brings."""
    found = TRIALS[state]
    return mock.patch.object(Rehearsal, "try_call", side_effect=[found] * 9 if isinstance(found, Exception) else None,
                             return_value=found)  # fmt: skip


def hostile() -> EogApp:
    """For the pty: a proposal, a trial and verifiers as hostile as can be."""
    live.now = lambda: live_gallery.MOMENT  # type: ignore[attr-defined]
    store = Store.open(Path(tempfile.mkdtemp()) / "store.db")
    check = Check(HOSTILE, HOSTILE, HOSTILE, "fail")
    tape = Tape(store, HOSTILE, HOSTILE, [check], at=live_gallery.MOMENT).start(peek=True)
    tape.propose(HOSTILE, {HOSTILE: HOSTILE, "deep": [{HOSTILE: HOSTILE}]})
    change = updated(HOSTILE, HOSTILE, HOSTILE, **{HOSTILE: ("old", HOSTILE)})
    found = Trial(HOSTILE, False, (change,), ("fail",), ("pass",), 0.002)
    mock.patch.object(Rehearsal, "try_call", return_value=found).start()
    return live_gallery.app(store, tape.run_id)
