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
    """What the program writes by itself; made where it is missing, for its user alone."""
    home = os.environ.get("OCPPTUI_HOME")
    if home:
        folder = Path(home)
    else:
        from platformdirs import user_state_path

        folder = user_state_path("ocpptui")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def recordings_folder() -> Path:
    """Recordings of live sessions that were not given a place of their own."""
    folder = state_folder() / "recordings"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def new_recording(name: str, now: int) -> Path:
    """A path for the recording of a session that begins at `now` (microseconds since 1970); no such file exists yet."""
    stamp = datetime.fromtimestamp(now / 1e6, UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    folder = recordings_folder()
    path = folder / f"{stamp}-{name}.jsonl"
    number = 2
    while path.exists():
        path = folder / f"{stamp}-{name}-{number}.jsonl"
        number += 1
    return path
