"""The ids that one side of a connection chooses and both sides use afterwards, and where they are announced.

A replay cannot keep the recorded ids that the live peer chooses anew: it learns the live ones where they are
announced and puts them into every later frame that uses them.

Source: OCPP 1.6 section 6 (StartTransaction.conf, ReserveNow.req), security whitepaper section 5 (requestId);
OCPP 2.0.1 and 2.1 Part 2 (TransactionEvent, RequestStartTransaction, ReserveNow, requestId of each report).
"""

from __future__ import annotations

from ocpptui.jsontext.path import nearest_key
from ocpptui.jsontext.tokens import Token
from ocpptui.ocpp.version import Version

TRANSACTION = "transaction id"
RESERVATION = "reservation id"
REMOTE_START = "remote start id"

_REQUESTS: dict[str, tuple[str, ...]] = {
    "report": ("GetBaseReport", "GetReport", "NotifyReport"),
    "monitoring report": ("GetMonitoringReport", "NotifyMonitoringReport"),
    "log": ("GetLog", "LogStatusNotification"),
    "firmware": (
        "UpdateFirmware",
        "SignedUpdateFirmware",
        "FirmwareStatusNotification",
        "SignedFirmwareStatusNotification",
    ),
    "firmware publication": ("PublishFirmware", "PublishFirmwareStatusNotification"),
    "customer information": ("CustomerInformation", "NotifyCustomerInformation"),
    "charging profiles": ("GetChargingProfiles", "ReportChargingProfiles"),
    "display messages": ("GetDisplayMessages", "NotifyDisplayMessages"),
    "DER control": ("GetDERControl", "ReportDERControl"),
    "battery swap": ("RequestBatterySwap", "BatterySwap"),
    "certificate": ("SignCertificate", "CertificateSigned"),
}
_REQUEST_KIND = {action: f"request id ({kind})" for kind, actions in _REQUESTS.items() for action in actions}
_ANNOUNCING_REQUESTS = frozenset(
    action
    for actions in _REQUESTS.values()
    for action in actions
    if not action.startswith(("Notify", "Report")) and not action.endswith("Notification")
) - {"BatterySwap", "CertificateSigned"}


def id_kind(version: Version, action: str, value: Token) -> str | None:
    """The kind of id that a value in a payload of `action` is; None if it is not one of these ids."""
    match nearest_key(value.path):
        case "transactionId":
            return TRANSACTION
        case "reservationId":
            return RESERVATION
        case "remoteStartId":
            return REMOTE_START
        case "requestId":
            return _REQUEST_KIND.get(action)
        case "id" if action == "ReserveNow" and value.path == ("id",) and version.generation > 1:
            return RESERVATION
    return None


def announced_kinds(version: Version, action: str, in_answer: bool) -> frozenset[str]:
    """The kinds of ids that the sender of this call (or answer) chooses in it."""
    if in_answer:
        announcing = "StartTransaction" if version.generation == 1 else "RequestStartTransaction"
        return frozenset({TRANSACTION}) if action == announcing else frozenset()
    match action:
        case "TransactionEvent":
            return frozenset({TRANSACTION})
        case "ReserveNow":
            return frozenset({RESERVATION})
        case "RequestStartTransaction":
            return frozenset({REMOTE_START})
        case _ if action in _ANNOUNCING_REQUESTS:
            return frozenset({_REQUEST_KIND[action]})
    return frozenset()
