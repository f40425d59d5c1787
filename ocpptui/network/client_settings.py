"""How to connect as a charge point, and the URL that this results in."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote

from websockets.exceptions import WebSocketException
from websockets.uri import parse_uri

from ocpptui.network import limits
from ocpptui.network.backoff import BackOff
from ocpptui.network.credentials import Credentials
from ocpptui.network.headers import check_header
from ocpptui.network.problems import InvalidUrl, NetworkProblem, ProblemCode
from ocpptui.network.security_profile import check_profile_of_charge_point
from ocpptui.network.tls import PemPair, check_client_files, check_server_files
from ocpptui.network.tls_terms import TlsTerms
from ocpptui.network.url import SOAP_PORTS, split_url, transport_of, with_identity, without_password
from ocpptui.ocpp.identity import identity_in_path
from ocpptui.ocpp.secret_names import is_secret_header
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.url_secrets import without_url_secrets
from ocpptui.ocpp.version import Transport, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """How a charge point connects. Times are in seconds, sizes in bytes, files in PEM. Raises InvalidSetting."""

    url: str
    """ws:// or wss://, with or without the identity as its last segment; http:// or https:// for OCPP-S."""
    charge_point: str = ""
    """Identity, decoded; empty: the last segment of the URL."""
    versions: tuple[Version, ...] = tuple(reversed(Version.offered(Transport.JSON)))
    """Offered as subprotocols, the preferred one first."""
    subprotocols: tuple[str, ...] | None = None
    """Offered in place of those of the versions, as the charge point behind a proxy has written them."""
    url_exact: bool = False
    """Request the URL as given."""
    credentials: Credentials | None = None
    ca: str | None = None
    """Trust only the CAs in this file."""
    insecure: bool = False
    """Do not verify the server's certificate."""
    certificate: str | None = None
    """Our own certificate (security profile 3)."""
    key: str | None = None
    own_pair: PemPair | None = field(default=None, repr=False)
    """A certificate and key that the charge point itself has, in place of those files."""
    tls_terms: TlsTerms = TlsTerms()
    """Versions, suites, revocation lists of TLS."""
    security_profile: int | None = None
    """The security profile that these settings must meet; None: any."""
    headers: tuple[tuple[str, str], ...] = ()
    """Additional headers of the request."""
    max_size: int = limits.MAX_SIZE
    compression: bool = True
    """Offer permessage-deflate (RFC 7692)."""
    ping_interval: float | None = limits.PING_INTERVAL
    """None: send no pings."""
    ping_timeout: float | None = limits.PING_TIMEOUT
    """How long a peer that answers pings may leave a ping unanswered."""
    open_timeout: float = limits.OPEN_TIMEOUT
    """The time limit from resolving the name to the answered upgrade."""
    close_timeout: float = limits.CLOSE_TIMEOUT
    """How long the peer may take to answer a Close frame and to end the TCP connection."""
    lenient: bool = False
    """Accept a subprotocol that was not offered if it means a version of OCPP, and record that."""
    soap_port: int = 0
    """The port at which a charge point of OCPP-S takes requests; 0: any free port."""
    soap_certificate: str | None = None
    """The certificate chain with which it takes them over HTTPS."""
    soap_key: str | None = None
    callback: str = ""
    """The URL that it names for them, in place of its own address; `{id}` is its identity."""
    reconnect: bool = True
    backoff: BackOff = field(default_factory=BackOff)

    def __post_init__(self) -> None:
        for name, value in self.headers:
            check_header(name, value)
        check_client_files(self.url, self.ca or self.tls_terms.crl, self.certificate, self.key)
        check_server_files(self.soap_certificate, self.soap_key, None)
        if self.security_profile is not None:
            check_profile_of_charge_point(
                self.security_profile,
                url=self.url,
                has_password=self.all_credentials is not None,
                has_certificate=self.has_certificate,
                insecure=self.insecure,
            )

    @property
    def transport(self) -> Transport:
        """By the scheme of the URL."""
        return transport_of(self.url)

    @property
    def all_credentials(self) -> Credentials | None:
        """Those that are set, else those in the URL."""
        return self.credentials or _url_credentials(self.url)

    @property
    def has_certificate(self) -> bool:
        """Whether there is a client certificate."""
        return self.certificate is not None or self.own_pair is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no record may contain: the password, and the secrets in the headers and in the URL."""
        found = list(self.credentials.secrets) if self.credentials is not None else []
        found += [value for name, value in self.headers if is_secret_header(name)]
        without_url_secrets(self.url, found.append)
        return tuple(found)


def identity(settings: ClientSettings) -> str:
    """The identity of the charge point: the setting, else the last segment of the URL. Raises InvalidUrl."""
    if settings.transport is Transport.SOAP:
        split_url(settings.url, SOAP_PORTS)
        name = settings.charge_point  # the path is that of a service
    else:
        name = settings.charge_point or identity_in_path(split_url(settings.url).path)
    if not name and settings.transport is Transport.SOAP:
        instead = f"ws{settings.url.strip().partition(':')[0][4:]}"
        raise InvalidUrl(NetworkProblem(ProblemCode.SOAP_URL_WITHOUT_ID, url=settings.url, scheme=instead))
    if not name:
        raise InvalidUrl(NetworkProblem(ProblemCode.URL_WITHOUT_ID, url=settings.url))
    return name


def requested_url(settings: ClientSettings) -> str:
    """The URL that is actually requested, without a password. Raises InvalidUrl."""
    if settings.transport is Transport.SOAP:
        identity(settings)
        return without_password(settings.url)
    split_url(settings.url)
    exact = settings.url_exact
    url = without_password(settings.url) if exact else with_identity(settings.url, identity(settings))
    try:
        parse_uri(url)
    except (WebSocketException, UnicodeError) as error:
        reason = "no name or path can be written like this" if isinstance(error, UnicodeError) else str(error)
        raise InvalidUrl(NetworkProblem(ProblemCode.URL_INVALID, url=url, reason=reason)) from None
    return url


def _url_credentials(url: str) -> Credentials | None:
    parts = url_parts(url)
    if parts.username is None:
        return None
    return Credentials.parse(unquote(parts.username) or None, unquote(parts.password or ""))
