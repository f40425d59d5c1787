"""Reading SOAP envelopes. When these fail, a station of OCPP 1.5 is shown as what it did not say, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.envelope_start import may_be_envelope
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.soap_encoding import SOAP, Envelope, read_envelope
from ocpptui.ocpp.version import Direction, Transport, Version
from tests.ocpp.envelopes import CP_12, CP_15, CP_16, CS_12, CS_15, CS_16, envelope, fault, request, response


def message(raw: str | bytes) -> Message:
    found = SOAP.read(raw)
    assert isinstance(found, Message), found
    return found


def malformed(raw: str | bytes) -> Malformed:
    found = SOAP.read(raw)
    assert isinstance(found, Malformed), found
    assert found.transport is Transport.SOAP
    return found


def head(raw: str) -> Envelope:
    _, found = read_envelope(raw)
    assert found is not None
    return found


def names(raw: str) -> list[str]:
    return [defect.name for defect in message(raw).defects]


def test_a_request() -> None:
    raw = request("Authorize", "<o:idTag>TAG001</o:idTag>")
    call = message(raw)
    assert (call.kind, call.id, call.action) == (MessageKind.CALL, "uuid:1", "Authorize")
    assert (call.payload, call.defects, call.raw, call.transport) == ({"idTag": "TAG001"}, (), raw, Transport.SOAP)
    assert call.payload_text == '{"idTag":"TAG001"}'
    assert head(raw).charge_point == "CP001"
    assert head(raw).sender == "http://192.0.2.7:8080/ChargePointService"


def test_a_response_belongs_to_the_request_that_it_relates_to() -> None:
    answer = message(response("Authorize", "<o:idTagInfo><o:status>Accepted</o:status></o:idTagInfo>"))
    assert (answer.kind, answer.id, answer.action) == (MessageKind.CALLRESULT, "uuid:1", None)
    assert answer.payload == {"idTagInfo": {"status": "Accepted"}}
    assert answer.defects == ()


def test_a_fault_is_an_error() -> None:
    error = message(fault("IdentityMismatch", "not me"))
    assert (error.kind, error.id, error.payload) == (MessageKind.CALLERROR, "uuid:1", None)
    assert (error.error_code, error.error_description) == ("IdentityMismatch", "not me")


def test_a_fault_of_soap_1_1_is_read_too() -> None:
    """Some toolkits answer with it, and the reason would be lost."""
    raw = fault("X", "").replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/")
    start, end = raw.index("<s:Code>"), raw.index("</s:Fault>")
    old = "<faultcode>s:Server</faultcode><faultstring>broken</faultstring><detail><a>1</a></detail>"
    error = message(raw[:start] + old + raw[end:])
    assert (error.error_code, error.error_description, error.payload) == ("Server", "broken", {"a": "1"})
    assert [defect.name for defect in error.defects] == ["soap-1.1"]


@pytest.mark.parametrize(
    ("service", "version", "direction"),
    [
        (CS_12, Version.V12, Direction.TO_CSMS),
        (CS_15, Version.V15, Direction.TO_CSMS),
        (CS_16, Version.V16, Direction.TO_CSMS),
        (CS_16.rstrip("/"), Version.V16, Direction.TO_CSMS),
        (CP_12, Version.V12, Direction.TO_CHARGE_POINT),
        (CP_15, Version.V15, Direction.TO_CHARGE_POINT),
        (CP_16, Version.V16, Direction.TO_CHARGE_POINT),
    ],
)
def test_the_namespace_says_version_and_direction(service: str, version: Version, direction: Direction) -> None:
    """The 1.6 document prints its namespaces without the slash that the WSDL has."""
    for raw, expected in (
        (request("DataTransfer", service=service), direction),
        (response("DataTransfer", service=service), direction.opposite),
        (fault("InternalError", "", service=service), direction.opposite),
    ):
        assert (head(raw).version, head(raw).direction) == (version, expected)


def test_numbers_booleans_and_lists_are_what_the_wsdl_says() -> None:
    """One item in a list, and a number, look like any text in XML."""
    answer = message(
        response(
            "GetConfiguration",
            "<o:configurationKey><o:key>HeartbeatInterval</o:key><o:readonly>false</o:readonly><o:value>300</o:value>"
            "</o:configurationKey><o:unknownKey>X</o:unknownKey>",
            service=CP_16,
        )
    )
    assert answer.payload == {
        "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}],
        "unknownKey": ["X"],
    }
    profile = (
        "<o:connectorId> 1 </o:connectorId><o:csChargingProfiles><o:chargingSchedule><o:chargingSchedulePeriod>"
        "<o:startPeriod>0</o:startPeriod><o:limit>16.5</o:limit></o:chargingSchedulePeriod></o:chargingSchedule>"
        "</o:csChargingProfiles>"
    )
    assert message(request("SetChargingProfile", profile, service=CP_16)).payload == {
        "connectorId": 1,
        "csChargingProfiles": {"chargingSchedule": {"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.5}]}},
    }


def test_key_is_a_list_in_one_request_alone() -> None:
    asked = message(request("GetConfiguration", "<o:key>A</o:key>", service=CP_16))
    changed = message(request("ChangeConfiguration", "<o:key>A</o:key><o:value>1</o:value>", service=CP_16))
    assert asked.payload == {"key": ["A"]}
    assert changed.payload == {"key": "A", "value": "1"}


def test_meter_values_of_each_version() -> None:
    """1.2 has one number, 1.5 attributes, 1.6 elements."""
    reading = "<o:connectorId>1</o:connectorId><o:values><o:timestamp>2026-01-01T00:00:00Z</o:timestamp>{}</o:values>"
    old = message(request("MeterValues", reading.format("<o:value>1234</o:value>"), service=CS_12))
    assert old.payload["values"] == [{"timestamp": "2026-01-01T00:00:00Z", "value": 1234}]
    newer = message(request("MeterValues", reading.format('<o:value unit="Wh">1234</o:value>'), service=CS_15))
    assert newer.payload["values"] == [
        {"timestamp": "2026-01-01T00:00:00Z", "value": [{"value": "1234", "unit": "Wh"}]}
    ]
    sampled = "<o:meterValue><o:sampledValue><o:value>1234</o:value></o:sampledValue></o:meterValue>"
    assert message(request("MeterValues", sampled)).payload == {"meterValue": [{"sampledValue": [{"value": "1234"}]}]}


@pytest.mark.parametrize("value", ["one", "", "1.5", "0x10", "99999999999999999999", "1 2"])
def test_a_wrong_value_stays_text(value: str) -> None:
    """It would be lost otherwise, or look as if it were right."""
    found = message(request("Heartbeat", f"<o:connectorId>{value}</o:connectorId><o:readonly>{value}</o:readonly>"))
    assert found.payload == {"connectorId": value, "readonly": value}


def test_repeated_elements_that_should_not_repeat_are_all_there() -> None:
    assert message(request("Authorize", "<o:idTag>A</o:idTag><o:idTag>B</o:idTag><o:idTag>C</o:idTag>")).payload == {
        "idTag": ["A", "B", "C"]
    }


def test_text_in_pieces_and_references_is_read() -> None:
    raw = request("Authorize", "<o:idTag>A&amp;<!-- hidden -->B<![CDATA[<C>]]>&#68;</o:idTag>")
    assert message(raw).payload == {"idTag": "A&B<C>D"}


@pytest.mark.parametrize(
    ("old", "new", "defect"),
    [
        ("<a:MessageID>uuid:1</a:MessageID>", "", "missing-message-id"),
        ("<o:chargeBoxIdentity>CP001</o:chargeBoxIdentity>", "", "missing-identity"),
        ("<a:Action>/Heartbeat</a:Action>", "", "missing-action"),
        ("/Heartbeat", "/Authorize", "action-mismatch"),
        ("</s:Body>", "<o:more/></s:Body>", "extra-elements"),
        (CS_16, "urn:other", "unknown-namespace"),
    ],
)
def test_what_is_wrong_and_tolerated_is_named(old: str, new: str, defect: str) -> None:
    raw = request("Heartbeat")
    assert names(raw) == []
    assert names(raw.replace(old, new)) == [defect]


def test_a_response_that_relates_to_nothing_is_marked() -> None:
    assert names(response("Heartbeat", relates_to="")) == ["missing-relates-to"]


def test_a_body_named_after_its_action_alone_is_a_request() -> None:
    """Some stations write it so."""
    raw = request("Heartbeat").replace("heartbeatRequest", "Heartbeat")
    assert message(raw).action == "Heartbeat"


@pytest.mark.parametrize(
    ("raw", "defect", "position"),
    [
        ("", "empty", 0),
        ("hello", "not-xml", 0),
        ("<a/>", "not-an-envelope", 0),
        ("<é>\n<b></é>", "not-xml", 11),
        (request("Heartbeat")[:300], "truncated", 300),
        (request("Heartbeat").replace("</s:Body>", "</s:Bdy>"), "not-xml", None),
        (request("Heartbeat") + "x", "not-xml", None),
        (envelope("", ""), "missing-parts", None),
        (envelope("", "<o:surprise/>"), "no-operation", None),
        ("<a>\x00</a>", "not-xml", None),
        ("<a>&undefined;</a>", "not-xml", None),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_defect(raw: str, defect: str, position: int | None) -> None:
    found = malformed(raw)
    assert (found.raw, found.defect.name) == (raw, defect)
    assert found.defect.text
    assert found.defect.position is not None
    if position is not None:
        assert found.defect.position == position


def test_bytes_that_are_not_utf8_are_kept() -> None:
    assert malformed(b"<a>\xff</a>").raw == b"<a>\xff</a>"
    assert message(request("Heartbeat").encode()).action == "Heartbeat"


def test_a_broken_envelope_still_says_its_id_and_whether_it_asks() -> None:
    """The fault that answers it belongs to it."""
    call = malformed(request("Heartbeat").replace("</s:Body>", ""))
    assert (call.id, call.may_be_call) == ("uuid:1", True)
    answer = malformed(response("Heartbeat").replace("</s:Body>", ""))
    assert (answer.id, answer.may_be_call) == ("uuid:1", False)


@pytest.mark.parametrize(
    "prolog", ["", '<?xml version="1.0"?>', "<!-- a <!DOCTYPE> in a comment -->\n", "\ufeff", " \n"]
)
def test_a_document_type_is_refused_wherever_it_may_be(prolog: str) -> None:
    """Entities could read files of this machine, reach into the network, or grow without end."""
    bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;</a>'
    assert malformed(prolog + bomb).defect.name == "document-type"
    file = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    assert malformed(prolog + file).defect.name == "document-type"


def test_an_envelope_is_known_by_its_beginning() -> None:
    """A log line that begins so is read as SOAP."""
    assert may_be_envelope(request("Heartbeat"))
    assert may_be_envelope("<Envelope>")
    for other in ("", "<html>", "<!-- <Envelope> -->", "[2,", "<EnvelopeX>", "<!---->" * 1000):
        assert not may_be_envelope(other)


def test_the_place_of_the_payload() -> None:
    """Exactly the payload is masked, copied or marked."""
    raw = request("Authorize", "<o:idTag>A</o:idTag>")
    span = SOAP.payload_span(message(raw))
    assert span is not None
    assert raw[slice(*span)] == "<o:authorizeRequest><o:idTag>A</o:idTag></o:authorizeRequest>"
    assert SOAP.payload_span(message(fault("InternalError", ""))) is None
    empty = raw.replace("<o:idTag>A</o:idTag></o:authorizeRequest>", "").replace("Request>", "Request/>")
    span = SOAP.payload_span(message(empty))
    assert span is not None
    assert empty[slice(*span)] == "<o:authorizeRequest/>"


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_reading_never_raises(raw: str | bytes) -> None:
    assert SOAP.read(raw).raw is not None


@given(st.lists(st.tuples(st.integers(0, 700), st.sampled_from(["", "<", ">", "&", '"', "\x00", "</s:Body>", "é"]))))
def test_a_damaged_envelope_never_raises(damage: list[tuple[int, str]]) -> None:
    raw = request("Authorize", "<o:idTag>A</o:idTag>")
    for position, text in damage:
        raw = raw[:position] + text + raw[position + 1 :]
    found = SOAP.read(raw)
    assert found.raw == raw
    if isinstance(found, Malformed):
        assert found.defect.position is not None
        assert 0 <= found.defect.position <= len(raw)
    else:
        SOAP.payload_span(found)
