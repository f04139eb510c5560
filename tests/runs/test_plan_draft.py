"""A recorded run becomes the draft of a plan: what worked, without the ids that only that run knew."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.runs.engine import Engine
from engine.runs.orders import Answer, Call, WriteNote
from engine.runs.plan_draft import draft
from engine.runs.spec import Launch
from engine.tasks.files import TaskError
from engine.trajectory.store import RunRow, Store
from tests.runs.material import call, count_check

Run = Callable[..., RunRow]


def test_reads_are_condensed_and_writes_have_their_arguments(run: Run, store: Store) -> None:
    lines = draft(store, run("builtin:itsm/stolen-tablet").id).splitlines()

    assert lines[0] == '1. Look up with `get_incidents_assigned_to`: assigned_to = "USER_044"'
    assert lines[1] == '2. Look up with `find_configuration_item_by_serial_number`: serial_number = "BWF-TAB-0404"'
    at = lines.index("7. Call `update_configuration_item`")
    assert (
        lines[at + 1]
        == "   - configuration_item_id = the configuration_item_id found in step 2 (Line 4 Inspection Tablet)"
    )
    assert lines[at + 2] == '   - status = "disposed"'
    assert "8. Look up with `get_user`: user_id = the owner_id found in step 2 (Line 4 Inspection Tablet)" in lines
    assert lines[-1].startswith("10. Answer: INC-000112 now names the tablet of line 4")
    assert not [line for line in lines if "= " in line and ("INC_112" in line or "CI_057" in line)]


def test_reads_of_one_tool_in_a_row_are_one_step_and_numbers_are_found_too(run: Run, store: Store) -> None:
    text = draft(store, run("builtin:csm/agent-leaves").id)

    assert text.startswith(
        '1. Look up with `find_user`\n   - name = "Elena Marchetti"\n   - name = "Noah Lindgren"\n'
        '   - name = "Owen Trelawney"\n2. '
    )
    assert "   - assigned_to_user_id = the user_id found in step 1 (noah.lindgren@alderway.example)" in text


def test_failed_and_repeated_calls_are_left_out(run: Run, store: Store, write_task: Callable[..., str]) -> None:
    look, act = (
        call("find_incident_by_id", incident_id="INC_001"),
        call("update_incident", incident_id="INC_001", impact="high"),
    )
    calls = [look, look, call("find_incident_by_id", incident_id="INC_999"), call("make_coffee"), act, look]
    source = write_task(calls, [count_check("high", "impact = 'high'")], user_prompt="Raise the impact of INC_001.")

    assert draft(store, run(source).id) == (
        '1. Look up with `find_incident_by_id`: incident_id = "INC_001"\n'
        "2. Call `update_incident`\n"
        '   - incident_id = "INC_001"\n'
        '   - impact = "high"\n'
        '3. Look up with `find_incident_by_id`: incident_id = "INC_001"\n'
        "4. Answer: Done."
    )


def test_what_a_person_noted_stands_with_the_step_that_it_was_about(engine: Engine, store: Store) -> None:
    [run_id] = engine.launch(Launch(sources=("builtin:itsm/stolen-tablet",), agent="human")).run_ids

    def give(*orders: Any) -> None:
        for order in orders:
            engine.order(run_id, order).result(timeout=30)

    give(
        WriteNote(by="ada", text="First see\nwhat it is."),
        Call(by="ada", tool="find_incident_by_id", arguments={"incident_id": "INC_112"}),
        WriteNote(by="ada", text="Not allowed, I think."),
        Answer(by="ada", text="The policy forbids it.", refused=True),
    )
    while store.run(run_id).alive:
        time.sleep(0.01)

    assert draft(store, run_id) == (
        '1. Look up with `find_incident_by_id`: incident_id = "INC_112"\n'
        "   Note: First see\n"
        "   what it is.\n"
        "2. Refuse the task: The policy forbids it.\n"
        "   Note: Not allowed, I think."
    )


def test_a_draft_becomes_a_plan_that_its_task_can_be_run_with(run: Run, store: Store) -> None:
    first = run("builtin:itsm/stolen-tablet")
    plan_id = store.plans.create(
        first.task, first.domain, "Draft", "ada", draft(store, first.id), origin=f"run {first.id}"
    )

    second = run("builtin:itsm/stolen-tablet", plan=str(plan_id))
    assert second.plan == f"{plan_id} v1"
    assert store.plans.version(plan_id).origin == f"run {first.id}"


def test_a_run_in_which_nothing_worked_gives_no_plan(
    run: Run, store: Store, write_task: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "none.json").write_text('{"calls": [{"tool": "make_coffee"}]}')
    row = run(write_task([]), script=tmp_path / "none.json")

    with pytest.raises(TaskError, match="no successful call"):
        draft(store, row.id)
