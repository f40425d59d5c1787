"""What was used last: the values of the start screen and the sessions one may want to see again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ocpptui.workspace.folders import state_folder

MAX_SESSIONS = 20


@dataclass(frozen=True, slots=True)
class RecentSession:
    """One line of the start screen's list."""

    title: str
    """What it was, for a person: role and URL, or the name of a file."""
    recording: str
    """Path of its recording."""
    ended: int
    """Microseconds since 1970."""


@dataclass(slots=True)
class Recent:
    """The last used values by form and field name, and the latest sessions, newest first."""

    values: dict[str, dict[str, str]] = field(default_factory=dict)
    sessions: list[RecentSession] = field(default_factory=list)

    def remember(self, form: str, values: dict[str, str]) -> None:
        self.values[form] = dict(values)

    def add(self, session: RecentSession) -> None:
        """Put a session in front; an older entry of the same recording goes."""
        others = [other for other in self.sessions if other.recording != session.recording]
        self.sessions = [session, *others][:MAX_SESSIONS]

    def save(self) -> None:
        """Write it down; what cannot be written is forgotten, since nothing depends on it."""
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
    """What was remembered; empty where there is nothing or it cannot be read."""
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
