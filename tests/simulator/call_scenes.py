"""What each call of a central system does to the simulated charge point, as far as one can see it from outside.

A scene makes the call as it is meant, asserts its answer, and then the effect: a message that follows, or what other
calls say afterwards. `test_every_call` lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Version
from ocpptui.simulator.effects import ConnectWith
from tests.simulator.conftest import Operated
from tests.simulator.test_certificate_calls import certificate, pem

Scene = Callable[[Operated], None]
ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}
TOKEN = {"idToken": "ABC", "type": "ISO14443"}
HEARTBEAT: dict[str, Any] = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}


def is_1x(at: Operated) -> bool:
    return at.version is Version.V16


def status(answer: dict[str, Any]) -> str:
    return str(answer["status"])


def later(at: Operated, seconds: int) -> str:
    return date_time(at.bench.now + seconds * 1_000_000)


def told_after(at: Operated, action: str, *actions: str, payload: dict[str, Any], seconds: float = 10) -> None:
    """The call is Accepted, and messages of the charge point follow."""
    at.bench.said.clear()
    assert status(at.order(action, payload, seconds)) == "Accepted"
    for each in actions:
        assert at.told(each), each


# -- transactions ---------------------------------------------------------------------------------------------------


def start(at: Operated) -> None:
    assert status(at.start()) == "Accepted"
    assert at.transaction
    assert at.told("StartTransaction" if is_1x(at) else "TransactionEvent")
    assert status(at.start()) == "Rejected"


def stop(at: Operated) -> None:
    at.start()
    assert status(at.stop(at.transaction)) == "Accepted"
    assert not at.charge_point.device.running()
    last = at.told("StopTransaction", "TransactionEvent")[-1].payload
    assert last["reason" if is_1x(at) else "triggerReason"] == ("Remote" if is_1x(at) else "RemoteStop")


def transaction_status(at: Operated) -> None:
    at.start()
    wanted = {"transactionId": at.transaction}
    assert at.order("GetTransactionStatus", wanted)["ongoingIndicator"] is True
    at.stop(at.transaction)
    assert at.order("GetTransactionStatus", wanted)["ongoingIndicator"] is False


def reserve(at: Operated) -> None:
    expiry = later(at, 600)
    request = (
        {"reservationId": 5, "connectorId": 1, "expiryDate": expiry, "idTag": "ABC"}
        if is_1x(at)
        else {"id": 5, "evseId": 1, "expiryDateTime": expiry, "idToken": TOKEN}
    )
    assert at.order("ReserveNow", request) == ACCEPTED
    assert at.statuses()[-1] == (1, "Reserved")
    assert status(at.start(1, "OTHER")) == "Rejected"


def cancel_reservation(at: Operated) -> None:
    reserve(at)
    assert at.order("CancelReservation", {"reservationId": 5}) == ACCEPTED
    assert at.statuses()[-1] == (1, "Available")


def unlock(at: Operated) -> None:
    at.start()
    if is_1x(at):
        assert at.order("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
        assert at.told("StopTransaction")[-1].payload["reason"] == "UnlockCommand"
    else:
        answer = at.order("UnlockConnector", {"evseId": 1, "connectorId": 1})
        assert answer == {"status": "OngoingAuthorizedTransaction"}
        assert at.transaction


# -- the charge point -----------------------------------------------------------------------------------------------


def availability(at: Operated) -> None:
    off = {"connectorId": 1, "type": "Inoperative"} if is_1x(at) else {"operationalStatus": "Inoperative"}
    assert at.order("ChangeAvailability", off if is_1x(at) else {**off, "evse": {"id": 1}}) == ACCEPTED
    assert at.statuses()[-1] == (1, "Unavailable")
    assert status(at.start()) == "Rejected"


def reset(at: Operated) -> None:
    kind = "Soft" if is_1x(at) else "Immediate"
    told_after(at, "Reset", "BootNotification", payload={"type": kind})
    assert at.bench.closures == 1


def trigger(at: Operated) -> None:
    told_after(at, "TriggerMessage", "MeterValues", payload={"requestedMessage": "MeterValues"})


def extended_trigger(at: Operated) -> None:
    told_after(at, "ExtendedTriggerMessage", "Heartbeat", payload={"requestedMessage": "Heartbeat"})


def change_configuration(at: Operated) -> None:
    assert at.order("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "2"}) == ACCEPTED
    at.bench.said.clear()
    at.bench.run(11)
    assert len(at.told("Heartbeat")) >= 5


def get_configuration(at: Operated) -> None:
    (key,) = at.order("GetConfiguration", {"key": ["HeartbeatInterval"]})["configurationKey"]
    assert key == {"key": "HeartbeatInterval", "readonly": False, "value": "300"}


def set_variables(at: Operated) -> None:
    (result,) = at.order("SetVariables", {"setVariableData": [{**HEARTBEAT, "attributeValue": "2"}]}).values()
    assert result[0]["attributeStatus"] == "Accepted"
    at.bench.said.clear()
    at.bench.run(11)
    assert len(at.told("Heartbeat")) >= 5


def get_variables(at: Operated) -> None:
    (result,) = at.order("GetVariables", {"getVariableData": [HEARTBEAT]})["getVariableResult"]
    assert (result["attributeStatus"], result["attributeValue"]) == ("Accepted", "300")


def base_report(at: Operated) -> None:
    told_after(at, "GetBaseReport", "NotifyReport", payload={"requestId": 1, "reportBase": "FullInventory"})


def get_report(at: Operated) -> None:
    told_after(at, "GetReport", "NotifyReport", payload={"requestId": 1, "componentVariable": [HEARTBEAT]})


# -- tokens ---------------------------------------------------------------------------------------------------------


def send_list(at: Operated) -> None:
    entry = {"idTag": "ABC", "idTagInfo": ACCEPTED} if is_1x(at) else {"idToken": TOKEN, "idTokenInfo": ACCEPTED}
    version = "listVersion" if is_1x(at) else "versionNumber"
    request = {version: 3, "updateType": "Full", "localAuthorizationList": [entry]}
    assert at.order("SendLocalList", request) == ACCEPTED
    at.configure("LocalPreAuthorize", "true")
    at.bench.said.clear()
    at.operate("plug-in")
    at.operate("card", argument="ABC")
    assert at.transaction and not at.told("Authorize")


def list_version(at: Operated) -> None:
    send_list(at)
    assert at.order("GetLocalListVersion") == {"listVersion" if is_1x(at) else "versionNumber": 3}


def clear_cache(at: Operated) -> None:
    at.configure("LocalPreAuthorize", "true")
    for asks in (1, 1, 2):
        if asks == 2:
            assert at.order("ClearCache") == ACCEPTED
        at.operate("plug-in")
        at.operate("card", argument="ABC")
        assert len(at.told("Authorize")) == asks
        at.operate("stop")
        at.operate("unplug")


def customer_information(at: Operated) -> None:
    at.operate("plug-in")
    at.operate("card", argument="ABC")
    request = {"requestId": 1, "report": True, "clear": True, "idToken": TOKEN}
    data = []
    for _ in range(2):
        told_after(at, "CustomerInformation", "NotifyCustomerInformation", payload=request)
        data.append(at.told("NotifyCustomerInformation")[-1].payload["data"])
    assert data == ["idToken ABC: Accepted", ""]
    assert at.order("CustomerInformation", {**request, "report": False, "clear": False}) == REJECTED


# -- smart charging -------------------------------------------------------------------------------------------------


def set_profile(at: Operated) -> None:
    at.start()
    at.bench.run(10)
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}]}
    content = {"stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Absolute"}
    if is_1x(at):
        profile = {**content, "chargingProfileId": 1, "chargingSchedule": schedule}
        request: dict[str, Any] = {"connectorId": 1, "csChargingProfiles": profile}
    else:
        profile = {**content, "id": 1, "chargingSchedule": [{"id": 1, **schedule}]}
        request = {"evseId": 1, "chargingProfile": profile}
    assert at.order("SetChargingProfile", request, seconds=1) == ACCEPTED
    assert current(at) == 10.0


def current(at: Operated) -> float:
    return round(at.charge_point.device.connectors[1].meter.read(at.bench.now).current, 1)


def clear_profile(at: Operated) -> None:
    set_profile(at)
    wanted = {"id": 1} if is_1x(at) else {"chargingProfileId": 1}
    assert at.order("ClearChargingProfile", wanted, seconds=1) == ACCEPTED
    assert current(at) == 16.0
    assert at.order("ClearChargingProfile", wanted) == {"status": "Unknown"}


def get_profiles(at: Operated) -> None:
    set_profile(at)
    told_after(at, "GetChargingProfiles", "ReportChargingProfiles", payload={"requestId": 1, "chargingProfile": {}})


def composite(at: Operated) -> None:
    set_profile(at)
    answer = at.order("GetCompositeSchedule", {"connectorId" if is_1x(at) else "evseId": 1, "duration": 60})
    found = answer["chargingSchedule" if is_1x(at) else "schedule"]["chargingSchedulePeriod"]
    assert (status(answer), found[0]["limit"]) == ("Accepted", 10.0)


def priority(at: Operated) -> None:
    set_profile(at)
    request = {"transactionId": at.transaction, "activate": True}
    assert at.order("UsePriorityCharging", request) == {"status": "NoProfile"}
    schedule = {"id": 2, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 14.0}]}
    content = {"stackLevel": 0, "chargingProfilePurpose": "PriorityCharging", "chargingProfileKind": "Absolute"}
    profile = {**content, "id": 2, "chargingSchedule": [schedule]}
    assert at.order("SetChargingProfile", {"evseId": 1, "chargingProfile": profile}) == ACCEPTED
    told_after(at, "UsePriorityCharging", "NotifyPriorityCharging", payload=request)
    assert current(at) == 14.0


# -- files and certificates -----------------------------------------------------------------------------------------


def diagnostics(at: Operated) -> None:
    assert at.order("GetDiagnostics", {"location": "http://example.com/up"}, 20) == {"fileName": "diagnostics.log"}
    assert at.bench.transfers[-1].content
    assert [said.payload["status"] for said in at.told("DiagnosticsStatusNotification")] == ["Uploading", "Uploaded"]


def get_log(at: Operated) -> None:
    log = {"remoteLocation": "http://example.com/up"}
    payload = {"logType": "DiagnosticsLog", "requestId": 1, "log": log}
    told_after(at, "GetLog", "LogStatusNotification", payload=payload, seconds=20)
    assert at.bench.transfers[-1].content


def firmware(at: Operated) -> None:
    place = "http://example.com/fw-9.8.7.bin"
    when = later(at, 1)
    if is_1x(at):
        assert at.order("UpdateFirmware", {"location": place, "retrieveDate": when}, 60) == {}
    else:
        firmware = {"location": place, "retrieveDateTime": when}
        assert status(at.order("UpdateFirmware", {"requestId": 1, "firmware": firmware}, 60)) == "Accepted"
    boot = at.told("BootNotification")[-1].payload
    assert "9.8.7" in str(boot)
    assert at.told("FirmwareStatusNotification")[-1].payload["status"] == "Installed"


def signed_firmware(at: Operated) -> None:
    firmware = {
        "location": "http://example.com/fw.bin",
        "retrieveDateTime": later(at, 1),
        "signingCertificate": "junk",
        "signature": "junk",
    }
    assert at.order("SignedUpdateFirmware", {"requestId": 1, "firmware": firmware}) == {"status": "InvalidCertificate"}
    assert at.told("SecurityEventNotification") and not at.bench.transfers


def install_certificate(at: Operated) -> dict[str, Any]:
    kind = "CentralSystemRootCertificate" if is_1x(at) else "CSMSRootCertificate"
    root = {"certificateType": kind, "certificate": pem(certificate(0xABC))}
    assert at.order("InstallCertificate", root) == ACCEPTED
    answer = at.order("GetInstalledCertificateIds", {"certificateType": kind if is_1x(at) else [kind]})
    assert status(answer) == "Accepted"
    found = answer["certificateHashData" if is_1x(at) else "certificateHashDataChain"][0]
    return found if is_1x(at) else dict(found["certificateHashData"])


def certificates(at: Operated) -> None:
    install_certificate(at)


def delete_certificate(at: Operated) -> None:
    wanted = {"certificateHashData": install_certificate(at)}
    assert at.order("DeleteCertificate", wanted) == ACCEPTED
    assert at.order("DeleteCertificate", wanted) == {"status": "NotFound"}


def certificate_signed(at: Operated) -> None:
    """Ours is accepted in `test_certificate_calls`; that of somebody else is refused, and that is told."""
    answer = at.order("CertificateSigned", {"certificateChain": pem(certificate(3))})
    assert status(answer) == "Rejected"
    assert at.told("SecurityEventNotification")


# -- monitors -------------------------------------------------------------------------------------------------------


def set_monitor(at: Operated) -> int:
    monitor = {"type": "UpperThreshold", "value": 400, "severity": 5, **HEARTBEAT}
    (result,) = at.order("SetVariableMonitoring", {"setMonitoringData": [monitor]})["setMonitoringResult"]
    assert result["status"] == "Accepted"
    return int(result["id"])


def open_stream(at: Operated) -> int:
    """A monitor that sends its values two by two (2.1); its number."""
    item = {"type": "Periodic", "value": 2, "severity": 5, "periodicEventStream": {"values": 2}, **HEARTBEAT}
    (result,) = at.order("SetVariableMonitoring", {"setMonitoringData": [item]})["setMonitoringResult"]
    assert result["status"] == "Accepted"
    assert at.told("OpenPeriodicEventStream")
    return int(result["id"])


def exceed(at: Operated) -> int:
    """Let the monitored value rise; how many events that makes."""
    at.bench.said.clear()
    for value in ("300", "500"):
        at.order("SetVariables", {"setVariableData": [{**HEARTBEAT, "attributeValue": value}]})
    return len(at.told("NotifyEvent"))


def monitor(at: Operated) -> None:
    set_monitor(at)
    assert exceed(at) == 1


def clear_monitor(at: Operated) -> None:
    number = set_monitor(at)
    (result,) = at.order("ClearVariableMonitoring", {"id": [number]})["clearMonitoringResult"]
    assert result == {"id": number, "status": "Accepted"}
    assert exceed(at) == 0


def monitoring_base(at: Operated) -> None:
    set_monitor(at)
    assert at.order("SetMonitoringBase", {"monitoringBase": "FactoryDefault"}) == ACCEPTED
    assert exceed(at) == 0


def monitoring_level(at: Operated) -> None:
    set_monitor(at)
    assert at.order("SetMonitoringLevel", {"severity": 3}) == ACCEPTED
    assert exceed(at) == 0


def monitoring_report(at: Operated) -> None:
    assert at.order("GetMonitoringReport", {"requestId": 1}) == {"status": "EmptyResultSet"}
    set_monitor(at)
    told_after(at, "GetMonitoringReport", "NotifyMonitoringReport", payload={"requestId": 1})


NETWORK_PROFILE: dict[str, Any] = {
    "ocppVersion": "OCPP20",
    "ocppInterface": "Wired0",
    "ocppTransport": "JSON",
    "messageTimeout": 30,
    "ocppCsmsUrl": "ws://other.example/ocpp",
    "securityProfile": 1,
}


def variable_of(component: str, name: str, value: str) -> dict[str, Any]:
    return {"component": {"name": component}, "variable": {"name": name}, "attributeValue": value}


def network_profile(at: Operated) -> None:
    """The next reset leads to its URL, once it is in the list."""
    assert at.order("SetNetworkProfile", {"configurationSlot": 2, "connectionData": NETWORK_PROFILE}) == ACCEPTED
    for name, value in (
        (("SecurityCtrlr", "BasicAuthPassword"), "a long enough password"),
        (("OCPPCommCtrlr", "NetworkConfigurationPriority"), "2"),
    ):
        at.order("SetVariables", {"setVariableData": [variable_of(*name, value)]})
    at.bench.outside.clear()
    assert status(at.order("Reset", {"type": "Immediate"}, 20)) == "Accepted"
    [tried] = [effect for effect in at.bench.outside if isinstance(effect, ConnectWith)]
    assert [plan.url for plan in tried.plans] == ["ws://other.example/ocpp"]
