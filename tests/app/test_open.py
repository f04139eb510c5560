"""Opening the app: in a real terminal, where there is none, and what becomes of runs when it is left."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.trajectory.store import Store
from eog_tui.commands.open import store_name, tell_left, wait_for_runs
from tests.app.launching import told_store

PLAIN = "eog-tui runs, eog-tui show RUN, eog-tui demo --headless"


def eog(*words: str, terminal: bool, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command, with or without a terminal on its streams."""
    master, slave = pty.openpty() if terminal else (None, subprocess.DEVNULL)
    try:
        return subprocess.run(
            [sys.executable, "-m", "eog_tui", *words],
            stdin=slave,
            stdout=slave if terminal else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            env={**os.environ, "TERM": "xterm-256color", **env},
        )
    finally:
        if master is not None:
            os.close(master)
            os.close(slave)


@pytest.mark.parametrize("words", [(), ("demo",)])
def test_without_a_terminal_it_names_the_plain_commands(words: tuple[str, ...]) -> None:
    ended = eog(*words, terminal=False)
    assert ended.returncode == 2
    assert "The app needs a terminal" in ended.stderr
    assert PLAIN in ended.stderr


def test_a_dumb_terminal_is_refused_politely() -> None:
    ended = eog(terminal=True, TERM="dumb")
    assert ended.returncode == 2
    assert "TERM=dumb" in ended.stderr
    assert PLAIN in ended.stderr


def test_a_bad_theme_or_settings_file_ends_with_a_reason(tmp_path: Path) -> None:
    ended = eog("--theme", "neon", terminal=True)
    assert ended.returncode == 2
    assert "neon" in ended.stderr
    settings = tmp_path / "settings.toml"
    settings.write_text("colour = 'red'")
    ended = eog(terminal=True, EOG_SETTINGS=str(settings))
    assert ended.returncode == 2
    assert f"{settings}: colour" in ended.stderr


def test_a_store_that_is_none_ends_with_a_reason(tmp_path: Path) -> None:
    store = tmp_path / "notes.db"
    store.write_text("this is no database, it is a note about the printer on floor three")
    ended = eog(terminal=True, EOG_STORE=str(store))
    assert ended.returncode == 2
    assert "is not a store" in ended.stderr


def test_a_store_is_called_by_its_last_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EOG_STORE")
    assert store_name(None) == "default"
    assert store_name("/data/team.db") == "team.db"
    monkeypatch.setenv("EOG_STORE", "/data/mine.db")
    assert store_name(None) == "mine.db"
    assert store_name("postgresql://me:secret@host/runs") == "runs"
    assert store_name("postgresql+psycopg://me:secret@host") == "host"


def test_a_persons_run_that_stays_open_is_told_with_the_way_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        tell_left(engine)
        assert capsys.readouterr().out == ""
        engine.launch(Launch(sources=("builtin:itsm/stolen-tablet",), pause_s=5.0))
        [run_id] = engine.launch(Launch(sources=("builtin:itsm/stolen-tablet",), agent="human")).run_ids
        tell_left(engine)
    assert capsys.readouterr().out == f"Run {run_id} stays open: a on it in eog-tui goes on where it is.\n"


def test_left_running_means_until_they_are_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        launch = Launch(sources=("builtin:itsm/stolen-tablet",), pause_s=0.05)
        [run_id] = engine.launch(launch).run_ids
        wait_for_runs(store, engine)
        assert store.run(run_id).status == "passed"
    assert f"run {run_id} passed · stolen-tablet" in capsys.readouterr().out


def test_runs_that_ended_while_it_was_asked_are_not_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        wait_for_runs(store, engine)
    assert capsys.readouterr().out == "Every run has ended meanwhile.\n"


def test_runs_that_were_left_say_how_far_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eog_tui.commands.open.PROGRESS_SECONDS", 0.0)
    tasks = ("builtin:itsm/stolen-tablet", "builtin:itsm/printer-impact-and-sla")
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        first, second = engine.launch(Launch(sources=tasks, pause_s=0.15, concurrency=1)).run_ids
        wait_for_runs(store, engine)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "2 runs go on without the app. Ctrl+C stops what is left."
    ends = [said.index(f"run {store_id} passed · {name} · eog-tui replay {store_id}")
            for store_id, name in ((first, "stolen-tablet"), (second, "printer-impact-and-sla"))]  # fmt: skip
    assert ends[0] < ends[1] == len(said) - 1, "each is told as it ends"
    told = [int(words.split(" · ")[1].removesuffix(" steps")) for words in said if " going · " in words]
    assert told == sorted(set(told)), "and what is said is news"
    assert said[1].startswith("2 of 2 going · ")
    assert said[ends[1] - 1].startswith("1 of 2 going · ")


def test_interrupted_runs_are_marked_when_the_app_opens(tmp_path: Path) -> None:
    from tests.app.pty_corpus import picture, screen_bytes

    path = tmp_path / "store.db"
    with told_store(path):
        pass
    # Another process told the story and is still here, so its live run stays alive.
    shown = "\n".join(picture(screen_bytes("tests.app.test_open:opened", env={"EOG_STORE": str(path)})))
    assert "Runs 5" in shown
    assert "▶ 1 running" in shown
    subprocess.run(
        [sys.executable, "-c", f"from tests.app.launching import *; told_store(Path({str(path)!r}))"],
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    shown = "\n".join(picture(screen_bytes("tests.app.test_open:opened", env={"EOG_STORE": str(path)})))
    assert "Runs 10" in shown
    assert "▶ 1 running" in shown
    assert "■ 3 interrupted" in shown


class opened:  # noqa: N801 - the pty harness calls it and then runs what it gets
    """The app as the command opens it."""

    def run(self) -> None:
        from eog_tui.commands.open import open_app
        from eog_tui.commands.options import Appearance

        open_app(Appearance())
