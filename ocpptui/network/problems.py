"""What can go wrong with a connection, as codes and facts. The sentences are in `describe.network_problems`.

A problem that the caller of a command has to handle is raised as a `NetworkError`; everything else is in a record.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Unpack, cast

from ocpptui.ocpp.url_secrets import without_url_secrets
from ocpptui.timeline.connection_detail import ConnectionDetail, ProblemFacts, Tolerated


class ConnectStep(StrEnum):
    """How far a connection came before it failed."""

    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    CREDENTIALS = "credentials"
    SUBPROTOCOL = "subprotocol"
    WEBSOCKET = "websocket"


class ProblemCode(StrEnum):
    """The kinds of problems, each with the step of connecting at which it occurs."""

    step: ConnectStep | None
    """None for a problem that does not belong to a step."""

    def __new__(cls, value: str, step: ConnectStep | None = None) -> ProblemCode:
        code = str.__new__(cls, value)
        code._value_ = value
        code.step = step
        return code

    # settings that cannot be used
    URL_EMPTY = "url-empty"
    URL_WITHOUT_SCHEME = "url-without-scheme"
    URL_SCHEME_MISWRITTEN = "url-scheme-miswritten"
    URL_OF_ANOTHER_SCHEME = "url-of-another-scheme"
    SOAP_URL_WITHOUT_ID = "soap-url-without-id"
    URL_WITH_SPACE = "url-with-space"
    URL_INVALID = "url-invalid"
    URL_WITHOUT_HOST = "url-without-host"
    URL_WITH_WRONG_PORT = "url-with-wrong-port"
    URL_WITH_FRAGMENT = "url-with-fragment"
    URL_WITHOUT_ID = "url-without-id"
    HEADER_NAME_INVALID = "header-name-invalid"
    HEADER_VALUE_INVALID = "header-value-invalid"
    USER_WITHOUT_PASSWORD = "user-without-password"
    OWN_PASSWORD_EMPTY = "own-password-empty"
    USER_WITH_COLON = "user-with-colon"
    PASSWORD_NOT_HEXADECIMAL = "password-not-hexadecimal"
    FILE_UNREADABLE = "file-unreadable", ConnectStep.TLS
    CA_FILE_UNREADABLE = "ca-file-unreadable", ConnectStep.TLS
    CA_FILE_WITHOUT_CERTIFICATE = "ca-file-without-certificate", ConnectStep.TLS
    KEY_ENCRYPTED = "key-encrypted", ConnectStep.TLS
    KEY_OF_ANOTHER_CERTIFICATE = "key-of-another-certificate", ConnectStep.TLS
    NO_CERTIFICATE_AND_KEY = "no-certificate-and-key", ConnectStep.TLS
    CERTIFICATE_AND_KEY_SWAPPED = "certificate-and-key-swapped", ConnectStep.TLS
    OWN_CERTIFICATE_TOO_WEAK = "own-certificate-too-weak", ConnectStep.TLS
    CERTIFICATE_WITHOUT_KEY = "certificate-without-key", ConnectStep.TLS
    KEY_WITHOUT_CERTIFICATE = "key-without-certificate", ConnectStep.TLS
    CLIENT_CA_WITHOUT_CERTIFICATE = "client-ca-without-certificate", ConnectStep.TLS
    TLS_FILE_FOR_PLAIN_URL = "tls-file-for-plain-url", ConnectStep.TLS
    SECOND_CERTIFICATE_ALONE = "second-certificate-alone", ConnectStep.TLS
    CRL_FILE_WITHOUT_CRL = "crl-file-without-crl", ConnectStep.TLS
    CRL_WITHOUT_CLIENT_CA = "crl-without-client-ca", ConnectStep.TLS
    KEY_LOG_UNWRITABLE = "key-log-unwritable", ConnectStep.TLS
    TLS_VERSION_UNKNOWN = "tls-version-unknown"
    SUITES_UNKNOWN = "suites-unknown"
    ORGANISATION_WITHOUT_CLIENT_CA = "organisation-without-client-ca"

    # settings that contradict the security profile
    PROFILE_UNKNOWN = "profile-unknown"
    PROFILE_NEEDS_TLS = "profile-needs-tls"
    PROFILE_WITHOUT_TLS = "profile-without-tls"
    PROFILE_NEEDS_PASSWORD = "profile-needs-password"
    PROFILE_WITHOUT_PASSWORD = "profile-without-password"
    PROFILE_NEEDS_CERTIFICATE = "profile-needs-certificate"
    PROFILE_WITHOUT_CERTIFICATE = "profile-without-certificate"
    PROFILE_NEEDS_VERIFICATION = "profile-needs-verification"
    PROFILE_NEEDS_SERVER_CERTIFICATE = "profile-needs-server-certificate"
    PROFILE_WITHOUT_SERVER_CERTIFICATE = "profile-without-server-certificate"
    PROFILE_NEEDS_CLIENT_CA = "profile-needs-client-ca"
    PROFILE_WITHOUT_CLIENT_CA = "profile-without-client-ca"

    # listening
    HOST_UNKNOWN = "host-unknown"
    PORT_IN_USE = "port-in-use"
    PORT_NEEDS_RIGHTS = "port-needs-rights"
    ADDRESS_OF_ANOTHER_MACHINE = "address-of-another-machine"
    CANNOT_LISTEN = "cannot-listen"
    LOOPBACK_ONLY = "loopback-only"
    NO_NETWORK = "no-network"
    FEW_OPEN_FILES = "few-open-files"

    # connecting
    NAME_UNRESOLVED = "name-unresolved", ConnectStep.DNS
    NAME_LOOKUP_TIMED_OUT = "name-lookup-timed-out", ConnectStep.DNS
    TCP_REFUSED = "tcp-refused", ConnectStep.TCP
    TCP_TIMED_OUT = "tcp-timed-out", ConnectStep.TCP
    TCP_UNREACHABLE = "tcp-unreachable", ConnectStep.TCP
    CERTIFICATE_EXPIRED = "certificate-expired", ConnectStep.TLS
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid", ConnectStep.TLS
    CERTIFICATE_SELF_SIGNED = "certificate-self-signed", ConnectStep.TLS
    CERTIFICATE_OF_UNKNOWN_ISSUER = "certificate-of-unknown-issuer", ConnectStep.TLS
    CERTIFICATE_WITHOUT_ROOT = "certificate-without-root", ConnectStep.TLS
    CERTIFICATE_FOR_ANOTHER_PURPOSE = "certificate-for-another-purpose", ConnectStep.TLS
    CERTIFICATE_TOO_WEAK = "certificate-too-weak", ConnectStep.TLS
    CERTIFICATE_FOR_ANOTHER_NAME = "certificate-for-another-name", ConnectStep.TLS
    CERTIFICATE_FOR_ANOTHER_ADDRESS = "certificate-for-another-address", ConnectStep.TLS
    CERTIFICATE_REVOKED = "certificate-revoked", ConnectStep.TLS
    CERTIFICATE_WITHOUT_CRL = "certificate-without-crl", ConnectStep.TLS
    CRL_EXPIRED = "crl-expired", ConnectStep.TLS
    CERTIFICATE_UNTRUSTED = "certificate-untrusted", ConnectStep.TLS
    SERVER_WITHOUT_TLS = "server-without-tls", ConnectStep.TLS
    SERVER_WANTS_CERTIFICATE = "server-wants-certificate", ConnectStep.TLS
    SERVER_MAY_WANT_CERTIFICATE = "server-may-want-certificate", ConnectStep.TLS
    SERVER_REJECTS_CERTIFICATE = "server-rejects-certificate", ConnectStep.TLS
    SERVER_SENT_ALERT = "server-sent-alert", ConnectStep.TLS
    SERVER_TLS_TOO_OLD = "server-tls-too-old", ConnectStep.TLS
    TLS_FAILED = "tls-failed", ConnectStep.TLS
    TLS_TIMED_OUT = "tls-timed-out", ConnectStep.TLS
    TLS_CUT = "tls-cut", ConnectStep.TLS
    HTTP_STATUS = "http-status", ConnectStep.HTTP
    SERVER_WANTS_CREDENTIALS = "server-wants-credentials", ConnectStep.CREDENTIALS
    SERVER_REJECTS_CREDENTIALS = "server-rejects-credentials", ConnectStep.CREDENTIALS
    SERVER_REJECTS_CHARGE_POINT = "server-rejects-charge-point", ConnectStep.CREDENTIALS
    SERVER_REJECTS_CERTIFIED = "server-rejects-certified", ConnectStep.CREDENTIALS
    SERVER_REJECTS_SUBPROTOCOL = "server-rejects-subprotocol", ConnectStep.SUBPROTOCOL
    SERVER_CHOSE_UNOFFERED_SUBPROTOCOL = "server-chose-unoffered-subprotocol", ConnectStep.SUBPROTOCOL
    SERVER_CHOSE_SEVERAL_SUBPROTOCOLS = "server-chose-several-subprotocols", ConnectStep.SUBPROTOCOL
    UPGRADE_ANSWER_WRONG = "upgrade-answer-wrong", ConnectStep.WEBSOCKET
    UPGRADE_ANSWER_OF_OTHER_HTTP = "upgrade-answer-of-other-http", ConnectStep.WEBSOCKET
    UPGRADE_ANSWER_INVALID = "upgrade-answer-invalid", ConnectStep.WEBSOCKET
    UPGRADE_ANSWER_ENDLESS = "upgrade-answer-endless", ConnectStep.WEBSOCKET
    UPGRADE_ANSWER_UNFINISHED = "upgrade-answer-unfinished", ConnectStep.WEBSOCKET
    UPGRADE_ANSWER_CUT = "upgrade-answer-cut", ConnectStep.WEBSOCKET
    UPGRADE_ANSWER_WITHOUT_UPGRADE = "upgrade-answer-without-upgrade", ConnectStep.WEBSOCKET
    SERVER_WITHOUT_HTTP = "server-without-http", ConnectStep.HTTP
    SERVER_WITH_TLS = "server-with-tls", ConnectStep.HTTP
    SERVER_WANTS_TLS = "server-wants-tls", ConnectStep.HTTP
    HTTP_TIMED_OUT = "http-timed-out", ConnectStep.HTTP
    HTTP_ANSWER_UNFINISHED = "http-answer-unfinished", ConnectStep.HTTP
    HTTP_ANSWER_CUT = "http-answer-cut", ConnectStep.HTTP
    HTTP_ANSWER_LINE_ENDS = "http-answer-line-ends", ConnectStep.HTTP
    HTTP_CUT = "http-cut", ConnectStep.HTTP
    HTTP_CUT_AFTER_TLS = "http-cut-after-tls", ConnectStep.HTTP
    ATTEMPT_GIVEN_UP = "attempt-given-up"

    # a peer that connects to a central system
    TOO_MANY_HANDSHAKES = "too-many-handshakes", ConnectStep.TCP
    STOPPED_LISTENING = "stopped-listening", ConnectStep.TCP
    PEER_TLS_TIMED_OUT = "peer-tls-timed-out", ConnectStep.TLS
    PEER_TLS_CUT = "peer-tls-cut", ConnectStep.TLS
    PEER_TLS_FAILED = "peer-tls-failed", ConnectStep.TLS
    PEER_WITHOUT_TLS = "peer-without-tls", ConnectStep.TLS
    PEER_WITHOUT_TLS_OR_HTTP = "peer-without-tls-or-http", ConnectStep.TLS
    PEER_TLS_CUT_AT_CERTIFICATE = "peer-tls-cut-at-certificate", ConnectStep.TLS
    PEER_SENT_ALERT = "peer-sent-alert", ConnectStep.TLS
    PEER_TLS_TOO_OLD = "peer-tls-too-old", ConnectStep.TLS
    PEER_SHARES_NO_SUITE = "peer-shares-no-suite", ConnectStep.TLS
    PEER_WITH_TLS = "peer-with-tls", ConnectStep.HTTP
    PEER_REJECTS_CERTIFICATE = "peer-rejects-certificate", ConnectStep.TLS
    PEER_WITHOUT_CERTIFICATE = "peer-without-certificate", ConnectStep.TLS
    PEER_CERTIFICATE_EXPIRED = "peer-certificate-expired", ConnectStep.TLS
    PEER_CERTIFICATE_NOT_YET_VALID = "peer-certificate-not-yet-valid", ConnectStep.TLS
    PEER_CERTIFICATE_SELF_SIGNED = "peer-certificate-self-signed", ConnectStep.TLS
    PEER_CERTIFICATE_OF_UNKNOWN_ISSUER = "peer-certificate-of-unknown-issuer", ConnectStep.TLS
    PEER_CERTIFICATE_WITHOUT_ROOT = "peer-certificate-without-root", ConnectStep.TLS
    PEER_CERTIFICATE_FOR_ANOTHER_PURPOSE = "peer-certificate-for-another-purpose", ConnectStep.TLS
    PEER_CERTIFICATE_TOO_WEAK = "peer-certificate-too-weak", ConnectStep.TLS
    PEER_CERTIFICATE_REVOKED = "peer-certificate-revoked", ConnectStep.TLS
    PEER_CERTIFICATE_WITHOUT_CRL = "peer-certificate-without-crl", ConnectStep.TLS
    PEER_CRL_EXPIRED = "peer-crl-expired", ConnectStep.TLS
    PEER_CERTIFICATE_UNTRUSTED = "peer-certificate-untrusted", ConnectStep.TLS
    PEER_SILENT = "peer-silent", ConnectStep.HTTP
    PEER_SENT_HALF_A_REQUEST = "peer-sent-half-a-request", ConnectStep.HTTP
    PEER_LEFT_SILENTLY = "peer-left-silently", ConnectStep.HTTP
    PEER_LEFT_IN_REQUEST = "peer-left-in-request", ConnectStep.HTTP
    REQUEST_TOO_LONG = "request-too-long", ConnectStep.HTTP
    REQUEST_INVALID = "request-invalid", ConnectStep.HTTP
    REQUEST_NOT_TAKEN = "request-not-taken", ConnectStep.HTTP
    PEER_WITHOUT_HTTP = "peer-without-http", ConnectStep.HTTP
    REQUEST_OF_OTHER_HTTP = "request-of-other-http", ConnectStep.HTTP
    REQUEST_OF_OTHER_METHOD = "request-of-other-method", ConnectStep.HTTP
    REQUEST_WITHOUT_UPGRADE = "request-without-upgrade", ConnectStep.HTTP
    UPGRADE_HEADER_REMOVED = "upgrade-header-removed", ConnectStep.HTTP
    CONNECTION_HEADER_REMOVED = "connection-header-removed", ConnectStep.HTTP
    PATH_WITHOUT_ID = "path-without-id", ConnectStep.HTTP
    TOO_MANY_CONNECTIONS = "too-many-connections", ConnectStep.HTTP
    CERTIFICATE_OF_ANOTHER_CHARGE_POINT = "certificate-of-another-charge-point", ConnectStep.CREDENTIALS
    CERTIFICATE_WITHOUT_NAME = "certificate-without-name", ConnectStep.CREDENTIALS
    CERTIFICATE_OF_ANOTHER_ORGANISATION = "certificate-of-another-organisation", ConnectStep.CREDENTIALS
    CREDENTIALS_UNKNOWN_ID = "credentials-unknown-id", ConnectStep.CREDENTIALS
    CREDENTIALS_MISSING = "credentials-missing", ConnectStep.CREDENTIALS
    CREDENTIALS_NOT_BASIC = "credentials-not-basic", ConnectStep.CREDENTIALS
    CREDENTIALS_NOT_BASE64 = "credentials-not-base64", ConnectStep.CREDENTIALS
    CREDENTIALS_WITHOUT_COLON = "credentials-without-colon", ConnectStep.CREDENTIALS
    CREDENTIALS_OF_ANOTHER_USER = "credentials-of-another-user", ConnectStep.CREDENTIALS
    CREDENTIALS_NOT_OF_THE_ID = "credentials-not-of-the-id", ConnectStep.CREDENTIALS
    PASSWORD_EMPTY = "password-empty", ConnectStep.CREDENTIALS
    PASSWORD_WRONG = "password-wrong", ConnectStep.CREDENTIALS
    PASSWORD_PADDED = "password-padded", ConnectStep.CREDENTIALS
    SUBPROTOCOL_NOT_SERVED = "subprotocol-not-served", ConnectStep.SUBPROTOCOL
    SUBPROTOCOL_MISWRITTEN = "subprotocol-miswritten", ConnectStep.SUBPROTOCOL
    SUBPROTOCOL_MISSING = "subprotocol-missing", ConnectStep.SUBPROTOCOL
    UPGRADE_REQUEST_WRONG = "upgrade-request-wrong", ConnectStep.WEBSOCKET
    WEBSOCKET_KEY_MISSING = "websocket-key-missing", ConnectStep.WEBSOCKET
    WEBSOCKET_KEY_WRONG = "websocket-key-wrong", ConnectStep.WEBSOCKET
    WEBSOCKET_VERSION_MISSING = "websocket-version-missing", ConnectStep.WEBSOCKET
    WEBSOCKET_VERSION_WRONG = "websocket-version-wrong", ConnectStep.WEBSOCKET

    # what is tolerated
    ID_ONLY_IN_ALTERNATIVE_NAME = "id-only-in-alternative-name"
    NO_CONNECTION_UPGRADE = "no-connection-upgrade"
    ID_ONLY_IN_USER = "id-only-in-user"
    ID_NOT_AT_THE_END = "id-not-at-the-end"
    USER_WRITTEN_OTHERWISE = "user-written-otherwise"
    SUBPROTOCOL_MISSPELT = "subprotocol-misspelt"
    SUBPROTOCOL_UNOFFERED = "subprotocol-unoffered"
    USER_IS_NOT_THE_ID = "user-is-not-the-id"
    CHARGE_POINT_NAMED_NO_SUBPROTOCOL = "charge-point-named-no-subprotocol"
    CENTRAL_SYSTEM_CHOSE_NO_SUBPROTOCOL = "central-system-chose-no-subprotocol"

    # OCPP-S
    SOAP_ADDRESS_UNKNOWN = "soap-address-unknown"
    SOAP_POST_FAILED = "soap-post-failed", ConnectStep.TCP
    SOAP_POST_TIMED_OUT = "soap-post-timed-out"
    SOAP_NOBODY_WAITS = "soap-nobody-waits"
    SOAP_ANSWER_WITHOUT_ENVELOPE = "soap-answer-without-envelope", ConnectStep.HTTP
    SOAP_VERSION_REFUSED = "soap-version-refused"
    SOAP_SILENT = "soap-silent"
    SOAP_ON_WEBSOCKET_PORT = "soap-on-websocket-port", ConnectStep.HTTP
    WEBSOCKET_ON_SOAP_PORT = "websocket-on-soap-port", ConnectStep.HTTP
    SOAP_NOT_AN_ENVELOPE = "soap-not-an-envelope"
    SOAP_METHOD_WRONG = "soap-method-wrong", ConnectStep.HTTP
    SOAP_FOR_ANOTHER = "soap-for-another"
    SOAP_NO_ANSWER_PASSED = "soap-no-answer-passed"
    SOAP_CHARGE_POINT_UNKNOWN = "soap-charge-point-unknown"
    SOAP_NOT_CONNECTED = "soap-not-connected"
    SOAP_BODY_BROKEN = "soap-body-broken", ConnectStep.HTTP
    SOAP_COMPRESSION_UNKNOWN = "soap-compression-unknown", ConnectStep.HTTP
    SOAP_CONTENT_TYPE_MISSING = "soap-content-type-missing"
    SOAP_CONTENT_TYPE_OF_1_1 = "soap-content-type-of-1.1"
    SOAP_CONTENT_TYPE_WRONG = "soap-content-type-wrong"
    SOAP_CHARSET_WRONG = "soap-charset-wrong"
    SOAP_ACTION_OF_ANOTHER = "soap-action-of-another"
    SOAP_FROM_MISSING = "soap-from-missing"
    SOAP_FROM_UNUSABLE = "soap-from-unusable"
    SOAP_TO_MISSING = "soap-to-missing"
    SOAP_TO_ELSEWHERE = "soap-to-elsewhere"
    SOAP_REPLY_ELSEWHERE = "soap-reply-elsewhere"
    SOAP_SERVICE_OF_SENDER = "soap-service-of-sender"

    # an open connection and its end
    NOT_OPEN = "not-open"
    NOT_CONNECTED = "not-connected"
    NOT_WAITING = "not-waiting"
    CLOSED_WITH_CODE = "closed-with-code"
    PING_UNANSWERED = "ping-unanswered"
    MESSAGE_TOO_LARGE = "message-too-large"
    WEBSOCKET_BROKEN = "websocket-broken"
    COMPRESSED_UNASKED = "compressed-unasked"
    CLOSE_UNANSWERED = "close-unanswered"
    CLOSE_CUT = "close-cut"
    RESET = "reset"
    CUT = "cut"
    TLS_BROKEN = "tls-broken"
    CUT_BY_PEER = "cut-by-peer"
    CUT_BY_US = "cut-by-us"


class NetworkProblem:
    """One thing that went wrong: its kind, and the facts."""

    __slots__ = ("code", "facts")

    def __init__(self, code: ProblemCode, **facts: Unpack[ProblemFacts]) -> None:
        self.code = code
        self.facts: ProblemFacts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NetworkProblem) and (self.code, self.facts) == (other.code, other.facts)

    def __hash__(self) -> int:
        return hash(self.code)

    def __repr__(self) -> str:
        return f"{self.code}: {', '.join(f'{name}={value!r}' for name, value in self.facts.items())}"

    @property
    def step(self) -> ConnectStep | None:
        return self.code.step

    @property
    def detail(self) -> ConnectionDetail:
        """As it is in the record of a connection event."""
        detail: ConnectionDetail = {"problem": self.code}
        if self.facts:
            detail["facts"] = self.facts
        return detail if self.step is None else {"step": self.step, **detail}

    @property
    def tolerated(self) -> Tolerated:
        """As it is in the record of a connection that was accepted anyway."""
        return {"problem": self.code, "facts": self.facts} if self.facts else {"problem": self.code}


class NetworkError(Exception):
    """Root of the exceptions of this package. A front end words the problem; their own text is for tracebacks."""

    def __init__(self, problem: NetworkProblem) -> None:
        super().__init__(repr(problem))
        self.problem = problem


class InvalidSetting(NetworkError, ValueError):
    """This setting cannot be used."""


class InvalidUrl(InvalidSetting):
    """The URL cannot be the address of a central system. Its facts do not contain the password in the URL."""

    def __init__(self, problem: NetworkProblem) -> None:
        facts = {name: _without_password(fact) for name, fact in problem.facts.items()}
        super().__init__(NetworkProblem(problem.code, **cast(ProblemFacts, facts)))


def _without_password(fact: object) -> object:
    """A fact about a URL, or about what is missing its scheme, without a password."""
    if not isinstance(fact, str) or "@" not in fact:
        return fact
    return without_url_secrets(fact) if "//" in fact else without_url_secrets(f"//{fact}")[2:]


class NotConnected(NetworkError):
    """There is no open connection for sending."""


class CannotListen(NetworkError):
    """The port, the address or the certificate is unusable."""


class UnusableCertificate(NetworkError):
    """A certificate, key or CA file cannot be read or does not match."""


class ConnectionFailed(NetworkError):
    """A connection that could not be made."""

    def __init__(
        self,
        problem: NetworkProblem,
        *,
        refused: bool = False,
        detail: ConnectionDetail | None = None,
        body: bytes | None = None,
    ) -> None:
        super().__init__(problem)
        self.refused = refused
        """The peer was reached, understood the request and refused it."""
        self.detail: ConnectionDetail = detail or {}
        """What else belongs into the record, such as `httpStatus` and `responseHeaders`."""
        self.body = body
        """The whole body of the HTTP answer, if one arrived; the record keeps the beginning of it."""
