"""The opening handshake of a WebSocket as the record of a connection event has it, or a part of it.

The detail may come from any file: whatever is missing, or of the wrong type, is None or empty. Sources: RFC 6455
section 4, OCPP-J 1.6 and OCPP 2.x Part 4 section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from ocpptui.ocpp.header_credentials import parse_basic
from ocpptui.ocpp.secret_names import MASK
from ocpptui.ocpp.url_parts import url_parts

Headers = Mapping[str, tuple[str, ...]]
"""The values of each header, by its name in lower case."""


class RecordedUpgrade:
    """What the detail of a connection event says of the request and its answer."""

    def __init__(self, detail: Mapping[str, Any]) -> None:
        self._detail = detail

    @cached_property
    def request(self) -> Headers | None:
        """The headers of the request; None if they are not recorded."""
        return _headers(self._detail.get("requestHeaders"))

    @cached_property
    def response(self) -> Headers | None:
        """The headers of the answer; None if they are not recorded."""
        return _headers(self._detail.get("responseHeaders"))

    @property
    def asks_for_websocket(self) -> bool:
        """Whether the headers are those of somebody who wants a WebSocket, complete or not."""
        request = self.request or {}
        is_upgrade = any("websocket" in one.lower() for one in request.get("upgrade", ()))
        return is_upgrade or any(name.startswith("sec-websocket-") for name in request)

    @cached_property
    def url(self) -> str:
        return _text(self._detail.get("url"))

    @property
    def is_plain(self) -> bool:
        """Whether it is known that there is no TLS."""
        return self.url.lower().startswith("ws://")

    @property
    def host(self) -> str:
        """The host in the URL, without its port; empty if it is unknown."""
        return url_parts(self.url).hostname or ""

    @cached_property
    def path(self) -> str | None:
        """The path as it was requested, without its query; None if it is unknown."""
        line = _text(self._detail.get("requestLine")) or _text(self._detail.get("firstBytes")).partition("\\r\\n")[0]
        if line.startswith("GET "):
            path = line[4:].rpartition(" HTTP/")[0] or line[4:]
        elif self.url.partition("://")[1]:
            authority, slash, path = self.url.partition("://")[2].partition("/")
            path = slash + path
        else:
            return None
        return path.partition("?")[0]

    @property
    def last_segment(self) -> str:
        """The end of the path, where the identity is, as it was requested; empty if there is none."""
        return (self.path or "").rstrip("/").rpartition("/")[2]

    @property
    def identity(self) -> str:
        return unquote(self.last_segment)

    @cached_property
    def offered(self) -> list[str] | None:
        """The subprotocols that the charge point offers; None if that is unknown."""
        recorded = self._detail.get("subprotocolsOffered")
        if isinstance(recorded, list | tuple):
            return [one for one in recorded if isinstance(one, str)]
        if self.request is None:
            return None
        names = ",".join(self.request.get("sec-websocket-protocol", ())).split(",")
        return [name.strip() for name in names if name.strip()]

    @property
    def chosen(self) -> str | None:
        """The subprotocol in the answer; None if there is none, or no answer."""
        return _text(self._detail.get("subprotocol")) or None

    @property
    def is_answered(self) -> bool:
        """Whether the answer is recorded."""
        return self.response is not None or "subprotocol" in self._detail

    @cached_property
    def user(self) -> str | None:
        """The user name of Basic authentication; None if there is none, or if it is unknown."""
        for value in (self.request or {}).get("authorization", ()):
            scheme, _, credentials = value.partition(" ")
            if scheme.lower() != "basic":
                continue
            user, colon, password = credentials.rpartition(":")
            if colon and password == MASK:
                return user
            return basic[0] if (basic := parse_basic(value)) is not None else None
        accepted = self._detail.get("credentials")
        return _text(accepted.get("user")) or None if isinstance(accepted, Mapping) else None

    @property
    def has_credentials(self) -> bool:
        """Whether the request contains credentials."""
        return bool((self.request or {}).get("authorization")) or self.user is not None

    @property
    def tls(self) -> Mapping[str, Any]:
        """What the TLS handshake negotiated; empty if that is unknown."""
        found = self._detail.get("tls")
        return found if isinstance(found, Mapping) else {}

    @property
    def certificate_names(self) -> list[str]:
        """Whom the certificate of the peer names."""
        certificate = self.tls.get("certificate")
        if not isinstance(certificate, Mapping):
            return []
        lists = (certificate.get("commonNames"), certificate.get("names"))
        return [one for names in lists if isinstance(names, list | tuple) for one in names if isinstance(one, str)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _headers(lines: Any) -> Headers | None:
    if not isinstance(lines, list | tuple):
        return None
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name, colon, value = _text(line).partition(":")
        if colon:
            name = name.strip().lower()
            found[name] = (*found.get(name, ()), value.strip())
    return found
