"""The content of the detail of a CONNECTION record; unknown entries are omitted."""

from __future__ import annotations

from typing import TypedDict


class ProblemFacts(TypedDict, total=False):
    """The facts of a problem; its code determines which there are, `describe.network_problems` words them."""

    address: str
    """`host:port`."""
    alert: str
    """With which the peer ended a TLS handshake, by its name in RFC 8446 section 6."""
    closeCode: int
    connection: int
    expected: str
    """What was expected instead of `user`, or of the names in `names`."""
    first: str
    """The first bytes from a peer that speaks another protocol."""
    host: str
    length: int
    """In bytes."""
    limit: int
    """The maximum number."""
    names: list[str]
    """Whom a certificate names."""
    location: str
    """The target of a redirection."""
    name: str
    """Of an HTTP header, an authentication scheme, a file, a charge point."""
    offered: list[str]
    """What the charge point offers: subprotocols, or versions or cipher suites of TLS."""
    other: str
    """A second file that belongs to `name`."""
    path: str
    """Of an HTTP request."""
    oldest: str
    """The oldest version of TLS that we speak."""
    phrase: str
    """Of an HTTP answer: the phrase after its status."""
    profile: int
    """A security profile of OCPP."""
    reason: str
    """The reason given by the operating system, a library or the peer."""
    record: int
    """Index in the timeline."""
    scheme: str
    """Of a URL."""
    secure: bool
    """Whether TLS was used."""
    served: list[str]
    """Subprotocols that the central system accepts."""
    status: int
    """Of an HTTP answer."""
    suggestion: str
    """The correct value."""
    timeout: float
    """In seconds."""
    url: str
    user: str
    """The user name that a peer sent."""
    version: str
    """Of OCPP."""


class Tolerated(TypedDict, total=False):
    """Something wrong that was tolerated."""

    problem: str
    facts: ProblemFacts
    text: str
    """The sentence for the user."""


class PeerCertificate(TypedDict, total=False):
    """The parts of a certificate that users compare."""

    subject: str
    """In the notation of RFC 4514."""
    commonNames: list[str]
    """The values of CN in the subject."""
    organisations: list[str]
    """The values of O in the subject."""
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
    """What a TLS handshake negotiated."""

    version: str | None
    cipher: str | None
    verified: bool
    serverName: str
    """The name that the charge point asked for (SNI, RFC 6066 section 3)."""
    certificate: PeerCertificate
    """Of the peer."""


class ClientHello(TypedDict, total=False):
    """What a client offers in a TLS handshake, in its order of preference."""

    versions: list[str]
    suites: list[str]
    """By their names in OpenSSL."""
    groups: list[str]
    serverName: str
    """The name that it asks for (SNI)."""
    applicationProtocols: list[str]
    """Of ALPN (RFC 7301)."""


class UsedCredentials(TypedDict, total=False):
    """Basic credentials that were accepted."""

    user: str
    matched: str
    """Which reading of the password matched, `text` or `decoded hex`."""


class ConnectionDetail(TypedDict, total=False):
    """The entries of `Record.detail`, of a CONNECTION record; one that was read from a file may contain anything."""

    event: str
    """A `ConnectionEvent`."""
    url: str

    # of OCPP-S
    transport: str
    """A `Transport`; that of a WebSocket if it is missing."""
    callback: str
    """The URL at which the charge point takes requests."""

    # the opening handshake: headers are lines as written, without secrets
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
    """Set if the subprotocol does not name the version."""
    compression: bool
    credentials: UsedCredentials | bool
    """Of `listening`: whether they are required."""
    tls: TlsDetail | bool
    """Of `listening`: whether TLS is used."""
    insecure: bool
    """The certificate of the central system was not verified."""
    tolerated: list[Tolerated]
    replaces: int
    """Number of the older connection of the charge point."""

    # of a relayed connection
    upstream: ConnectionDetail
    """The same for the leg to the central system; everything else is about the leg to the charge point."""
    endedBy: str
    """The side whose leg ended first, a `Role`."""

    # what went wrong
    step: str
    """A `ConnectStep`."""
    problem: str
    """A `ProblemCode`."""
    facts: ProblemFacts
    error: str
    """The problem as a sentence for the user."""
    advice: str
    """What to try, as a sentence for the user; without our options and fields, which each front end adds."""
    tlsError: str
    """The name in OpenSSL."""
    verifyCode: int
    """X509_V_ERR_… of OpenSSL."""
    verifyMessage: str
    cause: str
    firstBytes: str
    """Of a peer that speaks another protocol."""
    firstBytesHex: str
    """The same in hexadecimal digits, if it is not all text."""
    clientHello: ClientHello
    """Of a TLS handshake that failed."""
    retryInSeconds: float

    # the end
    closeCode: int
    closeReason: str
    closedBy: str
    """`us`, `peer`, or `nobody` if the TCP connection ended without a Close frame; in a capture `charge-point` or
    `central-system` if it says so, and else `us` is the side that wrote it."""
    peerCloseCode: int
    """Set if the peer answered with another code than ours."""
    secondsOpen: float
    secondsSinceLastFrame: float
    secondsSinceLastMessage: float

    # of a capture
    stated: str
    """The line of a log that says in words that it happened."""

    # `listening`
    urls: list[str]
    host: str
    port: int
    versions: list[str]
