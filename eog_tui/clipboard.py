"""Copying: through the system's own tool where there is one, and always through the terminal (OSC 52)."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

SECONDS = 2.0
"""How long a clipboard tool may take."""

_TOOLS: dict[str, tuple[str, ...]] = {
    "wl-copy": (),
    "xclip": ("-selection", "clipboard"),
    "xsel": ("--clipboard", "--input"),
    "pbcopy": (),
    "clip.exe": (),
}


def clipboard_tool() -> str | None:
    """Name of the tool that fits this session; None when only the terminal can help."""
    wanted = []
    if os.environ.get("WAYLAND_DISPLAY"):
        wanted.append("wl-copy")
    if os.environ.get("DISPLAY"):
        wanted += ["xclip", "xsel"]
    if sys.platform == "darwin":
        wanted.append("pbcopy")
    if sys.platform == "win32" or Path("/proc/sys/fs/binfmt_misc/WSLInterop").exists():
        wanted.append("clip.exe")
    return next((name for name in wanted if shutil.which(name)), None)


async def copy_natively(text: str) -> str | None:
    """Hand ``text`` to the clipboard tool; returns its name, or None when there is none or it did not take it."""
    name = clipboard_tool()
    if name is None:
        return None
    try:
        process = await asyncio.create_subprocess_exec(
            name,
            *_TOOLS[name],
            stdin=asyncio.subprocess.PIPE,
            # xclip and wl-copy stay in the background and would keep a pipe open.
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    # Windows' clip.exe reads UTF-16; the others read UTF-8.
    data = text.encode("utf-16" if name == "clip.exe" else "utf-8", errors="replace")
    try:
        await asyncio.wait_for(process.communicate(data), SECONDS)
    except TimeoutError:
        process.kill()
        return None
    return name if process.returncode == 0 else None
