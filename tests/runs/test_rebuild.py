"""The state of any step comes back from the seed and the recorded changes, exactly as it was."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from engine.gyms.registry import domain
from engine.gyms.server import build_app
from engine.gyms.session import EmbeddedGym
from engine.gyms.toolkit import FrozenClock
from engine.runs.opening import EMBEDDED
from engine.runs.rebuild import Rebuilder, State
from engine.runs.seeds import Seeds
from engine.trajectory.store import Store
from tests.gyms.builtin import GYM_DBS, TASKS, label
from tests.gyms.serving import BareGym, Served
from tests.runs.stepping import AnyCall, Call, Look, Stepped, look, seed_of, step_through, task_at, touched

TASK_OF = {"itsm": GYM_DBS / "itsm/tasks/disk-firmware-change.json", "csm": GYM_DBS / "csm/tasks/agent-leaves.json"}
"""A task on the larger seed of each domain."""

ALL_TOOLS = {"selected_tools": None, "restricted_tools": None}


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds()


@pytest.fixture
def rebuilder(store: Store, seeds: Seeds) -> Rebuilder:
    return Rebuilder(store, seeds)


def gold_calls(path: Path) -> list[Call]:
    listed = json.loads(path.with_suffix(".gold.json").read_text("utf-8"))["calls"]
    return [(call["tool"], call["arguments"]) for call in listed]


def written(stepped: Stepped) -> list[list[str]]:
    """What each call did, and to which rows."""
    return [[f"{change.op} {change.key_text}" for change in outcome.changes] for _, outcome in stepped.calls.values()]


def assert_same_call_does_the_same(state: State, stepped: Stepped) -> None:
    """The run's next call, tried on the state, answers and changes what it did in the run."""
    if state.step + 1 not in stepped.calls:
        return
    (tool, arguments), outcome = stepped.calls[state.step + 1]
    trial = state.try_call(stepped.task, tool, arguments)
    assert trial.is_error == outcome.is_error
    if outcome.clock is None:  # the wall clock has moved on meanwhile, but the same rows are touched
        assert touched(trial.changes) == touched(outcome.changes)
    else:
        assert outcome.result is not None
        assert trial.text == outcome.result["content"][0]["text"]
        assert trial.changes == outcome.changes


@pytest.mark.parametrize("clock", ["frozen", "frozen too", "wall"])
@pytest.mark.parametrize("domain_name", TASK_OF)
async def test_any_step_of_any_run_is_rebuilt_row_for_row_and_goes_on_alike(
    store, seeds, rebuilder, request, domain_name, clock
):
    rng = random.Random(request.node.name)
    task = task_at(TASK_OF[domain_name], **ALL_TOOLS)
    any_call = AnyCall(seed_of(task, seeds), rng)
    choices = [any_call if rng.random() < 0.9 else "Let me see." for _ in range(40)]
    stepped = await step_through(store, seeds, task, choices, frozen=clock != "wall")
    assert stepped.wrote("insert")
    assert stepped.wrote("delete")
    assert any(outcome.is_error for _, outcome in stepped.calls.values())

    def check() -> None:
        for step in sorted({0, 1, 41, *rng.sample(range(2, 41), 8)}):
            with rebuilder.at(stepped.run_id, step) as state:
                assert look(state) == stepped.looks[step]
                assert_same_call_does_the_same(state, stepped)
                assert look(state) == stepped.looks[step], "a trial has touched the state"

    await asyncio.to_thread(check)


@pytest.mark.parametrize("domain_name", TASK_OF)
async def test_a_gym_opened_on_a_rebuilt_state_ends_as_the_run_did(store, seeds, rebuilder, domain_name):
    task = task_at(TASK_OF[domain_name], **ALL_TOOLS)
    any_call = AnyCall(seed_of(task, seeds), random.Random(11))
    stepped = await step_through(store, seeds, task, [any_call] * 30, frozen=True)
    state = await asyncio.to_thread(rebuilder.at, stepped.run_id, 12)
    (gym,) = state.gyms.values()
    async with EmbeddedGym.open(task.gym_servers_config[0], gym.database, gym.domain, gym.clock) as opened:
        state.close()
        for step in range(13, 32):
            (tool, arguments), recorded = stepped.calls[step]
            outcome = await opened.call(tool, arguments)
            assert (outcome.result, outcome.changes, outcome.clock) == (
                recorded.result,
                recorded.changes,
                recorded.clock,
            )
        assert Look.at(opened.database, opened.clock) == stepped.looks[-1]


class TestGoldLists:
    @pytest.mark.parametrize("path", TASKS, ids=label)
    async def test_every_step_of_every_built_in_gold_list(self, store, seeds, rebuilder, path):
        task = task_at(path)
        stepped = await step_through(store, seeds, task, gold_calls(path), frozen=True)

        def check() -> None:
            for step, seen in enumerate(stepped.looks):
                with rebuilder.at(stepped.run_id, step) as state:
                    assert look(state) == seen
                    assert state.called == tuple(tool for tool, _ in gold_calls(path)[: max(step - 1, 0)])
                    assert_same_call_does_the_same(state, stepped)
                    if step == len(stepped.looks) - 1:
                        assert set(state.outcomes(task)) == {"pass"}

        await asyncio.to_thread(check)

    @pytest.mark.parametrize("path", [*TASKS[::5], *TASK_OF.values()], ids=label)
    def test_verifiers_say_of_each_rebuilt_step_what_they_said_in_the_run(self, store, run, seeds, path):
        recorded = run(str(path), agent="scripted", frozen_clock=True)
        rebuilder, task, said = Rebuilder(store, seeds), store.task(recorded.id), store.started(recorded.id).untouched
        for head in store.steps(recorded.id)[:-1]:
            said = head.verifiers or said
            with rebuilder.at(recorded.id, head.number) as state:
                calls = {verifier.verifier_type for verifier in task.verifiers} - {"database_state"}
                assert calls or state.outcomes(task) == said
                assert [gym.where for gym in state.gyms.values()] == [EMBEDDED]
        with rebuilder.at(recorded.id, recorded.steps - 1) as state:
            assert state.outcomes(task) == tuple(verdict.outcome for verdict in store.verdicts(recorded.id))


class TestIdsGoOn:
    async def test_a_deleted_id_is_not_given_again_where_ids_are_counted(self, store, seeds, rebuilder):
        email = "gemma.rudd@alderway.example"
        send = ("send_notification", {"case_id": 1, "email": email, "type": "update"})
        calls = [send, ("delete_notifications", {"notification_id": 971}), send]
        stepped = await step_through(store, seeds, task_at(TASK_OF["csm"], **ALL_TOOLS), calls, frozen=True)
        assert written(stepped) == [["insert 971"], ["delete 971"], ["insert 972"]]
        for step, counted in ((2, 971), (3, 971), (4, 972)):
            with rebuilder.at(stepped.run_id, step) as state:
                assert look(state) == stepped.looks[step]
                assert look(state).counters["notification"] == counted

    async def test_a_deleted_id_is_given_again_where_ids_follow_the_highest(self, store, seeds, rebuilder):
        pair = {"incident_id": "INC_001", "knowledge_id": "KB_009"}
        link = ("link_knowledge_to_incident", pair)
        calls = [link, ("remove_knowledge_link_to_incident", pair), link]
        stepped = await step_through(store, seeds, task_at(TASK_OF["itsm"], **ALL_TOOLS), calls, frozen=True)
        [[inserted], [deleted], [again]] = written(stepped)
        assert inserted == again == deleted.replace("delete", "insert")
        with rebuilder.at(stepped.run_id, 3) as state:
            assert look(state) == stepped.looks[3]
            trial = await asyncio.to_thread(state.try_call, stepped.task, *link)
            assert trial.changes == stepped.calls[4][1].changes

    async def test_a_secret_that_was_drawn_by_chance_is_drawn_again(self, store, seeds, rebuilder):
        def add(name: str) -> Call:
            person = {"first_name": "A", "last_name": "B", "email": f"{name}@meridianhealth.example", "role": "agent"}
            return "add_new_user", person | {"phone": f"+1-415-555-{len(name):04}", "active": True}

        stepped = await step_through(
            store, seeds, task_at(TASK_OF["itsm"], **ALL_TOOLS), [add("anna"), "Fine.", add("berta")], frozen=True
        )
        drawn = [c.after["static_token"] for _, outcome in stepped.calls.values() for c in outcome.changes]
        assert len(set(drawn)) == 2
        with rebuilder.at(stepped.run_id, 3) as state:
            trial = await asyncio.to_thread(state.try_call, stepped.task, *add("berta"))
            assert [change.after["static_token"] for change in trial.changes] == drawn[1:]


def test_another_process_rebuilds_what_this_one_recorded(store, seeds, tmp_path):
    task = task_at(TASK_OF["csm"], **ALL_TOOLS)
    any_call = AnyCall(seed_of(task, seeds), random.Random(5))
    stepped = asyncio.run(step_through(store, seeds, task, [any_call] * 20, frozen=False))
    store.close()
    program = """
import sys
from engine.runs.rebuild import Rebuilder
from engine.runs.seeds import Seeds
from engine.trajectory.store import Store

with Store.open(sys.argv[1]) as store:
    for step in (2, 9, 21):
        with Rebuilder(store, Seeds()).at(int(sys.argv[2]), step) as state:
            print(*state.hashes().values())
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "store.db"), str(stepped.run_id)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == [stepped.looks[step].hash for step in (2, 9, 21)]


@pytest.mark.parametrize("kind", ["ours", "bare"])
def test_a_run_on_a_server_elsewhere_is_rebuilt_here(store, run, rebuilder, tmp_path, monkeypatch, kind):
    itsm = domain("itsm")
    server = Served(build_app(itsm, clock=FrozenClock) if kind == "ours" else BareGym(itsm).app)
    path = str(GYM_DBS / "itsm/tasks/vip-laptop-outage.json")
    try:
        monkeypatch.chdir(tmp_path)
        Path("conf").mkdir()
        Path("conf/domains.json").write_text(json.dumps({"itsm": {"url": server.url}}))
        remote, here = (run(path, agent="scripted", gyms=gyms, frozen_clock=True) for gyms in ("remote", "embedded"))
    finally:
        server.stop()
    for step in range(remote.steps):
        with rebuilder.at(remote.id, step) as there, rebuilder.at(here.id, step) as state:
            assert there.hashes() == state.hashes()
            assert [(gym.moved, gym.where) for gym in there.gyms.values()] == [(True, server.url)]


def test_only_so_many_seeds_are_kept(monkeypatch):
    monkeypatch.setattr("engine.runs.seeds.SEEDS_KEPT", 2)
    seeds = Seeds()
    first, second, third = (f"-- {number}" for number in range(3))
    kept = [seeds.stored("itsm", text, "a seed") for text in (first, second)]
    assert seeds.stored("itsm", first, "a seed") is kept[0]
    seeds.stored("itsm", third, "a seed")
    assert seeds.stored("itsm", first, "a seed") is kept[0]
    assert seeds.stored("itsm", second, "a seed") is not kept[1]
