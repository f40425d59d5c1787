"""What a driver does at the charge point. If these fail, nobody can try a backend without a real car."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.configuration import Place
from ocpptui.simulator.driver_side import KINDS
from ocpptui.simulator.station_faults import ERROR_CODES, FAULTS
from ocpptui.simulator.token_table import TokenTable

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

CP = Role.CHARGE_POINT
ONE = ChargePointSettings(meter_interval=10, connectors=1)
V16, V201, V21 = Version.V16, Version.V201, Version.V21
TWO = (V201, V21)
CHARGING = "TransactionEvent Updated ChargingStateChanged Charging"


def play(operated: Operated, *operations: str, seconds: float = 6) -> list[str]:
    """Do one after the other, with so many seconds between; the calls of the charge point."""
    for operation in operations:
        name, _, argument = operation.partition(" ")
        problem = (
            operated.operate(name, 0, argument, seconds) if name != "wait" else operated.bench.run(float(argument))
        )
        assert not isinstance(problem, str) or not problem, (operation, problem)
    return operated.story()


@pytest.mark.parametrize("order", [("plug-in", "card"), ("card", "plug-in")])
def test_plug_in_and_card_charge_in_either_order_in_1_6(operate: Operate, order: tuple[str, str]) -> None:
    assert play(operate(V16, ONE), *order, "card", "unplug") == [
        "StatusNotification Preparing",
        "Authorize",
        "StartTransaction",
        "StatusNotification Charging",
        "StopTransaction Local",
        "StatusNotification Finishing",
        "StatusNotification Available",
    ]


@pytest.mark.parametrize("version", TWO)
def test_plug_in_and_card_charge_in_2_x(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    assert play(operated, "plug-in", "card", "card", "unplug") == [
        "StatusNotification Occupied",
        "Authorize",
        "TransactionEvent Started Authorized",
        CHARGING,
        "TransactionEvent Ended StopAuthorized",
        "StatusNotification Available",
    ]


@pytest.mark.parametrize("version", TWO)
def test_a_card_before_the_cable_starts_the_transaction_and_leaves_the_connector_free(
    operate: Operate, version: Version
) -> None:
    """TxStartPoint Authorized; the EVSE is named once the driver has chosen it (E03)."""
    operated = operate(version, ONE)
    assert play(operated, "card", "plug-in", seconds=4) == [
        "Authorize",
        "TransactionEvent Started Authorized",
        "StatusNotification Occupied",
        "TransactionEvent Updated CablePluggedIn",
        CHARGING,
    ]
    events = [said.payload for said in operated.told("TransactionEvent")]
    assert ["evse" in event for event in events] == [False, True, False]
    assert [event["transactionInfo"]["chargingState"] for event in events] == ["Idle", "EVConnected", "Charging"]


@pytest.mark.parametrize("version", TWO)
def test_a_car_with_a_contract_charges_without_a_card(operate: Operate, version: Version) -> None:
    """Plug and charge (C07): the eMAID, and what an OCSP responder has to be asked about."""
    operated = operate(version, ONE)
    assert play(operated, "plug-and-charge DE8AAA0000TEST", "unplug") == [
        "StatusNotification Occupied",
        "Authorize",
        "TransactionEvent Started Authorized",
        CHARGING,
        "TransactionEvent Ended EVCommunicationLost",
        "StatusNotification Available",
    ]
    asked, started = (operated.told(action)[0].payload for action in ("Authorize", "TransactionEvent"))
    assert asked["idToken"] == started["idToken"] == {"idToken": "DE8AAA0000TEST", "type": "eMAID"}
    assert len({each["serialNumber"] for each in asked["iso15118CertificateHashData"]}) == 3


@pytest.mark.parametrize("version", TWO)
def test_a_contract_that_was_cancelled_does_not_charge(operate: Operate, version: Version) -> None:
    """A token may be accepted though its certificate is not (C07.FR.14 to FR.17)."""
    operated = operate(version, ONE)
    operated.bench.drop = lambda said: said.action == "Authorize" and said.by is Role.CENTRAL_SYSTEM
    play(operated, "plug-and-charge", seconds=1)
    operated.bench.drop = lambda said: False
    refused = {"idTokenInfo": {"status": "Accepted"}, "certificateStatus": "CertificateRevoked"}
    [asked] = operated.told("Authorize")
    answer = parse(JSON.result(asked.frame, json.dumps(refused)))
    assert isinstance(answer, Message)
    operated.bench.perform(CP, operated.charge_point.answered("Authorize", asked.payload, answer, operated.bench.now))
    operated.bench.run(5)
    assert not operated.told("TransactionEvent")


@pytest.mark.parametrize("version", TWO)
@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_known_contract_charges_offline_only_if_that_is_allowed(
    operate: Operate, version: Version, is_allowed: bool
) -> None:
    """ContractValidationOffline (C07.FR.07 to FR.12)."""
    operated = operate(version, ONE)
    configuration = operated.charge_point.device.configuration
    setting = configuration.by_place(Place("ISO15118Ctrlr", "ContractValidationOffline"))
    assert setting is not None
    configuration.set(setting, str(is_allowed).lower())
    play(operated, "plug-and-charge", "unplug", "offline")
    operated.bench.said.clear()
    play(operated, "plug-and-charge", "online")
    assert bool(operated.told("TransactionEvent")) == is_allowed


def test_plug_and_charge_that_is_not_there_says_why(operate: Operate) -> None:
    assert "no plug and charge" in operate(V16, ONE).operate("plug-and-charge")
    operated = operate(V201, ONE)
    configuration = operated.charge_point.device.configuration
    setting = configuration.by_place(Place("ISO15118Ctrlr", "PnCEnabled"))
    assert setting is not None
    configuration.set(setting, "false")
    assert "PnCEnabled" in operated.operate("plug-and-charge")


@pytest.mark.parametrize("version", TWO)
def test_plug_and_charge_says_what_is_in_its_way_at_the_chosen_connector(operate: Operate, version: Version) -> None:
    """A user whose other connector is free would read that none is, and look for a fault of the charge point."""
    operated = operate(version, ChargePointSettings(meter_interval=10, connectors=2))
    assert not operated.operate("plug-and-charge", 1)
    assert operated.operate("plug-and-charge", 1) == "The connector is Charging."
    assert not operated.operate("plug-and-charge", 0)
    assert operated.operate("plug-and-charge", 0) == "No connector is free."


@pytest.mark.parametrize("before", [("plug-in",), ("plug-in", "card", "card")])
def test_a_remote_start_charges_the_car_that_is_there(
    operate: Operate, version: Version, before: tuple[str, ...]
) -> None:
    """The driver plugs in, then starts in the app of the operator (1.6 section 5.11, 2.x F01); once more afterwards."""
    operated = operate(version, ONE)
    play(operated, *before)
    car = operated.charge_point.device.connectors[1].meter.car
    assert operated.start()["status"] == "Accepted"
    if version is V16:
        assert operated.told("StartTransaction")[-1].payload["idTag"] == "ABC"
    else:
        events = [said.payload for said in operated.told("TransactionEvent")]
        started = [event for event in events if event["eventType"] == "Started"][-1]
        assert started["triggerReason"] == "RemoteStart"
        assert started["transactionInfo"]["remoteStartId"] == 7
    assert operated.statuses()[-1] == (1, "Charging" if version is V16 else "Occupied")
    assert operated.charge_point.device.connectors[1].meter.car is car
    assert operated.start()["status"] == "Rejected", "it charges already"
    assert operated.stop(operated.transaction)["status"] == "Accepted"
    operated.bench.run(30)
    assert operated.charge_point.device.connectors[1].meter.car is car, "its driver unplugs it"
    assert play(operated, "unplug")[-1] == "StatusNotification Available"


def test_a_transaction_by_hand_takes_the_car_that_is_there(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    play(operated, "plug-in")
    now = date_time(operated.bench.now)
    if version is V16:
        started: dict[str, Any] = {"connectorId": 1, "idTag": "BY-HAND", "meterStart": 5000, "timestamp": now}
    else:
        started = {"eventType": "Started", "triggerReason": "Authorized", "seqNo": 0, "timestamp": now}
        started |= {"transactionInfo": {"transactionId": "BY-HAND"}, "evse": {"id": 1, "connectorId": 1}}
        started["idToken"] = {"idToken": "BY-HAND", "type": "Central"}
    operated.bench.call(CP, "StartTransaction" if version is V16 else "TransactionEvent", started)
    operated.bench.run(15)
    [charge] = operated.charge_point.device.running()
    assert charge.token.text == "BY-HAND"
    story = play(operated, "card BY-HAND", "unplug")
    assert ("StopTransaction Local" if version is V16 else "TransactionEvent Ended StopAuthorized") in story


def test_who_does_not_plug_in_in_time_loses_the_connector(operate: Operate, version: Version) -> None:
    """ConnectionTimeOut (1.6), EVConnectionTimeOut (2.x E03.FR.05)."""
    operated = operate(version, ONE)
    story = play(operated, "card", "wait 70")
    assert story[-1] == (
        "StatusNotification Available" if version is V16 else "TransactionEvent Ended EVConnectTimeout"
    )
    assert operated.operate("card", seconds=0) == ""


def test_pulling_the_cable_ends_the_transaction(operate: Operate, version: Version) -> None:
    story = play(operate(version, ONE), "plug-in", "card", "unplug")
    ended = "StopTransaction EVDisconnected" if version is V16 else "TransactionEvent Ended EVCommunicationLost"
    assert story[-2:] == [ended, "StatusNotification Available"]


def test_a_card_of_somebody_else_stops_nothing(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    play(operated, "plug-in", "card", "card SOMEBODY")
    assert operated.transaction
    assert [said.payload for said in operated.told("Authorize")][-1] != operated.told("Authorize")[0].payload


def test_a_card_of_the_same_group_stops(operate: Operate, version: Version) -> None:
    """1.6 section 4.10, 2.x C09: a colleague with a card of the same parent may end the charge."""
    operated = operate(version, ONE)
    is_1x = version is V16
    group: dict[str, Any] = (
        {"parentIdTag": "FLEET"} if is_1x else {"groupIdToken": {"idToken": "FLEET", "type": "Local"}}
    )
    info = {"status": "Accepted", **group}
    operated.charge_point.device.authorizer.local_list.update({"mine": info, "yours": info})
    play(operated, "plug-in", "card MINE", "card YOURS")
    ended = operated.told("StopTransaction", "TransactionEvent")[-1].payload
    token = ended["idTag"] if is_1x else ended["idToken"]["idToken"]
    assert token == "YOURS"
    assert ended["reason"] == "Local" if is_1x else ended["eventType"] == "Ended"


def test_a_refused_card_leaves_the_car_where_it_is(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    central = operated.bench.sides[Role.CENTRAL_SYSTEM].behaviour
    assert isinstance(central, CentralSystemBehaviour)
    central.memory.tokens = TokenTable().with_status("Blocked", "stolen")
    play(operated, "plug-in", "card STOLEN")
    assert not operated.told("StartTransaction", "TransactionEvent")
    story = play(operated, "card", "stop")
    assert ("StopTransaction Local" if version is V16 else "TransactionEvent Ended StopAuthorized") in story


def test_a_car_that_pauses_is_told_at_once_and_takes_no_energy(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    story = play(operated, "plug-in", "card", "pause-car", "wait 30", "resume-car")
    told = "StatusNotification {}" if version is V16 else "TransactionEvent Updated ChargingStateChanged {}"
    states = [line for line in story if line.startswith(told.format(""))]
    assert states[-2:] == [told.format("SuspendedEV"), told.format("Charging")]
    assert operated.charge_point.device.connectors[1].meter.car is not None


def test_time_of_charging_does_not_count_pauses(operate: Operate) -> None:
    """Part 2, TransactionType: timeSpentCharging is the time that energy was transferred."""
    operated = operate(V201, ONE)
    play(operated, "plug-in", "card", "pause-car", "wait 100", "resume-car", "stop")
    spent = operated.told("TransactionEvent")[-1].payload["transactionInfo"]["timeSpentCharging"]
    assert 10 <= spent <= 14


# -- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ERROR_CODES)
def test_every_fault_is_reported_and_ends_what_it_must(operate: Operate, version: Version, code: str) -> None:
    operated = operate(version, ONE)
    story = play(operated, "plug-in", "card", f"fault {code.lower()}")
    ends = FAULTS[code].blocks
    ended = "StopTransaction Other" if version is V16 else "TransactionEvent Ended AbnormalCondition"
    assert (ended in story) == ends
    if version is V16:
        status = operated.told("StatusNotification")[-1].payload
        assert (status["errorCode"], status["status"]) == (code, "Faulted" if ends else "Charging")
    else:
        data = operated.told("NotifyEvent")[-1].payload["eventData"][0]
        assert (data["techCode"], data["actualValue"], data["variable"]["name"]) == (code, "true", "Problem")
    if ends:
        assert "Faulted" in operated.operate("card", 1)
    play(operated, "repair", "unplug")
    assert operated.statuses()[-1] == (1, "Available")


def test_the_emergency_stop_ends_everything_until_it_is_released(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(connectors=2))
    operated.operate("plug-in", 1)
    operated.operate("card", 1)
    operated.operate("emergency-stop")
    ended = operated.told("StopTransaction", "TransactionEvent")[-1].payload
    reason = ended["reason"] if version is V16 else ended["transactionInfo"]["stoppedReason"]
    assert reason == "EmergencyStop"
    assert operated.statuses()[-1][1] == "Faulted"
    assert "Faulted" in operated.operate("card", 2)
    assert operated.start(2)["status"] == "Rejected"
    assert operated.operate("release") == ""
    assert operated.start(2)["status"] == "Accepted"


# -- without power or connection ------------------------------------------------------------------------------------


def test_a_power_loss_ends_the_transaction_and_is_told_after_the_boot(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    story = play(operated, "plug-in", "card", "power-loss 30", "wait 60")
    boot = story.index("BootNotification" if version is V16 else "BootNotification PowerUp")
    ended = "StopTransaction PowerLoss" if version is V16 else "TransactionEvent Ended AbnormalCondition"
    assert story.index(ended) > boot
    told = operated.told("StopTransaction", "TransactionEvent")[-1]
    assert told.payload["timestamp"] < operated.told("BootNotification")[0].payload.get("timestamp", "9")
    if version is not V16:
        assert told.payload["offline"] is True
        assert told.payload["transactionInfo"]["stoppedReason"] == "PowerLoss"


def test_a_charge_goes_on_offline_and_everything_is_told_afterwards(operate: Operate, version: Version) -> None:
    """1.6 section 3.7; 2.x E04: a backend would bill an hour too little."""
    operated = operate(version, ONE)
    play(operated, "plug-in", "card", "offline 60", "wait 80")
    values = operated.told("MeterValues") if version is V16 else operated.told("TransactionEvent")[2:]
    times = [
        said.payload["meterValue"][0]["timestamp"] if version is V16 else said.payload["timestamp"] for said in values
    ]
    assert times == sorted(times)
    assert len(times) >= 8
    if version is not V16:
        events = [said.payload for said in operated.told("TransactionEvent")]
        assert [event["seqNo"] for event in events] == list(range(len(events)))
        assert sum(event.get("offline", False) for event in events) == 6
    assert "BootNotification" not in {said.action for said in operated.told()}


def test_a_whole_charge_offline_is_told_in_order(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    operated.configure("AllowOfflineTxForUnknownId", "true")
    play(operated, "offline", "plug-in", "card", "wait 20", "stop", "unplug", "wait 30")
    assert not operated.told("StartTransaction", "TransactionEvent")
    play(operated, "online")
    if version is V16:
        start, *values, stop = operated.told("StartTransaction", "MeterValues", "StopTransaction")
        transaction = operated.bench.answer_of(start).payload["transactionId"]
        assert {said.payload["transactionId"] for said in (*values, stop)} == {transaction}
        assert len(values) == 2
    else:
        events = [said.payload for said in operated.told("TransactionEvent")]
        assert [event["eventType"] for event in events][:1] == ["Started"]
        assert events[-1]["eventType"] == "Ended"
        assert all(event["offline"] for event in events)
    assert not operated.told("Authorize")


def test_an_unknown_card_is_refused_offline_unless_that_is_allowed(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    play(operated, "offline", "plug-in", "card", "online")
    assert not operated.told("StartTransaction", "TransactionEvent", "Authorize")


def test_a_card_of_the_local_list_charges_offline(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    operated.charge_point.device.authorizer.local_list["known"] = {"status": "Accepted"}
    operated.charge_point.device.authorizer.local_list["blocked"] = {"status": "Blocked"}
    play(operated, "offline", "plug-in", "card BLOCKED", "card KNOWN", "wait 15", "online")
    first = operated.told("StartTransaction", "TransactionEvent")[0].payload
    assert (first["idTag"] if version is V16 else first["idToken"]["idToken"]) == "KNOWN"


def test_a_restart_boots_with_its_reason(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    story = play(operated, "plug-in", "card", "restart", "wait 20")
    if version is V16:
        assert story.index("StopTransaction Reboot") < story.index("BootNotification")
    else:
        assert "BootNotification LocalReset" in story
    assert operated.statuses()[-1] == (1, "Preparing" if version is V16 else "Occupied"), "the car is still there"


@pytest.mark.parametrize("fault", ["fault GroundFailure", "emergency-stop"])
def test_nothing_starts_where_something_broke_while_the_card_was_checked(
    operate: Operate, version: Version, fault: str
) -> None:
    operated = operate(version, ONE)
    play(operated, "plug-in", "card", seconds=0)
    play(operated, fault)
    assert not operated.charge_point.device.running()
    assert not operated.told("StartTransaction")
    energy = operated.charge_point.device.connectors[1].meter.read(operated.bench.now).energy
    operated.bench.run(60)
    assert operated.charge_point.device.connectors[1].meter.read(operated.bench.now).energy == energy
    assert operated.operate("repair" if fault.startswith("fault") else "release") == ""
    play(operated, "card")
    assert operated.charge_point.device.running()


def test_what_is_not_possible_says_why_and_changes_nothing(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    wrong = {
        "unplug": "No car is plugged in.",
        "stop": "No transaction runs.",
        "resume-car": "No such car is plugged in.",
        "repair": "Nothing of that kind is broken.",
        "release": "The emergency stop is not reported.",
        "upright": "The tilt is not reported.",
        "fly": "There is no operation fly.",
    }
    for name, problem in wrong.items():
        assert operated.operate(name, seconds=0) == problem
    assert operated.operate("plug-in", 7, seconds=0) == "There is no connector 7."
    assert operated.operate("plug-in", 1, "101", seconds=0)
    for code, lack in (("Nonsense", "Nonsense is not one: "), ("", "none is given: ")):
        assert operated.operate("fault", 1, code, seconds=0).startswith(f"A fault needs an error code, and {lack}")
    assert operated.operate("power-loss", 0, "soon", seconds=0)
    assert operated.story() == []


def test_a_charge_point_asks_for_a_certificate_before_its_own_expires(operate: Operate, version: Version) -> None:
    """Use case A03: without it, the flow could be begun by the central system alone."""
    operated = operate(version, ONE)
    assert operated.operate("renew-certificate", 0, "", 3) == ""
    (asked,) = operated.told("SignCertificate")
    assert "BEGIN CERTIFICATE REQUEST" in asked.payload["csr"]
    assert asked.payload.get("certificateType") == (None if version is V16 else "ChargingStationCertificate")


def test_every_operation_can_be_done(operate: Operate, version: Version) -> None:
    """The list that screen and scripts show has nothing in it that does nothing."""
    operated = operate(version, ONE)
    first = {
        "plug-and-charge": ("unplug",),
        "card": (),
        "unplug": ("plug-in",),
        "stop": ("plug-in", "card"),
        "pause-car": ("plug-in",),
        "resume-car": ("pause-car",),
        "repair": ("fault",),
        "release": ("emergency-stop",),
        "upright": ("tilt",),
    }

    def do(name: str) -> None:
        argument = {"fault": "OverVoltage", "grid-frequency": "50.2"}.get(name, "")
        if operated.operate(name, 0, argument, 3):
            for earlier in first[name]:
                operated.operate(earlier, 0, "OverVoltage" if earlier == "fault" else "", 3)
            assert operated.operate(name, 0, argument, 3) == ""

    for kind in KINDS:
        if kind.name.endswith("priority"):  # test_smart_charging.py: it needs a profile
            assert operated.operate(kind.name, seconds=0)
        elif kind.name != "plug-and-charge" or version is not V16:
            do(kind.name)
