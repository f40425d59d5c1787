"""The default answer to every action of every version, in either role.

It depends only on the call and the clock: there is no state, and nothing is refused. The behaviours start from it, and
a user who answers by hand gets it as a template. Versions that agree share a row.

Source: the message definitions of OCPP 1.6 section 6 with the security whitepaper section 5, and of OCPP 2.0.1 and 2.1
Part 2 section "Messages"; the use cases named in the rows determine which status is neutral.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ocpptui.ocpp.date_times import DAY, date_time
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import Payload, integer_at, objects_at, only, text_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.standard_settings import settings
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.configuration import Configuration
from ocpptui.simulator.configuration_answers import SAMPLE, get_configuration, get_variables, set_variables

MAX_LIMIT = {"A": 16.0, "W": 11040.0}
"""The most that a simulated connector can deliver: amperes per phase, or watts on three phases at 230 V."""


class Request(NamedTuple):
    """A call, and what its answer needs from elsewhere."""

    version: Version
    payload: Payload
    now: int
    """Microseconds since 1970."""
    interval: int
    """Seconds between heartbeats."""
    transaction_id: int
    """The number for a new transaction (1.6)."""
    token_info: Payload
    """The idTagInfo or idTokenInfo for the token in the call."""


Answer = Payload | Callable[[Request], Payload]


def answer_to(
    version: Version,
    role: Role,
    call: Message,
    now: int,
    *,
    interval: int = 300,
    transaction_id: int = 1,
    token_info: Payload | None = None,
) -> Payload:
    """The answer of `role` to `call` if nothing stands in its way; valid for any content of the call.

    An unknown action gets `{}`. If the answer would repeat an invalid value of the call and thereby be invalid itself,
    it is the answer to an empty call.
    """
    action = call.action or ""
    answer = _ANSWERS[role].get(action)
    if answer is None:
        return {}
    if isinstance(answer, dict):
        return dict(answer)
    payload = call.payload if isinstance(call.payload, dict) else {}
    request = Request(version, payload, now, interval, transaction_id, token_info or {"status": "Accepted"})
    result = answer(request)
    if payload and not is_valid(version, action, Part.RESPONSE, result):
        return answer(request._replace(payload={}))
    return result


# -- what a central system answers ----------------------------------------------------------------------------------


def _boot(request: Request) -> Payload:
    return {"currentTime": date_time(request.now), "interval": request.interval, "status": "Accepted"}


def _token_info(request: Request) -> Payload:
    name = "idTagInfo" if request.version.generation == 1 else "idTokenInfo"
    return {name: dict(request.token_info)}


def _authorize(request: Request) -> Payload:
    answer = _token_info(request)
    if "certificate" in request.payload or "iso15118CertificateHashData" in request.payload:
        # C07.FR.13: the contract certificate counts as good if the token does.
        answer["certificateStatus"] = (
            "Accepted" if request.token_info.get("status") == "Accepted" else "ContractCancelled"
        )
    return answer


def _start_transaction(request: Request) -> Payload:
    return {**_token_info(request), "transactionId": request.transaction_id}


def _token_info_if_asked(request: Request) -> Payload:
    """1.6 StopTransaction and 2.x TransactionEvent (E01.FR.12): only if the call has a token."""
    return _token_info(request) if "idTag" in request.payload or "idToken" in request.payload else {}


def _charging_needs(request: Request) -> Payload:
    # K15: Rejected lets a 2.0.1 station use its default profile; in 2.1 it would refuse the energy transfer mode.
    return {"status": "NoChargingProfile" if request.version is Version.V21 else "Rejected"}


def _certificate_chain_status(request: Request) -> Payload:
    hashes = {"hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "00", "serialNumber": "1"}
    sample = {"certificateHashData": hashes, "source": "OCSP"}
    until = date_time(request.now + DAY)
    return {
        "certificateStatus": [
            {**only(item, "certificateHashData", "source"), "status": "Unknown", "nextUpdate": until}
            for item in objects_at(request.payload, "certificateStatusRequests") or [sample]
        ]
    }


def _vat_number(request: Request) -> Payload:
    """No register of companies is asked here, so no number is confirmed."""
    return {"vatNumber": "", **only(request.payload, "vatNumber", "evseId"), "status": "Rejected"}


_NOTHING: Payload = {}
_ACCEPTED: Payload = {"status": "Accepted"}
_REJECTED: Payload = {"status": "Rejected"}
_NOT_FOUND: Payload = {"status": "NotFound"}
_UNKNOWN: Payload = {"status": "Unknown"}
_UNKNOWN_VENDOR: Payload = {"status": "UnknownVendorId"}
_EMPTY_RESULT: Payload = {"status": "EmptyResultSet"}

_CENTRAL_SYSTEM: dict[str, Answer] = {
    "Authorize": _authorize,
    "BatterySwap": _NOTHING,
    "BootNotification": _boot,
    "ClearedChargingLimit": _NOTHING,
    "ClosePeriodicEventStream": _NOTHING,
    "DataTransfer": _UNKNOWN_VENDOR,
    "DiagnosticsStatusNotification": _NOTHING,
    "FirmwareStatusNotification": _NOTHING,
    "Get15118EVCertificate": {"status": "Failed", "exiResponse": ""},  # M01: there is no contract certificate pool
    "GetCertificateChainStatus": _certificate_chain_status,
    "GetCertificateStatus": {"status": "Failed"},  # M06: there is no OCSP responder to ask
    "Heartbeat": lambda request: {"currentTime": date_time(request.now)},
    "LogStatusNotification": _NOTHING,
    "MeterValues": _NOTHING,
    "NotifyChargingLimit": _NOTHING,
    "NotifyCustomerInformation": _NOTHING,
    "NotifyDERAlarm": _NOTHING,
    "NotifyDERStartStop": _NOTHING,
    "NotifyDisplayMessages": _NOTHING,
    "NotifyEVChargingNeeds": _charging_needs,
    "NotifyEVChargingSchedule": _ACCEPTED,
    "NotifyEvent": _NOTHING,
    "NotifyMonitoringReport": _NOTHING,
    "NotifyPriorityCharging": _NOTHING,
    "NotifyReport": _NOTHING,
    "NotifySettlement": _NOTHING,
    "OpenPeriodicEventStream": _ACCEPTED,
    "PublishFirmwareStatusNotification": _NOTHING,
    "PullDynamicScheduleUpdate": _REJECTED,  # K28.FR.12: the profile is unknown
    "ReportChargingProfiles": _NOTHING,
    "ReportDERControl": _NOTHING,
    "ReservationStatusUpdate": _NOTHING,
    "SecurityEventNotification": _NOTHING,
    "SignCertificate": _REJECTED,  # A02: nobody would sign, and after Accepted a 2.x station would keep asking
    "SignedFirmwareStatusNotification": _NOTHING,
    "StartTransaction": _start_transaction,
    "StatusNotification": _NOTHING,
    "StopTransaction": _token_info_if_asked,
    "TransactionEvent": _token_info_if_asked,
    "VatNumberValidation": _vat_number,
}


# -- what a charge point answers ------------------------------------------------------------------------------------


def _fresh() -> Configuration:
    return Configuration(settings())


def _composite_schedule(request: Request) -> Payload:
    payload = request.payload
    unit = text_at(payload, "chargingRateUnit") or "A"
    schedule: Payload = {
        "duration": integer_at(payload, "duration") or 3600,
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": MAX_LIMIT.get(unit, 0.0)}],
    }
    return composite_answer(request.version, _target(payload), schedule, request.now)


def _target(payload: Payload) -> int:
    for key in ("connectorId", "evseId"):
        if (number := integer_at(payload, key)) is not None:
            return number
    return 1


def composite_answer(version: Version, target: int, schedule: Payload, now: int) -> Payload:
    """The answer to GetCompositeSchedule for a connector (1.6) or EVSE (2.x)."""
    start = date_time(now)
    if version.generation == 1:
        return {"status": "Accepted", "connectorId": target, "scheduleStart": start, "chargingSchedule": schedule}
    return {"status": "Accepted", "schedule": {"evseId": target, "scheduleStart": start, **schedule}}


def _clear_monitoring(request: Request) -> Payload:
    ids = request.payload.get("id")
    return {
        "clearMonitoringResult": [
            {"id": number, "status": "NotFound"} for number in (ids if isinstance(ids, list) and ids else [1])
        ]
    }


def _set_monitoring(request: Request) -> Payload:
    sample = {"type": "UpperThreshold", "severity": 5, **SAMPLE}
    return {
        "setMonitoringResult": [
            {"id": number, "status": "Accepted", **only(item, "type", "severity", "component", "variable")}
            for number, item in enumerate(objects_at(request.payload, "setMonitoringData") or [sample], 1)
        ]
    }


def _transaction_status(request: Request) -> Payload:
    known = {"ongoingIndicator": False} if "transactionId" in request.payload else {}
    return {**known, "messagesInQueue": False}


def _log_name(request: Request) -> Payload:
    is_security = text_at(request.payload, "logType") == "SecurityLog"
    return {"status": "Accepted", "filename": "security.log" if is_security else "diagnostics.log"}


_CHARGE_POINT: dict[str, Answer] = {
    "AFRRSignal": _ACCEPTED,
    "AdjustPeriodicEventStream": _REJECTED,  # N14: there is no such stream
    "CancelReservation": _ACCEPTED,
    "CertificateSigned": _ACCEPTED,
    "ChangeAvailability": _ACCEPTED,
    "ChangeConfiguration": _ACCEPTED,
    "ChangeTransactionTariff": {"status": "TxNotFound"},
    "ClearCache": _ACCEPTED,
    "ClearChargingProfile": _UNKNOWN,
    "ClearDERControl": _NOT_FOUND,
    "ClearDisplayMessage": _UNKNOWN,
    "ClearTariffs": lambda _: {"clearTariffsResult": [{"status": "NoTariff"}]},  # I10.FR.06
    "ClearVariableMonitoring": _clear_monitoring,
    "CostUpdated": _NOTHING,
    "CustomerInformation": _ACCEPTED,
    "DataTransfer": _UNKNOWN_VENDOR,
    "DeleteCertificate": _NOT_FOUND,
    "ExtendedTriggerMessage": _ACCEPTED,
    "GetBaseReport": _ACCEPTED,
    "GetChargingProfiles": {"status": "NoProfiles"},
    "GetCompositeSchedule": _composite_schedule,
    "GetConfiguration": lambda request: get_configuration(_fresh(), request.payload),
    "GetDERControl": _NOT_FOUND,
    "GetDiagnostics": {"fileName": "diagnostics.log"},
    "GetDisplayMessages": _UNKNOWN,
    "GetInstalledCertificateIds": _NOT_FOUND,
    "GetLocalListVersion": lambda request: {
        "listVersion" if request.version.generation == 1 else "versionNumber": 0  # no list is stored
    },
    "GetLog": _log_name,
    "GetMonitoringReport": _EMPTY_RESULT,
    "GetPeriodicEventStream": _NOTHING,
    "GetReport": _EMPTY_RESULT,
    "GetTariffs": {"status": "NoTariff"},
    "GetTransactionStatus": _transaction_status,
    "GetVariables": lambda request: get_variables(_fresh(), request.payload),
    "InstallCertificate": _ACCEPTED,
    "NotifyAllowedEnergyTransfer": _ACCEPTED,
    "NotifyWebPaymentStarted": _NOTHING,
    "PublishFirmware": _REJECTED,  # L03: only a Local Controller publishes
    "RemoteStartTransaction": _ACCEPTED,
    "RemoteStopTransaction": _ACCEPTED,
    "RequestBatterySwap": _ACCEPTED,
    "RequestStartTransaction": _ACCEPTED,
    "RequestStopTransaction": _ACCEPTED,
    "ReserveNow": _ACCEPTED,
    "Reset": _ACCEPTED,
    "SendLocalList": _ACCEPTED,
    "SetChargingProfile": _ACCEPTED,
    "SetDERControl": _ACCEPTED,
    "SetDefaultTariff": _ACCEPTED,
    "SetDisplayMessage": _ACCEPTED,
    "SetMonitoringBase": _ACCEPTED,
    "SetMonitoringLevel": _ACCEPTED,
    "SetNetworkProfile": _ACCEPTED,
    "SetVariableMonitoring": _set_monitoring,
    "SetVariables": lambda request: set_variables(_fresh(), request.payload),
    "SignedUpdateFirmware": _ACCEPTED,
    "TriggerMessage": _ACCEPTED,
    "UnlockConnector": {"status": "Unlocked"},
    "UnpublishFirmware": {"status": "NoFirmware"},
    "UpdateDynamicSchedule": _REJECTED,  # K28.FR.11: there is no dynamic profile
    "UpdateFirmware": lambda request: {} if request.version.generation == 1 else {"status": "Accepted"},
    "UsePriorityCharging": {"status": "NoProfile"},
}

_ANSWERS = {Role.CENTRAL_SYSTEM: _CENTRAL_SYSTEM, Role.CHARGE_POINT: _CHARGE_POINT}
