"""The limits of the diagnosis, from the configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ocpptui.ocpp.check_limits import CheckLimits


def configured_limits() -> CheckLimits:
    """What `[check]` in the configuration file says. Raises click.UsageError."""
    from ocpptui.workspace.config import ConfigError, load_config
    from ocpptui.workspace.folders import config_file

    try:
        return load_config(config_file()).limits
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
