"""The user's configuration file: options of the commands, key bindings, theme.

    theme = "ocpptui-light"
    meter-keys = ["3059301306072A8648CE3D0201…"]

    [keys]
    compose = "f2,c"

    [charge-point]
    vendor = "ACME"

    [check]
    heartbeat-tolerance = 30

A table named after a command sets defaults for its options: the command line overrides the file, and the file
overrides the built-in defaults. `[check]` also has the limits of the diagnosis (`ocpptui.ocpp.check_limits`), which
apply in every session.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocpptui.ocpp.check_limits import CheckLimits, limit_meanings

FURTHEST_LIMIT = 1e9
"""Limits are below this number."""


class ConfigError(ValueError):
    """The configuration file cannot be used; the message names the file, the setting and what was expected."""


@dataclass(frozen=True, slots=True)
class Config:
    """The contents of the configuration file."""

    theme: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    """Keys by command id, as `KEY[,KEY…]`."""
    commands: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Default options by command name; option names have underscores."""
    limits: CheckLimits = field(default_factory=CheckLimits)
    """The limits of the diagnosis."""
    meter_keys: tuple[str, ...] = ()
    """Public keys of meters, in any notation, which verify the signed meter values of messages without a key."""


def load_config(path: Path) -> Config:
    """Read the file; a missing file is an empty configuration. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    import tomllib  # slow to load, and most people have no such file

    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also dates and numbers that Python cannot hold
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    theme = content.pop("theme", None)
    if theme is not None and not isinstance(theme, str):
        raise ConfigError(f"{path}: theme must be a name in quotes, not {theme!r}")
    meter_keys = content.pop("meter-keys", [])
    if not isinstance(meter_keys, list) or not all(isinstance(key, str) for key in meter_keys):
        raise ConfigError(f"{path}: meter-keys must be a list of keys in quotes, not {meter_keys!r}")
    keys = content.pop("keys", {})
    keys = _by_dotted_name(keys) if isinstance(keys, dict) else keys
    if not isinstance(keys, dict) or not all(isinstance(value, str) for value in keys.values()):
        raise ConfigError(f'{path}: [keys] must contain lines such as compose = "f2,c"')
    commands: dict[str, dict[str, Any]] = {}
    for name, options in content.items():
        if not isinstance(options, dict):
            raise ConfigError(f"{path}: unknown setting {name!r}; put options of a command under [command]")
        commands[name] = {option.replace("-", "_"): value for option, value in options.items()}
    limits = _limits(path, commands.get("check", {}))
    return Config(theme, keys, commands, limits, tuple(meter_keys))


def _limits(path: Path, options: dict[str, Any]) -> CheckLimits:
    """Take the limits out of the options of `check`. Raises ConfigError."""
    given = {name: options.pop(name) for name in limit_meanings() if name in options}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < FURTHEST_LIMIT:
            raise ConfigError(f"{path}: [check] {name.replace('_', '-')} must be a number from 0 on, not {value!r}")
    return CheckLimits(**given)


def _by_dotted_name(table: dict[str, Any]) -> dict[str, Any]:
    """The values of a table by full name: in TOML, `compose.view = "f10"` is a nested table."""
    values: dict[str, Any] = {}
    for name, value in table.items():
        inner = _by_dotted_name(value) if isinstance(value, dict) else None
        values.update({name: value} if inner is None else {f"{name}.{key}": one for key, one in inner.items()})
    return values
