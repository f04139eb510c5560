"""Following a run look by look, without a screen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.trajectory.store import Store
from eog_tui.live.company import Company
from eog_tui.live.following import Following, Sight
from eog_tui.live.telling import clock, ending, header, under_way
from tests.app.recorded import record_long, record_story
from tests.app.tape import START, Check, Tape, inserted, updated

CHECKS = [
    Check("the impact is high", "SELECT impact FROM incident", "high", "fail"),
    Check("nothing else changed", "SELECT COUNT(*) FROM incident", 250, "pass"),
]
RAISE = updated("incident", "incident_id", "INC_003", impact=("medium", "high"))
LOWER = updated("incident", "incident_id", "INC_003", impact=("high", "medium"))
NOTE = updated("incident", "incident_id", "INC_003", note=(None, "seen"))
SLA = inserted("incident_sla", "incident_sla_id", "ISLA_1", stage="in_progress")


@pytest.fixture
def tape(store: Store) -> Tape:
    return Tape(store, "Printer impact", "Raise the impact.", CHECKS)


def stories(sight: Sight) -> list[str]:
    return [standing.story for standing in sight.standings]


def told(lines: list) -> str:
    return "\n".join("".join(text for text, _ in pieces) for pieces in lines)


def test_every_look_finds_what_happened_since(store: Store, tape: Tape) -> None:
    following = Following(store, tape.run_id)
    sight = following.look()
    assert (sight.outline.heads, sight.rows) == ((), [])
    assert stories(sight) == ["not checked", "not checked"]

    tape.start()
    sight = following.look()
    assert len(sight.outline.heads) == 2
    assert stories(sight) == ["not yet", "kept"]

    tape.call("update_incident", {}, changes=[RAISE], verifiers="pp")
    sight = following.look()
    assert stories(sight) == ["done at 2", "kept"]
    assert [(row.step, row.change.key_text) for row in sight.rows] == [(2, "INC_003")]

    tape.call("update_incident", {}, changes=[LOWER], verifiers="fp")
    sight = following.look()
    assert stories(sight) == ["undone at 3", "kept"]
    assert sight.rows == [], "a row that is again as it was seeded is not a changed row"

    tape.call("link", {}, changes=[SLA], verifiers="ff").call("update_incident", {}, changes=[NOTE], verifiers="fp")
    sight = following.look()
    assert stories(sight) == ["undone at 3", "restored at 5"]
    assert [row.change.table for row in sight.rows] == ["incident", "incident_sla"], "the latest written comes first"


def test_a_call_under_way_gets_its_result(store: Store, tape: Tape) -> None:
    tape.start().call("update_incident", {}, unanswered=True)
    following = Following(store, tape.run_id)
    assert following.look().outline.heads[-1].ok is None

    other = Following(store, tape.run_id)
    tape.call("update_incident", {}, changes=[RAISE], verifiers="pp")
    for each in (following, other):
        sight = each.look()
        assert sight.outline.heads[-1].ok is True
        assert len(sight.rows) == 1


def test_looking_at_once_or_step_by_step_finds_the_same(store: Store) -> None:
    run_id = record_long(store, 300)
    tape = Tape(store, "Close the old batch", "Again", CHECKS[:1]).start()
    stepwise = Following(store, tape.run_id)
    for number in range(2, 30):
        change = updated("incident", "incident_id", f"INC_{number % 7}", status=(f"{number - 7}", f"{number}"))
        tape.call("update_incident", {}, changes=[change] if number % 3 else [], verifiers="p" if number % 2 else "f")
        stepwise.look()
    seen, fresh = stepwise.look(), Following(store, tape.run_id).look()
    assert (seen.standings, seen.rows) == (fresh.standings, fresh.rows)
    assert seen.outline.heads == fresh.outline.heads
    assert len(Following(store, run_id).look().rows) == 29


def test_what_a_run_waits_for_is_told(store: Store, tape: Tape) -> None:
    following = Following(store, tape.run_id)

    def now(seconds: float = 0.0, **options: bool) -> str:
        return told(under_way(following.look().outline, tape.at + timedelta(seconds=seconds), **options))

    assert now(3) == "◌ waiting for its turn 3s"
    tape.start()
    assert now(0.3) == "… waiting for the model 0.3s"
    assert now(4.9) == "… waiting for the model 4s"
    assert now(4.9, pausing=True) == "… waiting for the model 4s · pauses before the next call"
    tape.call("update_incident", {}, unanswered=True)
    assert now(0.3) == "… waiting for the gym gym-itsm-mcp 0.3s"
    tape.call("update_incident", {}, "ok").retry("RateLimitError: 429", 2.0)
    assert now() == "… waiting for the model 2s · attempt 2"
    tape.say("Done.")
    assert now(75) == "… checking the final state 1m15"
    tape.verdicts("pp").end("passed", "Done.")
    assert now(99) == ""


def test_a_scripted_run_waits_for_its_script(store: Store) -> None:
    tape = Tape(store, "Demo", "Play.", agent="scripted", model=None).start()
    assert told(under_way(Following(store, tape.run_id).look().outline, tape.at)) == "… waiting for the script 0.0s"


def test_the_header_counts_until_the_end(store: Store, tape: Tape) -> None:
    tape.start().say("I look.")
    following = Following(store, tape.run_id)
    lines, right = header(following.look().outline, START + timedelta(minutes=61, seconds=7))
    assert told(lines) == f"▶ running  Printer impact\nrun {tape.run_id} · react · gpt-5-mini · embedded"
    assert told(right).splitlines() == ["step 2 · 1:01:07 · 1.6k tok · <$0.01", "step 2 · 1:01:07"]
    tape.verdicts("pp").end("passed")
    _, right = header(following.look().outline, START + timedelta(days=3))
    assert told(right).splitlines()[-1] == "step 2 · 00:01"


def test_gyms_elsewhere_are_told_with_their_address(store: Store) -> None:
    tape = Tape(store, "Printer impact", "Raise the impact.", CHECKS, address="http://localhost:8006")
    following = Following(store, tape.run_id)
    queued = following.look().outline
    assert told(header(queued, START)[0]).endswith("· remote")
    assert told(under_way(queued, START)).startswith("◌ waiting for its turn")
    assert told(under_way(queued, START, pausing=True)).endswith(" · then it pauses")
    tape.ask_for_database()
    sight, at = following.look(), tape.at + timedelta(seconds=75)
    words = "◌ http://localhost:8006 makes its database 1m15 · may take 20 minutes"
    assert told(under_way(sight.outline, at, seeding=sight.seeding)) == words
    tape.start()
    assert following.look().seeding == ""
    assert told(header(following.look().outline, START)[0]).endswith("· remote at http://localhost:8006")


def test_the_end_says_what_failed_and_why(store: Store) -> None:
    story = record_story(store)
    ends = {name: told(ending(Following(store, run_id).look().outline)) for name, run_id in vars(story).items()}
    assert ends["running"] == ""
    assert ends["passed"].startswith("✓ pass  3 of 3 verifiers pass: 2 done, 1 kept\n  answer INC-000003")
    assert ends["failed"].splitlines()[:2] == [
        "✗ fail  2 of 3 verifiers pass",
        "  ✗ CAB approval is required before scheduling: status is 'scheduled', expected 'new'",
    ]
    assert ends["errored"].startswith("! error  model: APIConnectionError")
    assert ends["interrupted"] == "■ interrupted  the program that ran it was ended"


def test_an_end_with_many_failures_is_told_in_short(store: Store) -> None:
    checks = [Check(f"check {number}", "SELECT 1", 1, "fail") for number in range(5)]
    tape = Tape(store, "Many", "Do all.", checks).start().say("No.").verdicts("effff", reasons=["no such table"])
    tape.end("failed")
    lines = told(ending(Following(store, tape.run_id).look().outline)).splitlines()
    assert lines == [
        "✗ fail  0 of 5 verifiers pass",
        "  ✗ check 1",
        "  ✗ check 2",
        "  ✗ check 3",
        "    and 2 more in State",
    ]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "00:00"), (41.9, "00:41"), (3599, "59:59"), (3727, "1:02:07"), (-1, "00:00")]
)
def test_clocks(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_runs_stay_in_company_when_they_end(store: Store) -> None:
    tapes = [Tape(store, f"Task {number}", "Go.", CHECKS).start() for number in range(3)]
    company = Company(store, tapes[1].run_id)
    assert [row.task for row in company.look()] == ["Task 0", "Task 1", "Task 2"]
    tapes[0].say("Done.").verdicts("pp").end("passed")
    ended = Tape(store, "Task 3", "Go.", CHECKS).start()
    assert [(row.task, row.status) for row in company.look()] == [
        ("Task 0", "passed"),
        ("Task 1", "running"),
        ("Task 2", "running"),
        ("Task 3", "running"),
    ]
    ended.end("stopped")
    assert [row.task for row in Company(store, tapes[1].run_id).look()] == ["Task 1", "Task 2"]


def test_company_begins_with_the_runs_that_were_launched_together(store: Store) -> None:
    experiment = store.create_experiment("eog-tui run", {})
    ids = []
    for number in range(3):
        tape = Tape(store, f"Task {number}", "Go.", CHECKS, experiment=experiment).start()
        tape.end("stopped")
        ids.append(tape.run_id)
    assert [row.id for row in Company(store, ids[0]).look()] == ids
