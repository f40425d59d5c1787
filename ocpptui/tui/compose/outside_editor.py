"""Edits a text in the program that `$VISUAL` or `$EDITOR` names, while the screen is suspended."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from ocpptui.runtime.portable_files import write_private
from ocpptui.tui.terminal import TerminalApp

LARGEST_TEXT = 20_000_000
"""Bytes that are read back."""


class NotEdited(Exception):
    """The text could not be edited; the message says why, as a sentence."""


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """The program and its arguments. Raises NotEdited."""
    name = next((one for one in ("VISUAL", "EDITOR") if environment.get(one, "").strip()), None)
    if name is None:
        raise NotEdited("There is no editor: set the environment variable EDITOR, for example to vi.")
    try:
        words = shlex.split(environment[name], posix=sys.platform != "win32")
    except ValueError as error:
        raise NotEdited(f"{name} is not a command: {error}.") from None
    if not words or shutil.which(words[0]) is None:
        raise NotEdited(f"The editor of {name} is not installed: {environment[name]}.")
    return words


async def edited_outside(app: App[Any], text: str, suffix: str) -> str:
    """The text as the user left it in the editor. Connections go on meanwhile. Raises NotEdited."""
    command = editor_command(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="ocpptui-"))  # private: the text may have a secret
    file = folder / f"message{suffix}"
    try:
        write_private(file, text)
        with _lent(app), app.batch_update(), app.suspend():
            process = await asyncio.create_subprocess_exec(*command, str(file))
            code = await process.wait()
        if code:
            raise NotEdited(f"The editor ended with code {code}; nothing is changed.")
        return _read(file)
    except SuspendNotSupported:
        raise NotEdited("This terminal cannot be handed to an editor.") from None
    except OSError as error:
        raise NotEdited(f"The editor cannot be used: {error.strerror or error}.") from None
    finally:
        _remove(folder)


@contextmanager
def _lent(app: App[Any]) -> Iterator[None]:
    """Let ctrl+c in the editor not end us."""
    if isinstance(app, TerminalApp):
        app.is_lent = True
    try:
        yield
    finally:
        if isinstance(app, TerminalApp):
            app.is_lent = False


def _read(file: Path) -> str:
    """Raises OSError and NotEdited."""
    with file.open("rb") as opened:
        content = opened.read(LARGEST_TEXT + 1)
    if len(content) > LARGEST_TEXT:
        raise NotEdited(f"The text is larger than {LARGEST_TEXT / 1e6:g} MB; nothing is changed.")
    try:
        return content.decode("utf-8-sig").removesuffix("\n")
    except UnicodeDecodeError:
        raise NotEdited("The text is not UTF-8; nothing is changed.") from None


def _remove(folder: Path) -> None:
    """Remove the file, what the editor has written beside it, and the folder."""
    with suppress(OSError):
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
