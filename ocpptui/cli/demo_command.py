"""`ocpptui demo`: a simulated charge point and central system on loopback."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from ocpptui.cli.number_types import AnyNumber, WholeNumber
from ocpptui.cli.options import VersionType, checked, headless_options
from ocpptui.cli.profile_option import profile_option
from ocpptui.ocpp.version import Transport, Version


@click.command("demo")
@click.option("--version", type=VersionType(), help="OCPP version to speak [default: the profile's, or 1.6].")
@click.option(
    "--transport",
    type=click.Choice(["json", "soap"]),
    help="OCPP-J or OCPP-S [default: json, for 1.2 soap].",
)
@profile_option
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the recording [default: in the user's state folder].",
)
@click.option(
    "--pace",
    type=AnyNumber(min=0.01),
    default=1.0,
    show_default=True,
    help="Seconds between the steps of the simulated charge.",
)
@click.option(
    "--security-profile",
    type=WholeNumber(0, 3),
    help="Have both sides use this profile of OCPP: 1 a password, 2 with TLS, 3 a client certificate.",
)
@headless_options
def command(
    version: Version | None,
    transport: str | None,
    profile: str | None,
    security_profile: int | None,
    record: Path | None,
    pace: float,
    headless: bool,
    duration: float | None,
) -> None:
    """Watch a simulated charge point charge, on this machine alone.

    A charge point and a central system communicate over a loopback socket: boot, status, authorize, start, meter
    values, stop, and the central system's own calls in between. The screen is that of the central system: send calls
    to the charge point, answer it by hand, or stop it. A profile with a schedule has its drivers from there.
    """
    from ocpptui.cli.run_session import recording
    from ocpptui.session.demo import Demo
    from ocpptui.session.station_profiles import profile_named
    from ocpptui.simulator.demo_script import DEMO_STATION

    if duration is not None and not headless:
        raise click.UsageError("--duration needs --headless")
    station = None if profile is None else checked(lambda values: profile_named(profile), {})
    spoken = () if station is None else station.versions
    if version is not None and spoken and version not in spoken:
        raise click.UsageError(f"the profile speaks {', '.join(spoken)}, not {version}")
    chosen = version or (spoken[0] if spoken else Version.V16)
    carried = None if transport is None else Transport(transport)
    if carried is not None and carried not in chosen.spoken_on:
        raise click.UsageError(f"OCPP {chosen} is not spoken over {carried.upper()}")
    built = DEMO_STATION if station is None else station.settings
    writer = recording(record, f"demo-{chosen}")
    demo = checked(
        lambda values: Demo(
            chosen, writer=writer, pace=pace, built=built, security_profile=security_profile, transport=carried
        ),
        {},
    )
    if headless:
        from ocpptui.cli.headless import run_headless

        sys.exit(asyncio.run(run_headless(demo.session, demo.start, duration, close=demo.close)))
    from ocpptui.cli.run_session import run_screen

    run_screen(demo.session, demo.start, demo.close)
