"""Finding a tool, and calling one by its line."""

from __future__ import annotations

from eog_tui.widgets.call_line import CallLine
from eog_tui.widgets.tool_palette import ToolPalette
from eog_tui.workbench.tool_search import ToolSearch

from .gallery import OneScreen, line, palette
from .material import tools
from .test_form import letters, shown


def found(typed: str) -> list[str]:
    return [tool.name for tool in ToolSearch(tuple(tools().values())).find(typed)]


def test_names_come_before_descriptions() -> None:
    names = found("breach")
    assert names
    assert found("knowledge article")[:2] == ["create_knowledge_article", "update_knowledge_article"]
    described = found("advisory board")
    assert all("advisory" not in name for name in described)
    assert found("updinc")[0] == "update_incident"
    assert found("qqq") == []


def test_nothing_typed_lists_all_the_used_ones_first() -> None:
    search = ToolSearch(tuple(tools().values()))
    assert search.find("", {"list_incidents": 2})[0].name == "list_incidents"
    assert len(search.find("")) == 93


async def test_a_tool_is_found_and_chosen_by_keys() -> None:
    app = palette()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*letters("knowl"), "down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, OneScreen)
        [chosen] = app.screen.said
        assert isinstance(chosen, ToolPalette.Chosen)
        assert chosen.tool.name == "update_knowledge_article"
        assert "6 of 93 tools" in "\n".join(shown(app))


async def test_a_call_is_completed_and_sent() -> None:
    app = line()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(
            *letters("find_gr"), "tab", *letters("na"), "tab", *letters('"Service Desk"'), "escape", "enter"
        )
        await pilot.pause()
        assert isinstance(app.screen, OneScreen)
        [sent] = app.screen.said
        assert isinstance(sent, CallLine.Submitted)
        assert (sent.tool.name, sent.arguments) == ("find_group_by_name", {"name": "Service Desk"})


async def test_a_line_with_a_problem_is_not_sent_and_says_why() -> None:
    app = line()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*letters("find_group_by_name nme=x"), "escape", "enter")
        await pilot.pause()
        assert isinstance(app.screen, OneScreen)
        assert app.screen.said == []
        assert "✗ at 20: no argument is called nme; near: name" in "\n".join(shown(app))


async def test_a_line_with_a_text_where_a_date_is_told_of_warns_and_is_sent() -> None:
    app = line()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*letters("list_incidents created_after=soon"), "escape")
        await pilot.pause()
        assert "! created_after: not a date: use YYYY-MM-DD" in "\n".join(shown(app))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, OneScreen)
        [sent] = [message for message in app.screen.said if isinstance(message, CallLine.Submitted)]
        assert sent.arguments == {"created_after": "soon"}
