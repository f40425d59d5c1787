"""The values of a SOAP envelope as tokens with paths, like those of JSON texts; also of a malformed envelope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ocpptui.jsontext.tokens import Steps, Token, TokenKind
from ocpptui.ocpp.xml_elements import XmlElement, element_text, xml_elements

PAYLOAD = 3
"""The first step of a path in a payload, as in an OCPP-J array."""


def xml_tokens(text: str) -> Iterator[Token]:
    """A token for each element without child elements, in order; its start and end are those of the content.

    The path of a value in the payload or of chargeBoxIdentity names its field; that of any other header has one step,
    the name of the header.
    """
    for element in xml_elements(text):
        yield from _tokens(text, element, (), "")


def _tokens(text: str, holder: XmlElement, path: Steps, header: str) -> Iterator[Token]:
    """`header` is the block of the header that the element is or is in; empty in the body."""
    if not holder.children:
        steps = (header,) if header and holder.name != "chargeBoxIdentity" else (PAYLOAD, *path)
        value = element_text(text, holder)
        if header and value.startswith(_WELL_KNOWN):
            return
        yield Token(steps, TokenKind.STRING, holder.content, holder.content_end, value)
        return
    several = Counter(child.name for child in holder.children)
    seen: Counter[str] = Counter()
    for child in holder.children:
        # The payload starts below the element in the body.
        step: Steps = () if holder.name in _AROUND else (child.name,)
        if step and (several[child.name] > 1 or child.name == "configurationKey"):
            step = (*step, seen[child.name])
            seen[child.name] += 1
        if child.name == "chargeBoxIdentity":
            step = (child.name,)
        block = header or (child.name if holder.name == "Header" else "")
        yield from _tokens(text, child, (*path, *step), block)


_WELL_KNOWN = "http://www.w3.org/"
"""Addresses that the standards define, such as the one for an answer on the same connection."""
_AROUND = frozenset({"Envelope", "Header", "Body"})
