"""Replay as a person uses it: real keys, a real store, recorded runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from engine.trajectory.store import Store
from eog_tui.app import EogApp
from eog_tui.literal import is_literal
from eog_tui.screens.replay import ReplayScreen
from eog_tui.widgets.timeline import Timeline
from tests.app.gallery import FakeEngine
from tests.app.recorded import HOSTILE, record_hostile, record_long, record_story
from tests.app.tape import Check, Tape, updated

WIDE, SMALL = (160, 48), (80, 24)


def picture(pilot: Pilot) -> str:
    """All that is on the screen, as text."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


async def until(pilot: Pilot, seen: Callable[[], bool], seconds: float = 5.0) -> None:
    for _ in range(int(seconds / 0.02)):
        await pilot.pause(0.02)
        if seen():
            return
    raise AssertionError(f"never seen:\n{picture(pilot)}")


async def sees(pilot: Pilot, *texts: str) -> None:
    """Wait until all of these are on the screen."""
    await until(pilot, lambda: all(text in picture(pilot) for text in texts))


@asynccontextmanager
async def replay(
    store: Store, run_id: int, step: int | None = None, size: tuple[int, int] = WIDE
) -> AsyncIterator[Pilot]:
    app = EogApp(store, FakeEngine(), start=lambda: ReplayScreen(run_id, step))
    async with app.run_test(size=size, notifications=True) as pilot:
        yield pilot


@pytest.fixture
def failed(store: Store) -> int:
    return record_story(store).failed


async def test_it_opens_on_what_the_user_asked_for(store: Store, failed: int) -> None:
    async with replay(store, failed, size=SMALL) as pilot:
        await sees(pilot, "✗ fail #2 Change request without CAB", "step 1 of 0–11", "verif 2/3", "Hand CHG-000004 over")


async def test_it_opens_on_the_step_that_is_asked_for(store: Store, failed: int) -> None:
    async with replay(store, failed, 8) as pilot:
        await sees(pilot, "step 8 of 0–11", "8 update_change", '"status": "scheduled"')
    async with replay(store, failed, 400) as pilot:
        await sees(pilot, "step 11 of 0–11")


async def test_keys_walk_through_the_steps(store: Store, failed: int) -> None:
    async with replay(store, failed, 0) as pilot:
        await sees(pilot, "step 0 of 0–11", "A change is only scheduled once the CAB has approved it.")
        for keys, step in (
            (["right"], "1/11"), (["l", "l"], "3/11"), (["left"], "2/11"), (["h"], "1/11"), (["h", "h", "h"], "0/11"),
            (["end"], "11/11"), (["right"], "11/11"), (["home"], "0/11"),
            (["full_stop"], "6/11"), (["full_stop"], "8/11"), (["comma"], "6/11"),
            (["right_curly_bracket"], "8/11"), (["left_curly_bracket"], "6/11"),
        ):  # fmt: skip
            await pilot.press(*keys)
            await sees(pilot, f"step {step.partition('/')[0]} of 0–11")


async def test_where_there_is_nothing_ahead_it_says_so_and_stays(store: Store, failed: int) -> None:
    async with replay(store, failed, 10) as pilot:
        await sees(pilot, "10 create_notification")
        await pilot.press("full_stop")
        await sees(pilot, "No step after this one wrote.", "step 10 of 0–11")
        await pilot.press("right_curly_bracket")
        await sees(pilot, "No step after this one changed a verdict.")


async def test_a_click_on_the_timeline_goes_there(store: Store, failed: int) -> None:
    async with replay(store, failed, 0) as pilot:
        await sees(pilot, "step 0 of 0–11")
        strip = "[·]··○○✗●·●○●·"
        row = next(line for line in picture(pilot).split("\n") if strip in line)
        await pilot.click(Timeline, offset=(row.index(strip) + len("[·]··○○✗"), 0))
        await sees(pilot, "step 6 of 0–11")


async def test_the_timeline_says_where_each_verifier_turned(store: Store, failed: int) -> None:
    async with replay(store, failed, 11) as pilot:
        await sees(
            pilot,
            "the priority is kept · kept",
            "CAB approval is required before scheduling · broken at 8",
            "the network team owns the change · done at 6",
        )


async def test_a_call_tells_what_was_asked_what_came_back_and_what_it_did(store: Store, failed: int) -> None:
    async with replay(store, failed, 8) as pilot:
        await sees(
            pilot,
            "↻ retry attempt 1 failed, next in 2 s: RateLimitError: 429 Too Many Requests",
            '"status": "scheduled"',
            "✓ ok 1 change · CHG_004 · 225 B · 212 ms",
            "● change CHG_004 · status new → scheduled",
            "v2 ✓ pass → ✗ fail CAB approval is required before scheduling",
            '"short_description": "Replace the VPN concentrator in Rotterdam"',
            "opus-4.5 · 2.6k in, 24 out",
        )
    async with replay(store, failed, 5) as pilot:
        await sees(pilot, "✗ error NOT_FOUND Group network not found")


async def test_rows_come_as_a_table_before_their_json(store: Store, failed: int) -> None:
    async with replay(store, failed, 9) as pilot:
        await sees(pilot, "✓ ok 14 incidents · 2.9 kB", "INC_012     INC-000012", "… +2 rows · ⏎ unfolds")
        text = picture(pilot)
        assert text.index("14 incidents") < text.index("INC_001 ") < text.index('"incident_id": "INC_001"')
        await pilot.press("enter")
        await sees(pilot, "INC_014     INC-000014")
        await pilot.press("enter")
        await sees(pilot, "… +2 rows · ⏎ unfolds")


async def test_long_arguments_are_folded_and_counted(store: Store) -> None:
    tape = Tape(store, "t", "p").start().call("write", {"note": "long " * 200 + "end of it"}, "ok")
    async with replay(store, tape.run_id, 2) as pilot:
        await sees(pilot, "… +609 chars · ⏎ unfolds")
        assert "end of it" not in picture(pilot)
        await pilot.press("enter")
        await sees(pilot, "end of it")


async def test_changes_of_the_step_and_so_far(store: Store, failed: int) -> None:
    async with replay(store, failed, 8) as pilot:
        await sees(pilot, "Changes 1 · So far 1", "change CHG_004", "status      new → scheduled")
        assert "null → GRP_012" not in picture(pilot)
        await pilot.press("tab", "tab")
        await sees(pilot, "assignment_group  null → GRP_012", "2026-02-20 11:40:00 → 2026-03-02 09:10:14")
        await pilot.press("end")
        await sees(pilot, "So far 2", "notification NTF_019 · new")
        await pilot.press("home")
        await sees(pilot, "Nothing has changed so far.")


async def test_verifiers_are_shown_as_of_the_step_and_in_the_end(store: Store, failed: int) -> None:
    async with replay(store, failed, 7) as pilot:
        await sees(pilot, "Verifiers 3/3")
        await pilot.press("tab", "tab", "tab")
        await sees(
            pilot,
            "v2 ✓ pass CAB approval is required before scheduling",
            "kept (passes with nothing done) · broken at 8 · in the end ✗ fail",
            "The CAB never approved CHG_004, so the policy",
            "WHERE record_id = 'CHG_004' AND state = 'approved'",
            'expected (equals) "new"',
            'actual in the end "scheduled"',
            "status is 'scheduled', expected 'new'",
            "done (fails with nothing done) · done at 6",
        )
        await pilot.press("right")
        await sees(pilot, "v2 ✗ fail CAB approval is required before scheduling", "Verifiers 2/3")


async def test_tools_and_raw_events_have_panes(store: Store, failed: int) -> None:
    async with replay(store, failed, 8, SMALL) as pilot:
        await sees(pilot, "8 update_change")
        await pilot.press("shift+tab")
        await sees(pilot, '"kind": "retry"')
        await pilot.press("shift+tab")
        await sees(pilot, "update_change · called 3×", "Change columns of one change request.")


async def test_the_last_step_tells_the_verdicts_and_the_end(store: Store, failed: int) -> None:
    async with replay(store, failed, 11) as pilot:
        await sees(pilot, "── verdicts · 2 of 3 passed ──", "v2 ✗ fail CAB approval", "── the run ended ✗ fail")
    errored = record_story(store).errored
    async with replay(store, errored, 2, SMALL) as pilot:
        await sees(pilot, "! error #8", "APIConnectionError", "── the run ended ! error")


async def test_a_search_goes_from_hit_to_hit_through_the_run(store: Store, failed: int) -> None:
    async with replay(store, failed, 0) as pilot:
        await sees(pilot, "step 0 of 0–11")
        await pilot.press("slash", *"approved")
        await sees(pilot, "1 of 1 here · 1 of 2 steps")
        await pilot.press("enter", "n")
        await sees(pilot, "step 4 of 0–11", "1 of 1 here · 2 of 2 steps")
        await pilot.press("n")
        await sees(pilot, "step 0 of 0–11")
        await pilot.press("N")
        await sees(pilot, "step 4 of 0–11", "2 of 2 steps")
        await pilot.press("escape")
        await until(pilot, lambda: "of 2 steps" not in picture(pilot))


async def test_a_search_goes_through_the_matches_of_a_step_before_it_goes_on(store: Store, failed: int) -> None:
    async with replay(store, failed, 3) as pilot:
        await sees(pilot, "step 3 of 0–11")
        await pilot.press("slash", *"chg", "enter")
        await sees(pilot, "1 of 4 here · 2 of 8 steps")
        await pilot.press("n", "n", "n")
        await sees(pilot, "step 3 of 0–11", "4 of 4 here · 2 of 8 steps")
        await pilot.press("n")
        await sees(pilot, "step 4 of 0–11", "1 of 1 here · 3 of 8 steps")
        await pilot.press("N")
        await sees(pilot, "step 3 of 0–11", "4 of 4 here · 2 of 8 steps")


async def test_a_search_unfolds_what_it_finds(store: Store) -> None:
    tape = Tape(store, "t", "p").start().call("write", {"note": "long " * 200 + "needle"}, "ok")
    async with replay(store, tape.run_id, 1) as pilot:
        await sees(pilot, "step 1 of 0–2")
        await pilot.press("slash", *"needle")
        await sees(pilot, "step 2 of 0–2", 'needle"', "1 of 1 here · 1 of 1 steps")


async def test_what_is_not_in_the_run_is_not_found(store: Store, failed: int) -> None:
    async with replay(store, failed, 3) as pilot:
        await sees(pilot, "step 3 of 0–11")
        await pilot.press("n")
        await sees(pilot, "Nothing is searched yet")
        await pilot.press("slash", *"zebra")
        await sees(pilot, "not in this run", "step 3 of 0–11")


async def test_it_plays_to_the_end_and_stops_there(store: Store, failed: int) -> None:
    async with replay(store, failed, 8) as pilot:
        await sees(pilot, "step 8 of 0–11")
        await pilot.press("plus", "plus", "plus", "plus")
        await pilot.press("space")
        await sees(pilot, "▶ 8x")
        await sees(pilot, "step 11 of 0–11")
        await until(pilot, lambda: "8x" not in picture(pilot).split("\n")[0])


async def test_speed_can_be_changed_while_it_plays(store: Store, failed: int) -> None:
    async with replay(store, failed, 0) as pilot:
        await sees(pilot, "step 0 of 0–11")
        await pilot.press("space")
        await sees(pilot, "▶ 1x")
        await pilot.press("minus", "minus")
        await sees(pilot, "▶ 0.5x")
        await pilot.press("plus")
        await sees(pilot, "▶ 1x")


@pytest.mark.parametrize("key", ["space", "right", "home", "down", "tab", "z", "slash", "full_stop"])
async def test_any_key_of_the_person_stops_the_playing(store: Store, failed: int, key: str) -> None:
    async with replay(store, failed, 0) as pilot:
        await sees(pilot, "step 0 of 0–11")
        await pilot.press("space")
        await sees(pilot, "▶ 1x")
        await pilot.press(key)
        await until(pilot, lambda: "▶ 1x" not in picture(pilot))


async def test_playing_from_the_last_step_begins_anew(store: Store, failed: int) -> None:
    async with replay(store, failed, 11) as pilot:
        await sees(pilot, "step 11 of 0–11")
        await pilot.press("space")
        await sees(pilot, "step 0 of 0–11", "▶ 1x")


async def test_a_live_run_is_followed_and_the_position_stays(store: Store) -> None:
    tape = Tape(store, "t", "p", [Check("it is done", "SELECT 1", 1, "fail")]).start().say("hm")
    tape.call("write", {"id": "I1"}, unanswered=True)
    async with replay(store, tape.run_id, 2) as pilot:
        await sees(pilot, "▶ running", "step 2 of 0–3", "it is done · not done yet")
        await pilot.press("right")
        await sees(pilot, "step 3 of 0–3", "3 write")
        assert "✓ ok" not in picture(pilot)
        tape.answer("fine", changes=[updated("incident", "id", "I1", impact=("low", "high"))], verifiers="p")
        await sees(pilot, "✓ ok", "impact  low → high", "it is done · done at 3")
        tape.say("There.")
        await sees(pilot, "step 3 of 0–4")
        tape.verdicts("p").end("passed", "There.")
        await sees(pilot, "✓ pass", "step 3 of 0–4")


async def test_a_run_that_has_no_step_yet_fills_up_as_it_begins(store: Store) -> None:
    tape = Tape(store, "t", "Do it.")
    async with replay(store, tape.run_id) as pilot:
        await sees(pilot, "The run has not begun yet.")
        await pilot.press("right", "full_stop", "space", "enter", "end")
        tape.start()
        await sees(pilot, "of 0–1", "Tools")


async def test_a_run_that_is_not_there_says_so(store: Store) -> None:
    async with replay(store, 99) as pilot:
        await sees(pilot, "There is no run 99")
        await pilot.press("right", "space", "n", "slash", *"ab", "enter", "y")


async def test_the_step_is_copied_as_it_came(store: Store, failed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(EogApp, "copy", lambda self, text: copied.append(text))
    async with replay(store, failed, 8) as pilot:
        await sees(pilot, "8 update_change")
        await pilot.press("y")
        await pilot.press("tab", "y")
        await until(pilot, lambda: len(copied) == 2)
    assert copied[0].startswith("RateLimitError")
    assert '"status": "scheduled"' in copied[0]
    assert '"cab_required": true' in copied[0]
    assert "status      new → scheduled" in copied[1]


async def test_a_pane_can_have_the_whole_screen(store: Store, failed: int) -> None:
    async with replay(store, failed, 8) as pilot:
        await sees(pilot, "8 update_change", "Changes 1")
        await pilot.press("z")
        await until(pilot, lambda: "Changes 1" not in picture(pilot))
        assert "8 update_change" in picture(pilot)
        await pilot.press("right")
        await sees(pilot, "9 find_incident")
        await pilot.press("escape")
        await sees(pilot, "Changes", "So far 1")


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_a_pane_that_has_the_whole_screen_says_which_it_is(
    store: Store, failed: int, size: tuple[int, int]
) -> None:
    async with replay(store, failed, 8, size) as pilot:
        await sees(pilot, "8 update_change")
        await pilot.press("tab", "z")
        await until(pilot, lambda: picture(pilot).startswith("─Changes 1─"))


async def test_raw_events_are_laid_out_in_the_pager_too(
    store: Store, failed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    paged: list[str] = []
    monkeypatch.setattr(EogApp, "page", lambda self, text: paged.append(text))
    async with replay(store, failed, 8) as pilot:
        await sees(pilot, "8 update_change")
        await pilot.press("shift+tab", "o")
        await until(pilot, lambda: len(paged) == 1)
    assert '\n  "tool": "update_change",\n' in paged[0]
    assert "…" not in paged[0]


async def test_the_palette_goes_to_a_step_by_number(store: Store) -> None:
    async with replay(store, record_long(store, 300)) as pilot:
        await sees(pilot, "step 1 of 0–299")
        await pilot.press("colon")
        await pilot.press(*"go to step")
        await sees(pilot, "go to step…")
        await pilot.press("enter")
        await sees(pilot, "0–299")
        await pilot.press(*"250", "enter")
        await sees(pilot, "step 250 of 0–299", "250 update_incident")


async def test_a_long_run_has_an_overview(store: Store) -> None:
    async with replay(store, record_long(store, 300), 150, SMALL) as pilot:
        await sees(pilot, "step 150 of 0–299", "━", "[●]")


async def test_hostile_text_is_only_ever_read(store: Store) -> None:
    run_id = record_hostile(store)
    async with replay(store, run_id, 0, SMALL) as pilot:
        await sees(pilot, "␛]52;c;")
        for _ in range(6):
            for _ in range(6):
                await pilot.press("right")
                assert is_literal(picture(pilot))
            await pilot.press("home", "tab")
        await pilot.press("slash", *"evil", "enter", "n", "n")
        await sees(pilot, "of 6")
        assert HOSTILE[:5] not in picture(pilot)


async def test_with_too_many_verifiers_those_in_trouble_are_shown_and_the_others_counted(store: Store) -> None:
    checks = [Check(f"check {number}", "SELECT 1", 1, "pass") for number in range(1, 10)]
    tape = Tape(store, "t", "p", checks).start().call("write", {}, "ok", verifiers="ppppppppf")
    async with replay(store, tape.run_id, 2, SMALL) as pilot:
        await sees(pilot, "check 1 · kept", "check 9 · broken at 2", "+6 more verifiers")
    async with replay(store, tape.run_id, 2, (160, 60)) as pilot:
        await sees(pilot, "check 8 · kept")


async def test_what_a_person_did_is_told_in_the_words_of_live(store: Store) -> None:
    run_id = Tape(store, "Paused", "Do it.").start().say("I look.").pause("kim").end("stopped")
    async with replay(store, run_id, 3) as pilot:
        await sees(pilot, "3 person", "paused by kim")


async def test_who_acted_and_where_stands_below_the_task_where_one_line_does_not_hold_both(store: Store) -> None:
    tape = Tape(store, "Change request without CAB", "p", model="gpt-5-mini", address="http://localhost:8006")
    about = "react · gpt-5-mini · remote at http://localhost:8006"
    run_id = tape.start().say("I look.").end("stopped")
    async with replay(store, run_id, 2, SMALL) as pilot:
        await sees(pilot, "step 2 of 0–2", about)
        first, second = picture(pilot).splitlines()[:2]
        assert "Change request without CAB" in first
        assert second.strip() == about
        await pilot.resize_terminal(*WIDE)
        await sees(pilot, f"Change request without CAB · {about}")
        assert about not in picture(pilot).splitlines()[1]
