"""Filling in tools with keys alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import TextArea

from eog_tui.app import EogApp
from eog_tui.widgets.form_editor import FieldEditor
from eog_tui.widgets.tool_form import ToolForm

from .gallery import OneScreen, form_app
from .material import every_kind, tool, tools

NAMES = {"=": "equals_sign", "_": "underscore", "-": "minus", " ": "space", ",": "comma", '"': "quotation_mark"}


def letters(text: str) -> list[str]:
    return [NAMES.get(letter, letter) for letter in text]


async def opened(app: EogApp, pilot: Pilot[Any], keys: Sequence[str] = ()) -> ToolForm:
    await pilot.pause()
    await pilot.press(*keys)
    await pilot.pause()
    screen = app.screen_stack[0]
    assert isinstance(screen, OneScreen)
    assert isinstance(screen.widget, ToolForm)
    return screen.widget


def kinds(**options: Any) -> EogApp:
    return form_app(every_kind(), **options)


async def test_a_change_is_filled_in_by_keys_alone() -> None:
    app = form_app(tools()["create_change"])
    async with app.run_test(size=(80, 24)) as pilot:
        keys = [
            "down", "enter",  # impact: the first of the list
            *letters("mod"), "tab", "enter",  # priority: completed as in a shell
            "down", "down", "enter",  # risk: the second
            *letters("Disk firmware"), "enter",
            *letters("new"), "enter",
            *letters("ivo"), "enter",  # assigned_to: by the person's name
            *letters("Control"), "tab", "tab",  # assignment_group: likewise
            "right",  # cab_required
        ]  # fmt: skip
        form = await opened(app, pilot, keys)
        assert form.arguments == {
            "impact": "high",
            "priority": "moderate",
            "risk": "medium",
            "short_description": "Disk firmware",
            "status": "new",
            "assigned_to": "USER_025",
            "assignment_group": "GROUP_007",
            "cab_required": True,
        }
        assert form.problems == {}


async def test_the_first_empty_required_field_has_the_cursor() -> None:
    app = kinds(arguments={"title": "Printer"})
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        assert form.field.name == "impact"


async def test_arrows_tab_and_enter_move_and_the_last_enter_submits() -> None:
    app = form_app(tool({"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": "boolean"}}))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        at = []
        for key in ("down", "up", "tab", "shift+tab", "enter", "enter"):
            await pilot.press(key)
            at.append(form.field.name)
        assert at == ["b", "a", "b", "a", "b", "c"]
        assert isinstance(app.screen, OneScreen)
        assert not app.screen.said
        await pilot.press("enter")
        assert [type(message) for message in app.screen.said] == [ToolForm.Submitted]


async def test_a_switch_has_three_states_when_it_is_optional_and_two_when_required() -> None:
    app = form_app(tool({"now": {"type": "boolean"}, "later": {"type": "boolean"}}, required=("now",)))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        found = []
        for key in ("right", "right", "right", "down", "right", "right", "right", "f", "backspace"):
            await pilot.press(key)
            found.append(form.arguments)
        assert found[:3] == [{"now": True}, {"now": False}, {"now": True}]
        later = [each.get("later") for each in found[3:]]
        assert later == [None, True, False, None, False, None]


async def test_what_is_wrong_stands_in_the_fields_line_while_typing() -> None:
    app = form_app(tool({"due": {"type": "string", "format": "date"}}))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot, letters("2026-1"))
        assert form.problems == {"due": "not a date: use YYYY-MM-DD"}
        assert "✗ not a date" in "\n".join(shown(app))
        await pilot.press("backspace", *letters("01-31"))
        assert form.problems == {}
        assert form.arguments == {"due": "2026-01-31"}
        assert "✗" not in "\n".join(shown(app))


async def test_a_date_that_only_the_description_tells_of_is_warned_about_and_sent() -> None:
    told = {"due": {"type": "string", "description": "When it is due (ISO 8601, UTC)."}}
    app = form_app(tool(told))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot, letters("soon"))
        drawn = "\n".join(shown(app))
        assert "! not a date: use YYYY-MM-DD" in drawn
        assert "the tool may refuse it" in drawn
        assert "date and time" in drawn
        assert form.problems == {}
        assert form.arguments == {"due": "soon"}
        await pilot.press(*["backspace"] * 4, *letters("2026-01-31"))
        assert "! not" not in "\n".join(shown(app))


def shown(app: EogApp) -> list[str]:
    """The lines on the screen."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


async def test_a_list_is_typed_with_commas_and_completed_entry_by_entry() -> None:
    app = form_app(tool({"severities": {"type": "array", "items": {"enum": ["critical", "high"], "type": "string"}}}))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot, [*letters("hi"), "tab", *letters(", cr"), "tab"])
        assert form.typed() == {"severities": "high, critical"}
        assert form.arguments == {"severities": ["high", "critical"]}


async def test_objects_are_edited_as_json_and_saved_only_when_they_fit() -> None:
    app = form_app(every_kind(), arguments={"settings": {"zone": "UTC"}})
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        form.go_to("settings")
        await pilot.press("enter")
        assert isinstance(app.screen, FieldEditor)
        app.screen.query_one(TextArea).text = '{"zone": "UTC", "depth": 6}'
        await pilot.press("ctrl+j")
        assert isinstance(app.screen, FieldEditor)
        assert "✗ depth: at most 5" in "\n".join(shown(app))
        app.screen.query_one(TextArea).text = '{"zone": "UTC", "depth": 5}'
        await pilot.press("ctrl+j")
        await pilot.pause()
        assert form.arguments == {"settings": {"zone": "UTC", "depth": 5}}


async def test_f2_opens_the_large_editor_of_any_field_and_help_knows_it() -> None:
    app = form_app(tool({"notes": {"type": "string"}}), arguments={"notes": "one"})
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot, ["tab"])
        form.focus()
        await pilot.pause()
        assert {"form.editor"} <= {bound.binding.id for bound in app.screen.active_bindings.values()}
        await pilot.press("f2")
        await pilot.pause()
        assert isinstance(app.screen, FieldEditor)
        assert app.screen.active_bindings["ctrl+j"].binding.id == "editor.save"
        await pilot.press("x", "ctrl+j")
        await pilot.pause()
        assert form.arguments == {"notes": "onex"}


async def test_the_editor_tells_what_an_object_needs_and_may_have() -> None:
    app = form_app(tools()["create_new_incident_template"])
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot)
        assert "needs caller_id, short_description" in "\n".join(shown(app))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, FieldEditor)
        told = " ".join(" ".join(shown(app)).replace("│", " ").split())
        assert "needs caller_id, short_description · may have channel, category, impact" in told


async def test_leaving_the_editor_with_changes_takes_two_escapes() -> None:
    app = form_app(tool({"settings": {"type": "object"}}))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot, ["enter", "x", "escape"])
        assert isinstance(app.screen, FieldEditor)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, OneScreen)
        assert form.typed() == {}


async def test_a_text_of_several_lines_keeps_them() -> None:
    app = form_app(tool({"notes": {"type": "string"}}), arguments={"notes": "one\ntwo"})
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot, ["enter", "enter", *letters("three"), "ctrl+j"])
        await pilot.pause()
        assert form.arguments == {"notes": "one\ntwo\nthree"}


async def test_escape_closes_the_list_and_then_is_the_screens() -> None:
    app = form_app(tools()["create_change"])
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot, ["h"])
        heard: list[str] = []

        async def back() -> None:
            heard.append("back")

        form.screen.action_back = back  # type: ignore[attr-defined]
        await pilot.press("escape")
        assert heard == []
        await pilot.press("escape")
        assert heard == ["back"]


async def test_what_is_typed_fast_stays_in_its_own_field() -> None:
    app = form_app(tool({name: {"type": "string"} for name in "abc"}))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        for key in ["x", "tab", "y", "enter", "z"]:  # all at once, as pasted keys come
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        await pilot.pause()
        assert form.arguments == {"a": "x", "b": "y", "c": "z"}


async def test_a_draft_is_taken_up_again() -> None:
    app = kinds(typed={"title": "Printer", "due": "2026-1"})
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        assert form.typed() == {"title": "Printer", "due": "2026-1"}
        assert form.arguments == {"title": "Printer"}


async def test_a_value_that_was_seen_can_be_put_into_a_field() -> None:
    app = kinds()
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        form.put("incident_id", "INC_3")
        assert form.arguments == {"incident_id": "INC_3"}
        with pytest.raises(KeyError):
            form.put("nothing", 1)


async def test_forty_fields_scroll_with_the_cursor() -> None:
    app = form_app(tool({f"field_{n:02}": {"type": "string"} for n in range(40)}))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot, ["pagedown"] * 5)
        assert form.field.name == "field_39"
        await pilot.press("x")
        await pilot.pause()
        [line] = [line for line in shown(app) if "field_39" in line]
        assert "x" in line.split("field_39")[1]
        assert form.arguments == {"field_39": "x"}


async def test_a_click_goes_to_a_field_and_turns_a_switch() -> None:
    app = kinds()
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        lines = shown(app)
        y = next(n for n, line in enumerate(lines) if "active" in line)
        await pilot.click(offset=(lines[y].index("false"), y))
        assert form.field.name == "active"
        assert form.arguments == {"active": False}
