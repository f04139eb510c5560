"""Recorded runs for tests and pictures: a morning at a service desk, told with fixed times, the same every time.

``record_story`` gives a run of each end; ``record_long``, ``record_huge`` and ``record_hostile`` give the ones that
hurt. A test that needs a run of its own writes it with ``tape.Tape``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.trajectory.store import Store
from tests.app.tape import START, Check, Tape, inserted, updated


@dataclass(frozen=True)
class Story:
    """The ids of the told runs."""

    passed: int
    failed: int
    errored: int
    interrupted: int
    running: int


def record_story(store: Store) -> Story:
    """One run of each end, ten minutes apart, the running one last."""
    return Story(
        passed=_printer(store),
        failed=_without_cab(store),
        errored=_no_service(store),
        interrupted=_workaround(store),
        running=_vpn(store),
    )


def record_long(store: Store, steps: int = 2_000) -> int:
    """A run of ``steps`` steps; every tenth call writes, and the verifier turns twice."""
    check = Check("the batch is closed", "SELECT COUNT(*) FROM incident WHERE status = 'closed'", steps // 10, "fail")
    tape = Tape(store, "Close the old batch", "Close every incident of last year.", [check]).start()
    for number in range(2, steps):
        incident = f"INC_{number:04}"
        if number % 10:
            tape.call("find_incident", {"incident_id": incident}, {"incident_id": incident, "status": "new"})
        else:
            done = "p" if number * 3 > steps and not steps * 2 // 3 < number < steps * 3 // 4 else "f"
            change = updated("incident", "incident_id", incident, status=("new", "closed"))
            tape.call("update_incident", {"incident_id": incident, "status": "closed"}, "ok", changes=[change],
                      verifiers=done)  # fmt: skip
    return tape.verdicts("p").end("passed", "All closed.")


def record_huge(store: Store, tokens: int = 900_000, steps: int = 34) -> int:
    """A run of ``steps`` steps with ``tokens`` tokens of text (four characters each), most of it in results."""
    check = Check("nothing was touched", "SELECT COUNT(*) FROM incident", 250, "pass")
    tape = Tape(store, "Read everything", "List every incident with all its notes.", [check]).start()
    calls = steps - 3
    for number in range(calls):
        size, rows = tokens * 4 // calls, []
        for serial in range(size // 400):
            rows.append(incident(number * 10_000 + serial) | {"worknotes": "The printer on floor three is slow. " * 4})
        tape.call("get_incidents", {"limit": 500, "offset": number * 500}, {"incidents": rows}, seconds=0.2)
    tape.say("That was everything.\n\n" + "It is a long list, and it is all in order. " * 200)
    return tape.verdicts("p").end("passed", "Done.")


HOSTILE = (
    "\x1b]52;c;aGFja2Vk\x07\x1b[31mred\x1b[0m \x9b31m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07 \x00 \x7f "
    "[@click=app.quit]quit[/] [/] [b]bold[/b] [/usr/bin] [link=http://x]y[/link] \u202eesrever\u202c \u200b\ufeff"
)
"""What a stranger may write: escape sequences, C1, markup that acts, closing tags alone, bidi."""


def record_hostile(store: Store) -> int:
    """A run in which every text that a stranger can write is hostile."""
    check = Check(f"check {HOSTILE}", f"SELECT '{HOSTILE}'", HOSTILE, "fail", HOSTILE)
    tape = Tape(store, f"Task {HOSTILE}", HOSTILE, [check], agent=f"react {HOSTILE}", model=HOSTILE, policy=HOSTILE,
                address=f"http://{HOSTILE}")  # fmt: skip
    half = "\ud800"  # half a character, as some models send it
    tape.start().say(f"First {HOSTILE}{half}\nsecond line {HOSTILE}")
    change = updated(f"table {HOSTILE}", f"key {HOSTILE}", HOSTILE, **{f"column {HOSTILE}": ("old", HOSTILE)})
    tape.call(f"tool {HOSTILE}", {f"name {HOSTILE}": HOSTILE}, [{f"column {HOSTILE}": HOSTILE}] * 3,
              changes=[change], verifiers="f")  # fmt: skip
    tape.call("plain", {}, HOSTILE, refused=True).retry(HOSTILE).failure(f"where {HOSTILE}", HOSTILE)
    return tape.verdicts("f", [HOSTILE], [HOSTILE]).end("errored", HOSTILE, HOSTILE)


def incident(serial: int, **columns: Any) -> dict[str, Any]:
    """A row of the incident table as the gym answers it."""
    return {
        "incident_id": f"INC_{serial:03}",
        "number": f"INC-{serial:06}",
        "short_description": f"Printer on floor {serial % 7 + 1} prints blank pages",
        "status": "in_progress",
        "impact": "medium",
        "priority": "planning",
        "assigned_to": f"USER_{serial % 20:03}",
    } | columns


def _printer(store: Store) -> int:
    checks = [
        Check(
            "the impact is high",
            "SELECT impact FROM incident\nWHERE incident_id = 'INC_003' -- the printer",
            "high",
            "fail",
            "More than ten people cannot print, so the policy asks for a high impact.",
        ),
        Check(
            "the high-impact SLA runs",
            "SELECT COUNT(*) FROM incident_sla WHERE incident_id = 'INC_003' AND stage = 'in_progress'",
            1,
            "fail",
        ),
        Check("no incident was added", "SELECT COUNT(*) FROM incident", 250, "pass"),
    ]
    printer = incident(3, short_description="Printer on floor 3 is dead")
    tape = Tape(
        store,
        "INC-000003 printer impact",
        "An update came in from the caller of INC-000003: now the whole floor, 24 people, cannot print.\n"
        "Set the impact as the policy says and attach the SLA that belongs to it.",
        checks,
    ).start()
    tape.say("I need the incident first.")
    tape.call("find_incident", {"number": "INC-000003"}, [printer])
    tape.call("update_incident", {"incident_id": "INC_003", "impact": "high", "worknotes": "24 people cannot print"},
              printer | {"impact": "high"}, verifiers="pfp",
              changes=[updated("incident", "incident_id", "INC_003", impact=("medium", "high"),
                               worknotes=(None, "24 people cannot print"),
                               updated_on=("2026-02-27 16:02:11", "2026-03-02 09:00:04"))])  # fmt: skip
    tape.call("find_sla_definitions", {"applies_to": "high"}, [
        {"sla_def_id": f"SLADEF_{serial:03}", "name": name, "applies_to": "high", "duration_minutes": minutes}
        for serial, name, minutes in ((2, "High impact, business hours", 240), (5, "High impact, round the clock", 120))
    ])  # fmt: skip
    tape.call("link_new_incident_sla", {"incident_id": "INC_003", "sla_def_id": "SLADEF_002"},
              {"incident_sla_id": "ISLA_031", "stage": "in_progress"}, verifiers="ppp",
              changes=[inserted("incident_sla", "incident_sla_id", "ISLA_031", incident_id="INC_003",
                                sla_def_id="SLADEF_002", stage="in_progress",
                                start_time="2026-03-02 09:00:07")])  # fmt: skip
    tape.say("INC-000003 now has a high impact. The SLA SLADEF_002 runs since 09:00.")
    return tape.verdicts("ppp").end("passed", "INC-000003 now has a high impact. The SLA SLADEF_002 runs since 09:00.")


def _without_cab(store: Store) -> int:
    checks = [
        Check("the priority is kept", "SELECT priority FROM change WHERE change_id = 'CHG_004'", "moderate", "pass"),
        Check(
            "CAB approval is required before scheduling",
            "SELECT status\nFROM change\nWHERE change_id = 'CHG_004'\n  AND NOT EXISTS (\n    SELECT 1 FROM approval\n"
            "    WHERE record_id = 'CHG_004' AND state = 'approved'\n  )",
            "new",
            "pass",
            "The CAB never approved CHG_004, so the policy forbids to schedule it.",
        ),
        Check(
            "the network team owns the change",
            "SELECT assignment_group FROM change WHERE change_id = 'CHG_004'",
            "GRP_012",
            "fail",
        ),
    ]
    change = {
        "change_id": "CHG_004",
        "number": "CHG-000004",
        "short_description": "Replace the VPN concentrator in Rotterdam",
        "status": "new",
        "priority": "moderate",
        "risk": "high",
        "cab_required": True,
        "assignment_group": None,
    }
    tape = Tape(
        store,
        "Change request without CAB",
        "Hand CHG-000004 over to the network team and get it going for this weekend.",
        checks,
        model="opus-4.5",
        at=START + timedelta(minutes=10),
    ).start()
    tape.say("Let me look at the change and at who could take it over.")
    tape.call("get_change", {"change_id": "CHG_004"}, change)
    tape.call("find_approvals", {"record_id": "CHG_004", "state": "approved"}, [])
    tape.call("update_change", {"change_id": "CHG_004", "assignment_group": "network"},
              {"detail": {"error_code": "NOT_FOUND", "message": "Group network not found"}}, refused=True)  # fmt: skip
    tape.call("update_change", {"change_id": "CHG_004", "assignment_group": "GRP_012"}, change, verifiers="ppp",
              changes=[updated("change", "change_id", "CHG_004", assignment_group=(None, "GRP_012"),
                               updated_on=("2026-02-20 11:40:00", "2026-03-02 09:10:07"))])  # fmt: skip
    tape.say("The network team owns it now. There is no approval yet, but the weekend is close, so I schedule it.")
    tape.retry("RateLimitError: 429 Too Many Requests, please slow down")
    tape.call("update_change", {"change_id": "CHG_004", "status": "scheduled"}, change | {"status": "scheduled"},
              verifiers="pfp", seconds=0.212,
              changes=[updated("change", "change_id", "CHG_004", status=("new", "scheduled"),
                               updated_on=("2026-03-02 09:10:07", "2026-03-02 09:10:14"))])  # fmt: skip
    tape.call("find_incident", {"status": "in_progress"}, [incident(serial) for serial in range(1, 15)])
    tape.call("create_notification", {"user_id": "USER_007", "message": "CHG-000004 runs this weekend."},
              {"notification_id": "NTF_019"}, verifiers="pfp",
              changes=[inserted("notification", "notification_id", "NTF_019", user_id="USER_007",
                                message="CHG-000004 runs this weekend.")])  # fmt: skip
    tape.say("CHG-000004 is with the network team and scheduled for this weekend. USER_007 knows.")
    tape.verdicts("pfp", ["moderate", "scheduled", "GRP_012"], ["", "status is 'scheduled', expected 'new'"])
    return tape.end("failed", "CHG-000004 is with the network team and scheduled for this weekend. USER_007 knows.")


def _no_service(store: Store) -> int:
    check = Check("the item is retired", "SELECT status FROM configuration_item", "retired", "fail")
    tape = Tape(store, "Retire the old router", "Retire the router RT-7.", [check], model="local/llama",
                at=START + timedelta(minutes=20)).start()  # fmt: skip
    reason = "APIConnectionError: connection to http://localhost:8000 refused"
    tape.retry(reason).retry(reason, 4.0).failure("model", reason)
    return tape.end("errored", error=f"model: {reason}")


def _workaround(store: Store) -> int:
    check = Check("the workaround is published", "SELECT COUNT(*) FROM knowledge", 1, "fail")
    tape = Tape(store, "Publish the workaround", "Publish the workaround of PRB-000002.", [check], model="gpt-5",
                at=START + timedelta(minutes=30)).start()  # fmt: skip
    tape.say("I look for the problem.").call("find_incident", {"problem": "PRB_002"}, [incident(8), incident(9)])
    return tape.end("interrupted", error="the program that ran it was ended")


def _vpn(store: Store) -> int:
    checks = [
        Check("the caller is told", "SELECT COUNT(*) FROM notification WHERE user_id = 'USER_002'", 1, "fail"),
        Check(
            "the incident is resolved", "SELECT status FROM incident WHERE incident_id = 'INC_009'", "resolved", "fail"
        ),
    ]
    tape = Tape(store, "Resolve the VPN outage", "Resolve INC-000009 and tell the caller.", checks,
                at=START + timedelta(minutes=40)).start()  # fmt: skip
    tape.call("find_incident", {"number": "INC-000009"}, [incident(9)])
    tape.call("update_incident", {"incident_id": "INC_009", "status": "resolved"}, incident(9, status="resolved"),
              verifiers="fp",
              changes=[updated("incident", "incident_id", "INC_009", status=("in_progress", "resolved"))])  # fmt: skip
    tape.call("create_notification", {"user_id": "USER_002", "message": "Your VPN works again."}, unanswered=True)
    return tape.run_id
