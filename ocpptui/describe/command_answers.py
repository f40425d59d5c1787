"""What the answer to a call of a central system says, with the meaning of a status that is more than Accepted.

Sources: OCPP 1.6 section 7, OCPP 2.0.1 and 2.1 Part 2 section 3, enumerations of the status of each answer.
"""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.describe.payload_summary import of_answer, of_details
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.payload import shown_text
from ocpptui.ocpp.refused_request import ACCEPTANCES, refused_with
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version


class AnswerWords(NamedTuple):
    """An answer in a line."""

    text: str
    is_refused: bool
    """The charge point does not do what it was asked, or its answer does not say that it does."""


def answer_words(version: Version | None, action: str, frame: Message | Malformed | None) -> AnswerWords:
    """The answer to a call of this action: its status first, as it came; then what it means."""
    if not isinstance(frame, Message):
        return AnswerWords("an answer that is not readable", True)
    if frame.kind.is_error:
        parts = ("CALLERROR", frame.error_code, frame.error_description, of_details(frame.payload))
        return AnswerWords(" ".join(part for part in parts if part), True)
    status = refused_with(frame.payload) or shown_text(frame.payload, "status")
    text = of_answer(action, frame.payload) or _WITHOUT_FIELDS.get(action, "answered, without any field")
    if (meaning := MEANINGS.get((action, status)) or MEANINGS.get(("", status))) is not None:
        text = f"{status}: {meaning}{_further(text, status)}"
    is_refused = bool(refused_with(frame.payload)) or (action == "GetDiagnostics" and not frame.payload)
    found = violations(version, action, Part.RESPONSE, frame.payload) if version is not None else ()
    if any(not one.advisory for one in found):
        return AnswerWords(f"{text}; the answer breaks its schema", is_refused or status not in ACCEPTANCES)
    return AnswerWords(text, is_refused)


def _further(text: str, status: str) -> str:
    """What the answer says besides its status."""
    rest = text.removeprefix(status).strip() if text.startswith(status) else text
    return f"; {rest}" if rest else ""


_WITHOUT_FIELDS = {
    "GetDiagnostics": "it has no diagnostics to upload",
    "UpdateFirmware": "received; its FirmwareStatusNotification says more",
}
"""What an answer without any field means."""

MEANINGS = {
    ("", "Rejected"): "it does not do that",
    ("", "NotSupported"): "it does not have that",
    ("", "NotImplemented"): "it does not know that message",
    ("", "Scheduled"): "it does that later",
    ("", "RebootRequired"): "in force after a restart",
    ("ChangeAvailability", "Rejected"): "it cannot change that",
    ("ChangeAvailability", "Scheduled"): "when the running charge has ended",
    ("CancelReservation", "Rejected"): "it has no such reservation",
    ("ClearCache", "Rejected"): "it has no cache, or could not clear it",
    ("ClearChargingProfile", "Unknown"): "it has no such profile",
    ("DataTransfer", "Rejected"): "it knows the vendor and message, but does not do that",
    ("DataTransfer", "UnknownMessageId"): "it does not know that message of the vendor",
    ("DataTransfer", "UnknownVendorId"): "it does not know that vendor",
    ("GetChargingProfiles", "NoProfiles"): "it has no such profile",
    ("GetCompositeSchedule", "Rejected"): "it cannot say which limits apply",
    ("GetInstalledCertificateIds", "NotFound"): "it has no such certificate",
    ("GetLog", "AcceptedCanceled"): "the upload before is cancelled",
    ("GetLog", "Rejected"): "it does not upload that log",
    ("RemoteStartTransaction", "Rejected"): "it does not start a charge",
    ("RemoteStopTransaction", "Rejected"): "it does not stop that transaction",
    ("RequestStartTransaction", "Rejected"): "it does not start a charge",
    ("RequestStopTransaction", "Rejected"): "it does not stop that transaction",
    ("ReserveNow", "Faulted"): "the connector has a fault",
    ("ReserveNow", "Occupied"): "the connector is in use or reserved",
    ("ReserveNow", "Rejected"): "it takes no reservations",
    ("ReserveNow", "Unavailable"): "the connector is out of service",
    ("Reset", "Rejected"): "it does not restart",
    ("Reset", "Scheduled"): "it restarts when no charge is running",
    ("SendLocalList", "Failed"): "the list was not replaced",
    ("SendLocalList", "NotSupported"): "it has no list of tokens",
    ("SendLocalList", "VersionMismatch"): "its list has a later version",
    ("SetChargingProfile", "NotSupported"): "it follows no limits",
    ("SetChargingProfile", "Rejected"): "it does not follow this limit",
    ("SetDisplayMessage", "NotSupportedMessageFormat"): "it cannot show that format",
    ("TriggerMessage", "NotImplemented"): "it cannot send that message on request",
    ("TriggerMessage", "Rejected"): "it does not send that message now",
    ("UnlockConnector", "NotSupported"): "the connector has no lock, or is not known",
    ("UnlockConnector", "OngoingAuthorizedTransaction"): "a charge is running there",
    ("UnlockConnector", "UnknownConnector"): "it has no such connector",
    ("UnlockConnector", "UnlockFailed"): "the lock did not open",
    ("UpdateFirmware", "AcceptedCanceled"): "the installation before is cancelled",
    ("UpdateFirmware", "InvalidCertificate"): "the certificate of the firmware is not valid",
    ("UpdateFirmware", "Rejected"): "it does not install that",
    ("UpdateFirmware", "RevokedCertificate"): "the certificate of the firmware is revoked",
}
"""By action and status; without an action, of all others."""
