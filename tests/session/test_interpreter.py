"""Versions that the simulator speaks by translating: a whole charge of 1.5 and of 2.0, with both of our sides."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.refusal import RefusalSettings
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.interpreter import Interpreter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.driver_side import Operation
from ocpptui.simulator.effects import AddNote, SendAnswer, SendCall, SendError
from ocpptui.simulator.simulated_version import simulated_as
from ocpptui.translation.fitting import cut_to_schema
from ocpptui.translation.notes import TranslationNotes
from tests.interop.form_examples import examples
from tests.kit.station_bench import STATION

PATIENCE = 60.0
FAST = ChargePointSettings(connectors=1, meter_interval=1, speed=50.0, step=0.1)


def _said(session: Session, action: str, count: int = 1) -> dict[str, object] | None:
    """The payload of the `count`th call of this action, once it is answered."""
    timeline = session.timeline
    for index in range(len(timeline)):
        frame = timeline.frame(index)
        if isinstance(frame, Message) and frame.kind is MessageKind.CALL and frame.action == action:
            count -= timeline.other_half(index) is not None
            if count == 0:
                payload: dict[str, object] = frame.payload
                return payload
    return None


def _payloads(session: Session, action: str, **fields: object) -> list[dict[str, Any]]:
    """The payloads of all calls of this action that have these fields."""
    timeline = session.timeline
    return [
        frame.payload
        for index in range(len(timeline))
        if isinstance(frame := timeline.frame(index), Message)
        and frame.kind is MessageKind.CALL
        and frame.action == action
        and all(frame.payload.get(name) == value for name, value in fields.items())
    ]


async def test_a_charge_of_1_5_runs_from_card_to_unplugging(tmp_path: Path) -> None:
    """A charge point of 1.5 would get messages that it does not know."""
    central = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(tmp_path / "central.jsonl"))
    station = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=FAST))
    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0))
        url = central.listening_urls[0]
        await station.connect(ClientSettings(url=url, charge_point=STATION, versions=(Version.V15,)))
        assert await station.until(lambda: _said(station, "StatusNotification", 2), PATIENCE)
        for operation in (Operation("plug-in", 0, ""), Operation("card", 0, "")):
            assert station.operate(STATION, operation) == ""
        started = await station.until(lambda: _said(station, "StartTransaction"), PATIENCE)
        assert started is not None
        reading = await station.until(lambda: _said(station, "MeterValues"), PATIENCE)
        assert reading is not None and "values" in reading
        connection = central.connection_of(STATION)
        assert connection is not None
        unlocked = await central.send_call(connection.number, "GetConfiguration", json.dumps({"key": []}))
        assert await central.wait_for_answer(unlocked, PATIENCE) is not None
        assert station.operate(STATION, Operation("unplug", 0, "")) == ""
        stopped = await station.until(lambda: _said(station, "StopTransaction"), PATIENCE)
        assert stopped is not None and "reason" not in stopped
        assert await station.until(lambda: not station.timeline.in_flight_count or None, PATIENCE)
        timeline = central.timeline
        for index in range(len(timeline)):
            frame = timeline.frame(index)
            if isinstance(frame, Message):
                part = Part.REQUEST if frame.kind is MessageKind.CALL else Part.RESPONSE
                assert timeline.version(index) is Version.V15 and not frame.kind.is_error
                assert violations(Version.V15, timeline.action(index), part, frame.payload) == (), frame.raw
        states = [
            frame.payload["status"]
            for index in range(len(timeline))
            if isinstance(frame := timeline.frame(index), Message) and frame.action == "StatusNotification"
        ]
        assert set(states) == {"Available", "Occupied"}
        Diagnosis(timeline)
        found = {rule for index in range(len(timeline)) for rule in timeline.broken_rules(index)}
        assert found <= {"tx.duration"}  # it takes only a second
    finally:
        await station.close()
        await central.close()


def test_what_the_connection_cannot_say_is_left_out_and_the_rest_passes() -> None:
    interpreter = Interpreter(Version.V15, Role.CHARGE_POINT)
    assert interpreter.spoken(SendCall("FirmwareStatusNotification", {"status": "Downloading"})) is None
    assert interpreter.spoken(SendCall("SecurityEventNotification", {"type": "x", "timestamp": "y"})) is None
    note = AddNote("x")
    assert interpreter.spoken(note) is note


@pytest.mark.parametrize(
    ("version", "text", "code"),
    [
        (Version.V15, '[2,"1","TriggerMessage",{"requestedMessage":"Heartbeat"}]', "NotImplemented"),
        (Version.V15, '[2,"1","Reset",{"type":"Soft","extra":1}]', "FormationViolation"),
        (Version.V12, '[2,"1","DataTransfer",{"vendorId":"a"}]', "NotImplemented"),
        (Version.V20, '[2,"1","RequestStartTransaction",{"idToken":1}]', "OccurrenceConstraintViolation"),
        (Version.V20, '[2,"1","Renegotiate15118Schedule",{"evse":{"id":1}}]', "NotSupported"),
        (Version.V20, '[2,"1","Nothing",{}]', "NotImplemented"),
    ],
)
def test_what_the_version_of_the_connection_does_not_have_is_refused_as_it_wants_it(
    version: Version, text: str, code: str
) -> None:
    """A charge point of 1.5 would do what only 1.6 knows, and the log call wrong what was accepted."""
    frame = JSON.read(text)
    heard = Interpreter(version, Role.CHARGE_POINT).heard(frame, RefusalSettings())
    assert isinstance(heard, list)
    (effect,) = heard
    assert isinstance(effect, SendError) and (effect.call, effect.code) == (frame, code)
    assert f"OCPP {version}" in effect.description or code.endswith("Violation")


def test_every_answer_of_the_simulation_is_right_in_the_version_of_the_connection_or_an_error() -> None:
    """A peer would get an answer that breaks the schema of its own version."""
    found = dict.fromkeys((Version.V12, Version.V15, Version.V20), 0)
    for version in found:
        for role in Role:
            for action in actions(version, role.other):
                for payload in examples(version, action.name, Part.REQUEST):
                    interpreter = Interpreter(version, role)
                    call = JSON.read(json.dumps([2, "1", action.name, payload]))
                    heard = interpreter.heard(call, RefusalSettings())
                    if not isinstance(heard, Message):
                        continue
                    for answer in examples(simulated_as(version), heard.action or "", Part.RESPONSE):
                        said = interpreter.spoken(SendAnswer(heard, answer))
                        assert isinstance(said, SendAnswer | SendError) and said.call == call
                        if isinstance(said, SendAnswer):
                            assert violations(version, action.name, Part.RESPONSE, said.payload) == ()
                            found[version] += 1
                        interpreter.heard(call, RefusalSettings())
    assert found[Version.V12] >= 36 and found[Version.V15] >= 48 and found[Version.V20] >= 110, found


async def test_a_charge_of_2_0_runs_from_card_to_unplugging(tmp_path: Path) -> None:
    """A peer of the withdrawn version would get messages of 2.0.1, whose fields have other names."""
    central = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(tmp_path / "central.jsonl"))
    station = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=FAST))

    async def ask(action: str, payload: dict[str, object]) -> Any:
        connection = central.connection_of(STATION)
        assert connection is not None
        index = await central.send_call(connection.number, action, json.dumps(payload))
        answer = await central.wait_for_answer(index, PATIENCE)
        assert answer is not None
        frame = central.timeline.frame(answer)
        assert isinstance(frame, Message) and frame.kind is MessageKind.CALLRESULT, frame
        return frame.payload

    def events(kind: str, count: int = 1) -> Callable[[], bool | None]:
        return lambda: len(_payloads(station, "TransactionEvent", eventType=kind)) == count or None

    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0))
        url = central.listening_urls[0]
        await station.connect(ClientSettings(url=url, charge_point=STATION, versions=(Version.V20,)))
        assert await station.until(lambda: _said(station, "StatusNotification"), PATIENCE)
        for operation in (Operation("plug-in", 0, ""), Operation("card", 0, "")):
            assert station.operate(STATION, operation) == ""
        assert await station.until(events("Started"), PATIENCE)
        variable = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
        read = await ask("GetVariables", {"getVariableData": [variable]})
        assert read["getVariableResult"][0]["attributeStatus"] == "Accepted"
        changed = await ask("SetVariables", {"setVariableData": [variable | {"attributeValue": "120"}]})
        assert changed["setVariableResult"][0]["attributeStatus"] == "Accepted"
        assert await ask("GetBaseReport", {"requestId": 7, "reportBase": "FullInventory"}) == {"status": "Accepted"}
        assert await station.until(lambda: _said(station, "NotifyReport"), PATIENCE)
        assert station.operate(STATION, Operation("unplug", 0, "")) == ""
        assert await station.until(events("Ended"), PATIENCE)
        assert station.operate(STATION, Operation("plug-in", 0, "")) == ""
        token = {"idToken": "ABC", "type": "Central"}
        started = await ask("RequestStartTransaction", {"remoteStartId": 1, "evseId": 1, "idToken": token})
        assert started["status"] == "Accepted"
        assert await station.until(events("Started", 2), PATIENCE)
        running = _payloads(station, "TransactionEvent")[-1]["transactionData"]["id"]
        assert await ask("RequestStopTransaction", {"transactionId": running}) == {"status": "Accepted"}
        assert station.operate(STATION, Operation("unplug", 0, "")) == ""
        assert await station.until(events("Ended", 2), PATIENCE)
        assert await ask("Reset", {"type": "OnIdle"}) == {"status": "Accepted"}
        assert await station.until(lambda: len(_payloads(central, "BootNotification")) == 2 or None, PATIENCE)
        assert await station.until(lambda: not station.timeline.in_flight_count or None, PATIENCE)
        timeline = central.timeline
        for index in range(len(timeline)):
            frame = timeline.frame(index)
            if isinstance(frame, Message):
                assert timeline.version(index) is Version.V20 and not frame.kind.is_error
                part = Part.REQUEST if frame.kind is MessageKind.CALL else Part.RESPONSE
                tree = field_tree(Version.V20, timeline.action(index), part)
                assert tree is not None
                assert violations(Version.V20, timeline.action(index), part, frame.payload) == (), frame.raw
                notes = TranslationNotes()
                cut_to_schema(frame.payload, tree, notes)
                assert notes.lost == [], frame.raw
        Diagnosis(timeline)
        found = {
            (finding.rule, finding.text)
            for index in range(len(timeline))
            for finding in findings_at(timeline, index)
            if finding.severity.is_problem
        }
        assert found == set()
    finally:
        await station.close()
        await central.close()
