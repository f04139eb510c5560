"""A Docker daemon and an image to test with, where no image can be pulled: this machine's own Python and libraries."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]

IMAGE = "eog-tui-test-gyms"

NEEDED = "engine.gyms.server eog_tui.commands.gym rich.console engine.gyms.domains.itsm uvicorn.protocols.http.auto"
"""What the program in the container imports; its files are found by importing it here."""


def reachable() -> str | None:
    """Why no Docker daemon answers; None if one does."""
    import docker

    try:
        docker.from_env().ping()
    except docker.errors.DockerException as error:
        return str(error)
    return None


@contextmanager
def daemon() -> Iterator[str | None]:
    """Make sure that a daemon answers: the one that does, or one of our own if we may. Yields why not.

    Containers, ports and networks belong to the whole machine, so test processes take turns.
    """
    with (Path(tempfile.gettempdir()) / "eog-tui-docker-tests.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        problem = reachable()
        if problem is None or not shutil.which("dockerd") or os.geteuid() != 0:
            yield problem
            return
        folder = Path(tempfile.mkdtemp(prefix="eog-docker-"))
        socket = f"unix://{folder / 'docker.sock'}"
        places = {"data-root": "data", "exec-root": "exec", "pidfile": "pid"}
        words = ["dockerd", "--host", socket, *(f"--{option}={folder / name}" for option, name in places.items())]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log)
            os.environ["DOCKER_HOST"] = socket
            try:
                deadline = time.monotonic() + 30
                while (problem := reachable()) and process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.2)
                if problem:
                    problem += "\n" + (folder / "log").read_text()[-1000:]
                yield problem
            finally:
                del os.environ["DOCKER_HOST"]
                process.terminate()
                process.wait(30)
                shutil.rmtree(folder, ignore_errors=True)


def import_image(client: Any) -> None:
    """Make the test image from the files that this Python needs to serve a gym."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root.tar"
        with tarfile.open(root, "w", format=tarfile.GNU_FORMAT) as tar:
            for path in sorted(_files()):
                tar.add(path.resolve(), arcname=str(path))
            empty = tarfile.TarInfo("tmp")
            empty.type, empty.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(empty)
        packages = sysconfig.get_path("purelib")
        settings = [
            f"ENV PYTHONHOME={sys.base_prefix} PYTHONPATH={PROJECT}:{packages} PYTHONDONTWRITEBYTECODE=1",
            f'CMD ["{Path(sys.executable).resolve()}", "-m", "eog_tui", "gym", "serve", "--host", "0.0.0.0"]',
        ]
        client.api.import_image(src=str(root), repository=IMAGE, tag="latest", changes=settings)


def _files() -> set[Path]:
    python = Path(sys.executable).resolve()
    files = {python}
    library = Path(sysconfig.get_path("stdlib"))
    unused = {"site-packages", "test", "idlelib", "tkinter", "lib2to3", "__pycache__"}
    files |= {path for path in library.rglob("*") if path.is_file() and unused.isdisjoint(path.parts)}
    packages = Path(sysconfig.get_path("purelib"))
    for name in _imported(packages):
        found = packages / name
        files |= {path for path in found.rglob("*") if path.is_file()} if found.is_dir() else {found}
    files |= {path for path in packages.glob("*.dist-info/*") if path.is_file()}
    for part in ("engine", "eog_tui"):
        files |= {path for path in (PROJECT / part).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    binaries = [python, *(path for path in files if ".so" in path.suffixes)]
    return files | _linked(binaries)


def _imported(packages: Path) -> set[str]:
    """Top-level files and folders of the installed packages that are in use."""
    code = (
        f"import sys, importlib\nfor name in {NEEDED.split()!r}: importlib.import_module(name)\n"
        "print(*(getattr(module, '__file__', None) or '' for module in list(sys.modules.values())), sep='\\n')"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    paths = (Path(line) for line in found.stdout.splitlines() if line)
    return {path.relative_to(packages).parts[0] for path in paths if path.is_relative_to(packages)}


def _linked(binaries: list[Path]) -> set[Path]:
    """The shared libraries behind them, under the names that the loader looks for."""
    told = subprocess.run(["ldd", *map(str, binaries)], capture_output=True, text=True, check=False).stdout
    words = (word for line in told.splitlines() if not line.endswith(":") for word in line.split())
    return {Path(word) for word in words if word.startswith("/") and Path(word).is_file()}
