"""Envelopes as ocpptui writes them: what a peer of OCPP-S has to be able to read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ocpptui.ocpp.examples import complete_example
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.service_schemas import xml_schema
from ocpptui.ocpp.service_types import CENTRAL_SYSTEM, CHARGE_POINT, VERSIONS, services
from ocpptui.ocpp.soap_dialect import SoapDialect
from ocpptui.ocpp.soap_encoding import ERROR_CODES, SOAP, SOAP_12, Envelope, SoapMessage, read_envelope
from ocpptui.ocpp.version import Direction, Role, Version
from tests.ocpp.envelopes import CS_15, request

PEER = "http://192.0.2.1:9000/ocpp"
OWN = "http://192.0.2.2:8080/CP"
PAYLOADS = [
    (version, role, action)
    for version in VERSIONS
    for role, service in ((Role.CHARGE_POINT, CENTRAL_SYSTEM), (Role.CENTRAL_SYSTEM, CHARGE_POINT))
    for action in services(version)[service].operations
]


def _dialect(version: Version = Version.V16, role: Role = Role.CHARGE_POINT) -> SoapDialect:
    return SoapDialect(version, role, "CP 1 & 2", OWN, PEER)


def _read(text: str) -> tuple[SoapMessage, Envelope]:
    message, envelope = read_envelope(text)
    assert isinstance(message, SoapMessage) and envelope is not None
    return message, envelope


@pytest.mark.parametrize(("version", "role", "action"), PAYLOADS)
def test_each_exchange_is_read_back_and_its_bodies_are_valid(version: Version, role: Role, action: str) -> None:
    """A peer would refuse what its WSDL does not allow."""
    ours, theirs = _dialect(version, role), _dialect(version, role.other)
    service = CENTRAL_SYSTEM if role is Role.CHARGE_POINT else CHARGE_POINT
    payloads = {}
    for part in Part:
        tree = field_tree(version, action, part)
        assert tree is not None
        payloads[part] = complete_example(tree)
    call, said = _read(ours.call("urn:uuid:1", action, json.dumps(payloads[Part.REQUEST])))
    assert (call.kind, call.id, call.action, call.payload) == (
        MessageKind.CALL, "urn:uuid:1", action, payloads[Part.REQUEST],
    )  # fmt: skip
    assert (said.version, said.service, said.charge_point) == (version, service, "CP 1 & 2")
    assert (said.sender, said.recipient, said.direction) == (OWN, PEER, role.sends)
    answer, about = _read(theirs.result(call, json.dumps(payloads[Part.RESPONSE])))
    assert (answer.kind, answer.id) == (MessageKind.CALLRESULT, "urn:uuid:1")
    assert (about.direction, about.relates_to) == (role.other.sends, "urn:uuid:1")
    assert call.defects == answer.defects == ()
    for text in (call.raw, answer.raw):
        (body,) = etree.fromstring(text.encode()).iterfind(f"{{{SOAP_12}}}Body")
        assert xml_schema(version, service).validate(body[0]), text


@pytest.mark.parametrize("code", ERROR_CODES)
def test_a_fault_says_whose_it_is(code: str) -> None:
    call, _ = _read(_dialect().call("a", "Heartbeat", "{}"))
    text = _dialect(role=Role.CENTRAL_SYSTEM).error(call, code, "because", '{"name": "x"}')
    fault, envelope = _read(text)
    assert (fault.kind, fault.id, fault.error_code, fault.error_description) == (
        MessageKind.CALLERROR, "a", code, "because",
    )  # fmt: skip
    assert fault.payload == {"name": "x"}
    assert envelope.direction is Direction.TO_CHARGE_POINT
    side = "Receiver" if code in ("InternalError", "NotSupported") else "Sender"
    assert f"soap:{side}<" in text
    with_text = _dialect(role=Role.CENTRAL_SYSTEM).error(call, code, "because", '"no memory"')
    assert ">no memory</soap:Detail>" in with_text


@pytest.mark.parametrize(
    ("code", "sub_code"),
    [("NotImplemented", "NotSupported"), ("TypeConstraintViolation", "ProtocolError"), ("Made.Up", "Made.Up")],
)
def test_a_code_of_ocpp_j_is_told_as_the_one_that_comes_closest(code: str, sub_code: str) -> None:
    fault, _ = _read(_dialect().error("a", code))
    assert fault.error_code == sub_code


def test_what_ocpp_s_does_not_have_is_written_as_what_comes_closest() -> None:
    call, _ = _read(_dialect().send("a", "Heartbeat", "{}"))
    assert call.kind is MessageKind.CALL
    fault, _ = _read(_dialect().result_error(call, "ProtocolError"))
    assert fault.kind is MessageKind.CALLERROR
    assert isinstance(found := _dialect().result_message(call, {"currentTime": "x"}), Message)
    assert found.payload == {"currentTime": "x"}


ANY_PAYLOAD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(action=st.text(max_size=10), payload=ANY_PAYLOAD, message_id=st.text(max_size=10))
def test_anything_can_be_written(action: str, payload: object, message_id: str) -> None:
    """A message that is wrong on purpose must not end the session."""
    text = _dialect().call(message_id, action, json.dumps(payload))
    assert etree.fromstring(text.encode()) is not None
    assert etree.fromstring(_dialect().error(message_id, action, action, json.dumps(payload)).encode()) is not None


@pytest.mark.parametrize("levels", [260, 900, 100_000])
@pytest.mark.parametrize(
    ("opening", "closing"), [('{"a":', "}"), ("[", "]"), ('{"a":[', "]}")], ids=["objects", "lists", "both"]
)
def test_a_payload_of_many_levels_is_written_as_its_text(levels: int, opening: str, closing: str) -> None:
    """One that is typed or replayed must not end the session either."""
    deep = opening * levels + "1" + closing * levels
    call, _ = _read(_dialect().call("1", "Authorize", deep))
    assert call.payload == {}
    assert deep[:100] in _dialect().call("1", "Authorize", deep).replace("&quot;", '"')
    assert etree.fromstring(_dialect().error("1", "GenericError", "", deep).encode()) is not None


def test_a_recorded_envelope_gets_what_names_the_new_connection_and_nothing_else_changes() -> None:
    """A replay would be refused for the identity of the recording, or answered at its address."""
    dialect = SoapDialect(Version.V15, Role.CHARGE_POINT, "NEW & 1", "http://new/cp", "http://new/cs")
    recorded = request("Authorize", "<o:idTag>A</o:idTag><!-- kept -->", service=CS_15)
    message = SOAP.read(recorded)
    assert isinstance(message, Message)
    same = dialect.rewritten(message, '"7"', lambda payload: payload)
    expected = recorded.replace(">CP001<", ">NEW &amp; 1<").replace("uuid:1", "7")
    assert same == expected.replace("http://192.0.2.7:8080/ChargePointService", "http://new/cp")
    changed = SOAP.read(dialect.rewritten(message, '"7"', lambda payload: payload.replace("A", "B")))
    assert isinstance(changed, Message) and changed.payload == {"idTag": "B"} and not changed.defects


def test_messages_go_from_one_encoding_into_the_other() -> None:
    dialect = SoapDialect(Version.V15, Role.CENTRAL_SYSTEM, "CP1")
    for text, action in (
        (JSON.call("1", "Reset", '{"type":"Soft"}'), "Reset"),
        (JSON.result("1", '{"currentTime":"2026-01-01T00:00:00Z"}'), "Heartbeat"),
        (JSON.error("1", "InternalError", "broken"), "Heartbeat"),
    ):
        message = JSON.read(text)
        assert isinstance(message, Message)
        written = dialect.read(dialect.rewritten(message, '"2"', lambda payload: payload, action))
        assert isinstance(written, Message) and not written.defects
        again = JSON.read(JSON.rewritten(written, '"3"', lambda payload: payload, action))
        assert isinstance(again, Message) and again.id == "3"
        assert (again.kind, again.action, again.payload or {}) == (message.kind, message.action, message.payload)
        assert again.error_code == message.error_code


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("6b29fc40-ca47-1067-b31d-00dd010662da", "urn:uuid:6b29fc40-ca47-1067-b31d-00dd010662da"),
        ("urn:uuid:6b29fc40-ca47-1067-b31d-00dd010662da", "urn:uuid:6b29fc40-ca47-1067-b31d-00dd010662da"),
        ("1", "1"),
    ],
)
def test_a_uuid_becomes_the_absolute_iri_that_ws_addressing_asks_for(given: str, written: str) -> None:
    """A strict stack refuses a bare one; an id that is wrong on purpose stays as it is."""
    message, said = _read(_dialect().call(given, "Heartbeat", "{}"))
    assert message.id == said.message_id == written
