"""What the start screen asks for, and what is made of what was typed."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ocpptui.describe.network_problems import problem_text
from ocpptui.network.central_system_server import ServerSettings
from ocpptui.network.charge_point_client import ClientSettings, requested_url
from ocpptui.network.credentials import Credentials
from ocpptui.network.problems import InvalidSetting, NetworkError, UnusableCertificate
from ocpptui.network.tls import client_context, server_context
from ocpptui.ocpp.version import Transport, Version
from ocpptui.tui.remedies import remedy_on_screen

INSECURE = "insecure"
"""What is typed in place of a CA to have nothing verified."""
DEFAULT_URL = "ws://localhost:9000"
DEFAULT_ID = "CP001"
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = "9000"


class FormEntry(NamedTuple):
    """One field of a form."""

    name: str
    label: str
    placeholder: str
    """What holds, or what could be typed, where nothing is."""
    is_path: bool = False


class StartForm(NamedTuple):
    """One of the things that a person can begin with; a row has one field or two."""

    name: str
    title: str
    rows: tuple[tuple[FormEntry, ...], ...]

    @property
    def entries(self) -> tuple[FormEntry, ...]:
        return tuple(entry for row in self.rows for entry in row)


FORMS = (
    StartForm(
        "connect",
        "Connect as a charge point",
        (
            (FormEntry("url", "URL", f"{DEFAULT_URL}, wss://csms.example/ocpp"),),
            (FormEntry("id", "id", f"{DEFAULT_ID}, or in the URL"), FormEntry("version", "version", "2.1 2.0.1 1.6")),
            (
                FormEntry("password", "password", "none"),
                FormEntry("trust", "CA file", f"system's, or {INSECURE}", is_path=True),
            ),
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
            (FormEntry("password", "password", "none"),),
        ),
    ),
    StartForm(
        "open", "Open recordings", ((FormEntry("file", "file", "path of a recording, or several", is_path=True),),)
    ),
)
SECRET = "password"
"""The field that is neither shown nor remembered."""


class WrongValue(ValueError):
    """A field cannot be used as it is; the text is a sentence for people."""

    def __init__(self, entry: str, sentence: str) -> None:
        super().__init__(sentence)
        self.entry = entry


def client_settings(values: Mapping[str, str]) -> ClientSettings:
    """How to connect. Raises WrongValue."""
    url, charge_point = values["url"], values["id"]
    trust = values["trust"]
    insecure = trust.lower() == INSECURE
    ca = None if insecure or not trust else str(_file("trust", trust))
    try:
        settings = ClientSettings(
            url=url or DEFAULT_URL,
            charge_point=charge_point or ("" if url else DEFAULT_ID),
            versions=_versions(values["version"]),
            credentials=Credentials.parse(None, values[SECRET]) if values[SECRET] else None,
            ca=ca,
            insecure=insecure,
        )
        requested_url(settings)
    except InvalidSetting as error:
        raise _wrong("url" if url or not charge_point else "id", error) from None
    if ca is not None:
        try:
            client_context(ca, False, None, None)
        except UnusableCertificate as error:
            raise _wrong("trust", error) from None
    return settings


def server_settings(values: Mapping[str, str]) -> ServerSettings:
    """How to listen. Raises WrongValue."""
    port = values["port"] or DEFAULT_PORT
    if not port.isascii() or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise WrongValue("port", f"{port!r} is no port; a port is a number from 0 to 65535, 0 takes a free one")
    certificate, key = values["certificate"], values["key"]
    if bool(certificate) != bool(key):
        missing = "key" if certificate else "certificate"
        raise WrongValue(missing, "a certificate and its key belong together")
    if certificate:
        certificate, key = str(_file("certificate", certificate)), str(_file("key", key))
        try:
            server_context(certificate, key, None)
        except UnusableCertificate as error:
            raise _wrong("certificate", error) from None
    return ServerSettings(
        host=values["host"] or DEFAULT_HOST,
        port=int(port),
        certificate=certificate or None,
        key=key or None,
        credentials=Credentials.parse(None, values[SECRET]) if values[SECRET] else None,
    )


def recordings(values: Mapping[str, str]) -> list[Path]:
    """The files to open: one path, or several as in a shell. Raises WrongValue."""
    text = values["file"]
    if not text:
        raise WrongValue("file", "name a file")
    whole = Path(text).expanduser()
    if whole.exists() and not whole.is_dir():
        return [whole]
    try:
        paths = [Path(word).expanduser() for word in shlex.split(text)]
    except ValueError:
        paths = [whole]
    for path in paths:
        if path.is_dir():
            raise WrongValue("file", f"{path} is a folder; name a file in it")
        if not path.exists():
            raise WrongValue("file", f"there is no file {path}")
    return paths


def _wrong(entry: str, error: NetworkError) -> WrongValue:
    return WrongValue(entry, problem_text(error.problem, remedy_on_screen))


def _file(entry: str, text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_file():
        raise WrongValue(entry, f"there is no file {path}")
    return path


def _versions(text: str) -> tuple[Version, ...]:
    offered = Version.offered(Transport.JSON)
    versions = []
    for word in text.replace(",", " ").split():
        version = Version.parse(word)
        if version is None or version not in offered:
            problem = (
                f"{word!r} is not an OCPP version" if version is None else f"ocpptui does not speak OCPP {version}"
            )
            raise WrongValue("version", f"{problem}; choose one of {', '.join(offered)}")
        versions.append(version)
    return tuple(dict.fromkeys(versions)) or tuple(reversed(offered))
