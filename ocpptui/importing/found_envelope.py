"""A SOAP envelope that a reader finds, with what it and the request before it say."""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Transport


@dataclass(slots=True)
class FoundEnvelope(FoundFrame):
    """An envelope that was found."""

    is_answer: bool = False
    exchange: str = ""
    """What the log gives a request and its response alike, such as the number of the exchange."""
    sender: str = ""
    """The address in the header `From`."""
    recipient: str = ""
    """The address in the header `To`."""


def found_envelope(
    raw: str | bytes, line: int, request: FoundEnvelope | None, *, is_response: bool = False
) -> FoundEnvelope:
    """The envelope; `request` is the one before it on the HTTP connection, `is_response` whether HTTP
    sent it as a response.

    An answer belongs to the request, and has its charge point, unless RelatesTo names another.
    """
    from ocpptui.ocpp.soap_encoding import read_envelope  # which most files do not need

    frame, envelope = read_envelope(raw)
    is_answer = is_response or (frame.kind.is_answer if isinstance(frame, Message) else not frame.may_be_call)
    found = FoundEnvelope(raw, line, transport=Transport.SOAP, is_answer=is_answer)
    if not is_answer:
        found.message_id = frame.id or f"line {line}"
    elif request is not None and frame.id in ("", None, request.message_id):
        found.message_id, found.charge_point = request.message_id, request.charge_point
    else:
        found.message_id = frame.id or ""
    if envelope is not None:
        found.direction, found.version = envelope.direction, envelope.version
        found.charge_point = envelope.charge_point or found.charge_point
        found.sender, found.recipient = envelope.sender, envelope.recipient
    return found
