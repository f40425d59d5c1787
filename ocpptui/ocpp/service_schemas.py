"""The types of OCPP-S as schemas: JSON Schema for a payload, XML Schema for the element in the body.

A payload of 1.2 and 1.5 has the field names of the elements, also where 1.5 is spoken in JSON (subprotocol `ocpp1.5`).
An element with attributes, which only the `value` of a reading in 1.5 is, becomes an object with the text as `value`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.service_types import ElementType, Occurrence, element_type, services
from ocpptui.ocpp.version import Version

if TYPE_CHECKING:  # the import takes 15 ms, and a session of OCPP-J never needs it
    from lxml.etree import XMLSchema

TEXT = "value"
"""The name that the text of an element with attributes has in a payload."""


def service_schema(version: Version, action: str, is_response: bool) -> dict[str, Any] | None:
    """The JSON Schema of a payload; None if the version has no such operation."""
    found = element_type(version, action, is_response)
    if found is None:
        return None
    return {"$schema": "http://json-schema.org/draft-06/schema#", **_object(found.fields)}


def _object(fields: Mapping[str, Occurrence]) -> dict[str, Any]:
    properties = {name: _property(one) for name, one in fields.items()}
    required = [name for name, one in fields.items() if one.is_required]
    said = {"type": "object", "properties": properties, "additionalProperties": False}
    return said | ({"required": required} if required else {})


def _property(occurrence: Occurrence) -> dict[str, Any]:
    single = _value(occurrence.type)
    if not occurrence.is_list:
        return single
    return {"type": "array", "items": single, **({"minItems": 1} if occurrence.is_required else {})}


def _value(kind: ElementType) -> dict[str, Any]:
    if kind.attributes:
        return _object({TEXT: Occurrence(ElementType(kind.base), True, False), **kind.attributes})
    if not kind.base:
        return _object(kind.fields)
    said = dict(_JSON_TYPES[kind.base])
    if kind.max_length is not None:
        said["maxLength"] = kind.max_length
    if kind.enum:
        said["enum"] = list(kind.enum)
    return said


_JSON_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "int": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "dateTime": {"type": "string", "format": "date-time"},
    "anyURI": {"type": "string", "format": "uri"},
}


@lru_cache(maxsize=6)
def xml_schema(version: Version, service: str) -> XMLSchema:
    """The XML Schema of everything that may be in the body of a message of a service.

    Raises KeyError if the version has no such service.
    """
    from lxml import etree

    return etree.XMLSchema(etree.fromstring(xml_schema_text(version, service)))


def xml_schema_text(version: Version, service: str, *, with_header: bool = False) -> str:
    """The same as a text, on request with the header `chargeBoxIdentity`."""
    found = services(version)[service]
    elements = "".join(
        _element(body_element(action, is_response), Occurrence(kind, True, False), is_global=True)
        for action, kinds in found.operations.items()
        for is_response, kind in zip((False, True), kinds, strict=True)
    )
    if with_header:
        elements += _element("chargeBoxIdentity", Occurrence(ElementType("string"), True, False), is_global=True)
    return (
        f'<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="{found.namespace}"'
        f' elementFormDefault="qualified">{elements}</s:schema>'
    )


def body_element(action: str, is_response: bool) -> str:
    """The name of the element in the body of a message."""
    return f"{action[:1].lower()}{action[1:]}{'Response' if is_response else 'Request'}"


def _element(name: str, occurrence: Occurrence, *, is_global: bool = False) -> str:
    most = "unbounded" if occurrence.is_list else "1"
    occurs = "" if is_global else f' minOccurs="{int(occurrence.is_required)}" maxOccurs="{most}"'
    return f'<s:element name="{name}"{occurs}>{"".join(_content(occurrence.type))}</s:element>'


def _content(kind: ElementType) -> Iterator[str]:
    if kind.attributes:
        yield f'<s:complexType><s:simpleContent><s:extension base="s:{kind.base}">'
        for name, occurrence in kind.attributes.items():
            yield f'<s:attribute name="{name}">{_simple(occurrence.type)}</s:attribute>'
        yield "</s:extension></s:simpleContent></s:complexType>"
    elif kind.base:
        yield _simple(kind)
    else:
        yield "<s:complexType><s:sequence>"
        for name, occurrence in kind.fields.items():
            yield _element(name, occurrence)
        yield "</s:sequence></s:complexType>"


def _simple(kind: ElementType) -> str:
    length = "" if kind.max_length is None else f'<s:maxLength value="{kind.max_length}"/>'
    values = "".join(f'<s:enumeration value="{value}"/>' for value in kind.enum)
    return f'<s:simpleType><s:restriction base="s:{kind.base}">{length}{values}</s:restriction></s:simpleType>'
