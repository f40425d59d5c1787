"""Messages of OCPP-J and OCPP-S that are made wrong on purpose, from right ones."""

from __future__ import annotations

import re
from html import escape, unescape
from itertools import islice
from zlib import crc32

from ocpptui.jsontext.text import indented, quote
from ocpptui.jsontext.tokens import TokenKind, elements, replaced, scalars, tokens
from ocpptui.ocpp.json_defects import readable_id
from ocpptui.ocpp.soap_encoding import payload_element
from ocpptui.ocpp.xml_elements import walk, xml_elements
from ocpptui.simulator.fault_plan import Breakage

LONG_ID_LENGTH = 40
"""Characters of a message id that is too long; 36 are allowed."""
DIGITS_OF_A_NUMBER = 15
"""As many digits any reader of JSON keeps (RFC 8259 section 6)."""
UNKNOWN_TYPE = 9
"""A message type number that no version of OCPP-J has."""


def with_message_id(frame: str, message_id: str) -> str:
    """A frame with another message id; an envelope with another MessageID or, of an answer, RelatesTo."""
    if _is_envelope(frame):
        return _with_other_id(frame, message_id)
    return _with_element(frame, 1, quote(message_id))


def broken(frame: str, how: Breakage, place: float) -> str:
    """A frame that is broken; `place`, from 0 to before 1, is where a truncated one ends.

    A tolerant peer can still read some of them: those with an odd message id, a NUL or many lines.
    """
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
        case Breakage.LEADING_COMMA if _is_envelope(frame):
            return f"{frame},"
        case Breakage.LEADING_COMMA:
            return frame.replace("[", "[,", 1)
        case Breakage.EMPTY_VALUE if _is_envelope(frame):
            return _FIRST_TAG.sub(r"\g<0> empty=", frame, count=1)
        case Breakage.EMPTY_VALUE:
            return _without_last_value(frame)
        case Breakage.WRONG_ESCAPE if _is_envelope(frame):
            return _before_end(frame, "&x")
        case Breakage.WRONG_ESCAPE:
            return _with_last_text(frame, "\\x")
        case Breakage.NUL if _is_envelope(frame):
            return _before_end(frame, "&#0;")
        case Breakage.NUL:
            return _with_last_text(frame, "\\u0000")
        case Breakage.INTEGER_ID:
            return _with_integer_id(frame)
        case Breakage.LONG_ID:
            return with_message_id(frame, _message_id(frame).ljust(LONG_ID_LENGTH, "0"))
        case Breakage.INDENTED if _is_envelope(frame):
            return _BETWEEN_TAGS.sub("\n", frame)
        case Breakage.INDENTED:
            return indented(frame)


def _with_integer_id(frame: str) -> str:
    """A frame whose message id is the number that it was, or one of its own."""
    message_id = _message_id(frame)
    is_number = message_id.isascii() and message_id.isdigit() and len(message_id) <= DIGITS_OF_A_NUMBER
    number = str(int(message_id) if is_number else crc32(message_id.encode("utf-8", "replace")))
    return with_message_id(frame, number) if _is_envelope(frame) else _with_element(frame, 1, number)


def _message_id(frame: str) -> str:
    """That of a right frame, of an answer as well."""
    if _is_envelope(frame):
        found = {element.name: element for element in walk(xml_elements(frame))}
        header = found.get("RelatesTo") or found.get("MessageID")
        return "" if header is None else unescape(frame[header.content : header.content_end])
    return readable_id(frame) or ""


def _with_last_text(frame: str, more: str) -> str:
    """A frame whose last text, in a payload without any its action or message id, has more characters at its end."""
    texts = [token for token in tokens(frame) if token.kind is TokenKind.STRING]
    end = texts[-1].end - 1 if texts else len(frame)
    return frame[:end] + more + frame[end:]


def _without_last_value(frame: str) -> str:
    """A frame without the last value in its payload; without the payload if that is empty."""
    start, end = list(elements(frame))[-1]
    last = [token for token in scalars(frame) if token.start > start]
    return frame[: last[-1].start] + frame[last[-1].end :] if last else frame[:start] + frame[end:]


def _before_end(envelope: str, more: str) -> str:
    end = envelope.rindex("</")
    return envelope[:end] + more + envelope[end:]


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
_FIRST_TAG = re.compile(r"<[A-Za-z_][^\s<>/]*+")
_BETWEEN_TAGS = re.compile(r"(?<=>)(?=<)")
_OPERATION = re.compile(r"(?<=\w)(?:Request|Response)(?=[\s/>])")
