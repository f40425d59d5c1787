"""The fields of a packet as Wireshark names them: which ends a frame went between, which of them is the client, and
where its text is among the layers that repeat it.

`ip.src`, `ip_src` and `ip_ip_src` are one field: `tshark -T json`, `-T ek -e` and `-T ek` write it so. A charge point
is the client of its connection, and only clients mask what they send (RFC 6455 section 5.1).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ocpptui.importing.packets.packet_addresses import Addresses, between
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.version import Direction

_FIELD = lazily(
    r"(?:(?:ip|ipv6)[._])?(?:ip|ipv6)[._](?P<address>src|dst)"
    r"|(?:tcp[._])?tcp[._](?P<port>src|dst)port"
    r"|(?:websocket[._])?websocket[._](?P<mask>mask)"
)
_AROUND = ("frame", "ip", "ipv6", "tcp")
WEBSOCKET = "websocket"
"""The layer of a WebSocket frame."""
_LINES = "data-text-lines"
_TEXT = lazily(r"(?:websocket[._])?websocket[._]payload[._]text(?P<raw>_raw)?")
_BYTES = lazily(r".*(?:payload|segment|reassembled|file)[._]?(?:data)?|.*_raw")
"""A field of a layer that has the text once more, or a part of it."""
_SEGMENT = lazily(r"(?:tcp[._])?tcp[._]segment[._]data(?:_raw)?")
_EK = '{"timestamp":"'
_MASKED = {"1": True, "true": True, "0": False, "false": False}


def packet_ends(objects: Iterable[Mapping[str, Any]]) -> tuple[Direction | None, Addresses | None]:
    """Which way the mask of a frame says that it went, and between which addresses, by the fields of all layers of a
    packet; None for what they do not say."""
    said = dict[str, str]()
    for fields in objects:
        for name, value in fields.items():
            field = _FIELD.fullmatch(name)
            if field is not None:
                one = value[0] if type(value) is list and len(value) == 1 else value
                said.setdefault(f"{field.lastgroup} {field[field.lastgroup or 0]}", str(one))
    masked = _MASKED.get(said.get("mask mask", "").lower())
    direction = None if masked is None else Direction.TO_CSMS if masked else Direction.TO_CHARGE_POINT
    if "address src" not in said or "address dst" not in said:
        return direction, None
    sender, receiver = (f"{said[f'address {end}']}:{said.get(f'port {end}', '')}".rstrip(":") for end in ("src", "dst"))
    return direction, between(sender, receiver)


def layers_once(layers: dict[str, Any]) -> dict[str, Any]:
    """The layers of a packet with the text of its WebSocket frame once: as the layer of WebSockets has it, else as that
    of lines does. The first packets of a message that goes on in others have nothing: the last one has it all. Other
    objects, and packets with neither, are returned as they are."""
    if not any(name in layers or f"{name}_raw" in layers for name in _AROUND):
        return layers
    sockets = layers.get(WEBSOCKET)
    texts = [text for one in (sockets if type(sockets) is list else [sockets]) if (text := _text_in(one))]
    content: dict[str, Any] = {}
    if texts:
        content = {WEBSOCKET: texts[0] if len(texts) == 1 else texts}
    elif type(lines := layers.get(_LINES)) is dict and any("[" in f"{name}{text}" for name, text in lines.items()):
        content = {_LINES: lines}
    elif not any(_SEGMENT.fullmatch(name) for name in layers.get("tcp") or ()):
        return layers
    around = {name: layers[name] for name in _AROUND if type(layers.get(name)) is dict}
    return {name: _without_bytes(layer) for name, layer in around.items()} | content


def with_all_frames(value: Any, text: str) -> Any:
    """A decoded text in JSON with all WebSocket frames of each packet: Wireshark repeats the key of their layer, whose
    last value alone a decoder keeps."""
    return json.loads(text, object_pairs_hook=_with_lists) if text.count(f'"{WEBSOCKET}":') > 1 else value


def _with_lists(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs) and WEBSOCKET in fields:
        fields[WEBSOCKET] = [value for name, value in pairs if name == WEBSOCKET]
    return fields


def is_segment(line: str) -> bool:
    """Whether a line is a packet of `tshark -T ek` with a part of a message whose last packet has it all."""
    return line.startswith(_EK) and "segment_data" in line and '"websocket"' not in line


def _text_in(websocket: object) -> dict[str, Any]:
    """The mask and the text of the layer of WebSockets; empty if it has no text."""
    if type(websocket) is not dict:
        return {}
    fields = dict[str, Any](websocket)
    for inner in websocket.values():
        if type(inner) is dict:
            fields |= inner
    texts = {name: value for name, value in fields.items() if value and _TEXT.fullmatch(name)}
    plain = {name: value for name, value in texts.items() if not name.endswith("_raw")}
    mask = {name: value for name, value in fields.items() if _FIELD.fullmatch(name)}
    return mask | (plain or texts) if texts else {}


def _without_bytes(layer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in layer.items() if not _BYTES.fullmatch(name)}
