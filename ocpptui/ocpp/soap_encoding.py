"""OCPP-S: messages as SOAP envelopes of OCPP 1.2, 1.5 and 1.6.

Reading never raises: anything else is a `Malformed` value. A text with a document type, which could
define entities, is refused before anything parses it, and nothing is ever fetched.

Sources: OCPP-S 1.6 sections 2 and 3, the WSDLs of OCPP 1.2, 1.5 and 1.6, SOAP 1.2 Part 1 (section 5.4 for faults),
WS-Addressing 1.0 SOAP Binding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ocpptui.ocpp.element_faults import element_faults
from ocpptui.ocpp.envelope_start import PROLOG
from ocpptui.ocpp.header_faults import header_faults
from ocpptui.ocpp.message import Defect, Malformed, Message, MessageKind
from ocpptui.ocpp.service_types import CENTRAL_SYSTEM, CHARGE_POINT, element_type
from ocpptui.ocpp.soap_payload import payload_of, payload_type, qualified, xml_text
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.ocpp.xml_elements import XmlElement, element_text, walk, xml_elements

if TYPE_CHECKING:  # the import takes 15 ms, and a session of OCPP-J never needs it
    from lxml.etree import XMLSyntaxError, _Element

SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
_SOAP = (SOAP_12, "http://schemas.xmlsoap.org/soap/envelope/")
"""Includes the namespace of SOAP 1.1, which is tolerated."""

ERROR_CODES = ("SecurityError", "IdentityMismatch", "ProtocolError", "InternalError", "NotSupported")
"""The sub-codes of a fault (OCPP-S 1.6 section 3.4)."""


class Envelope(NamedTuple):
    """What an envelope says besides its payload. Missing texts are empty."""

    version: Version | None
    """By the namespace of the service; None if it is not one of OCPP."""
    service: str
    """`CentralSystemService` or `ChargePointService`: the one that is called, or that answers."""
    is_answer: bool
    charge_point: str
    """The header `chargeBoxIdentity`."""
    message_id: str
    relates_to: str
    """Of an answer the MessageID of its request."""
    sender: str
    """The address in the header `From`, at which the sender accepts requests."""
    recipient: str = ""
    """The address in the header `To`."""
    reply_to: str = ""
    """The address in the header `ReplyTo`."""

    @property
    def direction(self) -> Direction | None:
        """By the service: requests go to it, and answers come from it."""
        if not self.service:
            return None
        return Direction.TO_CSMS if (self.service == CENTRAL_SYSTEM) != self.is_answer else Direction.TO_CHARGE_POINT


class SoapMessage(Message):
    """A message that is written as a SOAP envelope."""

    __slots__ = ()

    @property
    def transport(self) -> Transport:
        return Transport.SOAP


MAX_TAGS = 250_000
"""Tags of a message; one with more is malformed. A tree of it would take fifty times the memory of the text."""
_HEAD = 2**16
"""Characters in which the headers of a message with too many tags are looked for."""


class SoapEncoding:
    """OCPP-S as an `Encoding`."""

    transport = Transport.SOAP

    def read(self, raw: str | bytes) -> SoapMessage | Malformed:
        """The message of an envelope. Never raises."""
        found = _read(raw)
        return found if isinstance(found, Malformed) else found[0]

    def payload_span(self, message: Message) -> tuple[int, int] | None:
        """As in `Encoding`: the element in the body, or the content of the details of a fault."""
        element = payload_element(message.raw)
        if element is None:
            return None
        return (element.content, element.content_end) if element.name in _DETAILS else (element.start, element.end)


SOAP = SoapEncoding()


def read_envelope(raw: str | bytes) -> tuple[SoapMessage | Malformed, Envelope | None]:
    """The message of an envelope, and what the envelope says besides its payload. Never raises.

    Of an envelope that is truncated or damaged it is what is still legible; None if the text is not UTF-8.
    """
    found = _read(raw)
    if not isinstance(found, Malformed):
        return found
    return found, None if isinstance(found.raw, bytes) else _legible(found.raw, not found.may_be_call)


def payload_element(text: str) -> XmlElement | None:
    """The element that contains the payload, in a text that is or was meant as an envelope; the details of a fault."""
    envelope = next((element for element in xml_elements(text) if element.name == "Envelope"), None)
    body = envelope.child("Body") if envelope is not None else None
    if body is None or not body.children:
        return None
    if body.children[0].name == "Fault":
        return next((child for child in body.children[0].children if child.name in _DETAILS), None)
    return body.children[0]


# -- reading --------------------------------------------------------------------------------------------------------


def _read(raw: str | bytes) -> tuple[SoapMessage, Envelope] | Malformed:
    if isinstance(raw, bytes):
        try:
            text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8")
        except UnicodeDecodeError as error:
            defect = Defect("not-utf8", f"byte {error.start} is not UTF-8: {error.reason}", error.start)
            return Malformed(raw, defect, transport=Transport.SOAP)
    else:
        text = raw
    root = _parsed(text)
    if isinstance(root, Defect):
        return _malformed(text, root)
    return _from_root(text, root)


def _parsed(text: str) -> _Element | Defect:
    """The root element, or the defect that prevents one."""
    if not text.strip():
        return Defect("empty", "the message is empty", 0)
    if text.count("<") > MAX_TAGS:
        return Defect("too-many-values", f"more than {MAX_TAGS:,} tags, which is more than is read")
    prolog = PROLOG.match(text)
    if prolog is not None and text.startswith("<!", prolog.end()):
        return Defect("document-type", "the XML has a document type, which SOAP forbids", prolog.end())
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.strip(_SPACE).encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError as error:
        return _syntax_defect(text, error)


def _malformed(text: str, defect: Defect) -> Malformed:
    """An unreadable text, with the message id if it is still legible."""
    head = text[:_HEAD] if text.count("<") > MAX_TAGS else text
    found = {element.name: element for element in walk(xml_elements(head))}
    related = found.get("RelatesTo")
    named = found.get("MessageID") if related is None else related
    is_answer = related is not None or "Fault" in found or any(name.endswith("Response") for name in found)
    message_id = None if named is None else element_text(head, named).strip()
    return Malformed(text, defect, message_id or None, not is_answer, Transport.SOAP)


def _legible(text: str, is_answer: bool) -> Envelope:
    """What a damaged envelope still says."""
    if text.count("<") > MAX_TAGS:
        text = text[:_HEAD]
    found: dict[str, XmlElement] = {}
    for element in walk(xml_elements(text)):
        found.setdefault(element.name, element)
    services = {service for match in _NAMESPACE.finditer(text) if (service := service_of(match[0])) is not None}
    used = _OF_SERVICE.search(text)  # gSOAP declares the namespaces of both services in each envelope
    if used is not None and len(services) > 1:
        bound = {match["prefix"]: match["space"] for match in _BOUND.finditer(text)}
        services = {service for service in [service_of(bound.get(used["prefix"], ""))] if service is not None}
    side, version = services.pop() if len(services) == 1 else ("", None)

    def told(name: str) -> str:
        element = found.get(name)
        if element is None or element.content_end == element.end:  # its end tag is missing, and so may be its end
            return ""
        return element_text(text, element.child("Address") or element).strip()

    return Envelope(
        version,
        side,
        is_answer,
        told("chargeBoxIdentity"),
        told("MessageID"),
        told("RelatesTo"),
        told("From"),
        told("To"),
    )


def _syntax_defect(text: str, error: XMLSyntaxError) -> Defect:
    line, column = error.position
    lead = len(text) - len(text.lstrip(_SPACE))
    starts = [0, *(match.end() - lead for match in _LINE_FEED.finditer(text, lead))]
    position = min(lead + starts[min(max(line, 1), len(starts)) - 1] + max(column - 1, 0), len(text))
    words = _AT_LINE.sub("", error.msg or "it cannot be read")
    if position >= len(text.rstrip(_SPACE)) and "mismatch" not in words:  # reported after the end tag
        return Defect("truncated", f"the text ends inside the envelope after {len(text)} characters", position)
    return Defect("not-xml", f"not valid XML at position {position}: {words[:1].lower()}{words[1:]}", position)


def _from_root(text: str, root: _Element) -> tuple[SoapMessage, Envelope] | Malformed:
    space, name = qualified(root.tag)
    if name != "Envelope" or space not in _SOAP:
        return _malformed(text, Defect("not-an-envelope", f"the root element is {name}, not a SOAP envelope", 0))
    parts = {qualified(child.tag)[1]: child for child in root}
    body = parts.get("Body")
    if body is None or not len(body):
        what = "body" if body is None else "request, response or fault in its body"
        return _malformed(text, Defect("missing-parts", f"the envelope has no {what}", _end(text)))
    headers = _headers(parts.get("Header"))
    content = body[0]
    namespace, element = qualified(content.tag)
    if element == "Fault" and namespace in _SOAP:
        kind, action, service = MessageKind.CALLERROR, "", _service_named_in(root)
    else:
        kind, action = _operation(element, headers.get("Action", ""))
        service = service_of(namespace)
        if not action:
            problem = f"the body has {element}, which is neither a request nor a response"
            return _malformed(text, Defect("no-operation", problem, _start(text, element)))
    side, version = service or ("", None)
    envelope = Envelope(
        version,
        side,
        kind.is_answer,
        headers.get("chargeBoxIdentity", ""),
        headers.get("MessageID", ""),
        headers.get("RelatesTo", ""),
        headers.get("From", ""),
        headers.get("To", ""),
        headers.get("ReplyTo", ""),
    )
    defects = [*_body_defects(text, space, len(body)), *_header_defects(text, envelope, headers.get("Action"), action)]
    misplaced = header_faults(parts.get("Header"), space, namespace)
    defects += [Defect(fault.name, fault.text, _start(text, fault.element)) for fault in misplaced]
    code = description = ""
    payload: Any = None
    if kind is MessageKind.CALLERROR:
        code, description, payload = _fault(content)
    else:
        is_response = kind is MessageKind.CALLRESULT
        payload = payload_of(content, payload_type(version, action, is_response))
        if version is not None and (of_service := element_type(version, action, is_response)) is not None:
            faults = element_faults(content, version, side, of_service)
            defects += [Defect(fault.name, fault.text, _start(text, fault.element)) for fault in faults]
        if service is None:
            unknown = (
                f"the namespace {namespace} is not a service of OCPP" if namespace else "the body has no namespace"
            )
            defects.append(Defect("unknown-namespace", unknown, _start(text, element)))
    message_id = envelope.relates_to if kind.is_answer else envelope.message_id
    called = action if kind is MessageKind.CALL else None
    return SoapMessage(text, kind, message_id, called, payload, code, description, tuple(defects)), envelope


def _headers(header: _Element | None) -> dict[str, str]:
    """The texts of the header blocks by name; for one with an address, the address."""
    found: dict[str, str] = {}
    for block in header if header is not None else ():
        address = block.find("{*}Address")
        found.setdefault(qualified(block.tag)[1], xml_text(block if address is None else address).strip())
    return found


def _operation(element: str, addressed: str) -> tuple[MessageKind, str]:
    """What the element in the body is, and its action; "" if it is neither a request nor a response."""
    for ending, kind in (("Request", MessageKind.CALL), ("Response", MessageKind.CALLRESULT)):
        if element.endswith(ending) and element != ending:
            name = element.removesuffix(ending)
            return kind, name[:1].upper() + name[1:]
    # Some write only the name of the action, as in the header `Action`.
    name = addressed.removeprefix("/")
    return MessageKind.CALL, name if name.casefold() == element.casefold() else ""


def service_of(namespace: str) -> tuple[str, Version] | None:
    match = _NAMESPACE.fullmatch(namespace)
    version = _VERSIONS.get(match["when"]) if match is not None else None
    if match is None or version is None:
        return None
    return CENTRAL_SYSTEM if match["side"].lower() == "cs" else CHARGE_POINT, version


def _service_named_in(root: _Element) -> tuple[str, Version] | None:
    """The only service whose namespace an envelope declares: a fault has no element of it in its body."""
    spaces = {space for element in root.iter("{*}*") for space in element.nsmap.values()}
    found = {service for space in spaces if (service := service_of(space)) is not None}
    return found.pop() if len(found) == 1 else None


def _body_defects(text: str, space: str, elements: int) -> Iterator[Defect]:
    if space != SOAP_12:
        yield Defect("soap-1.1", "the envelope is SOAP 1.1, but OCPP uses SOAP 1.2", _start(text, "Envelope"))
    if elements > 1:
        yield Defect("extra-elements", f"{elements} elements in the body, which must have one", _start(text, "Body"))


def _header_defects(text: str, envelope: Envelope, addressed: str | None, action: str) -> Iterator[Defect]:
    place = _start(text, "Header")
    if envelope.is_answer:
        if not envelope.relates_to:
            yield Defect("missing-relates-to", "the header RelatesTo, which identifies the request, is missing", place)
        return
    if not envelope.message_id:
        yield Defect("missing-message-id", "the header MessageID is missing", place)
    if not envelope.charge_point:
        yield Defect("missing-identity", "the header chargeBoxIdentity is missing", place)
    if addressed is None:
        yield Defect("missing-action", "the header Action is missing", place)
    elif addressed.removeprefix("/") != action:
        sentence = f"the header Action says {addressed[:100]}, but the body contains {action}"
        yield Defect("action-mismatch", sentence, _start(text, "Action"))


def _fault(fault: _Element) -> tuple[str, str, Any]:
    """Code, description and details of a fault of SOAP 1.2 or 1.1: the innermost code, without its prefix."""
    codes = [element for element in fault.iter("{*}Value", "faultcode", "{*}faultcode") if xml_text(element).strip()]
    reason = next(fault.iter("{*}Text", "faultstring", "{*}faultstring"), None)
    details = next((child for child in fault if qualified(child.tag)[1] in _DETAILS), None)
    code = xml_text(codes[-1]).strip().rpartition(":")[2] if codes else ""
    description = "" if reason is None else xml_text(reason).strip()
    return code, description, None if details is None else payload_of(details)


def _start(text: str, name: str) -> int | None:
    """Where the first element of a name starts."""
    return next((match.start() for match in _TAG.finditer(text) if match["name"] == name), None)


def _end(text: str) -> int:
    """Where the last tag starts."""
    return max(text.rfind("<"), 0)


_TAG = re.compile(r"<(?:[^\s<>/:]++:)?(?P<name>[^\s<>/:]++)(?=[\s/>])")
_LINE_FEED = re.compile("\n")
_SPACE = " \t\r\n"
_NAMESPACE = re.compile(r"urn://ocpp/(?P<side>cs|cp)/(?P<when>\d{4}/\d\d)/?", re.IGNORECASE)
_OF_SERVICE = re.compile(r"<(?P<prefix>[\w.-]{1,60}):\w{1,60}(?:(?<=Request)|(?<=Response)|(?<=Identity))\b")
"""An element of the service, in an envelope that cannot be parsed."""
_BOUND = re.compile(r"xmlns:(?P<prefix>[\w.-]{1,60})=[\"'](?P<space>[^\"'<>]{1,200})[\"']")
_VERSIONS = {"2010/08": Version.V12, "2012/06": Version.V15, "2015/10": Version.V16}

_DETAILS = ("Detail", "detail")

_AT_LINE = re.compile(r",? \(?(?:<string>, )?line \d+.*\Z", re.DOTALL)
