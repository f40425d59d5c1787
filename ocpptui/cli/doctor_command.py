"""`ocpptui doctor URL`: why a charge point does not get in, step by step."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocpptui.cli.charge_point_command import client_options
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.number_types import AnyNumber
from ocpptui.cli.options import settings_from
from ocpptui.cli.output import say, show_json, show_sentences

if TYPE_CHECKING:
    from ocpptui.doctor.examination import Examination
    from ocpptui.doctor.examination_report import ExaminationReport


@click.command("doctor")
@click.argument("url")
@client_options
@click.option("--boot", is_flag=True, help="Also send a BootNotification; without it, no OCPP message is sent.")
@click.option(
    "--idle",
    type=AnyNumber(min=0),
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="Watch a silent connection for a time-out this long.",
)
@click.option("--full", is_flag=True, help="Show what was seen in every step, not only where something is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON at the end.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Also write it here, as a page.")
def command(url: str, boot: bool, idle: float, full: bool, as_json: bool, page: Path | None, **options: object) -> None:
    """Say why a charge point does not get in: name, addresses, TCP, TLS, certificate, HTTP upgrade, credentials, path,
    subprotocols, compression, ping and clock, each tried by itself; for http:// and https:// (OCPP-S) the SOAP service,
    its WSDL and its versions.

    Nothing is changed: without --boot, no OCPP message is sent. A refused password is tried once more at most, in its
    other reading, and no password goes to a server whose certificate is not trusted. While it runs, it is connected
    with the id that is given; a charge point with the same id may be disconnected by that.

    Exit codes: 0 nothing failed, 1 something failed, 2 wrong usage, 3 neither a WebSocket
    nor an envelope came back.

    \b
    Examples:
      ocpptui doctor ws://localhost:9000/CP001
      ocpptui doctor wss://csms.example/ocpp --id CP001 --ask-password --html report.html
      ocpptui doctor ws://localhost:9000/CP001 --version 1.6 --boot --idle 90
      ocpptui doctor http://localhost:9000/ --id CP001 --version 1.5
    """
    from ocpptui.doctor.examination import Examination, ExaminationOptions
    from ocpptui.session.settings import client_settings

    settings = settings_from(client_settings, {**options, "url": url, "no_reconnect": True})
    examination = Examination(settings, ExaminationOptions(boot, idle), environment=os.environ)
    report = asyncio.run(_examine(examination, quiet=as_json, whole=full))
    if as_json:
        show_json(report.to_dict())
    if page is not None:
        _write_page(report, page)
    sys.exit(_exit_code(report))


async def _examine(examination: Examination, *, quiet: bool, whole: bool) -> ExaminationReport:
    from ocpptui.cli.option_remedies import option_remedy
    from ocpptui.cli.output import Heading
    from ocpptui.doctor.examination_report import step_lines

    if not quiet:
        show_sentences([Heading(f"Examining {examination.report.url}"), ""])
    async for step in examination.steps():
        if not quiet:
            show_sentences(step_lines(step, option_remedy, whole=whole))
    report = examination.report
    if not quiet:
        show_sentences(["", Heading(report.verdict), report.effort])
    return report


def _write_page(report: ExaminationReport, page: Path) -> None:
    from ocpptui.exporting.examination_page import examination_page
    from ocpptui.exporting.whole_file import whole_file

    try:
        with whole_file(page) as out:
            out.writelines(f"{line}\n".encode() for line in examination_page(report))
    except OSError as error:
        say(f"Error: {page} cannot be written: {error.strerror}")
        sys.exit(ExitCode.USAGE)


def _exit_code(report: ExaminationReport) -> ExitCode:
    from ocpptui.doctor.examined_step import StepState

    if not report.is_connected:
        return ExitCode.NO_CONNECTION
    return ExitCode.FOUND if report.state is StepState.FAILED else ExitCode.DONE
