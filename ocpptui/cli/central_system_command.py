"""`ocpptui central-system`: listen as a central system."""

from __future__ import annotations

from pathlib import Path

import click

from ocpptui.cli.number_types import WholeNumber
from ocpptui.cli.options import (
    VersionType,
    callback_option,
    checked,
    combined,
    headless_options,
    password_options,
    session_options,
    settings_from,
    size_options,
    tls_options,
    versions_option,
)
from ocpptui.network.limits import MAX_CONNECTIONS

listening_options = combined(
    click.option("--assume-version", type=VersionType(), help="Accept a charge point that offers no subprotocol."),
    password_options,
    click.option(
        "--credentials",
        type=click.Path(exists=True, dir_okay=False),
        help="TOML file with the password of each charge point, plain or hashed (see `ocpptui hash-password`).",
    ),
    click.option("--cert", type=click.Path(exists=True, dir_okay=False), help="Our certificate chain, PEM: wss."),
    click.option("--key", type=click.Path(exists=True, dir_okay=False), help="Its private key, PEM."),
    click.option(
        "--client-ca", type=click.Path(exists=True, dir_okay=False), help="Require a client certificate of this CA."
    ),
    click.option("--client-organisation", metavar="NAME", help="Require this organisation (O) in client certificates."),
    click.option(
        "--second-cert", type=click.Path(exists=True, dir_okay=False), help="A further chain: RSA beside an EC key."
    ),
    click.option("--second-key", type=click.Path(exists=True, dir_okay=False), help="Its private key, PEM."),
    tls_options,
    click.option(
        "--max-connections",
        type=WholeNumber(1),
        default=MAX_CONNECTIONS,
        show_default=True,
        help="Charge points that may be connected at once.",
    ),
)
"""The options for whom to let in; a proxy has them, too."""

server_options = combined(
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all."),
    click.option("--port", type=WholeNumber(0, 65535), default=9000, show_default=True, help="0 picks a free port."),
    click.option(
        "--soap-port",
        type=WholeNumber(0, 65535),
        help="A further port for charge points of OCPP-S; 0 picks a free one [default: those of --port are taken].",
    ),
    callback_option,
    versions_option,
    listening_options,
    size_options,
)
"""The options for listening; `central-system` and `replay` share them."""


_behaviour_options = combined(
    click.option(
        "--doctor", "examines", is_flag=True, help="List who tries to get in, and why not; record more about that."
    ),
    click.option("--interval", type=WholeNumber(0), default=300, show_default=True, help="Heartbeat interval to give."),
    click.option(
        "--registration",
        multiple=True,
        metavar="[ID=]STATUS[:BOOTS]",
        help="Answer BootNotification accepted, pending or rejected, for some boots or until changed. Repeatable.",
    ),
    click.option(
        "--boot-interval",
        type=WholeNumber(0),
        help="Seconds to the next boot, given to a charge point that is not accepted [default: --interval].",
    ),
    click.option("--require-boot", is_flag=True, help="Refuse other calls before the first BootNotification."),
    click.option("--tokens", type=click.Path(exists=True, dir_okay=False), help="TOML file of the known tokens."),
    click.option("--reject-token", "rejected", multiple=True, help="An idTag or idToken to reject."),
    click.option("--probe", is_flag=True, help="After each connection, read the configuration, then trigger status."),
    click.option("--test-ca", is_flag=True, help="Sign certificates with a CA in your state folder, made if missing."),
    click.option("--ca-cert", type=click.Path(exists=True, dir_okay=False), help="Sign with this CA instead, PEM."),
    click.option("--ca-key", type=click.Path(exists=True, dir_okay=False), help="Its private key, PEM."),
    click.option(
        "--iso15118",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False),
        help="Verify contracts, and sign for cars, with the folder of `ocpptui certs --iso15118`.",
    ),
    click.option(
        "--contract-ca",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        help="Verify contracts with these roots and CAs too, PEM.",
    ),
    click.option(
        "--exi-response",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        help="Answer Get15118EVCertificate with this EXI, plain or in base64.",
    ),
    click.option("--files", metavar="DIR", help="Receive files in DIR/received, offer firmware in DIR/firmware."),
    click.option("--files-host", metavar="HOST", help="The host in their URLs [default: as charge points connected]."),
    click.option("--files-ports", metavar="A-B", help="Ports for them [default: those after --port]."),
    click.option(
        "--state",
        type=click.Path(dir_okay=False),
        help="Keep transactions, their ids and registrations in this file, and go on from it.",
    ),
)


@click.command("central-system")
@server_options
@_behaviour_options
@session_options
@headless_options
def command(
    record: Path | None,
    headless: bool,
    duration: float | None,
    control: str | None,
    **options: object,
) -> None:
    """Listen as a central system for any number of charge points.

    The last segment of the URL that a charge point requests is its id, its subprotocol selects the version. Every
    call is answered automatically; --manual leaves the answers to you.

    \b
    Examples:
      ocpptui central-system --host 0.0.0.0
      ocpptui central-system --host 0.0.0.0 --doctor
      ocpptui central-system --port 9443 --cert server.pem --key server.key --ask-password
    """
    from ocpptui.cli.run_session import run
    from ocpptui.ocpp.version import Role
    from ocpptui.session.settings import server_settings, session_settings

    settings = settings_from(server_settings, options)
    run(
        Role.CENTRAL_SYSTEM,
        checked(lambda values: session_settings(values, Role.CENTRAL_SYSTEM), options),
        lambda session: session.listen(settings),
        record=record,
        headless=headless,
        duration=duration,
        control=control,
    )
