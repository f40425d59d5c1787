"""`ocpptui report FILE…`: how charge points did over a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ocpptui.cli.importing_options import import_options, merge_options
from ocpptui.cli.load_files import AT_ONCE, summed_up
from ocpptui.cli.output import show_lines

FORMATS = ("text", "json", "csv", "html")


@click.command("report")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path, allow_dash=True))
@import_options
@merge_options
@click.option(
    "--format", "wanted", type=click.Choice(FORMATS), default="text", show_default=True, help="Of the report."
)
@click.option("--charge-point", "charge_points", multiple=True, metavar="ID", help="Only this one. Repeatable.")
def command(files: tuple[Path, ...], wanted: str, charge_points: tuple[str, ...], **given: Any) -> None:
    """Report how each charge point did: uptime (connected, and each port available), sessions, attempts and
    first-attempt success, energy, durations, stop reasons, faults, latency by action, unanswered calls, retries,
    reconnects with the reason of the close, boots, and problems by rule. FILE is a recording, or a log or capture of
    another tool; - is standard input.

    What the files do not show is unknown and not zero. The report ends with how everything is counted.

    Exit codes: 0 done, 2 wrong usage, or a file could not be read or has no record.

    \b
    Examples:
      ocpptui report session.jsonl
      ocpptui report central-system.log --charge-point CP001 --format json
    """
    from ocpptui.exporting.report_formats import Reported, ReportFormat
    from ocpptui.reporting.operating_report import OperatingReport

    with summed_up(files, given) as opening:
        opening.read_whole()
        timeline = opening.session.timeline
        names = timeline.charge_points()
        if unknown := [name for name in charge_points if name not in names]:
            raise click.UsageError(f"--charge-point {unknown[0]}: the file has {', '.join(names) or 'none'}")
        report = OperatingReport(timeline)
        while not report.advance(AT_ONCE):
            pass
        incomplete = tuple(opening.unread)
        reported = Reported(report, opening.name, len(opening.paths) == 1, frozenset(charge_points), incomplete)
        show_lines(ReportFormat(wanted).lines(reported))
