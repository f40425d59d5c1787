"""`ocpptui open FILE…`: view recordings and captures of other tools."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.configured_limits import configured_limits, configured_meter_keys
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.importing_options import import_options, import_options_of, merge_options, tell
from ocpptui.cli.output import output_file, say, say_secrets_are_kept

if TYPE_CHECKING:
    from ocpptui.session.file_session import FileSession

ROWS_AT_ONCE = 0.05
"""Seconds of reading before the new records are printed."""


@click.command("open")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path, allow_dash=True))
@import_options
@click.option("--charge-point", metavar="ID", help="Charge point of all frames [default: found in the lines].")
@merge_options
@click.option("--follow", is_flag=True, help="Keep reading as the file grows.")
@click.option(
    "--headless", is_flag=True, help="No screen: records as JSON Lines on standard output, counts at the end."
)
def command(files: tuple[Path, ...], headless: bool, **given: Any) -> None:
    """View recordings, and logs and captures of other tools. FILE - is standard input.

    A file may be a recording, Open OCPP Trace, any line-based log that contains OCPP frames, JSON, CSV or HAR, and any
    of these compressed. Several files become one timeline, sorted by time. What a log does not say (the charge point,
    the direction of a frame, the date, the time zone, the OCPP version) is inferred from the whole of it; each of these
    can be set instead.

    Exit codes of --headless: 0 everything was read, 1 a part could not be read, 2 a file could not be read.
    """
    from ocpptui.recording.file_errors import RecordingError
    from ocpptui.runtime.standard_input import STANDARD_INPUT
    from ocpptui.session.file_session import FileSession

    try:
        opening = FileSession(files, import_options_of(given, files), keep_secrets=given["keep_secrets"])
    except RecordingError as error:
        raise click.UsageError(str(error)) from None
    opening.session.diagnosis.limits = configured_limits()
    if headless:
        waits = not given["follow"] and STANDARD_INPUT not in files
        code = _print(opening, given["show_skipped"], waits=waits)
        sys.exit(ExitCode.DONE if code is ExitCode.INTERRUPTED and given["follow"] else code)
    from ocpptui.cli.run_session import show_screen

    if STANDARD_INPUT in files:
        _take_keys_from_terminal()
    sys.exit(show_screen(opening.session, opening=opening, close=opening.close))


def _print(opening: FileSession, everything: bool, *, waits: bool) -> ExitCode:
    """Print the records; `waits` until the whole file is read, since a later record may show what is a secret."""
    from ocpptui.cli.headless import RecordPrinter, summary

    timeline = opening.session.timeline
    printer = RecordPrinter(timeline, output_file(), configured_meter_keys())
    printed, interrupted = 0, False
    if opening.session.settings.keep_secrets:
        say_secrets_are_kept()
    try:
        try:
            if waits:
                opening.read_whole()
            finished = False
            while not finished:
                finished = opening.advance(ROWS_AT_ONCE)
                opening.find_secrets(ROWS_AT_ONCE)
                diagnosis = opening.session.diagnosis
                diagnosis.advance(ROWS_AT_ONCE)
                # A call whose time-out is not over may still turn out to be unanswered.
                known = len(timeline) if finished or opening.idle else min(diagnosis.settled, diagnosis.diagnosed)
                while printed < known:
                    printer.print(printed)
                    printed += 1
                if opening.idle and not finished:
                    output_file().flush()
                    opening.pause()
        except KeyboardInterrupt:
            interrupted = True
        printer.finish(printed)
    except BrokenPipeError:
        return ExitCode.DONE
    finally:
        asyncio.run(opening.close())
    tell(opening, everything=everything)
    say(summary(timeline))
    if interrupted:
        return ExitCode.INTERRUPTED
    if opening.failures:
        return ExitCode.USAGE
    return ExitCode.FOUND if opening.problems else ExitCode.DONE


def _take_keys_from_terminal() -> None:
    """Let the screen read keys from the terminal, because standard input is the file to view."""
    try:
        terminal = os.open("CONIN$" if sys.platform == "win32" else "/dev/tty", os.O_RDWR)
    except OSError:
        raise click.UsageError("there is no terminal to read keys from; use --headless") from None
    os.dup2(terminal, 0)
    os.close(terminal)
