"""The forms of the start screen, and the settings from what the user typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ocpptui.network.url import without_password
from ocpptui.ocpp.http_headers import without_secret
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.runtime.portable_files import path_of_user
from ocpptui.session.security_values import applicable
from ocpptui.session.setting_values import PlainValues, WrongSetting, canonical
from ocpptui.session.settings import DEFAULT_HOST, DEFAULT_PORT, client_settings, server_settings
from ocpptui.tui.screen_remedies import remedy_on_screen

if TYPE_CHECKING:
    from ocpptui.network.client_settings import ClientSettings
    from ocpptui.network.server_settings import ServerSettings
    from ocpptui.session.proxy import ProxySettings


INSECURE = "insecure"
"""The word that the user types in place of a CA to verify nothing."""
LENIENT_HINT = "no, or yes"
PROFILE_HINT = "any, or 0 1 2 3"
HEADERS = "headers"
"""The field of additional headers."""
DEFAULT_URL = "ws://localhost:9000"
DEFAULT_ID = "CP001"


class FormEntry(NamedTuple):
    """One field of a form."""

    name: str
    label: str
    placeholder: str
    """The default or an example, shown while the field is empty."""
    is_path: bool = False


class StartForm(NamedTuple):
    """One form of the start screen; a row has one or two fields."""

    name: str
    title: str
    rows: tuple[tuple[FormEntry, ...], ...]

    @property
    def entries(self) -> tuple[FormEntry, ...]:
        return tuple(entry for row in self.rows for entry in row)

    def row_of(self, name: str) -> tuple[FormEntry, ...]:
        """The row with the field of this name."""
        return next(row for row in self.rows if name in (entry.name for entry in row))


FORMS = (
    StartForm(
        "connect",
        "Connect as a charge point",
        (
            (FormEntry("url", "URL", f"{DEFAULT_URL}, wss://csms.example/ocpp; http:// for SOAP"),),
            (FormEntry("id", "id", f"{DEFAULT_ID}, or in the URL"), FormEntry("version", "version", "2.1 2.0.1 1.6")),
            (
                FormEntry("password", "password", "none"),
                FormEntry("trust", "CA file", f"system's, or {INSECURE}", is_path=True),
            ),
            (
                FormEntry("certificate", "own cert.", "none", is_path=True),
                FormEntry("key", "key", "of the certificate", is_path=True),
            ),
            (FormEntry("profile", "security", PROFILE_HINT), FormEntry("lenient", "lenient", LENIENT_HINT)),
            (FormEntry(HEADERS, "headers", "none; X-Name: value; X-Other: value"),),
        ),
    ),
    StartForm(
        "listen",
        "Listen as a central system",
        (
            (
                FormEntry("host", "address", f"{DEFAULT_HOST}; 0.0.0.0 for all"),
                FormEntry("port", "port", f"{DEFAULT_PORT}"),
            ),
            (
                FormEntry("certificate", "TLS cert.", "none: ws, no TLS", is_path=True),
                FormEntry("key", "key", "of the certificate", is_path=True),
            ),
            (
                FormEntry("client_ca", "client CA", "none: no certificates", is_path=True),
                FormEntry("profile", "security", PROFILE_HINT),
            ),
            (FormEntry("password", "password", "none"), FormEntry("lenient", "lenient", LENIENT_HINT)),
        ),
    ),
    StartForm(
        "relay",
        "Relay as a proxy",
        (
            (FormEntry("upstream", "upstream", "wss://csms.example/ocpp: the central system"),),
            (
                FormEntry("listen", "listen", f"{DEFAULT_HOST}:{DEFAULT_PORT}"),
                FormEntry("when_down", "if down", "close, hold, answer"),
            ),
            (
                FormEntry("upstream_soap", "SOAP", "as upstream, if over http"),
                FormEntry("upstream_callback", "SOAP back", "direct; http://me/{id}"),
            ),
            (FormEntry("mirror", "mirror", "none; a second central system, to compare its answers"),),
            (
                FormEntry("certificate", "TLS cert.", "none: ws, no TLS", is_path=True),
                FormEntry("key", "key", "of the certificate", is_path=True),
            ),
            (FormEntry("beyond", "CA file", f"to trust upstream: system's, or {INSECURE}", is_path=True),),
        ),
    ),
    StartForm(
        "open", "Open recordings", ((FormEntry("file", "file", "path of a recording, or several", is_path=True),),)
    ),
)
SECRET = "password"
"""The field whose value is neither shown nor remembered."""
URLS = ("url", "upstream", "upstream_soap", "upstream_callback", "mirror")
"""Fields that may have a password."""


def form_named(name: str) -> StartForm:
    """The form of this name."""
    return next(form for form in FORMS if form.name == name)


def values_to_keep(values: Mapping[str, str]) -> dict[str, str]:
    """What is remembered of the typed values for the next time: no password, and no secret in a header or URL."""
    kept = {name: value for name, value in values.items() if name != SECRET}
    for name in (name for name, value in kept.items() if value):
        if name == HEADERS:
            kept[name] = headers_to_keep(kept[name])
        elif name in URLS:
            kept[name] = mask_own_text(without_password(kept[name]))
    return kept


class WrongValue(ValueError):
    """The value of a field cannot be used; the text is a sentence for the user."""

    def __init__(self, entry: str, sentence: str) -> None:
        super().__init__(sentence)
        self.entry = entry


SETTINGS = {
    "id": "charge_point",
    "version": "versions",
    "trust": "ca",
    "certificate": "cert",
    "profile": "security_profile",
    "beyond": "upstream_ca",
}
"""Settings of the fields that have another name."""
COMMANDS = {"connect": "charge-point", "listen": "central-system", "relay": "proxy"}
"""Forms and the command of the same purpose, whose options the configuration file may set."""


def typed_client(values: Mapping[str, str], configured: Mapping[str, object]) -> ClientSettings:
    """Settings to connect, from the typed values or else the configuration file. Raises WrongValue."""
    plain = plain_values(values, configured)
    plain["url"] = values["url"] or DEFAULT_URL
    if not values["url"] and not plain.get("charge_point"):
        plain["charge_point"] = DEFAULT_ID
    try:
        return client_settings(_usable(plain, values))
    except WrongSetting as error:
        instead = "id" if error.name == "url" and not values["url"] and values["id"] else "url"
        raise _wrong("connect", error, instead) from None


def typed_server(values: Mapping[str, str], configured: Mapping[str, object]) -> ServerSettings:
    """Settings to listen, from the typed values or else the configuration file. Raises WrongValue."""
    plain = plain_values(values, configured)
    try:
        return server_settings(_usable(plain, values))
    except WrongSetting as error:
        raise _wrong("listen", error, "port") from None


def typed_relay(values: Mapping[str, str], configured: Mapping[str, object]) -> tuple[ServerSettings, ProxySettings]:
    """Settings of a proxy, for charge points and for what is beyond, likewise. Raises WrongValue."""
    from ocpptui.session.proxy_values import proxy_settings, relay_settings

    plain = plain_values(values, configured)
    if not plain.get("upstream"):
        raise WrongValue("upstream", "name the central system, such as ws://localhost:9100")
    usable = _usable(plain, values)
    try:
        return relay_settings(usable), proxy_settings(usable)
    except WrongSetting as error:
        raise _wrong("relay", error, "listen" if error.name in ("host", "port") else "upstream") from None


def _usable(plain: Mapping[str, object], values: Mapping[str, str]) -> dict[str, object]:
    """The settings without what is configured, not typed, and has no effect."""
    return applicable(plain, set(plain) - {SETTINGS.get(name, name) for name, text in values.items() if text})


def plain_values(values: Mapping[str, str], configured: Mapping[str, object]) -> dict[str, object]:
    """Settings by name: those of the configuration file, overridden by the typed values."""
    plain = canonical(configured)
    typed = {SETTINGS.get(name, name): text for name, text in values.items() if text}
    for trust, insecure in (("ca", "insecure"), ("upstream_ca", "upstream_insecure")):
        if typed.get(trust, "").lower() == INSECURE:
            plain |= {insecure: True, trust: None}
            del typed[trust]
        elif trust in typed:
            plain[insecure] = False
    if HEADERS in typed:
        plain |= {HEADERS: headers_in(typed.pop(HEADERS))}
    if SECRET in typed:
        plain |= {"password_file": None, "password_env": None}
    return plain | typed


def headers_in(text: str) -> list[str]:
    """The headers in what was typed: `X-Name: value; X-Other: value`. A value may have semicolons, too."""
    return [one.strip() for one in _BETWEEN_HEADERS.split(text) if one.strip()]


def headers_to_keep(text: str) -> str:
    """What was typed, without the headers whose values are secret."""
    return "; ".join(one for one in headers_in(text) if without_secret(one) == one)


def configured_placeholder(entry: FormEntry, configured: Mapping[str, object]) -> str:
    """The value that applies if the field is empty; never a password."""
    plain = PlainValues(configured)
    name = SETTINGS.get(entry.name, entry.name)
    if entry.name == HEADERS:
        return "configured" if plain.texts(name) else entry.placeholder  # a secret may be among them
    if entry.name == SECRET:
        is_set = any(plain.text(source) is not None for source in ("password", "password_file", "password_env"))
        return "configured" if is_set else entry.placeholder
    if (entry.name == "trust" and plain.is_on("insecure")) or (
        entry.name == "beyond" and plain.is_on("upstream_insecure")
    ):
        return INSECURE
    return " ".join(map(str, plain.texts(name))) or entry.placeholder


def recordings(values: Mapping[str, str]) -> list[Path]:
    """The files to open: one path, or several with the quoting of a shell. Raises WrongValue."""
    text = values["file"]
    if not text:
        raise WrongValue("file", "name a file")
    whole = path_of_user(text)
    if whole.exists() and not whole.is_dir():
        return [whole]
    try:
        paths = [path_of_user(word) for word in shlex.split(text)]
    except ValueError:
        paths = [whole]
    for path in paths:
        if path.is_dir():
            raise WrongValue("file", f"{path} is a folder; name a file in it")
        if not path.exists():
            raise WrongValue("file", f"there is no file {path}")
    return paths


_BETWEEN_HEADERS = re.compile(r";(?=\s*(?:\Z|[!#-'*+.0-9A-Z^-z|~-]{1,80}:\s))")
"""A semicolon at the end, or before the name of a header (RFC 9110 section 5.6.2), its colon and a space."""


def _wrong(form: str, error: WrongSetting, instead: str) -> WrongValue:
    """The error for the field of the setting, or for `instead` if a configured setting has no field."""
    words = " ".join(filter(None, (str(error), remedy_on_screen(error.problem) if error.problem is not None else "")))
    names = {SETTINGS.get(entry.name, entry.name): entry.name for entry in form_named(form).entries}
    if error.name in names and error.name != "url":
        return WrongValue(names[error.name], words)
    return WrongValue(instead, words if error.name == "url" else f"{error.name.replace('_', '-')}: {words}")
