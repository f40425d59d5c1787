"""Several connectors at one EVSE (2.x). If these fail, one EVSE with CCS and CHAdeMO takes two cars here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.profile_table import WrongProfile
from ocpptui.simulator.station_profile import station_profile

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V16, V201, V21 = Version.V16, Version.V201, Version.V21
two_x = pytest.mark.parametrize("version", [V201, V21])
TYPES = ("cCCS2", "cG105")
STATION = ChargePointSettings(
    connectors=2,
    meter_interval=10,
    equipment=Equipment((Outlet(TYPES[0], more_types=TYPES[1:]), Outlet())),
)


def said(at: Operated) -> list[tuple[int, int, str]]:
    """EVSE, connector and status of each StatusNotification, then forgotten."""
    found = [
        (one.payload["evseId"], one.payload["connectorId"], one.payload["connectorStatus"])
        for one in at.told("StatusNotification")
    ]
    at.bench.said.clear()
    return found


def plug_in(at: Operated, part: int) -> str:
    return at.operate("plug-in", 1, part=part)


def change(at: Operated, operational: str, **evse: int) -> str:
    request = {"operationalStatus": operational, **({"evse": evse} if evse else {})}
    return str(at.order("ChangeAvailability", request)["status"])


@two_x
def test_each_is_reported_and_the_others_are_unavailable_while_one_is_in_use(
    operate: Operate, version: Version
) -> None:
    at = operate(version, STATION)
    booted = [one.payload for one in at.boot if one.action == "StatusNotification" and "evseId" in one.payload]
    assert [(one["evseId"], one["connectorId"]) for one in booted] == [(1, 1), (1, 2), (2, 1)]
    assert plug_in(at, 2) == ""
    assert said(at) == [(1, 1, "Unavailable"), (1, 2, "Occupied")]
    assert plug_in(at, 1) == "A car is plugged in already."
    assert plug_in(at, 3) == "No EVSE there has a connector 3."
    assert at.operate("card", 1) == ""
    started = next(one.payload for one in at.told("TransactionEvent") if "evse" in one.payload)
    assert started["evse"] == {"id": 1, "connectorId": 2}
    assert len(at.charge_point.device.running()) == 1
    assert at.start(1)["status"] == "Rejected"
    at.bench.said.clear()
    at.operate("stop", 1)
    at.operate("unplug", 1)
    assert said(at) == [(1, 1, "Available"), (1, 2, "Available")]


@two_x
def test_one_of_them_is_taken_out_of_service(operate: Operate, version: Version) -> None:
    """G03: the EVSE and its other connectors go on."""
    at = operate(version, STATION)
    assert change(at, "Inoperative", id=1, connectorId=1) == "Accepted"
    assert said(at) == [(1, 1, "Unavailable")]
    assert at.start(1)["status"] == "Accepted"  # at the other one
    assert said(at) == [(1, 2, "Occupied")]
    assert change(at, "Inoperative", id=1, connectorId=2) == "Scheduled"
    assert change(at, "Inoperative", id=1, connectorId=3) == "Rejected"
    assert not said(at)
    at.stop(at.transaction)
    assert said(at)[-1:] == [(1, 2, "Unavailable")]
    assert at.start(1)["status"] == "Rejected"
    state: Any = json.loads(json.dumps(at.charge_point.kept_state(at.bench.now)))
    again = operate(version, STATION, state=state, now=at.bench.now)
    assert said(again) == [(1, 1, "Unavailable"), (1, 2, "Unavailable"), (2, 1, "Available")]
    assert change(at, "Operative", id=1, connectorId=1) == "Accepted"
    assert said(at) == [(1, 1, "Available")]


@two_x
def test_an_evse_is_reserved_for_a_type_that_it_has(operate: Operate, version: Version) -> None:
    at = operate(version, STATION)

    def reserve(number: int, kind: str, evse: int = 1) -> str:
        token = {"idToken": "ABC", "type": "Central"}
        request = {"id": number, "expiryDateTime": "2030-01-01T00:00:00Z", "idToken": token, "evseId": evse}
        return str(at.order("ReserveNow", {**request, "connectorType": kind})["status"])

    assert reserve(1, "cG105", evse=2) == "Rejected"
    assert reserve(1, "cG105") == "Accepted"
    assert said(at) == [(1, 1, "Reserved"), (1, 2, "Reserved")]
    at.order("CancelReservation", {"reservationId": 1})
    change(at, "Inoperative", id=1, connectorId=2)
    assert reserve(2, "cG105") == "Unavailable"
    assert reserve(2, "cCCS2") == "Accepted"


@two_x
def test_calls_name_one_of_them(operate: Operate, version: Version) -> None:
    at = operate(version, STATION)
    plug_in(at, 2)
    at.operate("card", 1)
    wanted = {"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 1}}
    at.bench.said.clear()
    assert at.order("TriggerMessage", wanted)["status"] == "Accepted"
    assert said(at) == [(1, 1, "Unavailable")]
    unlocked = [at.order("UnlockConnector", {"evseId": 1, "connectorId": part})["status"] for part in (1, 2, 3)]
    assert unlocked == ["Unlocked", "OngoingAuthorizedTransaction", "UnknownConnector"]


@two_x
def test_each_has_its_variables(operate: Operate, version: Version) -> None:
    at = operate(version, STATION)
    plug_in(at, 2)

    def value(variable: str, evse: int, part: int) -> Any:
        place = {"component": {"name": "Connector", "evse": {"id": evse, "connectorId": part}}}
        data = [{**place, "variable": {"name": variable}}]
        [result] = at.order("GetVariables", {"getVariableData": data})["getVariableResult"]
        return result.get("attributeValue", result["attributeStatus"])

    assert [value("ConnectorType", 1, part) for part in (1, 2)] == list(TYPES)
    assert [value("AvailabilityState", 1, part) for part in (1, 2)] == ["Unavailable", "Occupied"]
    assert value("ConnectorType", 2, 1) == "cType2"
    assert value("ConnectorType", 2, 2) == "UnknownComponent"


def test_in_1_6_an_evse_is_one_connector(operate: Operate) -> None:
    at = operate(V16, STATION)
    reports = [one.payload for one in at.boot if one.action == "StatusNotification" and "status" in one.payload]
    connectors = [one["connectorId"] for one in reports]
    assert connectors == [0, 1, 2]
    assert plug_in(at, 2) == "No EVSE there has a connector 2."
    assert at.start(1)["status"] == "Accepted"


def test_a_profile_lists_the_types_of_an_evse() -> None:
    built = station_profile('[[connectors]]\nkind = "DC"\ntype = ["cCCS2", "cG105"]', "x").settings.built
    assert built.outlets[0].types == TYPES
    schedule = '[[connectors]]\ntype = ["cType2", "sType2"]\n[[schedule]]\ndo = "plug-in"\nevse-connector = {}'
    assert station_profile(schedule.format(2), "x").settings.schedule[0].evse_connector == 2
    for text in (
        "[[connectors]]\ntype = []",
        '[[connectors]]\ntype = ["a", 1]',
        schedule.format(3),
        schedule.format(1).replace("plug-in", "stop"),
    ):
        with pytest.raises(WrongProfile):
            station_profile(text, "x")
