"""`ocpptui charge-point URL`: connect as a charge point."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocpptui.cli.number_types import WholeNumber
from ocpptui.cli.options import (
    callback_option,
    checked,
    combined,
    header_option,
    headless_options,
    password_options,
    session_options,
    settings_from,
    size_options,
    tls_options,
    versions_option,
)
from ocpptui.cli.profile_option import profile_option

if TYPE_CHECKING:
    from ocpptui.session.session import Session

client_options = combined(
    click.option("--id", "charge_point", help="The charge point's id [default: the last segment of the URL]."),
    versions_option,
    click.option(
        "--soap-port",
        type=WholeNumber(0, 65535),
        default=0,
        help="OCPP-S: the port for requests of the central system; 0 picks a free one.",
    ),
    click.option(
        "--soap-cert",
        type=click.Path(exists=True, dir_okay=False),
        help="OCPP-S: take those requests over HTTPS with this certificate chain, PEM.",
    ),
    click.option("--soap-key", type=click.Path(exists=True, dir_okay=False), help="Its private key, PEM."),
    callback_option,
    click.option("--url-exact", is_flag=True, help="Request the URL as given, without appending the id."),
    password_options,
    click.option("--ca", type=click.Path(exists=True, dir_okay=False), help="PEM file of the CA to trust."),
    click.option("--insecure", is_flag=True, help="Do not verify the server's certificate."),
    click.option("--cert", type=click.Path(exists=True, dir_okay=False), help="Our certificate, PEM (profile 3)."),
    click.option("--key", type=click.Path(exists=True, dir_okay=False), help="Its private key, PEM."),
    tls_options,
    header_option,
    size_options,
)
"""The options for connecting as a charge point; `charge-point`, `send` and `replay` share them."""


@click.command("charge-point")
@click.argument("url")
@client_options
@click.option("--no-reconnect", is_flag=True, help="Exit when the connection ends or cannot be made.")
@profile_option
@click.option("--vendor", help="chargePointVendor of the BootNotification [default: the profile's, or ocpptui].")
@click.option("--model", help="Model of the BootNotification [default: the profile's, or Simulator].")
@click.option("--serial", help="Serial number of the BootNotification [default: the profile's, or none].")
@click.option("--connectors", type=WholeNumber(1, 100), help="Number of connectors [default: the profile's, or 1].")
@click.option(
    "--count",
    type=WholeNumber(1, 5000),
    default=1,
    show_default=True,
    help="So many charge points; {} in --id is the place of their number, {:03} with zeros.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False),
    help="Keep settings, lists, profiles, energy and messages that wait in this file, and go on from it.",
)
@session_options
@headless_options
def command(
    record: Path | None,
    headless: bool,
    duration: float | None,
    control: str | None,
    count: int,
    **options: object,
) -> None:
    """Connect to a central system as a charge point.

    URL is the endpoint, ws:// or wss://, with or without the charge point's id at its end, or http:// or https:// for
    OCPP-S (SOAP) 1.2, 1.5 and 1.6. It boots, reports its connectors, sends heartbeats and answers every call
    automatically; --manual leaves all of that to you. With --count, all share --soap-port.

    \b
    Examples:
      ocpptui charge-point ws://localhost:9000 --id CP001
      ocpptui charge-point wss://csms.example/ocpp/CP001 --version 2.0.1 --ask-password
      ocpptui charge-point ws://localhost:9000 --id 'CP{:03}' --count 20
      ocpptui charge-point ws://localhost:9000 --id CP001 --profile dc-fast
      ocpptui charge-point http://localhost:9000/ocpp --id CP001 --version 1.5
    """
    from ocpptui.cli.run_session import run
    from ocpptui.ocpp.version import Role
    from ocpptui.session.settings import client_settings, session_settings

    settings = settings_from(client_settings, options)
    if count > 1 and options["state"]:
        raise click.UsageError("--state is for one charge point")
    if count > 1 and not settings.reconnect:
        raise click.UsageError("--no-reconnect is for one charge point: with --count, none ends the others")
    names = _names(settings.charge_point, count)

    async def connect(session: Session) -> None:
        for name in names:
            await session.connect(replace(settings, charge_point=name))

    run(
        Role.CHARGE_POINT,
        checked(lambda values: session_settings(values, Role.CHARGE_POINT), options),
        connect,
        record=record,
        headless=headless,
        duration=duration,
        control=control,
        once=not settings.reconnect,
    )


def _names(pattern: str, count: int) -> list[str]:
    """The ids of so many charge points. Raises click.UsageError."""
    if count == 1:
        return [pattern]
    if not pattern:
        raise click.UsageError("--count needs --id with the place of the number, such as --id 'CP{:03}'")
    try:
        names = [(pattern if "{" in pattern else f"{pattern}{{}}").format(number) for number in range(1, count + 1)]
    except (ValueError, IndexError, KeyError):
        raise click.UsageError(f"--id {pattern!r}: the place of the number is {{}}, or {{:03}} with zeros") from None
    if len(set(names)) < count:
        raise click.UsageError(f"--id {pattern!r}: the charge points would have the same id")
    return names
