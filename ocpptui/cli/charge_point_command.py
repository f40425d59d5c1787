"""`ocpptui charge-point URL`: connect as a charge point."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.options import (
    HeaderType,
    combined,
    headless_options,
    password_options,
    read_password,
    session_options,
    size_options,
    versions_option,
)
from ocpptui.cli.remedies import option_remedy
from ocpptui.ocpp.version import Transport, Version

if TYPE_CHECKING:
    from ocpptui.network.charge_point_client import ClientSettings

client_options = combined(
    click.option("--id", "charge_point", help="The charge point's id [default: the last segment of the URL]."),
    versions_option,
    click.option("--url-exact", is_flag=True, help="Request the URL as it stands, without the id at its end."),
    password_options,
    click.option("--ca", type=click.Path(exists=True, dir_okay=False), help="PEM file of the CA to trust."),
    click.option("--insecure", is_flag=True, help="Do not verify the server's certificate."),
    click.option("--cert", type=click.Path(exists=True, dir_okay=False), help="Our certificate, PEM (profile 3)."),
    click.option("--key", type=click.Path(exists=True, dir_okay=False), help="Its private key, PEM."),
    click.option("--header", "headers", type=HeaderType(), multiple=True, help="A further header, 'Name: value'."),
    size_options,
)
"""What it takes to connect as a charge point; `charge-point`, `send` and `replay` share it."""


def client_settings(url: str, options: dict[str, Any], *, reconnect: bool) -> ClientSettings:
    """The link's settings from the options of the command line. Raises click.UsageError."""
    from ocpptui.describe.network_problems import problem_text
    from ocpptui.network.charge_point_client import ClientSettings, requested_url
    from ocpptui.network.credentials import Credentials
    from ocpptui.network.problems import InvalidSetting

    password = read_password(
        options["password"], options["password_file"], options["password_env"], options["ask_password"]
    )
    try:
        credentials = None
        if password is not None or options["user"] is not None:
            credentials = Credentials.parse(options["user"], password or "", hexadecimal=options["password_hex"])
        settings = ClientSettings(
            url=url,
            charge_point=options["charge_point"] or "",
            versions=options["versions"] or tuple(reversed(Version.offered(Transport.JSON))),
            url_exact=options["url_exact"],
            credentials=credentials,
            ca=options["ca"],
            insecure=options["insecure"],
            certificate=options["cert"],
            key=options["key"],
            headers=options["headers"],
            max_size=options["max_size"],
            compression=not options["no_compression"],
            ping_interval=options["ping_interval"] or None,
            open_timeout=options["open_timeout"],
            reconnect=reconnect,
        )
        requested_url(settings)
    except InvalidSetting as error:
        raise click.UsageError(problem_text(error.problem, option_remedy)) from None
    return settings


@click.command("charge-point")
@click.argument("url")
@client_options
@click.option("--no-reconnect", is_flag=True, help="End when the connection ends or cannot be made.")
@click.option("--vendor", default="ocpptui", show_default=True, help="chargePointVendor of the BootNotification.")
@click.option("--model", default="Simulator", show_default=True, help="Model of the BootNotification.")
@click.option("--serial", default="", help="Serial number of the BootNotification.")
@click.option("--connectors", type=click.IntRange(1, 100), default=1, show_default=True, help="How many it has.")
@session_options
@headless_options
def command(
    url: str,
    no_reconnect: bool,
    vendor: str,
    model: str,
    serial: str,
    connectors: int,
    manual: bool,
    record: Path | None,
    keep_secrets: bool,
    call_timeout: float,
    headless: bool,
    duration: float | None,
    **options: Any,
) -> None:
    """Connect to a central system as a charge point.

    URL is the endpoint, ws:// or wss://, with or without the charge point's id at its end. It boots, reports its
    connectors, sends heartbeats and answers every call by itself; --manual leaves all of that to you.

    \b
    Examples:
      ocpptui charge-point ws://localhost:9000 --id CP001
      ocpptui charge-point wss://csms.example/ocpp/CP001 --version 2.0.1 --ask-password
    """
    from ocpptui.cli.run_session import run
    from ocpptui.ocpp.version import Role
    from ocpptui.session.session import SessionSettings
    from ocpptui.simulator.charge_point_behaviour import ChargePointSettings

    settings = client_settings(url, options, reconnect=not no_reconnect)
    run(
        Role.CHARGE_POINT,
        SessionSettings(
            automatic=not manual,
            call_timeout=call_timeout,
            keep_secrets=keep_secrets,
            charge_point=ChargePointSettings(vendor=vendor, model=model, serial=serial, connectors=connectors),
        ),
        lambda session: session.connect(settings),
        record=record,
        headless=headless,
        duration=duration,
        once=no_reconnect,
    )
