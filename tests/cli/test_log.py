"""What goes wrong beside the runs, while the app has the terminal, is in the log file."""

from __future__ import annotations

import json
import logging
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from eog_tui.commands import log
from eog_tui.commands.log import logged


def test_warnings_go_to_the_file_and_not_across_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state" / "eog-tui.log"
    monkeypatch.setattr(log, "log_path", lambda: path)
    with logged(), warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            raise ZeroDivisionError("a bug of ours")
        except ZeroDivisionError:
            logging.getLogger("engine.runs.run").exception("run 7 failed")
        logging.getLogger("somebody").info("chatter")
        warnings.warn("this is old", DeprecationWarning, stacklevel=1)

    text = path.read_text()
    assert "ERROR engine.runs.run: run 7 failed\nTraceback" in text
    assert "ZeroDivisionError: a bug of ours" in text
    assert "this is old" in text
    assert "chatter" not in text
    assert capfd.readouterr() == ("", "")


def test_without_a_place_for_the_file_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(log, "log_path", lambda: tmp_path / "file" / "eog-tui.log")
    with logged():
        logging.getLogger("engine.nobody").warning("unheard")

    assert capfd.readouterr() == ("", "")


def test_info_names_the_file(eog: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    assert json.loads(eog("info", "--json").stdout)["paths"]["log"].endswith("eog-tui.log")
