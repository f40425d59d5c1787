"""Whether an answer says that a request is refused, which OCPP allows and is no fault.

Sources: the enumerations of the `status` of answers in the schemas of OCPP 1.6, its security extension, 2.0.1 and 2.1.
"""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.payload import objects_at, text_at

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
    }  # fmt: skip
)
"""The status of a request, or of a part of one, that was not done as asked."""

ACCEPTANCES = frozenset(
    ["Accepted", "AcceptedCanceled", "Scheduled", "Processing", "RebootRequired", "Unlocked", "Unpublished"],
)
"""The status of a request that was, or will be."""

PATHS = (("status",), ("idTagInfo", "status"), ("idTokenInfo", "status"), ("certificateStatus",))
"""Where an answer has the status of the whole request."""

PART_PATHS = (
    ("setVariableResult", "attributeStatus"),
    ("getVariableResult", "attributeStatus"),
    ("setMonitoringResult", "status"),
    ("clearMonitoringResult", "status"),
    ("clearTariffsResult", "status"),
)
"""The arrays in which an answer has the status of each part, and the key of the status."""


def refused_with(payload: Any) -> str:
    """The status with which the payload of an answer refuses the request, or the first part of it; empty if none."""
    for path in PATHS:
        if (status := text_at(payload, *path)) in REFUSALS:
            return status or ""
    for name, key in PART_PATHS:
        for part in objects_at(payload, name):
            if (status := text_at(part, key)) in REFUSALS:
                return status or ""
    return ""
