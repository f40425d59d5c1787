"""The messages of one charge point as SOAP envelopes: OCPP-S as it is written.

OCPP-S has neither SEND nor CALLRESULTERROR; they are written as what comes closest, so that a test on purpose can see
what a peer does with it. Sources: OCPP-S 1.6 sections 2 and 3, the WSDLs of OCPP 1.2, 1.5 and 1.6, SOAP 1.2 Part 1
section 5, WS-Addressing 1.0 Core section 3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from ocpptui.jsontext.tokens import replaced
from ocpptui.ocpp.header_faults import ADDRESSING
from ocpptui.ocpp.json_defects import is_too_deep
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.service_schemas import body_element
from ocpptui.ocpp.service_types import CENTRAL_SYSTEM, CHARGE_POINT, element_type, services
from ocpptui.ocpp.soap_encoding import SOAP_12, SoapEncoding, payload_element
from ocpptui.ocpp.soap_payload import element_of
from ocpptui.ocpp.version import Role, Version
from ocpptui.ocpp.xml_elements import walk, xml_elements

if TYPE_CHECKING:
    from lxml.etree import _Element

ANONYMOUS = f"{ADDRESSING}/anonymous"
"""The reply address that means the response of the same HTTP exchange."""
_ABOUT_THE_SENDER = ("SecurityError", "IdentityMismatch", "ProtocolError")
"""The sub-codes of a fault that the sender of the request caused; of the others, the receiver did."""


@dataclass(frozen=True)
class SoapDialect(SoapEncoding):
    """OCPP-S as a `SpokenEncoding`, as one side of one connection writes it."""

    version: Version
    """1.2, 1.5 or 1.6."""
    role: Role
    """The side that writes."""
    charge_point: str
    """The id in `chargeBoxIdentity`."""
    own_address: str = ""
    """The URL in `From`, at which the writer accepts requests; empty: `From` is left out."""
    peer_address: str = ""
    """The URL in `To`, which requests are posted to."""

    def call(self, message_id: str, action: str, payload: str) -> str:
        """As in `SpokenEncoding`: the request, to the service of the peer."""
        service = self._peer_service
        body = self._body(service, action, payload, is_response=False)
        headers = [("Action", f"/{action}"), ("MessageID", _iri(message_id))]
        headers += [("From", self.own_address)] if self.own_address else []
        headers += [("ReplyTo", ANONYMOUS), ("To", self.peer_address or ANONYMOUS)]
        return self._envelope(service, headers, body)

    def send(self, message_id: str, action: str, payload: str) -> str:
        """As in `SpokenEncoding`: a request, since OCPP-S has no message without an answer."""
        return self.call(message_id, action, payload)

    def result(self, of: Message | str, payload: str) -> str:
        """As in `SpokenEncoding`: the response of our service. `of` has to be the message that is answered, whose
        action the response has; for an id alone, it is one without an action."""
        action = of.action or "" if isinstance(of, Message) else ""
        service = self._own_service
        headers = [("Action", f"/{action}Response"), *self._related(of)]
        return self._envelope(service, headers, self._body(service, action, payload, is_response=True))

    def result_message(self, of: Message, payload: dict[str, Any]) -> Message | Malformed:
        """As in `SpokenEncoding`."""
        return self.read(self.result(of, json.dumps(payload)))

    def error(self, of: Message | str, code: str, description: str = "", details: str = "{}") -> str:
        """As in `SpokenEncoding`: a fault with this sub-code (OCPP-S 1.6 section 3.4), or for a code of OCPP-J with the
        one that comes closest."""
        from lxml import etree

        service = self._own_service
        space = services(self.version)[service].namespace
        fault = etree.Element(etree.QName(SOAP_12, "Fault"))
        outer = etree.SubElement(fault, etree.QName(SOAP_12, "Code"))
        code = _SUB_CODES.get(code, code)
        side = "Sender" if code in _ABOUT_THE_SENDER else "Receiver"
        etree.SubElement(outer, etree.QName(SOAP_12, "Value")).text = f"soap:{side}"
        inner = etree.SubElement(outer, etree.QName(SOAP_12, "Subcode"))
        inner.append(element_of("Value", f"ocpp:{code}", None, SOAP_12))
        reason = etree.SubElement(fault, etree.QName(SOAP_12, "Reason"))
        text = element_of("Text", description or code, None, SOAP_12)
        text.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
        reason.append(text)
        if given := _decoded(details):
            detail = etree.SubElement(fault, etree.QName(SOAP_12, "Detail"))
            content = element_of("details", given, None, space)
            detail.text = content.text
            detail.extend(content)
        headers = [("Action", f"{ADDRESSING}/fault"), *self._related(of)]
        return self._envelope(service, headers, fault)

    def result_error(self, of: Message | str, code: str, description: str = "", details: str = "{}") -> str:
        """As in `SpokenEncoding`: a fault."""
        return self.error(of, code, description, details)

    def rewritten(self, message: Message, id_text: str, rewrite: Callable[[str], str], action: str = "") -> str:
        """As in `SpokenEncoding`: the envelope, with the identity and the addresses of this connection."""
        message_id, payload = str(json.loads(id_text)), rewrite(message.payload_text)
        action = message.action or action
        if message.transport is not self.transport:
            return self._anew(message, message_id, payload, action)
        raw = message.raw
        edits = [(*span, escape(text, quote=False)) for span, text in self._own_headers(raw, message_id)]
        if payload != message.payload_text:
            service = self._own_service if message.kind.is_answer else self._peer_service
            edits += self._of_payload(message, payload, action, service)
        return replaced(raw, sorted(edits))

    def with_payload(self, message: Message, payload: str, action: str) -> str:
        """As in `SpokenEncoding`."""
        service = self._peer_service if message.kind.is_answer else self._own_service
        return replaced(message.raw, self._of_payload(message, payload, message.action or action, service))

    def _of_payload(self, message: Message, payload: str, action: str, service: str) -> list[tuple[int, int, str]]:
        """The edit that gives an envelope another payload; none where it has no place for one."""
        from lxml import etree

        place = payload_element(message.raw)
        if place is None:
            return []
        if not message.kind.is_error:
            element = self._body(service, action, payload, is_response=message.kind.is_answer)
            return [(place.start, place.end, etree.tostring(element, encoding="unicode"))]
        details = element_of("details", _decoded(payload), None, services(self.version)[service].namespace)
        inner = [etree.tostring(one, encoding="unicode") for one in details]
        return [(place.content, place.content_end, escape(details.text or "", quote=False) + "".join(inner))]

    def _own_headers(self, raw: str, message_id: str) -> Iterator[tuple[tuple[int, int], str]]:
        """Where a header of an envelope has what is another value on this connection, and that value."""
        found = {element.name: element for element in walk(xml_elements(raw))}
        ours = {"MessageID": _iri(message_id), "RelatesTo": message_id, "chargeBoxIdentity": self.charge_point}
        if "RelatesTo" in found:
            del ours["MessageID"]
        elif self.peer_address:
            ours["To"] = self.peer_address
        for name, text in ours.items():
            if name in found and found[name].content_end < found[name].end:
                yield (found[name].content, found[name].content_end), text
        address = found["From"].child("Address") if "From" in found else None
        if address is not None and self.own_address:
            yield (address.content, address.content_end), self.own_address

    def _anew(self, message: Message, message_id: str, payload: str, action: str) -> str:
        """A message of another encoding as an envelope."""
        if not message.kind.is_answer:
            return self.call(message_id, action, payload)
        of = Message("", MessageKind.CALL, message_id, action, None)
        if message.kind.is_error:
            return self.error(of, message.error_code, message.error_description, payload)
        return self.result(of, payload)

    @property
    def _peer_service(self) -> str:
        return CENTRAL_SYSTEM if self.role is Role.CHARGE_POINT else CHARGE_POINT

    @property
    def _own_service(self) -> str:
        return CHARGE_POINT if self.role is Role.CHARGE_POINT else CENTRAL_SYSTEM

    def _related(self, of: Message | str) -> list[tuple[str, str]]:
        return [("RelatesTo", of.id if isinstance(of, Message) else of), ("To", ANONYMOUS)]

    def _body(self, service: str, action: str, payload: str, *, is_response: bool) -> _Element:
        space = services(self.version)[service].namespace
        kind = element_type(self.version, action, is_response, service)
        return element_of(body_element(action, is_response), _decoded(payload), kind, space)

    def _envelope(self, service: str, headers: list[tuple[str, str]], body: _Element) -> str:
        from lxml import etree

        space = services(self.version)[service].namespace
        prefixes = {"soap": SOAP_12, "wsa": ADDRESSING, "ocpp": space}
        root = etree.Element(etree.QName(SOAP_12, "Envelope"), nsmap=prefixes)
        header = etree.SubElement(root, etree.QName(SOAP_12, "Header"))
        header.append(_understood(element_of("chargeBoxIdentity", self.charge_point, None, space)))
        for name, value in headers:
            content = {"Address": value} if name in ("From", "ReplyTo") else value
            block = element_of(name, content, None, ADDRESSING)
            header.append(block if name == "From" else _understood(block))
        etree.SubElement(root, etree.QName(SOAP_12, "Body")).append(body)
        etree.cleanup_namespaces(root, top_nsmap=prefixes, keep_ns_prefixes=["ocpp"])
        return _DECLARATION + etree.tostring(root, encoding="unicode")


def _iri(message_id: str) -> str:
    """A message id as WS-Addressing has it (1.0 Core section 3.1: an absolute IRI), if it is a bare UUID; any other one
    may be wrong on purpose."""
    return f"urn:uuid:{message_id}" if _UUID.fullmatch(message_id) else message_id


def _understood(block: _Element) -> _Element:
    """A header block that its receiver must understand (SOAP 1.2 Part 1 section 5.2.3)."""
    block.set(f"{{{SOAP_12}}}mustUnderstand", "true")
    return block


def _decoded(text: str) -> Any:
    """What the payload says as JSON; a text that is not JSON, or is nested too deeply for a message, as that text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if is_too_deep(value) else value


_SUB_CODES = {
    "NotImplemented": "NotSupported",
    "GenericError": "InternalError",
    "RpcFrameworkError": "ProtocolError",
    "FormationViolation": "ProtocolError",
    "FormatViolation": "ProtocolError",
    "PropertyConstraintViolation": "ProtocolError",
    "OccurenceConstraintViolation": "ProtocolError",
    "OccurrenceConstraintViolation": "ProtocolError",
    "TypeConstraintViolation": "ProtocolError",
    "MessageTypeNotSupported": "ProtocolError",
}
"""What the error codes of OCPP-J are in OCPP-S."""
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
