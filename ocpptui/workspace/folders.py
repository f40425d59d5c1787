"""Where ocpptui keeps its files: configuration, recordings of live sessions, crash reports, last used values.

`OCPPTUI_HOME`, where set, holds all of them; otherwise they are where the operating system wants them.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path


def config_file() -> Path:
    """The configuration, a TOML file that the user writes."""
    home = os.environ.get("OCPPTUI_HOME")
    if home:
        return Path(home) / "config.toml"
    from platformdirs import user_config_path

    return user_config_path("ocpptui") / "config.toml"


def state_folder() -> Path:
    """What the program writes by itself; made where it is missing, for its user alone. Raises OSError."""
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
    """Recordings of live sessions that were not given a place of their own. Raises OSError."""
    folder = state_folder() / "recordings"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def new_recording(name: str, now: int) -> Path:
    """A path for the recording of a session that begins at `now` (microseconds since 1970); no such file exists yet.

    Where its folder cannot be made, the path is all the same where it would be, and whoever writes there learns why.
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
