"""Copying text from a terminal, also over SSH: OSC 52, tmux's buffer, the system's clipboard, and always a file."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from textual.app import App

from ocpptui.ocpp.counted import counted, enumerated
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.runtime.portable_files import write_private
from ocpptui.workspace.folders import state_folder

MAX_OSC52 = 74_994
"""Bytes that fit into one OSC 52 sequence: terminals such as hterm and tmux accept 100,000 bytes of base64."""
PATIENCE = 2.0
"""Seconds that another program may take."""
CLIPBOARD_PROGRAMS = {"darwin": ("pbcopy", "utf-8"), "win32": ("clip", "utf-16")}
CLIPBOARD_PROGRAM = CLIPBOARD_PROGRAMS.get(sys.platform)
"""The program that copies its input, with its encoding, on systems whose usual terminal lacks OSC 52."""


async def copy(app: App[object], text: str, *, keeps_secrets: bool = False) -> str:
    """Copy a text by every available means, without its secrets, and return a sentence that names them."""
    text = text if keeps_secrets else mask_own_text(text)
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate has no bytes
    size = counted(len(text), "character")
    ways: list[str] = []
    fits = len(text.encode()) <= MAX_OSC52
    if fits:
        app.copy_to_clipboard(text)
        ways.append("to the terminal's clipboard")
    if os.environ.get("TMUX") and await _to_tmux(text):
        ways.append("to tmux's buffer")
    if await _to_system(text):
        ways.append("to the clipboard")
    path = _to_file(text)
    if path is not None:
        ways.append(f"to {path}")
    if not ways:
        return f"{size} could not be copied: too long for the terminal, and no file could be written."
    too_long = "" if fits else "; too long for the terminal's clipboard"
    return f"Copied {size} {enumerated(ways)}{too_long}."


async def _to_tmux(text: str) -> bool:
    """Copy into tmux's buffer, and with `-w` (tmux 3.2) into the clipboard of the terminal around it."""
    return await _load_buffer(text, "-w") or await _load_buffer(text)


async def _load_buffer(text: str, *options: str) -> bool:
    return await _given_to(text.encode(), "tmux", "load-buffer", *options, "-")


async def _to_system(text: str) -> bool:
    """Copy into the clipboard of this machine, unless the user sits at another one."""
    if CLIPBOARD_PROGRAM is None or "SSH_CONNECTION" in os.environ:
        return False
    program, encoding = CLIPBOARD_PROGRAM
    return await _given_to(text.encode(encoding), program)


async def _given_to(data: bytes, name: str, *arguments: str) -> bool:
    """Whether a program accepted this as its input."""
    program = shutil.which(name)
    if program is None:
        return False
    process: asyncio.subprocess.Process | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            process = await asyncio.create_subprocess_exec(
                program, *arguments,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            await process.communicate(data)
    except (OSError, TimeoutError):
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        return False
    return process.returncode == 0


def _to_file(text: str) -> Path | None:
    """Write a file that only the user can read; None if that fails."""
    try:
        path = state_folder() / "copied.txt"
        write_private(path, text)
    except OSError:
        return None
    return path
