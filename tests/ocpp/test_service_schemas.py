"""The types of OCPP-S as schemas: what forms, examples and verdicts of 1.2, 1.5 and envelopes come from."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.service_schemas import service_schema, xml_schema
from ocpptui.ocpp.service_types import VERSIONS, element_type, services
from ocpptui.ocpp.soap_payload import element_of, payload_of, payload_type
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version

PAYLOADS = [
    (version, service, action, part)
    for version in VERSIONS
    for service, one in services(version).items()
    for action in one.operations
    for part in Part
]


def _written(version: Version, service: str, action: str, part: Part, payload: Any) -> Any:
    kind = element_type(version, action, part is Part.RESPONSE, service)
    name = f"{action[0].lower()}{action[1:]}{part.value.capitalize()}"
    return element_of(name, payload, kind, services(version)[service].namespace)


@pytest.mark.parametrize(("version", "service", "action", "part"), PAYLOADS)
def test_each_payload_comes_back_from_an_element_that_its_schema_accepts(
    version: Version, service: str, action: str, part: Part
) -> None:
    """A form, which is made of the same fields, would send what no charge point reads."""
    tree = field_tree(version, action, part)
    assert tree is not None
    for payload in (smallest(tree), complete_example(tree)):
        assert violations(version, action, part, payload) == ()
        element = _written(version, service, action, part, payload)
        assert xml_schema(version, service).validate(element), etree.tostring(element)
        assert payload_of(element, payload_type(version, action, part is Part.RESPONSE)) == payload


def test_elements_are_in_the_order_of_the_type_whatever_the_payload_has() -> None:
    """XML Schema demands it: a peer would refuse what JSON allows."""
    payload = {
        "meterStart": 1,
        "timestamp": "2026-01-01T00:00:00Z",
        "idTag": "A",
        "connectorId": 1,
        "extra": {"a": [1, 2]},
    }
    element = _written(Version.V15, "CentralSystemService", "StartTransaction", Part.REQUEST, payload)
    assert [etree.QName(child).localname for child in element] == [
        "connectorId", "idTag", "timestamp", "meterStart", "extra",
    ]  # fmt: skip
    assert not xml_schema(Version.V15, "CentralSystemService").validate(element)


def test_any_value_becomes_xml() -> None:
    """What the user writes on purpose must not end in a traceback."""
    payload = {"idTag": "a\x00b<&\ud800", "1 x": True, "": None, "values": [{"value": [{"value": 3, "a b": 1.5}]}]}
    element = _written(Version.V15, "CentralSystemService", "MeterValues", Part.REQUEST, payload)
    assert b"ab&lt;&amp;" in etree.tostring(element)
    assert b"<_1_x>true</_1_x>" in etree.tostring(element)


def test_what_a_version_does_not_have_has_no_schema() -> None:
    assert service_schema(Version.V12, "ReserveNow", False) is None
    assert service_schema(Version.V21, "Heartbeat", False) is None
