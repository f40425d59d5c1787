"""The most recent values of the start screen, and the recent sessions."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ocpptui.runtime.portable_files import write_private
from ocpptui.workspace.folders import state_folder

MAX_SESSIONS = 20
LATEST = 32_503_680_000_000_000
"""Microseconds since 1970 of the year 3000; the functions of the operating system fail with times far beyond it."""


@dataclass(frozen=True, slots=True)
class RecentSession:
    """One line of the list on the start screen."""

    title: str
    """A title for the user: role and URL, or a file name."""
    recording: str
    """The path of its recording."""
    ended: int
    """Microseconds since 1970."""
    form: str = ""
    """The form of the start screen that begins it again; empty if none does."""
    values: dict[str, str] = field(default_factory=dict)
    """The values of that form, none of them secret."""
    missing: str = ""
    """What these values do not have."""
    further: tuple[str, ...] = ()
    """The paths of the files that were opened together with it."""

    @property
    def paths(self) -> tuple[str, ...]:
        """All that it shows, in the order in which they were opened."""
        return (self.recording, *self.further)


@dataclass(slots=True)
class Recent:
    """The most recent values, by form and field name, and the recent sessions, newest first."""

    values: dict[str, dict[str, str]] = field(default_factory=dict)
    sessions: list[RecentSession] = field(default_factory=list)
    damage: str = ""
    """What happened to the file if it was damaged, as a sentence; the next time, there is nothing to say."""

    def remember(self, form: str, values: dict[str, str]) -> None:
        self.values[form] = dict(values)

    def add(self, session: RecentSession) -> None:
        """Put a session first and drop an older entry of the same recordings."""
        others = [other for other in self.sessions if other.paths != session.paths]
        self.sessions = [session, *others][:MAX_SESSIONS]

    def save(self) -> None:
        """Write it to the user's folder; a failure is ignored, because nothing depends on it."""
        content = {"values": self.values, "sessions": [asdict(session) for session in self.sessions]}
        try:
            path = _path()
            temporary = path.with_suffix(".new")
            write_private(temporary, json.dumps(content, indent=1))
            temporary.replace(path)
        except OSError:
            return


def load_recent() -> Recent:
    """The saved values and sessions; empty if there are none or they cannot be read.

    A damaged file is renamed, so that nothing in it is lost and it can do no harm again.
    """
    try:
        content = json.loads(_path().read_text(encoding="utf-8"))
        values = {form: _strings(fields) for form, fields in _object(content["values"]).items()}
        sessions = [_session(_object(entry)) for entry in _list(content["sessions"])]
    except OSError:
        return Recent()
    except (ValueError, KeyError, TypeError, RecursionError):
        return Recent(damage=_put_aside())
    return Recent(values, [session for session in sessions if _exists(session.recording)])


def _put_aside() -> str:
    """Rename the damaged file; the sentence about it."""
    try:
        aside = _path().with_name("recent-damaged.json")
        _path().replace(aside)
    except OSError as error:
        return f"The list of recent sessions is damaged: {error.strerror or error}."
    return f"The list of recent sessions was damaged and begins anew. The old one is {aside}."


def _session(entry: dict[str, Any]) -> RecentSession:
    """Raises KeyError, TypeError and ValueError."""
    ended = entry["ended"]
    if type(ended) is not int or not 0 <= ended <= LATEST:
        raise ValueError(f"{ended!r} is not a time")
    form, values, missing = entry.get("form", ""), entry.get("values", {}), entry.get("missing", "")
    title, recording = _string(entry["title"]), _string(entry["recording"])
    further = tuple(map(_string, _list(entry.get("further", []))))
    return RecentSession(title, recording, ended, _string(form), _strings(values), _string(missing), further)


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return False


def _strings(fields: object) -> dict[str, str]:
    return {name: _string(value) for name, value in _object(fields).items()}


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not an object")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a string")
    return value


def _path() -> Path:
    return state_folder() / "recent.json"
