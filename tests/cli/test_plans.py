"""``eog-tui plans`` and ``run --plan`` as a user types them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.trajectory.plans import PlanLibrary
from engine.trajectory.store import Store

Eog = Callable[..., subprocess.CompletedProcess[str]]

TASK = "builtin:itsm/stolen-tablet"


@pytest.fixture
def library(_own_world: None) -> Iterator[PlanLibrary]:
    """The library that the commands work on."""
    with Store.open() as store:
        yield store.plans


@pytest.fixture
def plan(library: PlanLibrary) -> str:
    """A plan with two versions; its number."""
    number = library.create("stolen-tablet", "itsm", "The safe way", "ada", "1. Look.\n2. Act.")
    library.save(number, "ada", "1. Look.\n2. Ask.\n3. Act.")
    return str(number)


@pytest.fixture
def editor(tmp_path: Path) -> Callable[[str], str]:
    """An editor that runs a shell command on the file, which is ``$1``."""

    def script(command: str) -> str:
        path = tmp_path / "editor"
        path.write_text(f"#!/bin/sh\n{command}\n")
        path.chmod(0o755)
        return str(path)

    return script


def test_an_empty_library_says_how_to_begin(eog: Eog) -> None:
    done = eog("plans", "list")

    assert (done.returncode, "eog-tui plans new" in done.stdout) == (0, True)


def test_plans_are_listed_shown_and_compared(eog: Eog, plan: str) -> None:
    [row] = json.loads(eog("plans", "list", "--json").stdout)
    assert (row["id"], row["versions"], row["author"]) == (int(plan), 2, "ada")
    table = eog("plans", "list", "SAFE", "--domain", "itsm").stdout
    assert all(part in table for part in ("The safe way", "stolen-tablet", "ada"))
    assert "No plan matches" in eog("plans", "list", "dangerous").stdout

    latest, first = eog("plans", "show", plan).stdout, eog("plans", "show", f"{plan}.1").stdout
    assert "version 2 of 2 · ada" in latest
    assert latest.endswith("1. Look.\n2. Ask.\n3. Act.\n")
    assert first.endswith("1. Look.\n2. Act.\n")
    shown = json.loads(eog("plans", "show", plan, "--json").stdout)
    assert shown["version"]["text"] == "1. Look.\n2. Ask.\n3. Act."
    assert [each["number"] for each in shown["history"]] == [1, 2]

    assert "-2. Act.\n+2. Ask.\n+3. Act.\n" in eog("plans", "diff", plan).stdout
    assert "says the same in versions 1 and 1" in eog("plans", "diff", plan, "1", "1").stdout


def test_a_plan_with_one_version_has_nothing_to_compare(eog: Eog, library: PlanLibrary) -> None:
    number = library.create("stolen-tablet", "itsm", "Once", "ada", "1. Look.")
    assert (
        eog("plans", "diff", str(number)).stdout == f"plan {number} has one version, so there is nothing to compare\n"
    )


def test_a_plan_is_written_in_an_editor_and_changed_there(eog: Eog, editor: Callable[[str], str]) -> None:
    made = eog("plans", "new", TASK, "--title", "Mine", EDITOR=editor('echo "1. Look." > "$1"'), VISUAL="")
    assert made.returncode == 0, made.stderr
    assert "plan 1 · Mine · for stolen-tablet" in made.stdout

    changed = eog("plans", "edit", "1", EDITOR=editor('echo "2. Act." >> "$1"'), VISUAL="")
    assert changed.stdout == "plan 1 v2\n"
    assert eog("plans", "edit", "1", EDITOR=editor("true"), VISUAL="").stdout == "plan 1 says that already\n"
    assert json.loads(eog("plans", "show", "1", "--json").stdout)["version"]["text"] == "1. Look.\n2. Act."


def test_words_that_are_no_tools_of_the_task_are_named_and_kept(
    eog: Eog, editor: Callable[[str], str], tmp_path: Path
) -> None:
    warned = "plan 1: line 1: no_such_tool is not offered\n"
    text = tmp_path / "plan.md"
    text.write_text("Call `no_such_tool`.")
    made = eog("plans", "new", TASK, str(text), "--title", "Mine")
    assert (made.returncode, made.stderr) == (0, warned)
    changed = eog("plans", "edit", "1", EDITOR=editor('echo "Act." >> "$1"'), VISUAL="")
    assert (changed.returncode, changed.stderr) == (0, warned)
    eog("plans", "export", "1", str(tmp_path / "out"))
    taken = eog("plans", "import", *map(str, (tmp_path / "out").iterdir()))
    assert (taken.returncode, taken.stderr) == (0, warned)
    assert "itsm" in eog("plans", "list").stdout
    assert "Act." in eog("plans", "show", "1 v2").stdout


def test_what_was_written_is_not_lost_when_it_cannot_be_kept(
    eog: Eog, editor: Callable[[str], str], tmp_path: Path
) -> None:
    for after in ("true", "exit 1"):
        writing = editor(f"head -c 200001 /dev/zero | tr '\\0' x > \"$1\"; {after}")
        done = eog("plans", "new", TASK, EDITOR=writing, VISUAL="", TMPDIR=str(tmp_path))
        assert done.returncode == 2
        [kept] = re.findall(r"what you wrote is in (.+)", done.stderr)
        assert Path(kept).read_text() == "x" * 200_001
    assert len(list(tmp_path.glob("eog-plan-*"))) == 2
    eog("plans", "new", TASK, EDITOR=editor('echo "1. Look." > "$1"'), VISUAL="", TMPDIR=str(tmp_path))
    assert len(list(tmp_path.glob("eog-plan-*"))) == 2


def test_an_editor_that_is_not_there_is_named(eog: Eog) -> None:
    done = eog("plans", "new", TASK, VISUAL="", EDITOR="nosuchthing -w")
    assert done.returncode == 2
    assert "EDITOR names nosuchthing, which is not there" in done.stderr


def test_a_draft_that_is_only_printed_is_json_too(eog: Eog) -> None:
    eog("run", TASK)
    drafted = json.loads(eog("plans", "draft", "1", "--print", "--json").stdout)
    assert drafted["text"] == eog("plans", "draft", "1", "--print").stdout.rstrip("\n")


def test_an_editor_whose_quotes_do_not_close_is_told(eog: Eog, library: PlanLibrary) -> None:
    done = eog("plans", "new", TASK, VISUAL="", EDITOR="vi 'x")

    assert done.returncode == 2
    assert done.stderr == "eog-tui: EDITOR is no command (No closing quotation): vi 'x\n"
    assert library.list() == []


def test_an_editor_that_fails_or_writes_nothing_makes_no_plan(
    eog: Eog, library: PlanLibrary, editor: Callable[[str], str]
) -> None:
    failing = eog("plans", "new", TASK, EDITOR=editor("exit 3"), VISUAL="")
    empty = eog("plans", "new", TASK, EDITOR=editor("true"), VISUAL="")

    assert (failing.returncode, empty.returncode) == (2, 2)
    assert "code 3" in failing.stderr
    assert "needs a text" in empty.stderr
    assert library.list() == []


def test_export_and_import_bring_the_same_bytes_and_no_new_version(
    eog: Eog, library: PlanLibrary, plan: str, tmp_path: Path
) -> None:
    folder = tmp_path / "shared"
    first = json.loads(eog("plans", "export", "--all", str(folder), "--json").stdout)
    [path] = folder.iterdir()
    content = path.read_bytes()
    assert [(row["file"], row["changed"]) for row in first] == [(str(path), True)]
    assert path.name == "stolen-tablet--the-safe-way.md"

    assert "nothing new" in eog("plans", "import", str(path)).stdout
    assert "as it was" in eog("plans", "export", plan, str(folder)).stdout
    assert path.read_bytes() == content
    assert [row.versions for row in library.list()] == [2]

    elsewhere = str(tmp_path / "colleague.db")
    eog("plans", "import", str(path), EOG_STORE=elsewhere)
    path.write_text(path.read_text() + "4. Check.\n")
    assert "plan 1 v2, a new version" in eog("plans", "import", str(path), EOG_STORE=elsewhere).stdout
    assert "a new version" in eog("plans", "import", str(path)).stdout
    assert [row.versions for row in library.list()] == [3]


def test_a_bad_file_does_not_keep_the_good_ones_out(eog: Eog, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text("---\ntask: a\ndomain: itsm\ntitle: t\n---\nx")
    bad.write_text("---\ntask: a\ndomain: itsm\n---\nx")

    done = eog("plans", "import", str(bad), str(good), "--json")

    assert done.returncode == 2
    assert f"{bad}: title: missing" in done.stderr
    report = json.loads(done.stdout)
    assert [row["file"] for row in report["imported"]] == [str(good)]
    assert len(report["refused"]) == 1


def test_a_draft_from_a_run_is_a_plan_to_run_with(eog: Eog, library: PlanLibrary) -> None:
    eog("run", TASK)
    printed = eog("plans", "draft", "1", "--print").stdout
    assert printed.startswith("1. Look up with `get_incidents_assigned_to`")
    assert library.list() == []

    made = json.loads(eog("plans", "draft", "1", "--json").stdout)
    assert (made["task"], made["title"]) == ("stolen-tablet", "Draft from run 1")
    [run] = json.loads(eog("run", TASK, "--plan", str(made["id"]), "--json").stdout)
    assert (run["plan"], run["status"]) == (f"{made['id']}.1", "passed"), "the plan as --plan takes it"
    [again] = json.loads(eog("run", TASK, "--plan", run["plan"], "--json").stdout)
    assert again["plan"] == run["plan"]
    assert "Look up with" in eog("show", str(run["run_id"]), "--step", "2").stdout

    report = json.loads(eog("plans", "uplift", "--json").stdout)
    assert (report["tasks"], report["without"]["runs"], report["planned"]["runs"]) == (1, 1, 2)
    assert report["success"] == {"mean": 0.0, "low": None, "high": None}
    assert report["sentence"] in eog("plans", "uplift").stdout


def test_library_runs_what_has_a_plan_and_names_the_rest(eog: Eog, plan: str) -> None:
    done = eog("run", "builtin:itsm", "--plan", "library", "--json")

    assert [(row["task"], row["plan"]) for row in json.loads(done.stdout)] == [("stolen-tablet", f"{plan}.2")]
    assert "skipped, no plan in the library: assign-to-leaver" in done.stderr


def test_delete_asks_first(eog: Eog, library: PlanLibrary, plan: str) -> None:
    asked = eog("plans", "delete", plan)
    assert (asked.returncode, "The safe way" in asked.stdout) == (1, True)
    assert len(library.list()) == 1

    assert eog("plans", "delete", plan, "--yes").returncode == 0
    assert library.list() == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["plans", "show", "99"], "There is no plan 99"),
        (["plans", "show", "first"], "named by its number"),
        (["plans", "show", "1.7"], "no version 7"),
        (["plans", "edit", "99"], "There is no plan 99"),
        (["plans", "diff", "1", "1", "9"], "no version 9"),
        (["plans", "diff", "1", "0"], "no version 0"),
        (["plans", "diff", "1", "1", "0"], "no version 0"),
        (["plans", "new", "builtin:itsm"], "belongs to one task"),
        (["plans", "new", TASK, "none.md"], "none.md: no such file"),
        (["plans", "export", "1"], "export needs a plan and a folder"),
        (["plans", "export", "--all", "/dev/null/x"], "/dev/null"),
        (["plans", "draft", "99"], "There is no run 99"),
        (["plans", "delete", "1", "99", "--yes"], "There is no plan 99"),
        (["plans", "uplift", "colour:red"], "colour"),
        (["run", TASK, "--plan", "99"], "There is no plan 99"),
        (["run", "builtin:itsm", "--plan", "1"], "--plan library"),
        (["run", "builtin:csm/agent-leaves", "--plan", "1"], "for the task stolen-tablet"),
        (["run", TASK, "--review-plan"], "--agent planner_react"),
        (["run", TASK, "--agent", "human", "--repeat", "1000"], "1,000 runs by hand are too many"),
        (["run", TASK, "--approve", "some"], "--approve: must be none, writing or every"),
        (["fork", "1", "--step", "1", "--message", "@none.md"], "--message @none.md: No such file or directory\n"),
    ],
)
@pytest.mark.usefixtures("plan")
def test_bad_input_exits_with_2_and_one_clear_message(
    eog: Eog, library: PlanLibrary, words: list[str], reason: str
) -> None:
    done = eog(*words)

    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert len(library.list()) == 1


def test_hostile_text_reaches_the_terminal_as_visible_glyphs(eog: Eog, tmp_path: Path) -> None:
    file = tmp_path / "plan.md"
    file.write_text('---\ntask: "\\e[31mred"\ndomain: itsm\ntitle: "t\\u202e"\n---\n\x1b]52;c;aGk=\x07red', "utf-8")
    eog("plans", "import", str(file))

    printed = "".join(eog("plans", *words).stdout for words in (["list"], ["show", "1"], ["delete", "1"]))

    assert "red" in printed
    assert not set(printed) & {"\x1b", "\x07", "\u202e"}
