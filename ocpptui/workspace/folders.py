"""Where ocpptui keeps its files: configuration, recordings of live sessions, crash reports, recent values.

If `OCPPTUI_HOME` is set, that folder holds all of them; otherwise they follow the operating system's conventions.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path


def config_file() -> Path:
    """The configuration: a TOML file written by the user."""
    home = os.environ.get("OCPPTUI_HOME")
    if home:
        return Path(home) / "config.toml"
    from platformdirs import user_config_path

    return user_config_path("ocpptui") / "config.toml"


def saved_calls_folder() -> Path:
    """The folder of the calls that the user has saved by name; it may be missing."""
    return config_file().parent / "calls"


def test_authority_folder() -> Path:
    """The folder of our own test CA; it may be missing. Raises OSError."""
    return state_folder() / "test-ca"


def state_folder() -> Path:
    """The folder for what the program writes by itself, created if missing, private to the user. Raises OSError."""
    folder = _state_path()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _state_path() -> Path:
    home = os.environ.get("OCPPTUI_HOME")
    if home:
        return Path(home)
    from platformdirs import user_state_path

    return user_state_path("ocpptui")


def recordings_folder() -> Path:
    """The folder for recordings of live sessions without a path of their own. Raises OSError."""
    folder = state_folder() / "recordings"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def new_recording(name: str, now: int) -> Path:
    """An unused path for the recording of a session that begins at `now` (microseconds since 1970).

    If its folder cannot be created, the path is the intended one all the same, and writing to it fails with the reason.
    """
    stamp = datetime.fromtimestamp(now / 1e6, UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    try:
        folder = recordings_folder()
    except OSError:
        folder = _state_path() / "recordings"
    path = folder / f"{stamp}-{name}.jsonl"
    number = 2
    while os.path.lexists(path):
        path = folder / f"{stamp}-{name}-{number}.jsonl"
        number += 1
    return path
