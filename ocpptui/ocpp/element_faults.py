"""What XML Schema forbids in the body of an envelope and a payload cannot show: the order of elements, their namespace,
one that occurs twice, an attribute that nobody reads.

lxml decides whether there is anything; only then the elements are walked to say what and where.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ocpptui.ocpp.service_schemas import xml_schema
from ocpptui.ocpp.service_types import ElementType, services
from ocpptui.ocpp.soap_payload import qualified
from ocpptui.ocpp.version import Version

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMES = ("element-order", "element-namespace", "repeated-element", "unexpected-attribute")
"""Names of the defects."""


class ElementFault(NamedTuple):
    """A fault of one element."""

    name: str
    """The name of the defect."""
    text: str
    element: str
    """The name of the element that it is about."""


def element_faults(body: _Element, version: Version, service: str, kind: ElementType) -> list[ElementFault]:
    """The faults of the element in a body, the first of each name."""
    if xml_schema(version, service).validate(body):
        return []
    found: dict[str, ElementFault] = {}
    for fault in _faults(body, kind, services(version)[service].namespace):
        found.setdefault(fault.name, fault)
    return list(found.values())


def _faults(element: _Element, kind: ElementType, namespace: str) -> Iterator[ElementFault]:
    space, name = qualified(element.tag)
    if space != namespace:
        where = f"the namespace {space[:100]}" if space else "no namespace"
        sentence = f"the element {name} is in {where}, not in {namespace}"
        yield ElementFault("element-namespace", sentence, name)
    for attribute in element.keys():  # noqa: SIM118 - an element is not a mapping
        if str(attribute) not in kind.attributes and not str(attribute).startswith("{"):
            yield ElementFault(
                "unexpected-attribute", f"the element {name} has an attribute {str(attribute)[:60]}", name
            )
    order, places, last, seen = list(kind.fields), kind.fields, "", set[str]()
    for child in element:
        inner = qualified(child.tag)[1]
        if inner not in places:
            continue
        if inner in seen and not places[inner].is_list:
            yield ElementFault("repeated-element", f"the element {inner} occurs more than once in {name}", inner)
        seen.add(inner)
        if last and order.index(inner) < order.index(last):
            yield ElementFault("element-order", f"the element {inner} has to be before {last} in {name}", inner)
        else:
            last = inner
        yield from _faults(child, places[inner].type, namespace)
