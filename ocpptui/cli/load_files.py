"""Complete files for the commands that need them: replay and diff, report and sql."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.configured_limits import configured_limits
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.importing_options import import_options_of, tell
from ocpptui.cli.output import drop_output, say, say_secrets_are_kept

if TYPE_CHECKING:
    from ocpptui.session.file_session import FileSession

AT_ONCE = 0.5
"""Seconds of work on files between two checks for the end."""


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
        say(f"{opening.name}: {opening.unreadable_words}; left out")
    return opening


@contextmanager
def summed_up(paths: tuple[Path, ...], given: dict[str, Any]) -> Iterator[FileSession]:
    """The files of a command that prints what they add up to; `given` are its importing options.

    At the end it reports on standard error what was left out, and ends the process with exit code 2 if a file could not
    be read or has no record. A reader of standard output that goes away is not an error. Raises click.UsageError.
    """
    from ocpptui.recording.file_errors import RecordingError
    from ocpptui.session.file_session import FileSession

    if given["keep_secrets"]:
        say_secrets_are_kept()
    try:
        opening = FileSession(paths, import_options_of(given, paths), keep_secrets=given["keep_secrets"])
    except RecordingError as error:
        raise click.UsageError(str(error)) from None
    opening.session.diagnosis.limits = configured_limits()
    try:
        yield opening
    except BrokenPipeError:
        with suppress(OSError):
            drop_output()
        return
    finally:
        asyncio.run(opening.close())
    tell(opening, everything=given["show_skipped"])
    if opening.failures or not len(opening.session.timeline):
        sys.exit(ExitCode.USAGE)
