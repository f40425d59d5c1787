"""What is wrong with a header of an envelope that is there: it occurs twice, is in another namespace, or demands to be
understood though OCPP has no such header.

Sources: OCPP-S 1.6 section 4, WS-Addressing 1.0 Core section 3.2, SOAP 1.2 Part 1 sections 2.4 and 5.2.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ocpptui.ocpp.element_faults import ElementFault
from ocpptui.ocpp.soap_payload import qualified

if TYPE_CHECKING:
    from lxml.etree import _Element

ADDRESSING = "http://www.w3.org/2005/08/addressing"
HEADER_FAULTS = ("repeated-header", "header-namespace", "header-not-understood")
"""Names of the defects."""


def header_faults(header: _Element | None, envelope: str, body: str) -> list[ElementFault]:
    """The faults of the header blocks, the first of each name.

    `envelope` is the namespace of the envelope, `body` that of the element in its body.
    """
    found: dict[str, ElementFault] = {}
    for fault in _faults(header, envelope, body) if header is not None else ():
        found.setdefault(fault.name, fault)
    return list(found.values())


def _faults(header: _Element, envelope: str, body: str) -> Iterator[ElementFault]:
    seen = set[str]()
    for block in header:
        space, name = qualified(block.tag)
        if name not in _OF_ADDRESSING and name != _IDENTITY:
            if (block.get(f"{{{envelope}}}mustUnderstand") or "").strip() in ("1", "true") and space != ADDRESSING:
                sentence = f"the header {name[:60]} must be understood (mustUnderstand), but OCPP has no such header"
                yield ElementFault("header-not-understood", sentence, name)
            continue
        if name in seen:
            yield ElementFault("repeated-header", f"the header {name} occurs more than once", name)
        seen.add(name)
        is_service = space == body or space.lower().startswith("urn://ocpp/")
        is_right = is_service if name == _IDENTITY else space == ADDRESSING
        if not is_right:
            wanted = "that of the service" if name == _IDENTITY else ADDRESSING
            where = f"the namespace {space[:100]}" if space else "no namespace"
            yield ElementFault("header-namespace", f"the header {name} is in {where}, not in {wanted}", name)


_IDENTITY = "chargeBoxIdentity"
_OF_ADDRESSING = frozenset({"Action", "MessageID", "RelatesTo", "From", "To", "ReplyTo"})
"""The headers of WS-Addressing that OCPP-S uses."""
