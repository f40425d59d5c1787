"""`ocpptui charge-point URL`: connect as a charge point."""

from __future__ import annotations

from pathlib import Path

import click

from ocpptui.cli.options import (
    combined,
    header_option,
    headless_options,
    password_options,
    session_options,
    settings_from,
    size_options,
    versions_option,
)

client_options = combined(
    click.option("--id", "charge_point", help="The charge point's id [default: the last segment of the URL]."),
    versions_option,
    click.option("--url-exact", is_flag=True, help="Request the URL as given, without appending the id."),
    password_options,
    click.option("--ca", type=click.Path(exists=True, dir_okay=False), help="PEM file of the CA to trust."),
    click.option("--insecure", is_flag=True, help="Do not verify the server's certificate."),
    click.option("--cert", type=click.Path(exists=True, dir_okay=False), help="Our certificate, PEM (profile 3)."),
    click.option("--key", type=click.Path(exists=True, dir_okay=False), help="Its private key, PEM."),
    header_option,
    size_options,
)
"""The options for connecting as a charge point; `charge-point`, `send` and `replay` share them."""


@click.command("charge-point")
@click.argument("url")
@client_options
@click.option("--no-reconnect", is_flag=True, help="Exit when the connection ends or cannot be made.")
@click.option("--vendor", default="ocpptui", show_default=True, help="chargePointVendor of the BootNotification.")
@click.option("--model", default="Simulator", show_default=True, help="Model of the BootNotification.")
@click.option("--serial", default="", help="Serial number of the BootNotification.")
@click.option("--connectors", type=click.IntRange(1, 100), default=1, show_default=True, help="Number of connectors.")
@session_options
@headless_options
def command(
    record: Path | None,
    headless: bool,
    duration: float | None,
    control: str | None,
    **options: object,
) -> None:
    """Connect to a central system as a charge point.

    URL is the endpoint, ws:// or wss://, with or without the charge point's id at its end. It boots, reports its
    connectors, sends heartbeats and answers every call automatically; --manual leaves all of that to you.

    \b
    Examples:
      ocpptui charge-point ws://localhost:9000 --id CP001
      ocpptui charge-point wss://csms.example/ocpp/CP001 --version 2.0.1 --ask-password
    """
    from ocpptui.cli.run_session import run
    from ocpptui.ocpp.version import Role
    from ocpptui.session.settings import client_settings, session_settings

    settings = settings_from(client_settings, options)
    run(
        Role.CHARGE_POINT,
        session_settings(options),
        lambda session: session.connect(settings),
        record=record,
        headless=headless,
        duration=duration,
        control=control,
        once=not settings.reconnect,
    )
