"""The two addresses that a dump of packets names for each: `IP 10.0.0.5.51000 > 10.0.0.1.9000`, `Src: …, Dst: …`.

Which of them is the charge point is not said. One of the two is taken for the writer of the frames between them, so
that the actions show it, as with "sent" and "received".
"""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.importing.found_frame import Flow
from ocpptui.jsontext.lazy_pattern import lazily

_IPV4 = r"\d{1,3}(?:\.\d{1,3}){3}(?:[.:]\d{1,5})?"
_ADDRESS = lazily(rf"{_IPV4}|(?=[^:]*::|(?:[^:]*:){{5}})[\da-fA-F:]{{2,39}}")
_PAIR = lazily(
    rf"\bIP6? (?P<dump>\S{{1,80}}) > (?P<towards>\S{{1,80}}?):(?:\s|$)"
    rf"|(?<![\w.])(?P<one>{_IPV4})\s?(?:-{{0,3}}>|=>|→|-(?=\d{{3}}\.)|(?P<left><-{{0,3}}|<=|←))\s?(?P<other>{_IPV4})"
    r"(?![\w.])"
    rf"|(?<![\w.])(?P<from>{_IPV4})\s{{2,}}(?P<to>{_IPV4})\s+(?:WebSocket|HTTP|TCP|TLS)"
    r"|\bSrc: (?P<source>[^\s,\"']{1,80}).{0,80}?\bDst: (?P<target>[^\s,\"']{1,80})"
)
_MAY_BE_PAIR = lazily(r"IP|Src:|\d\.\d{1,3}\.\d")
"""What a text must have for that; it is found sooner."""


class Addresses(NamedTuple):
    """Between which addresses a frame went."""

    flow: Flow
    """Sent by the address that comes first in alphabetical order, or received by it."""
    connection: str
    """Both addresses, the same for both directions."""


def addresses_in(text: str) -> Addresses | None:
    """The addresses in a line; None if it does not name two."""
    match = _PAIR.search(text) if _MAY_BE_PAIR.search(text) is not None else None
    if match is None:
        return None
    sender = match["dump"] or match["one"] or match["from"] or match["source"]
    receiver = match["towards"] or match["other"] or match["to"] or match["target"]
    return between(receiver, sender) if match["left"] else between(sender, receiver)


def between(sender: str, receiver: str) -> Addresses:
    """What two addresses say of a frame."""
    return Addresses(Flow.SENT if sender < receiver else Flow.RECEIVED, "~".join(sorted((sender, receiver))))


def is_address(text: str) -> bool:
    """Whether a text is an IP address, with or without a port."""
    return _ADDRESS.fullmatch(text) is not None
