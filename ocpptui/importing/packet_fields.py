"""The fields of a packet as Wireshark names them: which ends a frame went between, and which of them is the client.

`ip.src`, `ip_src` and `ip_ip_src` are one field: `tshark -T json`, `-T ek -e` and `-T ek` write it so. A charge point
is the client of its connection, and only clients mask what they send (RFC 6455 section 5.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ocpptui.importing.packet_addresses import Addresses, between
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.version import Direction

_FIELD = lazily(
    r"(?:(?:ip|ipv6)[._])?(?:ip|ipv6)[._](?P<address>src|dst)"
    r"|(?:tcp[._])?tcp[._](?P<port>src|dst)port"
    r"|(?:websocket[._])?websocket[._](?P<mask>mask)"
)
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
