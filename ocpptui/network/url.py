"""The URL that a charge point requests."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ocpptui.network.problems import InvalidUrl, NetworkProblem, ProblemCode
from ocpptui.ocpp.identity import identity_in_path, path_segment
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Transport

DEFAULT_PORTS = {"ws": 80, "wss": 443}
SOAP_PORTS = {"http": 80, "https": 443}
"""The schemes of OCPP-S with their ports."""


_MISWRITTEN = re.compile(r"(wss?|https?)(?::/|//|;//|:\\\\|:(?![0-9]))", re.IGNORECASE)
"""A scheme of OCPP without the `://` that belongs after it; `ws:9000` may be a host and its port."""


def transport_of(url: str) -> Transport:
    """The transport that the scheme of a URL means."""
    return Transport.SOAP if url.strip().partition(":")[0].lower() in SOAP_PORTS else Transport.JSON


def split_url(url: str, schemes: Collection[str] = DEFAULT_PORTS) -> SplitResult:
    """The parts of a central system's URL, which has one of these schemes. Raises InvalidUrl."""
    text = url.strip()
    if not text:
        raise InvalidUrl(NetworkProblem(ProblemCode.URL_EMPTY))
    scheme, colon, _ = text.partition("://")
    if not colon:
        if miswritten := _MISWRITTEN.match(text):
            meant = f"{miswritten[1].lower()}://"
            code = ProblemCode.URL_SCHEME_MISWRITTEN
            raise InvalidUrl(NetworkProblem(code, url=text, name=miswritten[0], suggestion=meant))
        raise InvalidUrl(NetworkProblem(ProblemCode.URL_WITHOUT_SCHEME, url=text))
    if scheme.lower() not in schemes:
        instead = {"https": "wss", "http": "ws"}.get(scheme.lower(), "")
        code = ProblemCode.URL_OF_ANOTHER_SCHEME
        raise InvalidUrl(NetworkProblem(code, url=text, scheme=scheme, suggestion=instead))
    if any(character.isspace() or ord(character) < 32 for character in text):
        raise InvalidUrl(NetworkProblem(ProblemCode.URL_WITH_SPACE, url=text))
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise InvalidUrl(NetworkProblem(ProblemCode.URL_INVALID, url=text, reason=_reason(error))) from None
    try:
        port = parts.port
    except ValueError:
        port = 0  # not a number, or above 65535
    if not parts.hostname:
        raise InvalidUrl(NetworkProblem(ProblemCode.URL_WITHOUT_HOST, url=text))
    if port == 0:
        raise InvalidUrl(NetworkProblem(ProblemCode.URL_WITH_WRONG_PORT, url=text))
    if parts.fragment:
        raise InvalidUrl(NetworkProblem(ProblemCode.URL_WITH_FRAGMENT, url=text))
    return parts


def _reason(error: ValueError) -> str:
    """Why a URL cannot be split; some of these sentences quote the part with the password."""
    return "what is before its path cannot be read" if "@" in str(error) else str(error)


def with_identity(url: str, charge_point: str) -> str:
    """The URL with the identity as its last segment, appended and percent-encoded unless it is already there.

    Source: OCPP-J 1.6 section 3.1.1, OCPP 2.0.1 Part 4 section 3.1.1. Raises InvalidUrl.
    """
    parts = split_url(url)
    if identity_in_path(parts.path) == charge_point:
        return without_password(url)
    path = f"{parts.path.rstrip('/')}/{path_segment(charge_point)}"
    return without_password(urlunsplit(parts._replace(path=path)))


def without_password(url: str) -> str:
    """The URL without user name and password; empty if it cannot be read."""
    parts = url_parts(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
