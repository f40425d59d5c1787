"""`ocpptui open FILE…`: look at recordings."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocpptui.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from ocpptui.session.opening import Opening

ROWS_AT_ONCE = 0.05
"""Seconds of reading between two looks at what there is to print."""

PROBLEMS_SHOWN = 20
"""Lines that are no record and are told one by one; the rest is counted."""


@click.command("open")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--headless", is_flag=True, help="No screen: records as JSON Lines on standard output, counts at the end."
)
def command(files: tuple[Path, ...], headless: bool) -> None:
    """Look at recordings, and at Open OCPP Trace files of other tools.

    What of a file cannot be read is said with its line; the rest is shown.

    \b
    Exit codes of --headless: 0 everything was read, 1 some lines were no record, 2 a file could not be read.
    """
    from ocpptui.capture.errors import RecordingError
    from ocpptui.session.opening import Opening

    try:
        opening = Opening(files)
    except RecordingError as error:
        raise click.UsageError(str(error)) from None
    if headless:
        sys.exit(_print(opening))
    from ocpptui.cli.running import show_screen

    sys.exit(show_screen(opening.session, opening=opening, close=opening.close))


def _print(opening: Opening) -> ExitCode:
    from ocpptui.cli.headless import RecordPrinter, say, summary

    timeline = opening.session.timeline
    printer = RecordPrinter(timeline, sys.stdout.buffer)
    printed = 0
    try:
        finished = False
        while not finished:
            finished = opening.advance(ROWS_AT_ONCE)
            while printed < len(timeline):
                printer.print(printed)
                printed += 1
    except BrokenPipeError:
        return ExitCode.DONE
    finally:
        asyncio.run(opening.close())
    shown = opening.problems[:PROBLEMS_SHOWN] if len(timeline) else []
    for problem in shown:
        say(str(problem))
    if len(timeline) and opening.unreadable > len(shown):
        say(f"and {opening.unreadable - len(shown)} more lines that are no record")
    for failure in opening.failures:
        say(failure)
    say(summary(timeline))
    if opening.failures:
        return ExitCode.USAGE
    return ExitCode.FOUND if opening.problems else ExitCode.DONE
