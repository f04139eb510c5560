"""What people did in a run is told: in the transcript, in Replay's step, in the step list and on the timeline."""

from __future__ import annotations

from typing import Any

import pytest

from engine.trajectory.events import Attendance, Forked, Intervention, Note, Plan, ToolCall, ToolResult
from engine.trajectory.store import Store
from eog_tui.edits import edits
from eog_tui.replay.fork_form import why_not
from eog_tui.replay.step_text import StepText
from eog_tui.transcript import step_lines
from eog_tui.widgets.step_list import result_pieces
from eog_tui.widgets.timeline import cell_word
from tests.app.tape import GYM, Check, Tape

PROPOSED = {"change_id": "CHG_004", "status": "implement"}
EDITED = {"change_id": "CHG_004", "status": "scheduled", "cab": True}


@pytest.fixture
def tape(store: Store) -> Tape:
    return Tape(store, "A change", "Go.", [Check("done", "SELECT 1", 1, "fail")]).start(peek=True)


def told(store: Store, tape: Tape, step: int) -> tuple[str, str]:
    """A step as the transcript tells it, and as Replay does."""
    head, events = store.steps(tape.run_id, step)[0], store.events(tape.run_id, step)
    replay = "\n".join(line.text for line in StepText(head, events).lines(80, folded=True))
    return "\n".join(step_lines(head, events, fold=True)), replay


def does(tape: Tape, kind: type[Any], step: int | None = None, **fields: Any) -> int:
    step = tape.next_step if step is None else step
    tape._append(kind, step, **fields)
    return step


def test_a_call_that_waits_says_so(store: Store, tape: Tape) -> None:
    tape.propose("update_change", PROPOSED)
    for text in told(store, tape, 2):
        assert "update_change" in text
        assert "implement" in text
        assert "◌ waits for a person's word" in text
    [head] = store.steps(tape.run_id, 2)
    assert result_pieces(head, waits=True) == [("◌ waits for your word", "waiting")]
    assert cell_word(head) == "running"


def test_a_call_that_never_got_its_word_never_ran(store: Store, tape: Tape) -> None:
    tape.propose("update_change", PROPOSED)
    tape.end("interrupted")
    head, events = store.steps(tape.run_id, 2)[0], store.events(tape.run_id, 2)
    transcript = "\n".join(step_lines(head, events, fold=True, alive=False))
    for text in (transcript, told(store, tape, 2)[1]):
        assert "■ never ran" in text
        assert "waits" not in text
    assert result_pieces(head, over=True) == [("■ never ran", "waiting")]
    assert why_not((head,), 0, alive=False).startswith("Step 0 never ran")
    assert why_not((head,), 0, alive=True).startswith("Step 0 is still under way")


def test_an_edit_is_told_as_a_diff_and_the_call_once(store: Store, tape: Tape) -> None:
    tape.propose("update_change", PROPOSED)
    does(tape, Intervention, 2, action="edit", by="kim", call_id="call_0001", before=PROPOSED, after=EDITED)
    does(tape, ToolCall, 2, call_id="call_0001", tool="update_change", arguments=EDITED, gym=GYM)
    tape._called = (2, "update_change")
    tape.answer({"change_id": "CHG_004"})
    transcript, replay = told(store, tape, 2)
    assert transcript.count("call update_change") == 1
    assert "    approved with other arguments by kim\n    - status: implement\n    + status: scheduled\n" in transcript
    assert "    + cab: true" in transcript
    assert "− status: implement\n+ status: scheduled\n+ cab: true" in replay
    [head] = store.steps(tape.run_id, 2)
    assert head.shape.endswith(" · approved with other arguments by kim")


def test_a_rejection_is_no_error(store: Store, tape: Tape) -> None:
    tape.propose("update_change", PROPOSED)
    does(tape, Intervention, 2, action="reject", by="kim", call_id="call_0001", text="Ask the CAB.\nThen go on.")
    for text in told(store, tape, 2):
        assert "Then go on." in text
        assert "waits" not in text
        assert "■ rejected · by kim" in text
    [head] = store.steps(tape.run_id, 2)
    assert result_pieces(head) == [("■ rejected", "waiting"), (" · ", "dim"), ("by kim: Ask the CAB.", "")]
    assert cell_word(head) == "person"


@pytest.mark.parametrize("action", ["answer", "take_over", "stop"])
def test_a_call_that_a_person_came_before_never_ran(store: Store, tape: Tape, action: str) -> None:
    tape.propose("update_change", PROPOSED)
    does(tape, Intervention, 2, action=action, by="kim", call_id="call_0001")
    [head] = store.steps(tape.run_id, 2)
    for text in (*told(store, tape, 2), "".join(piece for piece, _ in result_pieces(head))):
        assert "■ never ran · " in text
        assert " by kim" in text


@pytest.mark.parametrize(
    ("gym", "answered", "sign"), [(GYM, True, "✗ error"), (None, False, "✗ error"), (GYM, False, "! no result")]
)
def test_a_refusal_and_a_result_that_never_came_are_told_apart_everywhere(
    store: Store, tape: Tape, gym: str | None, answered: bool, sign: str
) -> None:
    tape.call("update_change", PROPOSED, unanswered=True)
    content = {"content": [{"type": "text", "text": "NOT_FOUND no such change"}]} if answered else None
    does(tape, ToolResult, 2, call_id="call_0001", tool="update_change", gym=gym, is_error=True, result=content,
         error=None if answered else "NOT_FOUND no such change", duration_s=0.1)  # fmt: skip
    [head] = store.steps(tape.run_id, 2)
    for text in (*told(store, tape, 2), "".join(piece for piece, _ in result_pieces(head))):
        assert sign in text
        assert "NOT_FOUND no such change" in text
        assert "error: " not in text
    assert cell_word(head) == ("failed" if sign == "! no result" else "error")


def test_plans_notes_forks_and_rules_are_told(store: Store, tape: Tape) -> None:
    plan = does(tape, Plan, text="1. Read.\n2. Write.", by="kim", before="1. Write.\n2. Write.")
    note = does(tape, Note, by="kim", text="The CAB is late.")
    fork = does(tape, Forked, parent=4, parent_step=6, by="kim", restored=("conversation", "tables"), edited="message",
                before="Go.", after="Stop.")  # fmt: skip
    rules = does(tape, Intervention, action="supervise", by="kim", before={"approve": "none", "allow": []},
                 after={"approve": "every", "allow": []})  # fmt: skip
    does(tape, Attendance, rules, action="came", by="kim")
    expected = {
        plan: ["by kim", "2. Write.", "1. Read."],
        note: ["kim", "The CAB is late."],
        fork: ["forked from run 4 after step 6 by kim", "conversation, tables", "Go.", "Stop."],
        rules: ["other rules of approval by kim", "approve: none", "approve: every", "kim came"],
    }
    for step, words in expected.items():
        for text in told(store, tape, step):
            assert [word for word in words if word not in text] == []
    assert "    - 1. Write.\n    + 1. Read.\n" in told(store, tape, plan)[0]
    heads = {head.number: cell_word(head) for head in store.steps(tape.run_id)}
    assert [heads[step] for step in (plan, note, fork, rules)] == ["plan", "person", "person", "person"]


def test_a_diff_of_texts_keeps_what_stands_beside_a_change() -> None:
    before = "\n".join(f"line {number}" for number in range(9))
    found = [f"{edit.sign}{edit.text}" for edit in edits(before, before.replace("line 4", "line four"))]
    assert found == [" line 0", " … 2 lines stay", " line 3", "-line 4", "+line four", " line 5", " … 2 lines stay",
                     " line 8"]  # fmt: skip
