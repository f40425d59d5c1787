"""Which messages a charge point may send because the central system asked for them, also before it is accepted.

Source: OCPP 1.6 section 4.2, OCPP 2.x Part 2 B02.FR.02.
"""

from __future__ import annotations

from ocpptui.ocpp.payload import Payload, text_at

_REPORTS = {
    "CustomerInformation": "NotifyCustomerInformation",
    "GetBaseReport": "NotifyReport",
    "GetChargingProfiles": "ReportChargingProfiles",
    "GetDiagnostics": "DiagnosticsStatusNotification",
    "GetDisplayMessages": "NotifyDisplayMessages",
    "GetLog": "LogStatusNotification",
    "GetMonitoringReport": "NotifyMonitoringReport",
    "GetReport": "NotifyReport",
    "SignedUpdateFirmware": "SignedFirmwareStatusNotification",
    "UpdateFirmware": "FirmwareStatusNotification",
}
"""What follows a call that is answered."""


def asked_messages(action: str, request: Payload) -> tuple[str, ...]:
    """The actions that a charge point may call because it did not refuse this call."""
    if action not in ("TriggerMessage", "ExtendedTriggerMessage"):
        return (_REPORTS[action],) if action in _REPORTS else ()
    wanted = text_at(request, "requestedMessage") or ""
    if wanted.startswith("Sign"):
        return ("SignCertificate",)
    if wanted == "FirmwareStatusNotification" and action == "ExtendedTriggerMessage":
        return ("SignedFirmwareStatusNotification",)
    return (wanted,)
