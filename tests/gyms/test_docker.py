"""Gyms in containers of a real Docker daemon; skipped, loudly, where none can be had."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from engine.gyms.docker import DOMAIN_LABEL, Containers
from engine.gyms.session import GymError
from engine.runs.engine import Engine
from engine.runs.spec import Launch
from engine.tasks import builtin_root
from engine.trajectory.events import RunStarted
from engine.trajectory.store import Store
from tests.gyms.image import IMAGE, daemon, import_image
from tests.gyms.serving import Served, kept_port
from tests.runs.material import SEED

CSM_PORT, ITSM_PORT = 8001, 8006


@pytest.fixture(scope="module")
def docker_client() -> Iterator[Any]:
    """A client of a daemon that has the test image."""
    import docker

    with daemon() as problem:
        if problem is not None:
            warnings.warn(f"DOCKER IS NOT TESTED HERE: {problem}", stacklevel=1)
            pytest.skip(f"no Docker daemon answers and none can be started: {problem}")
        client = docker.from_env()
        import_image(client)
        yield client
        client.images.remove(IMAGE, force=True)


@pytest.fixture
def docker_engine(docker_client: Any) -> Iterator[Any]:
    """The daemon without any container of ours, before and after."""
    if ours(docker_client) or _taken(ITSM_PORT) or _taken(CSM_PORT):
        pytest.skip("a gym of this user's runs here; these tests would remove it")
    yield docker_client
    for container in ours(docker_client):
        container.remove(force=True)


def ours(client: Any) -> list[Any]:
    return list(client.containers.list(all=True, filters={"label": DOMAIN_LABEL}))


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def eog(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "eog_tui", *words], capture_output=True, text=True, timeout=120)


def variant(client: Any, name: str, code: str) -> str:
    """The test image with another program in it."""
    made = client.containers.create(IMAGE)
    made.commit(name, "latest", conf={"Cmd": [str(Path(sys.executable).resolve()), "-c", code]})
    made.remove()
    return f"{name}:latest"


def test_up_status_logs_and_down_from_the_command_line(docker_engine: Any) -> None:
    started = eog("gym", "up", "itsm", "--image", IMAGE)
    assert (started.returncode, started.stderr.count("waiting until the gym answers")) == (0, 1)
    assert f"itsm gym on http://127.0.0.1:{ITSM_PORT}: {IMAGE}" in started.stdout

    [container] = ours(docker_engine)
    assert {binding["HostIp"] for binding in container.ports["8005/tcp"]} == {"127.0.0.1"}

    [status] = json.loads(eog("gym", "status", "--json").stdout)
    assert (status["domain"], status["state"], status["healthy"]) == ("itsm", "running", True)
    assert "✓ answers" in eog("gym", "status").stdout
    assert eog("gym", "check", f"http://127.0.0.1:{ITSM_PORT}").returncode == 0
    assert "itsm gym on http" in eog("gym", "logs", "itsm").stdout

    assert "removed eog-tui-itsm" in eog("gym", "down").stdout
    assert not ours(docker_engine)
    assert "nothing to remove" in eog("gym", "down").stdout
    assert "no container of itsm" in eog("gym", "logs", "itsm").stderr


def test_one_image_of_ours_serves_several_gyms_in_a_container_each(docker_engine: Any) -> None:
    started = eog("gym", "up", "itsm", "csm", "--image", IMAGE)

    assert started.returncode == 0, started.stderr
    assert f"csm gym on http://127.0.0.1:{CSM_PORT}" in started.stdout
    for port, server in ((ITSM_PORT, "gym-itsm-mcp"), (CSM_PORT, "sn-csm-server")):
        assert server in eog("gym", "check", f"http://127.0.0.1:{port}").stdout
    assert len(ours(docker_engine)) == 2
    assert "removed eog-tui-csm" in eog("gym", "down", "csm").stdout
    assert [container.name for container in ours(docker_engine)] == ["eog-tui-itsm"]


@pytest.fixture
def gym_serve() -> Iterator[str]:
    """The address of ``eog-tui gym serve itsm`` in a process of its own."""
    with kept_port() as port:
        words = [sys.executable, "-m", "eog_tui", "gym", "serve", "itsm", "--port", str(port)]
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 30
            while not _taken(port):
                assert time.monotonic() < deadline, "gym serve does not listen"
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def test_one_launch_runs_a_task_here_over_http_and_in_a_container_alike(
    docker_engine: Any, gym_serve: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "domains.json").write_text(json.dumps({"itsm": {"image": IMAGE, "url": gym_serve}}))
    monkeypatch.chdir(tmp_path)
    changes: dict[str, list[Any]] = {}
    verdicts: dict[str, list[Any]] = {}
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        for kind in ("embedded", "remote", "docker"):
            launched = engine.launch(Launch.model_validate({"sources": ["builtin:itsm"], "gyms": kind}))
            assert set(launched.done.result(timeout=180).values()) == {"passed"}
            changes[kind] = [_without_clock_and_chance(store, run_id) for run_id in launched.run_ids]
            row = store.run(launched.run_ids[0])
            [started] = [event for event in store.events(row.id, 0) if isinstance(event, RunStarted)]
            where = {"embedded": "embedded", "remote": gym_serve, "docker": f"http://127.0.0.1:{ITSM_PORT}"}
            assert (row.gyms, started.gyms[0].where) == (kind, where[kind])
            verdicts[kind] = [store.verdicts(run_id) for run_id in launched.run_ids]

    assert changes["embedded"] == changes["remote"] == changes["docker"]
    assert verdicts["embedded"] == verdicts["remote"] == verdicts["docker"]
    assert len(ours(docker_engine)) == 1  # one container served them all, and stays until gym down


def test_a_task_of_a_domain_that_is_not_built_in_runs_in_a_container(
    docker_engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if _taken(8003):
        pytest.skip("a calendar gym runs here")
    serving = (
        "import os, sys; os.environ['EOG_GYM'] = 'itsm'; sys.argv = ['eog-tui', 'gym', 'serve', '--host', '0.0.0.0'];"
        " from eog_tui.cli import main; main()"
    )
    image = variant(docker_engine, "eog-tui-test-calendar", serving)
    gym = {"mcp_server_name": "gym-calendar", "mcp_server_url": "http://nowhere", "seed_database_file": SEED}
    check = {"query": "SELECT count(*) FROM incident", "expected_value": 0, "comparison_type": "greater_than"}
    task = {
        "system_prompt": "",
        "user_prompt": "Look.",
        "gym_servers_config": [gym, gym | {"mcp_server_name": "gym-itsm-mcp"}],
        "verifiers": [
            {"verifier_type": "database_state", "gym_name": "gym-calendar", "name": "n", "validation_config": check}
        ],
    }
    (tmp_path / "task.json").write_text(json.dumps(task))
    gold = {"calls": [{"tool": "find_incident_by_id", "arguments": {"incident_id": "INC_001"}}], "answer": "Done."}
    (tmp_path / "task.gold.json").write_text(json.dumps(gold))
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "domains.json").write_text(json.dumps({"calendar": {"gyms": "docker", "image": image}}))
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / "store.db") as store, Engine(store) as engine:
        launched = engine.launch(Launch(sources=("task.json",), seed_root=builtin_root()))
        assert set(launched.done.result(timeout=180).values()) == {"passed"}
        row = store.run(launched.run_ids[0])
        started = store.started(row.id)
    assert started is not None
    assert (row.domain, row.gyms) == ("hybrid", "embedded+docker")
    assert [(gym.domain, gym.where) for gym in started.gyms] == [
        ("calendar", "http://127.0.0.1:8003"),
        ("itsm", "embedded"),
    ]
    Containers().down()
    docker_engine.images.remove(image, force=True)


def test_what_runs_is_used_and_only_ours_is_removed(docker_engine: Any) -> None:
    theirs = docker_engine.containers.run(
        IMAGE,
        detach=True,
        ports={"8005/tcp": ("127.0.0.1",)},
        environment={"EOG_GYM": "itsm", "EOG_GYM_PORT": "8005"},
    )
    try:
        containers = Containers()
        used = containers.up("itsm", IMAGE)
        theirs.reload()
        [published] = theirs.ports["8005/tcp"]
        assert (used.url, used.ours, used.name) == (f"http://127.0.0.1:{published['HostPort']}", False, theirs.name)
        [listed] = containers.status()
        assert (listed.name, listed.domain, listed.ours, listed.healthy) == (theirs.name, "itsm", False, True)
        assert "(not started from here)" in eog("gym", "status").stdout
        assert containers.down() == []
        theirs.reload()
        assert theirs.status == "running"
    finally:
        theirs.remove(force=True)

    first = containers.up("itsm", IMAGE)
    assert (containers.up("itsm", IMAGE), containers.up("itsm")) == (first, first)
    with pytest.raises(GymError, match=f"runs {IMAGE}, not other:1; remove it first: eog-tui gym down itsm"):
        containers.up("itsm", "other:1")
    assert [container.name for container in containers.down(("itsm",))] == [first.name]


def test_what_another_process_is_starting_is_waited_for(docker_engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def make(*_: object) -> None:
        more = {"labels": {DOMAIN_LABEL: "itsm"}, "environment": {"EOG_GYM": "itsm", "EOG_GYM_PORT": "8005"}}
        ports = {"8005/tcp": ("127.0.0.1", ITSM_PORT)}
        made.append(docker_engine.containers.create(IMAGE, name="eog-tui-itsm", ports=ports, **more))
        threading.Timer(1, made[-1].start).start()

    containers = Containers()
    make()  # it is created, but does not run yet
    assert containers.up("itsm", IMAGE).healthy
    assert ours(docker_engine) == made

    made.pop().pause()
    with pytest.raises(GymError, match="eog-tui-itsm is paused; go on: docker unpause eog-tui-itsm, or"):
        containers.up("itsm", IMAGE)
    containers.down()

    monkeypatch.setattr(Containers, "_pull", make)  # the other was quicker
    assert containers.up("itsm", IMAGE).healthy
    assert ours(docker_engine) == made


@pytest.mark.parametrize("what", ["up", "down"])
def test_processes_that_replace_the_same_dead_container_do_not_mind_each_other(
    docker_engine: Any, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("engine.gyms.docker._starting", nullcontext())  # or these would take turns, as no processes do
    monkeypatch.setattr("engine.gyms.docker._answers", lambda _url: True)
    all_at_once = threading.Barrier(3)

    def work(containers: Containers) -> None:
        all_at_once.wait()
        if what == "up":
            containers.up("itsm", IMAGE)
        else:
            containers.down(("itsm",))

    for _ in range(3):
        dead = docker_engine.containers.create(
            IMAGE, name="eog-tui-itsm", labels={DOMAIN_LABEL: "itsm"}, environment={"EOG_GYM": "nothing of ours"}
        )
        dead.start()
        dead.wait()
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(work, [Containers() for _ in range(3)]))
        assert [container.status for container in ours(docker_engine)] == (["running"] if what == "up" else [])
        Containers().down()


def test_an_image_is_pulled_by_its_tag_or_digest(docker_engine: Any) -> None:
    registry = Served(Starlette(routes=[Route("/v2/", lambda _: Response("{}"))]))
    name = f"127.0.0.1:{registry.port}/team/gyms"
    digest = f"sha256:{'a' * 64}"
    try:
        for image in (name, f"{name}:two", f"{name}@{digest}"):
            with pytest.raises(GymError, match="is not on this machine and cannot be pulled"):
                Containers().up("itsm", image)
    finally:
        registry.stop()
    asked = {path.rpartition("/")[2] for _, path in registry.requests if "/manifests/" in path}
    assert asked == {"latest", "two", digest}


def test_what_goes_wrong_is_said_in_words(docker_engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    containers = Containers()
    with pytest.raises(GymError, match="image eog-nobody/has-this:1 is not on this machine and cannot be pulled"):
        containers.up("itsm", "eog-nobody/has-this:1")
    with pytest.raises(GymError, match="no image of a domain 'astrology'; there are: csm"):
        containers.up("astrology")

    with socket.create_server(("127.0.0.1", ITSM_PORT)):
        with pytest.raises(GymError, match=f"port {ITSM_PORT}, where the itsm gym belongs, is taken"):
            containers.up("itsm", IMAGE)
        assert not ours(docker_engine)

    dying = variant(docker_engine, "eog-tui-test-dying", "print('out of cheese'); raise SystemExit(3)")
    with pytest.raises(GymError, match="eog-tui-itsm died with exit code 3: out of cheese"):
        containers.up("itsm", dying)
    assert "out of cheese" in containers.logs("itsm", 10)
    assert containers.status()[0].state == "exited"

    with pytest.raises(GymError, match="eog-nobody/has-this:1 is not on this machine"):
        containers.up("itsm", "eog-nobody/has-this:1")
    assert "out of cheese" in containers.logs("itsm", 10)  # kept until another takes its place
    with pytest.raises(GymError, match="died with exit code 3"):
        containers.up("itsm")  # the same image again, not the benchmark's

    mute = variant(docker_engine, "eog-tui-test-mute", "import time; time.sleep(60)")
    monkeypatch.setattr("engine.gyms.docker.HEALTHY_WITHIN_SECONDS", 1)
    with pytest.raises(
        GymError, match=r"does not answer at http://127\.0\.0\.1:8006 after 1 s; look at: eog-tui gym logs"
    ):
        containers.up("itsm", mute)
    for image in (dying, mute):
        containers.down()
        docker_engine.images.remove(image, force=True)


def test_without_a_daemon_the_command_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")

    done = eog("gym", "up", "itsm")

    assert done.returncode == 1
    assert "Docker: no daemon answers at unix:///nowhere/docker.sock (No such file or directory)" in done.stderr
    assert "DOCKER_HOST" in done.stderr


def _without_clock_and_chance(store: Store, run_id: int) -> list[Any]:
    def still(row: Any) -> dict[str, Any]:
        return {
            name: value for name, value in (row or {}).items() if not name.endswith(("_at", "_on", "_time", "_token"))
        }

    return [
        (step, change.table, change.op, dict(change.key), still(change.after)) for step, change in store.changes(run_id)
    ]
