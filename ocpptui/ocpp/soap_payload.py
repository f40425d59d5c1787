"""The body of a SOAP envelope as a payload, and a payload as the body: objects, lists, numbers and booleans as the
types of the element have them (`ocpptui.ocpp.service_types`).

A value that is not of its type remains text, and an element that its type does not have is kept.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.schema import SCHEMAS_KEPT, Field, Part, field_tree
from ocpptui.ocpp.service_schemas import TEXT
from ocpptui.ocpp.service_types import VERSIONS, ElementType, Occurrence, element_type
from ocpptui.ocpp.version import Version

if TYPE_CHECKING:
    from lxml.etree import _Element


def payload_type(version: Version | None, action: str, is_response: bool) -> ElementType | None:
    """The type of the element in a body; of an unknown version, that of the newest with the action.

    An action that no WSDL has, as those of the security extension of 1.6, has the types of its JSON Schema: some peers
    send it over SOAP as well, and a number in it is a number all the same.
    """
    tried = tuple(reversed(VERSIONS)) if version is None else (version,)
    for type_in in (element_type, _type_of_schema):
        for one in tried:
            if (found := type_in(one, action, is_response)) is not None:
                return found
    return None


@lru_cache(maxsize=SCHEMAS_KEPT)
def _type_of_schema(version: Version, action: str, is_response: bool) -> ElementType | None:
    tree = field_tree(version, action, Part.RESPONSE if is_response else Part.REQUEST)
    return None if tree is None else _type_of_field(tree)


def _type_of_field(field: Field) -> ElementType:
    if field.type == "object":
        inner = {one.name: (one if one.item is None else one.item, one) for one in field.fields}
        occurrences = {
            name: Occurrence(_type_of_field(single), one.required, one.item is not None)
            for name, (single, one) in inner.items()
        }
        return ElementType(fields=occurrences)
    return ElementType(_BASES.get(field.type, "string"))


def payload_of(element: _Element, kind: ElementType | None = None) -> dict[str, Any]:
    """The children of an element by name; those that may occur several times as lists."""
    found: dict[str, Any] = {}
    fields = {} if kind is None else kind.fields
    for child in element:
        name = qualified(child.tag)[1]
        known = fields.get(name)
        value = _value(child, None if known is None else known.type)
        if known is not None and known.is_list:
            found.setdefault(name, []).append(value)
        elif name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _value(element: _Element, kind: ElementType | None) -> Any:
    if len(element):
        return payload_of(element, kind)
    text = xml_text(element)
    if kind is None:
        return text
    if kind.attributes:
        return {TEXT: text, **{str(name): str(value) for name, value in element.items()}}
    if not kind.base:
        return text if text.strip() else {}
    return _converted(text, kind.base)


def _converted(text: str, base: str) -> Any:
    bare = text.strip()
    if base == "boolean":
        return _BOOLEANS.get(bare, text)
    if base in ("int", "decimal") and _INTEGER.fullmatch(bare):
        return int(bare)
    if base == "decimal" and _DECIMAL.fullmatch(bare):
        return float(bare)
    return text


def element_of(name: str, payload: Any, kind: ElementType | None, namespace: str) -> _Element:
    """A payload as the element of this name: its fields in the order that the type demands, then those that it does
    not have. What cannot be in XML, such as a control character, is left out of a text."""
    from lxml import etree

    prefixes: dict[Any, str] = {None: namespace}
    root = etree.Element(etree.QName(namespace, _name(name)), nsmap=prefixes)
    _fill(root, payload, kind, namespace)
    return root


def _fill(element: _Element, value: Any, kind: ElementType | None, namespace: str) -> None:
    from lxml import etree

    if kind is not None and kind.attributes and isinstance(value, dict):
        element.text = _text(value.get(TEXT, ""))
        for name, one in value.items():
            if name != TEXT:
                element.set(_name(name), _text(one))
        return
    if not isinstance(value, dict):
        element.text = None if value is None else _text(value)
        return
    fields = {} if kind is None else kind.fields
    known = [name for name in fields if name in value]
    for name in known + [name for name in value if name not in fields]:
        for one in value[name] if isinstance(value[name], list) else [value[name]]:
            child = etree.SubElement(element, etree.QName(namespace, _name(name)))
            _fill(child, one, fields[name].type if name in fields else None, namespace)


def _name(key: str) -> str:
    """A name for XML that is as much like the key as it can be."""
    name = _NOT_IN_NAME.sub("_", key)
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_IN_XML.sub("", value if isinstance(value, str) else str(value))


def xml_text(element: _Element) -> str:
    """All text in an element, which may be in several pieces."""
    return "".join(str(piece) for piece in element.itertext())


def qualified(tag: str | Any) -> tuple[str, str]:
    """Namespace and name of a tag."""
    space, _, name = str(tag).rpartition("}")
    return space.removeprefix("{"), name


_NOT_IN_NAME = re.compile(r"[^\w.-]", re.ASCII)
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BASES = {"integer": "int", "number": "decimal", "boolean": "boolean"}
"""The types of JSON Schema in XML Schema; any other is text."""
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
