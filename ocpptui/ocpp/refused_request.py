"""Whether an answer refuses a request as OCPP allows, which is not a fault.

Sources: the enumerations of the `status` of answers in the schemas of OCPP 1.6, its security extension, 2.0.1 and 2.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

REFUSALS = frozenset(
    {
        "Rejected",
        "Failed",
        "NotSupported",
        "NotImplemented",
        "Pending",
        "Blocked",
        "Invalid",
        "Expired",
        "ConcurrentTx",
        "Unknown",
        "NotFound",
        "Faulted",
        "Occupied",
        "Unavailable",
        "VersionMismatch",
        "UnlockFailed",
        "UnknownConnector",
        "OngoingAuthorizedTransaction",
        "UnknownVendorId",
        "UnknownMessageId",
        "UnknownComponent",
        "UnknownVariable",
        "UnknownTransaction",
        "TxNotFound",
        "NotSupportedAttributeType",
        "UnsupportedMonitorType",
        "Duplicate",
        "EmptyResultSet",
        "TooManyElements",
        "ConditionNotSupported",
        "DuplicateTariffId",
        "NoCurrencyChange",
        "NoTariff",
        "NoProfile",
        "NoProfiles",
        "NoChargingProfile",
        "NoFirmware",
        "DownloadOngoing",
        "NoCredit",
        "NotAllowedTypeEVSE",
        "NotAtThisLocation",
        "NotAtThisTime",
        "InvalidCertificate",
        "RevokedCertificate",
        "SignatureError",
        "CertificateExpired",
        "CertificateRevoked",
        "CertChainError",
        "NoCertificateAvailable",
        "ContractCancelled",
        "LanguageNotSupported",
        "NotSupportedMessageFormat",
        "NotSupportedPriority",
        "NotSupportedState",
        "HashError",
        "OutOfRange",
        "InvalidValue",
    }  # fmt: skip
)
"""The status of a request, or of a part of one, that was not done as asked."""

ACCEPTANCES = frozenset(
    ["Accepted", "AcceptedCanceled", "Scheduled", "Processing", "RebootRequired", "Unlocked", "Unpublished"],
)
"""The status of a request that was, or will be."""

PLACES = {
    "status": "",
    "certificateStatus": "",
    "idTagInfo": "status",
    "idTokenInfo": "status",
    "setVariableResult": "attributeStatus",
    "getVariableResult": "attributeStatus",
    "setMonitoringResult": "status",
    "clearMonitoringResult": "status",
    "clearTariffsResult": "status",
}
"""Where an answer has a status: the value of a key, or the value of another key in the object or the objects there."""


def promises(payload: Any) -> bool:
    """Whether an answer says that the request, or a part of it, was or will be done."""
    return any(status in ACCEPTANCES for status in _statuses(payload))


def refused_with(payload: Any) -> str:
    """The status with which the payload of an answer refuses the request, or the first part of it; empty if none."""
    return next((status for status in _statuses(payload) if status in REFUSALS), "")


def _statuses(payload: Any) -> Iterator[str]:
    """Each status in the payload of an answer."""
    if not isinstance(payload, dict):
        return
    for name in payload:  # most have none of these keys, and each row of the log asks
        key = PLACES.get(name)
        if key is None:
            continue
        value = payload[name]
        parts = value if key and isinstance(value, list) else (value,)
        for part in parts:
            status = part if not key else part.get(key) if isinstance(part, dict) else None
            if isinstance(status, str):
                yield status
