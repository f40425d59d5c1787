"""The calls that a charge point makes, valid in their version.

Source: the message definitions of OCPP 1.6 section 6 and of OCPP 2.0.1/2.1 Part 2, section "Messages".
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.wrapped_messages import wrapped_request
from ocpptui.simulator.contract import contract_hashes
from ocpptui.simulator.effects import Effect, SendCall


class DriverToken(NamedTuple):
    """The token that identifies a driver."""

    text: str
    type: str = "ISO14443"
    """The kind of token in 2.x (IdTokenEnumType); 1.6 has none."""
    has_contract: bool = False
    """Whether a car shows it with its contract certificate (2.x C07); then it is an eMAID."""
    proof: Payload | None = None
    """What Authorize says of that certificate; None: made up, since nobody issued it."""


class StopReason(Enum):
    """Why a transaction ends: the reason of 1.6, and the triggerReason and stoppedReason of 2.x."""

    LOCAL = ("Local", "StopAuthorized", "Local")
    MASTER_PASS = ("Local", "StopAuthorized", "MasterPass")
    REMOTE = ("Remote", "RemoteStop", "Remote")
    DEAUTHORIZED = ("DeAuthorized", "Deauthorized", "DeAuthorized")
    UNLOCKED = ("UnlockCommand", "UnlockCommand", "Other")
    SOFT_RESET = ("SoftReset", "ResetCommand", "ImmediateReset")
    HARD_RESET = ("HardReset", "ResetCommand", "ImmediateReset")
    REBOOT = ("Reboot", "AbnormalCondition", "Reboot")
    EV_DISCONNECTED = ("EVDisconnected", "EVCommunicationLost", "EVDisconnected")
    EMERGENCY_STOP = ("EmergencyStop", "AbnormalCondition", "EmergencyStop")
    POWER_LOSS = ("PowerLoss", "AbnormalCondition", "PowerLoss")
    FAULT = ("Other", "AbnormalCondition", "Other")
    GROUND_FAULT = ("Other", "AbnormalCondition", "GroundFault")
    OVERCURRENT = ("Other", "AbnormalCondition", "OvercurrentFault")
    TIMEOUT = ("Other", "EVConnectTimeout", "Timeout")

    def __init__(self, v16: str, trigger: str, stopped: str) -> None:
        self.v16 = v16
        self.trigger = trigger
        self.stopped = stopped


_TOKEN_LENGTHS = {Version.V21: 255}
"""The most characters of an idToken; 36 in other versions (2.0.1 Part 2 section 3.44)."""


class Identity(NamedTuple):
    """The identity that a charge point reports; each part is cut to the length that its version allows."""

    vendor: str
    model: str
    serial: str = ""
    firmware: str = ""


def boot_notification(version: Version, identity: Identity, reason: str = "PowerUp") -> SendCall:
    """BootNotification; `reason` (2.x BootReasonEnumType) is not sent in 1.6."""
    model, serial, firmware = identity.model[:20], identity.serial[:25], identity.firmware[:50]
    if version.generation == 1:
        payload: Payload = {"chargePointVendor": identity.vendor[:20], "chargePointModel": model}
        if serial:
            payload["chargePointSerialNumber"] = serial
        if firmware:
            payload["firmwareVersion"] = firmware
        return SendCall("BootNotification", payload)
    station: Payload = {"model": model, "vendorName": identity.vendor[:50]}
    if serial:
        station["serialNumber"] = serial
    if firmware:
        station["firmwareVersion"] = firmware
    return SendCall("BootNotification", {"reason": reason, "chargingStation": station})


def heartbeat() -> SendCall:
    return SendCall("Heartbeat", {})


def status_notification(
    version: Version,
    connector: int,
    status: str,
    now: int,
    *,
    error: str = "NoError",
    info: str = "",
    evse_connector: int = 1,
) -> SendCall:
    """StatusNotification with a status in the terms of 1.6; in 2.x `connector` is the EVSE of the `evse_connector`."""
    if version.generation == 1:
        payload: Payload = {"connectorId": connector, "errorCode": error, "status": status}
        if info:
            payload["info"] = info
        return SendCall("StatusNotification", {**payload, "timestamp": date_time(now)})
    payload = {"timestamp": date_time(now), "connectorStatus": connector_status(status)}
    return SendCall("StatusNotification", {**payload, "evseId": connector, "connectorId": evse_connector})


def connector_status(status: str) -> str:
    """The 2.x term for a connector status of 1.6: everything from plugging in to unplugging is Occupied."""
    return status if status in ("Available", "Reserved", "Unavailable", "Faulted") else "Occupied"


def id_token(version: Version, token: DriverToken) -> Payload:
    """The member for a token: `idTag` in 1.6, `idToken` in 2.x."""
    if version.generation == 1:
        return {"idTag": token.text[:20]}
    limit = _TOKEN_LENGTHS.get(version, 36)
    return {"idToken": {"idToken": token.text[:limit], "type": token.type}}


def authorize(version: Version, token: DriverToken) -> SendCall:
    """Authorize; for a contract with what an OCSP responder has to be asked about its certificates (2.x C07.FR.02)."""
    if not token.has_contract:
        return SendCall("Authorize", id_token(version, token))
    proof = token.proof or {"iso15118CertificateHashData": contract_hashes(token.text)}
    if version.generation == 1:
        return wrapped_call("Authorize", {**id_token(Version.V201, token), **proof})
    return SendCall("Authorize", {**id_token(version, token), **proof})


def wrapped_call(action: str, payload: Payload) -> SendCall:
    """A call for plug and charge, as 1.6 carries it."""
    return SendCall("DataTransfer", wrapped_request(action, payload))


def certificate_status(version: Version, question: Payload) -> SendCall:
    """GetCertificateStatus; `question` names the certificate and its responder."""
    payload = {"ocspRequestData": question}
    return (
        wrapped_call("GetCertificateStatus", payload)
        if version.generation == 1
        else SendCall("GetCertificateStatus", payload)
    )


def meter_values(version: Version, connector: int, value: Payload, transaction: int | None = None) -> SendCall:
    """MeterValues with one MeterValue; only 1.6 includes the transaction."""
    if version.generation == 1:
        payload: Payload = {"connectorId": connector}
        if transaction is not None:
            payload["transactionId"] = transaction
        return SendCall("MeterValues", {**payload, "meterValue": [value]})
    return SendCall("MeterValues", {"evseId": connector, "meterValue": [value]})


def firmware_status(version: Version, status: str, request_id: int | None, signed: bool = False) -> SendCall:
    """FirmwareStatusNotification, or the signed one of the 1.6 security extension."""
    if version.generation == 1 and not signed:
        return SendCall("FirmwareStatusNotification", {"status": status})
    action = "SignedFirmwareStatusNotification" if version.generation == 1 else "FirmwareStatusNotification"
    return SendCall(action, _with_request_id({"status": status}, request_id))


def log_status(status: str, request_id: int | None) -> SendCall:
    return SendCall("LogStatusNotification", _with_request_id({"status": status}, request_id))


def diagnostics_status(status: str) -> SendCall:
    return SendCall("DiagnosticsStatusNotification", {"status": status})


def security_event(kind: str, now: int, details: str = "") -> SendCall:
    """SecurityEventNotification; `kind` is a name from the security whitepaper or 2.x appendix 1."""
    payload = {"type": kind, "timestamp": date_time(now), **({"techInfo": details[:255]} if details else {})}
    return SendCall("SecurityEventNotification", payload)


def sign_certificate(csr: str, kind: str) -> SendCall:
    """SignCertificate; `kind` is the certificateType of 2.x, or empty for none."""
    return SendCall("SignCertificate", {"csr": csr, **({"certificateType": kind} if kind else {})})


def parts(action: str, request_id: int, key: str, items: list[Payload], now: int, size: int = 10) -> list[SendCall]:
    """A report of 2.x in parts of `size` items: seqNo from 0, tbc on all but the last (B07, N02)."""
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    return [
        SendCall(
            action,
            {
                "requestId": request_id,
                "generatedAt": date_time(now),
                key: chunk,
                "seqNo": number,
                "tbc": number < len(chunks) - 1,
            },
        )
        for number, chunk in enumerate(chunks)
    ]


def valid(version: Version, calls: Iterable[SendCall]) -> list[Effect]:
    """The valid ones of the calls: some repeat values of a request that may be invalid without being refused."""
    return [call for call in calls if is_valid(version, call.action, Part.REQUEST, call.payload)]


def _with_request_id(payload: Payload, request_id: int | None) -> Payload:
    return payload if request_id is None else {**payload, "requestId": request_id}
