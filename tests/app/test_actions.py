from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eog_tui import actions
from eog_tui.actions import ACTIONS, MEANINGS, PLACES, Action, clashes
from eog_tui.answers import ANSWERS, QUESTIONS

ROOT = Path(__file__).resolve().parents[2]


def test_no_key_has_two_meanings_and_no_place_two_actions_for_a_key() -> None:
    assert clashes() == []


def test_a_clash_in_a_place_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = Action("runs.other", "other", ("r",), "other", "Other.", ("runs",), "launch")
    monkeypatch.setattr(actions, "ACTIONS", (*ACTIONS, extra))
    assert clashes() == ["r is runs.launch and runs.other in Runs"]


def test_a_key_with_another_meaning_elsewhere_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = Action("replay.other", "other", ("r",), "other", "Other.", ("replay",), "copy")
    monkeypatch.setattr(actions, "ACTIONS", (*ACTIONS, extra))
    assert clashes() == ["r means launch (runs.launch) and copy (replay.other)"]


def test_a_person_s_own_keys_are_checked_too() -> None:
    assert clashes({"zoom": "Z"}) == []
    assert clashes({"zoom": "y"})


def test_ids_are_unique_and_everything_is_said() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    for action in ACTIONS:
        assert action.meaning in MEANINGS
        assert action.help.endswith(".")
        assert action.places
        assert set(action.places) <= set(PLACES)


def test_no_primary_key_is_one_that_plain_terminals_do_not_send() -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert not key.startswith(("alt+", "ctrl+shift+", "super+")), action.id
            assert key not in {"ctrl+m", "ctrl+i", "ctrl+h", "ctrl+enter"}, action.id


def test_each_question_has_its_answers_and_a_key_answers_one_thing() -> None:
    assert set(QUESTIONS) == set(ANSWERS)
    for answers in ANSWERS.values():
        keys = [key for answer in answers for key in answer.keys]
        assert len(keys) == len(set(keys)) > 0
        assert all(answer.words and answer.help.endswith(".") for answer in answers)


def test_the_key_table_in_the_docs_is_up_to_date() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "eog_tui.actions"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert (ROOT / "docs" / "keys.md").read_text() == made


def test_the_registry_needs_no_textual() -> None:
    code = "import sys, eog_tui.actions as a; a.clashes(); a.markdown(); print('textual' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "False"
