"""Tasks are read from folders, files and the package; what is not a task is refused with file, field and reason."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from engine.tasks import CallList, GymConfig, TaskError, builtin_root, read_tasks, seed_path
from engine.tasks.source import builtin_names, source_name


def task_json(**changes: Any) -> dict[str, Any]:
    return {
        "system_prompt": "Be exact.",
        "user_prompt": "Close the ticket.",
        "gym_servers_config": [
            {
                "mcp_server_name": "gym-itsm-mcp",
                "mcp_server_url": "http://localhost:8006",
                "seed_database_file": "a.sql",
            }
        ],
        "verifiers": [],
        **changes,
    }


def write(folder: Path, name: str, data: Any) -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_a_folder_gives_its_tasks_by_name_and_no_call_lists(tmp_path: Path) -> None:
    for name in ("b.json", "a.json"):
        write(tmp_path, name, task_json())
    for name in ("a.gold.json", "a.alt-short.json", "a.wrong-lazy.json"):
        write(tmp_path, name, {"calls": []})

    assert [task.name for task in read_tasks(str(tmp_path)).require()] == ["a", "b"]


def test_builtin_tasks_are_found_by_domain_and_by_name() -> None:
    every = read_tasks("builtin:itsm").require()
    one = read_tasks(f"builtin:itsm/{every[0].name}").require()

    assert [task.name for task in one] == [every[0].name]
    assert read_tasks("builtin:itsm").seed_root == builtin_root()


def test_builtin_tasks_can_be_listed_by_name() -> None:
    names = builtin_names("itsm")
    assert [read_tasks(name).tasks[0].name for name in names] == [
        task.name for task in read_tasks("builtin:itsm").tasks
    ]
    assert builtin_names("../itsm") == []


def test_a_task_is_named_so_that_it_is_found_again(tmp_path: Path) -> None:
    task = read_tasks("builtin:itsm/vip-laptop-outage").tasks[0]
    assert source_name(task.source) == "builtin:itsm/vip-laptop-outage"
    elsewhere = str(tmp_path / "vip-laptop-outage.json")
    assert source_name(elsewhere) == elsewhere
    assert source_name("\0") == "\0"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("builtin:nothing", "there are: csm, itsm"),
        ("builtin:itsm/nothing", "no such built-in task"),
        ("/no/such/place", "no such file or folder"),
    ],
)
def test_an_unknown_source_says_what_there_is(source: str, words: str) -> None:
    with pytest.raises(TaskError, match=words):
        read_tasks(source)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON: .* line 1"),
        ("[" * 100_000, "nested more than 100 levels"),
        ('{"user_prompt": ' + "[" * 101 + "]" * 101 + "}", "nested more than 100 levels"),
        (r'{"user_prompt": "\ud800"}', "holds half a character"),
        ('{"number_of_runs": ' + "9" * 5000 + "}", "not JSON that can be used"),
        ('{"user_prompt": "a", "verifiers": [], "user_prompt": "b"}', "not JSON .* an object has 'user_prompt' twice"),
        (task_json(user_prompt=5), "user_prompt: "),
        (task_json(colour="red"), "colour: "),
        (task_json(gym_servers_config=[]), "gym_servers_config: "),
        (task_json(verifiers=[{"verifier_type": "x"}]), r"verifiers\.0\.validation_config: "),
        (task_json(gym_servers_config=task_json()["gym_servers_config"] * 2), "two gyms have one name"),
    ],
)
def test_a_bad_file_is_refused_and_the_good_ones_stay(tmp_path: Path, content: Any, words: str) -> None:
    write(tmp_path, "bad.json", content)
    write(tmp_path, "good.json", task_json(_comment="dropped"))

    found = read_tasks(str(tmp_path))

    assert [task.name for task in found.tasks] == ["good"]
    with pytest.raises(TaskError, match=rf"bad\.json: {words}"):
        found.require()


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("Fix  the printer ", "Fix the printer"),
        ("two\nlines", "two lines"),
        (b"caf\xe9", "caf\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_task_is_called_as_its_file_on_one_line_that_anything_can_hold(
    tmp_path: Path, stem: str | bytes, name: str
) -> None:
    try:
        write(tmp_path, f"{os.fsdecode(stem)}.json", task_json())
    except OSError as error:
        pytest.skip(f"this system has no such file names: {error}")

    [task] = read_tasks(str(tmp_path)).require()

    assert task.name == name
    assert read_tasks(task.source).require() == [task]


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"user_prompt": "\xe9"}')

    with pytest.raises(TaskError, match=r"latin\.json: not UTF-8"):
        read_tasks(str(tmp_path)).require()


@pytest.mark.parametrize("name", ["../outside.sql", "/etc/passwd", "link.sql"])
def test_a_seed_outside_the_root_is_refused(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    write(tmp_path, "outside.sql", "")
    (root / "link.sql").symlink_to(tmp_path / "outside.sql")
    write(tmp_path, "task.json", task_json())
    gym = read_tasks(str(tmp_path / "task.json")).require()[0].gym_servers_config[0]

    with pytest.raises(TaskError, match="leads out of the seed root"):
        seed_path(gym.model_copy(update={"seed_database_file": name}), root)


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 5000])
def test_a_seed_that_no_file_can_be_named_is_refused(tmp_path: Path, name: str) -> None:
    gym = GymConfig(mcp_server_name="gym", mcp_server_url="", seed_database_file=name)

    with pytest.raises(TaskError, match="no file name"):
        seed_path(gym, tmp_path)


def test_a_pipe_in_a_folder_of_tasks_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(TaskError, match=r"pipe\.json: is no file"):
        read_tasks(str(tmp_path)).require()


@pytest.mark.parametrize("source", ["x" * 5000, "~nobody-has-this-name/tasks"])
def test_a_source_that_no_file_can_be_named_is_refused(source: str) -> None:
    with pytest.raises(TaskError, match="cannot be looked up"):
        read_tasks(source)


def test_a_missing_seed_names_the_option_that_helps(tmp_path: Path) -> None:
    write(tmp_path, "task.json", task_json())
    gym = read_tasks(str(tmp_path / "task.json")).require()[0].gym_servers_config[0]

    with pytest.raises(TaskError, match="--seed-root"):
        seed_path(gym, tmp_path)


def test_context_keys_become_headers_as_the_benchmark_sends_them(tmp_path: Path) -> None:
    gyms = task_json()["gym_servers_config"]
    gyms[0]["context"] = {" x-user-email ": "a@b.c", "User_Token": 7, "x-empty": ""}
    write(tmp_path, "task.json", task_json(gym_servers_config=gyms))

    gym = read_tasks(str(tmp_path / "task.json")).require()[0].gym_servers_config[0]

    assert gym.headers == {"x-user-email": "a@b.c", "x-user-token": "7"}


def test_a_bare_list_of_calls_is_a_call_list_too(tmp_path: Path) -> None:
    calls = [{"tool": "get_user", "arguments": {"user_id": "USER_001"}}]
    bare = CallList.read(write(tmp_path, "bare.json", calls))
    full = CallList.read(write(tmp_path, "full.json", {"calls": calls, "answer": None}))

    assert bare.calls == full.calls


def test_every_reference_task_is_read(reference: Path) -> None:
    for domain in ("itsm", "csm"):
        assert read_tasks(str(reference / "tasks" / domain)).require()
