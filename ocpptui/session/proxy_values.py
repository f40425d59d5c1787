"""The settings of a proxy from plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ocpptui.describe.network_problems import words_of
from ocpptui.filter.query import QueryError, parse_filter
from ocpptui.network.addresses import is_loopback
from ocpptui.network.problems import InvalidUrl
from ocpptui.network.upstream import WhenDown
from ocpptui.network.url import DEFAULT_PORTS, SOAP_PORTS, split_url
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Transport
from ocpptui.session.proxy import ProxySettings, breakpoint_for
from ocpptui.session.setting_values import PlainValues, WrongSetting
from ocpptui.session.settings import DEFAULT_HOST, DEFAULT_PORT, client_settings, server_settings

if TYPE_CHECKING:
    from ocpptui.network.client_settings import ClientSettings
    from ocpptui.network.server_settings import ServerSettings

OF_UPSTREAM = ("user", "password", "password_file", "password_env", "password_hex", "ca", "insecure", "cert", "key",
               "headers", "callback")  # fmt: skip
"""The settings of the connection to the central system; each has the name `upstream_…`."""
OF_MIRROR = ("ca", "insecure")
"""The same for the mirror."""
CREDENTIALS = ("user", "password", "password_file", "password_env")
SHARED = ("max_size", "no_compression", "open_timeout", "tls_min", "ciphers", "keylog")
"""Settings of all connections."""


def proxy_settings(values: Mapping[str, object]) -> ProxySettings:
    """Where a proxy passes on what charge points send. Raises WrongSetting."""
    plain = PlainValues(values)
    word = plain.text("when_down") or WhenDown.CLOSE
    if word not in set(WhenDown):
        raise WrongSetting("when_down", f"it cannot be {word!r}; choose one of {', '.join(WhenDown)}")
    mirror = plain.text("mirror")
    name = "upstream" if plain.text("upstream_soap") is None else "upstream_soap"
    return ProxySettings(
        upstream=_connection(values, "upstream", OF_UPSTREAM, Transport.JSON),
        soap_upstream=_connection(values, name, OF_UPSTREAM, Transport.SOAP),
        when_down=WhenDown(word),
        mirror=None if mirror is None else _connection(values, "mirror", OF_MIRROR, Transport.JSON),
        soap_mirror=None if mirror is None else _connection(values, "mirror", OF_MIRROR, Transport.SOAP),
        named=plain.text("upstream") or "",
        breakpoints=tuple(breakpoint_for(_expression(str(text))) for text in plain.texts("breakpoints")),
    )


def _connection(
    values: Mapping[str, object], name: str, settings: tuple[str, ...], transport: Transport
) -> ClientSettings:
    """How to connect to the central system or the mirror, whose URL has this name, over a transport."""
    prefix = "mirror" if name == "mirror" else "upstream"
    given = {setting: values.get(f"{prefix}_{setting}") for setting in settings}
    asked = {key: value for key, value in given.items() if value not in (None, "", False, ())}
    shared = {setting: values[setting] for setting in SHARED if setting in values}
    url = _over(str(values.get(name) or ""), transport)
    if transport is Transport.SOAP:
        shared["versions"] = ("1.6",)  # the charge point decides
    else:
        asked.pop("callback", None)
    try:
        made = client_settings({"url": url, "charge_point": "-", **shared, **asked})
    except WrongSetting as error:
        wrong = name if error.name == "url" else f"{prefix}_{error.name}" if error.name in settings else error.name
        raise WrongSetting(wrong, str(error)) from None
    try:
        split_url(made.url, _SCHEMES)
    except InvalidUrl as error:
        raise WrongSetting(name, words_of(error.problem).sentence) from None
    if _is_own_address(made.url, values):
        raise WrongSetting(name, f"{made.url} is where the proxy itself listens, so that it would connect to itself")
    if not asked.keys() & set(CREDENTIALS):  # the variable of the environment is meant for charge points
        made = replace(made, credentials=None)
    return made


_OTHERS = {
    Transport.JSON: {"http": "ws", "https": "wss"},
    Transport.SOAP: {"ws": "http", "wss": "https"},
}
_SCHEMES = {**DEFAULT_PORTS, **SOAP_PORTS}


def _over(url: str, transport: Transport) -> str:
    """The URL of the same place for a transport."""
    scheme, separator, rest = url.strip().partition("://")
    return f"{_OTHERS[transport].get(scheme.lower(), scheme)}{separator}{rest}"


def _is_own_address(url: str, values: Mapping[str, object]) -> bool:
    host, port = _address(PlainValues(values).text("listen") or f"{DEFAULT_HOST}:{DEFAULT_PORT}")
    parts = split_url(url, _SCHEMES)
    named = parts.hostname or ""
    return (is_loopback(named) or named == host) and (parts.port or _SCHEMES[parts.scheme]) == port


def _expression(text: str) -> str:
    try:
        parse_filter(text)
    except QueryError as error:
        raise WrongSetting("breakpoints", str(error)) from None
    return text


def relay_settings(values: Mapping[str, object]) -> ServerSettings:
    """How a proxy listens: as a central system, at the address `listen`. Raises WrongSetting."""
    host, port = _address(PlainValues(values).text("listen") or f"{DEFAULT_HOST}:{DEFAULT_PORT}")
    return server_settings({**values, "host": host, "port": port, "versions": ()})


def _address(text: str) -> tuple[str, int]:
    """The host and the port of HOST:PORT, :PORT or PORT."""
    parts = url_parts(f"//{text if ':' in text or not text.isdecimal() else f':{text}'}")
    if parts.port is None or parts.path or parts.query:
        raise WrongSetting("listen", f"{text!r} is not HOST:PORT, such as 0.0.0.0:9000 or [::1]:9000")
    return parts.hostname or DEFAULT_HOST, parts.port
