"""How the user left the screen: widths of the panes, theme, and what the log shows. One small file for all sessions."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from ocpptui.runtime.portable_files import write_private
from ocpptui.workspace.folders import state_folder


@dataclass(frozen=True, slots=True)
class RememberedView:
    """The choices of the user; the defaults are what a first start shows."""

    theme: str = ""
    """The name of the theme chosen last; empty for none."""
    left_width: int = 36
    """Cells for charge points and state beside the log."""
    inspector_width: int = 38
    """Percent of the width of log and inspector side by side."""
    inspector_height: int = 55
    """Percent of their height, one above the other."""
    shows_pings: bool = False
    is_folded: bool = False
    time_shown: str = ""
    """What the times in the log count from: the name of a `TimeShown`; empty for the time of day."""


def load_view() -> RememberedView:
    """What was remembered; what is missing or of a wrong type is as at a first start."""
    try:
        content = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return RememberedView()
    found = content if isinstance(content, dict) else {}
    first = RememberedView()
    kept = {
        field.name: found[field.name]
        for field in fields(RememberedView)
        if type(found.get(field.name)) is type(getattr(first, field.name))
    }
    return replace(first, **kept)


def remember(**choices: Any) -> None:
    """Change some of what is remembered: another screen may have changed the rest meanwhile.

    A failure is ignored, because nothing depends on it.
    """
    try:
        path = _path()
        temporary = path.with_suffix(".new")
        write_private(temporary, json.dumps(asdict(replace(load_view(), **choices)), indent=1))
        temporary.replace(path)
    except OSError:
        return


def _path() -> Path:
    return state_folder() / "view.json"
