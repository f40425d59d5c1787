"""The URL that a charge point requests."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit, urlunsplit

from ocpptui.network.problems import InvalidUrl
from ocpptui.ocpp.identity import identity_in_path, path_segment

DEFAULT_PORTS = {"ws": 80, "wss": 443}


def split_url(url: str) -> SplitResult:
    """The parts of a central system's URL. Raises InvalidUrl, which says what is wrong and what would be right."""
    text = url.strip()
    scheme, colon, rest = text.partition("://")
    if not colon:
        raise InvalidUrl(f"{text!r} has no scheme; write ws://{text.lstrip('/')} or wss://{text.lstrip('/')}")
    if scheme.lower() not in DEFAULT_PORTS:
        instead = "wss" if scheme.lower() == "https" else "ws"
        raise InvalidUrl(f"the scheme of {text!r} is {scheme}; OCPP-J needs ws or wss: {instead}://{rest}")
    if any(character.isspace() or ord(character) < 32 for character in text):
        raise InvalidUrl(f"{text!r} holds a space or a control character; write it percent-encoded, %20 for a space")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise InvalidUrl(f"{text!r} is no URL: {error}") from None
    if not parts.hostname:
        raise InvalidUrl(f"{text!r} names no host")
    if port == 0:
        raise InvalidUrl(f"{text!r} names port 0; a port is 1 to 65535")
    if parts.fragment:
        raise InvalidUrl(f"{text!r} has a fragment (#); write %23 where the character is meant")
    return parts


def with_identity(url: str, charge_point: str) -> str:
    """The URL with the identity as its last segment, appended and percent-encoded unless it stands there already.

    Source: OCPP-J 1.6 section 3.1.1, OCPP 2.0.1 Part 4 section 3.1.1. Raises InvalidUrl.
    """
    parts = split_url(url)
    if identity_in_path(parts.path) == charge_point:
        return without_password(url)
    path = f"{parts.path.rstrip('/')}/{path_segment(charge_point)}"
    return without_password(urlunsplit(parts._replace(path=path)))


def without_password(url: str) -> str:
    """The URL without user name and password."""
    parts = urlsplit(url.strip())
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
