"""Complete files for the commands that need them: replay and diff."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocpptui.cli.output import say

if TYPE_CHECKING:
    from ocpptui.session.file_session import FileSession


def read_whole(paths: Sequence[Path], *, keep_secrets: bool = False) -> FileSession:
    """Read the files completely; the number of unreadable lines is reported on standard error.

    Raises click.UsageError if a file cannot be read.
    """
    from ocpptui.recording.file_errors import RecordingError
    from ocpptui.session.file_session import FileSession

    try:
        opening = FileSession(paths, keep_secrets=keep_secrets, diagnoses=False)
        opening.read_whole()
    except RecordingError as error:
        raise click.UsageError(str(error)) from None
    if opening.failures:
        raise click.UsageError("; ".join(opening.failures))
    if opening.unreadable:
        names = ", ".join(map(str, paths))
        say(f"{names}: {opening.unreadable} lines are not records and were left out")
    return opening
