"""What a WSDL forbids and a payload does not show: a peer that validates refuses it, and nobody sees why."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.element_faults import NAMES
from ocpptui.ocpp.judgement import Verdict, judge
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.soap_encoding import SOAP
from ocpptui.ocpp.version import Direction, Version
from tests.ocpp.envelopes import CS_15, request, response

TIME = "2026-01-01T00:00:00Z"
START = (
    f"<o:connectorId>1</o:connectorId><o:idTag>A</o:idTag><o:timestamp>{TIME}</o:timestamp>"
    "<o:meterStart>0</o:meterStart>"
)
SWAPPED = "<o:idTag>A</o:idTag><o:connectorId>1</o:connectorId>"


@pytest.mark.parametrize(
    ("payload", "name", "sentence"),
    [
        (
            START.replace("<o:connectorId>1</o:connectorId><o:idTag>A</o:idTag>", SWAPPED),
            "element-order",
            "the element connectorId has to be before idTag in startTransactionRequest",
        ),
        (
            START.replace("<o:idTag>A</o:idTag>", "<o:idTag>A</o:idTag><o:idTag>B</o:idTag>"),
            "repeated-element",
            "the element idTag occurs more than once in startTransactionRequest",
        ),
        (
            START.replace("<o:idTag>A</o:idTag>", '<idTag xmlns="urn:x">A</idTag>'),
            "element-namespace",
            f"the element idTag is in the namespace urn:x, not in {CS_15}",
        ),
        (
            START.replace("<o:idTag>A</o:idTag>", "<idTag>A</idTag>"),
            "element-namespace",
            f"the element idTag is in no namespace, not in {CS_15}",
        ),
        (
            START.replace("<o:idTag>", '<o:idTag kind="RFID">'),
            "unexpected-attribute",
            "the element idTag has an attribute kind",
        ),
    ],
)
def test_each_fault_is_named_at_its_element(payload: str, name: str, sentence: str) -> None:
    raw = request("StartTransaction", payload, service=CS_15)
    read = SOAP.read(raw)
    assert isinstance(read, Message)
    found = {defect.name: defect for defect in read.defects}
    assert found[name].text == sentence
    position = found[name].position
    assert position is not None and raw[position] == "<" and "idTag" in raw[position:] + payload
    assert judge(Version.V15, Direction.TO_CSMS, read).verdict is Verdict.INVALID


def test_what_the_wsdl_allows_has_no_fault() -> None:
    for raw in (
        request("StartTransaction", START, service=CS_15),
        response("Heartbeat", "<o:currentTime>x</o:currentTime>"),
    ):
        read = SOAP.read(raw)
        assert isinstance(read, Message)
        assert not {defect.name for defect in read.defects} & set(NAMES)


def test_types_inside_are_searched_too() -> None:
    value = '<o:values><o:value unit="Wh" phase="L1">1</o:value><o:timestamp>x</o:timestamp></o:values>'
    read = SOAP.read(request("MeterValues", f"<o:connectorId>1</o:connectorId>{value}", service=CS_15))
    assert isinstance(read, Message)
    assert {"element-order", "unexpected-attribute"} == {defect.name for defect in read.defects}
