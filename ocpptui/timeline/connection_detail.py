"""What the detail of a CONNECTION record holds; what is not known is left out."""

from __future__ import annotations

from typing import TypedDict


class ProblemFacts(TypedDict, total=False):
    """What was seen of a problem; its code says which of these there are, `describe.network_problems` words them."""

    address: str
    """`host:port`."""
    closeCode: int
    connection: int
    expected: str
    """What was wanted in place of `user`."""
    first: str
    """The beginning of what a peer sent that speaks another protocol."""
    host: str
    length: int
    """In bytes."""
    limit: int
    """As many as are allowed."""
    location: str
    """Where a redirection points to."""
    name: str
    """Of an HTTP header, an authentication scheme, a file, a charge point."""
    offered: list[str]
    """Subprotocols that the charge point names."""
    other: str
    """A second file that belongs to `name`."""
    path: str
    """Of an HTTP request."""
    phrase: str
    """Of an HTTP answer: the words behind its status."""
    reason: str
    """What the system, a library or the peer gave as the reason."""
    record: int
    """Index in the timeline."""
    scheme: str
    """Of a URL."""
    secure: bool
    """TLS was used."""
    served: list[str]
    """Subprotocols that the central system takes."""
    status: int
    """Of an HTTP answer."""
    suggestion: str
    """What would be right."""
    timeout: float
    """In seconds."""
    url: str
    user: str
    """The user name that a peer gave."""
    version: str
    """Of OCPP."""


class Tolerated(TypedDict, total=False):
    """Something that was wrong and let pass."""

    problem: str
    facts: ProblemFacts
    text: str
    """The sentence for people."""


class PeerCertificate(TypedDict, total=False):
    """The parts of a certificate that people compare."""

    subject: str
    """As RFC 4514 writes it."""
    issuer: str
    names: list[str]
    """Subject alternative names."""
    notBefore: str
    notAfter: str
    sha256: str
    """Fingerprint, hexadecimal."""
    error: str
    """Why it cannot be read."""


class TlsDetail(TypedDict, total=False):
    """What a TLS handshake agreed on."""

    version: str | None
    cipher: str | None
    verified: bool
    certificate: PeerCertificate
    """Of the peer."""


class UsedCredentials(TypedDict, total=False):
    """Basic credentials that were accepted."""

    user: str
    matched: str
    """Which reading of the password fitted, `text` or `decoded hex`."""


class ConnectionDetail(TypedDict, total=False):
    """The entries of `Record.detail`, of a CONNECTION record; one that was read from a file may hold anything."""

    event: str
    """A `ConnectionEvent`."""
    url: str

    # the opening handshake: headers are lines as they were written, without secrets
    remoteAddress: str
    """`address:port` of the peer."""
    requestLine: str
    requestHeaders: list[str]
    responseStatus: str
    """Status and phrase."""
    httpStatus: int
    responseHeaders: list[str]
    responseBody: str
    """The beginning of the body of a refusal."""
    subprotocolsOffered: list[str]
    subprotocol: str | None
    versionAssumed: bool
    """The subprotocol does not say the version."""
    compression: bool
    credentials: UsedCredentials | bool
    """Of `listening`: whether they are asked for."""
    tls: TlsDetail | bool
    """Of `listening`: whether it is spoken."""
    insecure: bool
    """The certificate of the central system was not verified."""
    tolerated: list[Tolerated]
    replaces: int
    """Number of the older connection of the charge point."""

    # of a relayed connection
    upstream: ConnectionDetail
    """The same of the leg to the central system; everything else is about the leg to the charge point."""
    endedBy: str
    """The side whose leg ended first, a `Role`."""

    # what went wrong
    step: str
    """A `ConnectStep`."""
    problem: str
    """A `ProblemCode`."""
    facts: ProblemFacts
    error: str
    """The problem as a sentence for people."""
    advice: str
    """What to try, as a sentence for people; without the options and fields of ours, which each front end adds."""
    tlsError: str
    """As OpenSSL names it."""
    verifyCode: int
    """X509_V_ERR_… of OpenSSL."""
    verifyMessage: str
    cause: str
    firstBytes: str
    """Of a peer that speaks another protocol."""
    retryInSeconds: float

    # the end
    closeCode: int
    closeReason: str
    closedBy: str
    """`us`, `peer`, or `nobody` where the TCP connection ended without a Close frame."""
    peerCloseCode: int
    """Where the peer answered with another code than ours."""
    secondsOpen: float
    secondsSinceLastFrame: float
    secondsSinceLastMessage: float

    # `listening`
    urls: list[str]
    host: str
    port: int
    versions: list[str]
