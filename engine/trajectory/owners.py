"""Whose run is it, and is that process still there?"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Self

from engine.trajectory.events import now

SILENCE = timedelta(minutes=5)
"""A process that cannot be looked at from here is given up after this time without a heartbeat."""


@dataclass(frozen=True)
class Owner:
    """A process. Process ids come back, so the time it started is part of its name."""

    host: str
    pid: int
    started: str | None

    @classmethod
    def current(cls) -> Self:
        """This process."""
        return cls(_host(), os.getpid(), _start(os.getpid()))

    def __str__(self) -> str:
        """For people: ``process 4711 on lab-3``."""
        return f"process {self.pid} on {self.host.partition(' ')[0]}"

    def is_gone(self, seen_at: datetime) -> bool:
        """Whether it has ended; ``seen_at`` is its last heartbeat, all that is known of another host's processes."""
        if self.host != _host() or self.started is None:
            return now() - seen_at > SILENCE
        return _start(self.pid) != self.started


@cache
def _host() -> str:
    """The world in which a process id means something: the host, and on Linux the container."""
    namespace = Path("/proc/self/ns/pid")
    return f"{platform.node()} {namespace.readlink()}" if namespace.is_symlink() else platform.node()


def _start(pid: int) -> str | None:
    """When a process started, in the words of its system; None when there is none, or no way to know."""
    if Path("/proc/self/stat").exists():
        try:
            # The name, in brackets, may hold blanks and brackets itself. After it: state is field 3, start 22.
            fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{boot} {fields[19]}"
    ps = shutil.which("ps")
    if ps is None:
        return None
    shown = subprocess.run([ps, "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603 - a number, no shell
    return shown.stdout.strip() or None
