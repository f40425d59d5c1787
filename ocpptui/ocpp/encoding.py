"""What an encoding of OCPP does: it reads raw texts into messages, and writes messages."""

from __future__ import annotations

from typing import Any, Protocol

from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Transport


class Encoding(Protocol):
    """One way to write what OCPP says."""

    @property
    def transport(self) -> Transport: ...

    def read(self, raw: str | bytes) -> Message | Malformed:
        """Read one raw text as it was on the wire. Never raises: what is not a message is `Malformed`."""
        ...

    def payload_span(self, message: Message) -> tuple[int, int] | None:
        """Start and end of the payload (of an error: its details) in the raw text, in characters; None without one."""
        ...


def encoding_of(transport: Transport) -> Encoding:
    """The encoding of what travels on a transport."""
    if transport is Transport.JSON:
        return JSON
    from ocpptui.ocpp.soap_encoding import SOAP

    return SOAP


class SpokenEncoding(Encoding, Protocol):
    """An encoding that this program also sends. Payloads and details are JSON text; JSON takes them as they stand.

    An answer is `of` the message that it answers, whose id it repeats as that was written, or of an id.
    """

    def call(self, message_id: str, action: str, payload: str) -> str:
        """The text of a CALL."""
        ...

    def send(self, message_id: str, action: str, payload: str) -> str:
        """The text of a SEND (OCPP 2.1)."""
        ...

    def result(self, of: Message | str, payload: str) -> str:
        """The text of a CALLRESULT."""
        ...

    def result_message(self, of: Message, payload: dict[str, Any]) -> Message | Malformed:
        """The CALLRESULT to a message, which has its text; what `read` would make of that."""
        ...

    def error(self, of: Message | str, code: str, description: str = "", details: str = "{}") -> str:
        """The text of a CALLERROR."""
        ...

    def result_error(self, of: Message | str, code: str, description: str = "", details: str = "{}") -> str:
        """The text of a CALLRESULTERROR (OCPP 2.1), which refuses a CALLRESULT."""
        ...
