"""The OCPP frames in bytes that a log shows as numbers: the text itself, WebSocket messages, or whole TCP packets."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import NamedTuple

from ocpptui.importing.packets.websocket_bytes import TEXT, MessageReader, NotWebSocket, WebSocketMessage
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import value_end
from ocpptui.ocpp.json_defects import has_too_many_values
from ocpptui.ocpp.version import Direction

AS_BYTES = "bytes"
"""The notation of a frame whose bytes the file shows as numbers or in base64."""
_BARE = lazily(rb"\s*\[\s*[2-6]\s*,\s*(?:\"|-?\d|null)")
_PADDING = b" \t\r\n\0"
_TCP = 6
_LINK_HEADERS = (0, 14, 16, 4, 18)
"""How many bytes precede the IP header: none, Ethernet, Linux cooked capture, loopback, Ethernet with a VLAN tag."""


class CarriedFrame(NamedTuple):
    """A frame in bytes, with what the bytes around it say."""

    raw: str | bytes
    """Bytes if they are not UTF-8."""
    direction: Direction | None = None
    """Set for a WebSocket message: the client, which is the charge point, masks (RFC 6455 section 5.1)."""
    route: str = ""
    """The addresses of the packet, as tcpdump writes them."""


def frames_in_bytes(data: bytes) -> list[CarriedFrame]:
    """The frames in these bytes; empty if they are anything else. Never raises."""
    bare = _text_of(data)
    if bare is not None:
        return [CarriedFrame(bare)]
    found = _in_websocket(data)
    if found:
        return found
    packet = packet_in(data)
    if packet is None:
        return []
    route, _, content = packet
    bare = _text_of(content)
    inner = [CarriedFrame(bare)] if bare is not None else _in_websocket(content)
    return [frame._replace(route=route) for frame in inner]


def is_whole_frame(data: bytes) -> bool:
    """Whether the bytes are the whole text of a frame."""
    text = _text_of(data)
    return type(text) is str and not has_too_many_values(text) and value_end(text, 0) == len(text)


def _text_of(data: bytes) -> str | bytes | None:
    """The text if the bytes begin as a frame. Bytes behind the frame that are no text are not part of it."""
    if _BARE.match(data) is None:
        return None
    data = data.strip(_PADDING)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        whole = data[: error.start].decode()
        end = None if has_too_many_values(whole) else value_end(whole, 0)
        return data if end is None else whole[:end]


def begins_websocket(data: bytes) -> bool:
    """Whether bytes may begin with the first WebSocket frame of a text message, or with a ping or pong."""
    return len(data) >= 4 and data[0] & 0x3F in (0x01, 0x09, 0x0A) and not data[0] & 0x30


def _in_websocket(data: bytes) -> list[CarriedFrame]:
    if not begins_websocket(data):
        return []
    reader = MessageReader(compressed=bool(data[0] & 0x40))
    messages = list[WebSocketMessage]()
    try:
        messages += reader.take(data)
        last = reader.finish()
    except NotWebSocket:
        last = None
    if last is not None:
        messages.append(last)
    return carried_by(messages)


def carried_by(messages: Sequence[WebSocketMessage]) -> list[CarriedFrame]:
    """The frames in the texts of these messages."""
    found = []
    for message in messages:
        text = _text_of(message.data) if message.opcode == TEXT else None
        if type(text) is str:
            found.append(CarriedFrame(text, Direction.TO_CSMS if message.masked else Direction.TO_CHARGE_POINT))
    return found


def packet_in(data: bytes) -> tuple[str, int, bytes] | None:
    """The addresses, the sequence number and the content of a TCP packet in IPv4 (RFC 791) or IPv6 (RFC 8200); None if
    it is none."""
    for start in _LINK_HEADERS:
        packet = data[start:]
        if len(packet) < 40:
            return None
        version, header = packet[0] >> 4, (packet[0] & 0x0F) * 4
        if version == 4 and header >= 20 and packet[9] == _TCP:
            length, sender, receiver = int.from_bytes(packet[2:4]), packet[12:16], packet[16:20]
        elif version == 6 and packet[6] == _TCP and len(packet) >= 60:
            header, length, sender, receiver = 40, 40 + int.from_bytes(packet[4:6]), packet[8:24], packet[24:40]
        else:
            continue
        if len(packet) < header + 20:
            continue
        segment = packet[header : length or None]
        offset = (segment[12] >> 4) * 4 if len(segment) >= 20 else 0
        if offset < 20:
            continue
        source, target = (int.from_bytes(segment[place : place + 2]) for place in (0, 2))
        route = f"IP {ip_address(sender)}.{source} > {ip_address(receiver)}.{target}: "
        return route, int.from_bytes(segment[4:8]), segment[offset:]
    return None
