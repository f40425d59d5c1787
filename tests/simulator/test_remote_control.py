"""Remote control of the charge point. If these fail, the commands of a backend's operator do not have their effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.charge_plan import ChargePlan
from ocpptui.simulator.outgoing_calls import DriverToken

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

CP, CS = Role.CHARGE_POINT, Role.CENTRAL_SYSTEM
SECOND = 1_000_000
V16, V201, V21 = Version.V16, Version.V201, Version.V21


def test_a_remote_start_is_answered_first_and_then_charges(operated: Operated) -> None:
    assert operated.start() == {"status": "Accepted"}
    said = operated.bench.said
    assert said[1].frame.kind is MessageKind.CALLRESULT
    assert said[2].action == "StatusNotification"
    if operated.version is V16:
        (start,) = operated.told("StartTransaction")
        assert (start.payload["connectorId"], start.payload["idTag"]) == (1, "ABC")
    else:
        start = operated.told("TransactionEvent")[0]
        assert start.payload["triggerReason"] == "RemoteStart"
        assert start.payload["transactionInfo"]["remoteStartId"] == 7
        assert start.payload["idToken"] == {"idToken": "ABC", "type": "Central"}
    assert not operated.told("Authorize")


def test_a_remote_start_authorizes_the_token_if_configured(operated: Operated) -> None:
    if operated.version is V16:
        operated.order("ChangeConfiguration", {"key": "AuthorizeRemoteTxRequests", "value": "true"})
    else:
        item = {"component": {"name": "AuthCtrlr"}, "variable": {"name": "AuthorizeRemoteStart"}}
        operated.order("SetVariables", {"setVariableData": [{**item, "attributeValue": "true"}]})
    operated.start()
    assert len(operated.told("Authorize")) == 1


def test_a_remote_start_uses_the_first_free_connector_until_there_is_none(operated: Operated) -> None:
    assert [operated.start(None)["status"] for _ in range(3)] == ["Accepted", "Accepted", "Rejected"]
    assert [charge.plan.connector for charge in operated.charge_point.device.running()] == [1, 2]
    assert operated.start(9)["status"] == "Rejected"


def test_a_remote_stop_ends_its_own_transaction_only(operated: Operated) -> None:
    operated.start()
    assert operated.stop("99") == {"status": "Rejected"}
    assert operated.stop(operated.transaction) == {"status": "Accepted"}
    if operated.version is V16:
        (stop,) = operated.told("StopTransaction")
        assert stop.payload["reason"] == "Remote"
        assert "idTag" not in stop.payload
    else:
        ended = operated.told("TransactionEvent")[-1].payload
        assert (ended["eventType"], ended["triggerReason"]) == ("Ended", "RemoteStop")
        assert ended["transactionInfo"]["stoppedReason"] == "Remote"
    assert operated.stop("1")["status"] == "Rejected"


def test_a_reset_without_a_transaction_answers_closes_and_boots_again(operated: Operated) -> None:
    kind = "Soft" if operated.version is V16 else "Immediate"
    assert operated.order("Reset", {"type": kind}) == {"status": "Accepted"}
    assert operated.bench.closures == 1
    boot = operated.told()[0]
    assert boot.action == "BootNotification"
    if operated.version is not V16:
        assert boot.payload["reason"] == "RemoteReset"
    assert {said.action for said in operated.told()} == {"BootNotification", "StatusNotification"}


def test_a_reset_ends_the_transaction_before_it_closes(operated: Operated) -> None:
    operated.start()
    operated.order("Reset", {"type": "Hard" if operated.version is V16 else "Immediate"}, 10)
    actions = [said.action for said in operated.told()]
    end = "StopTransaction" if operated.version is V16 else "TransactionEvent"
    assert len(actions) - 1 - actions[::-1].index(end) < actions.index("BootNotification")
    if operated.version is V16:
        assert operated.told(end)[0].payload["reason"] == "HardReset"
    else:
        ended = operated.told(end)[-1].payload
        assert (ended["triggerReason"], ended["transactionInfo"]["stoppedReason"]) == ("ResetCommand", "ImmediateReset")
    assert operated.bench.closures == 1
    assert not operated.charge_point.device.running()


def test_a_reset_does_not_wait_forever_for_a_transaction(operated: Operated) -> None:
    operated.start()
    operated.bench.drop = lambda said: said.action in ("StopTransaction", "TransactionEvent")
    operated.order("Reset", {"type": "Soft" if operated.version is V16 else "Immediate"}, 60)
    assert operated.bench.closures == 1
    assert "BootNotification" in {said.action for said in operated.told()}


@pytest.mark.parametrize("version", [V201, V21])
def test_a_reset_on_idle_waits_for_the_end_of_the_transaction(operated: Operated) -> None:
    operated.start()
    assert operated.order("Reset", {"type": "OnIdle"}) == {"status": "Scheduled"}
    assert operated.bench.closures == 0
    assert operated.start(2) == {"status": "Rejected"}
    operated.stop(operated.transaction)
    assert operated.bench.closures == 1
    (boot,) = operated.told("BootNotification")
    assert boot.payload["reason"] == "ScheduledReset"
    assert operated.order("Reset", {"type": "Immediate", "evseId": 1}) == {"status": "Rejected"}


def test_availability_is_reported_and_survives_a_reset(operated: Operated) -> None:
    is_16 = operated.version is V16
    down = (
        {"connectorId": 2, "type": "Inoperative"} if is_16 else {"evse": {"id": 2}, "operationalStatus": "Inoperative"}
    )
    assert operated.order("ChangeAvailability", down) == {"status": "Accepted"}
    assert operated.statuses() == [(2, "Unavailable")]
    assert operated.order("ChangeAvailability", down) == {"status": "Accepted"}
    assert operated.statuses() == [(2, "Unavailable")]
    assert operated.start(2)["status"] == "Rejected"
    operated.order("Reset", {"type": "Soft" if is_16 else "Immediate"})
    assert operated.statuses()[-1] == (2, "Unavailable")
    bad = {"connectorId": 9, "type": "Operative"} if is_16 else {"evse": {"id": 9}, "operationalStatus": "Operative"}
    assert operated.order("ChangeAvailability", bad) == {"status": "Rejected"}


def test_a_charging_connector_goes_out_of_service_after_its_transaction(operated: Operated) -> None:
    operated.start()
    is_16 = operated.version is V16
    down = {"connectorId": 0, "type": "Inoperative"} if is_16 else {"operationalStatus": "Inoperative"}
    assert operated.order("ChangeAvailability", down) == {"status": "Scheduled"}
    assert operated.statuses()[-1] == (2, "Unavailable")
    operated.stop(operated.transaction)
    assert (1, "Unavailable") in operated.statuses()
    if is_16:
        assert (0, "Unavailable") in operated.statuses()
    up = {"connectorId": 0, "type": "Operative"} if is_16 else {"operationalStatus": "Operative"}
    assert operated.order("ChangeAvailability", up) == {"status": "Accepted"}
    assert set(operated.statuses()[-2:]) == {(1, "Available"), (2, "Available")}


def test_unlock(operated: Operated) -> None:
    is_16 = operated.version is V16
    where = {"connectorId": 1} if is_16 else {"evseId": 1, "connectorId": 1}
    assert operated.order("UnlockConnector", where) == {"status": "Unlocked"}
    operated.start()
    answer = operated.order("UnlockConnector", where)
    if is_16:
        assert answer == {"status": "Unlocked"}
        assert operated.told("StopTransaction")[0].payload["reason"] == "UnlockCommand"
        assert operated.order("UnlockConnector", {"connectorId": 9}) == {"status": "NotSupported"}
    else:
        assert answer == {"status": "OngoingAuthorizedTransaction"}
        assert operated.order("UnlockConnector", {"evseId": 1, "connectorId": 2}) == {"status": "UnknownConnector"}


def reservation(operated: Operated, number: int = 5, seconds: int = 60, connector: int = 1) -> dict[str, Any]:
    expiry = date_time(operated.bench.now + seconds * SECOND)
    if operated.version is V16:
        return {"connectorId": connector, "expiryDate": expiry, "idTag": "ABC", "reservationId": number}
    token = {"idToken": "ABC", "type": "Central"}
    return {"id": number, "expiryDateTime": expiry, "idToken": token, "evseId": connector}


def test_a_reservation_keeps_the_connector_for_its_token(operated: Operated) -> None:
    assert operated.order("ReserveNow", reservation(operated)) == {"status": "Accepted"}
    assert operated.statuses() == [(1, "Reserved")]
    assert operated.start(1, "OTHER")["status"] == "Rejected"
    assert operated.order("ReserveNow", reservation(operated, 6)) == {"status": "Occupied"}
    assert operated.start(1, "abc")["status"] == "Accepted"
    started = operated.told("StartTransaction", "TransactionEvent")[0]
    assert started.payload["reservationId"] == 5


def test_a_faulted_connector_is_not_reserved(operated: Operated) -> None:
    """A central system tries another connector then; Unavailable would mean that an operator has switched it off."""
    operated.operate("fault", 1, "GroundFailure")
    assert operated.order("ReserveNow", reservation(operated)) == {"status": "Faulted"}
    operated.operate("repair", 1)
    assert operated.order("ReserveNow", reservation(operated)) == {"status": "Accepted"}


def test_a_reservation_expires(operated: Operated) -> None:
    operated.order("ReserveNow", reservation(operated), 120)
    assert operated.statuses() == [(1, "Reserved"), (1, "Available")]
    updates = [said.payload for said in operated.told("ReservationStatusUpdate")]
    expected = {"reservationId": 5, "reservationUpdateStatus": "Expired"}
    assert updates == ([] if operated.version is V16 else [expected])
    assert operated.order("CancelReservation", {"reservationId": 5}) == {"status": "Rejected"}


def test_a_reservation_is_cancelled(operated: Operated) -> None:
    operated.order("ReserveNow", reservation(operated))
    assert operated.order("CancelReservation", {"reservationId": 5}) == {"status": "Accepted"}
    operated.bench.run(120)
    assert operated.statuses() == [(1, "Reserved"), (1, "Available")]
    assert not operated.told("ReservationStatusUpdate")


def test_a_reservation_in_the_past_or_for_an_unknown_connector_is_rejected(operated: Operated) -> None:
    assert operated.order("ReserveNow", reservation(operated, seconds=-1)) == {"status": "Rejected"}
    assert operated.order("ReserveNow", reservation(operated, connector=9)) == {"status": "Rejected"}
    assert not operated.statuses()


COMMON = ["Heartbeat", "StatusNotification", "MeterValues", "FirmwareStatusNotification"]
TRIGGERS = [
    *[(V16, "TriggerMessage", name, name) for name in [*COMMON, "DiagnosticsStatusNotification"]],
    *[(V16, "ExtendedTriggerMessage", name, name) for name in [*COMMON[:3], "LogStatusNotification"]],
    (V16, "ExtendedTriggerMessage", "FirmwareStatusNotification", "SignedFirmwareStatusNotification"),
    (V16, "ExtendedTriggerMessage", "SignChargePointCertificate", "SignCertificate"),
    *[
        (version, "TriggerMessage", name, name)
        for version in (V201, V21)
        for name in [*COMMON, "LogStatusNotification"]
    ],
    *[
        (version, "TriggerMessage", name, "SignCertificate")
        for version in (V201, V21)
        for name in ("SignChargingStationCertificate", "SignV2GCertificate", "SignCombinedCertificate")
    ],
    (V21, "TriggerMessage", "SignV2G20Certificate", "SignCertificate"),
]


@pytest.mark.parametrize(("version", "action", "wanted", "expected"), TRIGGERS)
def test_a_triggered_message_follows_the_answer(
    operate: Operate, version: Version, action: str, wanted: str, expected: str
) -> None:
    operated = operate(version)
    where = {"evse": {"id": 1, "connectorId": 1}} if version is not V16 and wanted == "StatusNotification" else {}
    assert operated.order(action, {"requestedMessage": wanted, **where}) == {"status": "Accepted"}
    assert operated.bench.said[1].frame.kind is MessageKind.CALLRESULT
    assert {said.action for said in operated.told()} == {expected}


def test_a_triggered_message_can_be_limited_to_one_connector(operated: Operated) -> None:
    is_16 = operated.version is V16
    where = {"connectorId": 2} if is_16 else {"evse": {"id": 2, "connectorId": 1}}
    operated.order("TriggerMessage", {"requestedMessage": "StatusNotification", **where})
    assert operated.statuses() == [(2, "Available")]
    nowhere = {"connectorId": 9} if is_16 else {"evse": {"id": 9}}
    rejected = operated.order("TriggerMessage", {"requestedMessage": "MeterValues", **nowhere})
    assert rejected == {"status": "Rejected"}


def test_triggered_meter_values_name_the_running_transaction_in_1_6(operate: Operate) -> None:
    operated = operate(V16)
    operated.start()
    operated.order("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1})
    (metered,) = operated.told("MeterValues")
    assert metered.payload["transactionId"] == int(operated.transaction)
    assert metered.payload["meterValue"][0]["sampledValue"][0]["context"] == "Trigger"


@pytest.mark.parametrize("version", [V201, V21])
@pytest.mark.parametrize("evse", [None, {"id": 1}, {"id": 1, "connectorId": 2}])
def test_the_status_of_no_connector_in_particular_is_refused(operated: Operated, evse: Any) -> None:
    """2.x F06.FR.12."""
    where = {} if evse is None else {"evse": evse}
    wanted = {"requestedMessage": "StatusNotification", **where}
    assert operated.order("TriggerMessage", wanted) == {"status": "Rejected"}
    assert not operated.told()


@pytest.mark.parametrize("version", [V201, V21])
def test_a_triggered_transaction_event_needs_a_transaction(operated: Operated) -> None:
    wanted = {"requestedMessage": "TransactionEvent"}
    assert operated.order("TriggerMessage", wanted) == {"status": "Rejected"}
    operated.start()
    assert operated.order("TriggerMessage", wanted) == {"status": "Accepted"}
    event = operated.told("TransactionEvent")[-1].payload
    assert (event["eventType"], event["triggerReason"]) == ("Updated", "Trigger")
    assert event["meterValue"]


@pytest.mark.parametrize("version", [V201, V21])
def test_triggering_a_message_that_a_charge_point_never_sends_is_not_implemented(operated: Operated) -> None:
    wanted = {"requestedMessage": "PublishFirmwareStatusNotification"}
    assert operated.order("TriggerMessage", wanted) == {"status": "NotImplemented"}


def test_an_accepted_charge_point_boots_on_demand_only_if_configured(operate: Operate, version: Version) -> None:
    """1.6 errata 3.35, 2.x F06.FR.17."""
    wanted = {"requestedMessage": "BootNotification"}
    plain = operate(version)
    assert plain.order("TriggerMessage", wanted) == {"status": "Rejected"}
    told = operate(version, ChargePointSettings(boot_when_triggered=True))
    assert told.order("TriggerMessage", wanted) == {"status": "Accepted"}
    assert [said.action for said in told.told()] == ["BootNotification"]


@pytest.mark.parametrize("version", [V201, V21])
def test_the_state_of_a_transaction(operated: Operated) -> None:
    assert operated.order("GetTransactionStatus") == {"messagesInQueue": False}
    operated.start()
    known = operated.order("GetTransactionStatus", {"transactionId": operated.transaction})
    assert known == {"ongoingIndicator": True, "messagesInQueue": False}
    unknown = operated.order("GetTransactionStatus", {"transactionId": "x"})
    assert unknown == {"ongoingIndicator": False, "messagesInQueue": False}


def test_a_connector_in_use_by_a_driver_cannot_be_started_remotely(operated: Operated) -> None:
    device = operated.charge_point.device
    operated.bench.perform(CP, device.begin(ChargePlan(1, DriverToken("DRIVER")), operated.bench.now))
    assert operated.start(1)["status"] == "Rejected"


def request_until_noon(
    version: Version, number: int = 1, *, token: str = "A", group: str = "", evse: int | None = 1
) -> Any:
    """A ReserveNow until noon."""
    expiry = "2026-11-22T12:00:00Z"
    if version is Version.V16:
        parent = {"parentIdTag": group} if group else {}
        return {"connectorId": evse, "expiryDate": expiry, "idTag": token, "reservationId": number, **parent}
    of_group = {"groupIdToken": {"idToken": group, "type": "Central"}} if group else {}
    where = {} if evse is None else {"evseId": evse}
    id_token = {"idToken": token, "type": "Central"}
    return {"id": number, "expiryDateTime": expiry, "idToken": id_token, **where, **of_group}


def test_a_reservation_survives_a_reset_and_still_expires(operate: Operate, version: Version) -> None:
    operated = operate(version)
    assert operated.order("ReserveNow", request_until_noon(version))["status"] == "Accepted"
    operated.order("Reset", {"type": "Hard" if version is Version.V16 else "Immediate"}, 30)
    assert operated.statuses()[-2:][0] == (1, "Reserved")
    operated.bench.run(2 * 3600)
    assert (1, "Available") in operated.statuses()[-3:]
    assert operated.start(1, "OTHER")["status"] == "Accepted"


def test_a_reservation_ends_when_its_connector_goes_out_of_service(operate: Operate, version: Version) -> None:
    """1.6 section 5.13; 2.x H01.FR.17."""
    operated = operate(version)
    operated.order("ReserveNow", request_until_noon(version))
    is_1x = version is Version.V16
    out = (
        {"connectorId": 1, "type": "Inoperative"} if is_1x else {"evse": {"id": 1}, "operationalStatus": "Inoperative"}
    )
    back = {"connectorId": 1, "type": "Operative"} if is_1x else {"evse": {"id": 1}, "operationalStatus": "Operative"}
    operated.order("ChangeAvailability", out)
    operated.order("ChangeAvailability", back)
    assert operated.statuses()[-1] == (1, "Available")
    if not is_1x:
        (update,) = operated.told("ReservationStatusUpdate")
        assert update.payload == {"reservationId": 1, "reservationUpdateStatus": "Removed"}


def test_a_card_of_the_group_uses_the_reservation(operate: Operate, version: Version) -> None:
    """1.6 section 5.13: with a parentIdTag the charge point asks for the parent of another card."""
    operated = operate(version)
    operated.order("ReserveNow", request_until_noon(version, group="FLEET"))
    is_1x = version is Version.V16
    group = {"parentIdTag": "FLEET"} if is_1x else {"groupIdToken": {"idToken": "FLEET", "type": "Central"}}
    operated.charge_point.device.authorizer.local_list["mine"] = {"status": "Accepted", **group}
    operated.configure("LocalPreAuthorize", "true")
    operated.operate("card", 1, "STRANGER")
    assert not operated.told("StartTransaction", "TransactionEvent")
    operated.operate("card", 1, "MINE")
    operated.operate("plug-in", 1)
    started = operated.told("StartTransaction", "TransactionEvent")[0].payload
    assert started["reservationId"] == 1


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
def test_a_reservation_of_any_evse_is_refused(operate: Operate, version: Version) -> None:
    """2.x H01.FR.19: ReservationCtrlr.NonEvseSpecific is false."""
    operated = operate(version)
    assert operated.order("ReserveNow", request_until_noon(version, evse=None))["status"] == "Rejected"


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
def test_a_connector_of_another_type_is_not_reserved(operate: Operate, version: Version) -> None:
    """2.x H01: the connectorType of a reservation is one that the EVSE has."""
    operated = operate(version)
    for kind, status in (("cCCS2", "Rejected"), ("cType2", "Accepted")):
        request = reservation(operated, seconds=600)
        assert operated.order("ReserveNow", {**request, "connectorType": kind})["status"] == status


def test_a_reservation_that_cannot_be_replaced_stays(operated: Operated) -> None:
    assert operated.order("ReserveNow", reservation(operated, seconds=600))["status"] == "Accepted"
    assert operated.order("ReserveNow", reservation(operated, seconds=-5))["status"] == "Rejected"
    assert operated.charge_point.device.connectors[1].reservation is not None
    assert operated.order("ReserveNow", reservation(operated, seconds=900))["status"] == "Accepted"
