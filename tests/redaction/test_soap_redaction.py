"""Shared SOAP envelopes: old charge points have the same customers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Transport
from ocpptui.redaction.redact import Redaction, redaction_of
from ocpptui.redaction.xml_tokens import xml_tokens
from ocpptui.timeline.record import Record, RecordKind
from tests.exporting.extracts import timeline_of
from tests.ocpp.envelopes import CP_15, CS_15, request, response
from tests.timeline.example_session import soap

SECRETS = ("DE-ACME-1701", "04A1B2C3D4E5F6", "SN-88231", "203.0.113.9", "hunter2hunter2hunter2")


def recording() -> list[Record]:
    boot = (
        "<o:chargePointVendor>Acme</o:chargePointVendor><o:chargePointSerialNumber>SN-88231</o:chargePointSerialNumber>"
    )
    start = "<o:connectorId>1</o:connectorId><o:idTag>04A1B2C3D4E5F6</o:idTag><o:meterStart>7</o:meterStart>"
    settings = (
        "<o:configurationKey><o:key>AuthorizationKey</o:key><o:value>hunter2hunter2hunter2</o:value>"
        "</o:configurationKey>"
    )
    raws = [
        request("BootNotification", boot, service=CS_15, message_id="1"),
        request("StartTransaction", start, service=CS_15, message_id="2"),
        request("StartTransaction", start, service=CS_15, message_id="3")[:-60],
        request("GetConfiguration", service=CP_15, message_id="4"),
        response("GetConfiguration", settings, service=CP_15, relates_to="4"),
        response("StartTransaction", "<o:transactionId>9</o:transactionId>", service=CS_15, relates_to=""),
    ]
    up, down = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
    found = []
    for raw, direction in zip(raws, (up, up, up, down, up, down), strict=True):
        raw = raw.replace("CP001", "DE-ACME-1701").replace("192.0.2.7", "203.0.113.9")
        record = soap(raw, direction)
        record.charge_point = "DE-ACME-1701"
        found.append(record)
    known = found[-1].frame
    assert isinstance(known, Message)
    found[-1].parsed = replace(known, id="2")
    return found


@pytest.fixture
def redacted() -> list[Record]:
    timeline = timeline_of(recording())
    redaction = redaction_of(timeline)
    return [redaction.record(timeline.record(index), timeline.action(index)) for index in range(len(timeline))]


def test_nothing_confidential_is_left_in_any_envelope(redacted: list[Record]) -> None:
    for record in redacted:
        for secret in SECRETS:
            assert secret not in str(record), (secret, record)


def test_an_envelope_stays_one_with_the_same_meaning(redacted: list[Record]) -> None:
    kinds = [RecordKind.CALL, RecordKind.CALL, RecordKind.MALFORMED, RecordKind.CALL, *[RecordKind.CALLRESULT] * 2]
    assert [record.kind for record in redacted] == kinds
    assert {record.transport for record in redacted} == {Transport.SOAP}
    start = redacted[1].frame
    assert isinstance(start, Message)
    assert (start.action, start.payload["meterStart"], start.payload["connectorId"]) == ("StartTransaction", 7, 1)
    boot = redacted[0].frame
    assert isinstance(boot, Message)
    assert boot.payload["chargePointVendor"] == "Acme"
    for record in redacted:
        if record.kind is not RecordKind.MALFORMED:
            etree.fromstring(str(record.raw).encode())


def test_the_same_value_gets_the_same_pseudonym_in_the_header_and_beside_it(redacted: list[Record]) -> None:
    assert redacted[0].charge_point != "DE-ACME-1701"
    assert f"<o:chargeBoxIdentity>{redacted[0].charge_point}</o:chargeBoxIdentity>" in str(redacted[0].raw)


def test_an_id_known_only_to_the_connection_is_unchanged(redacted: list[Record]) -> None:
    frame = redacted[-1].frame
    assert isinstance(frame, Message)
    assert frame.id == "2"


def test_the_summary_says_which_header_had_it_and_the_name_of_the_service_stays() -> None:
    text = request("Heartbeat").replace("192.0.2.7", "203.0.113.9")
    redaction = redaction_of(timeline_of([soap(text)]))
    shared = str(redaction.record(soap(text), "Heartbeat").raw)
    assert "203.0.113.9" not in shared and ":8080/ChargePointService<" in shared
    assert redaction.replaced["Heartbeat header From"] == 1


def test_kept_paths_are_unchanged() -> None:
    timeline = timeline_of(recording())
    redaction = Redaction(keep=["idTag"])
    for index in range(len(timeline)):
        redaction.learn(timeline.record(index), timeline.action(index))
    redaction.finish()
    assert "04A1B2C3D4E5F6" in str(redaction.record(timeline.record(1), "StartTransaction").raw)


def test_values_have_the_paths_of_the_payload() -> None:
    raw = request("SendLocalList", "<o:a><o:b>1</o:b></o:a><o:a><o:b>2</o:b></o:a><o:c/>", service=CP_15)
    assert [(token.path, token.value) for token in xml_tokens(raw) if len(token.path) > 1] == [
        ((3, "chargeBoxIdentity"), "CP001"),
        ((3, "a", 0, "b"), "1"),
        ((3, "a", 1, "b"), "2"),
        ((3, "c"), ""),
    ]


def test_an_address_of_the_standard_is_unchanged() -> None:
    """The receiver would send its answer to another address."""
    anonymous = "http://www.w3.org/2005/08/addressing/anonymous"
    raw = request("Heartbeat").replace("<a:From>", f"<a:ReplyTo><a:Address>{anonymous}</a:Address></a:ReplyTo><a:From>")
    timeline = timeline_of([soap(raw)])
    assert anonymous in str(redaction_of(timeline).record(timeline.record(0), "Heartbeat").raw)
