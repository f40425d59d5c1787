"""What an encoding of OCPP does: it reads raw texts into messages, and writes messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.plain_payloads import plain_payload
from ocpptui.ocpp.version import Transport


class Encoding(Protocol):
    """One notation for OCPP messages."""

    @property
    def transport(self) -> Transport: ...

    def read(self, raw: str | bytes) -> Message | Malformed:
        """Read one raw text as it was on the wire. Never raises: what is not a message is `Malformed`."""
        ...

    def payload_span(self, message: Message) -> tuple[int, int] | None:
        """Start and end of the payload (of an error: its details) in the raw text, in characters; None without one."""
        ...


def encoding_of(transport: Transport) -> Encoding:
    """The encoding that a transport uses."""
    if transport is Transport.JSON:
        return JSON
    from ocpptui.ocpp.soap_encoding import SOAP

    return SOAP


def payload_in(raw: str | bytes | None, transport: Transport) -> Any:
    """The payload in a raw text, read with as little work as possible; None if it has none."""
    if raw is None:
        return None
    payload = plain_payload(raw) if transport is Transport.JSON else None
    if payload is None and isinstance(frame := encoding_of(transport).read(raw), Message):
        return frame.payload
    return payload


class SpokenEncoding(Encoding, Protocol):
    """An encoding that this program also sends. Payloads and details are JSON text; JSON uses them as they are.

    `of` is the message that an answer refers to, whose id is repeated as it was written, or an id.
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
        """The CALLRESULT to a message, with its text, as `read` would return it."""
        ...

    def error(self, of: Message | str, code: str, description: str = "", details: str = "{}") -> str:
        """The text of a CALLERROR."""
        ...

    def result_error(self, of: Message | str, code: str, description: str = "", details: str = "{}") -> str:
        """The text of a CALLRESULTERROR (OCPP 2.1), which refuses a CALLRESULT."""
        ...

    def rewritten(self, message: Message, id_text: str, rewrite: Callable[[str], str], action: str = "") -> str:
        """The text of a message with another id (as JSON) and its payload (JSON text) passed through `rewrite`.

        Every other character stays, but for what names the connection, unless the message is of another encoding; it is
        then written anew, for which an answer needs its `action`.
        """
        ...

    def with_payload(self, message: Message, payload: str, action: str) -> str:
        """The text of a message of the peer with another payload (JSON text); every other character stays.

        `action` is that of the exchange.
        """
        ...
