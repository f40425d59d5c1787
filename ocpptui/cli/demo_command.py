"""`ocpptui demo`: a simulated charge point and central system on loopback."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from ocpptui.cli.options import VersionType, headless_options
from ocpptui.ocpp.version import Version


@click.command("demo")
@click.option("--version", type=VersionType(), default="1.6", show_default=True, help="OCPP version to speak.")
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the recording [default: in the user's state folder].",
)
@click.option(
    "--pace",
    type=click.FloatRange(min=0.01),
    default=1.0,
    show_default=True,
    help="Seconds between the steps of the simulated charge.",
)
@headless_options
def command(version: Version, record: Path | None, pace: float, headless: bool, duration: float | None) -> None:
    """Watch a simulated charge point charge, on this machine alone.

    A charge point and a central system communicate over a loopback socket: boot, status, authorize, start, meter
    values, stop, and the central system's own calls in between. The screen is that of the central system: send calls
    to the charge point, answer it by hand, or stop it.
    """
    from ocpptui.cli.run_session import recording
    from ocpptui.session.demo import Demo

    if duration is not None and not headless:
        raise click.UsageError("--duration needs --headless")
    demo = Demo(version, writer=recording(record, f"demo-{version}"), pace=pace)
    if headless:
        from ocpptui.cli.headless import run_headless

        sys.exit(asyncio.run(run_headless(demo.session, demo.start, duration, close=demo.close)))
    from ocpptui.cli.run_session import run_screen

    run_screen(demo.session, demo.start, demo.close)
