"""Bodies as payloads: what the schemas, the summaries and the panels work on."""

from __future__ import annotations

import pytest
from lxml import etree

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.service_types import ElementType
from ocpptui.ocpp.soap_encoding import SOAP
from ocpptui.ocpp.soap_payload import payload_of, payload_type, qualified, xml_text
from ocpptui.ocpp.version import Version
from tests.ocpp.envelopes import CP_16, request, response


def _inner(action: str, is_response: bool, *names: str) -> ElementType:
    """The type of an element within an element in the body of a message of 1.6."""
    kind = payload_type(Version.V16, action, is_response)
    assert kind is not None
    for name in names:
        kind = kind.fields[name].type
    return kind


_CONFIGURED = _inner("GetConfiguration", True, "configurationKey")
_PERIOD = _inner("GetCompositeSchedule", True, "chargingSchedule", "chargingSchedulePeriod")


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("1", True), (" false ", False), ("0", False), ("TRUE", "TRUE"), ("", ""), ("yes", "yes")],
)
def test_booleans_of_xml_schema(text: str, value: bool | str) -> None:
    element = etree.fromstring(f"<a><readonly>{text}</readonly></a>")
    assert payload_of(element, _CONFIGURED) == {"readonly": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [("16", 16), ("16.0", 16.0), ("-.5", -0.5), ("+3.", 3.0), ("1e3", "1e3"), ("NaN", "NaN"), ("16,5", "16,5")],
)
def test_decimals_of_xml_schema(text: str, value: float | str) -> None:
    element = etree.fromstring(f"<a><limit>{text}</limit></a>")
    found = payload_of(element, _PERIOD)["limit"]
    assert (type(found), found) == (type(value), value)


def test_an_empty_object_is_one() -> None:
    """As a text it would break the schema, although only its content is missing."""
    element = etree.fromstring("<a><idTagInfo/></a>")
    assert payload_of(element, payload_type(Version.V16, "Authorize", True)) == {"idTagInfo": {}}


def test_elements_may_be_nested_as_deep_as_the_parser_allows() -> None:
    depth = 200
    read = SOAP.read(request("DataTransfer", "<o:a>" * depth + "x" + "</o:a>" * depth))
    value = read.payload if hasattr(read, "payload") else None
    for _ in range(depth):
        assert isinstance(value, dict)
        value = value["a"]
    assert value == "x"


def test_names_and_texts() -> None:
    element = etree.fromstring('<p:a xmlns:p="urn:x">b<c>d</c>e</p:a>')
    assert qualified(element.tag) == ("urn:x", "a")
    assert qualified("a") == ("", "a")
    assert xml_text(element) == "bde"


def test_a_number_of_the_security_extension_is_a_number() -> None:
    """No WSDL has these actions. As a text, each requestId would break the schema, and belong to no request."""
    text = request(
        "GetLog",
        "<o:logType>SecurityLog</o:logType><o:requestId>3</o:requestId>"
        "<o:log><o:remoteLocation>ftp://a/</o:remoteLocation></o:log>",
        service=CP_16,
    )
    read = SOAP.read(text)
    assert isinstance(read, Message)
    assert read.defects == ()
    assert read.payload == {"logType": "SecurityLog", "requestId": 3, "log": {"remoteLocation": "ftp://a/"}}


def test_a_single_item_of_the_security_extension_is_a_list() -> None:
    text = response(
        "GetInstalledCertificateIds",
        "<o:status>Accepted</o:status><o:certificateHashData><o:hashAlgorithm>SHA256</o:hashAlgorithm>"
        "</o:certificateHashData>",
        service=CP_16,
    )
    read = SOAP.read(text)
    assert isinstance(read, Message)
    assert read.payload == {"status": "Accepted", "certificateHashData": [{"hashAlgorithm": "SHA256"}]}
