"""`ocpptui proxy`: between charge points and their central system."""

from __future__ import annotations

from pathlib import Path

import click

from ocpptui.cli.central_system_command import listening_options
from ocpptui.cli.options import (
    callback_option,
    checked,
    combined,
    header_type,
    headless_options,
    observing_options,
    passing_options,
    settings_from,
)

_FILE = click.Path(exists=True, dir_okay=False)

_upstream_options = combined(
    click.option(
        "--upstream-soap", metavar="URL", help="OCPP-S: the central system, if not that of --upstream with http(s)."
    ),
    click.option(
        "--upstream-callback",
        metavar="URL",
        help="OCPP-S: the address of this proxy that From names to it; {id} is the id [default: From is unchanged].",
    ),
    click.option("--upstream-user", help="User name for the central system [default: the charge point's id]."),
    click.option("--upstream-password", help="Password for it. Other users of this machine can see it."),
    click.option("--upstream-password-file", type=_FILE, help="File with the password."),
    click.option("--upstream-password-env", metavar="NAME", help="Environment variable with the password."),
    click.option("--upstream-password-hex", is_flag=True, help="The password is given as hexadecimal bytes."),
    click.option("--upstream-ca", type=_FILE, help="PEM file of the CA of the central system."),
    click.option("--upstream-insecure", is_flag=True, help="Do not verify its certificate."),
    click.option("--upstream-cert", type=_FILE, help="Client certificate to show to it, PEM."),
    click.option("--upstream-key", type=_FILE, help="Its private key, PEM."),
    click.option(
        "--upstream-header",
        "upstream_headers",
        type=header_type,
        multiple=True,
        help="A further header for it, 'Name: value'.",
    ),
)
_mirror_options = combined(
    click.option("--mirror", metavar="URL", help="A second central system: gets a copy, and its answers are compared."),
    click.option("--mirror-ca", type=_FILE, help="PEM file of the CA of the second central system."),
    click.option("--mirror-insecure", is_flag=True, help="Do not verify its certificate."),
)


@click.command("proxy")
@click.option(
    "--listen", metavar="HOST:PORT", default="127.0.0.1:9000", show_default=True, help="Where charge points connect."
)
@click.option("--upstream", metavar="URL", required=True, help="The central system; the charge point's path follows.")
@click.option(
    "--when-down",
    type=click.Choice(["close", "hold", "answer"]),
    default="close",
    show_default=True,
    help="Without the central system: refuse charge points, keep their messages, or answer them.",
)
@click.option(
    "--break",
    "breakpoints",
    metavar="FILTER",
    multiple=True,
    help="Hold each message that matches, such as 'action:Authorize dir:to-csms'. Repeatable.",
)
@_upstream_options
@_mirror_options
@callback_option
@listening_options
@passing_options
@observing_options
@headless_options
def command(
    record: Path | None,
    headless: bool,
    duration: float | None,
    control: str | None,
    **options: object,
) -> None:
    """Relay messages between charge points and their central system.

    Each charge point gets a connection of its own to the central system beyond, with its path, its subprotocols, its
    credentials and its other headers; refusals, pings and closes pass, too. Messages go on unchanged unless you hold,
    change, drop or answer them.

    \b
    Examples:
      ocpptui proxy --listen 0.0.0.0:9000 --upstream wss://csms.example/ocpp
      ocpptui proxy --upstream ws://localhost:9100 --break 'action:RemoteStartTransaction'
      ocpptui proxy --upstream ws://localhost:9100 --mirror ws://localhost:9200 --headless
    """
    from ocpptui.cli.run_session import run
    from ocpptui.session.proxy_values import proxy_settings, relay_settings
    from ocpptui.session.settings import session_settings

    listening = settings_from(relay_settings, options)
    run(
        None,
        checked(lambda values: session_settings(values, None), options),
        lambda session: session.relay(listening),
        record=record,
        headless=headless,
        duration=duration,
        control=control,
        proxy=checked(proxy_settings, options),
    )
