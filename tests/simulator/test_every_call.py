"""Every call of a central system, in every version: it has its effect, or is refused as the version names it.

If one of these fails, the simulated charge point says yes to something that it does not do, and a backend passes here
that fails with a real one.
"""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.version import Role, Transport, Version
from tests.simulator import call_scenes as scenes
from tests.simulator.call_scenes import ACCEPTED, REJECTED, Scene, told_after
from tests.simulator.conftest import Operate, Operated

MESSAGE = {"id": 1, "priority": "AlwaysFront", "message": {"format": "UTF8", "content": "Welcome"}}
TARIFF = {"tariffId": "T1", "currency": "EUR"}


def set_message(at: Operated) -> None:
    assert at.order("SetDisplayMessage", {"message": MESSAGE}) == ACCEPTED
    told_after(at, "GetDisplayMessages", "NotifyDisplayMessages", payload={"requestId": 1})
    assert at.told("NotifyDisplayMessages")[-1].payload["messageInfo"] == [MESSAGE]


def clear_message(at: Operated) -> None:
    set_message(at)
    assert at.order("ClearDisplayMessage", {"id": 1}) == ACCEPTED
    assert at.order("GetDisplayMessages", {"requestId": 1}) == {"status": "Unknown"}


def tariff_in_use(at: Operated) -> str | None:
    at.bench.run(61)
    info = at.told("TransactionEvent")[-1].payload["transactionInfo"]
    return str(info["tariffId"]) if "tariffId" in info else None


def set_tariff(at: Operated) -> None:
    assert at.order("SetDefaultTariff", {"evseId": 1, "tariff": TARIFF}) == ACCEPTED
    assert at.order("GetTariffs", {"evseId": 1})["tariffAssignments"][0]["tariffId"] == "T1"
    at.start()
    assert tariff_in_use(at) == "T1"


def clear_tariff(at: Operated) -> None:
    assert at.order("SetDefaultTariff", {"evseId": 1, "tariff": TARIFF}) == ACCEPTED
    (result,) = at.order("ClearTariffs", {})["clearTariffsResult"]
    assert result == {"tariffId": "T1", "status": "Accepted"}
    assert at.order("GetTariffs", {"evseId": 1}) == {"status": "NoTariff"}
    at.start()
    assert tariff_in_use(at) is None


def change_tariff(at: Operated) -> None:
    """It goes with its transaction; a new default is for those that start later (I07, I11)."""
    at.start()
    assert at.order("SetDefaultTariff", {"evseId": 1, "tariff": TARIFF}) == ACCEPTED
    assert tariff_in_use(at) is None
    change = {"transactionId": at.transaction, "tariff": {**TARIFF, "tariffId": "T2"}}
    assert at.order("ChangeTransactionTariff", change) == ACCEPTED
    assert at.told("TransactionEvent")[-1].payload["triggerReason"] == "TariffChanged"
    assert tariff_in_use(at) == "T2"


def stream(at: Operated) -> None:
    number = scenes.open_stream(at)
    (listed,) = at.order("GetPeriodicEventStream")["constantStreamData"]
    assert listed["params"] == {"values": 2}
    assert at.order("AdjustPeriodicEventStream", {"id": number, "params": {"values": 4}}) == ACCEPTED
    at.bench.run(20)
    assert len(at.told("NotifyPeriodicEventStream")[-1].payload["data"]) == 4
    assert at.order("AdjustPeriodicEventStream", {"id": 99, "params": {"values": 4}}) == REJECTED


def update_dynamic(at: Operated) -> None:
    """K28: the next reading has the new limit."""
    at.start()
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8.0}]}
    content = {"stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Dynamic"}
    profile = {**content, "id": 1, "chargingSchedule": [schedule]}
    assert at.order("SetChargingProfile", {"evseId": 1, "chargingProfile": profile}, 10) == ACCEPTED
    assert scenes.current(at) == 8.0
    update = {"chargingProfileId": 1, "scheduleUpdate": {"limit": 12.0}}
    assert at.order("UpdateDynamicSchedule", update, 1) == ACCEPTED
    assert scenes.current(at) == 12.0
    assert at.order("UpdateDynamicSchedule", {**update, "chargingProfileId": 2}) == REJECTED
    assert at.order("UpdateDynamicSchedule", {**update, "scheduleUpdate": {"setpoint": -9.0}}) == REJECTED


SCENES: dict[str, Scene] = {
    "AdjustPeriodicEventStream": stream,
    "CancelReservation": scenes.cancel_reservation,
    "CertificateSigned": scenes.certificate_signed,
    "ChangeAvailability": scenes.availability,
    "ChangeConfiguration": scenes.change_configuration,
    "ChangeTransactionTariff": change_tariff,
    "ClearCache": scenes.clear_cache,
    "ClearChargingProfile": scenes.clear_profile,
    "ClearDisplayMessage": clear_message,
    "ClearTariffs": clear_tariff,
    "ClearVariableMonitoring": scenes.clear_monitor,
    "CustomerInformation": scenes.customer_information,
    "DeleteCertificate": scenes.delete_certificate,
    "ExtendedTriggerMessage": scenes.extended_trigger,
    "GetBaseReport": scenes.base_report,
    "GetChargingProfiles": scenes.get_profiles,
    "GetCompositeSchedule": scenes.composite,
    "GetConfiguration": scenes.get_configuration,
    "GetDiagnostics": scenes.diagnostics,
    "GetDisplayMessages": set_message,
    "GetInstalledCertificateIds": scenes.certificates,
    "GetLocalListVersion": scenes.list_version,
    "GetLog": scenes.get_log,
    "GetMonitoringReport": scenes.monitoring_report,
    "GetPeriodicEventStream": stream,
    "GetReport": scenes.get_report,
    "GetTariffs": set_tariff,
    "GetTransactionStatus": scenes.transaction_status,
    "GetVariables": scenes.get_variables,
    "InstallCertificate": scenes.certificates,
    "RemoteStartTransaction": scenes.start,
    "RemoteStopTransaction": scenes.stop,
    "RequestStartTransaction": scenes.start,
    "RequestStopTransaction": scenes.stop,
    "ReserveNow": scenes.reserve,
    "Reset": scenes.reset,
    "SendLocalList": scenes.send_list,
    "SetChargingProfile": scenes.set_profile,
    "SetDefaultTariff": set_tariff,
    "SetDisplayMessage": set_message,
    "SetMonitoringBase": scenes.monitoring_base,
    "SetMonitoringLevel": scenes.monitoring_level,
    "SetNetworkProfile": scenes.network_profile,
    "SetVariableMonitoring": scenes.monitor,
    "SetVariables": scenes.set_variables,
    "SignedUpdateFirmware": scenes.signed_firmware,
    "TriggerMessage": scenes.trigger,
    "UnlockConnector": scenes.unlock,
    "UpdateDynamicSchedule": update_dynamic,
    "UpdateFirmware": scenes.firmware,
    "UsePriorityCharging": scenes.priority,
}
"""What each call does; `tests/simulator/call_scenes.py` has most of it."""

NOT_SUPPORTED = {"status": "NotSupported"}
TOKEN = {"idToken": "ABC", "type": "ISO14443"}

REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "AFRRSignal": ({"timestamp": "2026-11-22T10:02:03Z", "signal": 1}, REJECTED),
    "ClearDERControl": ({"isDefault": True}, NOT_SUPPORTED),  # without DER controls in its profile
    "DataTransfer": ({"vendorId": "com.example"}, {"status": "UnknownVendorId"}),
    "GetDERControl": ({"requestId": 1}, NOT_SUPPORTED),
    "NotifyAllowedEnergyTransfer": ({"transactionId": "T", "allowedEnergyTransfer": ["AC_single_phase"]}, REJECTED),
    "PublishFirmware": ({"location": "http://example.com/f", "checksum": "0" * 32, "requestId": 1}, REJECTED),
    "RequestBatterySwap": ({"idToken": TOKEN, "requestId": 1}, REJECTED),
    "SetDERControl": ({"isDefault": True, "controlId": "c", "controlType": "EnterService"}, NOT_SUPPORTED),
    "UnpublishFirmware": ({"checksum": "0" * 32}, {"status": "NoFirmware"}),
}
"""What this charge point has no hardware or no implementation for, and the answer that says so."""

EMPTY: dict[str, dict[str, Any]] = {
    "CostUpdated": {"totalCost": 4.25, "transactionId": "T"},
    "NotifyWebPaymentStarted": {"evseId": 1, "timeout": 60},
}
"""Calls whose answer has no status: it promises nothing."""

CASES = [
    pytest.param(version, action.name, id=f"{version}-{action.name}")
    for version in Version.offered(Transport.JSON)
    for action in catalog.actions(version, Role.CENTRAL_SYSTEM)
]


def test_every_call_is_in_one_table() -> None:
    names = {action.name for each in Version.offered(Transport.JSON) for action in catalog.actions(each)}
    sent = {case.values[1] for case in CASES}
    tables = [*SCENES, *REFUSED, *EMPTY]
    assert len(tables) == len(set(tables))
    assert set(tables) == sent <= names


@pytest.mark.parametrize(("version", "action"), CASES)
def test_a_call_has_its_effect_or_is_refused(operate: Operate, version: Version, action: str) -> None:
    operated = operate(version)
    if action in SCENES:
        SCENES[action](operated)
    elif action in REFUSED:
        request, answer = REFUSED[action]
        operated.start()
        if "transactionId" in request:
            request = {**request, "transactionId": operated.transaction}
        assert operated.order(action, request) == answer
    else:
        operated.bench.said.clear()
        assert operated.order(action, EMPTY[action]) == {}
        assert not operated.told()
