"""Crashes of ocpptui: the traceback is written to a file, and the user gets its path."""

from __future__ import annotations

import platform
import traceback
from datetime import UTC, datetime
from pathlib import Path

import textual

from ocpptui import __version__
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.runtime.portable_files import write_private
from ocpptui.workspace.folders import state_folder


def last_words(error: BaseException) -> list[str]:
    """What to print for the user: the error in a line, and the path of its report, or else the report itself."""
    summary = mask_own_text(" ".join("".join(traceback.format_exception_only(error)).split()))
    path = write_report(error)
    if path is not None:
        return [
            f"ocpptui failed: {summary}",
            f"The crash report is in {path}; please attach it when you report the problem.",
        ]
    return [
        f"ocpptui failed: {summary}",
        "The crash report could not be written to a file; here it is.",
        _report(error),
    ]


def write_report(error: BaseException) -> Path | None:
    """Write the crash report and return its path; None if it cannot be written."""
    moment = datetime.now(UTC)
    try:
        folder = state_folder() / "crashes"
        folder.mkdir(exist_ok=True, mode=0o700)
        path = folder / f"{moment:%Y-%m-%dT%H-%M-%S.%fZ}.txt"
        write_private(path, _report(error))
    except OSError:
        return None
    return path


def _report(error: BaseException) -> str:
    """The report, which users attach to an issue: without secrets, since an error may quote a message."""
    return "\n".join(
        [
            f"ocpptui {__version__}, Python {platform.python_version()}, Textual {textual.__version__}",
            f"{platform.platform()}, {datetime.now(UTC).isoformat()}",
            "",
            mask_own_text("".join(traceback.format_exception(error))),
        ]
    )
