"""What charge points in the field do wrong. If these fail, a backend that passes here fails on site."""

from __future__ import annotations

import json

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Direction, Role, Transport, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.driver_side import Operation
from ocpptui.simulator.effects import SendCall
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.quirks import QUIRKS
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline
from tests.simulator.conftest import SentMessage, SimulatedWire

AMOUNT = 5.0
"""Of a quirk that has one."""

NAMED: dict[str, dict[int, str]] = {
    "clock-off": {1: "clock.skew", 2: "clock.skew"},
    "timestamp-without-zone": {1: "text.date-time-offset", 2: "text.date-time-offset"},
    "timestamp-with-short-zone": {1: "text.date-time-form", 2: "text.date-time-form"},
    "clock-never-set": {1: "clock.unset", 2: "clock.unset"},
    "empty-timestamp": {1: "text.date-time-empty", 2: "text.date-time-empty"},
    "timestamp-with-nanoseconds": {2: "text.date-time-digits"},
    "unknown-error-code": {1: "schema.call"},
    "unknown-measurand": {1: "schema.call", 2: "schema.call"},
    "long-info": {1: "schema.call"},
    "long-model": {1: "schema.call", 2: "schema.call"},
    "long-token": {1: "schema.call", 2: "schema.call"},
    "null-for-missing": {1: "schema.call", 2: "schema.call"},
    "vendor-field": {1: "schema.call", 2: "schema.call"},
    "trigger-never-kept": {1: "cmd.trigger-unkept", 2: "cmd.trigger-unkept"},
    "transaction-minus-one": {1: "tx.stop-unknown"},
    "lower-case-status": {1: "schema.call", 2: "schema.call"},
    "long-serial": {1: "schema.call", 2: "schema.call"},
    "duplicate-stop": {1: "tx.stop-unknown"},
    "heartbeat-only-while-charging": {1: "heartbeat.missing", 2: "heartbeat.missing"},
    "meter-start-zero": {1: "meter.rebased"},
    "decimals-for-integers": {1: "schema.call", 2: "schema.integer-as-decimal"},
    "meter-without-transaction": {1: "meter.no-transaction"},
    "kwh-as-wh": {1: "meter.decreasing"},
    "energy-unit-of-power": {1: "meter.unit", 2: "meter.unit"},
    "numbers-for-texts": {1: "schema.call"},
    "object-for-list": {1: "schema.call", 2: "schema.call"},
}
"""The rule by which the diagnosis names a quirk, by the generation of OCPP; the others break no rule."""

CASES = [
    pytest.param(version, name, id=f"{version}-{name}")
    for version in Version.offered(Transport.JSON)
    for name, quirk in QUIRKS.items()
    if version.generation in quirk.generations
]


def session(version: Version, *names: str) -> SimulatedWire:
    """Two charges, the time after them, and a reconnection, with a central system that accepts everything."""
    quirks = {name: AMOUNT if QUIRKS[name].unit else 1.0 for name in names}
    equipment = Equipment((Outlet(), Outlet()), quirks=quirks)
    own = ChargePointSettings(equipment=equipment, serial="SERIAL1", meter_interval=20)
    charge_point, central = ChargePointBehaviour(version, own), CentralSystemBehaviour(version)
    central.set_strict(False)
    wire = SimulatedWire(version, charge_point, central)
    wire.is_strict = not names
    wire.run(5)
    charge = (("plug-in", "", 5), ("card", "ABC", 100), ("card", "ABC", 5), ("unplug", "", 5))
    for name, argument, seconds in (*charge, *charge, ("pause", "", 900), ("plug-in", "", 5)):
        if name == "pause":
            wire.run(seconds)
            continue
        outcome = charge_point.operate(Operation(name, 1, argument), wire.now)
        assert not outcome.problem
        wire.perform(Role.CHARGE_POINT, outcome.effects)
        wire.run(seconds)
    wire.perform(Role.CENTRAL_SYSTEM, [SendCall("TriggerMessage", {"requestedMessage": "MeterValues"})])
    wire.run(60)
    wire.lose_connection(70)  # longer than OfflineThreshold
    return wire.run(900)


def sent(wire: SimulatedWire, *actions: str) -> list[SentMessage]:
    return wire.calls(Role.CHARGE_POINT, *actions)


def broken_rules(wire: SimulatedWire) -> set[str]:
    timeline = Timeline()
    for said in wire.said:
        frame, payload = said.frame, json.dumps(said.payload)
        if frame.kind is MessageKind.CALL:
            text = JSON.call(frame.id, said.action, payload)
        else:
            assert frame.kind is MessageKind.CALLRESULT, frame
            text = json.dumps([3, frame.id, said.payload])
        direction = Direction.TO_CSMS if said.by is Role.CHARGE_POINT else Direction.TO_CHARGE_POINT
        timeline.append(
            message_record(
                text, time=said.time, connection=1, direction=direction, charge_point="CP001", version=wire.version
            )
        )
    diagnosis = Diagnosis(timeline)
    while not diagnosis.advance(1.0):
        pass
    return {one.rule for index in range(len(timeline)) for one in findings_at(timeline, index)}


def calls(wire: SimulatedWire) -> list[str]:
    """As they are on the wire, where 0 and 0.0 differ."""
    return [json.dumps([said.action, said.payload]) for said in sent(wire)]


@pytest.mark.parametrize("version", Version.offered(Transport.JSON), ids=str)
def test_without_a_quirk_nothing_is_wrong(version: Version) -> None:
    assert broken_rules(session(version)) == set()


@pytest.mark.parametrize(("version", "name"), CASES)
def test_a_quirk_shows_in_what_is_sent_and_the_charge_ends_all_the_same(version: Version, name: str) -> None:
    """A quirk without an effect would let a backend pass that was never tried."""
    wire = session(version, name)
    assert calls(wire) != calls(session(version))
    ends = [said for said in sent(wire, "StopTransaction", "TransactionEvent") if _is_end(said)]
    assert len(ends) == (4 if name == "duplicate-stop" else 2)
    wire.sides[Role.CHARGE_POINT].behaviour.tick(wire.now)
    behaviour = wire.sides[Role.CHARGE_POINT].behaviour
    assert isinstance(behaviour, ChargePointBehaviour)
    assert not behaviour.device.queue.holds(), "an answer did not find the call that was meant"


@pytest.mark.parametrize(("version", "name"), CASES)
def test_the_diagnosis_names_a_quirk_that_breaks_a_rule(version: Version, name: str) -> None:
    found = broken_rules(session(version, name))
    rule = NAMED.get(name, {}).get(version.generation)
    if rule is None:
        assert found == set()
    else:
        assert rule in found


@pytest.mark.parametrize("version", Version.offered(Transport.JSON), ids=str)
def test_a_session_with_all_quirks_is_the_same_again(version: Version) -> None:
    names = [name for name, quirk in QUIRKS.items() if version.generation in quirk.generations]
    assert calls(session(version, *names)) == calls(session(version, *names))


def _is_end(said: SentMessage) -> bool:
    return bool(said.payload.get("eventType", "Ended") == "Ended")
