"""What the configuration file says for the diagnosis: limits, and the keys of meters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ocpptui.ocpp.check_limits import CheckLimits
    from ocpptui.workspace.config import Config


def configured_limits() -> CheckLimits:
    """What `[check]` in the configuration file says. Raises click.UsageError."""
    return _config().limits


def configured_meter_keys() -> tuple[str, ...]:
    """What `meter-keys` in the configuration file says. Raises click.UsageError."""
    return _config().meter_keys


def _config() -> Config:
    from ocpptui.workspace.config import ConfigError, load_config
    from ocpptui.workspace.folders import config_file

    try:
        return load_config(config_file())
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
