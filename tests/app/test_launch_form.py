"""What the Launch fields make of what was typed, without any widget."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.runs.places import DOMAINS_FILE, GymKind
from engine.tasks.models import Task
from engine.tasks.source import TaskSet, read_tasks
from eog_tui.completion import filters, paths
from eog_tui.screens.launch_choices import Choices
from eog_tui.screens.launch_form import check
from eog_tui.screens.task_preview import task_text


def task_json(**more: object) -> str:
    return json.dumps(
        {
            "system_prompt": "Policy. " * 100,
            "user_prompt": "Raise the impact of INC_003.",
            "gym_servers_config": [
                {
                    "mcp_server_name": "gym-itsm-mcp",
                    "mcp_server_url": "http://localhost:8006",
                    "seed_database_file": "small.sql",
                }
            ],
            "verifiers": [
                {
                    "verifier_type": "database_state",
                    "name": "impact is high",
                    "validation_config": {
                        "query": "SELECT impact\nFROM incident\nWHERE incident_id = 'INC_003' " + "AND 1 = 1 " * 20,
                        "expected_value": "high",
                        "comparison_type": "equals",
                    },
                }
            ],
            **more,
        }
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two tasks with gold calls, and one without; their seed is in the folder to be in."""
    monkeypatch.chdir(tmp_path)
    Path("small.sql").write_text("")
    folder = tmp_path / "tasks"
    folder.mkdir()
    for name in ("first", "second", "third"):
        (folder / f"{name}.json").write_text(task_json())
    for name in ("first", "second"):
        (folder / f"{name}.gold.json").write_text('{"calls": []}')
    return folder


def test_a_whole_folder_is_one_source(folder: Path) -> None:
    (folder / "third.gold.json").write_text("[]")
    checked = check(Choices(source=str(folder), repeat="3", concurrency="2"), read_tasks(str(folder)))
    assert checked.problems == {}
    assert checked.runs == 9
    assert checked.launch is not None
    assert checked.launch.command() == f"eog-tui run {folder} --agent scripted --repeat 3 --concurrency 2"


def test_a_part_of_a_folder_is_named_file_by_file(folder: Path) -> None:
    checked = check(Choices(source=str(folder), left_out=frozenset({"third"})), read_tasks(str(folder)))
    assert checked.launch is not None
    assert checked.launch.sources == (str(folder / "first.json"), str(folder / "second.json"))


def test_the_good_tasks_of_a_folder_run_beside_refused_files(folder: Path) -> None:
    (folder / "third.json").write_text("{")
    found = read_tasks(str(folder))
    checked = check(Choices(source=str(folder)), found)
    assert len(found.refused) == 1
    assert checked.launch is not None
    assert checked.launch.sources == (str(folder / "first.json"), str(folder / "second.json"))


def test_builtin_tasks_are_named_by_their_short_names() -> None:
    found = TaskSet([Task.model_validate_json(task_json()) for _ in "ab"], Path())
    for task, name in zip(found.tasks, "ab", strict=True):
        task.name, task.source = name, f"{name}.json"
    choices = Choices(source="builtin:itsm", left_out=frozenset("b"), script="")
    assert choices.sources(found) == ("builtin:itsm/a",)
    assert Choices(source="builtin:itsm").sources(found) == ("builtin:itsm",)


def test_a_task_without_gold_calls_is_named(folder: Path) -> None:
    checked = check(Choices(source=str(folder)), read_tasks(str(folder)))
    assert checked.launch is None
    assert checked.problems["script"].startswith("third has no gold list")


def test_a_call_list_serves_tasks_without_gold_calls(folder: Path) -> None:
    script = folder.parent / "calls.json"
    script.write_text('{"calls": [{"tool": "find_incident"}]}')
    checked = check(Choices(source=str(folder), script=str(script)), read_tasks(str(folder)))
    assert checked.launch is not None
    assert checked.launch.script == script


def test_a_broken_call_list_says_why(folder: Path) -> None:
    script = folder.parent / "calls.json"
    script.write_text('{"calls": [{"name": "find_incident"}]}')
    problem = check(Choices(source=str(folder), script=str(script)), read_tasks(str(folder))).problems["script"]
    assert "calls.0.tool" in problem


def test_react_needs_a_config(folder: Path) -> None:
    checked = check(Choices(source=str(folder), agent="react"), read_tasks(str(folder)))
    assert checked.launch is None
    assert "conf.example" in checked.problems["llm"]
    assert "script" not in checked.problems


def test_a_config_is_read_and_its_model_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    config = folder.parent / "llm.json"
    config.write_text('{"llm_provider": "openai", "llm_model": "gpt-5-mini", "llm_api_key": "$MY_KEY"}')
    choices = Choices(source=str(folder), agent="react", llm=str(config))
    assert "MY_KEY is not set" in check(choices, read_tasks(str(folder))).problems["llm"]
    monkeypatch.setenv("MY_KEY", "secret")
    checked = check(choices, read_tasks(str(folder)))
    assert checked.model == "openai/gpt-5-mini"
    assert checked.launch is not None
    assert checked.launch.llm == config
    assert "secret" not in repr(checked)


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("repeat", "0", "needs a whole number from 1 on, not 0"),
        ("repeat", "", "needs a whole number from 1 on, not nothing"),
        ("concurrency", "many", "needs a whole number from 1 on, not many"),
        ("max_steps", "1.5", "needs a whole number from 1 on, not 1.5"),
        ("pause_s", "-1", "needs a number of seconds from 0 on, not -1"),
        ("pause_s", "nan", "needs a number of seconds from 0 on, not nan"),
    ],
)
def test_numbers_that_are_none(folder: Path, field: str, typed: str, problem: str) -> None:
    choices = Choices(source=str(folder), left_out=frozenset({"third"})).model_copy(update={field: typed})
    checked = check(choices, read_tasks(str(folder)))
    assert checked.launch is None
    assert checked.problems == {field: problem}


def test_nothing_is_chosen(folder: Path) -> None:
    choices = Choices(source=str(folder), left_out=frozenset({"first", "second", "third"}))
    assert "no task is chosen" in check(choices, read_tasks(str(folder))).problems["tasks"]


def test_a_seed_root_must_be_a_folder(folder: Path) -> None:
    choices = Choices(source=str(folder), left_out=frozenset({"third"}), seed_root=str(folder / "none"))
    assert "no such folder" in check(choices, read_tasks(str(folder))).problems["seed_root"]
    (folder / "small.sql").write_text("")
    good = check(choices.model_copy(update={"seed_root": str(folder)}), read_tasks(str(folder)))
    assert good.launch is not None
    assert good.launch.seed_root == folder


def test_a_seed_that_is_not_there_is_said_before_the_start(folder: Path) -> None:
    Path("small.sql").unlink()
    choices = Choices(source=str(folder), left_out=frozenset({"third"}))
    checked = check(choices, read_tasks(str(folder)))
    assert checked.launch is None
    said = checked.problems["seed_root"]
    assert said.startswith("first (and 1 more): gym-itsm-mcp: seed small.sql does not exist below ")
    (folder / "small.sql").write_text("")
    assert check(choices.model_copy(update={"seed_root": str(folder)}), read_tasks(str(folder))).problems == {}


def test_a_task_that_names_no_seed_is_named(folder: Path) -> None:
    gym = {"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": "http://localhost:8006"}
    (folder / "second.json").write_text(task_json(gym_servers_config=[gym]))
    choices = Choices(source=str(folder), left_out=frozenset({"third"}))
    problems = check(choices, read_tasks(str(folder))).problems
    assert problems["tasks"].startswith("second: gym-itsm-mcp: seed_database_file is empty")


OTHER_GYM = {"mcp_server_name": "gym-moon", "mcp_server_url": "http://moon:1", "seed_database_file": "small.sql"}
GYM = OTHER_GYM | {"mcp_server_name": "gym-itsm-mcp", "mcp_server_url": "http://localhost:8006"}


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TaskSet:
    """A folder to be in, with one task that has gold calls and an ITSM gym."""
    monkeypatch.chdir(tmp_path)
    Path("task.json").write_text(task_json(gym_servers_config=[GYM]))
    Path("task.gold.json").write_text("[]")
    Path("small.sql").write_text("")
    Path("conf").mkdir()
    return read_tasks("task.json")


@pytest.mark.parametrize(
    ("choice", "conf", "gyms", "meaning"),
    [
        (None, None, "in this process", "no conf/domains.json"),
        (None, {"itsm": {"gyms": "docker"}}, "in containers", "conf/domains.json"),
        (None, {"itsm": {"gyms": "remote", "url": "https://x:1"}}, "at https://x:1", "conf/domains.json"),
        ("embedded", {"itsm": {"gyms": "docker"}}, "in this process", "in this process"),
        ("remote", None, "at http://localhost:8006", "servers over HTTP"),
        ("remote", {"itsm": {"url": "https://x:1"}}, "at https://x:1", "servers over HTTP"),
        ("docker", None, "in containers", "started if needed"),
    ],
)
def test_it_is_said_where_the_gyms_will_live(
    tasks: TaskSet, choice: GymKind | None, conf: object, gyms: str, meaning: str
) -> None:
    if conf is not None:
        DOMAINS_FILE.write_text(json.dumps(conf))
    checked = check(Choices(source="task.json", gyms=choice), tasks)
    assert (checked.gyms, checked.gyms_choice) == (gyms, meaning)
    assert checked.launch is not None
    assert checked.launch.gyms == choice
    assert ("--gyms" in checked.launch.command()) == (choice is not None)


def test_gyms_in_several_places_are_all_said(tasks: TaskSet) -> None:
    Path("task.json").write_text(task_json(gym_servers_config=[GYM, OTHER_GYM]))
    found = read_tasks("task.json")
    checked = check(Choices(source="task.json", gyms="remote"), found)
    assert checked.gyms == "at http://localhost:8006 and 1 more"
    DOMAINS_FILE.write_text('{"gym-moon": {"gyms": "remote"}}')
    assert check(Choices(source="task.json"), found).gyms == "in this process, at http://moon:1"


@pytest.mark.parametrize(
    ("choice", "gym", "conf", "problem"),
    [
        (None, GYM, "{", "conf/domains.json: not JSON"),
        ("embedded", GYM, '{"itsm": {"gyms": "moon"}}', "domains.json: itsm.gyms"),
        (None, OTHER_GYM, "{}", "no built-in gym is named 'gym-moon'"),
        ("docker", OTHER_GYM, "{}", "no built-in gym is named 'gym-moon'"),
        ("remote", GYM | {"mcp_server_url": "localhost"}, "{}", "'localhost' is no http:// address"),
    ],
)
def test_gyms_that_cannot_be_there(
    tasks: TaskSet, choice: GymKind | None, gym: dict[str, str], conf: str, problem: str
) -> None:
    Path("task.json").write_text(task_json(gym_servers_config=[gym]))
    DOMAINS_FILE.write_text(conf)
    checked = check(Choices(source="task.json", gyms=choice), read_tasks("task.json"))
    assert checked.launch is None
    assert list(checked.problems) == ["gyms"]
    assert problem in checked.problems["gyms"]
    assert checked.gyms == ""


def test_preview_folds_queries_and_policy(folder: Path) -> None:
    [task, *_] = read_tasks(str(folder)).tasks
    text = task_text(task)
    assert text.startswith("Raise the impact of INC_003.")
    assert "1 impact is high" in text
    assert "SELECT impact FROM incident WHERE incident_id = 'INC_003'" in text
    assert "chars" in text
    assert "equals 'high'" in text
    assert "tools · all that the gyms have" in text
    assert "seed small.sql" in text
    assert "has gold calls" in text
    full = task_text(task, fold=False)
    assert "… +" not in full
    assert "  FROM incident\n" in full


def test_paths_are_proposed_folders_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "tiny").mkdir()
    monkeypatch.chdir(folder)
    assert paths("t", suffix=".json") == ["tiny/", "third.json"]
    assert paths("th", suffix=".sql") == []
    assert paths(f"{folder}/fi", suffix=".json") == [f"{folder}/first.gold.json", f"{folder}/first.json"]
    assert paths("nowhere/x") == []
    assert paths("b", first=["builtin:itsm"]) == ["builtin:itsm"]


def test_filters_are_proposed_key_by_key() -> None:
    values = {"status": ["passed", "paused"], "task": []}
    assert filters("sta", values) == ["status:"]
    assert filters("printer status:pa", values) == ["printer status:passed", "printer status:paused"]
    assert filters("status:Pas", values) == ["status:passed"]
    assert filters("task:ra", values) == []
    assert filters("printer", values) == []
    assert filters("", values) == []


def model_config(name: str) -> str:
    Path(f"{name}.json").write_text(
        json.dumps({"llm_provider": "vllm", "llm_model": name, "llm_api_key": "", "llm_api_endpoint": "http://x/v1"})
    )
    return f"{name}.json"


def test_another_model_can_plan(folder: Path) -> None:
    found = read_tasks(str(folder))
    planning = Choices(
        source=str(folder), agent="planner_react", llm=model_config("acts"), planner_llm=model_config("thinks")
    )
    checked = check(planning, found)
    assert (checked.model, checked.planner) == ("vllm/acts", "vllm/thinks")
    assert checked.launch is not None
    assert "--llm acts.json --planner-llm thinks.json" in checked.launch.command()

    bad = check(planning.model_copy(update={"planner_llm": "nowhere.json"}), found)
    assert "no such file" in bad.problems["planner_llm"].lower()
    assert bad.launch is None


@pytest.mark.parametrize("other", [{"agent": "react"}, {"plan": "plan.md", "left_out": frozenset({"second", "third"})}])
def test_a_planner_is_not_asked_for_where_nobody_plans(folder: Path, other: dict[str, object]) -> None:
    Path("plan.md").write_text("1. Look.")
    choices = Choices(
        source=str(folder),
        agent="planner_react",
        llm=model_config("acts"),
        planner_llm="nowhere.json",
        review_plan=True,
    )
    checked = check(choices.model_copy(update=other), read_tasks(str(folder)))
    assert checked.problems == {}
    assert checked.launch is not None
    assert (checked.launch.planner_llm, checked.launch.review_plan) == (None, False)


def test_a_person_cannot_be_given_more_runs_than_can_be_open(folder: Path) -> None:
    found = read_tasks(str(folder))
    by_hand = Choices(source=str(folder), agent="human", repeat="16")
    assert check(by_hand, found).launch is not None
    checked = check(by_hand.model_copy(update={"repeat": "1000"}), found)
    assert checked.launch is None
    assert "3,000 runs by hand are too many" in checked.problems["repeat"]
