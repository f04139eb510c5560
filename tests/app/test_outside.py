"""What the app does with the world around it: pager, clipboard, settings, terminal."""

from __future__ import annotations

import asyncio
import re
import stat
import sys
import time
from pathlib import Path

import pytest
from textual.widgets import OptionList

from eog_tui.clipboard import clipboard_tool, copy_natively
from eog_tui.live.rules import save_rule, saved_rules
from eog_tui.screens.choose import ChooseScreen
from eog_tui.settings import Settings, SettingsError, read_settings, recall, remember
from eog_tui.terminal import describe, refusal

from .gallery import calm_panes
from .launching import sees, until
from .pty_corpus import picture, screen_bytes, violations


def script(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_pager_gets_literal_text_in_a_private_file_and_the_app_comes_back(tmp_path: Path) -> None:
    pager = script(
        tmp_path / "pager",
        f'cd "{tmp_path}"; cp "$1" shown; ls -ld "$(dirname "$1")" > mode; echo "$1" > name; sleep 1',
    )
    # The pager needs a second in which nothing is drawn; then the app is there again, and takes keys.
    output = screen_bytes("tests.app.gallery:hostile_list", keys=["j", "o", "j", "k"], env={"PAGER": str(pager)})
    assert violations(output) == []
    assert "␛]52" in (tmp_path / "shown").read_text()
    assert "\x1b" not in (tmp_path / "shown").read_text()
    assert (tmp_path / "mode").read_text().startswith("drwx------")
    assert not Path((tmp_path / "name").read_text().strip()).exists()
    assert any("status" in line for line in picture(output))


def test_a_pager_may_leave_behind_what_it_likes(tmp_path: Path) -> None:
    pager = script(tmp_path / "pager", "printf '\\377' > \"$1\"; sleep 1")
    output = screen_bytes("tests.app.gallery:hostile_list", keys=["j", "o", "j", "k"], env={"PAGER": str(pager)})
    assert violations(output) == []
    assert any("status" in line for line in picture(output))


async def test_a_pager_whose_quotes_do_not_close_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "less -R 'x")
    async with calm_panes().run_test(size=(160, 48)) as pilot:
        pilot.app.query_one("ChangeView").focus()
        await pilot.press("o")
        await pilot.app.workers.wait_for_complete()
        assert pilot.app.is_running
        [said] = [notice.message for notice in pilot.app._notifications]
        assert "PAGER is no command (No closing quotation): less -R 'x" in said


async def test_a_kept_rule_that_cannot_be_deleted_stays_and_the_app_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    save_rule("find_*")
    in_the_way = tmp_path / "eog-tui" / "remembered.new"
    async with calm_panes().run_test(size=(160, 48)) as pilot:
        await pilot.press("ctrl+p", *"ruleskept")
        await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        await sees(pilot, ChooseScreen)
        in_the_way.mkdir()
        await pilot.press("enter")
        await until(pilot, lambda: len(pilot.app._notifications) == 1)
        [said] = [notice.message for notice in pilot.app._notifications]
        assert said.startswith("find_* stays kept: ")
    assert saved_rules() == ["find_*"]


async def test_a_clipboard_tool_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "xclip", "sleep 30")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("eog_tui.clipboard.SECONDS", 0.2)
    started = time.monotonic()
    assert clipboard_tool() == "xclip"
    assert await copy_natively("text") is None
    assert time.monotonic() - started < 5


async def test_a_clipboard_tool_that_fails_is_not_said_to_have_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "xclip", "cat > /dev/null; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    assert await asyncio.wait_for(copy_natively("text"), 5) is None


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("EOG_SETTINGS", str(path))
    return path


def test_without_a_settings_file_there_are_defaults(settings_file: Path) -> None:
    assert read_settings() == Settings()


def test_settings_are_read(settings_file: Path) -> None:
    settings_file.write_text('theme = "eog-light"\nmouse = false\n[keys]\nzoom = "Z"\n')
    assert read_settings() == Settings(theme="eog-light", mouse=False, keys={"zoom": "Z"})


def test_the_settings_that_are_documented_are_those_that_there_are(settings_file: Path) -> None:
    told = (Path(__file__).parents[2] / "docs/settings.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE) == list(Settings.model_fields)
    [example] = re.findall(r"```toml\n(.*?)```", told, re.DOTALL)
    settings_file.write_text(example)
    assert read_settings() != Settings()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("theme = ", "settings.toml"),
        ("colour = 1", "colour"),
        ("mouse = 'perhaps'", "mouse"),
        ("[keys]\nfly = 'F'", "no action has the id fly"),
        ("[keys]\nzoom = 'y'", "y means copy"),
    ],
)
def test_bad_settings_are_refused_with_the_place(settings_file: Path, text: str, reason: str) -> None:
    settings_file.write_text(text)
    with pytest.raises(SettingsError, match=r"settings\.toml") as refused:
        read_settings()
    assert reason in str(refused.value)


def test_what_is_remembered_is_recalled(tmp_path: Path) -> None:
    assert recall("launch") is None
    remember("launch", {"agent": "scripted"})
    remember("other", 1)
    assert recall("launch") == {"agent": "scripted"}


def test_a_dumb_terminal_is_refused_with_what_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert refusal() is None
    monkeypatch.setenv("TERM", "dumb")
    assert "eog-tui show RUN" in (refusal() or "")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert "needs a terminal" in (refusal() or "")


def test_the_terminal_is_described() -> None:
    assert describe()["TERM"] == "xterm-256color"
