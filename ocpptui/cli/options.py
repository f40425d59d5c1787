"""Options that several commands share, each defined once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ocpptui.ocpp.version import Transport, Version

F = TypeVar("F", bound=Callable[..., Any])

PASSWORD_VARIABLE = "OCPPTUI_PASSWORD"
"""Environment variable that the password is taken from where no option names another source."""


class VersionType(click.ParamType[Version]):
    """An OCPP version as people write it: `1.6`, `2.0.1`, `2.1`; where `any_version`, also one that is only read."""

    name = "version"

    def __init__(self, *, any_version: bool = False) -> None:
        self._any_version = any_version

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Version:
        version = value if isinstance(value, Version) else Version.parse(str(value))
        offered = Version.offered(Transport.JSON)
        if version is None:
            choices = ", ".join(Version if self._any_version else offered)
            self.fail(f"{value!r} is not an OCPP version; choose one of {choices}", param, ctx)
        if version not in offered and not self._any_version:
            self.fail(f"ocpptui does not speak OCPP {version}; choose one of {', '.join(offered)}", param, ctx)
        return version


class SizeType(click.ParamType[int]):
    """A size in bytes, with `k` or `M` for KiB and MiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        text = str(value).strip().lower().removesuffix("ib").removesuffix("b")
        factor = {"k": 1024, "m": 1024**2, "g": 1024**3}.get(text[-1:], 1)
        try:
            size = int(float(text.rstrip("kmg")) * factor)
        except ValueError:
            size = 0
        if size <= 0:
            self.fail(f"{value!r} is no size; write 65536, 64k or 16M", param, ctx)
        return size


class HeaderType(click.ParamType[tuple[str, str]]):
    """An HTTP header, `Name: value`."""

    name = "header"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, colon, content = str(value).partition(":")
        if not colon or not name.strip() or any(c in str(value) for c in "\r\n"):
            self.fail(f"{value!r} is no header; write 'Name: value'", param, ctx)
        return name.strip(), content.strip()


def combined(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several decorators as one, the first on top of the help text."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


versions_option = click.option(
    "--version",
    "versions",
    type=VersionType(),
    multiple=True,
    help="OCPP version to speak: 1.6, 2.0.1 or 2.1. May be given several times, the preferred one first.",
)

recording_options = combined(
    click.option(
        "--record",
        type=click.Path(dir_okay=False, path_type=Path),
        help="File for the recording [default: in the user's state folder].",
    ),
    click.option("--keep-secrets", is_flag=True, help="Leave passwords in the recording and on the screen."),
    click.option(
        "--call-timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=30.0,
        show_default=True,
        help="Seconds after which an unanswered call counts as timed out.",
    ),
)

session_options = combined(
    click.option("--manual", is_flag=True, help="Do nothing by itself: no boot, no heartbeat, no answers."),
    recording_options,
)

headless_options = combined(
    click.option("--headless", is_flag=True, help="No screen: records as JSON Lines on standard output."),
    click.option(
        "--duration",
        type=click.FloatRange(min=0, min_open=True),
        help="Seconds after which a headless run ends [default: until interrupted].",
    ),
)

size_options = combined(
    click.option(
        "--max-size", type=SizeType(), default="16M", show_default=True, help="Largest message that is taken."
    ),
    click.option("--no-compression", is_flag=True, help="Do not offer or accept permessage-deflate."),
    click.option(
        "--ping-interval",
        type=click.FloatRange(min=0),
        default=20.0,
        show_default=True,
        help="Seconds between our WebSocket pings; 0 sends none.",
    ),
    click.option(
        "--open-timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=10.0,
        show_default=True,
        help="Seconds that a handshake may take.",
    ),
)

password_options = combined(
    click.option("--user", help="User name for Basic authentication [default: the charge point's id]."),
    click.option("--password", help="Password. Other users of this machine can see it; prefer the three below."),
    click.option("--password-file", type=click.Path(exists=True, dir_okay=False), help="File that holds the password."),
    click.option("--password-env", metavar="NAME", help=f"Environment variable [default: {PASSWORD_VARIABLE}]."),
    click.option("--ask-password", is_flag=True, help="Ask for the password."),
    click.option("--password-hex", is_flag=True, help="The password is hexadecimal and stands for its bytes."),
)


def read_password(
    password: str | None, password_file: str | None, password_env: str | None, ask_password: bool
) -> str | None:
    """The password from the one source that was named, else from the environment; None where there is none.

    Raises click.UsageError where several sources were named or the named one is empty.
    """
    named = [bool(password), bool(password_file), bool(password_env), ask_password]
    if sum(named) > 1:
        raise click.UsageError("name one source of the password, not several")
    if password is not None:
        click.echo("warning: a password on the command line is visible to every user of this machine", err=True)
        return password
    if password_file is not None:
        return Path(password_file).read_text(encoding="utf-8").rstrip("\r\n")
    if ask_password:
        return str(click.prompt("Password", hide_input=True, err=True))
    if password_env is not None and password_env not in os.environ:
        raise click.UsageError(f"the environment has no variable {password_env}")
    return os.environ.get(password_env or PASSWORD_VARIABLE)
