"""What the opening handshake of a WebSocket says (RFC 6455 section 4): who connects, in which version, to where."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent

Headers = Sequence[tuple[str, str]]
HIDDEN = "***"
_SECRET_NAME = re.compile(r"cookie|token|secret|password|api-?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RecordedHandshake:
    """A request to open a WebSocket, and its answer as far as there is one."""

    path: str
    """As in the request, with its query."""
    request: Headers
    response: Headers = ()
    status: str = ""
    """Code and words; empty where no answer is known."""
    secure: bool = False
    host: str = ""
    """Where the request does not name it."""

    @property
    def charge_point(self) -> str:
        """The last segment of the path (OCPP-J 1.6 section 3.1.1), decoded."""
        return unquote(self.path.partition("?")[0].rstrip("/").rpartition("/")[2])

    @property
    def subprotocol(self) -> str:
        """The one that was chosen; the only one that was offered where no answer is known."""
        chosen = header(self.response, "sec-websocket-protocol")
        if chosen or self.response:
            return chosen
        offered = header(self.request, "sec-websocket-protocol")
        return "" if "," in offered else offered

    @property
    def version(self) -> Version | None:
        return Version.from_subprotocol(self.subprotocol)

    @property
    def event(self) -> ConnectionEvent:
        return ConnectionEvent.OPENED if self.status.startswith("101") or not self.status else ConnectionEvent.REFUSED

    def detail(self) -> dict[str, Any]:
        """What the record of the event tells, without secrets."""
        host = header(self.request, "host") or self.host
        detail: dict[str, Any] = {
            "url": f"{'wss' if self.secure else 'ws'}://{host}{self.path}",
            "requestHeaders": [_line(name, value) for name, value in self.request],
        }
        if self.status:
            detail["responseStatus"] = self.status
            detail["responseHeaders"] = [_line(name, value) for name, value in self.response]
        if self.subprotocol:
            detail["subprotocol"] = self.subprotocol
        return detail


def header(headers: Headers, name: str) -> str:
    """The value of a header by its name in lower case; empty where it is missing."""
    return next((value for other, value in headers if other.lower() == name), "")


def _line(name: str, value: str) -> str:
    """`Name: value`; Authorization keeps its scheme and user name only, other secrets nothing."""
    if name.strip().lower() in ("authorization", "proxy-authorization"):
        scheme, _, encoded = value.strip().partition(" ")
        value = f"{scheme} {HIDDEN}" if encoded else HIDDEN
        if scheme.lower() == "basic":
            try:
                user, colon, _ = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
            except (binascii.Error, ValueError):
                colon = ""
            if colon:
                value = f"{scheme} {user}:{HIDDEN}"
    elif _SECRET_NAME.search(name):
        value = HIDDEN
    return f"{name}: {value}"
