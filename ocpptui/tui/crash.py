"""A crash of ours: the traceback goes into a file whose path the user is told."""

from __future__ import annotations

import platform
import traceback
from datetime import UTC, datetime
from pathlib import Path

import textual

from ocpptui import __version__
from ocpptui.session.folders import state_folder


def write_report(error: BaseException) -> Path | None:
    """Write what happened; where it is, or None where nothing can be written."""
    moment = datetime.now(UTC)
    text = "\n".join(
        [
            f"ocpptui {__version__}, Python {platform.python_version()}, Textual {textual.__version__}",
            f"{platform.platform()}, {moment.isoformat()}",
            "",
            "".join(traceback.format_exception(error)),
        ]
    )
    try:
        folder = state_folder() / "crashes"
        folder.mkdir(exist_ok=True, mode=0o700)
        path = folder / f"{moment:%Y-%m-%dT%H-%M-%SZ}.txt"
        path.write_text(text, encoding="utf-8")
    except OSError:
        return None
    return path
