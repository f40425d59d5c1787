"""Versions that the simulator speaks by translating: a whole charge of 1.5, with both of our sides."""

from __future__ import annotations

import json
from pathlib import Path

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.network.central_system_server import ServerSettings
from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.interpreter import Interpreter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.driver_side import Operation
from ocpptui.simulator.effects import AddNote, SendCall
from tests.kit.station_bench import STATION

PATIENCE = 20.0
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
    interpreter = Interpreter(Version.V15)
    assert interpreter.spoken(SendCall("FirmwareStatusNotification", {"status": "Downloading"})) is None
    assert interpreter.spoken(SendCall("SecurityEventNotification", {"type": "x", "timestamp": "y"})) is None
    note = AddNote("x")
    assert interpreter.spoken(note) is note
