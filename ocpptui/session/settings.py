"""The settings of a session from plain values: used by the command line, the configuration file and the start
screen, so that all three check and report the same.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ocpptui.describe.network_problems import problem_text
from ocpptui.diagnosis.rule_patterns import rules_matching
from ocpptui.network import limits
from ocpptui.network.problems import InvalidSetting, NetworkError, NetworkProblem, ProblemCode, UnusableCertificate
from ocpptui.network.security_profile import WITH_PASSWORD
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.session.central_system_values import central_system_settings
from ocpptui.session.security_values import (
    PASSWORD_SOURCES,
    SETTING_OF,
    has_files,
    security_profile,
    tls_terms,
)
from ocpptui.session.setting_values import PlainValues, WrongSetting

if TYPE_CHECKING:
    from ocpptui.network.client_settings import ClientSettings
    from ocpptui.network.credential_table import CredentialTable
    from ocpptui.network.credentials import Credentials
    from ocpptui.network.server_settings import ServerSettings
    from ocpptui.session.file_settings import FileSettings
    from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
    from ocpptui.simulator.fault_plan import FaultPlan

PASSWORD_VARIABLE = "OCPPTUI_PASSWORD"
"""The environment variable with the password, used if nothing else names one."""
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 9000


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How a session behaves, apart from its connections."""

    automatic: bool = True
    """Behaviour on: boot, heartbeat and answers are automatic. Off: a call waits for the user's answer."""
    call_timeout: float = 30.0
    """Seconds after which a call of ours counts as unanswered."""
    keep_free: int | None = None
    """Bytes of the disk that the recording leaves to other programs; None chooses it by the size of the disk."""
    keep_secrets: bool = False
    """Leave secrets in the recording and on the screen."""
    doctor: bool = False
    """Begin with the list of who tried to get in, and print it at the end where there is no screen."""
    lenient: bool = False
    """Answer messages, and accept charge points, that are slightly wrong; both are recorded and shown."""
    bell: bool = False
    """Ring for findings of severity error."""
    stop_on: frozenset[str] = frozenset()
    """Ids of the rules that stop the session when they are broken: it then sends nothing by itself."""
    state_file: Path | None = None
    """Where the simulated charge point or central system keeps its state over the end of the process."""
    tokens_file: Path | None = None
    """Where the tokens of the central system came from, to be read again."""
    rejected_tokens: tuple[str, ...] = ()
    """Tokens that are blocked whatever the file says."""
    charge_point: ChargePointSettings | None = None
    """The simulated charge point; None leaves everything about it to the simulator."""
    central_system: CentralSystemSettings | None = None
    """The same for the central system."""
    calls: str | None = None
    """A folder of saved calls and sequences, besides the user's own."""
    faults: FaultPlan | None = None
    """What the simulated side does wrong on purpose."""
    files: FileSettings | None = None
    """Where a central system receives and offers files; None: uploads go beside the recording."""


def session_settings(values: Mapping[str, object], role: Role | None) -> SessionSettings:
    """How a session in a role, or (None) a proxy, behaves. Raises WrongSetting."""
    from ocpptui.session.station_profiles import profile_named, with_connectors
    from ocpptui.simulator.behaviour_settings import ChargePointSettings

    plain = PlainValues(values)
    name = plain.text("profile")
    built = ChargePointSettings(connectors=1) if name is None else profile_named(name).settings
    return SessionSettings(
        automatic=not plain.flag("manual"),
        call_timeout=plain.seconds("call_timeout", 30.0),
        keep_free=plain.room("keep_free"),
        keep_secrets=plain.flag("keep_secrets"),
        doctor=plain.flag("examines"),
        lenient=plain.flag("lenient"),
        bell=plain.flag("bell"),
        state_file=Path(state) if (state := plain.text("state")) else None,
        stop_on=frozenset(rule for pattern in plain.texts("stop_on") for rule in _rules(str(pattern))),
        charge_point=with_connectors(
            replace(
                built,
                vendor=plain.text("vendor") or built.vendor,
                model=plain.text("model") or built.model,
                serial=plain.text("serial") or built.serial,
            ),
            plain.number("connectors", built.connectors, 1, 100),
        ),
        tokens_file=Path(tokens) if (tokens := plain.file("tokens")) else None,
        rejected_tokens=tuple(map(str, plain.texts("rejected"))),
        central_system=central_system_settings(plain) if role is Role.CENTRAL_SYSTEM else None,
        calls=plain.text("calls"),
        faults=_faults(plain.file("rules", may_be_piped=True), role),
        files=_files(plain) if role is Role.CENTRAL_SYSTEM else None,
    )


def _files(plain: PlainValues) -> FileSettings | None:
    if not any(plain.text(name) for name in ("files", "files_host", "files_ports")):
        return None
    from ocpptui.session.file_settings import file_settings

    return file_settings(plain)


def _faults(path: str | None, role: Role | None) -> FaultPlan | None:
    if path is None:
        return None
    from ocpptui.session.rules_file import read_rules
    from ocpptui.session.rules_table import WrongRules

    try:
        return read_rules(Path(path), role)
    except WrongRules as error:
        raise WrongSetting("rules", str(error)) from None


def _rules(pattern: str) -> list[str]:
    try:
        return rules_matching(pattern)
    except ValueError as error:
        raise WrongSetting("stop_on", str(error)) from None


def client_settings(values: Mapping[str, object]) -> ClientSettings:
    """How to connect as a charge point. Raises WrongSetting."""
    from ocpptui.network.client_settings import ClientSettings, requested_url
    from ocpptui.network.tls import client_context
    from ocpptui.network.url import transport_of

    plain = PlainValues(values)
    transport = transport_of(plain.text("url") or "")
    versions = plain.versions("versions", Version.offered(transport))
    if (profile := plain.text("profile")) is not None and not plain.texts("versions"):
        from ocpptui.session.station_profiles import profile_named

        profiled = [one for one in profile_named(profile).versions if transport in one.spoken_on]
        versions = tuple(profiled) or versions
    _check_transport(versions, transport)
    soap_certificate = _soap_certificate(plain)
    try:
        settings = ClientSettings(
            url=plain.text("url") or "",
            charge_point=plain.text("charge_point") or "",
            versions=versions,
            url_exact=plain.flag("url_exact"),
            credentials=_credentials(plain, user_suffices=True),
            security_profile=security_profile(plain),
            tls_terms=tls_terms(plain),
            ca=plain.file("ca"),
            insecure=plain.flag("insecure"),
            certificate=plain.file("cert"),
            key=plain.file("key"),
            headers=plain.headers("headers"),
            lenient=plain.flag("lenient"),
            max_size=plain.size("max_size", limits.MAX_SIZE),
            compression=not plain.flag("no_compression"),
            ping_interval=plain.seconds("ping_interval", limits.PING_INTERVAL, zero=True) or None,
            open_timeout=plain.seconds("open_timeout", limits.OPEN_TIMEOUT),
            soap_port=plain.port("soap_port", 0),
            soap_certificate=soap_certificate,
            soap_key=plain.file("soap_key"),
            callback=_callback(plain),
            reconnect=not plain.flag("no_reconnect"),
        )
    except InvalidSetting as error:
        raise _wrong(_fault(error, "headers"), error) from None
    try:
        requested_url(settings)
    except InvalidSetting as error:
        raise _wrong("url", error) from None
    if settings.ca is not None or settings.certificate is not None or has_files(settings.tls_terms):
        try:
            client_context(settings.ca, settings.insecure, settings.certificate, settings.key, terms=settings.tls_terms)
        except UnusableCertificate as error:
            raise _wrong(_fault(error, "cert", ca="ca"), error) from None
    return settings


def _soap_certificate(plain: PlainValues) -> str | None:
    """The certificate with which a charge point of OCPP-S takes requests. Raises WrongSetting."""
    from ocpptui.network.tls import check_server_files, server_context

    certificate, key = plain.file("soap_cert"), plain.file("soap_key")
    try:
        check_server_files(certificate, key, None)
        if certificate is not None:
            server_context(certificate, key, None)
    except InvalidSetting as error:
        raise _wrong("soap_cert", error) from None
    except UnusableCertificate as error:
        raise _wrong("soap_cert", error) from None
    return certificate


def _check_transport(versions: tuple[Version, ...], transport: Transport) -> None:
    """Raises WrongSetting if a connection cannot have these versions."""
    wrong = next((one for one in versions if transport not in one.spoken_on), None)
    if wrong is not None and transport is Transport.SOAP:
        spoken = ", ".join(Version.spoken(transport))
        raise WrongSetting("versions", f"OCPP {wrong} does not exist in SOAP, only {spoken} do; use ws:// or wss://")
    if wrong is not None:
        raise WrongSetting("versions", f"OCPP {wrong} exists in SOAP only; use http:// or https://")
    if transport is Transport.SOAP and len(versions) > 1:
        raise WrongSetting("versions", "a charge point of OCPP-S speaks one version; name one")


def _callback(plain: PlainValues) -> str:
    """Where charge points take requests, a URL with `{id}`; empty: they say it themselves. Raises WrongSetting."""
    text = plain.text("callback") or ""
    if text and not text.lower().startswith(("http://", "https://")):
        raise WrongSetting("callback", f"{text!r} is not a URL of http:// or https://")
    return text


def server_settings(values: Mapping[str, object]) -> ServerSettings:
    """How to listen as a central system. Raises WrongSetting."""
    plain = PlainValues(values)
    try:
        settings = _server_settings(plain)
    except InvalidSetting as error:
        raise _wrong(_fault(error, "cert"), error) from None
    try:
        settings.tls_context()
    except UnusableCertificate as error:
        raise _wrong(_fault(error, "cert", ca="client_ca"), error) from None
    return settings


def _server_settings(plain: PlainValues) -> ServerSettings:
    """Raises WrongSetting and InvalidSetting."""
    from ocpptui.network.server_settings import ServerSettings

    versions = plain.versions("versions", tuple(version for version in Version if version.spoken_on))
    return ServerSettings(
        host=plain.text("host") or DEFAULT_HOST,
        port=plain.port("port", DEFAULT_PORT),
        versions=tuple(version for version in versions if Transport.JSON in version.spoken_on),
        soap_versions=tuple(version for version in versions if Transport.SOAP in version.spoken_on),
        soap_port=None if plain.text("soap_port") is None else plain.port("soap_port", 0),
        callback=_callback(plain),
        assume_version=plain.version("assume_version"),
        credentials=_table(plain) or _credentials(plain, user_suffices=False),
        certificate=plain.file("cert"),
        key=plain.file("key"),
        client_ca=plain.file("client_ca"),
        second_certificate=plain.file("second_cert"),
        second_key=plain.file("second_key"),
        organisation=plain.text("client_organisation"),
        security_profile=security_profile(plain),
        tls_terms=tls_terms(plain),
        lenient=plain.flag("lenient"),
        examines=plain.flag("examines"),
        max_connections=plain.number("max_connections", limits.MAX_CONNECTIONS, 1),
        max_size=plain.size("max_size", limits.MAX_SIZE),
        compression=not plain.flag("no_compression"),
        ping_interval=plain.seconds("ping_interval", limits.PING_INTERVAL, zero=True) or None,
        open_timeout=plain.seconds("open_timeout", limits.OPEN_TIMEOUT),
    )


def _table(plain: PlainValues) -> CredentialTable | None:
    """The credentials of each charge point. Raises WrongSetting."""
    path = plain.file("credentials", may_be_piped=True)
    if path is None:
        return None
    from ocpptui.network.credential_table import WrongCredentials, credential_table

    if any(plain.text(name) is not None for name in ("user", *PASSWORD_SOURCES)):
        raise WrongSetting("credentials", "name either a file of credentials or one password for all")
    try:
        return credential_table(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text in UTF-8"
        raise WrongSetting("credentials", f"{path} cannot be read: {reason}") from None
    except WrongCredentials as error:
        raise WrongSetting("credentials", f"{path}: {error}") from None


def _credentials(plain: PlainValues, *, user_suffices: bool) -> Credentials | None:
    from ocpptui.network.credentials import Credentials

    user, password = plain.text("user"), password_of(plain)
    if not user_suffices:  # a central system that is meant to ask for a password must not let everybody in
        if password == "" or plain.is_blank("password") or plain.is_blank("password_env"):
            raise _wrong("password", InvalidSetting(NetworkProblem(ProblemCode.OWN_PASSWORD_EMPTY)))
        if user is not None and password is None:
            raise _wrong("user", InvalidSetting(NetworkProblem(ProblemCode.USER_WITHOUT_PASSWORD, user=user)))
    if password is None and user is None:
        return None
    try:
        return Credentials.parse(user, password or "", hexadecimal=plain.flag("password_hex"))
    except InvalidSetting as error:
        raise _wrong("password", error) from None


def password_of(plain: PlainValues) -> str | None:
    """The password from the one named source, else from the environment; None if there is none."""
    sources = PASSWORD_SOURCES
    if sum(plain.text(name) is not None for name in sources) > 1:
        raise WrongSetting("password", "name only one source of the password")
    if (password := plain.text("password")) is not None:
        return password
    if (path := plain.file("password_file", may_be_piped=True)) is not None:
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise WrongSetting("password_file", f"{path} cannot be read: {error}") from None
    variable = plain.text("password_env")
    if variable is not None and variable not in os.environ:
        raise WrongSetting("password_env", f"the environment variable {variable} is not set")
    if variable is None and security_profile(plain) not in (None, *WITH_PASSWORD):
        return None  # the variable is meant for the sessions that have a password
    return os.environ.get(variable or PASSWORD_VARIABLE)


def _fault(error: NetworkError, otherwise: str, *, ca: str = "ca") -> str:
    """The setting to change; `ca` is that of the CA file."""
    code = error.problem.code
    if code in SETTING_OF:
        return SETTING_OF[code]
    match code:
        case ProblemCode.CA_FILE_UNREADABLE | ProblemCode.CA_FILE_WITHOUT_CERTIFICATE:
            return ca
        case ProblemCode.CERTIFICATE_WITHOUT_KEY:
            return "key"
        case ProblemCode.KEY_WITHOUT_CERTIFICATE | ProblemCode.CLIENT_CA_WITHOUT_CERTIFICATE:
            return "cert"
        case ProblemCode.TLS_FILE_FOR_PLAIN_URL:
            return "url"
    return otherwise


def _wrong(name: str, error: NetworkError) -> WrongSetting:
    return WrongSetting(name, problem_text(error.problem), error.problem)
