"""`ocpptui central-system`: listen as a central system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.options import (
    VersionType,
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
    from ocpptui.network.central_system_server import ServerSettings

server_options = combined(
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all."),
    click.option("--port", type=click.IntRange(0, 65535), default=9000, show_default=True, help="0 takes a free one."),
    versions_option,
    click.option("--assume-version", type=VersionType(), help="Accept a charge point that offers no subprotocol."),
    password_options,
    click.option("--cert", type=click.Path(exists=True, dir_okay=False), help="Our certificate chain, PEM: wss."),
    click.option("--key", type=click.Path(exists=True, dir_okay=False), help="Its private key, PEM."),
    click.option("--client-ca", type=click.Path(exists=True, dir_okay=False), help="Ask for a certificate of this CA."),
    click.option("--max-connections", type=click.IntRange(1), default=1000, show_default=True),
    size_options,
)
"""What it takes to listen; `central-system` and `replay` share it."""


def server_settings(options: dict[str, Any]) -> ServerSettings:
    """The link's settings from the options of the command line. Raises click.UsageError."""
    from ocpptui.describe.network_problems import problem_text
    from ocpptui.network.central_system_server import ServerSettings
    from ocpptui.network.credentials import Credentials
    from ocpptui.network.problems import InvalidSetting

    if bool(options["cert"]) != bool(options["key"]):
        raise click.UsageError("--cert and --key belong together")
    password = read_password(
        options["password"], options["password_file"], options["password_env"], options["ask_password"]
    )
    try:
        credentials = None
        if password is not None:
            credentials = Credentials.parse(options["user"], password, hexadecimal=options["password_hex"])
        return ServerSettings(
            host=options["host"],
            port=options["port"],
            versions=options["versions"] or tuple(reversed(Version.offered(Transport.JSON))),
            assume_version=options["assume_version"],
            credentials=credentials,
            certificate=options["cert"],
            key=options["key"],
            client_ca=options["client_ca"],
            max_connections=options["max_connections"],
            max_size=options["max_size"],
            compression=not options["no_compression"],
            ping_interval=options["ping_interval"] or None,
            open_timeout=options["open_timeout"],
        )
    except InvalidSetting as error:
        raise click.UsageError(problem_text(error.problem, option_remedy)) from None


@click.command("central-system")
@server_options
@click.option("--interval", type=click.IntRange(0), default=300, show_default=True, help="Heartbeat interval we give.")
@click.option("--reject-token", "rejected", multiple=True, help="An idTag or idToken that is not accepted.")
@session_options
@headless_options
def command(
    interval: int,
    rejected: tuple[str, ...],
    manual: bool,
    record: Path | None,
    keep_secrets: bool,
    call_timeout: float,
    headless: bool,
    duration: float | None,
    **options: Any,
) -> None:
    """Listen as a central system for any number of charge points.

    The last segment of the URL that a charge point requests is its id, its subprotocol chooses the version. Every
    call is answered by itself; --manual leaves the answers to you.

    \b
    Examples:
      ocpptui central-system --host 0.0.0.0
      ocpptui central-system --port 9443 --cert server.pem --key server.key --ask-password
    """
    from ocpptui.cli.run_session import run
    from ocpptui.ocpp.version import Role
    from ocpptui.session.session import SessionSettings
    from ocpptui.simulator.central_system_behaviour import CentralSystemSettings

    settings = server_settings(options)
    run(
        Role.CENTRAL_SYSTEM,
        SessionSettings(
            automatic=not manual,
            call_timeout=call_timeout,
            keep_secrets=keep_secrets,
            central_system=CentralSystemSettings(interval=interval, tokens=dict.fromkeys(rejected, "Blocked")),
        ),
        lambda session: session.listen(settings),
        record=record,
        headless=headless,
        duration=duration,
    )
