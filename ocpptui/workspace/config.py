"""The user's configuration file: options of the commands, key bindings, theme.

    theme = "ocpptui-light"

    [keys]
    compose = "f2,c"

    [charge-point]
    vendor = "ACME"

A table named as a command gives defaults for its options, so that the command line beats the file and the file
beats the built-in defaults.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class ConfigError(ValueError):
    """The configuration file cannot be used; the sentence names the file, the place and what was expected."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the configuration file says."""

    theme: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    """Keys by the id of a command, as `KEY[,KEY…]`."""
    commands: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Default options by the name of a command, option names with underscores."""


def load_config(path: Path) -> Config:
    """Read the file; an absent one is an empty configuration. Raises ConfigError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: no TOML: {error}") from None
    theme = content.pop("theme", None)
    if theme is not None and not isinstance(theme, str):
        raise ConfigError(f"{path}: theme is a name in quotes, not {theme!r}")
    keys = content.pop("keys", {})
    keys = _by_dotted_name(keys) if isinstance(keys, dict) else keys
    if not isinstance(keys, dict) or not all(isinstance(value, str) for value in keys.values()):
        raise ConfigError(f'{path}: [keys] holds lines such as compose = "f2,c"')
    commands: dict[str, dict[str, Any]] = {}
    for name, options in content.items():
        if not isinstance(options, dict):
            raise ConfigError(f"{path}: {name!r} is no known setting; options of a command stand below [command]")
        commands[name] = {option.replace("-", "_"): value for option, value in options.items()}
    return Config(theme, keys, commands)


def _by_dotted_name(table: dict[str, Any]) -> dict[str, Any]:
    """The values of a table by their whole names: to TOML, `compose.view = "f10"` is a table in the table."""
    values: dict[str, Any] = {}
    for name, value in table.items():
        inner = _by_dotted_name(value) if isinstance(value, dict) else None
        values.update({name: value} if inner is None else {f"{name}.{key}": one for key, one in inner.items()})
    return values
