"""The most recent values of the start screen, and the recent sessions."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ocpptui.workspace.folders import state_folder

MAX_SESSIONS = 20


@dataclass(frozen=True, slots=True)
class RecentSession:
    """One line of the list on the start screen."""

    title: str
    """A title for the user: role and URL, or a file name."""
    recording: str
    """The path of its recording."""
    ended: int
    """Microseconds since 1970."""


@dataclass(slots=True)
class Recent:
    """The most recent values, by form and field name, and the recent sessions, newest first."""

    values: dict[str, dict[str, str]] = field(default_factory=dict)
    sessions: list[RecentSession] = field(default_factory=list)

    def remember(self, form: str, values: dict[str, str]) -> None:
        self.values[form] = dict(values)

    def add(self, session: RecentSession) -> None:
        """Put a session first and drop an older entry of the same recording."""
        others = [other for other in self.sessions if other.recording != session.recording]
        self.sessions = [session, *others][:MAX_SESSIONS]

    def save(self) -> None:
        """Write it to the user's folder; a failure is ignored, because nothing depends on it."""
        content = {"values": self.values, "sessions": [asdict(session) for session in self.sessions]}
        try:
            path = _path()
            temporary = path.with_suffix(".new")
            temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
            temporary.chmod(0o600)
            temporary.replace(path)
        except OSError:
            return


def load_recent() -> Recent:
    """The saved values and sessions; empty if there are none or they cannot be read."""
    try:
        content = json.loads(_path().read_text(encoding="utf-8"))
        sessions = [RecentSession(**entry) for entry in content["sessions"] if Path(entry["recording"]).exists()]
        return Recent(_values(content["values"]), sessions)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Recent()


def _values(content: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {form: {str(k): str(v) for k, v in fields.items()} for form, fields in content.items()}


def _path() -> Path:
    return state_folder() / "recent.json"
