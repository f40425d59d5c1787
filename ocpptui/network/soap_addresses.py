"""The addresses in the headers of an envelope, put where another one takes the requests.

Source: WS-Addressing 1.0 Core section 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ocpptui.jsontext.tokens import replaced
from ocpptui.network.soap_headers import is_web_address
from ocpptui.ocpp.soap_dialect import ANONYMOUS
from ocpptui.ocpp.xml_elements import XmlElement, element_text, xml_elements


def sender_readdressed(text: bytes, address: str) -> tuple[bytes, str, dict[str, str]]:
    """A request that names another address at which its sender takes requests: in `From`, and in `ReplyTo` where that
    is the same. Also what it named before, and the headers that are changed. Every other byte stays; so does all of a
    request that names no address of http or https."""
    whole, headers = _headers(text)
    if (found := headers.get("From")) is None:
        return text, "", {}
    named = element_text(whole, found).strip()
    if not is_web_address(named):
        return text, "", {}
    same = {name: one for name, one in headers.items() if name != "To" and element_text(whole, one).strip() == named}
    return _with(whole, same.values(), address), named, dict.fromkeys(same, address)


def sender_unaddressed(text: bytes) -> bytes:
    """A request that names no address any more at which its sender takes requests. Every other byte stays."""
    whole, headers = _all_headers(text)
    named = [one for name, one in headers if name != "To" and is_web_address(element_text(whole, one).strip())]
    return _with(whole, named, ANONYMOUS) if named else text


def recipient_readdressed(text: bytes, old: str, address: str) -> tuple[bytes, dict[str, str]]:
    """A request with this address in `To`, if it has the old one there, and the headers that are changed. Every other
    byte stays."""
    whole, headers = _headers(text)
    found = headers.get("To")
    if found is None or not address or element_text(whole, found).strip() != old:
        return text, {}
    return _with(whole, [found], address), {"To": address}


def _with(text: str, places: Iterable[XmlElement], address: str) -> bytes:
    edits = sorted((one.content, one.content_end, escape(address, quote=False)) for one in places)
    return replaced(text, edits).encode()


def _headers(text: bytes) -> tuple[str, dict[str, XmlElement]]:
    """The text, and the elements with the addresses in its headers, of each header the first."""
    whole, headers = _all_headers(text)
    return whole, dict(reversed(headers))


def _all_headers(text: bytes) -> tuple[str, list[tuple[str, XmlElement]]]:
    try:
        whole = text.decode()
    except UnicodeDecodeError:
        return "", []
    envelope = next((one for one in xml_elements(whole) if one.name == "Envelope"), None)
    header = None if envelope is None else envelope.child("Header")
    found: list[tuple[str, XmlElement]] = []
    for block in () if header is None else header.children:
        place = block if block.name == "To" else block.child("Address") if block.name in ("From", "ReplyTo") else None
        if place is not None and place.content_end < place.end:
            found.append((block.name, place))
    return whole, found
