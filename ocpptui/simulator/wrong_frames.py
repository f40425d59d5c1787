"""Messages of OCPP-J and OCPP-S that are made wrong on purpose, from right ones."""

from __future__ import annotations

import re
from html import escape
from itertools import islice

from ocpptui.jsontext.text import quote
from ocpptui.jsontext.tokens import elements, replaced
from ocpptui.ocpp.soap_encoding import payload_element
from ocpptui.ocpp.xml_elements import walk, xml_elements
from ocpptui.simulator.fault_plan import Breakage

UNKNOWN_TYPE = 9
"""A message type number that no version of OCPP-J has."""


def with_message_id(frame: str, message_id: str) -> str:
    """A frame with another message id; an envelope with another MessageID or, of an answer, RelatesTo."""
    if _is_envelope(frame):
        return _with_other_id(frame, message_id)
    return _with_element(frame, 1, quote(message_id))


def broken(frame: str, how: Breakage, place: float) -> str:
    """A frame that can no longer be read as one; `place`, from 0 to before 1, is where a truncated one ends."""
    match how:
        case Breakage.TRUNCATED:
            return frame[: 1 + int(place * (len(frame) - 1))]
        case Breakage.WRONG_TYPE if _is_envelope(frame):
            return _with_no_operation(frame)
        case Breakage.NOT_ARRAY if _is_envelope(frame):
            return f"<message>{_DECLARATION.sub('', frame)}</message>"
        case Breakage.WRONG_TYPE:
            return _with_element(frame, 0, str(UNKNOWN_TYPE))
        case Breakage.NOT_ARRAY:
            return f'{{"message":{frame}}}'


def _with_element(frame: str, place: int, value: str) -> str:
    span = next(islice(elements(frame), place, None), None)
    return frame if span is None else replaced(frame, [(*span, value)])


def _is_envelope(frame: str) -> bool:
    return frame.lstrip().startswith("<")


def _with_other_id(envelope: str, message_id: str) -> str:
    found = {element.name: element for element in walk(xml_elements(envelope))}
    header = found.get("RelatesTo") or found.get("MessageID")
    if header is None:
        return envelope
    return f"{envelope[: header.content]}{escape(message_id, quote=False)}{envelope[header.content_end :]}"


def _with_no_operation(envelope: str) -> str:
    """The element in the body has a name of neither a request nor a response."""
    element = payload_element(envelope)
    if element is None:
        return envelope
    start, end = element.start, element.end
    return envelope[:start] + _OPERATION.sub("Message", envelope[start:end]) + envelope[end:]


_DECLARATION = re.compile(r"\A\s*<\?xml[^<>]*\?>\s*")
_OPERATION = re.compile(r"(?<=\w)(?:Request|Response)(?=[\s/>])")
