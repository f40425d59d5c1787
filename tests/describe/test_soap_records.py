"""SOAP records in words: the log and the inspector say of them what they say of OCPP-J."""

from __future__ import annotations

from ocpptui.describe.copy_formats import Copied, copied
from ocpptui.describe.record_in_full import inspection
from ocpptui.describe.record_line import summary_of
from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.ocpp.envelopes import CS_12, CS_15, fault, request, response
from tests.timeline.example_session import soap, timeline_of

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


def line(timeline: Timeline, index: int) -> str:
    return summary_of(timeline.record(index), timeline.frame(index), timeline.action(index))


def test_the_line_of_the_log_sums_the_payload_up() -> None:
    values = "<o:connectorId>1</o:connectorId><o:values>{}</o:values>"
    newer = values.format('<o:value measurand="Power.Active.Import" unit="W">11000</o:value>')
    timeline = timeline_of(
        soap(request("MeterValues", newer, service=CS_15, message_id="1")),
        soap(request("MeterValues", values.format("<o:value>1234</o:value>"), service=CS_12, message_id="2")),
        soap(request("Authorize", "<o:idTag>A</o:idTag>", service=CS_15, message_id="3")),
        soap(
            response("Authorize", "<o:idTagInfo><o:status>Blocked</o:status></o:idTagInfo>", relates_to="3"),
            DOWN,
        ),
        soap(fault("IdentityMismatch", "not me", relates_to="1"), DOWN),
    )
    assert "11000 W" in line(timeline, 0)
    assert "1234 Wh" in line(timeline, 1)
    assert "A" in line(timeline, 2)
    assert "Blocked" in line(timeline, 3)
    assert line(timeline, 4) == "IdentityMismatch not me"


def test_the_inspector_shows_the_envelope_an_element_a_line() -> None:
    timeline = timeline_of(
        soap(request("Authorize", "<o:idTag>TAG001</o:idTag>", service=CS_15)),
        soap(response("Authorize", "<o:idTagInfo><o:status>Accepted</o:status></o:idTagInfo>"), DOWN),
    )
    own, answer = [section for section in inspection(timeline, 0) if section.sort == "xml"]
    assert "      <o:idTag>TAG001</o:idTag>" in own.lines
    assert "        <o:status>Accepted</o:status>" in answer.lines
    assert any(section.sort == "raw" and "TAG001" in "".join(section.lines) for section in inspection(timeline, 0))


def test_a_broken_envelope_is_explained() -> None:
    timeline = Timeline()
    Diagnosis(timeline)
    timeline.append(soap(request("Heartbeat")[:-20]))
    problems = [line for section in inspection(timeline, 0) if section.sort == "problem" for line in section.lines]
    assert any("the text ends inside the envelope" in line for line in problems)


def test_the_payload_is_copied_as_json_and_the_envelope_raw() -> None:
    raw = request("Authorize", "<o:idTag>TAG001</o:idTag>", service=CS_15)
    timeline = timeline_of(soap(raw))
    assert copied(timeline, 0, Copied.JSON) == '{\n  "idTag": "TAG001"\n}'
    assert copied(timeline, 0, Copied.RAW) == raw


def test_the_command_of_a_call_over_soap_posts_it() -> None:
    """In JSON it would go to something that does not listen."""
    command = copied(timeline_of(soap(request("Heartbeat", service=CS_15))), 0, Copied.COMMAND)
    assert command == "ocpptui send --version 1.5 --id OLD http://localhost:9000/ Heartbeat"


def test_a_connection_of_soap_is_called_that() -> None:
    """A missing subprotocol would look like a fault."""
    opened = {"event": "opened", "transport": "soap", "url": "http://192.0.2.1/ocpp"}
    record = Record(0, 1, RecordKind.CONNECTION, None, "OLD", Version.V15, detail=opened)
    assert summary_of(record, None) == "SOAP  http://192.0.2.1/ocpp"
