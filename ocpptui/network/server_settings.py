"""How a central system listens."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from ocpptui.network import limits
from ocpptui.network.credential_table import CredentialTable
from ocpptui.network.credentials import Credentials
from ocpptui.network.problems import InvalidSetting, NetworkProblem, ProblemCode
from ocpptui.network.security_profile import check_profile_of_central_system
from ocpptui.network.tls import check_server_files, note_certificates, server_context
from ocpptui.network.tls_terms import TlsTerms
from ocpptui.ocpp.version import Transport, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How a central system listens. Times are in seconds, sizes in bytes, files in PEM. Raises InvalidSetting."""

    host: str = "127.0.0.1"
    """A name or an address; 0.0.0.0 or :: for every address of this machine."""
    port: int = 9000
    """0: any free port."""
    versions: tuple[Version, ...] = tuple(reversed(Version.spoken(Transport.JSON)))
    """Accepted at the same time; the charge point's order of preference decides."""
    soap_versions: tuple[Version, ...] = Version.spoken(Transport.SOAP)
    """The same for OCPP-S."""
    soap_port: int | None = None
    """A further port, for OCPP-S, 0: any free one. Either port takes charge points of both kinds."""
    callback: str = ""
    """The URL at which charge points take requests of OCPP-S, in place of what they name; `{id}` is the id."""
    answer_timeout: float = 120.0
    """How long a request of OCPP-S waits for its answer."""
    silent_after: float = 7200.0
    """After so long without a request, a charge point of OCPP-S counts as gone."""
    assume_version: Version | None = None
    """The version of a charge point that offers no subprotocol, or none of ours; None: it is refused."""
    credentials: Credentials | CredentialTable | None = None
    """The credentials that a charge point must send; a user of None means its id."""
    certificate: str | None = None
    """Our certificate chain; if set, we speak wss."""
    key: str | None = None
    client_ca: str | None = None
    """Require a client certificate of this CA, with the charge point's id as its name (security profile 3)."""
    second_certificate: str | None = None
    """A second chain, whose key is of the other kind: RSA besides an elliptic curve."""
    second_key: str | None = None
    organisation: str | None = None
    """The organisation (O) that a client certificate must have: the name of the operator (A00.FR.404)."""
    tls_terms: TlsTerms = TlsTerms()
    """Versions, suites, revocation lists of TLS."""
    security_profile: int | None = None
    """The security profile that these settings must meet; None: any."""
    max_connections: int = limits.MAX_CONNECTIONS
    """The most charge points connected at once; further ones are refused with status 503."""
    max_size: int = limits.MAX_SIZE
    queue_depth: int = limits.QUEUE_DEPTH
    """How many messages are read from a peer that does not read ours."""
    compression: bool = True
    """Accept permessage-deflate (RFC 7692)."""
    ping_interval: float | None = limits.PING_INTERVAL
    """None: send no pings."""
    ping_timeout: float | None = limits.PING_TIMEOUT
    """How long a peer that answers pings may leave a ping unanswered."""
    open_timeout: float = limits.OPEN_TIMEOUT
    """The time limits of the TLS handshake and of the upgrade, each."""
    close_timeout: float = limits.CLOSE_TIMEOUT
    """How long the peer may take to answer a Close frame and to end the TCP connection."""
    tolerant: bool = True
    """Accept an upgrade request without `Connection: Upgrade`."""
    examines: bool = False
    """Record all that shows why a charge point does not get in: first bytes in hexadecimal digits, and the certificate
    that was refused."""
    lenient: bool = False
    """Accept a charge point whose subprotocol, user name, certificate or path is slightly wrong; record the faults."""

    def __post_init__(self) -> None:
        check_server_files(
            self.certificate, self.key, self.client_ca, second=self.second_certificate, crl=self.tls_terms.crl
        )
        if self.organisation is not None and self.client_ca is None:
            problem = NetworkProblem(ProblemCode.ORGANISATION_WITHOUT_CLIENT_CA, name=self.organisation)
            raise InvalidSetting(problem)
        if self.security_profile is not None:
            check_profile_of_central_system(
                self.security_profile,
                has_password=self.credentials is not None,
                has_certificate=self.certificate is not None,
                has_client_ca=self.client_ca is not None,
            )

    def tls_context(self, *, asks_clients: bool = True) -> ssl.SSLContext | None:
        """For the connections of charge points, None without TLS; without `asks_clients`, no client certificate is
        demanded. It blocks. Raises UnusableCertificate."""
        if self.certificate is None:
            return None
        second = None if self.second_certificate is None else (self.second_certificate, self.second_key)
        client_ca = self.client_ca if asks_clients else None
        context = server_context(self.certificate, self.key, client_ca, second=second, terms=self.tls_terms)
        if self.examines and client_ca is not None:
            note_certificates(context)
        return context
