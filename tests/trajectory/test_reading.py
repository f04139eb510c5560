"""Listing, filtering and searching, as a person at the Runs table and in a replay does."""

import json
import threading

import pytest
from sqlalchemy import select

from engine.tasks.models import AuthConfig
from engine.trajectory.bodies import unpacked
from engine.trajectory.events import Failure, Message, RunEnded
from engine.trajectory.store import RunQuery, RunQueryError, Store, StoreError
from engine.trajectory.tables import StoredText

from .conftest import in_a_file, make_task


@pytest.fixture
def three(store, record):
    """Runs 1 to 3: passed, failed and still running."""
    for name, agent, model, status in (
        ("Printer impact", "react", "gpt-5-mini", "passed"),
        ("Link an SLA", "planner_react", "opus-4.5", "failed"),
        ("Printer 50% off_line", "scripted", None, None),
    ):
        run = record(task_name=name, agent=agent, model=model).start()
        run.call("list_incidents", {}, "[]")
        if status:
            run.append(RunEnded(step=2, status=status))


def listed(store: Store, typed: str, **order) -> list[int]:
    query = RunQuery.parse(typed, **order)
    found = [row.id for row in store.runs(query)]
    assert store.count(query) == len(found)
    return found


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", [3, 2, 1]),
        ("PRINTER", [3, 1]),
        ("printer react", [1]),
        ("opus", [2]),
        ("agent:react", [1]),
        ("status:fail", [2]),
        ("status:pass printer", [1]),
        ("model:gpt", [1]),
        ("task:sla", [2]),
        ("domain:csm", []),
        ("status:", [3, 2, 1]),
        ('"printer impact"', [1]),
        ('task:"link an sla"', [2]),
        ('task:"link an', [2]),
        ("50%", [3]),
        ("%", [3]),
        ("off_line", [3]),
        ("o_f_line", []),
        ("experiment:1", []),
    ],
)
@pytest.mark.usefixtures("three")
def test_runs_are_filtered_as_typed(store, typed, ids):
    assert listed(store, typed) == ids


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("gyms:remote", [4, 1]),
        ("gyms:docker", [4, 2]),
        ("gyms:embed", [5, 3]),
        ("plan:yes", [4, 3, 2, 1]),
        ("plan:no", [5]),
        ("plan:1", [2, 1]),
        ("plan:1.3", [1]),
        ('plan:"1 v30"', [2]),
        ("plan:12", [3]),
        ("plan:12-st", [4]),
        ("plan:2", []),
    ],
)
def test_runs_are_filtered_by_plan_and_by_where_their_gyms_are(store, record, typed, ids):
    for gyms, plan in (
        ("remote", "1 v3"),
        ("docker", "1 v30"),
        ("embedded", "12 v3"),
        ("docker+remote", "12-steps.md"),
        ("embedded", None),
    ):
        record(gyms=gyms, plan=plan)
    assert listed(store, typed) == ids


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("colour:red", "no such filter: colour: .*status:.*domain:"),
        ("colour:", "no such filter: colour:"),
        ("status:sleepy", "no such status: sleepy .*queued.*interrupted"),
        ("experiment:abc", "needs a number"),
    ],
)
def test_a_query_that_cannot_be_says_what_can(typed, words):
    with pytest.raises(RunQueryError, match=words):
        RunQuery.parse(typed)


def test_sorting_by_an_unknown_column_is_refused():
    with pytest.raises(RunQueryError, match="cannot sort by colour"):
        RunQuery(sort="colour")


@pytest.mark.usefixtures("three")
def test_runs_are_sorted_and_windowed(store):
    assert listed(store, "", sort="task", descending=False) == [2, 3, 1]
    query = RunQuery(sort="task", descending=False)
    assert [row.id for row in store.runs(query, offset=1, limit=1)] == [3]
    assert store.runs(query, offset=3) == []
    counts = store.counts()
    assert (counts["passed"], counts["failed"], counts["running"], counts["paused"]) == (1, 1, 1, 0)


def test_a_run_that_is_not_there_is_named(store):
    for read in (store.run, store.task, store.settings, store.recorder, store.delete_run):
        with pytest.raises(StoreError, match="no run 7"):
            read(7)
    assert store.steps(7) == []
    with pytest.raises(StoreError, match="so large a number"):
        store.run(10**30)


def test_the_task_comes_back_as_it_was_launched(store, record):
    run = record()
    task = store.task(run.run_id)
    assert (task.name, task.source) == ("Raise the impact", "tasks/Raise the impact.json")
    assert task.gym_servers_config[0].headers == {"x-itsm-user-token": "seed_token_marcus"}
    assert [verifier.name for verifier in task.verifiers] == ["impact", "nothing else"]


def test_half_characters_in_a_task_break_nothing(store, record):
    task = store.task(record().run_id).model_copy(update={"user_prompt": "so \ud83d sad", "source": "\udcff.json"})
    run = record(task=task, task_name="\udcff", model="\0", settings={"note": "\ud83d"})
    assert store.task(run.run_id).user_prompt == "so \ud83d sad"
    assert store.settings(run.run_id) == {"note": "\ud83d"}
    assert (store.run(run.run_id).task, store.run(run.run_id).model) == ("?", "\N{REPLACEMENT CHARACTER}")


@in_a_file
def test_secrets_in_settings_never_reach_the_file(store, path, record):
    key = "sk-live-0123456789abcdefghij"
    settings = {"llm": {"api_key": key, "headers": {"Authorization": f"Bearer {key}"}, "max_tokens": 100}}
    settings["note"] = f"used {key} at https://me:{key}@example.org"
    run = record(settings=settings, experiment_id=store.create_experiment("both", settings))
    assert store.settings(run.run_id) == {
        "llm": {"api_key": "•••", "headers": {"Authorization": "•••"}, "max_tokens": 100},
        "note": "used ••• at https://•••@example.org",
    }
    store.close()
    assert key.encode() not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_tokens_and_passwords_of_a_task_never_reach_the_store(store, record):
    task = make_task()
    [gym] = task.gym_servers_config
    gym.mcp_server_url = "http://ann:hunter2@gym.example:8006/itsm?key=hunter3"
    gym.auth_config = AuthConfig(type="bearer", token="hunter4")
    gym.context["Authorization"] = "hunter5"
    run = record(task=task, gyms="remote").start()

    [kept] = store.task(run.run_id).gym_servers_config
    assert kept.mcp_server_url == "http://gym.example:8006/itsm"
    assert kept.auth_config == AuthConfig(type="bearer", token="•••")
    assert kept.context == gym.context | {"Authorization": "•••"}
    assert gym.auth_config.token == "hunter4", "the run itself needs it"
    with store.database.read() as connection:
        texts = [unpacked(row.body, row.packed) for row in connection.execute(select(StoredText))]
    assert not [text for text in texts if "hunter" in text]


@in_a_file
def test_big_texts_are_kept_once(store, path):
    text = "A policy of many words. " * 10_000
    assert store.put_text(text) == store.put_text(text)
    with Store.open(path) as other:
        assert other.put_text(text) == store.put_text(text)
        assert other.text(store.put_text(text)) == text
    assert sum(file.stat().st_size for file in path.parent.iterdir()) < len(text) * 2
    with pytest.raises(StoreError, match="no text"):
        store.text("0" * 64)


@pytest.mark.parametrize(
    ("needle", "steps"),
    [
        ("service DESK", [0]),
        ("müller", [1, 2]),
        ("MÜLLER", [1, 2]),
        ("find_user", [2]),
        ('"name": "Müller"', [2]),
        ('said "no"', [3]),
        ("one\ntwo", [3]),
        (r"C:\temp", [3]),
        ("100%", [4]),
        ("1_0%", []),
        ("%", [4]),
        ("the disk is full", [5]),
        ("content", []),
        ("call_id", []),
        ("   ", []),
    ],
)
def test_search_finds_what_a_person_reads(store, record, needle, steps):
    run = record().start()
    run.call("find_user", {"name": "Jürgen"}, json.dumps({"name": "Müller"}))
    run.call("note", {"text": 'He said "no"'}, json.dumps({"note": "one\ntwo C:\\temp"}))
    run.append(Message(step=4, role="assistant", content="Used to 100%."))
    run.append(Failure(step=5, where="gym", message="x" * 300 + " the disk is full"))
    assert store.search(run.run_id, needle) == steps
    assert store.search(run.run_id + 1, needle) == []


def test_a_phrase_too_long_to_search_is_refused_in_words(store):
    with pytest.raises(StoreError, match="1,000 characters"):
        store.search(1, "x" * 1_001)


def test_changes_are_read_by_range_of_steps(store, record, impact):
    run = record().start()
    for _ in range(3):
        run.call("update_incident", {}, "{}", changes=(impact, impact))
    assert [step for step, _ in store.changes(run.run_id)] == [2, 2, 3, 3, 4, 4]
    assert [step for step, _ in store.changes(run.run_id, first=3)] == [3, 3, 4, 4]
    assert [step for step, _ in store.changes(run.run_id, last=2)] == [2, 2]


def test_a_deleted_run_is_gone_with_all_it_had(store, record, impact):
    run, kept = record().start(), record().start()
    step = run.call("update_incident", {}, "{}", changes=(impact,))
    with pytest.raises(StoreError, match="stop it first"):
        store.delete_run(run.run_id)
    run.append(RunEnded(step=step, status="stopped"))
    store.delete_run(run.run_id)
    assert (store.steps(run.run_id), store.events(run.run_id, step), store.changes(run.run_id)) == ([], [], [])
    assert [row.id for row in store.runs()] == [kept.run_id]
    assert record().run_id > kept.run_id


def test_the_revision_grows_with_every_commit_of_anyone(store, where, record):
    with Store.open(where) as other:
        seen = [store.revision(), other.revision()]
        assert [store.revision(), other.revision()] == seen
        record()
        assert store.revision() > seen[0]
        assert other.revision() > seen[1]


def test_one_thread_follows_what_another_writes(store, record):
    run = record().start()

    def write() -> None:
        for step in range(2, 202):
            run.append(Message(step=step, role="assistant", content=f"word {step}"))
        run.append(RunEnded(step=201, status="passed"))

    writer = threading.Thread(target=write)
    writer.start()
    followed: list[int] = []
    while (alive := store.run(run.run_id).alive) or len(followed) < 202:
        followed += [head.number for head in store.steps(run.run_id, since=len(followed))]
        assert alive or len(followed) == 202
    writer.join()
    assert followed == list(range(202))
