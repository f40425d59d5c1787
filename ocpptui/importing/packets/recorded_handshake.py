"""What the opening handshake of a WebSocket says (RFC 6455 section 4): who connects, in which version, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ocpptui.ocpp.http_headers import header_lines
from ocpptui.ocpp.identity import identity_in_path
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RecordedHandshake:
    """A request to open a WebSocket, and its answer if there is one."""

    path: str
    """As in the request, with its query."""
    request: Headers
    response: Headers = ()
    status: str = ""
    """Code and reason; empty if no answer is known."""
    secure: bool = False
    host: str = ""
    """Set if the request does not name it."""

    @property
    def charge_point(self) -> str:
        """The last segment of the path (OCPP-J 1.6 section 3.1.1), decoded."""
        return identity_in_path(self.path)

    @property
    def subprotocol(self) -> str:
        """The one that was chosen; if no answer is known, the only one that was offered."""
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
        """The details of the event's record, without secrets."""
        host = header(self.request, "host") or self.host
        detail: dict[str, Any] = {
            "url": f"{'wss' if self.secure else 'ws'}://{host}{self.path}",
            "requestHeaders": header_lines(self.request),
        }
        if self.status:
            detail["responseStatus"] = self.status
            detail["responseHeaders"] = header_lines(self.response)
        if self.subprotocol:
            detail["subprotocol"] = self.subprotocol
        return detail


def header(headers: Headers, name: str) -> str:
    """The value of a header by its name in lower case; empty if it is missing."""
    return next((value for other, value in headers if other.lower() == name), "")
