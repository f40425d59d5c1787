"""Options that several commands share, each defined once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from ocpptui.cli.number_types import AnyNumber, WholeNumber
from ocpptui.cli.output import ask_password, say
from ocpptui.ocpp.version import Version

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


class ValueType(click.ParamType[T]):
    """A value that is read as everywhere in the program; `read` raises ValueError with a sentence."""

    def __init__(self, name: str, read: Callable[[object], T]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> T:
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _spoken_version(value: object) -> Version:
    from ocpptui.session.setting_values import spoken_version

    return spoken_version(value)


def _any_version(value: object) -> Version:
    version = Version.parse(str(value))
    if version is None:
        raise ValueError(
            f"{value!r} is not an OCPP version; choose one of {', '.join(one.as_choice for one in Version)}"
        )
    return version


def _size(value: object) -> int:
    from ocpptui.session.setting_values import size_of

    return size_of(value)


def _room(value: object) -> int:
    from ocpptui.session.setting_values import room_of

    return room_of(value)


def _header(value: object) -> tuple[str, str]:
    from ocpptui.session.setting_values import header_of

    return header_of(value)


def _rule(value: object) -> str:
    from ocpptui.diagnosis.rule_patterns import rules_matching

    rules_matching(str(value))  # it says what is wrong
    return str(value)


class VersionType(ValueType[Version]):
    """An OCPP version as users write it: `1.6`, `2.0.1`, `2.1`; with `any_version`, also one that is only read."""

    def __init__(self, *, any_version: bool = False) -> None:
        super().__init__("version", _any_version if any_version else _spoken_version)


def combined(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several decorators as one, the first on top of the help text."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


header_type = ValueType("header", _header)
header_option = click.option(
    "--header", "headers", type=header_type, multiple=True, help="A further header, 'Name: value'."
)
versions_option = click.option(
    "--version",
    "versions",
    type=VersionType(),
    multiple=True,
    help="OCPP version to speak: 1.6, 2.0.1 or 2.1; on request 1.2 (SOAP), 1.5 or 2.0 (withdrawn). Repeatable, "
    "preferred first.",
)
callback_option = click.option(
    "--callback",
    metavar="URL",
    help="OCPP-S: where charge points take requests, for those behind NAT; {id} is the id.",
)

recording_options = combined(
    click.option(
        "--record",
        type=click.Path(dir_okay=False, path_type=Path),
        help="File for the recording [default: in the user's state folder].",
    ),
    click.option(
        "--keep-free",
        type=ValueType("size", _room),
        help="Room that the recording leaves on its disk; 0 fills it [default: 200M, on a small disk 1 % of it].",
    ),
    click.option("--keep-secrets", is_flag=True, help="Show passwords and other secrets unmasked, and record them."),
    click.option(
        "--call-timeout",
        type=AnyNumber(min=0, min_open=True),
        default=30.0,
        show_default=True,
        help="Seconds after which an unanswered call counts as timed out.",
    ),
)

lenient_option = click.option(
    "--lenient", is_flag=True, help="Accept and answer a peer that is slightly wrong, but still report its defects."
)

calls_option = click.option(
    "--calls",
    type=click.Path(file_okay=False),
    help="Folder of saved calls and sequences [default: only the user's own].",
)

observing_options = combined(
    click.option("--bell", is_flag=True, help="Ring when an error is found, once a second at most."),
    click.option(
        "--stop-on",
        type=ValueType("rule", _rule),
        multiple=True,
        help="Stop sending when this rule is broken, an id or 'prefix.*'; headless, end. Repeatable.",
    ),
    click.option(
        "--rules",
        type=click.Path(exists=True, dir_okay=False),
        help="TOML file that says what goes wrong on purpose.",
    ),
    calls_option,
    recording_options,
    click.option(
        "--control",
        metavar="ADDRESS",
        help="Name or path where `ocpptui control` finds the session [default: a name of role and process].",
    ),
)
"""The options of every live session."""

session_options = combined(
    lenient_option,
    click.option("--manual", is_flag=True, help="Send nothing automatically: no boot, no heartbeat, no answers."),
    observing_options,
)
"""Those of a session with a side of its own."""

headless_options = combined(
    click.option("--headless", is_flag=True, help="No screen: records as JSON Lines on standard output."),
    click.option(
        "--duration",
        type=AnyNumber(min=0, min_open=True),
        help="Seconds after which a headless run ends [default: until interrupted].",
    ),
)

passing_options = combined(
    click.option(
        "--max-size",
        type=ValueType("size", _size),
        default="16M",
        show_default=True,
        help="Largest message that is accepted.",
    ),
    click.option("--no-compression", is_flag=True, help="Do not offer or accept permessage-deflate."),
    click.option(
        "--open-timeout",
        type=AnyNumber(min=0, min_open=True),
        default=10.0,
        show_default=True,
        help="Time limit for a handshake in seconds.",
    ),
)
"""The options for every WebSocket."""

size_options = combined(
    passing_options,
    click.option(
        "--ping-interval",
        type=AnyNumber(min=0),
        default=20.0,
        show_default=True,
        help="Seconds between our WebSocket pings; 0 sends none.",
    ),
)
"""Those where we are an end of it, and not between the two."""

tls_options = combined(
    click.option(
        "--security-profile",
        type=WholeNumber(0, 3),
        help="Demand what this profile of OCPP needs, and nothing else: 1 password, 2 with TLS, 3 client certificate.",
    ),
    click.option(
        "--tls-min",
        type=click.Choice(["1.0", "1.1", "1.2", "1.3"]),
        help="Oldest TLS version [default: 1.2]; 1.0 and 1.1 are for old chargers.",
    ),
    click.option("--ciphers", metavar="LIST", help="Cipher suites up to TLS 1.2, by names of OpenSSL or the RFCs."),
    click.option(
        "--crl", type=click.Path(exists=True, dir_okay=False), help="PEM file of revocation lists for the peer's CA."
    ),
    click.option(
        "--keylog",
        type=click.Path(dir_okay=False),
        help="Append the TLS secrets to this file, for Wireshark [default: SSLKEYLOGFILE].",
    ),
)

password_sources = combined(
    click.option("--password", help="Password. Other users of this machine can see it; prefer the three below."),
    click.option("--password-file", type=click.Path(exists=True, dir_okay=False), help="File with the password."),
    click.option("--password-env", metavar="NAME", help="Environment variable [default: OCPPTUI_PASSWORD]."),
    click.option("--ask-password", is_flag=True, help="Ask for the password."),
)
password_options = combined(
    click.option("--user", help="User name for Basic authentication [default: the charge point's id]."),
    password_sources,
    click.option("--password-hex", is_flag=True, help="The password is given as hexadecimal bytes."),
)


def settings_from(build: Callable[[Mapping[str, object]], T], values: Mapping[str, object]) -> T:
    """The settings of a connection from the options of a command. Raises click.UsageError."""
    is_given = values.get("password") is not None
    if is_given or values.get("upstream_password") is not None:
        say("warning: every user of this machine can see a password on the command line")
    if values.get("ask_password") and not is_given:
        if values.get("password_file") or values.get("password_env"):
            raise click.UsageError("give only one source for the password")
        values = {**values, "password": ask_password()}
    return checked(build, values)


def checked(build: Callable[[Mapping[str, object]], T], values: Mapping[str, object]) -> T:
    """The same for settings without a password."""
    from ocpptui.cli.option_remedies import option_remedy
    from ocpptui.session.security_values import applicable
    from ocpptui.session.setting_values import ALIASES, WrongSetting

    context = click.get_current_context()
    configured = {name for name in values if context.get_parameter_source(name) is ParameterSource.DEFAULT_MAP}
    try:
        return build(applicable(values, configured))
    except WrongSetting as error:
        if error.problem is not None:
            words = " ".join(filter(None, (str(error), option_remedy(error.problem))))
            raise click.UsageError(words) from None
        option = next((name for name, setting in ALIASES.items() if setting == error.name), error.name)
        raise click.UsageError(f"{error} (--{option.replace('_', '-')})") from None
