"""`ocpptui hash-password`: the hash of a password for a file of credentials."""

from __future__ import annotations

import json

import click

from ocpptui.cli.options import password_sources, settings_from
from ocpptui.cli.output import show


@click.command("hash-password")
@click.option("--id", "charge_point", help="Write the whole line for the charge point with this id.")
@password_sources
def command(charge_point: str | None, **options: object) -> None:
    """Write the hash of a password, for the file of `central-system --credentials`.

    The hash is made by scrypt, with a new salt each time. Without an option, the password is asked for.

    \b
    Examples:
      ocpptui hash-password
      ocpptui hash-password --id CP001 --password-file password.txt >> credentials.toml
    """
    from ocpptui.network.password_hash import PasswordHash
    from ocpptui.session.setting_values import PlainValues
    from ocpptui.session.settings import password_of

    if not any(options.values()):
        options["ask_password"] = True
    password = settings_from(lambda values: password_of(PlainValues(values)), options)
    if not password:
        raise click.UsageError("the password is empty")
    made = str(PasswordHash.of(password.encode("utf-8", "surrogateescape")))
    show(made if charge_point is None else f"{json.dumps(charge_point, ensure_ascii=False)} = {json.dumps(made)}")
